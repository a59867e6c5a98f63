"""Every figure of the yardstick against a recount in plain Python: one loop over attempts and persons per figure."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from simulator.scenario.model import CHANNELS, LIVE, Scenario
from simulator.scenario.schedule import WEEKDAYS
from simulator.service import Yardstick, Year, make_plan, serve
from simulator.service.keys import ALL, Key
from simulator.service.ledger import FATES, NEXT
from simulator.service.tally import outcomes
from tests.service.tracing import contacts_of, rules, service, shift, trace, with_sites

ZONE = ZoneInfo("Europe/Oslo")
DAYS, WARM_UP = 6, 1
"""29 March to 3 April 2024: a month's end, Easter, and the night the clock moves."""


def busy_week() -> Scenario:
    """A few days with all kinds of fates: two channels that close, a site, written questions, redials and returns."""
    again = {"probability": 0.6, "mean_min": 1}
    closed = {"phone_instead": 0.3, "come_back": 0.4}
    return service(
        {
            "phone": rules(
                open="06:00-03:00", balking=0.1, max_waiting=1, redial=again, when_closed=closed, answer_target_s=60
            ),
            "chat": rules(
                open={"daily": "16:15-22:45", "sat": "16:15-02:30"},
                speed_by_level=[1.0, 0.8],
                balking=0.1,
                redial=again,
                when_closed=closed,
                answer_target_s=180,
            ),
            "sms": rules(open="10:00-20:00"),
            "ung": rules(),
        },
        {"hours": "06:00-02:00", "counsellors": 1, "answers": ["phone", "sms"]},
        {"hours": "16:15-22:45", "counsellors": 2, "answers": ["chat"], "chats_at_once": 2},
        sites=with_sites(north={"open": "15:30-08:00"}),
        timezone="Europe/Oslo",
        period={"first_day": "2024-03-29", "last_day": "2024-04-03", "warm_up_days": WARM_UP},
    )


def crowd(seed: int = 20240329) -> list[dict[str, Any]]:
    random = np.random.default_rng(seed)
    n = 900
    channels = random.choice(["phone", "chat", "sms"], n, p=[0.4, 0.5, 0.1])
    return [
        {
            "at": round(float(at), 3),
            "channel": str(channel),
            "origin": "north" if random.random() < 0.3 else "centre",
            "work": round(float(random.exponential(25)) + 0.01, 3),
            "phone_work": round(float(random.exponential(12)) + 0.01, 3),
            "wrap_up": round(float(random.exponential(3)), 3),
            "patience": [round(float(each), 3) for each in random.exponential(6, 3)],
            "redial_delay": [round(float(each), 3) for each in random.exponential(20, 3)],
            "return_delay": [round(float(each), 3) for each in random.exponential(200, 3)],
            "balk_u": random.random(3).tolist(),
            "closed_u": random.random(3).tolist(),
            "redial_u": random.random(3).tolist(),
        }
        for at, channel in zip(np.sort(random.random(n)) * (DAYS * 1440 - 60), channels, strict=True)
    ]


Cell = tuple[str, str, str, str]
"""Channel, hour, weekday, month; ``all`` where a figure is not split."""


def cells(channel: str, local: datetime) -> Iterator[Cell]:
    """Every cell of every cut that something on a channel at a local time falls into."""
    channels = (channel, ALL) if channel in LIVE else (channel,)
    hours, weekdays = (f"{local.hour:02d}", ALL), (WEEKDAYS[local.weekday()], ALL)
    yield from product(channels, hours, weekdays, (f"{local.month:02d}", ALL))


def cell_of(key: Key) -> Cell:
    return key.channel, key.hour, key.weekday, key.month


@dataclass(frozen=True)
class Attempt:
    """One row of the ledger, in words and local time."""

    person: int
    channel: str
    local: datetime
    fate: str
    then: str
    site: int
    wait_min: float
    response_h: float


