"""Years drawn in machine code are the reference drawing to the last bit: persons, their numbers, duty work, ledgers.

Nothing here is statistical: any difference is a defect.
"""

import gc
import weakref
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib import import_module
from itertools import compress
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.demand import Contacts, DemandError, Profile, draw
from simulator.scenario import change, load
from simulator.scenario.calendar import Calendar
from simulator.scenario.model import CHANNELS, LIVE, Scenario
from simulator.service import reference
from simulator.service.compiled import CompiledSimulation, draws
from simulator.service.compiled.layouts import COUNT, DRAW, PERSONS, SERVE, open_people
from simulator.service.compiled.machine import entry
from simulator.service.plan import local_sites
from simulator.service.tally import HourTable, count
from tests.service.differing import difference
from tests.strategies import HALF_MINUTES, Dice
from tests.support import SHIPPED, scenario_of

PHONE, CHAT = LIVE.index("phone"), LIVE.index("chat")
N_CHANNELS, N_LIVE = len(CHANNELS), len(LIVE)

# --- what is compared ---------------------------------------------------------------------------------------------


ONCE = ("work_ms", "wrap_up_ms")
EACH_TIME = ("patience_ms", "redial_delay_ms", "return_delay_ms")
CHOICES = ("balk_u", "closed_u", "redial_u")
looked_up: Any = draws
"""The kernel's functions, which only their compiler types."""


@entry
def look_up_all(
    people: Any, persons: int, attempts: int, work: Any, wrap_up: Any, patience: Any, redial: Any, back: Any,
    balk: Any, closed: Any, again: Any, local: Any,
) -> None:  # fmt: skip
    """Every number of every person, each looked up as the rules do."""
    p = open_people(people)
    for person in range(persons):
        local[person] = looked_up.local_site(p, person)
        for channel in range(N_CHANNELS):
            work[person, channel] = looked_up.work_ms(p, person, channel)
            wrap_up[person, channel] = looked_up.wrap_up_ms(p, person, channel)
        for attempt in range(attempts):
            balk[person, attempt] = looked_up.balk_u(p, person, attempt)
            closed[person, attempt] = looked_up.closed_u(p, person, attempt)
            again[person, attempt] = looked_up.redial_u(p, person, attempt)
            for channel in range(N_LIVE):
                patience[person, attempt, channel] = looked_up.patience_ms(p, person, attempt, channel)
                redial[person, attempt, channel] = looked_up.redial_delay_ms(p, person, attempt, channel)
                back[person, attempt, channel] = looked_up.return_delay_ms(p, person, attempt, channel)


def persons_of(simulation: CompiledSimulation) -> dict[str, np.ndarray[Any, Any]]:
    """The persons of the year that was drawn last, with all their numbers."""
    n, k = int(simulation._state.registers[PERSONS]), int(simulation._people.attempts)
    numbers: dict[str, np.ndarray[Any, Any]] = {
        **{name: np.zeros((n, N_CHANNELS), np.int64) for name in ONCE},
        **{name: np.zeros((n, k, N_LIVE), np.int64) for name in EACH_TIME},
        **{name: np.zeros((n, k)) for name in CHOICES},
        "local": np.zeros(n, np.int64),
    }
    look_up_all(simulation._people.words, n, k, *numbers.values())
    arrays = {name: getattr(simulation._people, name)[:n].copy() for name in ("arrival_ms", "channel", "identity")}
    return {**arrays, **numbers}


def can_use(contacts: Contacts, scenario: Scenario) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Who may ever use which channel, shape (persons, channels): for the rest nothing is drawn beforehand."""
    own = contacts.channel[:, None] == np.arange(N_CHANNELS)
    own[:, PHONE] |= contacts.channel == CHAT
    return np.asarray(own & np.array([scenario.channel(name) is not None for name in CHANNELS]))


def assert_same_persons(simulation: CompiledSimulation, contacts: Contacts, scenario: Scenario) -> None:
    """All that was drawn in machine code, beside the reference drawing."""
    found, usable = persons_of(simulation), can_use(contacts, scenario)
    live = contacts.channel < N_LIVE
    for name in ("arrival_ms", "channel", "identity"):
        assert np.array_equal(found[name], getattr(contacts, name)), name
    for name in ONCE:
        assert np.array_equal(found[name][usable], getattr(contacts, name)[usable]), name
    for name in EACH_TIME:
        wanted = np.moveaxis(getattr(contacts, name), 2, 1)[usable[:, :N_LIVE]]
        assert np.array_equal(np.moveaxis(found[name], 2, 1)[usable[:, :N_LIVE]], wanted), name
    for name in CHOICES:
        assert np.array_equal(found[name][live], getattr(contacts, name)[live]), name
    local = np.array(local_sites(contacts.sites, simulation.plan), np.int64)
    assert np.array_equal(found["local"], local[contacts.origin])
    assert_same_spells(simulation, contacts)


def assert_same_spells(simulation: CompiledSimulation, contacts: Contacts) -> None:
    """The sites' own duty work."""
    people, background = simulation._people, contacts.background
    assert people.spell_first.tolist() == background.offset.tolist()
    spells = people.spells_ms[: 2 * int(people.spell_first[-1])].reshape(-1, 2)
    assert np.array_equal(spells, np.column_stack([background.start_ms, background.end_ms]))


