"""Counting a year that was served: the same whole numbers as `simulator.service.tally.count`, in one pass."""

import numpy as np

from simulator.scenario.calendar import HOUR_MS
from simulator.service.compiled.layouts import CHAT, N_CHANNELS, N_LIVE, PERSONS, PHONE, ROWS
from simulator.service.compiled.machine import compiled, inlined
from simulator.service.ledger import ANSWERED, FATES, NEXT_PHONE, NEXT_REDIAL, NEXT_RETURN, UNFINISHED
from simulator.service.tally import COLUMNS, KINDS, NEXT_KINDS, WEEK_HOURS

N_KINDS, N_FATES = len(KINDS), len(FATES)
FIRST_NEXT = KINDS.index(next(iter(NEXT_KINDS)))
WITHIN, WAIT, RESPONSE = (
    KINDS.index(name) for name in ("answered_within_target", "wait_of_answered_ms", "response_time_ms")
)
CAME, REACHED, OUT = (KINDS.index(name) for name in ("persons", "persons_reached", "still_out"))
LOST, STILL_OUT, ANSWERED_ONCE = range(3)
"""What has become of a person."""

assert list(NEXT_KINDS.values()) == [NEXT_REDIAL, NEXT_PHONE, NEXT_RETURN] == [1, 2, 3], "next steps follow each other"


@inlined
def _add(k, kind, channel, hour, value):
    first = (kind * N_CHANNELS + channel) * COLUMNS
    k.table[first + k.hour_column[hour]] += value
    k.table[first + WEEK_HOURS + k.hour_month[hour]] += value


@compiled
def _clear(r, k):
    for i in range(N_KINDS * N_CHANNELS * COLUMNS):
        k.table[i] = 0
    for i in range(N_LIVE * k.days):
        k.answered_by_day[i] = 0
    for site in range(r.sites):
        k.calls[site] = 0
        k.call_waits_ms[site] = 0
    k.waits[PHONE] = 0
    k.waits[CHAT] = 0


@inlined
def _count_answer(r, s, k, row, channel, hour, room):
    wait_ms = s.wait_ms[row]
    if wait_ms > k.target_ms[channel]:
        _add(k, WITHIN, channel, hour, -1)
    if channel >= N_LIVE:
        _add(k, RESPONSE, channel, hour, s.end_ms[row] - s.at_ms[row])
        return
    k.answered_by_day[channel * k.days + k.hour_day[hour]] += 1
    if wait_ms > 0:
        _add(k, WAIT, channel, hour, wait_ms)
        k.waits_ms[channel * room + k.waits[channel]] = wait_ms
        k.waits[channel] += 1
    if channel == PHONE:
        k.calls[s.site[row]] += 1
        k.call_waits_ms[s.site[row]] += wait_ms


@compiled
def _count_person(p, k, kind, person):
    """One person more, by the hour of her first attempt."""
    _add(k, kind, np.int64(p.channel[person]), min(p.arrival_ms[person] // HOUR_MS, k.hours - 1), 1)


@compiled
def _count_outcomes(r, p, s, k, pending):
    """Those whose first attempt was not the last word; and those who would first try after the horizon."""
    for i in range(pending):
        outcome = k.outcome[k.pending[i]]
        if outcome != LOST:
            _count_person(p, k, REACHED if outcome == ANSWERED_ONCE else OUT, k.pending[i])
    person = s.registers[PERSONS] - 1
    while person >= 0 and p.arrival_ms[person] > r.horizon_ms:
        if p.arrival_ms[person] >= r.from_ms:
            _count_person(p, k, CAME, person)
            _count_person(p, k, OUT, person)
        person -= 1


@compiled
def _complete(k):
    """Add to what was counted as an exception what is the rule.

    Most attempts are first ones, and most answers come in time to somebody who first tries: only the others were
    subtracted, a fraction of the work.
    """
    size = N_CHANNELS * COLUMNS
    for i in range(size):
        answered = k.table[ANSWERED * size + i]
        k.table[WITHIN * size + i] += answered
        k.table[REACHED * size + i] += answered
        for fate in range(N_FATES):
            k.table[CAME * size + i] += k.table[fate * size + i]


@compiled
def count_all(r, p, s, k):
    """Count attempts by hour and month, and persons by what became of them."""
    _clear(r, k)
    pending = 0
    for row in range(s.registers[ROWS]):
        person = s.person[row]
        if p.arrival_ms[person] < r.from_ms:
            continue
        fate, then = np.int64(s.fate[row]), np.int64(s.then[row])
        hour, channel = min(s.at_ms[row] // HOUR_MS, k.hours - 1), np.int64(s.row_channel[row])
        goes_on = NEXT_REDIAL <= then <= NEXT_RETURN
        _add(k, fate, channel, hour, 1)
        if goes_on:
            _add(k, FIRST_NEXT + then - NEXT_REDIAL, channel, hour, 1)
        if fate == ANSWERED:
            _count_answer(r, s, k, row, channel, hour, s.rows)
        is_first = s.attempt[row] == 0
        if not is_first:
            _add(k, CAME, channel, hour, -1)
            if fate == ANSWERED:
                _add(k, REACHED, channel, hour, -1)
        if not is_first or goes_on or fate == UNFINISHED:
            k.pending[pending] = person
            pending += is_first
            out = STILL_OUT if goes_on or fate == UNFINISHED else LOST
            k.outcome[person] = ANSWERED_ONCE if fate == ANSWERED else out
    _complete(k)
    _count_outcomes(r, p, s, k, pending)
