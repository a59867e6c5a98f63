"""Random numbers looked up one at a time: the same bits as `simulator.demand.streams` and `quantiles`, when needed.

A person's numbers come from arrays where contacts were drawn beforehand (recorded ones, tests), else from the streams.
"""

import numpy as np

from simulator.demand.arrivals import ATTEMPT_BIT
from simulator.demand.contacts import NEVER_MS
from simulator.demand.quantiles import CUBIC, LOWEST_SCORE, OCTAVE_BITS, PIECES, PIECES_PER_SCORE, WORD_BITS
from simulator.demand.streams import FIRST, GOLDEN, LONGEST_MS, SECOND, SHIFTS
from simulator.service.compiled.layouts import (
    ALWAYS_ONE,
    BALK,
    CLOSED,
    N_CHANNELS,
    N_LIVE,
    NEVER,
    ORIGIN,
    PATIENCE,
    REDIAL,
    REDIAL_DELAY,
    RETURN_DELAY,
    WORK,
    WRAP_UP,
)
from simulator.service.compiled.machine import compiled

A, B, C = (np.uint64(shift) for shift in SHIFTS)
WORD_SHIFT, HALF_SHIFT, ONE = np.uint64(64 - WORD_BITS), np.uint64(WORD_BITS - 1), np.uint64(1)
LAST_WORD = (1 << WORD_BITS) - 1
STEP = 2.0**-WORD_BITS
PIECE_SHIFT = WORD_BITS - OCTAVE_BITS
PIECE_MASK = (1 << PIECE_SHIFT) - 1
PIECE_STEP = 2.0**-PIECE_SHIFT
FIRST_PIECE = 1023 << OCTAVE_BITS
LONGEST = float(LONGEST_MS)
NEVER_COMES = int(NEVER_MS)


@compiled
def word(p, stream, counter):
    """The random word below ``2**52`` of a counter."""
    z = counter * GOLDEN + p.keys[2 * stream]
    z ^= z >> A
    z *= FIRST
    z ^= z >> B
    z *= SECOND
    z ^= z >> C
    z += p.keys[2 * stream + 1]
    z ^= z >> A
    z *= FIRST
    z ^= z >> B
    z *= SECOND
    z ^= z >> C
    return np.int64(z >> WORD_SHIFT)


@compiled
def uniform(p, stream, counter):
    return (np.float64(word(p, stream, counter)) + 0.5) * STEP


@compiled
def score(p, stream, counter):
    """The normal score of a counter; its table lies first of all tables."""
    k = word(p, stream, counter)
    upper = k >> np.int64(WORD_BITS - 1)
    lower_half = LAST_WORD - k if upper else k
    x = np.float64(2 * lower_half + 1).view(np.int64)
    i = ((x >> PIECE_SHIFT) - FIRST_PIECE) * CUBIC
    t = np.float64(x & PIECE_MASK) * PIECE_STEP
    z = ((p.tables[i + 3] * t + p.tables[i + 2]) * t + p.tables[i + 1]) * t + p.tables[i]
    return -z if upper else z


@compiled
def quantile(p, table, z):
    """The number of a family at a normal score."""
    x = (z - LOWEST_SCORE) * PIECES_PER_SCORE
    piece = min(max(np.int64(x), 0), PIECES - 1)
    t = x - piece
    i = table + piece * CUBIC
    q = ((p.tables[i + 3] * t + p.tables[i + 2]) * t + p.tables[i + 1]) * t + p.tables[i]
    return max(q, 0.0)


@compiled
def duration_ms(p, stream, counter):
    """A random time by the stream's recipe."""
    table = p.family[stream]
    if table == NEVER:
        return NEVER_COMES
    unit = 1.0 if table == ALWAYS_ONE else quantile(p, table, score(p, stream, counter))
    time = np.int64(np.rint(min(unit * p.scale_ms[stream], LONGEST)))
    return max(time, p.least_ms[stream])


@compiled
def _attempt(p, person, attempt):
    return p.identity[person] | (np.uint64(attempt) << ATTEMPT_BIT)


@compiled
def work_ms(p, person, channel):
    if p.is_drawn:
        return p.work_ms[person * N_CHANNELS + channel]
    return duration_ms(p, WORK + channel, p.identity[person])


@compiled
def wrap_up_ms(p, person, channel):
    if p.is_drawn:
        return p.wrap_up_ms[person * N_CHANNELS + channel]
    return duration_ms(p, WRAP_UP + channel, p.identity[person])


@compiled
def patience_ms(p, person, attempt, channel):
    if p.is_drawn:
        return p.patience_ms[(person * p.attempts + attempt) * N_LIVE + channel]
    return duration_ms(p, PATIENCE + channel, _attempt(p, person, attempt))


@compiled
def redial_delay_ms(p, person, attempt, channel):
    if p.is_drawn:
        return p.redial_delay_ms[(person * p.attempts + attempt) * N_LIVE + channel]
    return duration_ms(p, REDIAL_DELAY + channel, _attempt(p, person, attempt))


@compiled
def return_delay_ms(p, person, attempt, channel):
    if p.is_drawn:
        return p.return_delay_ms[(person * p.attempts + attempt) * N_LIVE + channel]
    return duration_ms(p, RETURN_DELAY + channel, _attempt(p, person, attempt))


@compiled
def balk_u(p, person, attempt):
    if p.is_drawn:
        return p.balk_u[person * p.attempts + attempt]
    return uniform(p, BALK, _attempt(p, person, attempt))


@compiled
def closed_u(p, person, attempt):
    if p.is_drawn:
        return p.closed_u[person * p.attempts + attempt]
    return uniform(p, CLOSED, _attempt(p, person, attempt))


@compiled
def redial_u(p, person, attempt):
    if p.is_drawn:
        return p.redial_u[person * p.attempts + attempt]
    return uniform(p, REDIAL, _attempt(p, person, attempt))


@compiled
def local_site(p, person):
    """The site of a person's municipality; what is above the last step belongs to the centre."""
    if p.is_drawn:
        return p.local[person]
    u = uniform(p, ORIGIN, p.identity[person])
    for i in range(p.origins):
        if u < p.origin_steps[i]:
            return i + 1
    return 0