def assert_same_year(simulation: CompiledSimulation, scenario: Scenario, replication: int) -> Contacts:
    """One year whole: persons, ledger and tally, beside the reference engine's."""
    year = simulation.year(replication)
    contacts = simulation.contacts(replication)
    assert_same_persons(simulation, contacts, scenario)
    expected = reference.serve(contacts, simulation.plan)
    told = difference(expected, year.ledger)
    assert told is None, told
    hours = HourTable.of(Calendar.of(scenario))
    assert year.tally(hours).differs_from(count(contacts, simulation.plan, expected, hours)) is None
    return contacts


# --- shipped scenarios --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHIPPED)
def test_a_year_of_every_shipped_scenario(name: str) -> None:
    scenario, place = load(name), SHIPPED.index(name)
    simulation = CompiledSimulation(scenario, seed=11 + place, world=place % 3)
    contacts = assert_same_year(simulation, scenario, replication=2 + place)
    assert len(contacts) > 20_000 and len(contacts.background.start_ms) > 10_000
    assert np.array_equal(contacts.arrival_ms, draw(scenario, 11 + place, 2 + place, place % 3).arrival_ms)


# --- random scenarios ---------------------------------------------------------------------------------------------

HOURS = ("always", "16:15-22:45", ["06:00-09:30", "22:00-03:00"], "00:00-12:00")
EDGES = [0.0] * 7 + [9.0] * 12 + [0.5] * 3 + [30.0] + [0.0] * 73
"""Rates by quarters of an hour, with sharp edges and hours in which nobody comes."""
CROWD = [0.0] * 40 + [200.0] + [0.0] * 247
"""Everybody within five minutes."""
PERIODS = (
    {"first_day": "2024-06-05", "last_day": "2024-06-05"},
    {"first_day": "2024-03-30", "last_day": "2024-03-31"},
    {"first_day": "2024-10-26", "last_day": "2024-10-27"},
    {"first_day": "2023-12-30", "last_day": "2024-01-02", "warm_up_days": 1},
    {"first_day": "1969-12-30", "last_day": "1970-01-01"},
)
"""A day, nights on which the clock moves, a turn of the year, and the time at which hours begin to be numbered."""
SURGES = (None, *({"s": {"first_day": days["first_day"], "last_day": "2024-12-31", "factor": 3}} for days in PERIODS))
ANSWERS = (["phone", "chat"], ["chat"], ["phone", "sms", "ung"], ["chat", "phone", "email"])
SIZES = (1, 2)
MOST_BYTES = 256
CHANCES = st.binary(min_size=MOST_BYTES, max_size=MOST_BYTES) | st.integers(0, 1 << 32).map(
    lambda seed: np.random.default_rng(seed).bytes(MOST_BYTES)
)
"""Bytes as Hypothesis likes them, which hold long runs and shrink well, or as chance does, which hold everything."""


def some(dice: Dice, **options: Sequence[Any]) -> dict[str, Any]:
    """One of the options for each key; a key whose option is None is left out."""
    chosen = {key: dice.pick(values) for key, values in options.items()}
    return {key: value for key, value in chosen.items() if value is not None}


def duration(dice: Dice, *means: float) -> dict[str, Any]:
    """A length of time in any family; of a usual spread, an absurd one, or next to none."""
    families = ("exponential", "lognormal", "gamma", "weibull", "fixed")
    return some(dice, mean_min=means, distribution=families, cv=(0.75, 0.2, 1.0, 3.0, 1e-7, 1e-3, 30.0))


