"""Which half-hours there are, which are staffed alike, and what is counted in them."""

import numpy as np
import pytest

from simulator.scenario import CHANNELS, change, load
from simulator.scenario.calendar import Calendar
from simulator.service.ledger import ANSWERED, MET_CLOSED
from simulator.study import simulate
from simulator.study.staffing.counting import SAMPLE_MIN, ReadCrowd, ReadSlots
from simulator.study.staffing.slots import CLOSED, Slots
from simulator.study.staffing.targets import TargetError, parse_target
from simulator.words import LANGUAGES


def test_the_half_hours_of_2024_begin_on_the_quarter_and_pool_weekdays():
    slots = Slots.of(load("2024-actual"), "chat", 30, "weekday-weekend")
    assert (slots.step_min, slots.offset_min, len(slots)) == (30, 15, 13 + 15 + 13)
    assert slots.size.tolist() == [5] * 13 + [1] * 28
    first, last = slots.groups[0], slots.groups[12]
    assert (first.days, first.minute, first.opens, first.closes) == ((0, 1, 2, 3, 4), 16 * 60 + 15, True, False)
    assert (last.minute, last.opens, last.closes) == (22 * 60 + 15, False, True)
    assert slots.groups[27].minute == 23 * 60 + 15


def test_days_pool_as_asked():
    scenario = load("2024-actual")
    every = Slots.of(scenario, "chat", 30, "every-day")
    assert every.size.tolist() == [7] * 13 + [1, 1]
    assert len(Slots.of(scenario, "chat", 30, "week")) == 6 * 13 + 15


def test_the_hours_after_midnight_belong_to_the_evening_before(evening):
    night = change(evening, {"channels": {"chat": {"open": {"fri": "22:00-02:00", "sun": "23:00-01:00"}}}})
    slots = Slots.of(night, "chat", 60, "week")
    assert [(group.days, group.minute) for group in slots.groups] == [
        *(((4,), hour * 60) for hour in range(22, 26)),
        *(((6,), hour * 60) for hour in (23, 24)),
    ]
    assert slots.group[0] == 5  # Monday 00:00 is Sunday's night
    assert slots.group[1] == CLOSED


def test_a_channel_that_never_closes_has_every_slot_and_no_edge():
    slots = Slots.of(load("2023-actual"), "chat", 60, "every-day")
    assert len(slots) == 24 and not any(group.opens or group.closes for group in slots.groups)


def test_slots_shrink_where_the_opening_does_not_fit(evening):
    odd = change(evening, {"channels": {"chat": {"open": {"daily": "18:00-22:15"}}}})
    assert Slots.of(odd, "chat", 60, "every-day").step_min == 15
    odder = change(evening, {"channels": {"chat": {"open": {"daily": "18:10-22:15"}}}})
    assert Slots.of(odder, "chat", 60, "every-day").groups[0].minute == 18 * 60


def test_attempts_are_counted_in_the_half_hour_of_their_own_time(evening):
    year = simulate(evening)
    slots = Slots.of(evening, "chat", 30, "weekday-weekend")
    target = parse_target("answered within 60 s >= 80%", 120)
    tops, bottoms = ReadSlots(slots, target)(evening, year.plan).observe(year)
    calendar, ledger = Calendar.of(evening), year.ledger
    top, bottom = np.zeros(len(slots)), np.zeros(len(slots))
    for at, fate, wait in zip(ledger.at_ms.tolist(), ledger.fate.tolist(), ledger.wait_ms.tolist(), strict=True):
        when = calendar.civil_time(at)
        place = when.weekday() >= 5, when.weekday() == 6, when.hour * 60 + when.minute
        if fate == MET_CLOSED:
            continue
        days = (5,) if place[0] and not place[1] else (6,) if place[1] else (0, 1, 2, 3, 4)
        group = next(i for i, each in enumerate(slots.groups) if each.days == days and 0 <= place[2] - each.minute < 30)
        bottom[group] += 1
        top[group] += fate == ANSWERED and wait <= 60_000
    assert (bottoms[:-1] == bottom).all() and (tops[:-1] == top).all() and bottom.sum() > 500
    assert tops[-1] == pytest.approx(ledger.overtime_ms.sum() / 3_600_000)


def test_the_number_in_the_system_is_read_at_each_look(evening):
    year = simulate(evening)
    slots = Slots.of(evening, "chat", 60, "every-day")
    tops, _ = ReadCrowd(slots, 6)(evening, year.plan).observe(year)
    calendar, ledger = Calendar.of(evening), year.ledger
    came = (ledger.channel == CHANNELS.index("chat")) & (ledger.fate != MET_CLOSED)
    left = np.where(ledger.end_ms >= 0, ledger.end_ms, ledger.at_ms + ledger.wait_ms)
    counts = np.zeros((len(slots), 7))
    for at in range(0, year.plan.end_ms, SAMPLE_MIN * 60_000):
        group = int(slots.of_instants(np.array([at]), calendar)[0])
        if group >= 0:
            inside = int((came & (ledger.at_ms <= at) & (left > at)).sum())
            counts[group, min(inside // 2, 6)] += 1  # two chats at once: so many people are wholly taken
    assert (tops.reshape(counts.shape) == counts).all()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("answered_share_of_open>=90%", "answered_share_of_open >= 90%"),
        ("besvart ≥ 0,9", "answered_share_of_open >= 90%"),
        ("answered_within_target_share >= 80 %", "answered within 120 s >= 80%"),
        ("Answered within 2 min >= 80%", "answered within 120 s >= 80%"),
        ("besvart innen 30 s >= 80 %", "answered within 30 s >= 80%"),
        ("abandoned_share<=5%", "abandoned_share <= 5%"),
    ],
)
def test_targets_as_planners_write_them(text, written):
    assert str(parse_target(text, 120)) == written


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("many", "unreadable"),
        ("answered_share_of_open>=100%", "share"),
        ("answered_share_of_open>=0", "share"),
        ("answered_share>=90%", "measure"),
        ("answered_share_of_open<=90%", "side"),
        ("abandoned_share>=5%", "side"),
        ("answered within 999999 s >= 80%", "wait"),
    ],
)
def test_targets_that_are_none_are_refused_in_words(text, word):
    with pytest.raises(TargetError) as found:
        parse_target(text, 120)
    assert found.value.word == word
    assert all(found.value.text(lang) for lang in LANGUAGES)


def test_a_target_is_met_on_its_good_side():
    assert parse_target("answered>=90%", 0).margin(np.array([0.95]))[0] > 0
    assert parse_target("abandoned<=5%", 0).margin(np.array([0.06]))[0] < 0
