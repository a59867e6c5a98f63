"""Plans in many worlds: one answer over all, differences on the same contacts, and what to ask for."""

from dataclasses import replace

import numpy as np
import pytest

from simulator.scenario import load
from simulator.service.keys import Key
from simulator.study.compare import compare
from simulator.study.layers import by_world
from simulator.study.over_worlds import run_over_worlds
from simulator.study.replicate import replicate
from simulator.study.run import run
from simulator.study.watched import Precision
from simulator.study.worlds.answers import answers
from simulator.study.worlds.wanted import ALL, parameters_of, what_is_wanted, what_the_service_has
from simulator.study.worlds.world import Worlds, shipped_worlds

CHATS, REACHED = Key("answered", "chat"), Key("persons_reached")
MANY = shipped_worlds().first(24)


def test_years_come_world_by_world_whoever_simulates_them(few: Worlds):
    scenario = load("2024-actual")
    seen = {}
    for workers in (1, 2):
        with replicate(scenario, 3, 5, workers=workers, worlds=few.worlds) as study:
            seen[workers] = study.seen.of([CHATS, REACHED])[0]
    assert np.array_equal(seen[1], seen[2])
    alone = answers(scenario, few.worlds[2:3], [CHATS], 3, 5, workers=1)
    assert np.array_equal(by_world(seen[1], 3)[0, 2], alone.years[0, 0]), "a world's years depend on its number alone"


def test_both_engines_see_the_same_in_a_world(few: Worlds):
    scenario = load("2024-actual")
    seen = []
    for engine in ("compiled", "simpy"):
        with replicate(scenario, 1, 5, workers=1, engine=engine, worlds=few.worlds[:1]) as study:
            seen.append(study.seen.of(study.seen.keys))
    assert np.array_equal(seen[0][0], seen[1][0], equal_nan=True)
    assert np.array_equal(seen[0][1], seen[1][1], equal_nan=True)


def test_a_run_over_worlds_keeps_its_layers_apart(few: Worlds):
    result = run(load("2024-actual"), 2, 5, worlds=few)
    assert (result.manifest["worlds"], result.manifest["replications"]) == (len(few), 2)
    assert result.manifest["worlds_fingerprint"] == few.fingerprint
    met = result.measures.get("answered_share_of_open", channel="chat")
    assert met.low <= met.median <= met.high and met.noise < met.high - met.low
    assert met.share_worlds + met.share_years + met.share_noise == pytest.approx(1)
    assert met.share_worlds > 0.5, "what is answered of those who meet open chat is not known"
    chats = result.measures.get("answered", channel="chat")
    assert chats.year_low <= chats.low and chats.high <= chats.year_high
    alone = run(load("2024-actual"), 2, 5)
    assert alone.manifest["worlds"] == 1 and np.isnan(alone.measures.get("persons").median)
    assert alone.manifest["fingerprint"] != result.manifest["fingerprint"]


def test_a_precision_is_reached_by_more_years_of_each_world(few: Worlds):
    scenario, wanted = load("2024-actual"), Precision(0.004, ("answered/chat",))
    found = run_over_worlds(scenario, few, 40, 5, wanted, {"workers": 2})
    assert found.ending.reached is not None and found.ending.reached.met and found.each > 2
    assert found.ending.reached.width <= 0.004
    plain = run_over_worlds(scenario, few, found.each, 5, None, {"workers": 1})
    assert list(plain.estimates.rows()) == list(found.estimates.rows())
    never = run_over_worlds(scenario, few, 3, 5, Precision(1e-6), {})
    assert never.ending.reached is not None and not never.ending.reached.met and never.each == 3


def test_a_plan_differs_from_itself_by_nothing(few: Worlds):
    base = load("2024-actual")
    twin = load({"extends": "2024-actual.yaml"})
    found = compare(base, [twin], 2, 5, worlds=few)
    assert len(found.differences) > 5000
    for each in found.differences:
        numbers = (each.change.mean, each.change.low, each.change.high, each.change.noise)
        assert all(number == 0 or np.isnan(number) for number in numbers), each.key
        assert np.isnan(each.share_of_worlds_better) or each.share_of_worlds_better == 0.5


def test_longer_hours_reach_more_in_every_world(few: Worlds):
    found = compare(load("2024-actual"), [load("open-to-02"), load("phone-only")], 2, 5, worlds=few)
    assert found.plans == ("open-to-02", "phone-only")
    more, less = (found.get(plan, CHATS) for plan in found.plans)
    assert more is not None and less is not None
    assert more.share_of_worlds_better == 1 and less.share_of_worlds_better == 0
    assert 500 < more.change.low < more.change.high < 5_043 + 2_000
    assert less.change.mean == pytest.approx(-less.base), "without chat no chat is answered"
    assert more.other - more.base == pytest.approx(more.change.mean)


def test_pairing_is_what_makes_differences_sharp(few: Worlds):
    """Independent years of the two plans would blur the difference by four times as much variance or more."""
    base, plan = load("2024-actual"), load("one-more-evening-counsellor")
    with replicate(base, 8, 5, worlds=few.worlds) as a, replicate(plan, 8, 5, worlds=few.worlds) as b:
        years = [by_world(each.seen.of([REACHED])[0], 8)[0] for each in (a, b)]
    paired = (years[1] - years[0]).var(axis=1, ddof=1).sum()
    assert sum(each.var(axis=1, ddof=1).sum() for each in years) > 4 * paired


def test_the_second_plan_of_a_name_is_called_so():
    found = compare(load("2024-actual"), [load("2024-actual")], 2, 5)
    assert found.plans == ("2024-actual (2)",)


def test_one_world_compared_has_no_share_of_worlds():
    found = compare(load("2024-actual"), [load("open-to-02")], 3, 5)
    chats = found.get("open-to-02", CHATS)
    assert chats is not None and np.isnan(chats.share_of_worlds_better) and chats.change.noise > 0


def test_what_to_ask_for_names_the_shape_of_the_night_and_hourly_counts():
    (asked,) = what_is_wanted(load("open-to-02"), MANY, load("2024-actual"), (CHATS,), 2, 5)
    assert asked.figure == "answered/chat" and asked.low < asked.median < asked.high
    worth = {each.name: each.reduction for each in asked.worth}
    assert set(worth) == {"hourly", "lost", "monthly", "seats", "lengths", ALL}
    assert worth[ALL] == max(worth.values())
    assert all(0 <= each <= 1 for each in worth.values())
    names, values = parameters_of(MANY.worlds)
    assert values.shape == (len(MANY), len(names)) and {each.name for each in asked.drivers} == set(names)


def test_what_the_service_has_is_told_with_one_years_error(few: Worlds):
    data = {each.name: each for each in what_the_service_has(few.worlds, 2, 5, 1, lambda _: None, 0)}
    assert data["hourly"].features.shape == (len(few), 48)
    assert data["seats"].features.shape == (len(few), 4)
    at_22 = data["hourly"].features[:, 24 + 20]
    assert np.all((at_22 > 500) & (at_22 < 4_000)), "chats answered 20-21 in 2024"
    error = np.broadcast_to(data["hourly"].error, data["hourly"].features.shape)[:, 24 + 20]
    assert np.all(error > np.sqrt(at_22.min()) * 0.5)


def test_worlds_of_other_numbers_are_other_years(few: Worlds):
    world = few.worlds[0]
    twin = replace(world, number=world.number + 1)
    chats = answers(load("2024-actual"), [world, twin], [CHATS], 2, 5, workers=1).years[0]
    assert not np.array_equal(chats[0], chats[1])
