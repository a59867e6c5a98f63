"""The compiled engine: the reference engine's rules as functions over arrays, compiled by numba where it is there.

It must give the same ledger as `reference.serve` to the last bit; tests hold it to that on random worlds. All code that
is compiled together lies in this one module, because a cached function does not notice a change in another file. Rules,
people and state are arrays behind one pointer each (numba's structref): as plain tuples they would be copied at every
call, hundreds of words. Nothing here allocates while the clock runs. Order of events, names of rules and comments on
why are in `reference`; here only what differs is said.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from simulator.demand.contacts import NEVER_MS, Contacts
from simulator.scenario.model import CHANNELS, LIVE
from simulator.service.events import (
    ARRIVES,
    ASSIGN,
    CLOSES,
    GIVES_UP,
    INDEX_BITS,
    OPENS,
    RINGS_OUT,
    SERVICE_ENDS,
    SHIFT,
)
from simulator.service.ledger import (
    ABANDONED,
    ANSWERED,
    BALKED,
    BLOCKED,
    MET_CLOSED,
    NEXT_LOST,
    NEXT_NONE,
    NEXT_PHONE,
    NEXT_REDIAL,
    NEXT_RETURN,
    NOBODY,
    TURNED_AWAY,
    UNFINISHED,
    Ledger,
)
from simulator.service.plan import (
    BUSY_CENTRE,
    BUSY_RING,
    CENTRE,
    FIRST_FREE_LEAVES,
    HAND_BACK,
    Plan,
    covered_ms,
    local_sites,
)

F = TypeVar("F", bound=Callable[..., Any])

try:
    import numba
    from numba.core import types
    from numba.experimental import structref

    IS_COMPILED = not numba.config.DISABLE_JIT  # type: ignore[attr-defined]  # set while numba starts
except ImportError:  # the same code runs without numba, slowly
    IS_COMPILED = False


def _jit(function: F) -> F:
    """Compile a function on first use and keep the machine code beside the module; leave it where there is no numba."""
    if not IS_COMPILED:
        return function
    compiled: Any = numba.njit(cache=True, nogil=True)(function)
    return cast(F, compiled)


Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

PHONE, CHAT = CHANNELS.index("phone"), CHANNELS.index("chat")
N_LIVE, N_CHANNELS = len(LIVE), len(CHANNELS)
NONE = -1
THOUSANDTHS = 1000
INDEX_MASK = (1 << INDEX_BITS) - 1
_NEVER = int(NEVER_MS)

DONE, FULL, ENDLESS = range(3)
"""How the kernel ends: done; a buffer is full (run again with larger ones); more steps than any world needs."""

MOST_PUSHES_PER_ROW = 6
"""One closing may move everybody who waits: that many events for each of them must find room in the heap."""

NOW, ROWS, HEAP = range(3)
"""Places in the registers: the present, rows written, events waiting."""


class Rules(NamedTuple):
    """A plan as arrays; see `Plan`. By channel, by site, or by counsellor."""

    exists: Ints
    balking: Floats
    max_waiting: Ints
    redial: Floats
    phone_instead: Floats
    come_back: Floats
    hard_stop: Ints
    serve_out: Ints
    last_admission_ms: Ints
    opens_first: Ints
    opens_ms: Ints
    closes_ms: Ints
    site_busy: Ints
    site_ring_ms: Ints
    first_of_site: Ints
    site_of: Ints
    chats_at_once: Ints
    answers: Ints
    kind_of: Ints
    speed: Ints
    most_loaded: int
    shift_end: int
    local_first: int
    overflow: int
    from_ms: int
    horizon_ms: int
    event_ms: Ints
    event_order: Ints


class People(NamedTuple):
    """Contacts as arrays; see `Contacts`. ``local`` is the plan's site of each person's municipality."""

    arrival_ms: Ints
    channel: NDArray[np.int16]
    local: Ints
    work_ms: Ints
    wrap_up_ms: Ints
    patience_ms: Ints
    redial_delay_ms: Ints
    return_delay_ms: Ints
    balk_u: Floats
    closed_u: Floats
    redial_u: Floats
    spell_first: Ints
    spell_start_ms: Ints
    spell_end_ms: Ints


class State(NamedTuple):
    """All that changes while the clock runs; by row, by counsellor, by site, or by person."""

    registers: Ints
    heap_ms: Ints
    heap_order: Ints
    person: Ints
    attempt: Ints
    row_channel: Ints
    at_ms: Ints
    fate: Ints
    then: Ints
    site: Ints
    counsellor: Ints
    wait_ms: Ints
    start_ms: Ints
    end_ms: Ints
    held_by: Ints
    due_ms: Ints
    left_ms: Ints
    ahead: Ints
    behind: Ints
    queued: Ints
    head: Ints
    tail: Ints
    length: Ints
    is_open: Ints
    channel_closes_ms: Ints
    site_is_open: Ints
    spell: Ints
    on_duty: Ints
    lingers: Ints
    takes: Ints
    calls: Ints
    chats: Ints
    call: Ints
    message: Ints
    talking: Ints
    remaining: Ints
    talkers: Ints
    progress_ms: Ints
    since_ms: Ints
    busy_ms: Ints
    overtime_ms: Ints
    slot_ms: Ints
    next_attempt: Ints
    next_channel: Ints


if IS_COMPILED:

    class _ByPointer(types.StructRef):
        """A record of arrays that compiled functions reach through one pointer."""

        def preprocess_fields(self, fields: Any) -> Any:
            """Let scalars be of their type, not of their value: one compilation serves all plans."""
            return tuple((name, types.unliteral(kind)) for name, kind in fields)

    @structref.register
    class _RulesType(_ByPointer):
        pass

    @structref.register
    class _PeopleType(_ByPointer):
        pass

    @structref.register
    class _StateType(_ByPointer):
        pass

    class _RulesBox(structref.StructRefProxy):
        pass

    class _PeopleBox(structref.StructRefProxy):
        pass

    class _StateBox(structref.StructRefProxy):
        pass

    structref.define_proxy(_RulesBox, _RulesType, list(Rules._fields))
    structref.define_proxy(_PeopleBox, _PeopleType, list(People._fields))
    structref.define_proxy(_StateBox, _StateType, list(State._fields))
    _BOXES: dict[type, Any] = {Rules: _RulesBox, People: _PeopleBox, State: _StateBox}


def _boxed(record: Rules | People | State) -> Any:
    """A record as the compiled functions take it."""
    return _BOXES[type(record)](*record) if IS_COMPILED else record


# --- the event list ----------------------------------------------------------------------------------------------


@_jit
def _push(s, at_ms, kind, index):
    """Schedule an event: a binary heap by time, then by kind and index."""
    order = (kind << INDEX_BITS) | index
    i = s.registers[HEAP]
    s.registers[HEAP] = i + 1
    while i > 0:
        parent = (i - 1) >> 1
        if s.heap_ms[parent] < at_ms or (s.heap_ms[parent] == at_ms and s.heap_order[parent] <= order):
            break
        s.heap_ms[i] = s.heap_ms[parent]
        s.heap_order[i] = s.heap_order[parent]
        i = parent
    s.heap_ms[i] = at_ms
    s.heap_order[i] = order


@_jit
def _pop(s):
    """Take the first event off the heap."""
    n = s.registers[HEAP] - 1
    s.registers[HEAP] = n
    at_ms, order = s.heap_ms[n], s.heap_order[n]
    i = 0
    while True:
        child = 2 * i + 1
        if child >= n:
            break
        right = child + 1
        if right < n and (
            s.heap_ms[right] < s.heap_ms[child]
            or (s.heap_ms[right] == s.heap_ms[child] and s.heap_order[right] < s.heap_order[child])
        ):
            child = right
        if at_ms < s.heap_ms[child] or (at_ms == s.heap_ms[child] and order <= s.heap_order[child]):
            break
        s.heap_ms[i] = s.heap_ms[child]
        s.heap_order[i] = s.heap_order[child]
        i = child
    s.heap_ms[i] = at_ms
    s.heap_order[i] = order


# --- queues: linked lists of rows, one for each site and live channel, and one for each written channel -----------


@_jit
def _queue(site, channel):
    """The list of those who wait at a site; the written channels' piles lie at the centre."""
    return site * N_CHANNELS + channel


