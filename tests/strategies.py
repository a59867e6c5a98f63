"""Random small worlds for property tests: plans with every rule switched on, and contacts full of ties.

Made for any engine: a world is a `Plan` and its `Contacts`, nothing more. All times lie on a grid of half minutes, so
that many things happen at the same instant.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from simulator.demand.contacts import NEVER_MS, NO_LABEL, Background, Contacts
from simulator.scenario.model import CHANNELS, LIVE
from simulator.service.plan import (
    BUSY_CENTRE,
    BUSY_RING,
    BUSY_WAIT,
    CENTRE,
    FINISH,
    FIRST_FREE_LEAVES,
    HAND_BACK,
    ChannelPlan,
    CounsellorPlan,
    Plan,
    SitePlan,
)

TICK_MS = 30_000
DAY_TICKS = 200
"""A little short of two hours: what contacts and plans are about; the horizon lies inside or far outside."""
FAR_TICKS = 50 * DAY_TICKS
GRID = 5
"""Windows begin and end on every fifth tick."""
UNKNOWN_SITE = "elsewhere"
"""A site that contacts know and no plan has."""

SHIFT_ENDS = (FINISH, HAND_BACK, FIRST_FREE_LEAVES)
PHONE, CHAT = CHANNELS.index("phone"), CHANNELS.index("chat")
WRITTEN = tuple(range(len(LIVE), len(CHANNELS)))


@dataclass(frozen=True)
class World:
    """One plan and those who meet it."""

    plan: Plan
    contacts: Contacts


def ticks(least: int, most: int) -> st.SearchStrategy[int]:
    """Whole ticks in milliseconds."""
    return st.integers(least, most).map(lambda count: count * TICK_MS)


ALL_THE_TIME = (0, FAR_TICKS * 2 * TICK_MS)


@st.composite
def windows(draw: st.DrawFn, kinds: str = "aabbc") -> np.ndarray[Any, np.dtype[np.int64]]:
    """Merged windows that do not touch, shape (windows, 2): all the time (a), one long one (b), some or none (c)."""
    kind = draw(st.sampled_from(kinds))
    if kind == "a":
        return np.array([ALL_THE_TIME], np.int64)
    last = DAY_TICKS // GRID
    if kind == "b":
        start, end = draw(st.integers(0, last // 3)), draw(st.integers(last // 2, last))
        return np.array([[start, end]], np.int64) * GRID * TICK_MS
    edges = draw(st.lists(st.integers(0, last), max_size=6, unique=True).map(sorted))
    return np.array(edges[: len(edges) // 2 * 2], np.int64).reshape(-1, 2) * GRID * TICK_MS


@st.composite
def shares(draw: st.DrawFn) -> float:
    """A probability: none, all, or one on which the contacts' numbers may fall exactly."""
    return draw(st.sampled_from([0.0, 0.0, 0.25, 0.5, 0.9]))


@st.composite
def channel_plans(draw: st.DrawFn, code: int) -> ChannelPlan:
    """The rules of one channel; written questions know none but their hours."""
    if code not in (PHONE, CHAT):
        exists = draw(st.integers(0, 3)) > 0
        hours = draw(windows()) if exists else np.empty((0, 2), np.int64)
        return ChannelPlan(exists, hours, 0.0, -1, 0.0, 0.0, 0.0, False, False, 0, 0)
    instead, back = draw(st.sampled_from([(0.0, 0.0), (0.25, 0.25), (0.5, 0.5), (0.0, 1.0), (1.0, 0.0)]))
    return ChannelPlan(
        exists=True,
        open_ms=draw(windows()),
        balking=draw(shares()) * 0.5,
        max_waiting=draw(st.sampled_from([-1, -1, 0, 1, 3])),
        redial=draw(shares()),
        phone_instead=instead if code == CHAT else 0.0,
        come_back=back,
        hard_stop=draw(st.booleans()),
        serve_out=draw(st.booleans()),
        last_admission_ms=draw(st.sampled_from([0, 0, 1, 10])) * TICK_MS,
        target_ms=2 * TICK_MS,
    )


@st.composite
def site_plans(draw: st.DrawFn, code: int) -> SitePlan:
    """The centre, or a site with its hours and what its callers do when it is busy."""
    name = "centre" if code == CENTRE else f"site {code}"
    return SitePlan(
        name=name,
        title=name,
        open_ms=draw(windows()),
        busy=draw(st.sampled_from([BUSY_CENTRE, BUSY_WAIT, BUSY_RING])),
        ring_ms=draw(ticks(0, 6)),
    )


@st.composite
def counsellor_plans(draw: st.DrawFn, site: int, number: int) -> CounsellorPlan:
    """Somebody of the centre, who may answer anything in any order, or of a site, who answers calls."""
    live = draw(st.permutations([PHONE, CHAT]))[: draw(st.sampled_from([0, 1, 2, 2]))] if site == CENTRE else [PHONE]
    written = draw(st.permutations(WRITTEN))[: draw(st.integers(0, 2))] if site == CENTRE else []
    return CounsellorPlan(
        name=f"{site} {number}",
        rostered=site == CENTRE,
        site=site,
        answers=tuple([*live, *written] or [PHONE]),
        chats_at_once=draw(st.integers(1, 3)) if site == CENTRE else 1,
        shifts_ms=draw(windows()),
    )


