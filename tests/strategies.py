"""Random small worlds for property tests: plans with every rule switched on, and contacts full of ties.

Made for any engine: a world is a `Plan` and its `Contacts`, nothing more. All times lie on a `Grid`, so that many
things happen at the same instant, or within a millisecond of each other. Plans are of one piece: channels, sites and
shifts often share their hours, and people their channels, for that is where rules meet.

A world is read off one string of bytes, which Hypothesis draws and shrinks: no two examples are then nearly alike, and
a byte of 0 is always the simplest choice (nobody there, no rule, all the time), so what is left of a failure is small.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

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

Ints = NDArray[np.int64]
Spells = list[tuple[int, int]]

TICK_MS = 30_000
DAY_TICKS = 200
"""What contacts and plans are about: a little less than two hours of half minutes; the horizon is inside or far off."""
FAR_TICKS = 50 * DAY_TICKS
STEP = 5
"""Windows begin and end on every fifth tick."""
LAST = DAY_TICKS // STEP
BREAKS = np.array([0, 4, 5, 8, 9, 15, 16, 20])
"""Edges of windows with a break of one step between them."""
UNKNOWN_SITE = "elsewhere"
"""A site that contacts know and no plan has."""

SHIFT_ENDS = (FINISH, HAND_BACK, FIRST_FREE_LEAVES)
PHONE, CHAT = CHANNELS.index("phone"), CHANNELS.index("chat")
WRITTEN = tuple(range(len(LIVE), len(CHANNELS)))

MOST_CONTACTS, MOST_ATTEMPTS = 40, 4
CENTRE_SIZES, SITE_SIZES = (0, 1, 2, 2, 3, 4), (0, 1, 1, 2)


@dataclass(frozen=True)
class World:
    """One plan and those who meet it."""

    plan: Plan
    contacts: Contacts


@dataclass(frozen=True)
class Grid:
    """Where times may lie: on a whole number of ticks, and some of them a little after it."""

    tick_ms: int
    after_ms: tuple[int, ...] = (0,)


HALF_MINUTES = Grid(TICK_MS)
MINUTES = Grid(60_000)
MILLISECONDS = Grid(TICK_MS, (0, 0, 0, 1, TICK_MS - 1, 12_345))
"""Half minutes, mixed with times a millisecond beside them and with others on no grid."""


class Dice:
    """Choices read off a string of bytes, one byte each; the same number of them whatever is chosen."""

    def __init__(self, chance: bytes, grid: Grid) -> None:
        self.grid = grid
        self._bytes = np.frombuffer(chance, np.uint8).astype(np.int64)
        self.read = 0

    def pick(self, options: Sequence[Any]) -> Any:
        """One of the options; the first is the simplest."""
        self.read += 1
        return options[self._bytes[self.read - 1] % len(options)]

    def picks(self, options: Sequence[Any], *shape: int) -> Any:
        """An array of independent choices."""
        count = int(np.prod(shape))
        self.read += count
        return np.array(options)[self._bytes[self.read - count : self.read] % len(options)].reshape(shape)

    def times_ms(self, ticks: Sequence[int], *shape: int) -> Any:
        """An array of times of so many ticks, on the grid."""
        return self.picks(ticks, *shape) * self.grid.tick_ms + self.picks(self.grid.after_ms, *shape)

    def time_ms(self, ticks: Sequence[int]) -> int:
        """One such time."""
        return int(self.times_ms(ticks, 1)[0])


# --- plans ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _House:
    """What the parts of a plan share: hours (some of them, or all), and kinds of work of the centre's people."""

    hours: tuple[Ints, ...]
    is_strict: bool
    work: tuple[tuple[int, ...], ...]