@_jit
def _join(s, queue, row):
    """Stand last."""
    last = s.tail[queue]
    s.ahead[row] = last
    s.behind[row] = NONE
    if last == NONE:
        s.head[queue] = row
    else:
        s.behind[last] = row
    s.tail[queue] = row
    s.length[queue] += 1
    s.queued[row] = 1


@_jit
def _join_by_age(s, queue, row):
    """Stand among older and younger questions: one that was laid aside is older than most."""
    place = s.head[queue]
    while place != NONE and place < row:
        place = s.behind[place]
    if place == NONE:
        _join(s, queue, row)
        return
    before = s.ahead[place]
    s.ahead[row] = before
    s.behind[row] = place
    s.ahead[place] = row
    if before == NONE:
        s.head[queue] = row
    else:
        s.behind[before] = row
    s.length[queue] += 1
    s.queued[row] = 1


@_jit
def _quit(s, queue, row):
    """Leave a list, wherever one stands."""
    before, after = s.ahead[row], s.behind[row]
    if before == NONE:
        s.head[queue] = after
    else:
        s.behind[before] = after
    if after == NONE:
        s.tail[queue] = before
    else:
        s.ahead[after] = before
    s.length[queue] -= 1
    s.queued[row] = 0


# --- who may take whom -------------------------------------------------------------------------------------------


@_jit
def _is_idle(s, c):
    return s.calls[c] == 0 and s.chats[c] == 0


@_jit
def _can_take(r, s, c, channel, site):
    """Room for one more of a channel, and nobody more urgent waits whom she must take first."""
    if channel == CHAT:
        if s.calls[c] != 0 or s.chats[c] >= r.chats_at_once[c]:
            return False
    elif not _is_idle(s, c) or (channel != PHONE and s.message[c] != NONE):
        return False
    for i in range(N_CHANNELS):
        urgent = s.takes[c, i]
        if urgent == channel:
            return True
        if urgent == NONE:
            return False
        if urgent < N_LIVE and s.length[_queue(site, urgent)] > 0:
            return False
    return False


@_jit
def _spell_end_ms(p, s, site):
    """When the spell of own duty work ends that a site is in now; `NONE` where it is in none."""
    i, last, now = s.spell[site], p.spell_first[site + 1], s.registers[NOW]
    while i < last and p.spell_end_ms[i] <= now:
        i += 1
    s.spell[site] = i
    return p.spell_end_ms[i] if i < last and p.spell_start_ms[i] <= now else NONE


