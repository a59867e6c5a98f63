"""Random numbers looked up when needed, or many at once: the same bits as `simulator.demand.streams` and `quantiles`.

A person's numbers come from arrays where contacts were drawn beforehand (recorded ones, tests), else from the streams.
"""

import numpy as np

from simulator.demand.arrivals import ATTEMPT_BIT
from simulator.demand.contacts import NEVER_MS
from simulator.demand.quantiles import CUBIC, HALF, LOWEST_SCORE, OCTAVE_BITS, PIECES, PIECES_PER_SCORE, WORD_BITS
from simulator.demand.streams import FIRST, GOLDEN, LONGEST_MS, SECOND, SHIFTS
from simulator.service.compiled.layouts import (
    ALWAYS_ONE,
    BALK,
    CHAT,
    CLOSED,
    EXPONENTIAL_TABLE,
    N_CHANNELS,
    N_LIVE,
    NEVER,
    NORMAL_TABLE,
    ORIGIN,
    PATIENCE,
    PHONE,
    REDIAL,
    REDIAL_DELAY,
    RETURN_DELAY,
    WORK,
    WRAP_UP,
)
from simulator.service.compiled.machine import compiled, inlined

A, B, C = (np.uint64(shift) for shift in SHIFTS)
WORD_SHIFT = np.uint64(64 - WORD_BITS)
LAST_WORD = (1 << WORD_BITS) - 1
STEP = 2.0**-WORD_BITS
PIECE_SHIFT = WORD_BITS - OCTAVE_BITS
PIECE_MASK = (1 << PIECE_SHIFT) - 1
PIECE_STEP = 2.0**-PIECE_SHIFT
FIRST_PIECE = 1023 << OCTAVE_BITS
LONGEST = float(LONGEST_MS)
BLOCK = 512
"""Numbers looked up at a time: few enough to stay in a processor's nearest cache."""
NEVER_COMES = int(NEVER_MS)


@inlined
def _word(counter, first_key, second_key):
    """The random word below ``2**52`` of a counter under a key."""
    z = counter * GOLDEN + first_key
    z ^= z >> A
    z *= FIRST
    z ^= z >> B
    z *= SECOND
    z ^= z >> C
    z += second_key
    z ^= z >> A
    z *= FIRST
    z ^= z >> B
    z *= SECOND
    z ^= z >> C
    return np.int64(z >> WORD_SHIFT)


@inlined
def _uniform(k):
    """The uniform number of a word."""
    return (np.float64(k) + 0.5) * STEP


@inlined
def word(p, stream, counter):
    """The random word of a counter in a stream."""
    return _word(counter, p.keys[2 * stream], p.keys[2 * stream + 1])


@inlined
def uniform(p, stream, counter):
    """The uniform number of a counter."""
    return _uniform(word(p, stream, counter))


@inlined
def _by_word(p, table, k):
    """The number of a family without parameters for a word."""
    upper = k >> np.int64(WORD_BITS - 1)
    tail = LAST_WORD - k if upper else k
    x = np.float64(2 * tail + 1).view(np.int64)
    i = table + ((x >> PIECE_SHIFT) - FIRST_PIECE) * CUBIC + upper * HALF
    t = np.float64(x & PIECE_MASK) * PIECE_STEP
    return ((p.tables[i + 3] * t + p.tables[i + 2]) * t + p.tables[i + 1]) * t + p.tables[i]


@compiled
def score(p, stream, counter):
    """The normal score of a counter."""
    return _by_word(p, NORMAL_TABLE, word(p, stream, counter))


@compiled
def exponential(p, stream, counter):
    """The exponential number of mean 1 of a counter."""
    return _by_word(p, EXPONENTIAL_TABLE, word(p, stream, counter))


@inlined
def quantile(p, table, z):
    """The number of a family at a normal score."""
    x = (z - LOWEST_SCORE) * PIECES_PER_SCORE
    piece = min(max(np.int64(x), np.int64(0)), np.int64(PIECES - 1))
    t = x - piece
    i = table + piece * CUBIC
    q = ((p.tables[i + 3] * t + p.tables[i + 2]) * t + p.tables[i + 1]) * t + p.tables[i]
    return max(q, 0.0)


@inlined
def _time_ms(unit, scale_ms, least_ms):
    """A number of mean 1 as a time on the clock."""
    return max(np.int64(np.rint(min(unit * scale_ms, LONGEST))), least_ms)


@compiled
def duration_ms(p, stream, counter):
    """A random time by the stream's recipe."""
    table = p.family[stream]
    if table == NEVER:
        return NEVER_COMES
    if table == EXPONENTIAL_TABLE:
        unit = exponential(p, stream, counter)
    else:
        unit = 1.0 if table == ALWAYS_ONE else quantile(p, table, score(p, stream, counter))
    return _time_ms(unit, p.scale_ms[stream], p.least_ms[stream])


@inlined
def _attempt(p, person, attempt):
    return p.identity[person] | (np.uint64(attempt) << ATTEMPT_BIT)


@inlined
def work_ms(p, person, channel):
    """How long a person's conversation takes if the counsellor does nothing else."""
    if p.is_drawn:
        return p.work_ms[person * N_CHANNELS + channel]
    if channel == p.channel[person]:
        return p.work_ms[person]
    return duration_ms(p, WORK + channel, p.identity[person])


@inlined
def wrap_up_ms(p, person, channel):
    """What remains to be done after a person has left."""
    if p.is_drawn:
        return p.wrap_up_ms[person * N_CHANNELS + channel]
    if p.scale_ms[WRAP_UP + channel] == 0.0:
        return 0
    return duration_ms(p, WRAP_UP + channel, p.identity[person])


