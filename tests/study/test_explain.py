"""A difference split over its causes: exact sums, no order, known games, and causes that cannot be parted."""

import json
from fractions import Fraction
from itertools import permutations
from math import factorial, fsum, isclose

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import load
from simulator.scenario import Scenario, ScenarioError, change
from simulator.service.keys import Key
from simulator.study.explain import Explanation, explain
from simulator.study.explaining.causes import CausesError, causes, mixes, named_causes
from simulator.study.explaining.shapley import marginal, on_grid, shapley, shapley_of_years
from simulator.study.replicate import replicate
from simulator.study.watched import PrecisionError
from simulator.study.worlds.world import shipped_worlds
from tests.study.samples import SMALL

few = settings(deadline=None, max_examples=25)
WORLDS = shipped_worlds().first(3)
FRACTIONS = st.builds(Fraction, st.integers(-(10**9), 10**9), st.integers(1, 10**4))


@pytest.fixture(scope="module")
def small() -> Scenario:
    return load(SMALL)


@pytest.fixture(scope="module")
def cut() -> Explanation:
    """What 2024 did to 2023, in three worlds."""
    return explain(load("2023-actual"), load("2024-actual"), workers=1, worlds=WORLDS)


# --- Shapley values ------------------------------------------------------------------------------------------


def games(most: int = 4) -> st.SearchStrategy[list[Fraction]]:
    return st.integers(1, most).flatmap(lambda count: st.lists(FRACTIONS, min_size=2**count, max_size=2**count))


@few
@given(games())
def test_parts_add_up_exactly(values: list[Fraction]) -> None:
    count = len(values).bit_length() - 1
    assert sum(shapley(values, number) for number in range(count)) == values[-1] - values[0]


@few
@given(games())
def test_a_part_is_the_mean_over_all_orders(values: list[Fraction]) -> None:
    """The definition itself: put the causes in one after another, in every order."""
    count = len(values).bit_length() - 1
    added = [Fraction(0)] * count
    for order in permutations(range(count)):
        place = 0
        for number in order:
            added[number] += values[place | 1 << number] - values[place]
            place |= 1 << number
    assert [each / factorial(count) for each in added] == [shapley(values, number) for number in range(count)]


def test_the_glove_game() -> None:
    """Two left gloves and one right, worth 1 as a pair: 1/6, 1/6 and 2/3 (Shapley & Shubik 1969)."""
    values = [Fraction(int(bool(place & 4) and bool(place & 3))) for place in range(8)]
    assert [shapley(values, number) for number in range(3)] == [Fraction(1, 6), Fraction(1, 6), Fraction(2, 3)]


@few
@given(games(3))
def test_a_cause_that_adds_nothing_has_no_part_and_moves_no_other(values: list[Fraction]) -> None:
    count = len(values).bit_length() - 1
    with_idle = [*values, *values]  # the last cause makes no difference
    assert shapley(with_idle, count) == 0
    assert [shapley(with_idle, n) for n in range(count)] == [shapley(values, n) for n in range(count)]


@few
@given(st.lists(FRACTIONS, min_size=2, max_size=5))
def test_causes_that_do_not_act_together_keep_what_they_do(adds: list[Fraction]) -> None:
    count = len(adds)
    values = [sum((adds[n] for n in range(count) if place >> n & 1), Fraction(0)) for place in range(2**count)]
    for number, add in enumerate(adds):
        assert shapley(values, number) == add
        assert set(marginal(values, number)) == {add}


def test_parts_of_years_are_those_of_their_sum() -> None:
    dice = np.random.default_rng(1).integers(0, 1000, (8, 3, 2)).astype(float)
    values = [Fraction(int(mix.sum())) for mix in dice]
    for number in range(3):
        assert shapley_of_years(dice, number).sum() == pytest.approx(float(shapley(values, number)), rel=1e-12)


@few
@given(st.lists(FRACTIONS, min_size=1, max_size=8))
def test_numbers_on_the_grid_add_up_in_any_order(parts: list[Fraction]) -> None:
    total = sum(parts, Fraction(0))
    written = json.loads(json.dumps(on_grid(parts, total)))
    whole = sum(map(Fraction, written), Fraction(0))
    assert fsum(written) == sum(written) == sum(reversed(written)) == float(whole)
    largest = max(map(abs, (*parts, total)))
    for exact, each in (*zip(parts, written, strict=True), (total, float(whole))):
        assert abs(Fraction(each) - exact) <= largest * Fraction(1, 2**42)