def channel_of(dice: Dice, name: str) -> dict[str, Any]:
    work, patience = duration(dice, 12, 42, 1e-6), duration(dice, 3, 20)
    wrap_up = duration(dice, 5, 0.1)
    closed = some(dice, phone_instead=(0.0, 0.4), come_back=(0.0, 0.4))
    redial = some(dice, probability=(0.2, 0.9), mean_min=(1.0, 30.0))
    rules = {"work": work, **some(dice, open=HOURS, wrap_up=(None, wrap_up))}
    live = some(
        dice,
        patience=(None, patience, patience),
        balking=(0.0, 0.2, 0.5),
        max_waiting=(None, 2, 0),
        redial=(None, redial, redial),
        when_closed=(None, closed, closed),
        speed_by_level=(None, [1.0, 0.8]),
    )
    return {**rules, **live} if name in LIVE else rules


def demand_of(dice: Dice) -> dict[str, Any]:
    busyness = some(
        dice,
        day_shape=(None, 5.0, 0.3, 50.0),
        hour_shape=(None, 5.0, 0.3, 50.0),
        correlation=(0.0, 0.4, 1.0),
        day_starts=("06:00", "00:00", "23:45"),
    )
    channels = {
        name: some(
            dice,
            per_hour=(1.5, [0.2, 4.0, 0.0, 11.0] * 6, EDGES, CROWD),
            factor=(1.0, 0.3, 2.0, 0.0),
            weekday_factors=(None, [1.0, 1.0, 0.0, 0.5, 2.0, 3.0, 1.0]),
        )
        for name in CHANNELS
    }
    asked = dice.picks((True, True, False), len(CHANNELS))
    whole = some(dice, trend=(1.0, 0.5, 10.0), max_attempts=(3, 1, 8), surges=SURGES)
    return {**whole, "busyness": busyness, **dict(compress(channels.items(), asked))}


def scenario_by(chance: bytes) -> Scenario:
    """A few days of any service with any demand."""
    dice = Dice(chance, HALF_MINUTES)
    period, zone = dice.pick(PERIODS), dice.pick(("Europe/Oslo", "UTC"))
    channels = {name: channel_of(dice, name) for name in CHANNELS}
    sites: dict[str, Any] = {"centre": {"centre": True, "lines": 0}}
    for name in ("north", "site 10", "site 2"):
        background = some(dice, busy_share=(0.3, 0.0, 0.9), mean_min=(30.0, 2.0))
        busy, shares = ("centre", "wait", "centre_after_ring"), (0.3, 0.1, None)
        sites[name] = some(dice, share=shares, open=HOURS, lines=(1, 2, 0), busy=busy, background=(None, background))
    shifts = {c: some(dice, hours=HOURS, counsellors=SIZES, answers=ANSWERS, chats_at_once=SIZES) for c in "abc"}
    return scenario_of(
        period=period,
        timezone=zone,
        channels=dict(compress(channels.items(), dice.picks((True, True, True, False), len(channels)))),
        demand=demand_of(dice),
        sites=dict(compress(sites.items(), [True, *dice.picks((True, True, False), 3)])),
        network=some(dice, local_first=(True, True, False), centre_overflow=("none", "any_open_site")),
        roster={"centre": dict(compress(shifts.items(), dice.picks((True, True, False), 3)))},
        shift_end=dice.pick(("finish", "hand_back", "first_free_leaves")),
    )


@settings(max_examples=200)
@given(CHANCES, st.integers(0, 3), st.integers(0, 1000))
def test_years_of_random_scenarios(chance: bytes, seed: int, replication: int) -> None:
    scenario = scenario_by(chance)
    simulation = CompiledSimulation(scenario, seed, world=replication % 3)
    assert_same_year(simulation, scenario, replication)


def test_a_crowd_that_comes_at_once() -> None:
    """Some 30 000 in two minutes, on three channels: many in one millisecond, in the order of channel and identity."""
    rush = {"per_hour": [0.0] * 1000 + [4e5, 1e5] + [0.0] * 438}
    scenario = service({"chat": rush, "phone": rush, "sms": rush, "max_attempts": 2}, days=1)
    contacts = assert_same_year(CompiledSimulation(scenario, 1, 0), scenario, 3)
    assert (np.diff(contacts.arrival_ms) == 0).sum() > 3000


@pytest.mark.parametrize("zone", ["UTC", "Europe/Oslo"])
def test_weeks_in_which_every_channel_has_cells_of_its_own(zone: str) -> None:
    """Hours, five minutes, and sevenths of a day side by side: wherever a year is cut, somebody's cell is cut too."""
    demand = {
        "chat": {"per_hour": [1.0] * 10 + [60.0] + [1.0] * 9 + [60.0] * 3 + [0.0]},
        "phone": {"per_hour": [0.5] * 120 + [90.0] * 6 + [0.0] * 114 + [90.0] * 48},
        "sms": {"per_hour": [2.0, 0.0, 1.0, 9.0, 0.0, 4.0, 9.0]},
        "busyness": {"day_shape": 3, "hour_shape": 3, "day_starts": "10:07"},
    }
    scenario = service(demand, 40, "2024-03-10", timezone=zone)
    contacts = assert_same_year(CompiledSimulation(scenario, 1, 0), scenario, 3)
    assert len(contacts) > 20_000


