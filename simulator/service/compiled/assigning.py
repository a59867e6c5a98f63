"""Who is next: those who wait at a site, and the piles of written questions, are looked at once more."""

from simulator.service.compiled.hands import account, end_at, note_start, start
from simulator.service.compiled.layouts import LIVE_MASK, N_CHANNELS, NONE, NOW, OPEN
from simulator.service.compiled.machine import compiled, inlined
from simulator.service.compiled.queues import first_of
from simulator.service.compiled.teams import (
    can_take,
    counsellor_of,
    idle_are_spoken_for,
    is_able,
    next_channel,
    next_taker,
)
from simulator.service.compiled.trying import send_home, wake_after_spell
from simulator.service.plan import CENTRE


@compiled
def assign(r, p, s, site):
    """All who can be taken at a site are taken; then written questions, then who lingers may go."""
    while s.waiting[site] & LIVE_MASK != 0:
        c = next_taker(r, p, s, site)
        if c == NONE:
            wake_after_spell(p, s, site)
            break
        start(r, p, s, first_of(s, site, next_channel(r, s, c, site)), c)
    if site == CENTRE and _written(s) != 0:
        _assign_written(r, p, s)
    send_home(r, s, site)


@inlined
def _written(s):
    """The open written channels with questions on their piles, a bit each."""
    return s.waiting[CENTRE] & s.registers[OPEN] & ~LIVE_MASK


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
                if _written(s) == 0:
                    return


@compiled
def _take_written(r, s, c):
    for i in range(N_CHANNELS):
        channel = s.takes[c * N_CHANNELS + i]
        if channel == NONE:
            return
        if (_written(s) >> channel) & 1 and can_take(r, s, c, channel, CENTRE):
            row = first_of(s, CENTRE, channel)
            account(r, s, c)
            s.message[c] = row
            if s.start_ms[row] < 0:
                note_start(r, s, row, c)
            end_at(s, row, c, s.registers[NOW] + s.left_ms[row])
            return