@_jit
def _is_relief(r, s, c, site):
    """Whether an idle counsellor must make up for a colleague of the same work who finishes after her shift."""
    finishing = idle = 0
    for each in range(r.first_of_site[site], r.first_of_site[site + 1]):
        if r.kind_of[each] == r.kind_of[c]:
            if s.on_duty[each] == 1:
                idle += _is_idle(s, each)
            else:
                finishing += not _is_idle(s, each)
    return finishing > 0 and idle <= finishing


@_jit
def _idle_are_spoken_for(r, p, s, site):
    """Whether the site's own duty work needs the last of those who are idle and not relief."""
    if _spell_end_ms(p, s, site) == NONE:
        return False
    idle = 0
    for c in range(r.first_of_site[site], r.first_of_site[site + 1]):
        is_free = s.on_duty[c] == 1 and _is_idle(s, c)
        idle += is_free and (r.shift_end != FIRST_FREE_LEAVES or not _is_relief(r, s, c, site))
    return idle <= 1


@_jit
def _is_able(r, s, c, site, spoken_for):
    """Whether one on duty may start something now."""
    if s.on_duty[c] == 0:
        return False
    if _is_idle(s, c):
        return not spoken_for and (r.shift_end != FIRST_FREE_LEAVES or not _is_relief(r, s, c, site))
    return True


@_jit
def _comes_before(r, s, a, b):
    """Whether counsellor a is taken before b: by load (or packing), then without a question in hand, then by index."""
    load_a, load_b = s.chats[a] + s.calls[a], s.chats[b] + s.calls[b]
    if r.most_loaded:
        load_a, load_b = -s.chats[a], -s.chats[b]
    if load_a != load_b:
        return load_a < load_b
    asks_a, asks_b = s.message[a] != NONE, s.message[b] != NONE
    if asks_a != asks_b:
        return asks_b
    return a < b


@_jit
def _colleague(r, p, s, site, channel):
    """Who of a site has room for one more of a channel now, or `NONE`."""
    spoken_for = _idle_are_spoken_for(r, p, s, site)
    best = NONE
    for c in range(r.first_of_site[site], r.first_of_site[site + 1]):
        takes = _is_able(r, s, c, site, spoken_for) and _can_take(r, s, c, channel, site)
        if takes and (best == NONE or _comes_before(r, s, c, best)):
            best = c
    return best


@_jit
def _free_for(r, p, s, site, channel):
    if s.length[_queue(site, channel)] > 0:
        return NONE
    return _colleague(r, p, s, site, channel)


# --- one counsellor's hands and clock ----------------------------------------------------------------------------


@_jit
def _account(r, s, c):
    now = s.registers[NOW]
    in_hand = s.calls[c] + s.chats[c] + (s.message[c] != NONE)
    if in_hand > 0:
        until = min(now, r.horizon_ms) if s.on_duty[c] == 1 else now
        spent = max(0, until - max(s.since_ms[c], r.from_ms))
        s.slot_ms[c] += in_hand * spent
        if s.on_duty[c] == 1:
            s.busy_ms[c] += spent
        else:
            s.overtime_ms[c] += spent
    s.since_ms[c] = now


@_jit
def _pace(r, s, c):
    return r.speed[min(s.chats[c], len(r.speed)) - 1]


@_jit
def _progress(r, s, c):
    now = s.registers[NOW]
    elapsed = now - s.progress_ms[c]
    s.progress_ms[c] = now
    if elapsed > 0 and s.talkers[c] > 0:
        done = elapsed * _pace(r, s, c)
        for i in range(s.talkers[c]):
            s.remaining[c, i] = max(0, s.remaining[c, i] - done)


@_jit
def _end_at(s, row, c, at_ms):
    s.held_by[row] = c
    s.due_ms[row] = at_ms
    _push(s, at_ms, SERVICE_ENDS, row)


