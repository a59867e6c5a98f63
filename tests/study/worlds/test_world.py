"""A world in a scenario, and the document in which worlds are kept."""

import json
from dataclasses import replace

import numpy as np
import pytest

from simulator.scenario import load
from simulator.study.worlds.parameters import NAMES, impossible, settings
from simulator.study.worlds.priors import shipped_priors
from simulator.study.worlds.world import Factors, World, Worlds, WorldsError, speak_of

PRIORS = shipped_priors()
VALUES = {name: float(f"{PRIORS[f'prior-{name}'].quantile(0.7):.3g}") for name in NAMES} | {
    "chat-speed-2": 0.9,
    "chat-speed-3": 0.7,
}
FLAT = Factors((1.0,) * 12, (1.0,) * 7, (2.0,) * 24)


def a_world(number: int = 1) -> World:
    profiles = {name: FLAT for name in ("chat-2023", "chat-2024", "phone-2023", "phone-2024")}
    return World(number, VALUES, profiles, {"oslo": 0.1}, {"chat-first-attempts-2023": 2e4}, {"chat-2024": 8770.0})


def test_every_assumption_of_the_default_world_is_replaced_in_every_shift_and_channel():
    scenario = a_world().applied(load("one-more-evening-counsellor"))
    chat, phone = scenario.channels.chat, scenario.channels.phone
    assert chat is not None and phone is not None
    assert chat.work.mean_min == VALUES["chat-work"] and chat.work.cv == VALUES["chat-work-cv"]
    assert chat.speed_by_level == [1.0, 0.9, 0.7]
    assert chat.wrap_up is not None and chat.wrap_up.mean_min == VALUES["chat-wrap-up"]
    assert chat.balking == phone.balking == VALUES["balking"]
    shifts = scenario.roster["kristiansand"]
    assert {name: shift.chats_at_once for name, shift in shifts.items() if "chat" in shift.answers} == dict.fromkeys(
        ("chat", "chat evening", "en til på chat"), int(VALUES["chats-at-once"])
    )
    assert shifts["en til på chat"].counsellors == 1, "the alternative is the planner's"
    assert shifts["chat evening"].counsellors == VALUES["chat-evening-counsellors"]
    backgrounds = [site.background.busy_share for site in scenario.sites.values() if site.background]
    assert set(backgrounds) == {VALUES["background-share"]} and len(backgrounds) == 17


def test_a_planners_own_number_stays():
    mine = load({"extends": "2024-actual.yaml", "channels": {"chat": {"patience": {"mean_min": 3}}}})
    applied = a_world().applied(mine)
    assert applied.channels.chat is not None and applied.channels.chat.patience is not None
    assert applied.channels.chat.patience.mean_min == 3


def test_counts_of_people_are_whole():
    made = settings(VALUES)
    assert isinstance(made["default-chat-counsellors"], int) and isinstance(made["default-chats-at-once"], int)


@pytest.mark.parametrize(
    ("two", "three", "wrong"), [(0.8, 0.6, False), (0.6, 0.7, True), (0.9, 0.5, True), (0.4, 0.4, True)]
)
def test_speeds_that_no_counsellor_can_have(two: float, three: float, wrong: bool):
    assert (impossible(VALUES | {"chat-speed-2": two, "chat-speed-3": three}) == "speeds") is wrong


def test_demand_follows_the_names_of_shipped_profiles():
    demand = a_world().demand(load("2024-actual"))
    assert set(demand) == {"phone", "chat", "sms", "email", "ung"}
    assert all(np.all(each.per_hour == 2.0) for each in demand.values())
    own = load({"extends": "2024-actual.yaml", "demand": {"chat": {"profile": "mine.csv"}}})
    assert set(a_world().demand(own)) == {"phone", "sms", "email", "ung"}


def test_worlds_speak_only_of_demand_they_know():
    assert speak_of(load("2024-actual"), [a_world()])
    toy = {"title": "x", "period": {"first_day": "2024-01-01", "last_day": "2024-01-02"}}
    toy |= {"channels": {"chat": {"work": {"mean_min": 1}}}, "demand": {"chat": {"per_hour": 1}}}
    assert not speak_of(load(toy), [a_world()])


def test_what_is_read_is_what_was_written():
    worlds = Worlds((a_world(1), a_world(5)), {"seed": 1})
    again = Worlds.from_text(worlds.to_text())
    assert again == worlds and again.fingerprint == worlds.fingerprint
    assert again.to_text() == worlds.to_text()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("0.9", "0.91", 1),
        lambda text: text.replace('"format":1', '"format":2'),
        lambda _: "[]",
        lambda _: "",
        lambda _: "[" * 10_000,
        lambda text: json.dumps(json.loads(text) | {"worlds": []}),
        lambda text: text.replace('"number":1', '"number":"x"'),
    ],
)
def test_a_document_that_was_changed_is_refused(spoil):
    with pytest.raises(WorldsError):
        Worlds.from_text(spoil(Worlds((a_world(),), {"seed": 1}).to_text()))


def test_the_first_worlds_are_a_set_of_their_own():
    worlds = Worlds(tuple(replace(a_world(), number=n) for n in range(1, 6)), {})
    assert [each.number for each in worlds.first(2).worlds] == [1, 2]
    assert worlds.first(9) is worlds


def test_factors_multiply_to_the_profile_they_were_taken_from():
    rng = np.random.default_rng(1)
    factors = Factors(*(tuple(rng.uniform(0.5, 2, n)) for n in (12, 7, 24)))
    again = Factors.of(factors.profile)
    assert again.profile.per_hour == pytest.approx(factors.profile.per_hour, rel=1e-5)
    assert np.mean(again.months) == pytest.approx(1, rel=1e-5)