# --- what differs --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "plan", "expected"),
    [
        ("2023-actual", "2024-actual", ["hours", "staff", "demand"]),
        ("2024-actual", "round-the-clock", ["hours", "staff"]),
        ("2024-actual", "one-more-evening-counsellor", ["staff"]),
        ("2024-actual", "no-network", ["network"]),
        ("2024-actual", "campaign-surge", ["demand"]),
        ("2023-actual", "2023-demand-2024-hours", ["hours", "staff"]),
    ],
)
def test_causes_of_shipped_scenarios(base: str, plan: str, expected: list[str]) -> None:
    before, after = load(base), load(plan)
    found = causes(before, after)
    assert [each.name for each in found] == expected
    made = mixes(before, found, after)
    assert len(made.scenarios) == 2 ** len(expected) and made.joined == ()
    for mix, end in ((made.scenarios[0], before), (made.scenarios[-1], after)):
        prose = {"title", "why", "expect"}
        assert mix.model_dump(exclude=prose) == end.model_dump(exclude=prose), "the ends are the two scenarios"
        assert {path: each.source for path, each in mix.sources.items()} == {
            path: each.source for path, each in end.sources.items()
        }, "and rest on the same evidence, so worlds enter them alike"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"channels": {"chat": {"patience": {"mean_min": 9}}}}, "behaviour"),
        ({"channels": {"chat": {"redial": None}}}, "behaviour"),
        ({"channels": {"chat": {"speed_by_level": [1.0]}}}, "behaviour"),
        ({"channels": {"chat": {"closing": {"serve_out_queue": True}}}}, "rules"),
        ({"channels": {"chat": {"routing": "most_loaded"}}}, "rules"),
        ({"shift_end": "hand_back"}, "rules"),
        ({"channels": {"chat": {"open": "always"}}}, "hours"),
        ({"channels": {"email": {"work": {"mean_min": 9}}}}, "hours"),
        ({"roster": {"kristiansand": {"phone": None}}}, "staff"),
        ({"sites": {"oslo": {"open": "08:00-16:00"}}}, "network"),
        ({"demand": {"trend": 1.1}}, "demand"),
        ({"pay": {"night_share": 0.3}}, "pay"),
    ],
)
def test_every_key_has_its_cause(small: Scenario, changes: dict, expected: str) -> None:
    (found,) = causes(small, change(small, changes))
    assert found.name == expected
    assert mixes(small, [found]).scenarios[-1].model_dump() == change(small, changes).model_dump()


def test_prose_and_notes_are_no_cause(small: Scenario) -> None:
    noted = {"channels": {"phone": {"work": {"mean_min": {"value": 12, "status": "literature", "note": "x",
             "source": "made up for a test"}}}}}  # fmt: skip
    with pytest.raises(CausesError) as same:
        causes(small, change(small, {"title": "Et annet navn", **noted}))
    assert same.value.reason == "same" and same.value.text("nb") != same.value.text("en")
    sourced = {"channels": {"phone": {"work": {"mean_min": {"value": 12, "status": "literature", "source": "y"}}}}}
    assert [each.name for each in causes(small, change(small, sourced))] == ["behaviour"], "worlds enter by the source"


def test_causes_that_cannot_be_parted_are_made_one(small: Scenario) -> None:
    """A shift that answers e-mail needs a service that has e-mail: hours and staff come together or not at all."""
    plan = change(
        small,
        {
            "channels": {"email": {"work": {"mean_min": 20}}},
            "roster": {"kristiansand": {"desk": {"hours": "10:00-12:00", "counsellors": 1, "answers": ["email"]}}},
            "demand": {"trend": 1.1},
        },
    )
    made = mixes(small, causes(small, plan), plan)
    assert [each.name for each in made.causes] == ["hours+staff", "demand"]
    (joined,) = made.joined
    assert joined.names == ("hours", "staff") and "staff" in joined.mix and "hours" not in joined.mix
    assert "e-post" in joined.problem.text("nb") or "email" in joined.problem.text("nb")
    assert made.scenarios[-1].model_dump() == plan.model_dump() and len(made.scenarios) == 4


def test_named_overrides_are_causes_and_may_not_clash(small: Scenario) -> None:
    assert [each.name for each in named_causes(small, ["late-chat", "one-more"])] == ["late-chat", "one-more"]
    with pytest.raises(ScenarioError):
        named_causes(small, ["late-chat", "later-chat"])
    with pytest.raises(CausesError, match="many"):
        many = {f"o{n}": {"channels": {"chat": {"balking": n / 10}}} for n in range(8)}
        named_causes(load({**small._document.tree, "overrides": many}), list(many))


# --- a difference explained ----------------------------------------------------------------------------------


def assert_adds_up(found: Explanation) -> None:
    """In fractions, in the numbers of the document, and from the base to the plan."""
    for figure in json.loads(json.dumps(found.as_json()))["figures"]:
        means = [part["mean"] for part in figure["parts"]]
        assert fsum(means) == sum(means) == figure["difference"]["mean"]
        assert figure["base"] + figure["difference"]["mean"] == figure["plan"]
    for each in found.figures:
        assert sum((part.exact for part in each.parts), Fraction(0)) == each.exact
        assert isclose(each.total.mean, float(each.exact), rel_tol=1e-9, abs_tol=1e-9)


