"""What is counted of a year, against a slow count in plain Python written from the definitions, for both engines.

Nothing here is statistical: counts are whole numbers and must be equal.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.demand.contacts import Contacts
from simulator.scenario import change, load
from simulator.scenario.calendar import HOUR_MS, Calendar
from simulator.scenario.model import CHANNELS, LIVE
from simulator.service import compiled, make_plan, reference
from simulator.service.compiled.arrays import most_steps, nothing, people_of, rules_of, state_of
from simulator.service.compiled.layouts import COUNT, DEMAND, DONE, PERSONS, SERVE
from simulator.service.compiled.simulation import CompiledSimulation, counts_of
from simulator.service.compiled.year import year
from simulator.service.engines import ENGINES, simulation
from simulator.service.ledger import FATES, NEXT, Ledger
from simulator.service.measures import TOPS, Counts, Yardstick, Year, wait_percentile_min
from simulator.service.plan import Plan
from simulator.service.tally import COLUMNS, KINDS, WEEK_HOURS, HourTable, Tally, count, outcomes
from tests.service.tracing import contacts_of, rules, service, shift, with_sites
from tests.strategies import MILLISECONDS, MINUTES, World, worlds

HOURS = HourTable(week_hour=np.array([167, 0]), month=np.array([11, 0]), day=np.array([0, 1]))
"""The two hours around a midnight; random worlds go on after them, which counts as the second."""
WARM_UPS = (0, 20, 60)
AGAIN = {"redial": "redialled", "phone": "phoned_instead", "return": "came_back"}

# --- the slow count -----------------------------------------------------------------------------------------------


class SlowCount:
    """Counts of a year, attempt by attempt and person by person."""

    def __init__(self, contacts: Contacts, plan: Plan, ledger: Ledger, hours: HourTable) -> None:
        self.plan, self.ledger, self.hours = plan, ledger, hours
        self.table: Counter[tuple[str, int, int]] = Counter()
        self.by_day: Counter[tuple[int, int]] = Counter()
        self.waits: dict[int, list[int]] = defaultdict(list)
        self.calls, self.call_waits = [0] * len(plan.sites), [0] * len(plan.sites)
        counts = [int(at) >= plan.measure_from_ms for at in contacts.arrival_ms]
        for row in range(len(ledger)):
            if counts[ledger.person[row]]:
                self.attempt(row)
        for person, what in enumerate(slow_outcomes(contacts, ledger)):
            if counts[person]:
                for kind in ("persons", what) if what != "unanswered" else ("persons",):
                    self.add(kind, int(contacts.channel[person]), int(contacts.arrival_ms[person]))

    def hour(self, at_ms: int) -> int:
        return min(at_ms // HOUR_MS, len(self.hours.week_hour) - 1)

    def add(self, kind: str, channel: int, at_ms: int, value: int = 1) -> None:
        self.table[kind, channel, int(self.hours.week_hour[self.hour(at_ms)])] += value
        self.table[kind, channel, WEEK_HOURS + int(self.hours.month[self.hour(at_ms)])] += value

    def attempt(self, row: int) -> None:
        channel, at_ms = int(self.ledger.channel[row]), int(self.ledger.at_ms[row])
        fate, then = FATES[self.ledger.fate[row]], NEXT[self.ledger.next[row]]
        self.add(fate, channel, at_ms)
        if then in AGAIN:
            self.add(AGAIN[then], channel, at_ms)
        if fate == "answered":
            self.answer(row, channel, at_ms, int(self.ledger.wait_ms[row]))

    def answer(self, row: int, channel: int, at_ms: int, wait_ms: int) -> None:
        if wait_ms <= self.plan.channels[channel].target_ms:
            self.add("answered_within_target", channel, at_ms)
        if CHANNELS[channel] not in LIVE:
            self.add("response_time_ms", channel, at_ms, int(self.ledger.end_ms[row]) - at_ms)
            return
        self.add("wait_of_answered_ms", channel, at_ms, wait_ms)
        self.by_day[channel, int(self.hours.day[self.hour(at_ms)])] += 1
        self.waits[channel] += [wait_ms] if wait_ms > 0 else []
        if CHANNELS[channel] == "phone":
            self.calls[self.ledger.site[row]] += 1
            self.call_waits[self.ledger.site[row]] += wait_ms


def slow_count(contacts: Contacts, plan: Plan, ledger: Ledger, hours: HourTable) -> dict[str, Any]:
    """All fields of a tally."""
    slow = SlowCount(contacts, plan, ledger, hours)
    rostered = [place for place, each in enumerate(plan.counsellors) if each.rostered]
    return {
        "table": [[[slow.table[kind, c, i] for i in range(COLUMNS)] for c in range(len(CHANNELS))] for kind in KINDS],
        "answered_by_day": [[slow.by_day[c, day] for day in range(int(hours.day[-1]) + 1)] for c in range(len(LIVE))],
        "positive_waits_ms": [sorted(slow.waits[c]) for c in range(len(LIVE))],
        "calls": slow.calls,
        "call_waits_ms": slow.call_waits,
        **{name: sum(int(getattr(ledger, name)[c]) for c in rostered) for name in TIMES},
    }


TIMES = ("busy_ms", "overtime_ms", "staffed_ms")


def slow_outcomes(contacts: Contacts, ledger: Ledger) -> list[str]:
    """What has become of each person: by all her attempts, the last one last."""
    what = ["still_out"] * len(contacts)
    for row in range(len(ledger)):
        person = ledger.person[row]
        if FATES[ledger.fate[row]] == "answered":
            what[person] = "persons_reached"
        elif what[person] != "persons_reached":
            waits_or_comes = FATES[ledger.fate[row]] == "unfinished" or NEXT[ledger.next[row]] in AGAIN
            what[person] = "still_out" if waits_or_comes else "unanswered"
    return what


def plain(tally: Tally) -> dict[str, Any]:
    """A tally as lists and numbers."""
    return {
        field.name: [each.tolist() for each in value]
        if isinstance(value := getattr(tally, field.name), tuple)
        else value.tolist()
        if isinstance(value, np.ndarray)
        else value
        for field in fields(Tally)
    }


def compiled_tally(world: World, hours: HourTable) -> Tally:
    """A world served and counted in machine code."""
    contacts, plan = world.contacts, world.plan
    rows = 6 * len(contacts) + 64
    rules_, people = rules_of(plan), people_of(contacts, plan)
    state, counts = state_of(rules_, len(contacts), rows), counts_of(plan, hours, len(contacts), rows)
    state.registers[PERSONS] = len(contacts)
    steps = most_steps(rows, contacts.max_attempts, rules_.events)
    demand, serve_and_count = nothing(DEMAND), cast(Callable[..., int], year)
    words = demand.words, rules_.words, people.words, state.words, counts.words
    assert serve_and_count(*words, SERVE + COUNT, steps) == DONE
    rostered = np.array([each.rostered for each in plan.counsellors], bool)
    staffed_ms = int(reference.serve(contacts, plan).staffed_ms[rostered].sum())
    parts = SimpleNamespace(_counts=counts, _state=state, plan=plan, _rostered=rostered, _staffed_ms=staffed_ms)
    return CompiledSimulation.tally(cast(CompiledSimulation, parts))


# --- random worlds ------------------------------------------------------------------------------------------------


def assert_counted(world: World, hours: HourTable) -> None:
    contacts, plan = world.contacts, world.plan
    ledger = reference.serve(contacts, plan)
    expected = slow_count(contacts, plan, ledger, hours)
    assert plain(count(contacts, plan, ledger, hours)) == expected
    assert plain(count(contacts, plan, compiled.serve(contacts, plan), hours)) == expected
    assert plain(compiled_tally(world, hours)) == expected
    reached, out = outcomes(contacts, ledger)
    what = np.array(slow_outcomes(contacts, ledger), dtype=str)
    assert np.array_equal(reached, what == "persons_reached") and np.array_equal(out, what == "still_out")


@settings(max_examples=200)
@given(worlds(grid=MILLISECONDS, warm_ups=WARM_UPS))
def test_random_worlds_are_counted_as_a_slow_count_does(world: World) -> None:
    assert_counted(world, HOURS)


@settings(max_examples=100)
@given(worlds(grid=MINUTES, warm_ups=WARM_UPS), st.integers(0, WEEK_HOURS - 1), st.integers(0, 11))
def test_what_comes_after_the_known_hours_counts_as_the_last(world: World, week_hour: int, month: int) -> None:
    """One hour is known, of the three or more that each of these worlds takes."""
    assert_counted(world, HourTable(np.array([week_hour]), np.array([month]), np.array([0])))


# --- hours --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last"), [(date(2024, 3, 29), date(2024, 4, 2)), (date(2024, 10, 26), date(2024, 10, 28))]
)
def test_hours_of_a_calendar_are_civil_hours(first: date, last: date) -> None:
    """Nights on which the clock moves, and a month's end."""
    calendar = Calendar(first, last, "Europe/Oslo")
    hours = HourTable.of(calendar)
    start = datetime.fromtimestamp(calendar.epoch_ms / 1000, ZoneInfo("Europe/Oslo"))
    assert len(hours.week_hour) == len(hours.month) == len(hours.day) == calendar.known_hours > 24 * 10
    for place in range(calendar.known_hours):
        local = (start.astimezone(UTC) + timedelta(hours=place)).astimezone(start.tzinfo)
        found = int(hours.week_hour[place]), int(hours.month[place]), int(hours.day[place])
        assert found == (local.weekday() * 24 + local.hour, local.month - 1, (local.date() - first).days)


