"""Budgets as planners write them, and aims as files: what is meant, and what is wrong by line."""

import numpy as np
import pytest

from simulator.scenario import CHANNELS, ScenarioError
from simulator.service.keys import Key
from simulator.service.measures import Yardstick
from simulator.service.tally import KINDS, HourTable
from simulator.study import simulate
from simulator.study.hours import Aim, HoursError, read_aim
from simulator.study.hours.aims import points_by_hour
from simulator.study.hours.budget import read_budget
from simulator.study.hours.judging import FIGURES, reading
from simulator.words import LANGUAGES
from tests.study.hours.service import scenario


@pytest.mark.parametrize(
    ("typed", "nok", "extra"),
    [
        ("+2000000", 2e6, True),
        ("+2 000 000", 2e6, True),
        ("+2\u00a0000\u00a0000 kr", 2e6, True),
        ("+2,5 mill", 2.5e6, True),
        ("+ 2.5m", None, None),
        ("21300000", 21.3e6, False),
        ("21.300.000", 21.3e6, False),
        ("-500000", -5e5, True),
        ("−1 mill.", -1e6, True),
    ],
)
def test_a_budget_is_read_as_it_is_meant(typed, nok, extra):
    if nok is None:
        with pytest.raises(HoursError):
            read_budget(typed)
        return
    found = read_budget(typed)
    assert (found.nok, found.is_extra) == (pytest.approx(nok), extra)
    assert found.extra_nok(20e6) == pytest.approx(nok if extra else nok - 20e6)


@pytest.mark.parametrize("typed", ["", "two million", "1e6", "+", "++1", "99999999999999", "1;2", "+1 00"])
def test_what_is_no_budget_is_refused_in_words(typed):
    with pytest.raises(HoursError) as refused:
        read_budget(typed)
    assert all("2000000" in refused.value.text(lang) for lang in LANGUAGES)


def test_the_usual_aim_is_persons_reached_by_chat_and_phone():
    assert read_aim("persons_reached").is_persons
    service = scenario(7)
    year = simulate(service)
    yardstick = Yardstick(service, year.plan)
    top, _ = yardstick.observe(year)
    tally = year.tally(HourTable.of(yardstick.calendar))
    weights = Aim().weights()
    reached = top[yardstick.keys.index(Key("persons_reached"))]
    assert points_by_hour(weights, tally).sum() == reached
    figures = dict(zip(FIGURES, reading(weights, "chat")(tally), strict=True))
    assert figures["aim"] == figures["persons_reached"] == reached
    assert figures["answered"] == top[yardstick.keys.index(Key("answered", "chat"))]


def test_an_aim_of_ones_own_weighs_channel_hour_day_and_waiting():
    aim = read_aim(
        "title: Nights count double\npersons_reached: {chat: 2}\nwaiting_minutes: {chat: 0.5}\n"
        'hours: {"22:00-06:00": 2}\ndays: {sat: 3}\n'
    )
    weights = aim.weights()
    reached, waits = KINDS.index("persons_reached"), KINDS.index("wait_of_answered_ms")
    chat = CHANNELS.index("chat")
    assert weights[reached, chat, 12] == 2 and weights[reached, chat, 23] == 4 and weights[reached, chat, 5] == 4
    assert weights[reached, chat, 5 * 24 + 23] == 12
    assert weights[waits, chat, 12] == pytest.approx(-0.5 / 60_000)
    assert np.count_nonzero(weights) == 2 * 168
    assert not aim.is_persons and aim.as_json()["title"] == "Nights count double"


def test_the_same_aim_under_a_name_is_still_persons():
    assert read_aim({"persons_reached": {"phone": 1, "chat": 1}}).is_persons


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("person_reached: {chat: 1}\n", 1, "persons_reached"),
        ("persons_reached: {chatt: 1}\n", 1, "chat"),
        ("persons_reached:\n  chat: many\n", 2, "0"),
        ("persons_reached: {chat: -1}\n", 1, "1000"),
        ("persons_reached: {chat: true}\n", 1, "1000"),
        ("persons_reached: {chat: 1}\nhours: {'22:15-06:00': 2}\n", 2, "22:00-06:00"),
        ("persons_reached: {chat: 1}\ndays: {lør: 2}\n", 2, "sat"),
        ("persons_reached: {chat: 1}\nhours: 2\n", 2, "hours"),
        ("title: Nothing\nhours: {}\n", 1, "waiting_minutes"),
        ("answered_within_target: {sms: 1}\n", 1, "chat"),
        (f"title: {'x' * 200}\npersons_reached: {{chat: 1}}\n", 1, "100"),
        ("persons_reached: {chat: !!python/object 1}\n", 1, "python"),
    ],
)
def test_what_is_wrong_with_an_aim_is_told_by_line(text, line, said):
    with pytest.raises(ScenarioError) as refused:
        read_aim(text)
    assert {problem.line for problem in refused.value.problems} == {line}
    assert all(said in refused.value.text(lang) for lang in LANGUAGES)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ScenarioError, match="persons_reached"):
        read_aim(tmp_path / "nothing.yaml")


def test_an_aim_in_a_file(tmp_path):
    file = tmp_path / "aim.yaml"
    file.write_text("persons_reached: {chat: 1, phone: 0}\n", encoding="utf-8")
    assert read_aim(file).points == {"persons_reached": {"chat": 1.0, "phone": 0.0}}
