"""Prices of plans: totals over worlds, ratios by hand, what is not told, and the way to the named sum."""

import math

import numpy as np
import pytest

from simulator import load
from simulator.evidence import number
from simulator.scenario import Scenario, change
from simulator.scenario.calendar import Calendar
from simulator.service import make_plan
from simulator.service.cost import cost_nok
from simulator.service.keys import Key
from simulator.study.cost_named import cheapest, dearest, named_sum
from simulator.study.estimates import Estimates
from simulator.study.layers import layers
from simulator.study.price import RATIOS, TOTALS, Price, PriceError, _why_not, price
from simulator.study.replicate import replicate
from simulator.study.worlds.world import shipped_worlds
from tests.study.samples import SMALL

WORLDS = shipped_worlds().first(3)
PAY = {"basic_nok_per_year": 500000, "hours_per_year": 1500}
NIGHT = {"hours": "22:00-07:00", "counsellors": 1, "answers": ["phone", "chat"], "chats_at_once": 2}


@pytest.fixture(scope="module")
def small() -> Scenario:
    return change(load(SMALL), {"pay": PAY})


@pytest.fixture(scope="module")
def shipped() -> Price:
    """Chat round the clock beside 2024, in three worlds."""
    return price([load("round-the-clock")], load("2024-actual"), 2, worlds=WORLDS, workers=1)


def named(scenario: Scenario, name: str) -> Scenario:
    scenario._name = name
    return scenario


# --- totals and ratios ---------------------------------------------------------------------------------------


def test_the_base_comes_first_and_each_plan_once() -> None:
    found = price([load("2024-actual"), load("2024-actual")], load("2024-actual"), 1, worlds=WORLDS.first(2), workers=1)
    assert [each.name for each in found.plans] == ["2024-actual"] and found.extras == ()


def test_costs_over_worlds_are_those_of_the_worlds_rosters(shipped: Price) -> None:
    plan = shipped.plan("round-the-clock")
    applied = [world.applied(load("round-the-clock")) for world in WORLDS.worlds]
    costs = [cost_nok(make_plan(each), Calendar.of(each), each.pay) for each in applied if each.pay]
    found = plan.figures["cost_nok"]
    assert found.mean == pytest.approx(np.mean(costs)) and found.noise == 0
    assert (found.low, found.high) == pytest.approx(tuple(np.percentile(costs, (5, 95))))
    assert len(set(costs)) > 1, "rosters rest on an assumption, so worlds differ"
    scenario = load("round-the-clock")
    assert scenario.pay and plan.sheet.whole.nok == cost_nok(make_plan(scenario), Calendar.of(scenario), scenario.pay)


def test_ratios_are_of_totals_world_by_world(shipped: Price) -> None:
    seen = replicate(load("2024-actual"), 2, worlds=WORLDS.worlds, workers=1)
    with seen as study:
        keys = [
            Key("cost_nok"),
            Key("persons_reached"),
            Key("answered"),
            *(Key("answered", c) for c in ("sms", "email", "ung")),
        ]
        cost, reached, live, *written = study.seen.of(keys)[0].reshape(6, 3, 2).sum(axis=2)
    figures = shipped.plan("2024-actual").figures
    assert figures["nok_per_person_reached"].mean == pytest.approx((cost / reached).mean())
    everything = live + sum(written)
    assert figures["nok_per_answered_all"].mean == pytest.approx((cost / everything).mean())
    assert figures["answered_all"].mean == pytest.approx(everything.mean() / 2)
    assert np.array_equal(live, reached), "whoever is answered on phone or chat tries no more"


def test_answered_by_the_roster_leaves_out_sites_whose_people_others_pay(shipped: Price) -> None:
    figures = shipped.plan("2024-actual").figures
    assert 0 < figures["answered_by_roster"].mean < figures["answered_all"].mean
    alone = price([load("no-network")], None, 1, worlds=WORLDS.first(2), workers=1).plans[0].figures
    assert alone["answered_by_roster"].mean == alone["answered_all"].mean


