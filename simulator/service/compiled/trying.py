"""Somebody tries, waits, leaves, tries again: what becomes of one attempt until somebody answers it.

Names of rules and the reasons for them are in `simulator.service.reference`; here only what differs is said.
"""

import numpy as np

from simulator.service.compiled import draws
from simulator.service.compiled.draws import NEVER_COMES
from simulator.service.compiled.hands import assign_soon, start
from simulator.service.compiled.layouts import GONE, N_CHANNELS, N_LIVE, NONE, NOW, OPEN, PHONE, ROWS
from simulator.service.compiled.machine import compiled, inlined
from simulator.service.compiled.queues import event, join, join_by_age, leave, push
from simulator.service.compiled.teams import free_for, spell_end_ms
from simulator.service.events import ARRIVES, ASSIGN, GIVES_UP, RINGS_OUT
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
from simulator.service.plan import BUSY_CENTRE, BUSY_RING, CENTRE


@compiled
def wake_after_spell(p, s, site):
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
def next_opening(r, channel, now):
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
def meets_closed(r, p, s, row, fate):
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
        i = next_opening(r, channel, now)
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
    wake_after_spell(p, s, site)
    return True


@compiled
def comes_to_centre(r, p, s, row):
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
        comes_to_centre(r, p, s, row)
        return
    free = free_for(r, p, s, site, PHONE)
    if free != NONE:
        start(r, p, s, row, free)
    elif r.site_busy[site] == BUSY_CENTRE:
        comes_to_centre(r, p, s, row)
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
def tries(r, p, s, person):
    """A new attempt, on the channel the person chose."""
    channel = np.int64(s.next_channel[person])
    row = _written_down(s, person, s.next_attempt[person], channel)
    if channel >= N_LIVE and r.exists[channel]:
        s.left_ms[row] = draws.work_ms(p, person, channel)
        join_by_age(s, CENTRE, channel, row)
        assign_soon(s, CENTRE)
    elif channel >= N_LIVE or (s.registers[OPEN] >> channel) & 1 == 0:
        meets_closed(r, p, s, row, MET_CLOSED)
    elif s.registers[NOW] >= s.channel_closes_ms[channel] - r.last_admission_ms[channel]:
        meets_closed(r, p, s, row, TURNED_AWAY)
    elif channel == PHONE:
        _rings(r, p, s, row)
    else:
        comes_to_centre(r, p, s, row)


@inlined
def send_home(r, s, site):
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
def queue_has_shrunk(r, s, site):
    """Who was kept for somebody that no longer waits here may be free for others, or go home."""
    send_home(r, s, site)
    assign_soon(s, site)


@compiled
def gives_up(r, p, s, row):
    """Somebody who still waits has lost patience."""
    if s.queued[row] == 1:
        site = np.int64(s.site[row])
        leave(s, site, np.int64(s.row_channel[row]), row)
        _leaves(r, p, s, row, ABANDONED)
        queue_has_shrunk(r, s, site)


@compiled
def rings_out(r, p, s, row):
    """A call that still rings at a site goes on to the centre."""
    site = np.int64(s.site[row])
    if site != CENTRE and s.queued[row] == 1:
        leave(s, site, PHONE, row)
        comes_to_centre(r, p, s, row)
        queue_has_shrunk(r, s, site)