@_jit
def _replan(r, s, c):
    for i in range(s.talkers[c]):
        end_ms = s.registers[NOW] + -(-s.remaining[c, i] // _pace(r, s, c))
        if end_ms != s.due_ms[s.talking[c, i]]:
            _end_at(s, s.talking[c, i], c, end_ms)


@_jit
def _take_chat(r, s, row, c, remaining):
    _progress(r, s, c)
    s.chats[c] += 1
    s.talking[c, s.talkers[c]] = row
    s.remaining[c, s.talkers[c]] = remaining
    s.talkers[c] += 1
    s.held_by[row] = c
    _replan(r, s, c)


@_jit
def _stop_talking(s, row, c):
    """Take a chat out of those in conversation, the others keep their order."""
    n = s.talkers[c]
    for i in range(n):
        if s.talking[c, i] == row:
            for j in range(i, n - 1):
                s.talking[c, j] = s.talking[c, j + 1]
                s.remaining[c, j] = s.remaining[c, j + 1]
            s.talkers[c] = n - 1
            return


@_jit
def _take_call(s, row, c, end_ms):
    s.calls[c] = 1
    s.call[c] = row
    _end_at(s, row, c, end_ms)


@_jit
def _note_start(r, s, row, c):
    now = s.registers[NOW]
    s.counsellor[row] = c
    s.site[row] = r.site_of[c]
    s.wait_ms[row] = now - s.at_ms[row]
    s.start_ms[row] = now


@_jit
def _make_room(r, s, c):
    _account(r, s, c)
    row = s.message[c]
    if row != NONE:
        s.message[c] = NONE
        s.left_ms[row] = s.due_ms[row] - s.registers[NOW]
        s.held_by[row] = NONE
        _join_by_age(s, _queue(CENTRE, s.row_channel[row]), row)
        _assign_soon(s, r.site_of[c])


@_jit
def _start(r, p, s, row, c):
    _make_room(r, s, c)
    channel = s.row_channel[row]
    s.fate[row] = ANSWERED
    _note_start(r, s, row, c)
    work_ms = p.work_ms[s.person[row], channel]
    if channel == CHAT:
        _take_chat(r, s, row, c, work_ms * THOUSANDTHS)
    else:
        _take_call(s, row, c, s.registers[NOW] + work_ms)


@_jit
def _let_go(r, s, row, c):
    _account(r, s, c)
    s.held_by[row] = NONE
    if s.row_channel[row] == CHAT:
        _progress(r, s, c)
        s.chats[c] -= 1
        _replan(r, s, c)
    else:
        s.calls[c] = 0
        s.call[c] = NONE
    _assign_soon(s, r.site_of[c])


@_jit
def _service_ends(r, p, s, row):
    c, now = s.held_by[row], s.registers[NOW]
    if c == NONE or s.due_ms[row] != now:
        return
    channel = s.row_channel[row]
    if channel >= N_LIVE:
        _account(r, s, c)
        s.message[c] = NONE
        s.held_by[row] = NONE
        s.fate[row] = ANSWERED
        s.end_ms[row] = now
        _assign_soon(s, r.site_of[c])
    elif s.end_ms[row] >= 0:
        _let_go(r, s, row, c)
    else:
        s.end_ms[row] = now
        if channel == CHAT:
            _progress(r, s, c)
            _stop_talking(s, row, c)
        wrap_up_ms = p.wrap_up_ms[s.person[row], channel]
        if wrap_up_ms > 0:
            _end_at(s, row, c, now + wrap_up_ms)
        else:
            _let_go(r, s, row, c)


@_jit
def _hand_on(r, p, s, c):
    _account(r, s, c)
    site, row = r.site_of[c], s.call[c]
    if row != NONE and s.end_ms[row] < 0:
        colleague = _colleague(r, p, s, site, PHONE)
        if colleague != NONE:
            s.calls[c] = 0
            s.call[c] = NONE
            _make_room(r, s, colleague)
            _take_call(s, row, colleague, s.due_ms[row])
    _progress(r, s, c)
    i = 0
    while i < s.talkers[c]:
        row = s.talking[c, i]
        colleague = _colleague(r, p, s, site, CHAT)
        if colleague == NONE:
            i += 1
            continue
        remaining = s.remaining[c, i]
        _stop_talking(s, row, c)
        s.chats[c] -= 1
        _make_room(r, s, colleague)
        _take_chat(r, s, row, colleague, remaining)
    _replan(r, s, c)


@_jit
def _stop(r, s, channel, c):
    """End all conversations of a channel now, without wrap-up."""
    if channel == CHAT:
        while s.talkers[c] > 0:
            row = s.talking[c, 0]
            s.end_ms[row] = s.registers[NOW]
            _progress(r, s, c)
            _stop_talking(s, row, c)
            _let_go(r, s, row, c)
    elif s.calls[c] == 1 and s.end_ms[s.call[c]] < 0:
        row = s.call[c]
        s.end_ms[row] = s.registers[NOW]
        _let_go(r, s, row, c)


# --- somebody tries, waits, leaves -------------------------------------------------------------------------------


@_jit
def _assign_soon(s, site):
    for channel in range(N_CHANNELS):
        if s.length[_queue(site, channel)] > 0:
            _push(s, s.registers[NOW], ASSIGN, site)
            return


@_jit
def _wake_after_spell(p, s, site):
    end_ms = _spell_end_ms(p, s, site)
    if end_ms != NONE:
        _push(s, end_ms, ASSIGN, site)


@_jit
def _tries_again(s, row, channel, at_ms):
    person = s.person[row]
    s.next_attempt[person] = s.attempt[row] + 1
    s.next_channel[person] = channel
    _push(s, at_ms, ARRIVES, person)


@_jit
def _fares(s, row, fate, then):
    s.fate[row] = fate
    s.then[row] = then
    s.wait_ms[row] = s.registers[NOW] - s.at_ms[row]


@_jit
def _leaves(r, p, s, row, fate):
    person, attempt, channel = s.person[row], s.attempt[row], s.row_channel[row]
    if attempt + 1 < p.balk_u.shape[1] and p.redial_u[person, attempt] < r.redial[channel]:
        _fares(s, row, fate, NEXT_REDIAL)
        _tries_again(s, row, channel, s.registers[NOW] + p.redial_delay_ms[person, attempt, channel])
    else:
        _fares(s, row, fate, NEXT_LOST)


@_jit
def _meets_closed(r, p, s, row, fate):
    person, attempt, channel = s.person[row], s.attempt[row], s.row_channel[row]
    now, u = s.registers[NOW], p.closed_u[person, attempt]
    instead = 0.0 if channel == PHONE else r.phone_instead[channel]
    if attempt + 1 >= p.balk_u.shape[1] or u >= instead + r.come_back[channel]:
        _fares(s, row, fate, NEXT_LOST)
    elif u < instead:
        _fares(s, row, fate, NEXT_PHONE)
        _tries_again(s, row, PHONE, now)
    else:
        first, last = r.opens_first[channel], r.opens_first[channel + 1]
        i = first + np.searchsorted(r.opens_ms[first:last], now, side="right")
        if i < last:
            _fares(s, row, fate, NEXT_RETURN)
            _tries_again(s, row, channel, r.opens_ms[i] + p.return_delay_ms[person, attempt, channel])
        else:
            _fares(s, row, fate, NEXT_LOST)


@_jit
def _waits(r, p, s, row, site):
    person, attempt, channel = s.person[row], s.attempt[row], s.row_channel[row]
    queue = _queue(site, channel)
    s.site[row] = site
    if 0 <= r.max_waiting[channel] <= s.length[queue]:
        _leaves(r, p, s, row, BLOCKED)
        return False
    if p.balk_u[person, attempt] < r.balking[channel]:
        _leaves(r, p, s, row, BALKED)
        return False
    _join(s, queue, row)
    patience_ms = p.patience_ms[person, attempt, channel]
    if patience_ms < _NEVER:
        _push(s, s.at_ms[row] + patience_ms, GIVES_UP, row)
    _wake_after_spell(p, s, site)
    return True


@_jit
def _comes_to_centre(r, p, s, row):
    channel = s.row_channel[row]
    s.site[row] = CENTRE
    free = _free_for(r, p, s, CENTRE, channel)
    if free == NONE and channel == PHONE and r.overflow:
        for site in range(1, len(r.site_busy)):
            if s.site_is_open[site] == 1:
                free = _free_for(r, p, s, site, PHONE)
                if free != NONE:
                    break
    if free != NONE:
        _start(r, p, s, row, free)
    else:
        _waits(r, p, s, row, CENTRE)


@_jit
def _rings(r, p, s, row):
    site = p.local[s.person[row]] if r.local_first else CENTRE
    if site == CENTRE or s.site_is_open[site] == 0:
        _comes_to_centre(r, p, s, row)
        return
    free = _free_for(r, p, s, site, PHONE)
    if free != NONE:
        _start(r, p, s, row, free)
    elif r.site_busy[site] == BUSY_CENTRE:
        _comes_to_centre(r, p, s, row)
    elif _waits(r, p, s, row, site) and r.site_busy[site] == BUSY_RING:
        _push(s, s.registers[NOW] + r.site_ring_ms[site], RINGS_OUT, row)


@_jit
def _tries(r, p, s, person, attempt, channel):
    now, row = s.registers[NOW], s.registers[ROWS]
    s.registers[ROWS] = row + 1
    s.person[row] = person
    s.attempt[row] = attempt
    s.row_channel[row] = channel
    s.at_ms[row] = now
    if channel >= N_LIVE and r.exists[channel]:
        s.left_ms[row] = p.work_ms[person, channel]
        _join_by_age(s, _queue(CENTRE, channel), row)
        _assign_soon(s, CENTRE)
    elif channel >= N_LIVE or s.is_open[channel] == 0:
        _meets_closed(r, p, s, row, MET_CLOSED)
    elif now >= s.channel_closes_ms[channel] - r.last_admission_ms[channel]:
        _meets_closed(r, p, s, row, TURNED_AWAY)
    elif channel == PHONE:
        _rings(r, p, s, row)
    else:
        _comes_to_centre(r, p, s, row)


@_jit
def _send_home(r, s, site):
    for c in range(r.first_of_site[site], r.first_of_site[site + 1]):
        if s.lingers[c] == 1:
            waited_for = False
            for i in range(N_CHANNELS):
                channel = s.takes[c, i]
                if channel == NONE:
                    break
                waited_for = waited_for or s.length[_queue(site, channel)] > 0
            if not waited_for:
                s.lingers[c] = 0


@_jit
def _queue_has_shrunk(r, s, site):
    _send_home(r, s, site)
    _assign_soon(s, site)


@_jit
def _gives_up(r, p, s, row):
    if s.queued[row] == 1:
        site = s.site[row]
        _quit(s, _queue(site, s.row_channel[row]), row)
        _leaves(r, p, s, row, ABANDONED)
        _queue_has_shrunk(r, s, site)


@_jit
def _rings_out(r, p, s, row):
    site = s.site[row]
    if site != CENTRE and s.queued[row] == 1:
        _quit(s, _queue(site, PHONE), row)
        _comes_to_centre(r, p, s, row)
        _queue_has_shrunk(r, s, site)


# --- who is next -------------------------------------------------------------------------------------------------


@_jit
def _next_channel_of(r, s, c, site):
    """The first channel of hers with somebody waiting whom she may take, or `NONE`."""
    for i in range(N_CHANNELS):
        channel = s.takes[c, i]
        if channel == NONE or channel >= N_LIVE:
            return NONE
        if s.length[_queue(site, channel)] > 0 and _can_take(r, s, c, channel, site):
            return channel
    return NONE


@_jit
def _assign(r, p, s, site):
    while s.length[_queue(site, PHONE)] + s.length[_queue(site, CHAT)] > 0:
        spoken_for = _idle_are_spoken_for(r, p, s, site)
        best = NONE
        for c in range(r.first_of_site[site], r.first_of_site[site + 1]):
            is_here = s.lingers[c] == 1 or _is_able(r, s, c, site, spoken_for)
            takes = is_here and _next_channel_of(r, s, c, site) != NONE
            if takes and (best == NONE or _comes_before(r, s, c, best)):
                best = c
        if best == NONE:
            _wake_after_spell(p, s, site)
            break
        queue = _queue(site, _next_channel_of(r, s, best, site))
        row = s.head[queue]
        _quit(s, queue, row)
        _start(r, p, s, row, best)
    if site == CENTRE:
        _assign_written(r, p, s)
    _send_home(r, s, site)


@_jit
def _assign_written(r, p, s):
    spoken_for = _idle_are_spoken_for(r, p, s, CENTRE)
    for c in range(r.first_of_site[CENTRE], r.first_of_site[CENTRE + 1]):
        if not _is_able(r, s, c, CENTRE, spoken_for):
            continue
        for i in range(N_CHANNELS):
            channel = s.takes[c, i]
            if channel == NONE:
                break
            queue = _queue(CENTRE, channel)
            if channel < N_LIVE or s.is_open[channel] == 0 or s.length[queue] == 0:
                continue
            if _can_take(r, s, c, channel, CENTRE):
                row = s.head[queue]
                _quit(s, queue, row)
                _account(r, s, c)
                s.message[c] = row
                if s.start_ms[row] < 0:
                    _note_start(r, s, row, c)
                _end_at(s, row, c, s.registers[NOW] + s.left_ms[row])


# --- shifts and opening ------------------------------------------------------------------------------------------


@_jit
def _shift_changes(r, p, s, index):
    """Index below the number of people: her shift starts; then: it ends; then: she hands on what she has."""
    people = len(r.site_of)
    c = index % people
    if index >= 2 * people:
        _hand_on(r, p, s, c)
    elif index < people:
        _account(r, s, c)
        s.on_duty[c] = 1
        s.lingers[c] = 0
        for i in range(N_CHANNELS):
            s.takes[c, i] = r.answers[c, i]
        _assign_soon(s, r.site_of[c])
    else:
        _make_room(r, s, c)
        s.on_duty[c] = 0
        if r.shift_end == HAND_BACK and not _is_idle(s, c):
            _push(s, s.registers[NOW], SHIFT, 2 * people + c)
        _linger(r, s, c)


@_jit
def _linger(r, s, c):
    """She stays for those of her channels whose closed queue must be served out, if there is one."""
    site, kept = r.site_of[c], 0
    for i in range(N_CHANNELS):
        channel = s.takes[c, i]
        if (
            0 <= channel < N_LIVE
            and r.serve_out[channel]
            and s.channel_closes_ms[channel] <= s.registers[NOW]
            and s.length[_queue(site, channel)] > 0
        ):
            s.takes[c, kept] = channel
            kept += 1
    if kept > 0:
        s.lingers[c] = 1
        for i in range(kept, N_CHANNELS):
            s.takes[c, i] = NONE


@_jit
def _channel_opens(r, s, channel):
    s.is_open[channel] = 1
    first, last = r.opens_first[channel], r.opens_first[channel + 1]
    i = first + np.searchsorted(r.opens_ms[first:last], s.registers[NOW])
    s.channel_closes_ms[channel] = r.closes_ms[i]
    _assign_soon(s, CENTRE)


@_jit
def _channel_closes(r, p, s, channel):
    s.is_open[channel] = 0
    if channel >= N_LIVE:
        for c in range(r.first_of_site[CENTRE], r.first_of_site[CENTRE + 1]):
            if s.on_duty[c] == 1 and s.message[c] != NONE and s.row_channel[s.message[c]] == channel:
                _make_room(r, s, c)
        return
    if not r.serve_out[channel]:
        for site in range(len(r.site_busy)):
            queue = _queue(site, channel)
            if s.length[queue] > 0:
                while s.length[queue] > 0:
                    row = s.head[queue]
                    _quit(s, queue, row)
                    _meets_closed(r, p, s, row, TURNED_AWAY)
                _queue_has_shrunk(r, s, site)
    if r.hard_stop[channel]:
        for c in range(len(r.site_of)):
            _stop(r, s, channel, c)


@_jit
def _site_closes(r, p, s, site):
    s.site_is_open[site] = 0
    queue = _queue(site, PHONE)
    if site != CENTRE:
        while s.length[queue] > 0:
            row = s.head[queue]
            _quit(s, queue, row)
            _comes_to_centre(r, p, s, row)
    _queue_has_shrunk(r, s, site)


# --- the run -----------------------------------------------------------------------------------------------------


@_jit
def _happens(r, p, s, order):
    """One event by its kind."""
    kind, index = order >> INDEX_BITS, order & INDEX_MASK
    if kind == SERVICE_ENDS:
        _service_ends(r, p, s, index)
    elif kind == SHIFT:
        _shift_changes(r, p, s, index)
    elif kind == ASSIGN:
        _assign(r, p, s, index)
    elif kind == GIVES_UP:
        _gives_up(r, p, s, index)
    elif kind == RINGS_OUT:
        _rings_out(r, p, s, index)
    elif kind == CLOSES:
        if index < N_CHANNELS:
            _channel_closes(r, p, s, index)
        else:
            _site_closes(r, p, s, index - N_CHANNELS)
    elif kind == OPENS:
        if index < N_CHANNELS:
            _channel_opens(r, s, index)
        else:
            s.site_is_open[index - N_CHANNELS] = 1
    else:
        _tries(r, p, s, index, s.next_attempt[index], s.next_channel[index])


@_jit
def _first(r, p, s, person, event):
    """The first event of the three streams: which stream, when, and what; stream `NONE` where all have run dry."""
    source, at_ms, order = NONE, _NEVER, 0
    if s.registers[HEAP] > 0:
        source, at_ms, order = 0, s.heap_ms[0], s.heap_order[0]
    if event < len(r.event_ms) and (
        source == NONE or r.event_ms[event] < at_ms or (r.event_ms[event] == at_ms and r.event_order[event] < order)
    ):
        source, at_ms, order = 1, r.event_ms[event], r.event_order[event]
    if person < len(p.arrival_ms):
        arrives = (ARRIVES << INDEX_BITS) | person
        if source == NONE or p.arrival_ms[person] < at_ms or (p.arrival_ms[person] == at_ms and arrives < order):
            source, at_ms, order = 2, p.arrival_ms[person], arrives
    return source, at_ms, order


@_jit
def _run(r, p, s, most_steps):
    """Merge three ordered streams of events: first attempts, the plan's, and those that happen on the way."""
    person, event = 0, 0
    rows = len(s.person)
    room = len(s.heap_ms) - MOST_PUSHES_PER_ROW * rows - 64 - 2 * s.talking.shape[1] * len(r.site_of)
    for _ in range(most_steps):
        if s.registers[HEAP] > room or s.registers[ROWS] >= rows - 1:
            return FULL
        source, at_ms, order = _first(r, p, s, person, event)
        if source == NONE:
            return DONE
        if source == 0:
            _pop(s)
        elif source == 1:
            event += 1
        else:
            s.next_attempt[person] = 0
            s.next_channel[person] = p.channel[person]
            person += 1
        if at_ms <= r.horizon_ms or (order >> INDEX_BITS) <= SHIFT:
            s.registers[NOW] = at_ms
            _happens(r, p, s, order)
    return ENDLESS


class EndlessRunError(RuntimeError):
    """The kernel took more steps than any world needs: a defect of the engine, never of a scenario."""


def serve(contacts: Contacts, plan: Plan) -> Ledger:
    """What happens to each contact under a plan; the same ledger as the reference engine's, to the last bit.

    Parameters
    ----------
    contacts
        Who tries, when, and all their draws.
    plan
        Opening, people and rules. Its epoch must be that of the contacts.

    Returns
    -------
    Ledger
        One row per attempt, in the order in which they happened.

    Raises
    ------
    ValueError
        If contacts and plan do not start at the same instant.
    EndlessRunError
        If the run does not end.
    """
    if contacts.epoch_ms != plan.epoch_ms:
        raise ValueError("contacts and plan start at different instants")
    rules, people = _rules(plan), _people(contacts, plan)
    capacity = 2 * len(contacts) + 1024
    while True:
        state = _state(rules, people, plan, capacity)
        most_steps = 200 * (capacity * contacts.max_attempts + len(rules.event_ms) + 1000)
        end = _run(_boxed(rules), _boxed(people), _boxed(state), most_steps)
        if end == DONE:
            return _ledger(plan, state)
        if end == ENDLESS:
            raise EndlessRunError(f"more than {most_steps} steps")
        capacity *= 2


def _rules(plan: Plan) -> Rules:
    channels, people = plan.channels, plan.counsellors
    sites = np.array([each.site for each in people], np.int64)
    answers = np.full((len(people), N_CHANNELS), NONE, np.int64)
    kinds: dict[tuple[int, ...], int] = {}
    for c, each in enumerate(people):
        answers[c, : len(each.answers)] = each.answers
        kinds.setdefault(each.answers, len(kinds))
    event_ms, event_order = _plan_events(plan)
    windows = [channel.open_ms for channel in channels]
    return Rules(
        exists=np.array([each.exists for each in channels], np.int64),
        balking=np.array([each.balking for each in channels]),
        max_waiting=np.array([each.max_waiting for each in channels], np.int64),
        redial=np.array([each.redial for each in channels]),
        phone_instead=np.array([each.phone_instead for each in channels]),
        come_back=np.array([each.come_back for each in channels]),
        hard_stop=np.array([each.hard_stop for each in channels], np.int64),
        serve_out=np.array([each.serve_out for each in channels], np.int64),
        last_admission_ms=np.array([each.last_admission_ms for each in channels], np.int64),
        opens_first=np.concatenate([[0], np.cumsum([len(each) for each in windows])]).astype(np.int64),
        opens_ms=np.concatenate([each[:, 0] for each in windows]).astype(np.int64),
        closes_ms=np.concatenate([each[:, 1] for each in windows]).astype(np.int64),
        site_busy=np.array([each.busy for each in plan.sites], np.int64),
        site_ring_ms=np.array([each.ring_ms for each in plan.sites], np.int64),
        first_of_site=np.searchsorted(sites, np.arange(len(plan.sites) + 1)).astype(np.int64),
        site_of=sites,
        chats_at_once=np.array([each.chats_at_once for each in people], np.int64),
        answers=answers,
        kind_of=np.array([kinds[each.answers] for each in people], np.int64),
        speed=np.array(plan.speed_thousandths, np.int64),
        most_loaded=int(plan.most_loaded),
        shift_end=plan.shift_end,
        local_first=int(plan.local_first),
        overflow=int(plan.overflow_to_open_site),
        from_ms=plan.measure_from_ms,
        horizon_ms=plan.end_ms,
        event_ms=event_ms,
        event_order=event_order,
    )


def _plan_events(plan: Plan) -> tuple[Ints, Ints]:
    """Shifts and openings in the order in which they happen."""
    people = len(plan.counsellors)
    parts: list[tuple[Ints, int]] = []
    for c, each in enumerate(plan.counsellors):
        parts += [(each.shifts_ms[:, 0], (SHIFT << INDEX_BITS) | c)]
        parts += [(each.shifts_ms[:, 1], (SHIFT << INDEX_BITS) | (people + c))]
    windows = [*(each.open_ms for each in plan.channels), *(each.open_ms for each in plan.sites)]
    for index, open_ms in enumerate(windows):
        parts += [(open_ms[:, 0], (OPENS << INDEX_BITS) | index), (open_ms[:, 1], (CLOSES << INDEX_BITS) | index)]
    at_ms = np.concatenate([times for times, _ in parts]).astype(np.int64)
    order = np.concatenate([np.full(len(times), code, np.int64) for times, code in parts])
    sequence = np.lexsort((order, at_ms))
    return at_ms[sequence], order[sequence]


def _people(contacts: Contacts, plan: Plan) -> People:
    names, background = list(contacts.sites), contacts.background
    spans = [
        slice(*background.offset[names.index(site.name) :][:2]) if site.name in names else slice(0, 0)
        for site in plan.sites
    ]
    local = np.array(local_sites(contacts.sites, plan), np.int64)
    return People(
        arrival_ms=contacts.arrival_ms,
        channel=contacts.channel,
        local=local[contacts.origin],
        work_ms=contacts.work_ms,
        wrap_up_ms=contacts.wrap_up_ms,
        patience_ms=contacts.patience_ms,
        redial_delay_ms=contacts.redial_delay_ms,
        return_delay_ms=contacts.return_delay_ms,
        balk_u=contacts.balk_u,
        closed_u=contacts.closed_u,
        redial_u=contacts.redial_u,
        spell_first=np.concatenate([[0], np.cumsum([span.stop - span.start for span in spans])]).astype(np.int64),
        spell_start_ms=np.concatenate([background.start_ms[span] for span in spans]).astype(np.int64),
        spell_end_ms=np.concatenate([background.end_ms[span] for span in spans]).astype(np.int64),
    )


def _state(rules: Rules, people: People, plan: Plan, capacity: int) -> State:
    """Buffers for so many attempts, everything empty."""
    counsellors, sites, persons = len(plan.counsellors), len(plan.sites), len(people.arrival_ms)
    most_chats = max([each.chats_at_once for each in plan.counsellors], default=1)
    values: dict[str, Ints] = {}
    for names, size, value in (
        ("person attempt row_channel at_ms wait_ms left_ms queued", capacity, 0),
        ("counsellor start_ms end_ms held_by due_ms ahead behind", capacity, NONE),
        ("fate", capacity, UNFINISHED),
        ("then", capacity, NEXT_NONE),
        ("site", capacity, CENTRE),
        ("head tail", sites * N_CHANNELS, NONE),
        ("length", sites * N_CHANNELS, 0),
        ("is_open channel_closes_ms", N_CHANNELS, 0),
        ("site_is_open", sites, 0),
        ("calls chats talkers on_duty lingers progress_ms since_ms busy_ms overtime_ms slot_ms", counsellors, 0),
        ("call message", counsellors, NONE),
        ("next_attempt next_channel", persons, 0),
        ("registers", 3, 0),
    ):
        values |= {name: np.full(size, value, np.int64) for name in names.split()}
    heap = (MOST_PUSHES_PER_ROW + 4) * capacity + 64 * (counsellors + 16) + 2 * (most_chats + 1) * counsellors
    values |= {name: np.empty(heap, np.int64) for name in ("heap_ms", "heap_order")}
    values["talking"] = np.full((counsellors, most_chats + 1), NONE, np.int64)
    values["remaining"] = np.zeros((counsellors, most_chats + 1), np.int64)
    values["takes"] = rules.answers.copy()
    values["spell"] = people.spell_first[:-1].copy()
    return State(**values)


def _ledger(plan: Plan, s: State) -> Ledger:
    rows = int(s.registers[ROWS])
    wait_ms = s.wait_ms[:rows]
    waits_still = (s.fate[:rows] == UNFINISHED) & (s.start_ms[:rows] < 0)
    codes = np.int16
    staffed = [covered_ms(each.shifts_ms, plan.measure_from_ms, plan.end_ms) for each in plan.counsellors]
    return Ledger(
        person=s.person[:rows],
        attempt=s.attempt[:rows].astype(codes),
        channel=s.row_channel[:rows].astype(codes),
        at_ms=s.at_ms[:rows],
        fate=s.fate[:rows].astype(codes),
        next=s.then[:rows].astype(codes),
        site=s.site[:rows].astype(codes),
        counsellor=np.where(s.counsellor[:rows] == NONE, NOBODY, s.counsellor[:rows]).astype(codes),
        wait_ms=np.where(waits_still, plan.end_ms - s.at_ms[:rows], wait_ms),
        start_ms=s.start_ms[:rows],
        end_ms=s.end_ms[:rows],
        busy_ms=s.busy_ms,
        overtime_ms=s.overtime_ms,
        staffed_ms=np.array(staffed, np.int64),
        slot_ms=s.slot_ms,
    )
