"""The ordinary week: minutes, shares and words, across midnight and from Sunday into Monday."""

import pytest

from simulator.report.hours import in_words, open_minutes, open_minutes_per_hour, stretches
from simulator.report.numbers import WEEKDAYS

EVENING = {day: [[975, 1425 if day == "sat" else 1365]] for day in WEEKDAYS}
ALWAYS = {day: [[0, 1440]] for day in WEEKDAYS}


def test_a_window_past_midnight_opens_the_next_day_and_sunday_opens_monday():
    is_open = open_minutes({"sun": [[1380, 1560]], "mon": [[1380, 1500]]})
    assert [int(day.sum()) for day in is_open] == [180, 60, 0, 0, 0, 0, 60]
    assert is_open[0, :120].all() and is_open[6, 1380:].all()


def test_open_minutes_of_a_mean_day():
    minutes = open_minutes_per_hour(EVENING)
    assert minutes[15] == 0
    assert minutes[16] == 45
    assert minutes[22] == pytest.approx((6 * 45 + 60) / 7)
    assert minutes[23] == pytest.approx(45 / 7)
    assert minutes.sum() * 7 == pytest.approx(6 * 390 + 450)


def test_stretches_name_the_share_of_weekdays():
    assert stretches(open_minutes(EVENING)) == [(16.25, 22.75, 1.0), (22.75, 23.75, pytest.approx(1 / 7))]
    assert stretches(open_minutes(ALWAYS)) == [(0.0, 24.0, 1.0)]
    assert stretches(open_minutes({})) == []


@pytest.mark.parametrize(
    ("week", "nb", "en"),
    [
        (ALWAYS, "hele døgnet", "round the clock"),
        ({}, "stengt", "closed"),
        (EVENING, "man–fre og søn 16:15–22:45, lør 16:15–23:45", "Mon–Fri and Sun 16:15–22:45, Sat 16:15–23:45"),
        ({day: [[975, 1680]] for day in WEEKDAYS}, "alle dager 16:15–04:00", "every day 16:15–04:00"),
        (
            {day: [[480, 720], [930, 1440]] for day in WEEKDAYS},
            "alle dager 08:00–12:00 og 15:30–24:00",
            "every day 08:00–12:00 and 15:30–24:00",
        ),
        (
            {"sat": [[0, 1440]], "sun": [[0, 1440]]},
            "man–fre stengt, lør og søn 00:00–24:00",
            "Mon–Fri closed, Sat and Sun 00:00–24:00",
        ),
    ],
)
def test_in_words(week, nb, en):
    assert (in_words(week, "nb"), in_words(week, "en")) == (nb, en)