def test_instants_have_the_place_of_their_hour() -> None:
    at_ms = np.array([0, HOUR_MS - 1, HOUR_MS, 2 * HOUR_MS - 1, 2 * HOUR_MS, 1 << 50])
    assert HOURS.place(at_ms).tolist() == [0, 0, 1, 1, 1, 1]


# --- by hand ------------------------------------------------------------------------------------------------------


def small_year() -> Year:
    """Three calls and a chat in a day: answered at once, answered after a wait, given up, and a chat that waits."""
    scenario = service(
        {"phone": rules(answer_target_s=60), "chat": rules(answer_target_s=600)},
        shift(0, 1440, "phone"),
        shift(600, 1440, "chat"),
        sites=with_sites(north={"lines": 0}),
    )
    rows: list[dict[str, Any]] = [
        {"at": 10, "work": 20},
        {"at": 25, "work": 5},
        {"at": 26, "work": 5, "patience": 1},
        {"at": 590, "work": 30, "channel": "chat"},
    ]
    plan, contacts = make_plan(scenario), contacts_of(scenario, rows)
    return Year(contacts, plan, reference.serve(contacts, plan))


def cell(tally: Tally, kind: str, channel: str, column: int) -> int:
    return int(tally.table[KINDS.index(kind), CHANNELS.index(channel), column])


