"""Contacts who try again: M/M/n/K+M with an orbit of people between attempts (Falin & Templeton 1997).

Attempts and persons are counted apart. Markov chain on (in system, between attempts). Must not know about opening
hours. Rates are per hour.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from simulator.service.theory import chains
from simulator.service.theory.chains import Chain, Move, State
from simulator.service.theory.checks import FloatArray, non_negative, positive, probability, whole


@dataclass(frozen=True)
class RetrialRules:
    """A pool and what people do when they fail.

    Attributes
    ----------
    service_rate, abandonment_rate, retry_rate : float
        Rates of finishing, of giving up while waiting (0: never), and of trying again (1 / mean pause).
    servers : int
        Size of the pool.
    waiting : int or None
        Places in the line: 0 for none, None for an endless one.
    p_retry : float
        Chance that one who was refused (line full) or balked tries again.
    p_redial : float
        Chance that one who gave up while waiting tries again.
    balking : float
        Share of attempts finding every server busy (and a place) that leave at once.
    """

    service_rate: float
    servers: int
    retry_rate: float
    abandonment_rate: float = 0.0
    waiting: int | None = 0
    p_retry: float = 0.0
    p_redial: float = 0.0
    balking: float = 0.0

    def __post_init__(self) -> None:
        positive(service_rate=self.service_rate, retry_rate=self.retry_rate)
        non_negative(abandonment_rate=self.abandonment_rate)
        probability(p_retry=self.p_retry, p_redial=self.p_redial, balking=self.balking)
        whole(1, servers=self.servers)
        if self.waiting is not None:
            whole(waiting=self.waiting)

    @property
    def everybody_persists(self) -> bool:
        """Whether nobody is ever lost, so that the load must stay below capacity."""
        refusable = self.waiting is not None or self.balking > 0
        return (not refusable or self.p_retry == 1) and (self.abandonment_rate == 0 or self.p_redial == 1)


@dataclass(frozen=True)
class RetrialMeasures:
    """Long-run measures.

    Attributes
    ----------
    p_first_attempt_blocked : float
        Share of first attempts refused because the system is full.
    p_find_all_busy : float
        Share of first attempts that find every server busy.
    attempts_per_hour : float
        First and repeated attempts together.
    share_of_attempts_abandoned, share_of_attempts_refused : float
        Attempts that gave up while waiting, and that were refused or balked / all attempts.
    share_of_persons_served : float
        Served conversations per first attempt.
    attempts_per_person : float
        Attempts per first attempt.
    e_orbit, eq, en_service : float
        Time-average number between attempts, waiting, and in service.
    mean_time_in_orbit : float
        Mean time between attempts per person, hours (all persons, those who never needed it count 0).
    """

    p_first_attempt_blocked: float
    p_find_all_busy: float
    attempts_per_hour: float
    share_of_attempts_abandoned: float
    share_of_attempts_refused: float
    share_of_persons_served: float
    attempts_per_person: float
    e_orbit: float
    eq: float
    en_service: float
    mean_time_in_orbit: float


def retrial_queue(arrival_rate: float, rules: RetrialRules) -> RetrialMeasures:
    """Stationary retrial queue with Poisson first attempts at ``arrival_rate`` per hour.

    Raises
    ------
    ValueError
        If nobody is ever lost and the load reaches capacity.
    """
    positive(arrival_rate=arrival_rate)
    if rules.everybody_persists and arrival_rate >= rules.servers * rules.service_rate:
        raise ValueError("arrival_rate must be below servers x service_rate when everybody tries until served")

    def build(caps: tuple[int, ...]) -> tuple[Chain, FloatArray]:
        line, orbit = caps
        room = rules.servers + (line if rules.waiting is None else rules.waiting)
        chain = chains.explore([(0, 0)], lambda state: _moves(state, arrival_rate, rules, room, orbit))
        return chain, chains.stationary(chain.generator())

    def edges(solved: tuple[Chain, FloatArray], caps: tuple[int, ...]) -> tuple[float, ...]:
        chain, shares = solved
        long = chain.column(0) >= rules.servers + caps[0]
        line = float(shares[long].sum()) if rules.waiting is None else 0.0
        return line, float(shares[chain.column(1) >= caps[1]].sum())

    chain, shares = chains.widen(build, edges, (32, 32))
    return _measures(chain, shares, arrival_rate, rules)


def _moves(state: State, arrival_rate: float, rules: RetrialRules, room: int, most: int) -> Iterator[Move]:
    inside, orbit = state
    yield from _attempt(state, orbit, arrival_rate, "first", rules, room, most)
    if orbit:
        yield from _attempt(state, orbit - 1, orbit * rules.retry_rate, "again", rules, room, most)
    queue = max(0, inside - rules.servers)
    yield "finish", (inside - queue) * rules.service_rate, (inside - 1, orbit)
    leaving = queue * rules.abandonment_rate
    yield "abandon", leaving * rules.p_redial, (inside - 1, min(orbit + 1, most))
    yield "abandon", leaving * (1 - rules.p_redial), (inside - 1, orbit)


def _attempt(
    state: State, orbit: int, rate: float, kind: str, rules: RetrialRules, room: int, most: int
) -> Iterator[Move]:
    """One attempt by somebody who is not among the ``orbit`` others between attempts."""
    inside = state[0]
    refused = 0.0 if inside < rules.servers else rules.balking if inside < room else 1.0
    yield f"{kind}_taken", rate * (1 - refused), (inside + 1, orbit)
    yield f"{kind}_refused", rate * refused * rules.p_retry, (inside, min(orbit + 1, most))
    yield f"{kind}_refused", rate * refused * (1 - rules.p_retry), (inside, orbit)


def _measures(chain: Chain, shares: FloatArray, arrival_rate: float, rules: RetrialRules) -> RetrialMeasures:
    inside, orbit = chain.column(0), chain.column(1)
    queue = np.maximum(inside - rules.servers, 0)
    e_orbit, eq, en_service = (float(shares @ column) for column in (orbit, queue, inside - queue))
    attempts = arrival_rate + rules.retry_rate * e_orbit
    refused = float(shares @ (chain.rate("first_refused") + chain.rate("again_refused")))
    full = inside >= rules.servers + rules.waiting if rules.waiting is not None else np.zeros(shares.size, bool)
    return RetrialMeasures(
        p_first_attempt_blocked=float(shares[full].sum()),
        p_find_all_busy=float(shares[inside >= rules.servers].sum()),
        attempts_per_hour=attempts,
        share_of_attempts_abandoned=rules.abandonment_rate * eq / attempts,
        share_of_attempts_refused=refused / attempts,
        share_of_persons_served=rules.service_rate * en_service / arrival_rate,
        attempts_per_person=attempts / arrival_rate,
        e_orbit=e_orbit,
        eq=eq,
        en_service=en_service,
        mean_time_in_orbit=e_orbit / arrival_rate,
    )
