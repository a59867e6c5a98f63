"""A roster runs back through the simulator: the same people on duty, and no fewer young people reached."""

import numpy as np
import pytest

import simulator
from simulator.scenario import ScenarioError, change, load
from simulator.scenario.calendar import Calendar
from simulator.scenario.model import CHANNELS
from simulator.service.planning import make_plan
from simulator.study.rostering.back import as_needed, as_yaml, codes_of, replaced
from simulator.study.rostering.shifts import Shift
from simulator.study.staffing.requirement import WEEK_MIN, Requirement
from tests.study.rostering.checker import level_by_minute

MINUTE_MS = 60_000


@pytest.fixture(scope="module")
def actual():
    return load("2024-actual")


@pytest.fixture(scope="module")
def rostered(actual):
    return simulator.roster(actual, replications=4, reasons=False)


def on_duty_by_minute(scenario, day, channel="chat"):
    """People on the plan's roster for a channel in each minute of a week from a Monday, counted from instants."""
    plan, calendar = make_plan(scenario), Calendar.of(scenario)
    start = calendar.instant_ms(day, 0)
    count = np.zeros(WEEK_MIN, int)
    for person in plan.counsellors:
        if person.rostered and CHANNELS.index(channel) in person.answers:
            for begin, end in person.shifts_ms.tolist():
                first, last = ((edge - start) // MINUTE_MS for edge in (begin, end))
                count[max(first, 0) : max(min(last, WEEK_MIN), 0)] += 1
    return count


def test_people_on_duty_cover_the_need_in_every_minute_and_are_those_of_the_roster(actual, rostered):
    from datetime import date

    monday = date(2024, 9, 2)
    need = np.array(level_by_minute(rostered.need.as_json()))
    there = on_duty_by_minute(rostered.rostered, monday)
    assert (there >= need).all()
    assert there.sum() / 60 == rostered.as_json()["hours_a_week"]
    assert (on_duty_by_minute(as_needed(actual, rostered.need, "needed"), monday) == need).all()


def test_no_fewer_are_reached_than_with_just_the_need(rostered):
    """The same contacts in both: the interval of the difference, 95 %, does not lie below 0 (false alarm 2.5 %)."""
    told = {(each.key.measure, each.key.channel): each for each in rostered.back}
    reached = told["persons_reached", "all"]
    assert reached.change.high >= 0
    assert reached.rostered >= reached.needed - reached.change.noise
    assert told["staffed_hours", "all"].change.mean > 0


def test_the_cost_of_the_year_is_what_the_roster_adds(actual, rostered):
    without = change(actual, replaced(actual, "chat", {}))
    costs = []
    for scenario in (rostered.rostered, without):
        sheet = simulator.cost_sheet(make_plan(scenario), Calendar.of(scenario), scenario.pay)
        costs.append((sheet.whole.nok, sheet.whole.hours))
    assert rostered.year.cost_nok == pytest.approx(costs[0][0] - costs[1][0], abs=0.05)
    assert rostered.year.hours == pytest.approx(costs[0][1] - costs[1][1])
    assert rostered.year.posts == pytest.approx(rostered.year.hours / actual.pay.hours_per_year * 365.25 / 366)


def test_the_file_is_the_roster(tmp_path, rostered):
    path = tmp_path / "with-roster.yaml"
    path.write_text(as_yaml("2024-actual.yaml", "En «tittel»: med tegn", "why", rostered.changes), encoding="utf-8")
    again = load(path)
    assert again.roster == rostered.rostered.roster
    assert again.title == "En «tittel»: med tegn"
    assert (
        simulator.simulate(again, seed=3).ledger.at_ms.shape
        == simulator.simulate(rostered.rostered, seed=3).ledger.at_ms.shape
    )


def test_the_roster_answers_what_those_did_whose_place_it_takes(actual):
    need = Requirement.of_windows("phone", [((8 * 60, 14 * 60), 1)])
    found = simulator.roster(actual, need, reasons=False)
    (entry,) = found.entries.values()
    assert entry["answers"] == ["phone", "sms", "email", "ung"]
    assert set(found.rostered.roster["kristiansand"]) == {"chat", "chat evening", "phone D1"}
    mixed = change(actual, {"roster": {"kristiansand": {"phone": {"answers": ["phone", "chat", "sms"]}}}})
    assert replaced(mixed, "chat", {})["roster"]["kristiansand"] == dict.fromkeys(("phone", "chat", "chat evening"))


def test_the_chats_at_once_and_where_they_come_from_are_kept(rostered):
    for entry in rostered.entries.values():
        assert entry["chats_at_once"]["value"] == 2
        assert entry["chats_at_once"]["source"] == "evidence: default-chats-at-once"
        assert entry["counsellors"]["status"] == "assumed"


def test_codes_tell_day_from_evening_and_night():
    day, evening, night, longer = Shift(480, 420), Shift(16 * 60, 360), Shift(22 * 60, 480), Shift(480, 480)
    codes = codes_of([night, evening, day, longer, Shift(480 + 1440, 420)])
    assert [codes[each] for each in (day, longer, evening, night)] == ["D1", "D2", "A1", "N1"]
    assert codes[Shift(480 + 1440, 420)] == "D1"


def test_a_night_that_runs_into_monday_is_on_duty_there(actual):
    from datetime import date

    need = Requirement.of_windows("chat", [((6 * 1440 + 22 * 60, WEEK_MIN + 6 * 60), 1)])
    found = simulator.roster(actual, need, reasons=False)
    there = on_duty_by_minute(found.rostered, date(2024, 9, 2))
    assert (there >= np.array(level_by_minute(need.as_json()))).all()
    assert there[:360].all()


def test_a_roster_of_a_channel_that_is_not_there_cannot_be_run(actual):
    with pytest.raises(ScenarioError):
        change(actual, replaced(actual, "chat", {"x": {"hours": "8-9"}}))