def test_the_parts_add_up_to_the_difference_exactly(cut: Explanation) -> None:
    assert [each.name for each in cut.causes] == ["hours", "staff", "demand"]
    assert len(cut.figures) == 5
    assert_adds_up(cut)


def test_the_difference_is_that_of_the_two_scenarios(cut: Explanation) -> None:
    totals = {}
    for name in ("2023-actual", "2024-actual"):
        with replicate(load(name), 2, worlds=WORLDS.worlds, workers=1) as study:
            totals[name] = [int(each) for each in study.seen.of([Key("persons_reached")])[0].ravel()]
    figure = next(each for each in cut.figures if each.key == Key("persons_reached"))
    assert figure.exact == Fraction(sum(totals["2024-actual"]) - sum(totals["2023-actual"]), 6)
    assert figure.base == pytest.approx(sum(totals["2023-actual"]) / 6, rel=1e-12)


def test_interplay_shows_beside_the_parts(cut: Explanation) -> None:
    """With chat closed at night, taking the night's people away costs nobody an answer: staff last adds nothing."""
    reached = next(each for each in cut.figures if each.key == Key("persons_reached"))
    parts = {part.cause: part for part in reached.parts}
    assert parts["staff"].alone < -5000 and parts["staff"].last == 0
    for part in reached.parts:
        assert part.lowest <= min(part.alone, part.last) <= max(part.alone, part.last) <= part.highest
        assert part.lowest <= part.change.mean <= part.highest
        assert part.change.low <= part.change.mean <= part.change.high


def test_pay_is_of_people_not_of_opening_hours(cut: Explanation) -> None:
    cost = next(each for each in cut.figures if each.key == Key("cost_nok"))
    parts = {part.cause: part for part in cost.parts}
    assert parts["hours"].exact == 0 and parts["staff"].change.mean < -5e6
    assert cost.exact.denominator <= 600, "money is counted in whole øre"


def test_ratios_are_split_as_ratios(small: Scenario) -> None:
    plan = change(small, {"channels": {"chat": {"open": "12:00-24:00"}}, "demand": {"trend": 1.3}})
    names = ["persons_reached_share", "answered_share_of_open/chat", "wait_mean_min/chat"]
    found = explain(small, plan, names, 10, workers=1)
    assert [each.key.measure for each in found.figures] == [name.split("/")[0] for name in names]
    assert_adds_up(found)
    with replicate(plan, 10, workers=1) as study:
        top, bottom = study.seen.of([Key("persons_reached_share")])
    assert found.figures[0].plan == pytest.approx(top.sum() / bottom.sum(), rel=1e-9)
    shares = found.as_json()["figures"][0]["parts"][0]
    assert shares["numerator"] is None, "no fraction that readers of JSON would round"


def test_overrides_one_by_one(small: Scenario) -> None:
    plan = load(SMALL, ["late-chat", "one-more"])
    found = explain(small, plan, [], 10, workers=1, overrides=["late-chat", "one-more"])
    assert [each.name for each in found.causes] == ["late-chat", "one-more"]
    assert_adds_up(found)
    with replicate(plan, 10, workers=1) as study:
        reached = study.seen.of([Key("persons_reached")])[0].sum()
    figure = next(each for each in found.figures if each.key == Key("persons_reached"))
    assert figure.plan == pytest.approx(reached / 10)


def test_order_of_causes_does_not_matter(small: Scenario) -> None:
    names = ["late-chat", "one-more"]
    plan = load(SMALL, names)
    one, other = (explain(small, plan, [], 5, workers=1, overrides=order) for order in (names, names[::-1]))
    for a, b in zip(one.figures, other.figures, strict=True):
        assert {part.cause: part.exact for part in a.parts} == {part.cause: part.exact for part in b.parts}


def test_workers_do_not_move_a_part(small: Scenario) -> None:
    plan = change(small, {"channels": {"chat": {"open": "always"}}, "demand": {"trend": 1.3}})
    alone, together = (explain(small, plan, [], 40, workers=count).as_json() for count in (1, 3))
    assert alone == together


def test_a_figure_that_not_every_mix_has_is_refused(small: Scenario) -> None:
    plan = change(small, {"demand": {"trend": 1.3}, "pay": {"night_share": 0.3}})
    with pytest.raises(PrecisionError):
        explain(small, plan, ["answered/email"], 2, workers=1)
    assert Key("cost_nok") in [each.key for each in explain(small, plan, [], 2, workers=1).figures]
