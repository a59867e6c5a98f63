"""One opening of a chat channel from empty to the last conversation, with counsellors coming and going.

A counsellor who comes takes the head of the line at once. When the number on shift falls, those holding the fewest
conversations leave first; they finish what they hold and take nothing new. Must not know about single-slot channels
(see :mod:`simulator.service.theory.evenings`).

Segments are in hours and rates per hour; results that are times are in minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from simulator.service.theory import chains, drain
from simulator.service.theory.chains import Leg, State, Stretch
from simulator.service.theory.chat import ChatRules, admit, off_duty, pool_moves
from simulator.service.theory.evenings import Segment

_MINUTES = 60.0


@dataclass(frozen=True)
class ChatEvening:
    """Expected totals of one opening. Counts are contacts.

    Attributes
    ----------
    arrivals : float
        Arrivals while open.
    found_all_slots_taken : float
        Of them, those that find every slot taken (balkers and refused included).
    balked, blocked : float
        Left at once on finding that, and refused because the line was full.
    abandoned_before_close : float
        Leave while waiting.
    turned_away_at_close : float
        Still waiting at closing, and refused.
    served : float
        Ever start a conversation.
    conversations_at_close : float
        Conversations in progress at closing.
    overtime_counsellor_minutes : float
        Minutes after closing summed over counsellors, each until her own last conversation ends.
    minutes_until_last_leaves : float
        From closing until every conversation has ended.
    queue_minutes_total : float
        Waiting minutes summed over contacts.
    conversation_minutes_before_close : float
        Conversation minutes while open, summed over conversations.
    counsellor_minutes_beyond_shift_before_close : float
        Minutes at work after the own shift, while open, summed over counsellors.
    """

    arrivals: float
    found_all_slots_taken: float
    balked: float
    blocked: float
    abandoned_before_close: float
    turned_away_at_close: float
    served: float
    conversations_at_close: float
    overtime_counsellor_minutes: float
    minutes_until_last_leaves: float
    queue_minutes_total: float
    conversation_minutes_before_close: float
    counsellor_minutes_beyond_shift_before_close: float


def chat_evening(segments: Sequence[Segment], rules: ChatRules) -> ChatEvening:
    """Expected totals of one opening that starts empty; at closing the waiting are refused.

    ``Segment.servers`` is the number of counsellors on shift; ``rules`` are in hours. Kolmogorov's forward equations
    on (counsellors per level, waiting).
    """
    if not segments:
        raise ValueError("segments must hold at least one segment")

    def build(caps: tuple[int, ...]) -> tuple[Stretch, ...]:
        moves = pool_moves(rules, caps[0])
        legs = [
            Leg(
                segment.hours,
                moves,
                rules.arrival_scale(segment.rate_per_hour),
                partial(restaff, counsellors=segment.servers, rules=rules),
            )
            for segment in segments
        ]
        return chains.journey(off_duty(segments[0].servers, rules.slots), legs)

    def edge(stretches: Sequence[Stretch], caps: tuple[int, ...]) -> tuple[float, ...]:
        return chains.worst_edge(stretches, caps[0]) if rules.max_waiting is None else (0.0,)

    arrivals = sum(segment.hours * segment.rate_per_hour for segment in segments)
    return totals(arrivals, chains.widen(build, edge, (32,)), rules, _pooled(rules.slots))


def restaff(state: State, counsellors: int, rules: ChatRules) -> State:
    """State once the number on shift has changed to ``counsellors``."""
    slots = rules.slots
    levels, leavers, queue = list(state[: slots + 1]), list(state[slots + 1 : -1]), state[-1]
    levels[0] += max(0, counsellors - sum(levels))
    surplus = sum(levels) - counsellors
    for level in range(slots + 1):
        going = min(surplus, levels[level])
        levels[level] -= going
        surplus -= going
        if level:
            leavers[level - 1] += going
    return admit((*levels, *leavers, queue), slots, rules.routing)


@dataclass(frozen=True)
class View:
    """How to read a chain's states.

    Attributes
    ----------
    held : callable
        State to the counts of counsellors holding 1, .., k conversations, on shift or not.
    beyond : callable
        State to the number of counsellors at work whose shift has ended.
    """

    held: Callable[[State], State]
    beyond: Callable[[State], int]


def _pooled(slots: int) -> View:
    return View(
        held=lambda state: tuple(state[level] + state[slots + level] for level in range(1, slots + 1)),
        beyond=lambda state: sum(state[slots + 1 : -1]),
    )


def totals(arrivals: float, stretches: Sequence[Stretch], rules: ChatRules, view: View) -> ChatEvening:
    """Read the totals off a journey whose chains use the events of :func:`chat.pool_moves` and end with the queue."""
    levels = np.arange(1, rules.slots + 1)

    def expected(event: str) -> float:
        return sum(stretch.expected(event) for stretch in stretches)

    def spent(reading: Callable[[State], float]) -> float:
        return sum(
            float(stretch.passage.occupied @ np.array([reading(state) for state in stretch.chain.states]))
            for stretch in stretches
        )

    def conversations(state: State) -> float:
        return float(levels @ view.held(state))

    final = stretches[-1].final_masses()
    turned_away = sum(mass * state[-1] for state, mass in final.items())
    after = drain.drain(chains.relabel(final, view.held), rules.work_mean, rules.speed_by_level)
    joined, balked, blocked, abandoned = (expected(event) for event in ("join", "balk", "block", "abandon"))
    return ChatEvening(
        arrivals=arrivals,
        found_all_slots_taken=joined + balked + blocked,
        balked=balked,
        blocked=blocked,
        abandoned_before_close=abandoned,
        turned_away_at_close=turned_away,
        served=expected("enter") + joined - abandoned - turned_away,
        conversations_at_close=sum(mass * conversations(state) for state, mass in final.items()),
        overtime_counsellor_minutes=_MINUTES * after.counsellor_time,
        minutes_until_last_leaves=_MINUTES * after.until_last,
        queue_minutes_total=_MINUTES * spent(lambda state: state[-1]),
        conversation_minutes_before_close=_MINUTES * spent(conversations),
        counsellor_minutes_beyond_shift_before_close=_MINUTES * spent(view.beyond),
    )
