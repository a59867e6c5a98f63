"""What happens: somebody tries, waits, leaves; shifts change; channels and sites open and close; and the run itself.

The order of events, the names of rules and the reasons for them are in `simulator.service.reference`; here only what
differs is said. Nothing here allocates while the clock runs.
"""

import numpy as np

from simulator.service.compiled import draws
from simulator.service.compiled.layouts import (
    DONE,
    ENDLESS,
    FULL,
    HEAP,
    LIVE_MASK,
    N_CHANNELS,
    N_LIVE,
    NONE,
    NOW,
    PERSONS,
    PHONE,
    ROWS,
)
from simulator.service.compiled.machine import compiled, inlined
from simulator.service.compiled.queues import event, first_of, join, join_by_age, leave, pop, push
from simulator.service.compiled.staff import (
    account,
    assign_soon,
    can_take,
    counsellor_of,
    end_at,
    free_for,
    hand_on,
    idle_are_spoken_for,
    is_able,
    is_idle,
    make_room,
    next_channel,
    next_taker,
    note_start,
    service_ends,
    set_takes,
    sort_in,
    spell_end_ms,
    start,
    stop,
)
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
)
from simulator.service.plan import BUSY_CENTRE, BUSY_RING, CENTRE, HAND_BACK

INDEX_MASK = (1 << INDEX_BITS) - 1
ALL_CHANNELS = (1 << N_CHANNELS) - 1
NEVER_COMES = draws.NEVER_COMES

GONE = 2
"""Of one who lingered (1) and went home: until her next shift she still takes only what she lingered for."""

MOST_PUSHES_PER_ROW = 6
"""One closing may move everybody who waits: that many events for each of them must find room in the heap."""

# --- somebody tries, waits, leaves -------------------------------------------------------------------------------


@compiled
def _wake_after_spell(p, s, site):
    """Those who wait at a site are looked at again when the site's own duty work lets go."""
    end_ms = spell_end_ms(p, s, site)
    if end_ms != NONE:
        push(s, end_ms, event(ASSIGN, site))


@compiled
def _tries_again(s, row, channel, at_ms):
    person = s.person[row]
    s.next_attempt[person] = s.attempt[row] + 1
    s.next_channel[person] = channel
    push(s, at_ms, event(ARRIVES, person))


@inlined
def _fares(s, row, fate, then):
    s.fate[row] = fate
    s.then[row] = then
    s.wait_ms[row] = s.registers[NOW] - s.at_ms[row]


@compiled
def _leaves(r, p, s, row, fate):
    """Unanswered by an open channel: try again, or be lost."""
    person, attempt, channel = s.person[row], np.int64(s.attempt[row]), np.int64(s.row_channel[row])
    if attempt + 1 < p.attempts and draws.redial_u(p, person, attempt) < r.redial[channel]:
        _fares(s, row, fate, NEXT_REDIAL)
        delay_ms = draws.redial_delay_ms(p, person, attempt, channel)
        _tries_again(s, row, channel, s.registers[NOW] + delay_ms)
    else:
        _fares(s, row, fate, NEXT_LOST)


@compiled
def _next_opening(r, channel, now):
    """Place of the first opening after now among all openings of a channel, or the place after the last."""
    low, high = r.opens_first[channel], r.opens_first[channel + 1]
    while low < high:
        middle = (low + high) >> 1
        if r.opens_ms[middle] <= now:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def _meets_closed(r, p, s, row, fate):
    """Phone instead, come back after the next opening, or be lost."""
    person, attempt, channel = s.person[row], np.int64(s.attempt[row]), np.int64(s.row_channel[row])
    instead = 0.0 if channel == PHONE else r.phone_instead[channel]
    chance = instead + r.come_back[channel]
    if attempt + 1 >= p.attempts or chance <= 0.0:
        _fares(s, row, fate, NEXT_LOST)
        return
    now, u = s.registers[NOW], draws.closed_u(p, person, attempt)
    if u >= chance:
        _fares(s, row, fate, NEXT_LOST)
    elif u < instead:
        _fares(s, row, fate, NEXT_PHONE)
        _tries_again(s, row, PHONE, now)
    else:
        i = _next_opening(r, channel, now)
        if i < r.opens_first[channel + 1]:
            _fares(s, row, fate, NEXT_RETURN)
            delay_ms = draws.return_delay_ms(p, person, attempt, channel)
            _tries_again(s, row, channel, r.opens_ms[i] + delay_ms)
        else:
            _fares(s, row, fate, NEXT_LOST)


