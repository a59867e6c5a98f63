"""The whole question on a small service, held against trying everything."""

import json
import math
from functools import cache

import numpy as np
import pytest

from simulator.scenario import change, load
from simulator.service.keys import Key
from simulator.study import replicate
from simulator.study.hours import Aim, BestHours, HoursError, Question, best_hours, read_aim
from simulator.study.hours.answer import Judged, Range
from simulator.study.hours.bank import Bank
from simulator.study.hours.frontier import ladder, rungs
from simulator.study.hours.judging import FIGURES, Gains, gains, reading
from simulator.study.hours.plans import Alternative, Setting
from simulator.study.hours.screening import Yields, every, priced
from simulator.study.hours.space import GROUPS, Frame, Shift
from simulator.study.hours.turning import _rival
from simulator.study.layers import by_world
from simulator.study.worlds import shipped_worlds
from simulator.words import LANGUAGES
from tests.study.hours.service import scenario

SMALL = Question(days="alike", grid_min=120, free=True, shifts_each=1, indifference=0.01)
"""All windows on a two-hour grid times one to three counsellors, the same every day."""
R = 24
"""Years of each plan that the search begins with."""
ANOTHER_SEED = 99


@cache
def everything(most_nok: float) -> tuple[list[Alternative], np.ndarray, np.ndarray]:
    """All plans that cost so much at most: their extra cost, and persons reached in 20 R years that no search sees."""
    setting = Setting(scenario(7), "chat", free=True)
    frame = Frame(setting.own, GROUPS["alike"], 120, 1, 3, 1)
    options = priced(frame, Yields(np.zeros((4, 168)), setting.cost_by_week_hour))
    spend = most_nok + setting.cost_nok - setting.bare_cost_nok
    plans = [Alternative.of(frame, plan) for plan in every(frame, options, spend)]
    cost = np.array([setting.extra_nok(setting.scenario_of(plan)) for plan in plans])
    bank = Bank(setting.scenario_of, reading(Aim().weights(), "chat"), (), ANOTHER_SEED, 1)
    return plans, cost, bank.years(plans, 20 * R)[:, :, FIGURES.index("persons_reached")]


@cache
def asked(budget: str) -> BestHours:
    return best_hours(scenario(7), budget, SMALL, workers=1)


BUDGETS = ("-27000", "-18000", "-12000")
TIE = "-10000"
"""Two plans reach almost equally many."""
"""Less than the small week's roster costs: its own people may be moved."""


@pytest.mark.parametrize("budget", BUDGETS)
def test_the_plan_is_the_one_that_trying_everything_finds_in_a_tenth_of_the_years(budget):
    plans, cost, reached = everything(float(TIE))
    found = asked(budget)
    affordable = np.flatnonzero(cost <= float(budget))
    best = affordable[np.argmax(reached[affordable].mean(axis=1))]
    assert found.chosen.shifts == plans[best].stretches
    assert found.selection.complete
    assert found.years.total <= len(affordable) * reached.shape[1] / 10
    assert found.screening.affordable == len(affordable)


def test_of_plans_that_are_almost_equal_one_is_chosen_that_loses_less_than_the_indifference():
    plans, cost, reached = everything(float(TIE))
    found = asked(TIE)
    place = [plan.stretches for plan in plans].index(found.chosen.shifts)
    mean = reached.mean(axis=1)
    assert mean[cost <= float(TIE)].max() - mean[place] < found.selection.indifference


def test_what_is_promised_for_the_chosen_plan_is_what_others_years_give():
    """Its gain, by years that chose it, lies within four standard errors of that by years that did not."""
    plans, _, reached = everything(float(TIE))
    found = asked(BUDGETS[1])
    place = [plan.stretches for plan in plans].index(found.chosen.shifts)
    setting = Setting(scenario(7), "chat", free=True)
    bank = Bank(lambda _: setting.scenario, reading(Aim().weights(), "chat"), (), ANOTHER_SEED, 1)
    base = bank.years([None], 20 * R)[0, :, 1]
    fresh = reached[place] - base
    error = fresh.std() * math.sqrt(1 / len(fresh) + 1 / found.chosen.years)
    assert abs(found.chosen.reached.mean - fresh.mean()) < 4 * error