@dataclass(frozen=True)
class Recount:
    """The same year in plain Python."""

    attempts: list[Attempt]
    attempts_in: dict[Cell, list[Attempt]]
    persons_in: dict[Cell, list[int]]
    reached: set[int]
    out: set[int]


@cache
def measured() -> tuple[Yardstick, dict[Key, tuple[float, float]], Year, Recount]:
    scenario = busy_week()
    plan = make_plan(scenario)
    contacts = contacts_of(scenario, crowd(), attempts=3)
    year = Year(contacts, plan, serve(contacts, plan))
    yardstick = Yardstick(scenario, plan)
    tops, bottoms = yardstick.observe(year)
    figures = {key: (top, bottom) for key, top, bottom in zip(yardstick.keys, tops, bottoms, strict=True)}
    assert len(figures) == len(yardstick.keys), "no key twice"
    return yardstick, figures, year, recount(year)


def local_time(year: Year, at_ms: int) -> datetime:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=year.plan.epoch_ms + at_ms)).astimezone(ZONE)


def recount(year: Year) -> Recount:
    ledger, contacts = year.ledger, year.contacts
    counts_from = datetime(2024, 3, 29 + WARM_UP, tzinfo=ZONE)
    firsts = [local_time(year, int(at)) for at in contacts.arrival_ms]
    persons = [person for person, first in enumerate(firsts) if first >= counts_from]
    attempts = []
    last: dict[int, str] = {}
    reached = set()
    for row in range(len(ledger)):
        person = int(ledger.person[row])
        fate, then = FATES[ledger.fate[row]], NEXT[ledger.next[row]]
        last[person] = "waits" if fate == "unfinished" else then
        if fate == "answered":
            reached.add(person)
        if firsts[person] >= counts_from:
            response_h = (int(ledger.end_ms[row]) - int(ledger.at_ms[row])) / 3_600_000 if fate == "answered" else 0.0
            attempts.append(
                Attempt(
                    person, CHANNELS[ledger.channel[row]], local_time(year, int(ledger.at_ms[row])), fate, then,
                    int(ledger.site[row]), int(ledger.wait_ms[row]) / 60_000, response_h,
                )
            )  # fmt: skip
    out = {person for person, then in last.items() if then in ("waits", "redial", "phone", "return")} - reached
    attempts_in: dict[Cell, list[Attempt]] = defaultdict(list)
    persons_in: dict[Cell, list[int]] = defaultdict(list)
    for attempt in attempts:
        for cell in cells(attempt.channel, attempt.local):
            attempts_in[cell].append(attempt)
    for person in persons:
        for cell in cells(CHANNELS[contacts.channel[person]], firsts[person]):
            persons_in[cell].append(person)
    return Recount(attempts, dict(attempts_in), dict(persons_in), reached, out)


FOLLOWED = {"redialled": "redial", "phoned_instead": "phone", "came_back": "return"}
TARGET_MIN = {"phone": 1.0, "chat": 3.0}


def attempts_of(key: Key, counted: Recount) -> list[Attempt]:
    return counted.attempts_in.get(cell_of(key), [])


def persons_of(key: Key, counted: Recount) -> list[int]:
    return counted.persons_in.get(cell_of(key), [])


def expected(key: Key, counted: Recount) -> tuple[float, float] | None:
    """Top and bottom of a figure that is a table of counts, None for other figures."""
    attempts, persons = attempts_of(key, counted), persons_of(key, counted)
    answered = [each for each in attempts if each.fate == "answered"]
    met_open = [each for each in attempts if each.fate != "met_closed"]
    within = [each for each in answered if each.wait_min <= TARGET_MIN.get(each.channel, 0)]
    reached = sum(person in counted.reached for person in persons)
    out = sum(person in counted.out for person in persons)
    counts = {
        "persons": len(persons),
        "persons_reached": reached,
        "still_out": out,
        "unanswered": len(persons) - reached - out,
        "offered": len(attempts),
        "met_open": len(met_open),
        **{fate: sum(each.fate == fate for each in attempts) for fate in FATES},
        **{name: sum(each.then == then for each in attempts) for name, then in FOLLOWED.items()},
    }
    ratios = {
        "answered_share_of_open": (len(answered), len(met_open)),
        "answered_share_of_offered": (len(answered), len(attempts)),
        "answered_within_target_share": (len(within), len(met_open)),
        "persons_reached_share": (reached, len(persons)),
        "response_time_mean_h": (sum(each.response_h for each in answered), len(answered)),
        "wait_mean_min": (sum(each.wait_min for each in answered), len(answered)),
    }
    return (counts[key.measure], 1) if key.measure in counts else ratios.get(key.measure)