@st.composite
def plans(draw: st.DrawFn, most_sites: int = 2, shift_ends: tuple[int, ...] = SHIFT_ENDS) -> Plan:
    """A small plan with any combination of rules."""
    sites = draw(st.integers(0, most_sites)) + 1
    sizes = [draw(st.sampled_from([0, 1, 2, 3, 4] if site == CENTRE else [0, 1, 1, 2])) for site in range(sites)]
    return Plan(
        epoch_ms=0,
        end_ms=draw(st.sampled_from([DAY_TICKS * 3 // 4, FAR_TICKS])) * TICK_MS,
        measure_from_ms=0,
        timezone="UTC",
        channels=tuple(draw(channel_plans(code)) for code in range(len(CHANNELS))),
        sites=tuple(draw(site_plans(code)) for code in range(sites)),
        counsellors=tuple(
            draw(counsellor_plans(site, number)) for site, size in enumerate(sizes) for number in range(size)
        ),
        speed_thousandths=draw(st.sampled_from([(1000,), (1000, 800, 650), (1000, 500), (900, 700, 701)])),
        most_loaded=draw(st.booleans()),
        shift_end=draw(st.sampled_from(shift_ends)),
        local_first=draw(st.sampled_from([True, True, False])),
        overflow_to_open_site=draw(st.booleans()),
    )


@st.composite
def spells(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Own duty work of one site: spells that do not touch, in order."""
    return [(start, end) for start, end in draw(windows("bcc")).tolist()]


UNIFORM = st.sampled_from([0.0, 0.125, 0.25, 0.4999, 0.5, 0.75, 0.999])
"""On the thresholds of `shares` and beside them."""


@st.composite
def contacts_at(draw: st.DrawFn, sites: tuple[str, ...], most: int = 30) -> Contacts:
    """Up to ``most`` persons in two hours; waits, delays and lengths on the grid, uniforms at the thresholds."""
    n, k = draw(st.sampled_from([0, 1, 3, 8, 15, most])), draw(st.integers(1, 4))
    live = len(LIVE)

    def whole(low: int, high: int, *shape: int) -> np.ndarray[Any, np.dtype[np.int64]]:
        size = int(np.prod(shape))
        return np.array(draw(st.lists(ticks(low, high), min_size=size, max_size=size)), np.int64).reshape(shape)

    def one_of(strategy: st.SearchStrategy[Any], *shape: int) -> np.ndarray[Any, Any]:
        size = int(np.prod(shape))
        return np.array(draw(st.lists(strategy, min_size=size, max_size=size))).reshape(shape)

    channel = one_of(st.sampled_from([PHONE, PHONE, PHONE, CHAT, CHAT, CHAT, *WRITTEN]), n).astype(np.int16)
    patience = one_of(st.sampled_from([0, 2, 8, 20, 60, -1]), n, k).astype(np.int64) * TICK_MS
    delays = [whole(0, 40, n, k), whole(0, 120, n, k)]
    wrap_up = np.zeros((n, len(CHANNELS)), np.int64)
    wrap_up[:, :live] = one_of(st.sampled_from([0, 0, 3, 8]), n, 1).astype(np.int64) * TICK_MS
    each = [draw(spells()) if name not in ("centre", UNKNOWN_SITE) else [] for name in sites]
    flat = [spell for site in each for spell in site]
    return Contacts(
        epoch_ms=0,
        end_ms=DAY_TICKS * TICK_MS,
        sites=sites,
        arrival_ms=np.sort(whole(0, DAY_TICKS * 3 // 4, n)),
        channel=channel,
        origin=one_of(st.integers(0, len(sites) - 1), n).astype(np.int16),
        identity=np.arange(n, dtype=np.uint64),
        work_ms=np.repeat(whole(1, 40, n, 1), len(CHANNELS), axis=1),
        wrap_up_ms=wrap_up,
        patience_ms=np.repeat(np.where(patience < 0, NEVER_MS, patience)[:, :, None], live, axis=2),
        redial_delay_ms=np.repeat(delays[0][:, :, None], live, axis=2),
        return_delay_ms=np.repeat(delays[1][:, :, None], live, axis=2),
        balk_u=one_of(UNIFORM, n, k).astype(float),
        closed_u=one_of(UNIFORM, n, k).astype(float),
        redial_u=one_of(UNIFORM, n, k).astype(float),
        age_group=np.full(n, NO_LABEL, np.int16),
        gender=np.full(n, NO_LABEL, np.int16),
        background=Background(
            offset=np.cumsum([0, *map(len, each)]).astype(np.int64),
            start_ms=np.array([start for start, _ in flat], np.int64),
            end_ms=np.array([end for _, end in flat], np.int64),
        ),
    )


@st.composite
def worlds(draw: st.DrawFn, most_sites: int = 2, most_contacts: int = 30, **rules: Any) -> World:
    """A plan and contacts that meet it; some live in a site that the plan does not have."""
    plan = draw(plans(most_sites, **rules))
    names = (*(site.name for site in plan.sites), UNKNOWN_SITE)
    return World(plan, draw(contacts_at(names, most_contacts)))