@compiled
def _waits(r, p, s, row, site):
    """Join the queue, unless it is full or the person turns in the door; whether she joined."""
    person, attempt, channel = s.person[row], np.int64(s.attempt[row]), np.int64(s.row_channel[row])
    s.site[row] = site
    if 0 <= r.max_waiting[channel] <= s.length[site * N_CHANNELS + channel]:
        _leaves(r, p, s, row, BLOCKED)
        return False
    if r.balking[channel] > 0.0 and draws.balk_u(p, person, attempt) < r.balking[channel]:
        _leaves(r, p, s, row, BALKED)
        return False
    join(s, site, channel, row)
    patience_ms = draws.patience_ms(p, person, attempt, channel)
    if patience_ms < NEVER_COMES:
        push(s, s.at_ms[row] + patience_ms, event(GIVES_UP, row))
    _wake_after_spell(p, s, site)
    return True


@compiled
def _comes_to_centre(r, p, s, row):
    """Answered at once by the centre, or (a call, if the network allows) by any open site; else waits."""
    channel = np.int64(s.row_channel[row])
    s.site[row] = CENTRE
    free = free_for(r, p, s, CENTRE, channel)
    if free == NONE and channel == PHONE and r.overflow:
        for site in range(1, r.sites):
            if s.site_is_open[site] == 1:
                free = free_for(r, p, s, site, PHONE)
                if free != NONE:
                    break
    if free != NONE:
        start(r, p, s, row, free)
    else:
        _waits(r, p, s, row, CENTRE)


@inlined
def _rings(r, p, s, row):
    """A call: the caller's own site first if it is open, then the centre."""
    site = draws.local_site(p, s.person[row]) if r.local_first else CENTRE
    if site == CENTRE or s.site_is_open[site] == 0:
        _comes_to_centre(r, p, s, row)
        return
    free = free_for(r, p, s, site, PHONE)
    if free != NONE:
        start(r, p, s, row, free)
    elif r.site_busy[site] == BUSY_CENTRE:
        _comes_to_centre(r, p, s, row)
    elif _waits(r, p, s, row, site) and r.site_busy[site] == BUSY_RING:
        push(s, s.registers[NOW] + r.site_ring_ms[site], event(RINGS_OUT, row))


@inlined
def _written_down(s, person, attempt, channel):
    """A new row for an attempt whose fate is not known yet."""
    row = s.registers[ROWS]
    s.registers[ROWS] = row + 1
    s.person[row] = person
    s.attempt[row] = attempt
    s.row_channel[row] = channel
    s.at_ms[row] = s.registers[NOW]
    s.fate[row] = UNFINISHED
    s.then[row] = NEXT_NONE
    s.site[row] = CENTRE
    s.counsellor[row] = NOBODY
    s.wait_ms[row] = 0
    s.start_ms[row] = -1
    s.end_ms[row] = -1
    s.held_by[row] = NONE
    s.due_ms[row] = -1
    s.queued[row] = 0
    return row


@inlined
def _tries(r, p, s, person):
    channel = np.int64(s.next_channel[person])
    row = _written_down(s, person, s.next_attempt[person], channel)
    if channel >= N_LIVE and r.exists[channel]:
        s.left_ms[row] = draws.work_ms(p, person, channel)
        join_by_age(s, CENTRE, channel, row)
        assign_soon(s, CENTRE)
    elif channel >= N_LIVE or s.is_open[channel] == 0:
        _meets_closed(r, p, s, row, MET_CLOSED)
    elif s.registers[NOW] >= s.channel_closes_ms[channel] - r.last_admission_ms[channel]:
        _meets_closed(r, p, s, row, TURNED_AWAY)
    elif channel == PHONE:
        _rings(r, p, s, row)
    else:
        _comes_to_centre(r, p, s, row)


@inlined
def _send_home(r, s, site):
    """Who lingers for queues that are empty now goes home."""
    if s.lingerers[site] == 0:
        return
    for c in range(r.first_of_site[site], r.first_of_site[site + 1]):
        if s.lingers[c] == 1:
            waited_for = False
            for i in range(N_CHANNELS):
                channel = s.takes[c * N_CHANNELS + i]
                waited_for = waited_for or (channel != NONE and (s.waiting[site] >> channel) & 1 == 1)
            if not waited_for:
                s.lingers[c] = GONE
                s.lingerers[site] -= 1