def test_the_week_holds_every_fate_and_everything_people_do_next() -> None:
    _, _, _, counted = measured()
    assert {each.fate for each in counted.attempts} == set(FATES)
    assert {each.then for each in counted.attempts} == set(NEXT)
    assert {each.site for each in counted.attempts if each.fate == "answered"} == {0, 1}
    assert counted.out


def test_every_count_and_ratio_is_the_recount() -> None:
    _, figures, _, counted = measured()
    checked = 0
    for key, (top, bottom) in figures.items():
        wanted = expected(key, counted) if key.site == ALL else None
        if wanted is not None:
            assert (top, bottom) == pytest.approx(wanted, rel=1e-9, abs=1e-9), key
            checked += 1
    special = {key.measure for key in figures if key.site == ALL and expected(key, counted) is None}
    assert special == {
        "wait_median_min", "wait_p90_min", "answered_peak_day", "staffed_hours", "overtime_hours", "occupancy",
    }  # fmt: skip
    assert checked > 1500


def test_percentiles_of_the_waits_of_the_answered() -> None:
    _, figures, _, counted = measured()
    for channel in (*LIVE, ALL):
        key = Key("answered", channel)
        waits = [each.wait_min for each in attempts_of(key, counted) if each.fate == "answered"]
        assert figures[Key("wait_median_min", channel)][0] == pytest.approx(float(np.median(waits)))
        assert figures[Key("wait_p90_min", channel)][0] == pytest.approx(float(np.quantile(waits, 0.9)))


def test_the_best_day() -> None:
    _, figures, _, counted = measured()
    for channel in (*LIVE, ALL):
        days = [each.local.date() for each in attempts_of(Key("x", channel), counted) if each.fate == "answered"]
        assert figures[Key("answered_peak_day", channel)] == (max(days.count(day) for day in days), 1)


def test_calls_by_the_site_that_answered_them() -> None:
    yardstick, figures, _, counted = measured()
    calls = [each for each in counted.attempts if each.channel == "phone" and each.fate == "answered"]
    for code, site in enumerate(yardstick.plan.sites):
        here = [each for each in calls if each.site == code]
        assert figures[Key("answered", "phone", site.name)] == (len(here), 1)
        assert figures[Key("site_share_of_answered", "phone", site.name)] == (len(here), len(calls))
        assert figures[Key("wait_mean_min", "phone", site.name)] == pytest.approx(
            (sum(each.wait_min for each in here), len(here))
        )


def test_duty_of_those_on_the_roster() -> None:
    """Without a warm-up: one of the roster's two shifts, a site's own person left out."""
    scenario = service(
        {"phone": rules(open="00:00-01:00")}, shift(0, 60, "phone"), shift(0, 120, "phone"), sites=with_sites(north={})
    )
    rows: list[dict[str, Any]] = [
        {"at": 50, "work": 20},
        {"at": 50, "work": 10},
        {"at": 50, "work": 30, "origin": "north"},
    ]
    plan, contacts = make_plan(scenario), contacts_of(scenario, rows)
    yardstick = Yardstick(scenario, plan)
    tops, bottoms = yardstick.observe(Year(contacts, plan, serve(contacts, plan)))
    figures = {key: (top, bottom) for key, top, bottom in zip(yardstick.keys, tops, bottoms, strict=True)}
    assert figures[Key("staffed_hours")] == (3, 1)
    assert figures[Key("overtime_hours")] == (10 / 60, 1)
    assert np.divide(*figures[Key("occupancy")]) == pytest.approx(20 / 180)