# --- one thing after another ----------------------------------------------------------------------------------------

RULES: dict[str, Any] = {
    "chat": {
        "work": {"mean_min": 42, "cv": 0.75, "distribution": "lognormal"},
        "patience": {"mean_min": 7},
        "redial": {"probability": 0.3, "mean_min": 20},
        "open": "16:15-22:45",
        "when_closed": {"phone_instead": 0.2, "come_back": 0.2},
    },
    "phone": {"work": {"mean_min": 12, "cv": 0.5, "distribution": "gamma"}, "patience": {"mean_min": 4}},
}
ROSTER = {"centre": {"all": {"hours": "always", "counsellors": 3, "answers": ["phone", "chat"], "chats_at_once": 2}}}
SITES = {"centre": {"centre": True, "lines": 0}, "north": {"share": 0.3, "background": {"busy_share": 0.3}}}


def service(demand: Mapping[str, Any], days: int = 3, first_day: str = "2024-01-15", **parts: Any) -> Scenario:
    return scenario_of(
        days, first_day, **{"channels": RULES, "roster": ROSTER, "sites": SITES, "demand": demand, **parts}
    )


def test_years_do_not_touch_each_other() -> None:
    """Quiet and busy ones in any order, on the same buffers."""
    scenario = service({"chat": {"per_hour": 6}, "phone": {"per_hour": 4}, "busyness": {"day_shape": 1}})
    simulation = CompiledSimulation(scenario, 5, 1)
    sizes = [len(assert_same_year(simulation, scenario, replication)) for replication in (4, 0, 9, 4, 1, 4)]
    assert sizes[0] == sizes[3] == sizes[5] and len(set(sizes)) == 4


def test_parts_of_a_year_are_the_whole() -> None:
    scenario = service({"chat": {"per_hour": 6}, "phone": {"per_hour": 4}})
    whole, parts = (CompiledSimulation(scenario, 5, 1) for _ in range(2))
    whole.run(3)
    for part in (DRAW, SERVE, COUNT):
        parts.run(3, part)
    assert whole.ledger().differs_from(parts.ledger()) is None
    assert whole.tally().differs_from(parts.tally()) is None


def test_other_profiles_and_origins_than_the_scenarios() -> None:
    rates = np.zeros((12, 7, 24))
    rates[0, :, 20:] = 30.0
    scenario, given_ = load("2024-actual"), {"chat": Profile(rates)}
    scenario = change(scenario, {"period": {"last_day": "2024-01-14"}})
    origins = {"oslo": 0.6, "romerike": 0.2}
    contacts = assert_same_year(CompiledSimulation(scenario, 3, 0, given_, origins), scenario, 2)
    assert set(contacts.arrival_ms[contacts.channel == CHAT] // 3_600_000 % 24) == {20, 21, 22, 23}
    oslo = contacts.sites.index("oslo")
    assert (contacts.origin == oslo).mean() == pytest.approx(0.6, abs=0.05)
    assert np.array_equal(contacts.origin, draw(scenario, 3, 2, profiles=given_, origins=origins).origin)


@pytest.mark.parametrize("factor", [1.0001, 1.7, 6.0])
def test_more_demand_adds_persons_and_keeps_the_rest(factor: float) -> None:
    """In machine code too: everybody who was there is still there, at the same time and with every number."""
    demand = {"chat": {"per_hour": 6}, "phone": {"per_hour": 4}, "busyness": {"day_shape": 20, "hour_shape": 9}}
    few, many = (CompiledSimulation(service({**demand, "trend": trend}), 2, 0) for trend in (1.0, factor))
    for simulation in (few, many):
        simulation.run(7)
    before, after = persons_of(few), persons_of(many)
    kept = np.isin(after["identity"], before["identity"])
    assert kept.sum() == len(before["identity"]) > 500
    assert len(after["identity"]) > kept.sum() or factor < 1.001
    for name, numbers in before.items():
        assert np.array_equal(after[name][kept], numbers), name


def test_two_threads_give_the_years_of_one() -> None:
    """Two simulations, prepared and run at the same time: whoever works beside one changes none of its years."""
    scenario = change(load("2024-actual"), {"period": {"last_day": "2024-02-15"}})
    alone = CompiledSimulation(scenario, 1, 0)
    tallies = [alone.year(replication).tally(alone._hours) for replication in range(12)]

    def work(first: int) -> list[int]:
        simulation = CompiledSimulation(scenario, 1, 0)
        years = range(first, 12, 2)
        return [year for year in years if simulation.year(year).tally(alone._hours).differs_from(tallies[year])]

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(work, (0, 1))) == [[], []]