def test_what_a_plan_costs_more_for_each_one_more(shipped: Price) -> None:
    (extra,) = shipped.extras
    totals = {}
    for name in ("2024-actual", "round-the-clock"):
        with replicate(load(name), 2, worlds=WORLDS.worlds, workers=1) as study:
            totals[name] = study.seen.of([Key("cost_nok"), Key("persons_reached")])[0].reshape(2, 3, 2).sum(axis=2)
    cost, gain = totals["round-the-clock"] - totals["2024-actual"]
    assert extra.same_demand and (gain > 0).all()
    ratio = extra.ratios["nok_per_extra_person"]
    assert ratio.reason == "" and ratio.estimate is not None
    assert ratio.estimate.mean == pytest.approx(cost.sum() / gain.sum())
    ends = np.percentile(cost / gain, (5, 95))
    assert (ratio.estimate.low, ratio.estimate.high) == pytest.approx(tuple(ends), rel=0.01)
    per_million = extra.ratios["persons_per_million_nok"].estimate
    assert per_million is not None and per_million.mean == pytest.approx(gain.sum() / cost.sum() * 1e6)
    assert extra.changes["cost_nok"].mean == pytest.approx(cost.mean() / 2)


# --- what is not told ----------------------------------------------------------------------------------------


def test_nobody_is_paid_for_a_channel_that_people_on_duty_answer_anyway(small: Scenario) -> None:
    """The trap of costing by open hours: the night's people are there for the phone, so chat at night is free."""
    base = named(change(small, {"roster": {"kristiansand": {"night": NIGHT}}}), "base")
    plan = named(change(base, {"channels": {"chat": {"open": "always"}}}), "plan")
    (extra,) = price([plan], base, 20, workers=1).extras
    assert extra.changes["cost_nok"].mean == 0 and extra.changes["persons_reached"].mean > 0
    assert {name: each.reason for name, each in extra.ratios.items()} == dict.fromkeys(extra.ratios, "no_extra_cost")


def test_a_cost_without_a_gain_is_no_ratio(small: Scenario) -> None:
    idle = {"hours": "always", "counsellors": 1, "answers": ["sms"]}
    plan = named(change(small, {"roster": {"kristiansand": {"idle": idle}}}), "plan")
    (extra,) = price([plan], small, 5, workers=1).extras
    ratio = extra.ratios["nok_per_extra_person"]
    assert ratio.estimate is None and ratio.reason == "no_gain"
    assert extra.ratios["persons_per_million_nok"].estimate is not None
    assert extra.changes["cost_nok"].mean == pytest.approx(7 * 24 * 500000 / 1500, abs=0.01)


def test_other_demand_is_said(small: Scenario) -> None:
    plan = named(change(small, {"demand": {"trend": 1.2}}), "plan")
    (extra,) = price([plan], small, 2, workers=1).extras
    assert not extra.same_demand


def test_without_pay_there_is_no_cost(small: Scenario) -> None:
    with pytest.raises(PriceError) as wrong:
        price([named(change(small, {"pay": None}), "unpaid")], None, 1, workers=1)
    assert "unpaid" in wrong.value.text("nb") and "pay" in wrong.value.text("en")


def test_two_plans_of_one_name_are_not_mixed_up(small: Scenario) -> None:
    with pytest.raises(PriceError, match="same_name"):
        price([small, change(small, {"demand": {"trend": 1.2}})], None, 1, workers=1)


def test_the_document_is_plain_and_whole(shipped: Price) -> None:
    document = shipped.as_json()
    assert [each["name"] for each in document["scenarios"]] == ["2024-actual", "round-the-clock"]
    assert set(document["scenarios"][0]["figures"]) == {*TOTALS, *RATIOS}
    assert document["scenarios"][0]["named_sum"] is None, "chat closes: the named sum was for round the clock"
    assert document["scenarios"][1]["named_sum"]["worlds_nok"]["low"] > 0


# --- the named sum -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["round-the-clock", "2023-actual", "network-round-the-clock"])
def test_the_way_to_the_named_sum_adds_up(name: str) -> None:
    scenario = load(name)
    found = named_sum(scenario)
    if name == "network-round-the-clock":
        assert found is None, "its chat closes"
        return
    assert found is not None and found.named_nok == number("grant-2023-planned") == 21_300_000
    assert scenario.pay and found.roster_nok == cost_nok(make_plan(scenario), Calendar.of(scenario), scenario.pay)
    øre = [round(100 * each) for each in (found.roster_nok, *(step.nok for step in found.steps), found.left_nok)]
    assert sum(øre) == 100 * 21_300_000
    assert [step.name for step in found.steps] == ["entry_pay", "no_absence", "low_on_costs"]
    assert all(step.nok < 0 for step in found.steps)
    assert found.seats["dearest"] < found.seats["named"] < found.seats["cheapest"]
    assert found.seats["named"] == pytest.approx(found.seats["roster"] * 21_300_000 / found.roster_nok)
    assert math.isnan(found.share_of_worlds_within), "no worlds were asked"


