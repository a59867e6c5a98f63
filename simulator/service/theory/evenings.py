"""One opening of a single-slot channel from empty to the last conversation: M_t/M/s_t+M with balking.

Rates and staffing are constant within a segment. Shift ends are exhaustive by count: when the roster falls below the
number busy, everybody finishes and the line is not touched until fewer are busy than rostered (the roster is a number
of places, not named people; Ingolfsson and co-authors 2007 call it exhaustive). Kolmogorov's forward equations on
(busy, waiting). Must not know about chats side by side.

Segments are in hours and rates per hour; results that are times are in minutes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Literal

import numpy as np

from simulator.service.theory import busyness, chains, drain, within
from simulator.service.theory.chains import Leg, Move, Moves, State, Stretch
from simulator.service.theory.checks import FloatArray, non_negative, positive, probability, whole

EndRule = Literal["finish_ongoing_refuse_waiting", "serve_out_queue"]
_MINUTES = 60.0


@dataclass(frozen=True)
class Segment:
    """A stretch of the opening: its length, the arrival rate and the servers on the roster."""

    hours: float
    rate_per_hour: float
    servers: int

    def __post_init__(self) -> None:
        positive(hours=self.hours)
        non_negative(rate_per_hour=self.rate_per_hour)
        whole(servers=self.servers)


@dataclass(frozen=True)
class Evening:
    """Expected totals of one opening. Counts are contacts.

    Attributes
    ----------
    arrivals : float
        Arrivals while open.
    had_to_wait : float
        Arrivals that find no free rostered server (balkers included).
    balked : float
        Arrivals that leave at once on finding that.
    abandoned_before_close, abandoned_after_close : float
        Leave while waiting, before and after closing (after: only when the queue is served out).
    turned_away_at_close : float
        Still waiting at closing, and refused (0 when the queue is served out).
    served : float
        Ever start service.
    in_service_at_close, waiting_at_close : float
        Number in conversation and waiting at closing.
    served_within, abandoned_within : float
        Served after, or gave up after, waiting at most the target (balkers in neither).
    queue_minutes_total : float
        Waiting minutes summed over contacts, after closing included.
    overtime_server_minutes : float
        Conversation minutes after closing, summed over servers.
    minutes_until_last_leaves : float
        From closing until the last conversation ends.
    server_minutes_beyond_roster_before_close : float
        Minutes worked above the rostered number (finishing after end of shift).
    busy_server_minutes_before_close, rostered_server_minutes : float
        Conversation minutes, and rostered minutes, while open.
    """

    arrivals: float
    had_to_wait: float
    balked: float
    abandoned_before_close: float
    abandoned_after_close: float
    turned_away_at_close: float
    served: float
    in_service_at_close: float
    waiting_at_close: float
    served_within: float
    abandoned_within: float
    queue_minutes_total: float
    overtime_server_minutes: float
    minutes_until_last_leaves: float
    server_minutes_beyond_roster_before_close: float
    busy_server_minutes_before_close: float
    rostered_server_minutes: float

    @property
    def lost(self) -> float:
        """Balked, abandoned or turned away."""
        return self.balked + self.abandoned_before_close + self.abandoned_after_close + self.turned_away_at_close

    @property
    def occupancy_while_open(self) -> float:
        """Busy minutes while open / rostered minutes."""
        return self.busy_server_minutes_before_close / self.rostered_server_minutes


def evening(
    segments: Sequence[Segment],
    service_rate: float,
    abandonment_rate: float,
    *,
    balking: float = 0.0,
    end_rule: EndRule = "finish_ongoing_refuse_waiting",
    target_wait_hours: float = 0.0,
) -> Evening:
    """Expected totals of one opening that starts empty.

    Exponential service and patience (``abandonment_rate`` may be 0), Poisson arrivals; an arrival that finds no free
    rostered server leaves at once with probability ``balking``. With ``serve_out_queue`` the last segment's servers
    work until the line is empty and its patience runs on.
    """
    positive(service_rate=service_rate)
    non_negative(abandonment_rate=abandonment_rate, target_wait_hours=target_wait_hours)
    probability(balking=balking)
    if not segments:
        raise ValueError("segments must hold at least one segment")
    if end_rule not in ("finish_ongoing_refuse_waiting", "serve_out_queue"):
        raise ValueError(f"unknown end_rule {end_rule!r}")
    if end_rule == "serve_out_queue" and segments[-1].servers == 0:
        raise ValueError("serve_out_queue needs at least one server in the last segment")

    staffing = within.Staffing.of(
        [segment.hours for segment in segments],
        [segment.servers for segment in segments],
        end_rule == "serve_out_queue",
    )
    pieces = _cut(segments, staffing, target_wait_hours)

    def build(caps: tuple[int, ...]) -> tuple[Stretch, ...]:
        legs = [_leg(piece, service_rate, abandonment_rate, balking, caps[0]) for piece in pieces]
        return chains.journey((0, 0), legs)

    stretches = chains.widen(build, lambda found, caps: chains.worst_edge(found, caps[0]), (32,))
    fates = within.fates_in_line(stretches, staffing, service_rate, abandonment_rate, target_wait_hours)
    return _totals(pieces, stretches, fates, service_rate, end_rule)


def busy_evening(
    segments: Sequence[Segment],
    shape: float,
    service_rate: float,
    abandonment_rate: float,
    *,
    nodes: int = 24,
    balking: float = 0.0,
    end_rule: EndRule = "finish_ongoing_refuse_waiting",
    target_wait_hours: float = 0.0,
) -> Evening:
    """:func:`evening` averaged over days whose rates are all multiplied by one gamma factor of mean 1.

    Every total is an expectation over days, so a share must be taken after the averaging: ratio of totals.
    """

    def totals(factor: float) -> FloatArray:
        busy = [replace(segment, rate_per_hour=factor * segment.rate_per_hour) for segment in segments]
        day = evening(
            busy,
            service_rate,
            abandonment_rate,
            balking=balking,
            end_rule=end_rule,
            target_wait_hours=target_wait_hours,
        )
        return np.array(astuple(day))

    return Evening(*(float(value) for value in busyness.expectation(totals, shape, nodes)))


def _cut(segments: Sequence[Segment], staffing: within.Staffing, target_wait_hours: float) -> list[Segment]:
    """Segments cut further where an arrival may first live to see a change of staffing within the target."""
    pieces, start = [], 0.0
    for segment in segments:
        end = start + segment.hours
        edges = [start, *staffing.cuts(start, end, target_wait_hours), end]
        pieces += [Segment(late - early, segment.rate_per_hour, segment.servers) for early, late in pairwise(edges)]
        start = end
    return pieces


def _leg(segment: Segment, service_rate: float, abandonment_rate: float, balking: float, cap: int) -> Leg:
    scale = {
        "enter": segment.rate_per_hour,
        "join": segment.rate_per_hour * (1 - balking),
        "balk": segment.rate_per_hour * balking,
    }
    moves = pool_moves(segment.servers, service_rate, abandonment_rate, cap)
    return Leg(segment.hours, moves, scale, partial(restaff, servers=segment.servers))


def restaff(state: State, servers: int) -> State:
    """State (busy, waiting) once the roster has changed: free servers take the head of the line at once."""
    busy, queue = state
    taken = min(queue, max(0, servers - busy))
    return busy + taken, queue - taken


def pool_moves(servers: int, service_rate: float, abandonment_rate: float, cap: int) -> Moves:
    """Moves on (busy, waiting) with unit arrival rates, the line cut at ``cap``."""

    def moves(state: State) -> Iterator[Move]:
        busy, queue = state
        if busy < servers:
            yield "enter", 1.0, (busy + 1, queue)
        else:
            yield "balk", 1.0, state
            if queue < cap:
                yield "join", 1.0, (busy, queue + 1)
        if queue and busy <= servers:
            yield "finish", busy * service_rate, (busy, queue - 1)
        else:
            yield "finish", busy * service_rate, (busy - 1, queue)
        yield "abandon", queue * abandonment_rate, (busy, queue - 1)

    return moves


@dataclass(frozen=True)
class _After:
    """What follows closing, in hours and contacts."""

    abandoned: float
    turned_away: float
    queue_hours: float
    server_hours: float
    until_last_hours: float


def _after_close(last: Stretch, service_rate: float, end_rule: EndRule) -> _After:
    chain, final = last.chain, last.passage.final
    busy, queue = chain.column(0), chain.column(1)
    if end_rule == "finish_ongoing_refuse_waiting":
        in_service = chains.relabel(last.final_masses(), lambda state: (state[0],))
        times = drain.drain(in_service, 1 / service_rate, (1.0,))
        return _After(0.0, float(final @ queue), 0.0, times.counsellor_time, times.until_last)
    generator = chain.generator({"enter": 0.0, "join": 0.0, "balk": 0.0})
    occupied = chains.until_absorbed(generator, final, (busy + queue) == 0)
    abandoned = float(occupied @ chain.rate("abandon"))
    return _After(abandoned, 0.0, float(occupied @ queue), float(occupied @ busy), float(occupied.sum()))


def _totals(
    segments: Sequence[Segment],
    stretches: Sequence[Stretch],
    fates: within.Fates,
    service_rate: float,
    end_rule: EndRule,
) -> Evening:
    def spent(position: int) -> float:
        return sum(float(s.passage.occupied @ s.chain.column(position)) for s in stretches)

    def expected(event: str) -> float:
        return sum(stretch.expected(event) for stretch in stretches)

    def beyond(segment: Segment, stretch: Stretch) -> float:
        return float(stretch.passage.occupied @ np.maximum(stretch.chain.column(0) - segment.servers, 0))

    last = stretches[-1]
    after = _after_close(last, service_rate, end_rule)
    in_service, waiting = (float(last.passage.final @ last.chain.column(i)) for i in range(2))
    entered, balked, abandoned = expected("enter"), expected("balk"), expected("abandon")
    waited = balked + expected("join")
    taken_after = waiting - after.abandoned - after.turned_away
    return Evening(
        arrivals=sum(segment.hours * segment.rate_per_hour for segment in segments),
        had_to_wait=waited,
        balked=balked,
        abandoned_before_close=abandoned,
        abandoned_after_close=after.abandoned,
        turned_away_at_close=after.turned_away,
        served=service_rate * spent(0) + in_service + taken_after,
        in_service_at_close=in_service,
        waiting_at_close=waiting,
        served_within=entered + fates.served,
        abandoned_within=fates.abandoned,
        queue_minutes_total=_MINUTES * (spent(1) + after.queue_hours),
        overtime_server_minutes=_MINUTES * after.server_hours,
        minutes_until_last_leaves=_MINUTES * after.until_last_hours,
        server_minutes_beyond_roster_before_close=_MINUTES
        * sum(beyond(segment, stretch) for segment, stretch in zip(segments, stretches, strict=True)),
        busy_server_minutes_before_close=_MINUTES * spent(0),
        rostered_server_minutes=_MINUTES * sum(segment.hours * segment.servers for segment in segments),
    )
