"""Drawing the persons of a year and the sites' own duty work, in order of time and without sorting a year.

The same persons as `simulator.demand.draw.Demand.contacts`, to the last bit: see there, and in `arrivals`, `busyness` and
`background`, for what is drawn and why. What a person may need later is looked up when it is needed.
"""

import numpy as np

from simulator.service.compiled.draws import duration_ms, quantile, score, uniform
from simulator.service.compiled.layouts import (
    ARRIVALS,
    BUSY_DAY,
    BUSY_DAY_OWN,
    BUSY_HOUR,
    DONE,
    FIRST_SITE,
    FULL,
    N_CHANNELS,
    NONE,
    PERSONS,
    POSITION,
    SITE_BUSY,
    SITE_IDLE,
    SITE_START,
    STREAMS_OF_SITE,
    TOO_MANY,
)
from simulator.service.compiled.machine import compiled

ONE = np.uint64(1)


@compiled
def _day_factor(d, p, channel, day):
    """How busy a service day is: a gamma number whose normal score is shared between channels in part."""
    counter = np.uint64(day)
    common = score(p, BUSY_DAY, counter)
    own = score(p, BUSY_DAY_OWN + channel, counter)
    return quantile(p, d.day_table, d.day_common * common + d.day_own * own)


@compiled
def _insert(d, n, at_ms, identity, first):
    """Put a person among those of her cell, in order of arrival."""
    i = n
    while i > first and d.unsorted_ms[i - 1] > at_ms:
        d.unsorted_ms[i] = d.unsorted_ms[i - 1]
        d.unsorted_identity[i] = d.unsorted_identity[i - 1]
        i -= 1
    d.unsorted_ms[i] = at_ms
    d.unsorted_identity[i] = identity


@compiled
def _draw_cell(d, p, cell, expected, n):
    """The persons of one cell, put behind the first ``n``; how many there are then, or `NONE` where there is no room."""
    first = n
    identity = d.cell_first_person[cell]
    passed = quantile(p, d.exponential, score(p, ARRIVALS, identity))
    while passed <= expected:
        if n >= d.persons:
            return NONE
        within = np.int64(uniform(p, POSITION, identity) * np.float64(d.cell_length_ms[cell]))
        _insert(d, n, d.cell_start_ms[cell] + within, identity, first)
        n += 1
        identity += ONE
        passed += quantile(p, d.exponential, score(p, ARRIVALS, identity))
    return n


@compiled
def _draw_channel(d, p, channel, n):
    """Everybody of one channel; the count, or `NONE` for no room, or `NONE - 1` for too many expected."""
    day, hour = np.int64(-1), np.int64(-1)
    day_factor, hour_factor, total = 1.0, 1.0, 0.0
    for cell in range(d.cells_first[channel], d.cells_first[channel + 1]):
        if d.day_table != NONE and d.cell_day[cell] != day:
            day = d.cell_day[cell]
            day_factor = _day_factor(d, p, channel, day)
        if d.hour_table != NONE and d.cell_hour[cell] != hour:
            hour = d.cell_hour[cell]
            hour_factor = quantile(p, d.hour_table, score(p, BUSY_HOUR + channel, np.uint64(hour)))
        expected = d.cell_mean[cell] * (day_factor * hour_factor)
        total += expected
        if not (expected <= d.most_in_cell and total <= d.most_persons):
            return NONE - 1
        n = _draw_cell(d, p, cell, expected, n)
        if n == NONE:
            return NONE
    return n


@compiled
def _merge(d, p):
    """All channels' persons in one order: by arrival, then channel, then identity."""
    n = 0
    while True:
        best, best_ms = NONE, np.int64(0)
        for channel in range(N_CHANNELS):
            head = d.heads[channel]
            if head < d.tails[channel] and (best == NONE or d.unsorted_ms[head] < best_ms):
                best, best_ms = channel, d.unsorted_ms[head]
        if best == NONE:
            return
        head = d.heads[best]
        d.heads[best] = head + 1
        p.arrival_ms[n] = best_ms
        p.channel[n] = best
        p.identity[n] = d.unsorted_identity[head]
        n += 1


@compiled
def _draw_spells(d, p):
    """Spells of all sites; whether there was room."""
    n = 0
    for site in range(d.sites):
        p.spell_first[site] = n
        share = d.busy_share[site]
        if share > 0.0:
            first_stream = FIRST_SITE + STREAMS_OF_SITE * site
            starts_busy = uniform(p, first_stream + SITE_START, np.uint64(0)) < share
            reached, counter = np.int64(0), np.uint64(0)
            while True:
                if not (starts_busy and counter == 0):
                    reached += duration_ms(p, first_stream + SITE_IDLE, counter)
                if reached >= d.until_ms:
                    break
                if n >= d.spells:
                    return False
                p.spell_start_ms[n] = reached
                reached += duration_ms(p, first_stream + SITE_BUSY, counter)
                p.spell_end_ms[n] = reached
                n += 1
                counter += ONE
    p.spell_first[d.sites] = n
    return True


@compiled
def draw_all(d, p, s):
    """The persons and spells of a year; `DONE`, `FULL` or `TOO_MANY`."""
    n = 0
    for channel in range(N_CHANNELS):
        d.heads[channel] = n
        n = _draw_channel(d, p, channel, n)
        if n < 0:
            return FULL if n == NONE else TOO_MANY
        d.tails[channel] = n
    _merge(d, p)
    s.registers[PERSONS] = n
    return DONE if _draw_spells(d, p) else FULL