@compiled
def _queue_has_shrunk(r, s, site):
    _send_home(r, s, site)
    assign_soon(s, site)


@compiled
def _gives_up(r, p, s, row):
    if s.queued[row] == 1:
        site = np.int64(s.site[row])
        leave(s, site, np.int64(s.row_channel[row]), row)
        _leaves(r, p, s, row, ABANDONED)
        _queue_has_shrunk(r, s, site)


@compiled
def _rings_out(r, p, s, row):
    site = np.int64(s.site[row])
    if site != CENTRE and s.queued[row] == 1:
        leave(s, site, PHONE, row)
        _comes_to_centre(r, p, s, row)
        _queue_has_shrunk(r, s, site)


# --- who is next -------------------------------------------------------------------------------------------------


@compiled
def _assign(r, p, s, site):
    while s.waiting[site] & LIVE_MASK != 0:
        c = next_taker(r, p, s, site)
        if c == NONE:
            _wake_after_spell(p, s, site)
            break
        start(r, p, s, first_of(s, site, next_channel(r, s, c, site)), c)
    if site == CENTRE and s.waiting[CENTRE] & ~LIVE_MASK != 0:
        _assign_written(r, p, s)
    _send_home(r, s, site)


@compiled
def _assign_written(r, p, s):
    """Whoever is idle, and has no question in hand, takes the oldest of her first open channel that has one."""
    if s.idle_count[CENTRE] == 0 or idle_are_spoken_for(r, p, s, CENTRE):
        return
    for word in range(r.first_word[CENTRE], r.first_word[CENTRE + 1]):
        bits = s.idle[word]
        while bits != 0:
            c = counsellor_of(r, CENTRE, word, bits)
            bits &= bits - 1
            if s.message[c] == NONE and is_able(r, s, c, CENTRE, False):
                _take_written(r, s, c)


@compiled
def _take_written(r, s, c):
    for i in range(N_CHANNELS):
        channel = s.takes[c * N_CHANNELS + i]
        if channel == NONE:
            return
        if channel < N_LIVE or s.is_open[channel] == 0 or (s.waiting[CENTRE] >> channel) & 1 == 0:
            continue
        if can_take(r, s, c, channel, CENTRE):
            row = first_of(s, CENTRE, channel)
            account(r, s, c)
            s.message[c] = row
            if s.start_ms[row] < 0:
                note_start(r, s, row, c)
            end_at(s, row, c, s.registers[NOW] + s.left_ms[row])
            return


# --- shifts and opening ------------------------------------------------------------------------------------------


@inlined
def _shift_changes(r, p, s, index):
    """Index below the number of people: her shift starts; then: it ends; then: she hands on what she has."""
    people = r.counsellors
    c = index
    while c >= people:
        c -= people
    site = r.site_of[c]
    if index >= 2 * people:
        hand_on(r, p, s, c)
    elif index < people:
        account(r, s, c)
        s.on_duty[c] = 1
        if s.lingers[c] != 0:
            s.lingerers[site] -= s.lingers[c] == 1
            s.lingers[c] = 0
            set_takes(r, s, c, ALL_CHANNELS)
        sort_in(r, s, c)
        assign_soon(s, site)
    else:
        make_room(r, s, c)
        s.on_duty[c] = 0
        sort_in(r, s, c)
        if r.shift_end == HAND_BACK and not is_idle(s, c):
            push(s, s.registers[NOW], event(SHIFT, 2 * people + c))
        _linger(r, s, c, site)


@compiled
def _linger(r, s, c, site):
    """She stays for those of her channels whose closed queue must be served out, if there is one."""
    kept = 0
    for channel in range(N_LIVE):
        if (
            r.serve_out[channel]
            and s.channel_closes_ms[channel] <= s.registers[NOW]
            and (s.waiting[site] >> channel) & 1 == 1
            and s.urgent[c * N_CHANNELS + channel] != NONE
        ):
            kept |= 1 << channel
    if kept != 0:
        s.lingers[c] = 1
        s.lingerers[site] += 1
        set_takes(r, s, c, kept)


@compiled
def _channel_opens(r, s, channel):
    s.is_open[channel] = 1
    i = _next_opening(r, channel, s.registers[NOW]) - 1
    s.channel_closes_ms[channel] = r.closes_ms[i]
    assign_soon(s, CENTRE)


