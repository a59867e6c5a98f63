"""The model behaves, not only fits: what must move moves, what must not stays, on the same persons."""

import numpy as np
import pytest

from simulator.demand import draw
from simulator.scenario import change, load
from simulator.service.keys import Key
from simulator.service.ledger import ANSWERED, MET_CLOSED
from simulator.service.measures import Yardstick, Year
from simulator.service.planning import make_plan
from simulator.service.reference import serve
from simulator.study.replicate import simulate
from tests.support import SHIPPED

YEARS = 2
CHAT = 1


@pytest.fixture(scope="module")
def figures():
    """Every key figure of every shipped scenario over the same simulated years."""
    found = {}
    for name in SHIPPED:
        scenario = load(name)
        yardstick = Yardstick(scenario, make_plan(scenario))
        seen = [yardstick.observe(simulate(scenario, seed=5, replication=year)) for year in range(YEARS)]
        top, bottom = (np.sum([each[i] for each in seen], axis=0) for i in (0, 1))
        with np.errstate(invalid="ignore", divide="ignore"):
            found[name] = dict(zip(yardstick.keys, top / bottom, strict=True))
    return found


@pytest.mark.parametrize("name", [name for name in SHIPPED if name != "2023-actual"])
def test_scenario_moves_as_its_line_says(figures, name):
    expect = load(name).expect
    for direction, moved in ((1, expect.up), (-1, expect.down)):
        for figure in moved:
            measure, _, channel = figure.partition(" ")
            key = Key(measure, channel or "all")
            change_of_it = figures[name][key] - figures[expect.than][key]
            assert direction * change_of_it > 0, f"{figure} moved by {change_of_it}"


def test_no_two_scenarios_give_equal_measures(figures):
    keys = [Key(m, c) for m in ("answered", "unanswered", "offered") for c in ("chat", "phone")]
    seen = [tuple(figures[name][key] for key in keys) for name in SHIPPED]
    assert len(set(seen)) == len(seen)


def test_persons_are_reached_unanswered_or_still_out(figures):
    for of in figures.values():
        persons, *parts = (of[Key(name)] for name in ("persons", "persons_reached", "unanswered", "still_out"))
        assert persons == pytest.approx(sum(parts))


@pytest.fixture(scope="module")
def actual():
    """The scenario of 2024 over its first quarter, to be quick."""
    return change(load("2024-actual"), {"period": {"last_day": "2024-03-31"}})


def answered_chats(year: Year) -> int:
    """Chats answered in a year."""
    return int(((year.ledger.fate == ANSWERED) & (year.ledger.channel == CHAT)).sum())


def chat_roster(**counsellors):
    """Changes of how many chat counsellors there are."""
    return {"roster": {"kristiansand": {name.replace("_", " "): {"counsellors": n} for name, n in counsellors.items()}}}


def test_no_chat_counsellor_answers_no_chat(actual):
    assert answered_chats(simulate(change(actual, chat_roster(chat=0, chat_evening=0)), seed=2)) == 0


def test_half_the_roster_answers_fewer(actual):
    half = chat_roster(chat=1, chat_evening=1)
    assert answered_chats(simulate(change(actual, half), seed=2)) < answered_chats(simulate(actual, seed=2))


def test_twenty_times_the_roster_without_redial_answers_every_attempt_that_met_open(actual):
    many = {
        "channels": {"phone": {"redial": None}, "chat": {"redial": None}},
        "roster": {
            "kristiansand": {
                "phone": {"counsellors": 40},
                "chat": {"counsellors": 60},
                "chat evening": {"counsellors": 20},
            }
        },
    }
    ledger = simulate(change(actual, many), seed=2).ledger
    live = ledger.channel <= CHAT
    assert (ledger.fate[live & (ledger.fate != MET_CLOSED)] == ANSWERED).all()


def test_half_again_the_demand_answers_less_than_half_again_as_many(actual):
    before, after = (answered_chats(simulate(change(actual, {"demand": {"trend": t}}), seed=2)) for t in (1.0, 1.5))
    assert before < after < 1.5 * before


ARRAYS = ("arrival_ms", "channel", "origin", "identity", "work_ms", "patience_ms", "balk_u", "closed_u", "redial_u")


@pytest.mark.parametrize(
    "added",
    [
        {"sites": {"aaa": {"share": 0.0}}},
        {"sites": {"site 99": {"share": 0.0, "background": {"busy_share": 0.5}}}},
        {"channels": {"chat": {"closing": {"last_admission_min": 15}}}},
        {"shift_end": "hand_back"},
        {"channels": {"phone": {"wrap_up": {"mean_min": 3}}}},
    ],
    ids=["a site first in order", "a site with background work", "a closing rule", "a shift rule", "another draw"],
)
def test_what_no_contact_uses_changes_no_contact(actual, added):
    before, after = draw(actual, seed=3), draw(change(actual, added), seed=3)
    for name in ARRAYS:
        if name == "origin":
            mine, theirs = ([each.sites[code] for code in each.origin] for each in (before, after))
        else:
            mine, theirs = getattr(before, name), getattr(after, name)
        assert np.array_equal(mine, theirs), name


def test_a_site_nobody_calls_changes_no_fate(actual):
    more = change(actual, {"sites": {"zzz": {"share": 0.0}}})
    before, after = (serve(draw(each, seed=3), make_plan(each)) for each in (actual, more))
    for name in ("person", "fate", "next", "wait_ms", "start_ms", "end_ms"):
        assert np.array_equal(getattr(before, name), getattr(after, name))


def test_more_demand_keeps_everybody_who_was_there(actual):
    before, after = draw(actual, seed=3), draw(change(actual, {"demand": {"trend": 1.3}}), seed=3)
    kept = np.isin(after.identity, before.identity)
    assert kept.sum() == len(before)
    assert np.array_equal(after.arrival_ms[kept], before.arrival_ms)
    assert np.array_equal(after.work_ms[kept], before.work_ms)


def test_restating_every_key_in_another_order_changes_nothing(actual):
    def turned(value):
        if isinstance(value, dict):
            return {key: turned(each) for key, each in reversed(value.items())}
        return value

    document = turned(actual.model_dump(mode="json", exclude_none=True))
    before, after = (simulate(each, seed=4).ledger for each in (actual, load(document)))
    assert before.differs_from(after) is None
