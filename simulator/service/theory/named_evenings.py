"""One opening with named counsellors, each with her own shift: what a roster of people gives, exactly.

Where :mod:`simulator.service.theory.evenings` counts places on the roster, this follows persons: a counsellor whose
shift ends finishes what she holds (or hands it to a colleague with a free slot) while a colleague who is free takes
the next contact at once. The two differ whenever the roster falls. One slot per counsellor is the phone. Must not
know how totals are read off a journey (:mod:`simulator.service.theory.chat_evenings` does).

The state holds every counsellor, so this is for a handful of them. Hours from opening, rates per hour, results in
minutes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Literal

from simulator.service.theory import chains
from simulator.service.theory.chains import Leg, Move, Moves, State, Stretch
from simulator.service.theory.chat import ChatRules
from simulator.service.theory.chat_evenings import ChatEvening, View, totals
from simulator.service.theory.checks import non_negative, positive

ShiftEnd = Literal["finish", "hand_back"]


@dataclass(frozen=True)
class Shift:
    """On duty from ``start_hour`` until ``end_hour`` after opening."""

    start_hour: float
    end_hour: float

    def __post_init__(self) -> None:
        """Refuse shifts that do not run forward."""
        non_negative(start_hour=self.start_hour)
        positive(shift_hours=self.end_hour - self.start_hour)


# A state is (one number per counsellor, .., number waiting). A counsellor on duty with i conversations is i, one off
# duty is -1 - i: her shift is part of the state, so that one set of moves serves the whole opening.


def named_evening(
    rates: Sequence[tuple[float, float]],
    shifts: Sequence[Shift],
    rules: ChatRules,
    *,
    shift_end: ShiftEnd = "finish",
) -> ChatEvening:
    """Expected totals of one opening that starts empty; at closing the waiting are refused.

    Parameters
    ----------
    rates : sequence of (hours, rate per hour)
        The opening, cut where the arrival rate changes.
    shifts : sequence of Shift
        One per counsellor; among equally loaded counsellors the first in this order is chosen.
    rules : ChatRules
        In hours; one speed means one conversation at a time.
    shift_end : {"finish", "hand_back"}
        Finish what she holds and take nothing new, or pass each conversation to a colleague with a free slot (by the
        routing rule) and finish those that no colleague can take.
    """
    if not rates or not shifts:
        raise ValueError("rates and shifts must each hold at least one entry")
    if shift_end not in ("finish", "hand_back"):
        raise ValueError(f"shift_end must be finish or hand_back, not {shift_end!r}")
    for hours, rate in rates:
        positive(hours=hours)
        non_negative(rate_per_hour=rate)

    def build(caps: tuple[int, ...]) -> tuple[Stretch, ...]:
        moves = _moves(rules, rules.line(caps[0]))
        return chains.journey((*([-1] * len(shifts)), 0), list(_legs(rates, shifts, rules, shift_end, moves)))

    def edge(stretches: Sequence[Stretch], caps: tuple[int, ...]) -> tuple[float, ...]:
        return chains.worst_edge(stretches, caps[0]) if rules.max_waiting is None else (0.0,)

    view = View(held=partial(_held, slots=rules.slots), beyond=lambda state: sum(one < -1 for one in state[:-1]))
    arrivals = sum(hours * rate for hours, rate in rates)
    return totals(arrivals, chains.widen(build, edge, (32,)), rules, view)


def _legs(
    rates: Sequence[tuple[float, float]], shifts: Sequence[Shift], rules: ChatRules, shift_end: ShiftEnd, moves: Moves
) -> Iterator[Leg]:
    """Legs between all times at which a rate or a shift changes."""
    start = 0.0
    for hours, rate in rates:
        end = start + hours
        changes = {time for shift in shifts for time in (shift.start_hour, shift.end_hour) if start < time < end}
        for early, late in pairwise(sorted({start, *changes, end})):
            middle = (early + late) / 2
            on_duty = tuple(shift.start_hour < middle < shift.end_hour for shift in shifts)
            enter = partial(_change_shift, on_duty=on_duty, rules=rules, hand_back=shift_end == "hand_back")
            yield Leg(late - early, moves, rules.arrival_scale(rate), enter)
        start = end


def _change_shift(state: State, on_duty: tuple[bool, ...], rules: ChatRules, hand_back: bool) -> State:
    staff = [
        _conversations(one) if duty else -1 - _conversations(one) for one, duty in zip(state, on_duty, strict=False)
    ]
    if hand_back:
        for i in range(len(staff)):
            while staff[i] < -1 and (taker := _chosen(staff, rules)) is not None:
                staff[i] += 1
                staff[taker] += 1
    return _admit(staff, state[-1], rules)


def _conversations(one: int) -> int:
    return one if one >= 0 else -1 - one


def _chosen(staff: Sequence[int], rules: ChatRules) -> int | None:
    """Who takes the next conversation: among those on duty with a free slot, by load and then by order."""
    free = [i for i, one in enumerate(staff) if 0 <= one < rules.slots]
    sign = 1 if rules.routing == "least_loaded" else -1
    return min(free, key=lambda i: (sign * staff[i], i), default=None)


def _admit(staff: Sequence[int], queue: int, rules: ChatRules) -> State:
    taken = list(staff)
    while queue and (taker := _chosen(taken, rules)) is not None:
        taken[taker] += 1
        queue -= 1
    return (*taken, queue)


def _moves(rules: ChatRules, room: int) -> Moves:
    finish = rules.finish_rates.tolist()

    def moves(state: State) -> Iterator[Move]:
        staff, queue = state[:-1], state[-1]
        if _chosen(staff, rules) is not None:
            yield "enter", 1.0, _admit(staff, 1, rules)
        elif queue < room:
            yield "join", 1.0, (*staff, queue + 1)
            yield "balk", 1.0, state
        elif rules.max_waiting is not None:
            yield "block", 1.0, state
        for i, one in enumerate(staff):
            if held := _conversations(one):
                freed = [*staff[:i], one - 1 if one > 0 else one + 1, *staff[i + 1 :]]
                yield "finish", finish[held - 1], _admit(freed, queue, rules)
        yield "abandon", queue * rules.abandonment_rate, (*staff, queue - 1)

    return moves


def _held(state: State, slots: int) -> State:
    numbers = [_conversations(one) for one in state[:-1]]
    return tuple(numbers.count(level) for level in range(1, slots + 1))