def _windows(dice: Dice, kinds: str, house: _House | None = None) -> Ints:
    """Merged windows that do not touch, shape (windows, 2).

    All the time (a), one long one (b), up to four (c), four with short breaks (d), or the hours of the house (h).
    """
    kind, which, most = dice.pick(kinds), dice.pick((0, 0, 0, 1)), dice.pick((0, 2, 4, 6, 8, 4, 6, 8))
    long, steps = np.array([dice.pick(range(LAST // 3)), dice.pick(range(LAST // 2, LAST))]), dice.picks(range(LAST), 8)
    after = dice.picks(dice.grid.after_ms, 8)
    if house is not None and (kind == "h" or house.is_strict):
        shared: Ints = house.hours[which]
        return shared
    if kind == "a":
        return np.array([[0, 2 * FAR_TICKS * dice.grid.tick_ms]], np.int64)
    chosen = {"b": long, "d": long[0] + BREAKS}.get(kind, np.unique(steps[:most]))
    chosen = chosen[: len(chosen) // 2 * 2]
    edges_ms: Ints = (chosen * STEP * dice.grid.tick_ms + after[: len(chosen)]).reshape(-1, 2)
    return edges_ms


def _house(dice: Dice) -> _House:
    kinds = []
    for _ in range(2):
        live = dice.pick(((PHONE,), (CHAT,), (), (PHONE, CHAT), (CHAT, PHONE), (PHONE, CHAT), (CHAT, PHONE)))
        written = dice.pick(((), WRITTEN, WRITTEN[1:], WRITTEN[::-1]))
        kinds.append((*live, *written) or (PHONE,))
    return _House((_windows(dice, "bcdcd"), _windows(dice, "cb")), dice.pick((False, False, True)), tuple(kinds))


SHARES = (0.0, 0.25, 0.5, 0.9)
"""Probabilities on which the contacts' numbers may fall exactly."""


def _channel(dice: Dice, code: int, house: _House) -> ChannelPlan:
    """The rules of one channel; written questions know none but their hours."""
    hours = _windows(dice, "ahhhhbc", house)
    instead, back = dice.pick(((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (0.25, 0.25), (0.5, 0.5)))
    live = ChannelPlan(
        exists=True,
        open_ms=hours,
        balking=dice.pick(SHARES) * 0.5,
        max_waiting=dice.pick((-1, -1, -1, 3, 1, 0)),
        redial=dice.pick(SHARES),
        phone_instead=instead if code == CHAT else 0.0,
        come_back=back,
        hard_stop=dice.pick((False, True)),
        serve_out=dice.pick((False, True, True)),
        last_admission_ms=dice.pick((0, 0, 1, 10)) * dice.grid.tick_ms,
        target_ms=2 * dice.grid.tick_ms,
    )
    exists = dice.pick((True, True, True, False))
    if code < len(LIVE):
        return live
    return ChannelPlan(exists, hours if exists else hours[:0], 0.0, -1, 0.0, 0.0, 0.0, False, False, 0, 0)


def _site(dice: Dice, code: int, house: _House) -> SitePlan:
    name = "centre" if code == CENTRE else f"site {code}"
    busy = dice.pick((BUSY_CENTRE, BUSY_WAIT, BUSY_RING, BUSY_WAIT, BUSY_RING))
    return SitePlan(name, name, _windows(dice, "aachh", house), busy, dice.time_ms((*range(7), 12, 24)))


def _counsellor(dice: Dice, site: int, number: int, house: _House) -> CounsellorPlan:
    """Somebody of the centre, who does one of the house's kinds of work, or of a site, who answers calls."""
    work, chats = dice.pick(house.work), dice.pick((1, 2, 3))
    shifts = _windows(dice, "ahhhbc", house)
    at_centre = site == CENTRE
    return CounsellorPlan(
        f"{site} {number}", at_centre, site, work if at_centre else (PHONE,), chats if at_centre else 1, shifts
    )


def _plan(dice: Dice, most_sites: int, shift_ends: Sequence[int], warm_ups: Sequence[int]) -> Plan:
    """A small plan with any combination of rules; one more site and person more or less moves no other choice."""
    house = _house(dice)
    count = dice.pick((*range(most_sites), most_sites, most_sites)) + 1
    sites = [_site(dice, code, house) for code in range(most_sites + 1)][:count]
    people: list[CounsellorPlan] = []
    for site in range(most_sites + 1):
        sizes = CENTRE_SIZES if site == CENTRE else SITE_SIZES
        size = dice.pick(sizes) if site < count else dice.pick((0,))
        people += [_counsellor(dice, site, number, house) for number in range(max(sizes))][:size]
    return Plan(
        epoch_ms=0,
        end_ms=dice.pick((FAR_TICKS, FAR_TICKS, DAY_TICKS * 3 // 4)) * dice.grid.tick_ms,
        measure_from_ms=dice.pick(warm_ups) * dice.grid.tick_ms,
        timezone="UTC",
        channels=tuple(_channel(dice, code, house) for code in range(len(CHANNELS))),
        sites=tuple(sites),
        counsellors=tuple(people),
        speed_thousandths=dice.pick(((1000,), (1000, 500), (1000, 800, 650), (900, 700, 701))),
        most_loaded=dice.pick((False, True)),
        shift_end=dice.pick(shift_ends),
        local_first=dice.pick((True, True, True, False)),
        overflow_to_open_site=dice.pick((False, True)),
    )


# --- contacts ---------------------------------------------------------------------------------------------------------


MIXES = ((PHONE,), (PHONE, CHAT), (PHONE, CHAT, CHAT, CHAT), (PHONE, CHAT, *WRITTEN), (PHONE, CHAT) * 2 + WRITTEN)
"""Of the channels that people try first."""

UNIFORMS = (0.999, 0.0, 0.125, 0.25, 0.4999, 0.5, 0.75)
"""On the thresholds of `SHARES` and beside them."""


def _spells(dice: Dice) -> Spells:
    """Own duty work of one site: short spells that do not touch, in order."""
    slots = np.unique(dice.picks(range(LAST), 12))[: dice.pick((0, 6, 12))]
    lengths = dice.times_ms(range(1, STEP - 1), 12)
    starts = slots * STEP * dice.grid.tick_ms
    return list(zip(starts.tolist(), (starts + lengths[: len(starts)]).tolist(), strict=True))


def _contacts(dice: Dice, sites: tuple[str, ...], without_spells: tuple[str, ...]) -> Contacts:
    """Some persons; waits, delays and lengths on the grid, uniforms at the thresholds."""
    n, live, once, each = MOST_CONTACTS, len(LIVE), (MOST_CONTACTS,), (MOST_CONTACTS, MOST_ATTEMPTS)
    drawn = [_spells(dice) for _ in sites]
    spells = [[] if name in without_spells else each for name, each in zip(sites, drawn, strict=True)]
    k = dice.pick((1, 2, 3, 4))
    crowd = dice.pick((*range(n), *[n] * n))
    wrap_up = np.zeros((n, len(CHANNELS)), np.int64)
    wrap_up[:, :live] = dice.times_ms((3, 8, 0), n, 1) * dice.picks((0, 0, 1), n, 1)
    patience = dice.times_ms((20, 60, 8, 2, 0), *each)
    patience[dice.picks([False] * 7 + [True], *each)] = NEVER_MS
    parts = {
        "arrival_ms": dice.times_ms(range(dice.pick((DAY_TICKS * 3 // 4, DAY_TICKS // 2, DAY_TICKS // 4))), *once),
        "channel": dice.picks(dice.pick(MIXES), *once).astype(np.int16),
        "origin": dice.picks([*range(len(sites) - 1), *range(len(sites))], *once).astype(np.int16),
        "work_ms": np.repeat(dice.times_ms((*range(1, 32), 60), n, 1), len(CHANNELS), axis=1),
        "wrap_up_ms": wrap_up,
        "patience_ms": np.repeat(patience[:, :k, None], live, axis=2),
        "redial_delay_ms": np.repeat(dice.times_ms(range(40), *each)[:, :k, None], live, axis=2),
        "return_delay_ms": np.repeat(dice.times_ms(range(120), *each)[:, :k, None], live, axis=2),
        **{name: dice.picks(UNIFORMS, *each)[:, :k] for name in ("balk_u", "closed_u", "redial_u")},
    }
    order = np.argsort(parts["arrival_ms"][:crowd], kind="stable")
    return Contacts(
        epoch_ms=0,
        end_ms=DAY_TICKS * dice.grid.tick_ms,
        sites=sites,
        identity=np.arange(crowd, dtype=np.uint64),
        **{name: column[order] for name, column in parts.items()},
        age_group=np.full(crowd, NO_LABEL, np.int16),
        gender=np.full(crowd, NO_LABEL, np.int16),
        background=_background(spells),
    )


def _background(sites: Sequence[Spells]) -> Background:
    flat = np.array([spell for spells in sites for spell in spells], np.int64).reshape(-1, 2)
    return Background(np.cumsum([0, *map(len, sites)]).astype(np.int64), flat[:, 0].copy(), flat[:, 1].copy())


# --- worlds -----------------------------------------------------------------------------------------------------------


MOST_BYTES = 3072


def _chances(size: int) -> st.SearchStrategy[bytes]:
    return st.binary(min_size=size, max_size=size)


def worlds(
    most_sites: int = 2,
    shift_ends: tuple[int, ...] = SHIFT_ENDS,
    grid: Grid = HALF_MINUTES,
    warm_ups: tuple[int, ...] = (0,),
    without_spells: tuple[str, ...] = ("centre",),
) -> st.SearchStrategy[World]:
    """A plan and contacts that meet it; some live in a site that the plan does not have.

    ``warm_ups`` are the ticks after which time may begin to count; ``without_spells`` are sites without own duty work.
    """

    def world(chance: bytes) -> World:
        dice = Dice(chance, grid)
        plan = _plan(dice, most_sites, shift_ends, warm_ups)
        return World(plan, _contacts(dice, (*(site.name for site in plan.sites), UNKNOWN_SITE), without_spells))

    return _chances(MOST_BYTES).map(world)


def windows(kinds: str = "aabbc", grid: Grid = HALF_MINUTES) -> st.SearchStrategy[Ints]:
    """Windows alone; see `_windows`."""
    return _chances(32).map(lambda chance: _windows(Dice(chance, grid), kinds))