def test_sums_over_hours_put_the_best_plans_first():
    """The error of the sums among those kept is a small part of what plans reach; most are never simulated."""
    found = asked(BUDGETS[2])
    assert found.screening.error < 0.06 * abs(found.chosen.reached.mean + found.base_reached)
    assert found.screening.kept < found.screening.affordable


def test_the_same_question_has_the_same_answer_and_another_seed_another_manifest():
    again = best_hours(scenario(7), BUDGETS[0], SMALL, workers=1)
    assert again.as_json() == asked(BUDGETS[0]).as_json()
    json.dumps(again.as_json(), allow_nan=False)


def test_every_affordable_plan_can_be_simulated_instead():
    question = Question(**{**vars(SMALL), "exhaustive": True, "years": 12})
    found = best_hours(scenario(7), BUDGETS[0], question, workers=1)
    assert found.exhaustive and len(found.candidates) == found.screening.affordable == len(set(found.candidates))
    assert found.selection.chosen == int(np.argmax(found.selection.mean))
    assert found.finalists[0].shifts == found.candidates[found.selection.chosen]
    json.dumps(found.as_json(), allow_nan=False)


@pytest.mark.parametrize(
    ("budget", "question", "why"),
    [
        ("+100", Question(), "too_little"),
        ("-5", Question(), "nothing_extra"),
        ("1", Question(), "nothing_extra"),
        ("+9000000", Question(exhaustive=True), "too_many"),
        ("much", Question(), "budget_unreadable"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_words(budget, question, why):
    with pytest.raises(HoursError) as refused:
        best_hours(scenario(7), budget, question, workers=1)
    assert refused.value.why == why
    assert all(refused.value.text(lang) for lang in LANGUAGES)


@pytest.mark.parametrize(
    "wrong", [{"days": "monthly"}, {"grid_min": 45}, {"most": 0}, {"confidence": 1.0}, {"indifference": 0.0}]
)
def test_a_question_with_a_wrong_number_is_refused(wrong):
    with pytest.raises(HoursError) as refused:
        Question(**wrong)
    assert all(refused.value.text(lang) for lang in LANGUAGES)


def test_added_hours_over_worlds_beside_the_service_as_it_is(monkeypatch):
    """The usual question in two worlds: within the budget, better than nothing, judged in each world."""
    monkeypatch.setattr("simulator.study.hours.search.CANDIDATES", 4)
    monkeypatch.setattr("simulator.study.hours.search.YEARS_ALONE", 9)
    monkeypatch.setattr("simulator.study.hours.frontier.TRIED", 1)
    worlds = shipped_worlds().first(2)
    question = Question(days="alike", grid_min=240, most=2, shifts_each=1)
    service = change(load("2024-actual"), {"period": {"first_day": "2024-03-04", "last_day": "2024-03-10"}})
    found = best_hours(service, "+30000", question, workers=1, worlds=worlds)
    assert found.worlds == 2
    assert 0 < found.chosen.extra_nok <= 30_001
    assert found.chosen.gain.low <= found.chosen.gain.mean <= found.chosen.gain.high
    assert found.chosen.gain.low > 0
    assert sum(each.best_share for each in found.finalists) == pytest.approx(1.0)
    assert found.least_regret.largest_regret <= found.chosen.largest_regret
    kept = [each for each in found.frontier if not each.dominated]
    assert [each.plan.gain.mean for each in kept] == sorted(each.plan.gain.mean for each in kept)
    assert {each.kind for each in found.turning.sharing} >= {"helped", "helpers_alone"}
    assert found.runner_up in found.finalists[1:]
    json.dumps(found.as_json(), allow_nan=False)


def test_an_aim_of_ones_own_changes_what_is_best():
    """Who counts the mornings a thousandfold opens them; the aim is named, and persons are told too."""
    aim = read_aim({"title": "Mornings", "persons_reached": {"chat": 1}, "hours": {"06:00-12:00": 1000}})
    question = Question(**{**vars(SMALL), "aim": aim})
    found = best_hours(scenario(7), BUDGETS[1], question, workers=1)
    assert not found.is_persons and found.aim["title"] == "Mornings"
    ((_, start, end, _),) = found.chosen.shifts
    assert start <= 360 and end >= 720
    assert found.chosen.reached.mean < asked(BUDGETS[1]).chosen.reached.mean


# --- the bank and the judgement ---------------------------------------------------------------------------------------


def test_years_of_the_bank_are_those_of_a_study_and_are_simulated_once():
    worlds = shipped_worlds().first(2)
    service = load("2024-actual")
    bank = Bank(lambda _: service, reading(Aim().weights(), "chat"), worlds.worlds, 1, 1)
    years = bank.years(["a"], 4)[0, :, FIGURES.index("persons_reached")]
    with replicate(service, 2, 1, workers=1, worlds=worlds.worlds) as study:
        expected = by_world(study.seen.of([Key("persons_reached")])[0], 2)[0]
    assert years.reshape(2, 2).T.tolist() == expected.tolist()
    assert bank.spent == 4
    bank.years(["a"], 3)
    assert bank.spent == 4
    bank.years(["a", "a"], 5)
    assert bank.spent == 5


def test_gains_are_differences_on_the_same_years():
    class Fixed(Bank):
        def years(self, plans, count):
            row = np.arange(count, dtype=float)
            made = {"base": row, "a": row + 10, "b": row + np.tile([0.0, 30.0], count // 2)}
            return np.stack([np.stack([made[plan]] * len(FIGURES), axis=1) for plan in plans])

    bank = Fixed(lambda _: scenario(7), None, shipped_worlds().first(2).worlds)
    found = gains(bank, ["a", "b"], "base", 4)
    assert found.range_of(0, "aim") == Range(10, 10, 10, 0)
    assert found.range_of(1, "persons_reached").mean == 15
    assert found.by_world.tolist() == [[11.0, 12.0], [1.0, 32.0]]
    assert found.best_share.tolist() == [0.5, 0.5]
    assert found.largest_regret.tolist() == [20.0, 10.0]
    assert _rival(found) == 1


def judged(cost: float, reached: float) -> Judged:
    here = Range(reached, reached - 1, reached + 1, 0.5)
    return Judged("x", "rung", (), cost, here, here, here, math.nan, math.nan, 1)


def test_a_rung_that_costs_as_much_for_less_is_dominated_and_no_step():
    found = rungs([100, 200, 300], [judged(90, 10), judged(190, 8), judged(300, 40)])
    assert [each.dominated for each in found] == [False, True, False]
    assert found[0].marginal_nok == 9 and math.isnan(found[1].marginal_nok)
    assert found[2].marginal_nok == pytest.approx((300 - 90) / 30)


def test_the_ladder_holds_the_asked_budget():
    steps = ladder(2e6, 1e7)
    assert 2e6 in steps and steps == sorted(steps) and steps[-1] == pytest.approx(1e7)
    assert len(ladder(-1.0, 100.0)) == 8


def test_the_rival_is_the_plan_that_wins_most_where_the_chosen_one_does_not():
    nothing = ((Range(0, 0, 0, 0),),) * 3
    by = np.array([[3.0, 3.0, 3.0, 1.0, 1.0], [2.0, 2.0, 2.0, 5.0, 2.0], [0.0, 0.0, 0.0, 0.0, 0.0]])
    assert _rival(Gains(nothing, by, np.zeros(3), np.zeros(5))) == 1
    assert _rival(Gains(nothing[:1], by[:1], np.zeros(1), np.zeros(5))) is None


def test_a_plan_that_opens_no_new_hours_is_a_plan_too():
    setting = Setting(scenario(), "chat")
    frame = Frame(setting.own, GROUPS["alike"], 60)
    plan = Alternative.of(frame, (Shift(GROUPS["alike"][0], 1080, 1320, 1),))
    assert plan.opening == setting.own
    assert setting.extra_nok(setting.scenario_of(plan)) > 0