def test_a_day_counted_by_hand() -> None:
    """Monday 15 January 2024: calls in the first hour, a chat at 09:50."""
    year = small_year()
    tally = year.tally(HourTable.of(Calendar(date(2024, 1, 15), date(2024, 1, 15), "UTC")))
    january = WEEK_HOURS
    assert [cell(tally, kind, "phone", 0) for kind in ("answered", "abandoned", "persons")] == [2, 1, 3]
    assert [cell(tally, kind, "phone", january) for kind in ("answered", "abandoned", "persons_reached")] == [2, 1, 2]
    assert cell(tally, "answered_within_target", "phone", 0) == 1, "5 minutes are more than the target, 0 are not"
    assert cell(tally, "wait_of_answered_ms", "phone", 0) == 5 * 60_000
    assert cell(tally, "answered_within_target", "chat", 9) == 1, "10 minutes are the target"
    assert cell(tally, "wait_of_answered_ms", "chat", 9) == 10 * 60_000
    assert [each.tolist() for each in tally.positive_waits_ms] == [[300_000], [600_000]]
    assert tally.answered_by_day[:, 0].tolist() == [2, 1] and tally.answered_by_day.sum() == 3
    assert tally.calls.tolist() == [2, 0] and tally.call_waits_ms.tolist() == [300_000, 0]
    assert tally.table.sum() == 2 * (4 + 3 + 2 + 900_000 + 4)  # attempts, reached ..., each by hour and by month


def test_sums_of_long_waits_are_exact() -> None:
    """Odd numbers of milliseconds whose sum has 53 bits: not one is lost."""
    year = small_year()
    longest = (1 << 51) + 1
    ledger = replace(year.ledger, wait_ms=np.full(len(year.ledger), longest))
    tally = count(year.contacts, year.plan, ledger, HOURS)
    assert tally.table[KINDS.index("wait_of_answered_ms"), CHANNELS.index("phone"), WEEK_HOURS + 11] == 2 * longest
    assert tally.call_waits_ms.tolist() == [2 * longest, 0]


