"""The event list, a binary heap, and the queues, linked lists of rows: one for each site and channel.

The written channels' piles lie at the centre. Nothing here knows what an event does or who waits for what.
"""

from simulator.service.compiled.layouts import HEAP, N_CHANNELS, NONE
from simulator.service.compiled.machine import compiled, inlined
from simulator.service.events import INDEX_BITS


@inlined
def push(s, at_ms, order):
    """Schedule an event: by time, then by order (its kind and index)."""
    i = s.registers[HEAP]
    s.registers[HEAP] = i + 1
    while i > 0:
        parent = (i - 1) >> 1
        if s.heap_ms[parent] < at_ms or (s.heap_ms[parent] == at_ms and s.heap_order[parent] <= order):
            break
        s.heap_ms[i] = s.heap_ms[parent]
        s.heap_order[i] = s.heap_order[parent]
        i = parent
    s.heap_ms[i] = at_ms
    s.heap_order[i] = order


@inlined
def event(kind, index):
    """What is scheduled: a kind of event and whom it concerns, as one number in the order of ties."""
    return (kind << INDEX_BITS) | index


@inlined
def pop(s):
    """Take the first event off the heap."""
    n = s.registers[HEAP] - 1
    s.registers[HEAP] = n
    at_ms, order = s.heap_ms[n], s.heap_order[n]
    i = 0
    while True:
        child = 2 * i + 1
        if child >= n:
            break
        right = child + 1
        if right < n and (
            s.heap_ms[right] < s.heap_ms[child]
            or (s.heap_ms[right] == s.heap_ms[child] and s.heap_order[right] < s.heap_order[child])
        ):
            child = right
        if at_ms < s.heap_ms[child] or (at_ms == s.heap_ms[child] and order <= s.heap_order[child]):
            break
        s.heap_ms[i] = s.heap_ms[child]
        s.heap_order[i] = s.heap_order[child]
        i = child
    s.heap_ms[i] = at_ms
    s.heap_order[i] = order


@inlined
def _noted(s, site, channel, change):
    """Keep a queue's length and whether anybody waits."""
    queue = site * N_CHANNELS + channel
    s.length[queue] += change
    if s.length[queue] > 0:
        s.waiting[site] |= 1 << channel
    else:
        s.waiting[site] &= ~(1 << channel)


@compiled
def join(s, site, channel, row):
    """Stand last."""
    queue = site * N_CHANNELS + channel
    last = s.tail[queue]
    s.ahead[row] = last
    s.behind[row] = NONE
    if last == NONE:
        s.head[queue] = row
    else:
        s.behind[last] = row
    s.tail[queue] = row
    s.queued[row] = 1
    _noted(s, site, channel, 1)


@compiled
def join_by_age(s, site, channel, row):
    """Stand among older and younger questions: one that was laid aside is older than most."""
    queue = site * N_CHANNELS + channel
    place = s.head[queue]
    while place != NONE and place < row:
        place = s.behind[place]
    if place == NONE:
        join(s, site, channel, row)
        return
    before = s.ahead[place]
    s.ahead[row] = before
    s.behind[row] = place
    s.ahead[place] = row
    if before == NONE:
        s.head[queue] = row
    else:
        s.behind[before] = row
    s.queued[row] = 1
    _noted(s, site, channel, 1)


@compiled
def leave(s, site, channel, row):
    """Leave a queue, wherever one stands."""
    queue = site * N_CHANNELS + channel
    before, after = s.ahead[row], s.behind[row]
    if before == NONE:
        s.head[queue] = after
    else:
        s.behind[before] = after
    if after == NONE:
        s.tail[queue] = before
    else:
        s.ahead[after] = before
    s.queued[row] = 0
    _noted(s, site, channel, -1)


@inlined
def first_of(s, site, channel):
    """Take the first of a queue out of it."""
    row = s.head[site * N_CHANNELS + channel]
    leave(s, site, channel, row)
    return row
