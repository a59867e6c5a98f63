"""Stationary queues whose service is not exponential: one server of any law, and conversation followed by wrap-up.

Must not know about chats held side by side (see :mod:`simulator.service.theory.chat`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from simulator.service.theory import chains
from simulator.service.theory.chains import Chain, Move, State
from simulator.service.theory.checks import FloatArray, non_negative, positive, probability, whole
from simulator.service.theory.laws import Law


@dataclass(frozen=True)
class SingleServerMeasures:
    """Long-run measures of M/G/1: share that wait, mean wait over all, mean number waiting, share of time busy."""

    p_wait: float
    ew_all: float
    eq: float
    occupancy: float


def pollaczek_khinchine(arrival_rate: float, service: Law) -> SingleServerMeasures:
    """M/G/1 with endlessly patient contacts (Pollaczek 1930, Khinchine 1932): E[W] = lambda E[S^2] / (2 (1 - rho)).

    Raises
    ------
    ValueError
        If the load is not below 1.
    """
    positive(arrival_rate=arrival_rate)
    load = arrival_rate * service.mean
    if load >= 1:
        raise ValueError(f"arrival_rate x mean service must be below 1, not {load:.6g}")
    wait = arrival_rate * service.mean**2 * (1 + service.squared_cv) / (2 * (1 - load))
    return SingleServerMeasures(p_wait=load, ew_all=wait, eq=arrival_rate * wait, occupancy=load)


@dataclass(frozen=True)
class WrapUpMeasures:
    """Long-run measures with wrap-up; shares are of all arrivals.

    Attributes
    ----------
    p_wait : float
        Share that find every server in conversation or wrap-up and join the queue.
    p_balk, p_abandon : float
        Share that leave at once, and share that leave while waiting.
    ew_all, eq : float
        Mean time in queue over all arrivals, and time-average number waiting.
    occupancy : float
        Time-average servers in conversation or wrap-up / servers.
    en_phase1, en_phase2 : float
        Time-average number of servers in conversation, and in wrap-up.
    """

    p_wait: float
    p_balk: float
    p_abandon: float
    ew_all: float
    eq: float
    occupancy: float
    en_phase1: float
    en_phase2: float


def wrap_up_queue(
    arrival_rate: float,
    mean_talk: float,
    mean_wrapup: float,
    servers: int,
    abandonment_rate: float,
    *,
    balking: float = 0.0,
) -> WrapUpMeasures:
    """Exponential conversation, then exponential wrap-up that holds the server but not the contact.

    Markov chain on (in conversation, in wrap-up, waiting); patience exponential. Without abandonment the load must
    be below the number of servers.
    """
    positive(arrival_rate=arrival_rate, mean_talk=mean_talk, mean_wrapup=mean_wrapup)
    non_negative(abandonment_rate=abandonment_rate)
    whole(1, servers=servers)
    probability(balking=balking)
    if abandonment_rate == 0 and arrival_rate * (1 - balking) * (mean_talk + mean_wrapup) >= servers:
        raise ValueError("the load must be below the number of servers when nobody leaves")

    def build(caps: tuple[int, ...]) -> tuple[Chain, FloatArray]:
        def moves(state: State) -> Iterator[Move]:
            talk, wrap, queue = state
            if talk + wrap < servers:
                yield "enter", arrival_rate, (talk + 1, wrap, 0)
            elif queue < caps[0]:
                yield "join", arrival_rate * (1 - balking), (talk, wrap, queue + 1)
            yield "end_talk", talk / mean_talk, (talk - 1, wrap + 1, queue)
            head = min(queue, 1)
            yield "end_wrapup", wrap / mean_wrapup, (talk + head, wrap - 1, queue - head)
            yield "abandon", queue * abandonment_rate, (talk, wrap, queue - 1)

        chain = chains.explore([(0, 0, 0)], moves)
        return chain, chains.stationary(chain.generator())

    def edge(solved: tuple[Chain, FloatArray], caps: tuple[int, ...]) -> tuple[float, ...]:
        chain, shares = solved
        return (float(shares[chain.column(2) >= caps[0]].sum()),)

    chain, shares = chains.widen(build, edge, (64,))
    return _wrap_up_measures(chain, shares, arrival_rate, servers, abandonment_rate, balking)


def _wrap_up_measures(
    chain: Chain, shares: FloatArray, arrival_rate: float, servers: int, abandonment_rate: float, balking: float
) -> WrapUpMeasures:
    talk, wrap, eq = (float(shares @ chain.column(i)) for i in range(3))
    all_busy = float(shares[chain.column(0) + chain.column(1) == servers].sum())
    return WrapUpMeasures(
        p_wait=(1 - balking) * all_busy,
        p_balk=balking * all_busy,
        p_abandon=abandonment_rate * eq / arrival_rate,
        ew_all=eq / arrival_rate,
        eq=eq,
        occupancy=(talk + wrap) / servers,
        en_phase1=talk,
        en_phase2=wrap,
    )
