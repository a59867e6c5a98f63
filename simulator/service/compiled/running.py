"""The run: events in the order of `simulator.service.events`. Nothing here allocates while the clock runs."""

from simulator.service.compiled.assigning import assign
from simulator.service.compiled.draws import NEVER_COMES
from simulator.service.compiled.hands import service_ends
from simulator.service.compiled.layouts import (
    ALL_CHANNELS,
    DONE,
    ENDLESS,
    FULL,
    HEAP,
    N_CHANNELS,
    NEAR,
    NONE,
    NOW,
    OPEN,
    PERSONS,
    ROWS,
)
from simulator.service.compiled.machine import compiled, inlined
from simulator.service.compiled.opening import channel_closes, channel_opens, shift_changes, site_closes
from simulator.service.compiled.queues import bring_near, event
from simulator.service.compiled.teams import set_takes
from simulator.service.compiled.trying import gives_up, rings_out, tries
from simulator.service.events import ARRIVES, ASSIGN, GIVES_UP, INDEX_BITS, OPENS, RINGS_OUT, SERVICE_ENDS, SHIFT

INDEX_MASK = (1 << INDEX_BITS) - 1


@compiled
def _opens_or_closes(r, p, s, kind, index):
    """A channel, or a site behind all channels."""
    if index < N_CHANNELS:
        if kind == OPENS:
            channel_opens(r, s, index)
        else:
            channel_closes(r, p, s, index)
    elif kind == OPENS:
        s.site_is_open[index - N_CHANNELS] = 1
    else:
        site_closes(r, p, s, index - N_CHANNELS)


@inlined
def _happens(r, p, s, order):
    """One event by its kind."""
    kind, index = order >> INDEX_BITS, order & INDEX_MASK
    if kind == ARRIVES:
        tries(r, p, s, index)
    elif kind == SERVICE_ENDS:
        service_ends(r, p, s, index)
    elif kind == SHIFT:
        shift_changes(r, p, s, index)
    elif kind == ASSIGN:
        assign(r, p, s, index)
    elif kind == GIVES_UP:
        gives_up(r, p, s, index)
    elif kind == RINGS_OUT:
        rings_out(r, p, s, index)
    else:
        _opens_or_closes(r, p, s, kind, index)


@compiled
def reset(r, p, s):
    """Make the state ready for a run: nobody waits, nobody is on duty, everything is closed."""
    s.registers[NOW] = 0
    s.registers[ROWS] = 0
    s.registers[NEAR] = 0
    s.registers[HEAP] = 0
    s.registers[OPEN] = 0
    for i in range(r.sites * N_CHANNELS):
        s.head[i] = NONE
        s.tail[i] = NONE
        s.length[i] = 0
    for channel in range(N_CHANNELS):
        s.channel_closes_ms[channel] = 0
    for site in range(r.sites):
        s.site_is_open[site] = 0
        s.waiting[site] = 0
        s.spell[site] = p.spell_first[site]
        s.idle_count[site] = 0
        s.lingerers[site] = 0
    for word in range(r.set_words):
        s.idle[word] = 0
    for place in range(r.set_words * r.levels):
        s.roomy[place] = 0
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


@inlined
def _next_event(r, p, s, person, planned):
    """The first event of three streams: which stream (0 on the way, 1 planned, 2 first attempts), when, and what."""
    source, at_ms, order = NONE, NEVER_COMES, 0
    if s.registers[NEAR] == 0 and s.registers[HEAP] > 0:
        bring_near(s)
    if s.registers[NEAR] > 0:
        last = 2 * s.registers[NEAR] - 2
        source, at_ms, order = 0, s.near[last], s.near[last + 1]
    if planned < r.events:
        planned_ms, planned_order = r.event_ms[planned], r.event_order[planned]
        if source == NONE or planned_ms < at_ms or (planned_ms == at_ms and planned_order < order):
            source, at_ms, order = 1, planned_ms, planned_order
    if person < s.registers[PERSONS]:
        arrival_ms, arrives = p.arrival_ms[person], event(ARRIVES, person)
        if source == NONE or arrival_ms < at_ms or (arrival_ms == at_ms and arrives < order):
            source, at_ms, order = 2, arrival_ms, arrives
    return source, at_ms, order


@compiled
def serve_all(r, p, s, most_steps):
    """Merge three ordered streams of events: first attempts, the plan's, and those that happen on the way."""
    reset(r, p, s)
    person, planned = 0, 0
    for _ in range(most_steps):
        if s.registers[HEAP] > s.heap_room or s.registers[ROWS] >= s.rows - 1:
            return FULL
        source, at_ms, order = _next_event(r, p, s, person, planned)
        if source == NONE:
            return DONE
        if source == 0:
            s.registers[NEAR] -= 1
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
