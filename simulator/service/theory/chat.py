"""Chat pools: counsellors who hold several conversations at once, each slower the more there are.

Owns the level chain (how many counsellors hold 0, 1, .., k conversations, how many wait), its two routings, and its
long-run answer. Exponential work; a conversation's speed changes whenever its counsellor's level changes; nothing is
reshuffled (Luo & Zhang 2013; Tezcan & Zhang 2014 describe the levels). For a whole opening see
:mod:`simulator.service.theory.chat_evenings`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simulator.service.theory import chains, waiting
from simulator.service.theory.chains import Chain, Move, Moves, State
from simulator.service.theory.checks import FloatArray, non_negative, positive, probability, speeds, whole
from simulator.service.theory.drain import level_rates

Routing = Literal["least_loaded", "most_loaded"]


@dataclass(frozen=True)
class ChatRules:
    """What stays the same whoever is on shift.

    Attributes
    ----------
    work_mean : float
        Mean length of a conversation whose counsellor does nothing else.
    speed_by_level : tuple of float, length k (slots per counsellor)
        Speed of each conversation when the counsellor holds 1, .., k.
    abandonment_rate : float
        1 / mean patience of those who wait; 0 for nobody leaves.
    routing : {"least_loaded", "most_loaded"}
        Among counsellors with a free slot.
    balking : float
        Share of those who find every slot taken (and a place in the line) that leaves at once.
    max_waiting : int or None
        Places in the line; None is endless.
    """

    work_mean: float
    speed_by_level: tuple[float, ...]
    abandonment_rate: float
    routing: Routing = "least_loaded"
    balking: float = 0.0
    max_waiting: int | None = None

    def __post_init__(self) -> None:
        positive(work_mean=self.work_mean)
        speeds(self.speed_by_level)
        non_negative(abandonment_rate=self.abandonment_rate)
        probability(balking=self.balking)
        if self.max_waiting is not None:
            whole(max_waiting=self.max_waiting)
        if self.routing not in ("least_loaded", "most_loaded"):
            raise ValueError(f"routing must be least_loaded or most_loaded, not {self.routing!r}")

    @property
    def slots(self) -> int:
        """Conversations a counsellor may hold at once, k."""
        return len(self.speed_by_level)

    @property
    def finish_rates(self) -> FloatArray:
        """Rate at which a counsellor holding 1..k finishes one, shape (k,)."""
        return level_rates(self.work_mean, self.speed_by_level)

    def line(self, cap: int) -> int:
        """Places in the line when an endless one is cut at ``cap``."""
        return cap if self.max_waiting is None else self.max_waiting

    def arrival_scale(self, rate: float) -> dict[str, float]:
        """Rates of the arrival events at the given arrival rate."""
        joining = rate * (1 - self.balking)
        return {"enter": rate, "join": joining, "balk": rate * self.balking, "block": rate}


# A state is (c_0, .., c_k, x_1, .., x_k, q): counsellors on shift holding 0..k, counsellors whose shift has ended and
# who still hold 1..k, and the number waiting.


def off_duty(counsellors: int, slots: int) -> State:
    """State with every counsellor idle and nobody waiting."""
    return (counsellors, *([0] * (2 * slots)), 0)


def assign(levels: State, routing: Routing) -> State | None:
    """Counts by level after one more conversation, or None when every slot is taken."""
    order = range(len(levels) - 1)
    for level in order if routing == "least_loaded" else reversed(order):
        if levels[level]:
            return shifted(levels, level, level + 1)
    return None


def shifted(counts: State, source: int, target: int) -> State:
    """Counts with one counsellor moved from position ``source`` to position ``target``."""
    changed = list(counts)
    changed[source] -= 1
    changed[target] += 1
    return tuple(changed)


def admit(state: State, slots: int, routing: Routing) -> State:
    """State once the head of the line has taken every free slot."""
    levels, leavers, queue = state[: slots + 1], state[slots + 1 : -1], state[-1]
    while queue and (fuller := assign(levels, routing)) is not None:
        levels, queue = fuller, queue - 1
    return (*levels, *leavers, queue)


def pool_moves(rules: ChatRules, cap: int) -> Moves:
    """Moves with unit arrival rates (scale by :meth:`ChatRules.arrival_scale`), the line cut at ``cap``."""
    slots, finish, room = rules.slots, rules.finish_rates, rules.line(cap)

    def moves(state: State) -> Iterator[Move]:
        levels, rest, queue = state[: slots + 1], state[slots + 1 : -1], state[-1]
        fuller = assign(levels, rules.routing)
        if fuller is not None:
            yield "enter", 1.0, (*fuller, *rest, queue)
        elif queue < room:
            yield "join", 1.0, (*levels, *rest, queue + 1)
            yield "balk", 1.0, state
        elif rules.max_waiting is not None:
            yield "block", 1.0, state
        for level in range(1, slots + 1):
            if count := levels[level]:
                freed = (*shifted(levels, level, level - 1), *rest, queue)
                yield "finish", count * finish[level - 1], admit(freed, slots, rules.routing)
            if count := rest[level - 1]:
                yield "finish", count * finish[level - 1], (*levels, *_one_down(rest, level), queue)
        yield "abandon", queue * rules.abandonment_rate, (*levels, *rest, queue - 1)

    return moves


def _one_down(leavers: State, level: int) -> State:
    if level > 1:
        return shifted(leavers, level - 1, level - 2)
    return (leavers[0] - 1, *leavers[1:])


@dataclass(frozen=True)
class ChatMeasures:
    """Long-run measures of a chat pool; shares are of all arrivals unless said.

    Attributes
    ----------
    p_find_all_taken, p_wait : float
        Share that find every slot taken, and share that join the line (equal without balking and limit).
    p_block, p_balk, p_abandon : float
        Refused because the line is full, left at once, left while waiting.
    ew_all, eq : float
        Mean time in line over arrivals not refused, and time-average number waiting.
    e_conversations : float
        Time-average conversations in progress.
    mean_conversation_time : float
        Mean time from assignment to end, served contacts.
    p_counsellor_idle : float
        Share of counsellor time with no conversation.
    slot_occupancy : float
        ``e_conversations`` / (counsellors x slots).
    share_of_busy_counsellor_time_at_full_level : float
        Share of counsellor time with k conversations / share with at least one.
    share_of_time_at_level : tuple of float, length k + 1
        Share of counsellor time with 0, .., k conversations.
    sl : float
        Share served after waiting at most ``target_wait``.
    """

    p_find_all_taken: float
    p_wait: float
    p_block: float
    p_balk: float
    p_abandon: float
    ew_all: float
    eq: float
    e_conversations: float
    mean_conversation_time: float
    p_counsellor_idle: float
    slot_occupancy: float
    share_of_busy_counsellor_time_at_full_level: float
    share_of_time_at_level: tuple[float, ...]
    sl: float


def chat_pool(arrival_rate: float, counsellors: int, rules: ChatRules, *, target_wait: float = 0.0) -> ChatMeasures:
    """Stationary chat pool with ``counsellors`` on shift all the time.

    Raises
    ------
    ValueError
        For arguments out of range, or when nobody leaves, the line is endless and the load reaches capacity.
    """
    positive(arrival_rate=arrival_rate)
    whole(1, counsellors=counsellors)
    non_negative(target_wait=target_wait)
    capacity = counsellors * float(rules.finish_rates[-1])
    endless = rules.max_waiting is None and rules.abandonment_rate == 0
    if endless and arrival_rate * (1 - rules.balking) >= capacity:
        raise ValueError(f"arrivals must be below the capacity of {capacity:.6g} when nobody leaves")

    def build(caps: tuple[int, ...]) -> tuple[Chain, FloatArray]:
        chain = chains.explore([off_duty(counsellors, rules.slots)], pool_moves(rules, caps[0]))
        return chain, chains.stationary(chain.generator(rules.arrival_scale(arrival_rate)))

    def edge(solved: tuple[Chain, FloatArray], caps: tuple[int, ...]) -> tuple[float]:
        chain, shares = solved
        cut = (chain.column(-1) >= caps[0]) if rules.max_waiting is None else np.zeros(shares.size, bool)
        return (float(shares[cut].sum()),)

    chain, shares = chains.widen(build, edge, (64,))
    return _measures(chain, shares, arrival_rate, counsellors, rules, target_wait)


def _measures(
    chain: Chain, shares: FloatArray, arrival_rate: float, counsellors: int, rules: ChatRules, target_wait: float
) -> ChatMeasures:
    slots = rules.slots
    at_level = [float(shares @ chain.column(level)) / counsellors for level in range(slots + 1)]
    conversations = counsellors * sum(level * share for level, share in enumerate(at_level))
    queue = chain.column(-1)
    eq = float(shares @ queue)
    found_free, joined, balked, blocked = (
        rate * float(shares @ chain.rate(event)) / arrival_rate
        for event, rate in rules.arrival_scale(arrival_rate).items()
    )
    throughput = float(shares @ chain.rate("finish"))
    # While anybody waits every counsellor is full, so the pool takes the head of the line at one constant rate.
    within = waiting.served_within(
        queue, counsellors * float(rules.finish_rates[-1]), rules.abandonment_rate, target_wait
    )
    served_from_line = (1 - rules.balking) * float((shares * chain.rate("join")) @ within)
    return ChatMeasures(
        p_find_all_taken=1 - found_free,
        p_wait=joined,
        p_block=blocked,
        p_balk=balked,
        p_abandon=rules.abandonment_rate * eq / arrival_rate,
        ew_all=eq / (arrival_rate * (1 - blocked)) if blocked < 1 else math.nan,
        eq=eq,
        e_conversations=conversations,
        mean_conversation_time=conversations / throughput,
        p_counsellor_idle=at_level[0],
        slot_occupancy=conversations / (counsellors * slots),
        share_of_busy_counsellor_time_at_full_level=at_level[-1] / sum(at_level[1:]),
        share_of_time_at_level=tuple(at_level),
        sl=found_free + served_from_line,
    )