@compiled
def _channel_closes(r, p, s, channel):
    s.is_open[channel] = 0
    if channel >= N_LIVE:
        for c in range(r.first_of_site[CENTRE], r.first_of_site[CENTRE + 1]):
            if s.on_duty[c] == 1 and s.message[c] != NONE and s.row_channel[s.message[c]] == channel:
                make_room(r, s, c)
        return
    if not r.serve_out[channel]:
        for site in range(r.sites):
            if (s.waiting[site] >> channel) & 1:
                while (s.waiting[site] >> channel) & 1:
                    _meets_closed(r, p, s, first_of(s, site, channel), TURNED_AWAY)
                _queue_has_shrunk(r, s, site)
    if r.hard_stop[channel]:
        for c in range(r.counsellors):
            stop(r, s, channel, c)


@compiled
def _site_closes(r, p, s, site):
    """Calls that wait at a site when it closes go to the centre."""
    s.site_is_open[site] = 0
    if site != CENTRE:
        while (s.waiting[site] >> PHONE) & 1:
            _comes_to_centre(r, p, s, first_of(s, site, PHONE))
    _queue_has_shrunk(r, s, site)


# --- the run -----------------------------------------------------------------------------------------------------


@inlined
def _happens(r, p, s, order):
    """One event by its kind."""
    kind, index = order >> INDEX_BITS, order & INDEX_MASK
    if kind == ARRIVES:
        _tries(r, p, s, index)
    elif kind == SERVICE_ENDS:
        service_ends(r, p, s, index)
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


@compiled
def reset(r, p, s):
    """Make the state ready for a run: nobody waits, nobody is on duty, everything is closed."""
    s.registers[NOW] = 0
    s.registers[ROWS] = 0
    s.registers[HEAP] = 0
    for i in range(r.sites * N_CHANNELS):
        s.head[i] = NONE
        s.tail[i] = NONE
        s.length[i] = 0
    for channel in range(N_CHANNELS):
        s.is_open[channel] = 0
        s.channel_closes_ms[channel] = 0
    for site in range(r.sites):
        s.site_is_open[site] = 0
        s.waiting[site] = 0
        s.spell[site] = p.spell_first[site]
        s.idle_count[site] = 0
        s.lingerers[site] = 0
    for word in range(r.first_word[r.sites]):
        s.idle[word] = 0
        s.roomy[word] = 0
    for c in range(r.counsellors):
        s.on_duty[c] = 0
        s.lingers[c] = 0
        s.calls[c] = 0
        s.chats[c] = 0
        s.call[c] = NONE
        s.message[c] = NONE
        s.talkers[c] = 0
        s.progress_ms[c] = 0
        s.since_ms[c] = 0
        s.busy_ms[c] = 0
        s.overtime_ms[c] = 0
        s.slot_ms[c] = 0
        set_takes(r, s, c, ALL_CHANNELS)


@compiled
def serve_all(r, p, s, most_steps):
    """Merge three ordered streams of events: first attempts, the plan's, and those that happen on the way."""
    reset(r, p, s)
    person, planned = 0, 0
    persons = s.registers[PERSONS]
    for _ in range(most_steps):
        if s.registers[HEAP] > s.heap_room or s.registers[ROWS] >= s.rows - 1:
            return FULL
        at_ms, order = NEVER_COMES, 0
        source = NONE
        if s.registers[HEAP] > 0:
            source, at_ms, order = 0, s.heap[0], s.heap[1]
        if planned < r.events:
            if source == NONE or r.event_ms[planned] < at_ms or (
                r.event_ms[planned] == at_ms and r.event_order[planned] < order
            ):  # fmt: skip
                source, at_ms, order = 1, r.event_ms[planned], r.event_order[planned]
        if person < persons:
            arrives = event(ARRIVES, person)
            if source == NONE or p.arrival_ms[person] < at_ms or (p.arrival_ms[person] == at_ms and arrives < order):
                source, at_ms, order = 2, p.arrival_ms[person], arrives
        if source == NONE:
            return DONE
        if source == 0:
            pop(s)
        elif source == 1:
            planned += 1
        else:
            s.next_attempt[person] = 0
            s.next_channel[person] = p.channel[person]
            person += 1
        if at_ms <= r.horizon_ms or (order >> INDEX_BITS) <= SHIFT:
            s.registers[NOW] = at_ms
            _happens(r, p, s, order)
    return ENDLESS