@compiled
def patience_ms(p, person, attempt, channel):
    """How long a person waits."""
    if p.is_drawn:
        return p.patience_ms[(person * p.attempts + attempt) * N_LIVE + channel]
    return duration_ms(p, PATIENCE + channel, _attempt(p, person, attempt))


@compiled
def redial_delay_ms(p, person, attempt, channel):
    """How long until a person who was not answered tries again."""
    if p.is_drawn:
        return p.redial_delay_ms[(person * p.attempts + attempt) * N_LIVE + channel]
    return duration_ms(p, REDIAL_DELAY + channel, _attempt(p, person, attempt))


@compiled
def return_delay_ms(p, person, attempt, channel):
    """How long after the next opening a person comes back."""
    if p.is_drawn:
        return p.return_delay_ms[(person * p.attempts + attempt) * N_LIVE + channel]
    return duration_ms(p, RETURN_DELAY + channel, _attempt(p, person, attempt))


@compiled
def balk_u(p, person, attempt):
    """The number that decides whether a person turns in the door."""
    if p.is_drawn:
        return p.balk_u[person * p.attempts + attempt]
    return uniform(p, BALK, _attempt(p, person, attempt))


@compiled
def closed_u(p, person, attempt):
    """The number that decides what a person does before closed doors."""
    if p.is_drawn:
        return p.closed_u[person * p.attempts + attempt]
    if attempt == 0 and p.channel[person] == CHAT:
        return p.closed_u[person]
    return uniform(p, CLOSED, _attempt(p, person, attempt))


@compiled
def redial_u(p, person, attempt):
    """The number that decides whether a person tries again."""
    if p.is_drawn:
        return p.redial_u[person * p.attempts + attempt]
    return uniform(p, REDIAL, _attempt(p, person, attempt))


@inlined
def local_site(p, person):
    """The site of a person's municipality."""
    if p.is_drawn or p.channel[person] == PHONE:
        return np.int64(p.local[person])
    return _origin(p, uniform(p, ORIGIN, p.identity[person]))


@compiled
def _origin(p, u):
    """The steps of the unit interval that lie below; above the last is the centre."""
    below = 0
    for i in range(p.origins):
        below += p.origin_steps[i] <= u
    return below + 1 if below < p.origins else 0


# --- many at once: plain loops over arrays, so that a processor works on several numbers at a time ----------------


@compiled
def fill_words(p, stream, counters, first, n, words):
    """Words of the counters from ``first`` on; as `word`."""
    first_key, second_key = p.keys[2 * stream], p.keys[2 * stream + 1]
    for i in range(n):
        words[i] = _word(counters[first + i], first_key, second_key)


@compiled
def fill_uniforms(p, d, stream, counters, first, n, numbers, to):
    """Uniform numbers of the counters from ``first`` on, written from ``to`` on; as `uniform`."""
    for start in range(0, n, BLOCK):
        m = min(BLOCK, n - start)
        fill_words(p, stream, counters, first + start, m, d.block)
        for i in range(m):
            numbers[to + start + i] = _uniform(d.block[i])


@compiled
def fill_by_word(p, d, stream, counters, first, n, table, numbers, to):
    """Numbers of a family without parameters; as `score` or `exponential`."""
    for start in range(0, n, BLOCK):
        m = min(BLOCK, n - start)
        fill_words(p, stream, counters, first + start, m, d.block)
        for i in range(m):
            numbers[to + start + i] = _by_word(p, table, d.block[i])


@compiled
def fill_by_score(p, d, stream, counters, first, n, table, numbers, to):
    """Numbers of a family by normal score."""
    for start in range(0, n, BLOCK):
        m = min(BLOCK, n - start)
        fill_words(p, stream, counters, first + start, m, d.block)
        for i in range(m):
            d.scores[i] = _by_word(p, NORMAL_TABLE, d.block[i])
        for i in range(m):
            numbers[to + start + i] = quantile(p, table, d.scores[i])


@compiled
def fill_durations_ms(p, d, stream, counters, first, n, times_ms, to):
    """Random times by the stream's recipe; as `duration_ms`."""
    table, scale_ms, least_ms = p.family[stream], p.scale_ms[stream], p.least_ms[stream]
    if table < 0:
        time = duration_ms(p, stream, counters[0])
        for i in range(to, to + n):
            times_ms[i] = time
        return
    for start in range(0, n, BLOCK):
        m = min(BLOCK, n - start)
        if table == EXPONENTIAL_TABLE:
            fill_by_word(p, d, stream, counters, first + start, m, table, d.numbers, 0)
        else:
            fill_by_score(p, d, stream, counters, first + start, m, table, d.numbers, 0)
        for i in range(m):
            times_ms[to + start + i] = _time_ms(d.numbers[i], scale_ms, least_ms)


@compiled
def look_up_ahead(p, d, channel, first, n):
    """What nearly everybody on a channel needs: work, a caller's site, what a chatter does before closed doors."""
    fill_durations_ms(p, d, WORK + channel, d.unsorted_identity, first, n, d.unsorted_work_ms, first)
    if channel == PHONE:
        fill_uniforms(p, d, ORIGIN, d.unsorted_identity, first, n, d.unsorted_choice, first)
        for i in range(first, first + n):
            d.unsorted_choice[i] = _origin(p, d.unsorted_choice[i])
    if channel == CHAT:
        fill_uniforms(p, d, CLOSED, d.unsorted_identity, first, n, d.unsorted_choice, first)
