"""Drawing the persons of a year and the sites' own duty work, in windows of time, so that no year must be sorted.

The same persons as `simulator.demand.draw.Demand.contacts`, to the last bit: see there, and in `arrivals`, `busyness`
and `background`, for what is drawn and why. What a person may need later is looked up when it is needed.
"""

import numpy as np

from simulator.demand.arrivals import CHANNEL_BIT
from simulator.scenario.calendar import HOUR_MS
from simulator.service.compiled.draws import (
    BLOCK,
    fill_by_score,
    fill_by_word,
    fill_durations_ms,
    fill_uniforms,
    look_up_ahead,
    quantile,
    score,
    uniform,
)
from simulator.service.compiled.layouts import (
    ARRIVALS,
    BUSY_DAY,
    BUSY_DAY_OWN,
    BUSY_HOUR,
    DONE,
    EXPONENTIAL_TABLE,
    FIRST_SITE,
    FULL,
    FULL_OF_SPELLS,
    N_CHANNELS,
    NONE,
    PERSONS,
    PHONE,
    POSITION,
    SITE_BUSY,
    SITE_IDLE,
    SITE_START,
    STREAMS_OF_SITE,
    TOO_MANY,
)
from simulator.service.compiled.machine import compiled

ONE = np.uint64(1)
WINDOW_MS = 1024 * HOUR_MS
"""A year is drawn in windows of six weeks, whose persons stay in a processor's cache; no cell crosses an hour."""
WINDOW_BITS = WINDOW_MS.bit_length()
RADIX_BITS = 12
RADIX = 1 << RADIX_BITS


@compiled
def _day_factor(d, p, channel, day):
    """How busy a service day is: a gamma number whose normal score is shared between channels in part."""
    counter = np.uint64(day)
    common = score(p, BUSY_DAY, counter)
    own = score(p, BUSY_DAY_OWN + channel, counter)
    return quantile(p, d.day_table, d.day_common * common + d.day_own * own)


@compiled
def _expect(d, p, channel, first, n):
    """What each of some cells of a channel expects, and its first gap; the sum, or -1 if one expects too many."""
    fill_by_word(p, d, ARRIVALS, d.cell_first_person, first, n, EXPONENTIAL_TABLE, d.passed, 0)
    if d.hour_table != NONE:
        fill_by_score(p, d, BUSY_HOUR + channel, d.cell_hour, first, n, d.hour_table, d.expects, 0)
    day, day_factor, total = np.int64(-1), 1.0, 0.0
    for i in range(n):
        if d.day_table != NONE and d.cell_day[first + i] != day:
            day = np.int64(d.cell_day[first + i])
            day_factor = _day_factor(d, p, channel, day)
        factor = day_factor * d.expects[i] if d.hour_table != NONE else day_factor
        expected = d.cell_mean[first + i] * factor
        d.expects[i] = expected
        total += expected
        if not expected <= d.most_in_cell:
            return -1.0
    return total


@compiled
def _come(d, p, first, cells, n):
    """Persons come to some cells, behind the first ``n`` of the window; how many there are then, or `NONE`.

    In each round every cell that is still active gets one person, and the gap to its next one.
    """
    active = 0
    for i in range(cells):
        d.active[active] = i
        active += d.passed[i] <= d.expects[i]
    ordinal = np.uint64(0)
    while active > 0:
        if n + active > d.room:
            return NONE
        for i in range(active):
            cell = first + d.active[i]
            identity = d.cell_first_person[cell] + ordinal
            d.unsorted_identity[n + i] = identity
            d.unsorted_cell[n + i] = cell
            d.counters[i] = identity + ONE
        n += active
        ordinal += ONE
        fill_by_word(p, d, ARRIVALS, d.counters, 0, active, EXPONENTIAL_TABLE, d.gaps, 0)
        kept = 0
        for i in range(active):
            cell = d.active[i]
            passed = d.passed[cell] + d.gaps[i]
            d.passed[cell] = passed
            d.active[kept] = cell
            kept += passed <= d.expects[cell]
        active = kept
    return n


@compiled
def _radix_pass(d, from_ms, from_place, to_ms, to_place, n, shift):
    """Put persons in the order of one digit of their times; those alike keep theirs."""
    for digit in range(RADIX):
        d.digits[digit] = 0
    for i in range(n):
        d.digits[(from_ms[i] >> shift) & (RADIX - 1)] += 1
    before = 0
    for digit in range(RADIX):
        count = d.digits[digit]
        d.digits[digit] = before
        before += count
    for i in range(n):
        digit = (from_ms[i] >> shift) & (RADIX - 1)
        to = d.digits[digit]
        d.digits[digit] = to + 1
        to_ms[to] = from_ms[i]
        to_place[to] = from_place[i]