def test_each_step_is_the_roster_priced_again() -> None:
    scenario = load("2023-actual")
    pay, found = scenario.pay, named_sum(scenario)
    assert pay is not None and found is not None
    plan, calendar = make_plan(scenario), Calendar.of(scenario)
    cheap = pay.model_copy(
        update={
            "basic_nok_per_year": 485400.0,
            "hours_per_year": 1445 / 0.9,
            "absence_share": 0.0,
            "on_cost_share": 0.31,
        }
    )
    assert cost_nok(plan, calendar, cheap) == pytest.approx(found.named_nok - found.left_nok, abs=0.05)
    phone = next(step for step in found.alone if step.name == "phone_paid_by_others")
    without = change(scenario, {"roster": {"kristiansand": {"phone": None}}})
    assert cost_nok(make_plan(without), calendar, pay) == pytest.approx(found.roster_nok + phone.nok, abs=0.01)


def test_status_of_a_step_is_the_weakest_it_rests_on() -> None:
    found = named_sum(load("2023-actual"))
    assert found is not None
    statuses = {step.name: step.status for step in (*found.steps, *found.alone)}
    assert statuses["entry_pay"] == "published" and statuses["no_absence"] == "assumed"
    assert statuses["experienced_pay"] == "literature" and statuses["phone_paid_by_others"] == "assumed"


def test_terms_that_change_nothing_are_no_steps() -> None:
    pay = load("2023-actual").pay
    assert pay is not None
    lean = pay.model_copy(update={"basic_nok_per_year": 400000.0, "absence_share": 0.0, "on_cost_share": 0.2})
    assert cheapest(lean) == []
    dear = pay.model_copy(update={"basic_nok_per_year": 900000.0, "on_cost_share": 0.5})
    assert [name for name, _, _ in dearest(dear)] == ["shorter_week"]


def test_worlds_whose_roster_the_sum_would_pay() -> None:
    scenario, worlds = load("2023-actual"), shipped_worlds().first(20)
    found = named_sum(scenario, worlds)
    assert found is not None
    applied = [world.applied(scenario) for world in worlds.worlds]
    costs = np.array([cost_nok(make_plan(each), Calendar.of(each), each.pay) for each in applied if each.pay])
    assert found.share_of_worlds_within == (costs <= 21_300_000).mean()
    assert found.worlds_nok == pytest.approx(tuple(np.percentile(costs, (5, 50, 95))))


def test_a_roster_that_costs_less_is_told_with_its_sign() -> None:
    one = {"phone": {"counsellors": 1}, "chat": {"counsellors": 1}, "chat evening": None}
    found = named_sum(change(load("2023-actual"), {"roster": {"kristiansand": one}}))
    assert found is not None and found.roster_nok < found.named_nok and found.left_nok > 0


# --- when a ratio is told, world by world --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cost", "gain", "told"),
    [
        ([[2.0, 2.0], [3.0, 3.0]], [[10.0, 12.0], [9.0, 11.0]], ""),
        ([[2.0, 2.0], [3.0, 3.0]], [[10.0, 12.0], [1.0, -3.0]], "gain_unsure"),  # one world loses
        ([[2.0, 2.0], [3.0, 3.0]], [[90.0, -60.0], [80.0, -50.0]], "gain_unsure"),  # not more than its noise
        ([[2.0, 2.0], [3.0, 3.0]], [[-10.0, -12.0], [-9.0, -11.0]], "no_gain"),
        ([[2.0, 2.0], [-3.0, -3.0]], [[10.0, 12.0], [9.0, 11.0]], "cost_unsure"),
        ([[0.0, 0.0], [-3.0, -3.0]], [[10.0, 12.0], [9.0, 11.0]], "no_extra_cost"),
    ],
)
def test_a_ratio_over_what_may_be_nothing_is_not_told(cost: list, gain: list, told: str) -> None:
    tops = np.array([gain])
    columns = layers(tops, np.ones_like(tops)).columns()
    change_ = Estimates((Key("persons_reached"),), ("persons/year",), columns)[Key("persons_reached")]
    assert _why_not(np.array([cost]), tops, change_) == told
