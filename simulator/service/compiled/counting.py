"""Counting a year that was served: the same whole numbers as `simulator.service.tally.count`, in one pass."""

import numpy as np

from simulator.scenario.calendar import HOUR_MS
from simulator.service.compiled.layouts import CHAT, N_CHANNELS, N_LIVE, PERSONS, PHONE, ROWS
from simulator.service.compiled.machine import compiled, inlined
from simulator.service.ledger import ANSWERED, NEXT_PHONE, NEXT_REDIAL, NEXT_RETURN, UNFINISHED
from simulator.service.tally import COLUMNS, KINDS, NEXT_KINDS, WEEK_HOURS

N_KINDS = len(KINDS)
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
def _clear(r, s, k):
    for i in range(N_KINDS * N_CHANNELS * COLUMNS):
        k.table[i] = 0
    for i in range(N_LIVE * k.days):
        k.answered_by_day[i] = 0
    for site in range(r.sites):
        k.calls[site] = 0
        k.call_waits_ms[site] = 0
    for person in range(s.registers[PERSONS]):
        k.outcome[person] = STILL_OUT


@inlined
def _count_answer(r, s, k, row, channel, hour, room):
    wait_ms = s.wait_ms[row]
    if wait_ms <= k.target_ms[channel]:
        _add(k, WITHIN, channel, hour, 1)
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
def _count_persons(r, p, s, k):
    for person in range(s.registers[PERSONS]):
        at_ms = p.arrival_ms[person]
        if at_ms >= r.from_ms:
            hour, channel = min(at_ms // HOUR_MS, k.hours - 1), np.int64(p.channel[person])
            _add(k, CAME, channel, hour, 1)
            outcome = k.outcome[person]
            if outcome == ANSWERED_ONCE:
                _add(k, REACHED, channel, hour, 1)
            elif outcome == STILL_OUT:
                _add(k, OUT, channel, hour, 1)


@compiled
def count_all(r, p, s, k):
    """Count attempts by hour and month, and persons by what became of them."""
    _clear(r, s, k)
    k.waits[PHONE] = 0
    k.waits[CHAT] = 0
    for row in range(s.registers[ROWS]):
        person, fate, then = s.person[row], np.int64(s.fate[row]), np.int64(s.then[row])
        goes_on = NEXT_REDIAL <= then <= NEXT_RETURN
        if fate == ANSWERED:
            k.outcome[person] = ANSWERED_ONCE
        elif k.outcome[person] != ANSWERED_ONCE:
            k.outcome[person] = STILL_OUT if goes_on or fate == UNFINISHED else LOST
        if p.arrival_ms[person] < r.from_ms:
            continue
        hour, channel = min(s.at_ms[row] // HOUR_MS, k.hours - 1), np.int64(s.row_channel[row])
        _add(k, fate, channel, hour, 1)
        if goes_on:
            _add(k, FIRST_NEXT + then - NEXT_REDIAL, channel, hour, 1)
        if fate == ANSWERED:
            _count_answer(r, s, k, row, channel, hour, s.rows)
    _count_persons(r, p, s, k)
