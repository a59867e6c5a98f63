"""Finding a requirement by simulation: minimal, judged on other years, no dearer than a formula, always the same."""

import numpy as np
import pytest

from simulator import staff
from simulator.scenario import change, load
from simulator.service.theory.erlang import erlang_a
from simulator.study.staffing import Requirement
from simulator.study.staffing.answer import ITERATED, TODAY
from simulator.study.staffing.columns import METHODS, SIPP
from simulator.study.staffing.iterating import lift, people_for, prune
from simulator.study.staffing.slots import Slots
from simulator.study.staffing.staff import StaffingError
from simulator.study.staffing.staffed import own_shifts, shared_shifts, staffed
from simulator.study.staffing.targets import TargetError, parse_target
from simulator.study.staffing.trials import Outcome, Trials
from simulator.study.worlds import shipped_worlds
from simulator.words import LANGUAGES

TARGET = parse_target("answered_share_of_open>=90%", 120)


def hourly(scenario, years: int = 20) -> Trials:
    return Trials(scenario, Slots.of(scenario, "chat", 60, "every-day"), TARGET, years, seed=1, workers=1)


# --- the search ------------------------------------------------------------------------------------------------------


def test_the_fewest_that_are_seldom_all_taken():
    taken = np.array([[0.5, 0.3, 0.15, 0.05], [0.0, 0.0, 0.0, 1.0], [1.0, 0.0, 0.0, 0.0]])
    assert people_for(taken, 0.2, 1).tolist() == [2, 3, 1]
    assert people_for(taken, 0.19, 1).tolist() == [3, 3, 1]


def test_no_half_hour_can_spare_anybody(evening):
    trials = hourly(evening)
    people = prune(trials, np.full(len(trials.slots), 5))
    assert trials.meet(people)
    for group in range(len(people)):
        fewer = people.copy()
        fewer[group] -= 1
        assert people[group] == 1 or not trials.meet(fewer)


def test_people_are_added_until_the_target_is_met(evening):
    trials = hourly(evening)
    people = lift(trials, np.ones(len(trials.slots), np.int64), 12)
    assert not trials.of(people).missed.any() and people.max() < 12


def test_the_same_contacts_come_under_every_staffing(evening):
    trials = hourly(evening, 4)
    full = np.full(len(trials.slots), 12)
    again = trials.of(full + 1)
    assert (trials.of(full).bottom == again.bottom).all()  # nobody waits, so nobody tries again
    assert trials.of(full).share == pytest.approx(np.ones(len(full)))


def test_a_steady_service_needs_what_erlang_a_says():
    """With one place each and a rate that never changes, every hour is Erlang A's: 4 people give .945, 3 give .864."""
    steady = load(
        {
            "title": "steady",
            "period": {"first_day": "2024-01-01", "last_day": "2024-03-31", "warm_up_days": 1},
            "demand": {"chat": {"per_hour": 6}},
            "channels": {"chat": {"work": {"mean_min": 20}, "patience": {"mean_min": 10}}},
        }
    )
    shares = [erlang_a(6, 3, 6, servers).p_served for servers in (3, 4)]
    assert shares[0] < 0.87 < 0.94 < shares[1]
    found = staff(steady, step_min=60, days="every-day", years=10, workers=1)
    assert found.requirement.levels.tolist() == [4] * 168
    simulated = found.alternatives[SIPP].share
    # each of 24 independent intervals of 99.99 %: fewer than one false alarm in 400
    assert np.abs(simulated - shares[1]).max() < 3.9 * found.answer.noise.max() / 1.96


# --- the answer ------------------------------------------------------------------------------------------------------


def test_the_answer_meets_its_target_on_years_it_was_not_found_on(answered):
    answer = answered.answer
    assert answer.meets and (answer.share + answer.noise >= 0.9).all()
    assert set(answered.alternatives) == {ITERATED, TODAY, *METHODS}
    assert answered.requirement.hours_per_week == answer.hours_per_week
    assert answered.yardstick is None or answer.hours_per_week <= answered.yardstick.hours_per_week
    assert answered.offered.min() > 3


def test_the_answer_is_the_same_whoever_simulates(evening, answered):
    again = staff(evening, step_min=60, days="every-day", years=30, workers=2)
    assert again.as_json() == answered.as_json()


def test_today_is_the_roster_as_it_stands(answered):
    assert answered.today.hours_per_week == 7 * 5 * 3
    assert answered.scenario["roster_status"] == "assumed"
    assert not answered.alternatives[TODAY].meets


