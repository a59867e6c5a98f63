"""The cheapest shifts: the published case, brute force on small windows, and what is said of impossible questions."""

import json
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import simulator
from simulator.study.rostering.cover import CoverError
from simulator.words import LANGUAGES

CASE = next(
    case
    for case in json.loads((Path(__file__).parents[2] / "cases" / "public.json").read_text(encoding="utf-8"))
    if case["id"] == "ROST-1"
)


def covered(people, shifts, around=False):
    """Whether shifts hold the people needed; counted slot by slot."""
    on_duty = [0] * len(people)
    for shift in shifts:
        for slot in range(shift["start"], shift["start"] + shift["length"]):
            assert around or slot < len(people)
            on_duty[slot % len(people)] += shift["people"]
    return all(there >= level for there, level in zip(on_duty, people, strict=True))


def cheapest(people, lengths, costs):
    """Brute force: of the first slot in need, try every shift that holds it."""
    if not any(people):
        return 0.0
    first = next(slot for slot, level in enumerate(people) if level)
    found = float("inf")
    for length, cost in zip(lengths, costs, strict=True):
        for start in range(max(0, first - length + 1), min(first, len(people) - length) + 1):
            left = [max(0, level - (start <= slot < start + length)) for slot, level in enumerate(people)]
            found = min(found, cost + cheapest(left, lengths, costs))
    return found


@pytest.mark.case("ROST-1")
def test_the_published_case():
    asked, expected = CASE["params"], CASE["expected"]
    found = simulator.cover_shifts(asked["demand"], asked["shift_lengths"], asked["shift_costs"]).as_json()
    assert found["optimal_cost"] == pytest.approx(expected["optimal_cost"], rel=1e-6)
    assert found["lp_bound"] == pytest.approx(expected["lp_bound"], rel=1e-6)
    assert covered(asked["demand"], found["shifts"])
    costs = dict(zip(asked["shift_lengths"], asked["shift_costs"], strict=True))
    assert sum(costs[each["length"]] * each["people"] for each in found["shifts"]) == pytest.approx(24.4)


@given(
    people=st.lists(st.integers(0, 2), min_size=4, max_size=6),
    kinds=st.lists(st.tuples(st.integers(1, 4), st.integers(10, 99)), min_size=1, max_size=3, unique_by=lambda x: x[0]),
)
@settings(max_examples=40, deadline=None)
def test_no_cover_is_cheaper_than_the_one_found(people, kinds):
    lengths, costs = [length for length, _ in kinds], [cost / 10 for _, cost in kinds]
    found = simulator.cover_shifts(people, lengths, costs)
    assert found.optimal_cost == pytest.approx(cheapest(people, lengths, costs))
    assert found.lp_bound <= found.optimal_cost + 1e-9
    assert covered(people, found.as_json()["shifts"])


def test_the_bound_lies_below_where_people_cannot_be_divided():
    # three slots in a ring, two of them in each shift: one and a half people would do, two are needed
    found = simulator.cover_shifts([1, 1, 1], [2], [1.0], around=True)
    assert (found.optimal_cost, found.lp_bound) == (2.0, pytest.approx(1.5))
    assert covered([1, 1, 1], found.as_json()["shifts"], around=True)


def test_all_ways_round_a_small_ring():
    for people in product(range(3), repeat=3):
        found = simulator.cover_shifts(people, [2], [1.0], around=True)
        counts = product(range(5), repeat=3)
        best = min(sum(n) for n in counts if all(n[i] + n[i - 1] >= people[i] for i in range(3)))
        assert found.optimal_cost == best


def test_nobody_needed_costs_nothing():
    assert simulator.cover_shifts([0, 0], [1], [1.0]).as_json() == {"optimal_cost": 0, "lp_bound": 0, "shifts": []}


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (([1, 1], [3], [1.0]), "None of the shifts fits"),
        (([], [1], [1.0]), "0 slots"),
        (([1], [1, 2], [1.0]), "2 lengths of shifts and 1 costs"),
        (([-1], [1], [1.0]), "whole numbers"),
        (([1], [0], [1.0]), "length of a shift"),
        (([1], [1], [float("nan")]), "cost 0 or more"),
    ],
)
def test_an_impossible_question_is_refused_in_words(question, said):
    with pytest.raises(CoverError, match=said) as refused:
        simulator.cover_shifts(*question)
    assert all(refused.value.text(lang) for lang in LANGUAGES)
