"""The fingerprint moves with all that can move a figure, and with nothing else."""

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.scenario import change, fingerprint, load
from simulator.scenario.yaml_reader import read_file

WHOLE = Path(__file__).with_name("whole.yaml")
TREE = read_file(WHOLE, "whole").tree
BASE = load(WHOLE)


def shuffled(tree: Any, rng: random.Random) -> Any:
    """Restate the same content with every mapping's keys in another order."""
    if isinstance(tree, dict):
        return {key: shuffled(tree[key], rng) for key in rng.sample(list(tree), len(tree))}
    return [shuffled(each, rng) for each in tree] if isinstance(tree, list) else tree


@given(st.randoms(use_true_random=False))
@settings(max_examples=15, derandomize=True, deadline=None)
def test_the_order_of_keys_says_nothing(rng: random.Random):
    scenario = load(shuffled(TREE, rng))
    assert fingerprint(scenario) == fingerprint(BASE)
    assert list(scenario.sites) == list(BASE.sites)
    assert [(site, list(shifts)) for site, shifts in scenario.roster.items()] == [
        (site, list(shifts)) for site, shifts in BASE.roster.items()
    ]


def test_names_are_in_natural_order():
    people = {"hours": "always", "counsellors": 1, "answers": ["phone"]}
    scenario = change(BASE, {"roster": {"kristiansand": {f"shift {n}": people for n in (10, 9, 1)}}})
    assert list(scenario.roster["kristiansand"]) == ["chat", "chat evening", "phone", "shift 1", "shift 9", "shift 10"]


def test_it_is_short_hexadecimal_and_stable():
    assert len(fingerprint(BASE)) >= 12 and int(fingerprint(BASE), 16) >= 0
    assert fingerprint(BASE) == fingerprint(load(WHOLE))


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "other", "why": "other", "expect": {"than": "x"}},
        {"channels": {"chat": {"balking": 0.0}}},
        {"channels": {"chat": {"patience": {"mean_min": 7.0}}}},
        {"channels": {"phone": {"work": {"mean_min": {"value": 12.0, "status": "assumed"}}}}},
        {"channels": {"phone": {"open": {"daily": "00:00-24:00"}}}},
    ],
)
def test_prose_defaults_and_spelling_do_not_move_it(changes: dict):
    assert fingerprint(change(BASE, changes)) == fingerprint(BASE)


@pytest.mark.parametrize(
    "changes",
    [
        {"channels": {"chat": {"balking": 0.01}}},
        {"channels": {"chat": {"open": {"daily": "16:15-22:46", "sat": "16:15-23:45"}}}},
        {"roster": {"kristiansand": {"chat": {"counsellors": 4}}}},
        {"sites": {"bodø": {"share": 0.0}}},
        {"period": {"warm_up_days": 1}},
        {"timezone": "UTC"},
        {"shift_end": "hand_back"},
    ],
)
def test_everything_else_moves_it(changes: dict):
    assert fingerprint(change(BASE, changes)) != fingerprint(BASE)


def test_what_else_the_outcome_rests_on_moves_it():
    assert len({fingerprint(BASE), fingerprint(BASE, b"a"), fingerprint(BASE, b"b")}) == 3


def test_the_order_of_dates_matters_only_where_they_overlap():
    def opened(*dates: tuple[str, str]) -> str:
        return fingerprint(change(BASE, {"channels": {"chat": {"open": {"daily": "always", "dates": dict(dates)}}}}))

    july, eve, day = ("2024-07-01/2024-07-31", "closed"), ("2024-12-24", "closed"), ("2024-07-10", "always")
    assert opened(july, eve) == opened(eve, july)
    assert opened(july, day) != opened(day, july)
    assert opened(eve) == opened(("2024-12-24/2024-12-24", "closed"))
