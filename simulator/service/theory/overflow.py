"""Local first, then the centre: loss groups that overflow at once to one common pool.

Owns the joint chain (busy at each site, busy at the centre, waiting at the centre) and the peakedness of overflow.
Sites have no line; the centre may have one. Must not know about opening hours. Rates are per hour.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.service.theory import chains
from simulator.service.theory.chains import Chain, Move, State
from simulator.service.theory.checks import FloatArray, non_negative, positive, whole
from simulator.service.theory.erlang import erlang_b


@dataclass(frozen=True)
class Site:
    """A local group: its own calls, its lines, the rate at which one line finishes."""

    arrival_rate: float
    lines: int
    service_rate: float

    def __post_init__(self) -> None:
        non_negative(arrival_rate=self.arrival_rate)
        positive(service_rate=self.service_rate)
        whole(lines=self.lines)


@dataclass(frozen=True)
class Centre:
    """The common pool: calls of its own, servers, rates of finishing and giving up, places in line (None: endless)."""

    arrival_rate: float
    servers: int
    service_rate: float
    abandonment_rate: float = 0.0
    waiting: int | None = 0

    def __post_init__(self) -> None:
        non_negative(arrival_rate=self.arrival_rate, abandonment_rate=self.abandonment_rate)
        positive(service_rate=self.service_rate)
        whole(1, servers=self.servers)
        if self.waiting is not None:
            whole(waiting=self.waiting)


@dataclass(frozen=True)
class OverflowMeasures:
    """Long-run measures. Shares are of all calls unless said; tuples have one entry per site.

    Attributes
    ----------
    p_site_full : tuple of float
        Share of a site's own calls that find it busy.
    share_served_site, share_served_centre : tuple of float, float
        Served at the site, and at the centre / all calls everywhere.
    share_abandoned, share_blocked : float
        Gave up at the centre, and refused there / all calls everywhere. With the shares served they sum to 1.
    lost_share_of_site, lost_share_of_centre_own : tuple of float, float
        Refused at the centre / calls of that site's area; the same for calls that are the centre's own.
    centre_offered_per_hour : float
        Own and overflowing calls at the centre.
    centre_share_of_answered : float
        Served at the centre / served anywhere.
    en_site, en_centre, eq : tuple of float, float, float
        Time-average busy lines, busy at the centre, waiting at the centre.
    """

    p_site_full: tuple[float, ...]
    share_served_site: tuple[float, ...]
    share_served_centre: float
    share_abandoned: float
    share_blocked: float
    lost_share_of_site: tuple[float, ...]
    lost_share_of_centre_own: float
    centre_offered_per_hour: float
    centre_share_of_answered: float
    en_site: tuple[float, ...]
    en_centre: float
    eq: float


def overflow_network(sites: Sequence[Site], centre: Centre) -> OverflowMeasures:
    """Stationary network: a call rings its own site and, when that is busy, the centre at once.

    The state space is the product of the sites', so this is for a handful of sites.
    """
    total = centre.arrival_rate + sum(site.arrival_rate for site in sites)
    positive(total_arrival_rate=total)

    def build(caps: tuple[int, ...]) -> tuple[Chain, FloatArray]:
        room = caps[0] if centre.waiting is None else centre.waiting
        start = (*([0] * len(sites)), 0, 0)
        chain = chains.explore([start], lambda state: _moves(state, sites, centre, room))
        return chain, chains.stationary(chain.generator())

    def edge(solved: tuple[Chain, FloatArray], caps: tuple[int, ...]) -> tuple[float]:
        chain, shares = solved
        cut = chain.column(-1) >= caps[0] if centre.waiting is None else np.zeros(shares.size, bool)
        return (float(shares[cut].sum()),)

    chain, shares = chains.widen(build, edge, (32,))
    return _measures(chain, shares, sites, centre, total)


def _moves(state: State, sites: Sequence[Site], centre: Centre, room: int) -> Iterator[Move]:
    busy, queue = state[-2], state[-1]
    for i, site in enumerate(sites):
        if state[i] < site.lines:
            yield "local", site.arrival_rate, _changed(state, i, 1)
        else:
            yield from _at_centre(state, f"site{i}", site.arrival_rate, centre, room)
        if state[i]:
            yield "finish", state[i] * site.service_rate, _changed(state, i, -1)
    yield from _at_centre(state, "own", centre.arrival_rate, centre, room)
    if busy:
        yield "finish", busy * centre.service_rate, _changed(state, -1 if queue else -2, -1)
    if queue:
        yield "abandon", queue * centre.abandonment_rate, _changed(state, -1, -1)


def _at_centre(state: State, source: str, rate: float, centre: Centre, room: int) -> Iterator[Move]:
    if state[-2] < centre.servers:
        yield f"{source}_taken", rate, _changed(state, -2, 1)
    elif state[-1] < room:
        yield f"{source}_taken", rate, _changed(state, -1, 1)
    else:
        yield f"{source}_refused", rate, state


def _changed(state: State, position: int, step: int) -> State:
    values = list(state)
    values[position] += step
    return tuple(values)


def _measures(
    chain: Chain, shares: FloatArray, sites: Sequence[Site], centre: Centre, total: float
) -> OverflowMeasures:
    def flow(event: str) -> float:
        return float(shares @ chain.rate(event))

    def share(part: float, whole_flow: float) -> float:
        return part / whole_flow if whole_flow > 0 else 0.0

    en_site = tuple(float(shares @ chain.column(i)) for i in range(len(sites)))
    en_centre, eq = float(shares @ chain.column(-2)), float(shares @ chain.column(-1))
    sources = [*(f"site{i}" for i in range(len(sites))), "own"]
    refused = [flow(f"{source}_refused") for source in sources]
    offered = sum(refused) + sum(flow(f"{source}_taken") for source in sources)
    served_sites = [number * site.service_rate for number, site in zip(en_site, sites, strict=True)]
    served_centre = centre.service_rate * en_centre
    return OverflowMeasures(
        p_site_full=tuple(float(shares[chain.column(i) >= site.lines].sum()) for i, site in enumerate(sites)),
        share_served_site=tuple(served / total for served in served_sites),
        share_served_centre=served_centre / total,
        share_abandoned=centre.abandonment_rate * eq / total,
        share_blocked=sum(refused) / total,
        lost_share_of_site=tuple(share(lost, site.arrival_rate) for lost, site in zip(refused, sites, strict=False)),
        lost_share_of_centre_own=share(refused[-1], centre.arrival_rate),
        centre_offered_per_hour=offered,
        centre_share_of_answered=served_centre / (served_centre + sum(served_sites)),
        en_site=en_site,
        en_centre=en_centre,
        eq=eq,
    )


@dataclass(frozen=True)
class OverflowLoad:
    """Load that overflows a full group: its mean (erlang) and peakedness (variance / mean; 1 for Poisson)."""

    mean: float
    peakedness: float


def overflow_load(offered_load: float, lines: int) -> OverflowLoad:
    """Mean and peakedness of the overflow of ``lines`` lines offered a Poisson load (Riordan, in Wilkinson 1956)."""
    positive(offered_load=offered_load)
    whole(lines=lines)
    mean = offered_load * erlang_b(offered_load, lines)
    return OverflowLoad(mean, 1 - mean + offered_load / (lines + 1 + mean - offered_load))