def test_persons_of_the_warm_up_count_for_nothing_however_late_they_try() -> None:
    """The first person comes on the first day, which is not counted, and is answered on the second, which is."""
    back = {"come_back": 1.0}
    scenario = service(
        {"phone": rules(open="12:00-24:00", when_closed=back)},
        shift(0, 1440, "phone"),
        period={"first_day": "2024-01-15", "last_day": "2024-01-16", "warm_up_days": 1},
    )
    rows: list[dict[str, Any]] = [
        {"at": 60, "work": 5, "closed_u": [0.0, 0.9], "return_delay": 1600},
        {"at": 1440 + 800, "work": 5},
    ]
    plan, contacts = make_plan(scenario), contacts_of(scenario, rows, attempts=2)
    ledger = reference.serve(contacts, plan)
    assert ledger.person.tolist() == [0, 1, 0] and ledger.at_ms[2] > plan.measure_from_ms
    tally = count(contacts, plan, ledger, HourTable.of(Calendar.of(scenario)))
    assert tally.answered_by_day.sum() == 1 and tally.calls.tolist() == [1]
    assert tally.table[:, :, WEEK_HOURS:].sum(axis=(1, 2))[KINDS.index("persons")] == 1
    assert plain(tally) == slow_count(contacts, plan, ledger, HourTable.of(Calendar.of(scenario)))


def test_a_tally_tells_where_another_differs() -> None:
    tally = small_year().tally(HOURS)
    assert tally.differs_from(tally) is None
    for field in fields(Tally):
        value = getattr(tally, field.name)
        other: Any = (value[0] + 1, value[1]) if isinstance(value, tuple) else value + 1
        assert tally.differs_from(replace(tally, **{field.name: other})) == field.name
    shorter = replace(tally, positive_waits_ms=(tally.positive_waits_ms[0][:0], tally.positive_waits_ms[1]))
    assert tally.differs_from(shorter) == "positive_waits_ms"


# --- whole years --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("changes", [{"last_day": "2024-03-31"}, {"last_day": "2024-02-01", "warm_up_days": 9}])
def test_both_engines_give_the_same_figures(changes: dict[str, Any]) -> None:
    """All that the yardstick reads, to the last bit: a quarter of a year, and some weeks after a warm-up."""
    scenario = change(load("2024-actual"), {"period": changes})
    yardstick = Yardstick(scenario, make_plan(scenario))
    expected, found = (yardstick.observe(simulation(scenario, engine, seed=3).year(5)) for engine in ENGINES)
    assert len(yardstick.keys) > 1000
    for mine, theirs in zip(expected, found, strict=True):
        assert np.array_equal(mine, theirs, equal_nan=True)


def test_all_that_figures_are_made_of_is_a_sum_of_what_is_counted() -> None:
    """Figures are read off a tally by one product with fixed weights: nothing but sums would be seen in them."""
    table = np.random.default_rng(1).integers(0, 1 << 30, (len(KINDS), 50))
    for name, make in TOPS.items():
        weights = make(Counts(np.eye(len(KINDS))))
        assert make(Counts(table)) == pytest.approx(weights @ table, rel=1e-12), name
        assert make(Counts(np.zeros_like(table))).tolist() == [0] * 50, name


# --- percentiles --------------------------------------------------------------------------------------------------


@settings(max_examples=300)
@given(
    st.lists(st.integers(1, 1 << 45), max_size=40),
    st.integers(0, 60),
    st.one_of(st.sampled_from((0.0, 50.0, 90.0, 100.0)), st.floats(0, 100)),
)
def test_percentiles_of_waits_are_those_of_numpy(waits: list[int], zeros: int, percent: float) -> None:
    """Of all the answered, those who did not wait included, though they are not in the list."""
    positive = np.sort(np.array(waits, np.int64))
    found = wait_percentile_min(positive, len(waits) + zeros, percent)
    if not waits and not zeros:
        assert np.isnan(found)
        return
    whole = np.concatenate([np.zeros(zeros), positive])
    assert found == pytest.approx(np.percentile(whole, percent) / 60_000, rel=1e-12, abs=1e-9)
    assert 0 <= found <= whole.max() / 60_000


def test_percentiles_by_hand() -> None:
    waits = np.array([60_000, 180_000])
    assert [wait_percentile_min(waits, 5, percent) for percent in (0, 50, 75, 87.5, 100)] == [0, 0, 1, 2, 3]
    assert wait_percentile_min(waits, 2, 50) == 2
    assert np.isnan(wait_percentile_min(waits[:0], 0, 50)) and wait_percentile_min(waits[:0], 3, 90) == 0