@compiled
def _sort(d, n):
    """The persons of a window in order of arrival; those who arrive together stay by channel, then identity.

    The low bits, within which hardly anybody shares the rest, are left to a last pass over neighbours.
    """
    shift, is_back = d.shift, True
    while shift < WINDOW_BITS:
        if is_back:
            _radix_pass(d, d.unsorted_ms, d.unsorted_place, d.moved_ms, d.moved_place, n, shift)
        else:
            _radix_pass(d, d.moved_ms, d.moved_place, d.unsorted_ms, d.unsorted_place, n, shift)
        is_back = not is_back
        shift += RADIX_BITS
    if not is_back:
        for i in range(n):
            d.unsorted_ms[i] = d.moved_ms[i]
            d.unsorted_place[i] = d.moved_place[i]
    for i in range(n):
        at_ms, place = d.unsorted_ms[i], d.unsorted_place[i]
        j = i
        while j > 0 and d.unsorted_ms[j - 1] > at_ms:
            d.unsorted_ms[j] = d.unsorted_ms[j - 1]
            d.unsorted_place[j] = d.unsorted_place[j - 1]
            j -= 1
        d.unsorted_ms[j] = at_ms
        d.unsorted_place[j] = place


@compiled
def _arrive(d, p, window, n, before):
    """Give the ``n`` persons of a window their times, and put them in order behind those who came ``before``."""
    window_ms = window * WINDOW_MS
    fill_uniforms(p, d, POSITION, d.unsorted_identity, 0, n, d.unsorted_u, 0)
    for i in range(n):
        cell = d.unsorted_cell[i]
        within_ms = np.int64(d.unsorted_u[i] * np.float64(d.cell_length_ms[cell]))
        d.unsorted_ms[i] = d.cell_start_ms[cell] - window_ms + within_ms
        d.unsorted_place[i] = i
    _sort(d, n)
    for i in range(n):
        place = d.unsorted_place[i]
        identity = d.unsorted_identity[place]
        channel = identity >> CHANNEL_BIT
        choice = d.unsorted_choice[place]
        person = before + i
        p.arrival_ms[person] = window_ms + d.unsorted_ms[i]
        p.identity[person] = identity
        p.channel[person] = channel
        p.work_ms[person] = d.unsorted_work_ms[place]
        p.closed_u[person] = choice
        p.local[person] = np.int64(choice) if channel == PHONE else 0


@compiled
def _draw_spells_of(d, p, site, n):
    """Spells of one site, behind the first ``n`` in all; how many there are then, or `NONE`."""
    first_stream = FIRST_SITE + STREAMS_OF_SITE * site
    starts_busy = uniform(p, first_stream + SITE_START, np.uint64(0)) < d.busy_share[site]
    reached, counter = np.int64(0), np.uint64(0)
    while True:
        for i in range(BLOCK):
            d.counters[i] = counter + np.uint64(i)
        fill_durations_ms(p, d, first_stream + SITE_IDLE, d.counters, 0, BLOCK, d.idle_ms, 0)
        fill_durations_ms(p, d, first_stream + SITE_BUSY, d.counters, 0, BLOCK, d.busy_ms, 0)
        if starts_busy and counter == 0:
            d.idle_ms[0] = 0
        for i in range(BLOCK):
            reached += d.idle_ms[i]
            if reached >= d.until_ms:
                return n
            if n == d.spells:
                return NONE
            p.spells_ms[2 * n] = reached
            reached += d.busy_ms[i]
            p.spells_ms[2 * n + 1] = reached
            n += 1
        counter += np.uint64(BLOCK)


@compiled
def _draw_spells(d, p):
    """Spells of all sites; whether there was room."""
    n = 0
    for site in range(d.sites):
        p.spell_first[site] = n
        if d.busy_share[site] > 0.0:
            n = _draw_spells_of(d, p, site, n)
            if n == NONE:
                return False
    p.spell_first[d.sites] = n
    return True


@compiled
def _draw_window(d, p, window, before):
    """The persons of a window behind those ``before``; how many were expected, and how many there are then."""
    n, total = 0, 0.0
    for channel in range(N_CHANNELS):
        first = d.window_cells[channel * (d.windows + 1) + window]
        cells = d.window_cells[channel * (d.windows + 1) + window + 1] - first
        expected = _expect(d, p, channel, first, cells)
        if expected < 0.0:
            return np.inf, before
        total += expected
        first_here, n = n, _come(d, p, first, cells, n)
        if n == NONE:
            return total, NONE
        look_up_ahead(p, d, channel, first_here, n - first_here)
    if before + n > d.persons:
        return total, NONE
    _arrive(d, p, window, n, before)
    return total, before + n


@compiled
def draw_all(d, p, s):
    """The persons and spells of a year, window by window; `DONE`, `FULL`, `FULL_OF_SPELLS` or `TOO_MANY`."""
    n, total = 0, 0.0
    for window in range(d.windows):
        expected, n = _draw_window(d, p, window, n)
        total += expected
        if not total <= d.most_persons:
            return TOO_MANY
        if n == NONE:
            return FULL
    s.registers[PERSONS] = n
    return DONE if _draw_spells(d, p) else FULL_OF_SPELLS
