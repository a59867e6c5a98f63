"""The committed demand is what solving gives: solved again from nothing, with fewer years, it comes out the same."""

import numpy as np
import pytest

from simulator.demand import shipped_origins, shipped_profile
from simulator.scenario import change, load
from simulator.study.solve import CapacityError, solve, targets

YEARS, PASSES = 6, 5


@pytest.fixture(scope="module")
def solved():
    return solve("day-and-night", replications=YEARS, passes=PASSES, seed=99)


@pytest.mark.parametrize("name", ["chat-2023", "chat-2024", "phone-2023", "phone-2024"])
def test_committed_profile_is_solved_again(solved, name):
    """Other years than those it was solved on, so equal up to their noise: about 1 % of a total, 3 % of an hour."""
    mine, committed = solved[0][name].per_hour, shipped_profile("day-and-night", name).per_hour
    assert mine.sum() == pytest.approx(committed.sum(), rel=0.03)
    assert mine == pytest.approx(committed, rel=0.10, abs=0.02)


def test_committed_origins_are_solved_again(solved):
    committed = shipped_origins("day-and-night")
    assert solved[1].keys() == committed.keys()
    assert sum(solved[1].values()) == pytest.approx(sum(committed.values()), rel=0.03)


def test_targets_add_up():
    wanted = targets()
    assert sum(wanted.chat_2023.values()) == pytest.approx(19150)
    assert sum(wanted.shares.values()) == pytest.approx(0.37)


def test_too_few_people_is_said_not_hidden(monkeypatch):
    from simulator.study import solve as module

    def understaffed(name):
        roster = {"kristiansand": {"chat": {"counsellors": 1, "chats_at_once": 1}, "chat evening": None}}
        if name == "2024-actual":
            roster["kristiansand"]["chat"]["hours"] = "16:15-22:45"
        return change(load(name), {"roster": roster})

    monkeypatch.setattr(module, "load", understaffed)
    with pytest.raises(CapacityError, match="first attempts for each published answer"):
        solve("day-and-night", replications=1, passes=6, workers=1)


def test_profiles_are_smooth_across_the_edges_of_blocks():
    """No jump at 04:00 or 22:45: neighbouring hours differ by less than a factor 2."""
    day = shipped_profile("day-and-night", "chat-2023").per_hour[0, 0]
    ratios = day / np.roll(day, 1)
    assert ratios.max() < 2
    assert ratios.min() > 0.5