# --- laws between figures -------------------------------------------------------------------------------


def test_offered_is_met_open_and_met_closed() -> None:
    _, figures, _, _ = measured()
    for key in [key for key in figures if key.measure == "offered" and key.channel in (*LIVE, ALL)]:
        if (key.hour, key.weekday) == (ALL, ALL) or ALL in (key.hour, key.weekday):
            parts = [figures[Key(name, key.channel, key.site, key.hour, key.weekday, key.month)][0]
                     for name in ("met_open", "met_closed")]  # fmt: skip
            assert figures[key][0] == sum(parts)


def test_offered_is_the_sum_of_all_fates() -> None:
    _, figures, _, _ = measured()
    for channel in (*LIVE, ALL):
        assert figures[Key("offered", channel)][0] == sum(figures[Key(fate, channel)][0] for fate in FATES)


def test_persons_are_reached_unanswered_or_still_out() -> None:
    _, figures, _, _ = measured()
    for channel in (*LIVE, ALL):
        parts = [figures[Key(name, channel)][0] for name in ("persons_reached", "unanswered", "still_out")]
        assert figures[Key("persons", channel)][0] == sum(parts)


@pytest.mark.parametrize("axis", ["hour", "weekday", "month"])
def test_rows_of_a_cut_add_up_to_the_whole(axis: str) -> None:
    _, figures, _, _ = measured()
    whole = [key for key in figures if (key.hour, key.weekday, key.month, key.site) == (ALL,) * 4]
    added = 0
    for key in whole:
        rows = [
            each
            for each in figures
            if (each.measure, each.channel, each.site) == (key.measure, key.channel, ALL)
            and getattr(each, axis) != ALL
            and all(getattr(each, other) == ALL for other in {"hour", "weekday", "month"} - {axis})
        ]
        if rows:
            assert len(rows) == {"hour": 24, "weekday": 7, "month": 12}[axis]
            assert sum(figures[row][0] for row in rows) == pytest.approx(figures[key][0])
            added += 1
    assert added > 20


def test_the_heat_map_adds_up_to_hours_and_to_weekdays() -> None:
    _, figures, _, _ = measured()
    for name in ("offered", "met_closed", "answered", "persons", "unanswered"):
        for channel in (*LIVE, ALL):
            cells = {
                key: top
                for key, (top, _) in figures.items()
                if (key.measure, key.channel) == (name, channel) and ALL not in (key.hour, key.weekday)
            }
            assert len(cells) == 7 * 24
            for weekday in WEEKDAYS:
                row = sum(top for key, top in cells.items() if key.weekday == weekday)
                assert row == figures[Key(name, channel, weekday=weekday)][0]


def test_all_is_phone_and_chat_together_and_no_written_questions() -> None:
    _, figures, _, _ = measured()
    for name in ("persons", "offered", "answered", "abandoned"):
        assert figures[Key(name)][0] == sum(figures[Key(name, channel)][0] for channel in LIVE)
    assert figures[Key("offered", "sms")][0] > 0


def test_the_hour_that_spring_skips_is_empty_and_the_others_of_that_night_are_not() -> None:
    """One Sunday in the week, the one whose 02 does not exist."""
    _, figures, _, _ = measured()
    sunday = [figures[Key("offered", ALL, hour=f"{hour:02d}", weekday="sun")][0] for hour in (1, 2, 3)]
    assert sunday[1] == 0
    assert sunday[0] > 0 and sunday[2] > 0


def test_units_fit_the_length_of_the_period() -> None:
    yardstick, _, _, _ = measured()
    units = dict(zip(yardstick.keys, yardstick.units, strict=True))
    assert units[Key("offered")] == "contacts/period"
    assert units[Key("persons")] == "persons/period"
    assert units[Key("answered_share_of_open")] == "share"
    assert units[Key("wait_mean_min")] == "min"


