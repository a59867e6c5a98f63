"""Shifts change; channels and sites open and close. Reasons for the rules are in `simulator.service.reference`."""

from simulator.service.compiled.hands import account, assign_soon, hand_on, make_room, stop
from simulator.service.compiled.layouts import ALL_CHANNELS, N_CHANNELS, N_LIVE, NONE, NOW, OPEN, PHONE
from simulator.service.compiled.machine import compiled, inlined
from simulator.service.compiled.queues import event, first_of, push
from simulator.service.compiled.teams import is_idle, set_takes, sort_in
from simulator.service.compiled.trying import comes_to_centre, meets_closed, next_opening, queue_has_shrunk
from simulator.service.events import SHIFT
from simulator.service.ledger import TURNED_AWAY
from simulator.service.plan import CENTRE, HAND_BACK


@inlined
def shift_changes(r, p, s, index):
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
def channel_opens(r, s, channel):
    """A window of a channel begins."""
    s.registers[OPEN] |= 1 << channel
    i = next_opening(r, channel, s.registers[NOW]) - 1
    s.channel_closes_ms[channel] = r.closes_ms[i]
    assign_soon(s, CENTRE)


@compiled
def channel_closes(r, p, s, channel):
    """Nobody new; those who wait are turned away, unless their queue is served out."""
    s.registers[OPEN] &= ~(1 << channel)
    if channel >= N_LIVE:
        for c in range(r.first_of_site[CENTRE], r.first_of_site[CENTRE + 1]):
            if s.on_duty[c] == 1 and s.message[c] != NONE and s.row_channel[s.message[c]] == channel:
                make_room(r, s, c)
        return
    if not r.serve_out[channel]:
        for site in range(r.sites):
            if (s.waiting[site] >> channel) & 1:
                while (s.waiting[site] >> channel) & 1:
                    meets_closed(r, p, s, first_of(s, site, channel), TURNED_AWAY)
                queue_has_shrunk(r, s, site)
    if r.hard_stop[channel]:
        for c in range(r.counsellors):
            stop(r, s, channel, c)


@compiled
def site_closes(r, p, s, site):
    """Calls that wait at a site when it closes go to the centre."""
    s.site_is_open[site] = 0
    if site != CENTRE:
        while (s.waiting[site] >> PHONE) & 1:
            comes_to_centre(r, p, s, first_of(s, site, PHONE))
    queue_has_shrunk(r, s, site)