# --- limits ---------------------------------------------------------------------------------------------------------

BALKS_FOR_EVER = {**RULES["chat"], "balking": 1.0, "redial": {"probability": 1.0, "mean_min": 1}}
TOO_SMALL = {
    "persons": service({"chat": {"per_hour": 60}, "busyness": {"day_shape": 0.2}}, days=1),
    "attempts": service(
        {"chat": {"per_hour": 40}, "max_attempts": 60}, days=1, channels={"chat": BALKS_FOR_EVER}, roster={}
    ),
    "spells": service(
        {"phone": {"per_hour": 5}}, sites={**SITES, "south": {"background": {"busy_share": 0.5, "mean_min": 0.2}}}
    ),
}


@pytest.mark.parametrize("what", TOO_SMALL)
def test_buffers_that_are_too_small_grow(what: str) -> None:
    """More persons than expected, more attempts than persons, more spells than either."""
    simulation = CompiledSimulation(TOO_SMALL[what], 4, 0)
    if what == "spells":  # they are expected by their number, which a year seldom exceeds: begin with less
        simulation._make_room(simulation._expected.persons, 1)
    grown = "spells" if what == "spells" else "persons"
    room = getattr(simulation._expected, grown)
    for replication in range(8):
        assert_same_year(simulation, TOO_SMALL[what], replication)
    assert getattr(simulation._expected, grown) > room, "no year was too large"


def test_a_year_is_not_read_after_the_next_one() -> None:
    scenario = service({"chat": {"per_hour": 6}})
    simulation = CompiledSimulation(scenario, 4, 0)
    first = simulation.year(0)
    simulation.year(1)
    with pytest.raises(RuntimeError, match="overwritten"):
        _ = first.ledger


def test_a_simulation_that_nobody_holds_gives_its_buffers_back_at_once() -> None:
    """Many worlds make many simulations of tens of megabytes: none may wait for the garbage collector."""
    simulation = CompiledSimulation(service({"chat": {"per_hour": 6}}), 4, 0)
    year = simulation.year(0)
    _ = year.ledger
    gone = weakref.ref(simulation)
    gc.disable()
    try:
        del simulation, year
        assert gone() is None
    finally:
        gc.enable()


def told_when_refused(make: Callable[[], object]) -> str | None:
    """What a planner reads, or None where there is nothing to refuse."""
    try:
        make()
    except DemandError as error:
        return str(error)
    return None


@pytest.mark.parametrize(
    "demand",
    [
        {"chat": {"per_hour": 1e9}},
        {"chat": {"per_hour": [0.0] * 23 + [1e6]}},
        {"chat": {"per_hour": 1e300, "factor": 1e300}},
        {"chat": {"per_hour": 10_000}, "max_attempts": 200},
        {"chat": {"per_hour": 90_000}, "phone": {"per_hour": 90_000}},
    ],
    ids=["all told", "in an hour", "beyond numbers", "with all their attempts", "on two channels"],
)
def test_more_persons_than_there_is_room_for_are_refused_in_the_same_words(demand: dict[str, Any]) -> None:
    scenario = service(demand)
    told = told_when_refused(lambda: draw(scenario))
    assert told is not None and "more persons than there is room for" in told
    assert told_when_refused(lambda: CompiledSimulation(scenario, 1, 0).year(0)) == told


@pytest.mark.parametrize("correlation", [0.0, 1.0])
def test_busy_years_are_refused_by_both_or_by_neither(correlation: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two channels of a busy day together may be too many where neither is alone; a refused year spoils no other."""
    monkeypatch.setattr(import_module("simulator.demand.draw"), "MOST_CONTACTS", 700)
    busyness = {"day_shape": 4, "correlation": correlation}
    scenario = service({"chat": {"per_hour": 14}, "phone": {"per_hour": 12}, "busyness": busyness}, days=1)
    simulation = CompiledSimulation(scenario, 1, 0)
    refused = []
    for replication in range(40):
        expected = told_when_refused(partial(draw, scenario, 1, replication))
        assert told_when_refused(partial(simulation.year, replication)) == expected
        refused.append(expected is not None)
        if expected is None:
            assert_same_year(simulation, scenario, replication)
    assert 5 < sum(refused) < 35