def test_every_half_hour_of_2024_is_met_and_no_formula_is_cheaper():
    """The issue's own demand, with days pooled so that few years are enough.

    A half-hour whose share is the target itself falls outside its 95 % interval in one case of forty; the search then
    doubles the years, so that a fixed seed which passes stays one that passes.
    """
    found = staff(load("2024-actual"), days="every-day", years=8)
    assert found.answer.meets and len(found.slots) == 15
    assert found.yardstick is not None
    assert found.answer.hours_per_week <= found.yardstick.hours_per_week
    few, many = found.alternatives[SIPP].people[0], found.answer.people[0]
    assert few > many, "Erlang A does not know that the first half-hour begins with nobody"
    assert any(hint.word == "opening" for hint in found.hints)


def test_the_answer_is_found_and_held_against_worlds():
    worlds = shipped_worlds().first(2)
    found = staff(load("2024-actual"), step_min=60, days="every-day", years=2, worlds=worlds, checked_in=worlds)
    assert (found.over_worlds.worlds, found.manifest["worlds"]) == (2, 2)
    assert (found.over_worlds.low <= found.over_worlds.high).all()
    assert set(found.over_worlds.met.tolist()) <= {0.0, 0.5, 1.0}


def test_to_meet_it_in_every_world_takes_more_than_to_meet_it_in_the_mean():
    scenario, worlds = load("2024-actual"), shipped_worlds().first(4)
    slots = Slots.of(scenario, "chat", 60, "every-day")
    mean, each = (Trials(scenario, slots, TARGET, 1, 1, worlds, robust, workers=1) for robust in (None, 0.9))
    start = np.full(len(slots), 2)
    assert (each.of(start).margin <= mean.of(start).margin).all()
    assert lift(each, start, 20).sum() > lift(mean, start, 20).sum()


def test_in_most_worlds_means_that_so_many_may_miss():
    bottom = np.full((1, 10, 2), 100.0)
    top = np.full((1, 10, 2), 95.0)
    top[0, 0] = 50.0
    assert Outcome(TARGET, 0.9, top, bottom, 0.0).margin[0] == pytest.approx(0.05)
    assert Outcome(TARGET, 0.95, top, bottom, 0.0).missed[0]
    assert Outcome(TARGET, None, top, bottom, 0.0).margin[0] == pytest.approx(0.905 - 0.9)


def test_a_half_hour_that_hardly_anybody_tries_is_not_judged():
    outcome = Outcome(TARGET, None, np.zeros((1, 1, 5)), np.full((1, 1, 5), 10.0), 0.0)
    assert not outcome.missed[0] and np.isnan(outcome.share[0])


# --- people ----------------------------------------------------------------------------------------------------------


def test_only_those_who_answer_the_channel_alone_give_way():
    scenario = load("2024-actual")
    requirement = Requirement.of_scenario(scenario, "chat")
    changed = staffed(scenario, requirement)
    assert changed.roster["kristiansand"]["phone"] == scenario.roster["kristiansand"]["phone"]
    assert Requirement.of_scenario(changed, "chat") == requirement
    assert set(own_shifts(scenario, "chat")) == {"chat", "chat evening"} and not shared_shifts(scenario, "chat")
    kept = changed.sources["roster.kristiansand.chat.chats_at_once"]
    assert kept.source == "evidence: default-chats-at-once"  # so that a plausible world may say another number


def test_who_answers_both_stays_and_counts(evening):
    both = {"hours": "18:15-23:15", "counsellors": 12, "answers": ["phone", "chat"]}
    change_to = {
        "channels": {"phone": {"work": {"mean_min": 10}}},
        "demand": {"phone": {"per_hour": 0.01}},
        "roster": {"centre": {"chat 2": both}},
    }
    shared = change(evening, change_to)
    found = staff(shared, step_min=60, days="every-day", years=8, workers=1)
    assert found.shared == {"chat 2": 12}
    assert found.requirement.hours_per_week == 0  # the twelve are enough


def test_what_no_number_of_people_can_meet_is_told(evening):
    late = change(evening, {"channels": {"chat": {"closing": {"last_admission_min": 60}}}})
    with pytest.raises(StaffingError) as found:
        staff(late, step_min=60, days="every-day", years=4, workers=1)
    assert found.value.word == "unreachable"
    for lang in LANGUAGES:
        assert "21:15" in found.value.text(lang) or "22:15" in found.value.text(lang)


@pytest.mark.parametrize("channel", ["phone", "sms"])
def test_a_channel_that_cannot_be_staffed_is_told(evening, channel):
    with pytest.raises(StaffingError) as found:
        staff(evening, channel)
    assert all(channel in found.value.text(lang) for lang in LANGUAGES)


def test_questions_that_are_none_are_refused(evening):
    with pytest.raises(TargetError):
        staff(evening, target="soon")
    for wrong in ({"step_min": 20}, {"days": "sometimes"}, {"years": 0}, {"robust": 0.9}):
        with pytest.raises(ValueError, match=r"possible|share"):
            staff(evening, **wrong)
    shut = change(evening, {"channels": {"chat": {"open": "closed"}}})
    with pytest.raises(StaffingError):
        staff(shut)
