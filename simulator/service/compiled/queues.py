"""The event list, and the queues: linked lists of rows, one for each site and channel.

Events that are near lie in a short sorted list, the latest first, which costs less than a heap. What finds no room
there lies in a binary heap, and nothing there comes before anything near. The written channels' piles lie at the
centre. Nothing here knows what an event does or who waits for what.
"""

import numpy as np

from simulator.service.compiled.layouts import HEAP, N_CHANNELS, NEAR, NEAR_ROOM, NONE
from simulator.service.compiled.machine import compiled, inlined
from simulator.service.events import INDEX_BITS


@inlined
def event(kind, index):
    """What is scheduled: a kind of event and whom it concerns, as one number in the order of ties."""
    return (kind << INDEX_BITS) | np.int64(index)


@compiled
def _rise(s, i, at_ms, order):
    """Put an event into the heap at or above a place that is free."""
    while i > 0:
        parent = (i - 1) >> 1
        parent_ms = s.heap[2 * parent]
        if parent_ms < at_ms or (parent_ms == at_ms and s.heap[2 * parent + 1] <= order):
            break
        s.heap[2 * i] = parent_ms
        s.heap[2 * i + 1] = s.heap[2 * parent + 1]
        i = parent
    s.heap[2 * i] = at_ms
    s.heap[2 * i + 1] = order


@compiled
def _put_far(s, at_ms, order):
    n = s.registers[HEAP]
    s.registers[HEAP] = n + 1
    _rise(s, n, at_ms, order)


@compiled
def _take_far(s):
    """The first event of the heap is taken off: the free place sinks to the bottom, the last event rises from there."""
    n = s.registers[HEAP] - 1
    s.registers[HEAP] = n
    i, child = 0, 1
    while child < n:
        left, right = 2 * child, 2 * min(child + 1, n - 1)
        left_ms, right_ms = s.heap[left], s.heap[right]
        if right_ms == left_ms:  # rare, so a processor guesses right
            child += s.heap[right + 1] < s.heap[left + 1]
        else:
            child += right_ms < left_ms
        s.heap[2 * i] = s.heap[2 * child]
        s.heap[2 * i + 1] = s.heap[2 * child + 1]
        i = child
        child = 2 * i + 1
    _rise(s, i, s.heap[2 * n], s.heap[2 * n + 1])


@compiled
def bring_near(s):
    """Once nothing is near, the first few of the heap are."""
    n = min(NEAR_ROOM // 2, s.registers[HEAP])
    for i in range(n - 1, -1, -1):
        s.near[2 * i] = s.heap[0]
        s.near[2 * i + 1] = s.heap[1]
        _take_far(s)
    s.registers[NEAR] = n


@compiled
def _make_room_near(s):
    """The latest of those near goes to the heap."""
    _put_far(s, s.near[0], s.near[1])
    n = s.registers[NEAR] - 1
    s.registers[NEAR] = n
    for i in range(2 * n):
        s.near[i] = s.near[i + 2]


@inlined
def push(s, at_ms, order):
    """Schedule an event: by time, then by order (its kind and index)."""
    is_near = s.registers[HEAP] == 0 and s.registers[NEAR] < NEAR_ROOM
    if s.registers[NEAR] > 0:
        latest_ms = s.near[0]
        is_near |= at_ms < latest_ms or (at_ms == latest_ms and order < s.near[1])
    if not is_near:
        _put_far(s, at_ms, order)
        return
    if s.registers[NEAR] == NEAR_ROOM:
        _make_room_near(s)
    i = s.registers[NEAR]
    s.registers[NEAR] = i + 1
    while i > 0:
        before_ms = s.near[2 * i - 2]
        if at_ms < before_ms or (at_ms == before_ms and order < s.near[2 * i - 1]):
            break
        s.near[2 * i] = before_ms
        s.near[2 * i + 1] = s.near[2 * i - 1]
        i -= 1
    s.near[2 * i] = at_ms
    s.near[2 * i + 1] = order


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