def test_ratios_are_ratios_of_totals_never_means_of_ratios() -> None:
    """A quiet day with all answered, a busy one with a third: (1 + 2) / (1 + 6), not the mean of 1 and 1/3."""
    scenario = service({"phone": rules(max_waiting=0)}, shift(0, 1440, "phone", people=2), days=2)
    rows: list[dict[str, Any]] = [{"at": 10, "work": 50}] + [{"at": 1450, "work": 50}] * 6
    plan, contacts = make_plan(scenario), contacts_of(scenario, rows)
    yardstick = Yardstick(scenario, plan)
    tops, bottoms = yardstick.observe(Year(contacts, plan, serve(contacts, plan)))
    figures = {key: (top, bottom) for key, top, bottom in zip(yardstick.keys, tops, bottoms, strict=True)}
    assert figures[Key("answered_share_of_open", "phone")] == (3, 7)
    assert figures[Key("answered_share_of_open", "phone", hour="00")] == (3, 7)


def test_the_target_is_met_at_the_target_itself() -> None:
    scenario = service({"phone": rules(answer_target_s=60)}, shift(0, 1440, "phone"))
    rows: list[dict[str, Any]] = [
        {"at": 0, "work": 10},
        {"at": 9, "work": 1},
        {"at": 9.99, "work": 1},
    ]  # waits 0, 1 and 1.01 minutes
    plan, contacts = make_plan(scenario), contacts_of(scenario, rows)
    yardstick = Yardstick(scenario, plan)
    tops, bottoms = yardstick.observe(Year(contacts, plan, serve(contacts, plan)))
    figures = {key: (top, bottom) for key, top, bottom in zip(yardstick.keys, tops, bottoms, strict=True)}
    assert figures[Key("answered_within_target_share", "phone")] == (2, 3)


def test_a_year_without_contacts_has_counts_of_nought_and_no_ratios() -> None:
    scenario = busy_week()
    plan, contacts = make_plan(scenario), contacts_of(scenario, [])
    yardstick = Yardstick(scenario, plan)
    tops, bottoms = yardstick.observe(Year(contacts, plan, serve(contacts, plan)))
    for key, top, bottom in zip(yardstick.keys, tops, bottoms, strict=True):
        if key.measure in ("wait_median_min", "wait_p90_min"):
            assert np.isnan(top), key
        elif key.measure not in ("staffed_hours", "occupancy"):
            assert top == 0, key
            assert bottom in (0, 1), key


def test_who_would_first_try_after_the_end_is_still_out() -> None:
    """Contacts of two days under a plan of one: who is yet to try is not unanswered, whatever became of others."""
    two_days = service({"phone": rules()}, shift(0, 1440, "phone"), days=2)
    one_day = service({"phone": rules(max_waiting=0)}, shift(0, 30, "phone"))
    plan = make_plan(one_day)
    for first_day in ([{"at": 40, "work": 5}], []):
        contacts = contacts_of(two_days, [*first_day, {"at": 2000, "work": 5}])
        year = Year(contacts, plan, serve(contacts, plan))
        reached, out = outcomes(year.contacts, year.ledger)
        assert (~reached & ~out).tolist() == [True] * len(first_day) + [False]
        assert out.tolist() == [False] * len(first_day) + [True]


def test_the_ledger_tells_where_two_runs_differ() -> None:
    scenario = service({"phone": rules()}, shift(0, 1440, "phone"))
    one = trace(scenario, [{"at": 0, "work": 10}, {"at": 5, "work": 10}])
    other = trace(scenario, [{"at": 0, "work": 10}, {"at": 5, "work": 11}])
    assert one.differs_from(one) is None
    assert one.differs_from(other) == "end_ms[1]: 1200000 against 1260000"
    assert one.differs_from(trace(scenario, [{"at": 0, "work": 10}])) == "person: 2 rows against 1"
