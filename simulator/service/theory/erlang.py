"""Stationary Markov queues with one pool: Erlang B, C and A, finite waiting rooms and balking.

Owns the birth-death answer M/M/n/K+M with balking, of which the named formulas are special cases, and the two
classic recursions. Must not know about time-varying rates or general laws.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulator.service.theory import waiting
from simulator.service.theory.checks import FloatArray, non_negative, positive, probability, whole

# States whose weight is below exp(-_NEGLIGIBLE) of the largest are left out of an endless line.
_NEGLIGIBLE = 45.0
_LONGEST_LINE = 2**24


def erlang_b(offered_load: float, servers: int) -> float:
    """Share of arrivals refused when nobody may wait (Erlang 1917; recursion B_k = a B_{k-1} / (k + a B_{k-1})).

    ``offered_load`` is arrival rate x mean service time (erlang). Exact for any service law.
    """
    non_negative(offered_load=offered_load)
    whole(servers=servers)
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = offered_load * blocked / (k + offered_load * blocked)
    return blocked


def erlang_c(offered_load: float, servers: int) -> float:
    """Share of arrivals that wait when nobody leaves (Erlang 1917), C = n B / (n - a (1 - B)).

    Raises
    ------
    ValueError
        If the load is not below the number of servers: the line would grow for ever.
    """
    if not offered_load < servers:
        raise ValueError(f"offered_load {offered_load!r} must be below servers {servers!r} when nobody leaves")
    blocked = erlang_b(offered_load, servers)
    return servers * blocked / (servers - offered_load * (1 - blocked))


@dataclass(frozen=True, eq=False)
class QueueMeasures:
    """Long-run measures of a single pool.

    Attributes
    ----------
    p_n : FloatArray, shape (states,)
        Probability of 0, 1, ... in system (an endless line is cut where it no longer matters).
    p_find_all_busy : float
        Share of all arrivals that find every server busy.
    p_wait : float
        Share of all arrivals that join the queue.
    p_block, p_balk, p_abandon, p_served : float
        Fates, as shares of all arrivals: refused because full, left at once, left while waiting, served. Sum 1.
    throughput : float
        Served per unit of time.
    eq, en_service : float
        Time-average number waiting, and in service.
    occupancy : float
        ``en_service`` / servers.
    ew_all : float
        Mean time in queue over all arrivals that are not refused (served at once and balkers count 0).
    ew_served, ew_abandoned : float
        Mean time in queue over the served only, and over those who left while waiting only (nan if there are none).
    time_in_system : float
        Mean time in queue and service over all arrivals that are not refused.
    sl, sl_of_served : float
        Number served after waiting at most ``target_wait``, over all arrivals and over the served.
    """

    p_n: FloatArray
    p_find_all_busy: float
    p_wait: float
    p_block: float
    p_balk: float
    p_abandon: float
    p_served: float
    throughput: float
    eq: float
    en_service: float
    occupancy: float
    ew_all: float
    ew_served: float
    ew_abandoned: float
    time_in_system: float
    sl: float
    sl_of_served: float


def markov_queue(
    arrival_rate: float,
    service_rate: float,
    servers: int,
    *,
    abandonment_rate: float = 0.0,
    balking: float = 0.0,
    places: int | None = None,
    target_wait: float = 0.0,
) -> QueueMeasures:
    """Birth-death queue M/M/n/K+M, first come first served.

    Poisson arrivals, exponential service and patience. ``places`` is the number that fit in the system (servers
    included; None is endless): with ``places == servers`` it is Erlang B, endless without abandonment Erlang C,
    endless with abandonment Erlang A (Palm 1957; Garnett, Mandelbaum & Reiman 2002). An arrival that finds every
    server busy and a place free leaves at once with probability ``balking``.

    Raises
    ------
    ValueError
        For arguments out of range, ``places`` below ``servers``, or an endless queue that would grow for ever.
    """
    positive(arrival_rate=arrival_rate, service_rate=service_rate)
    whole(1, servers=servers)
    non_negative(abandonment_rate=abandonment_rate, target_wait=target_wait)
    probability(balking=balking)
    if places is not None:
        whole(servers, places=places)
    joining_rate = arrival_rate * (1 - balking)
    total_rate = servers * service_rate
    line = _line_weights(joining_rate, total_rate, abandonment_rate, None if places is None else places - servers)
    p_n = _normalised(np.concatenate([_pool_weights(arrival_rate / service_rate, servers), line]))
    return _measures(p_n, arrival_rate, service_rate, servers, abandonment_rate, balking, places, target_wait)


def _pool_weights(offered_load: float, servers: int) -> FloatArray:
    """Log weights of 0..n in system relative to n."""
    steps = np.log(np.arange(servers, 0, -1) / offered_load)
    return np.concatenate([np.cumsum(steps)[::-1], [0.0]])


def _line_weights(joining: float, total: float, abandonment: float, room: int | None) -> FloatArray:
    """Log weights of 1, 2, ... waiting relative to none waiting with all servers busy."""
    if joining == 0 or room == 0:
        return np.empty(0)
    if room is not None:
        return _climb(joining, total, abandonment, room)
    if abandonment == 0 and joining >= total:
        raise ValueError(
            f"offered load {joining / total:.6g} per server must be below 1 when nobody leaves: the line never ends"
        )
    length = 64
    while length <= _LONGEST_LINE:
        weights = _climb(joining, total, abandonment, length)
        top = max(0.0, float(weights.max()))
        # The weights rise to one peak and then fall ever faster, so the last one bounds what is cut off.
        if weights[-1] < top - _NEGLIGIBLE and (length < 2 or weights[-1] < weights[-2]):
            return weights[: int(np.flatnonzero(weights >= top - _NEGLIGIBLE).max(initial=0)) + 2]
        length *= 2
    raise ValueError("the queue is too long to sum: the load is too close to, or too far above, capacity")


def _climb(joining: float, total: float, abandonment: float, length: int) -> FloatArray:
    position = np.arange(1, length + 1, dtype=np.float64)
    if abandonment == 0:
        return np.asarray(position * math.log(joining / total))
    return np.cumsum(np.log(joining / (total + position * abandonment)))


def _normalised(log_weights: FloatArray) -> FloatArray:
    weights = np.exp(log_weights - log_weights.max())
    return np.asarray(weights / weights.sum())


def _measures(
    p_n: FloatArray,
    arrival_rate: float,
    service_rate: float,
    servers: int,
    abandonment_rate: float,
    balking: float,
    places: int | None,
    target_wait: float,
) -> QueueMeasures:
    total = servers * service_rate
    full = p_n[servers:]
    p_block = float(p_n[-1]) if places is not None else 0.0
    # PASTA (Wolff 1982): an arrival finds the time-average state. Position j joins unless the room is full.
    joins = full[:-1] if places is not None else full
    joined = (1 - balking) * joins
    eq = float(np.arange(full.size) @ full)
    en_service = float(np.minimum(np.arange(p_n.size), servers) @ p_n)
    p_served = service_rate * en_service / arrival_rate
    p_abandon = abandonment_rate * eq / arrival_rate
    accepted_rate = arrival_rate * (1 - p_block)
    ahead = np.arange(joined.size, dtype=np.float64)
    within = joined @ waiting.served_within(ahead, total, abandonment_rate, target_wait)
    wait_served = joined @ waiting.wait_if_served(joined.size, total, abandonment_rate)
    wait_abandoned = joined @ waiting.wait_if_abandoned(joined.size, total, abandonment_rate)
    sl = float(p_n[:servers].sum() + within)
    return QueueMeasures(
        p_n=p_n,
        p_find_all_busy=float(full.sum()),
        p_wait=float(joined.sum()),
        p_block=p_block,
        p_balk=float(balking * joins.sum()),
        p_abandon=p_abandon,
        p_served=p_served,
        throughput=service_rate * en_service,
        eq=eq,
        en_service=en_service,
        occupancy=en_service / servers,
        ew_all=eq / accepted_rate,
        ew_served=float(wait_served / p_served),
        ew_abandoned=float(wait_abandoned / p_abandon) if p_abandon > 0 else math.nan,
        time_in_system=(eq + en_service) / accepted_rate,
        sl=sl,
        sl_of_served=sl / p_served,
    )


def erlang_a(
    arrival_rate: float,
    service_rate: float,
    abandonment_rate: float,
    servers: int,
    *,
    balking: float = 0.0,
    target_wait: float = 0.0,
) -> QueueMeasures:
    """Erlang A (Palm 1957): :func:`markov_queue` with an endless line and patience of mean 1 / ``abandonment_rate``."""
    positive(abandonment_rate=abandonment_rate)
    return markov_queue(
        arrival_rate,
        service_rate,
        servers,
        abandonment_rate=abandonment_rate,
        balking=balking,
        target_wait=target_wait,
    )


def servers_for_service_level(
    arrival_rate: float,
    service_rate: float,
    abandonment_rate: float,
    target_share: float,
    target_wait: float,
    most: int = 10_000,
) -> tuple[int, float]:
    """Smallest number of servers for which the share of ALL arrivals served within ``target_wait`` meets the target.

    Stationary Erlang A, searched upward; used hour by hour this is SIPP (Green, Kolesar & Soares 2001), which is
    unreliable when conversations last about as long as the hour.

    Returns
    -------
    tuple of int and float
        Servers, and the share attained with them.
    """
    probability(target_share=target_share)
    for servers in range(1, most + 1):
        attained = erlang_a(arrival_rate, service_rate, abandonment_rate, servers, target_wait=target_wait).sl
        if attained >= target_share:
            return servers, attained
    raise ValueError(f"no number of servers up to {most} reaches {target_share!r} within {target_wait!r}")
