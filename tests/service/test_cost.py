"""Hours on the roster and what they cost, by hand: supplements, holidays, and days of 23 and 25 hours."""

from typing import Any

import numpy as np
import pytest

from simulator.scenario.calendar import Calendar
from simulator.scenario.model import Pay, Scenario
from simulator.service import Yardstick, make_plan
from simulator.service.cost import cost_nok, rate_nok_per_hour, staffed_by_hour, staffed_hours
from tests.service.tracing import rules, service, shift, with_sites

PAY = {
    "basic_nok_per_year": 200_000,
    "hours_per_year": 1_000,  # 200 an hour on duty
    "evening_nok_per_hour": 50,
    "night_share": 0.25,  # 50 an hour, but 70 at least
    "night_least_nok_per_hour": 70,
    "weekend_share": 0.4,  # 80 an hour
    "weekend_least_nok_per_hour": 60,
    "holiday_share": 1.5,  # 300 an hour
    "on_cost_share": 0.4,
}
BASIC, EVENING, NIGHT, WEEKEND, HOLIDAY, ON_COSTS = 200, 50, 70, 80, 300, 1.4


def roster(hours: Any, first_day: str, days: int = 1, people: int = 1, **parts: Any) -> Scenario:
    """Some people who answer the phone at these hours, in Norwegian time."""
    hand = {"hours": hours, "counsellors": people, "answers": ["phone"]}
    parts = {"timezone": "Europe/Oslo", "pay": PAY, **parts}
    return service({"phone": rules(), "chat": rules()}, hand, first_day=first_day, days=days, **parts)


def cost(scenario: Scenario) -> float:
    assert scenario.pay is not None
    return cost_nok(make_plan(scenario), Calendar.of(scenario), scenario.pay)


def hours(scenario: Scenario) -> dict[str, float]:
    return staffed_hours(make_plan(scenario), Calendar.of(scenario))


MONDAY, SATURDAY = "2024-01-15", "2024-01-20"


@pytest.mark.parametrize(
    ("written", "day", "expected"),
    [
        ("08:00-16:00", MONDAY, 8 * BASIC),
        ("16:00-22:00", MONDAY, 6 * BASIC + 4 * EVENING + 1 * NIGHT),
        ("16:15-22:45", MONDAY, 6.5 * BASIC + 4 * EVENING + 1.75 * NIGHT),
        ("05:30-06:30", MONDAY, 1 * BASIC + 0.5 * NIGHT),
        ("00:00-24:00", MONDAY, 24 * BASIC + 4 * EVENING + 9 * NIGHT),
        ("10:00-11:00", SATURDAY, BASIC + WEEKEND),
        ("00:00-24:00", SATURDAY, 24 * (BASIC + WEEKEND) + 4 * EVENING + 9 * NIGHT),
        ("10:00-11:00", "2024-05-17", BASIC + HOLIDAY),  # a Friday
        ("18:00-19:00", "2024-05-17", BASIC + HOLIDAY + EVENING),
        ("10:00-11:00", "2024-05-19", BASIC + HOLIDAY),  # Whit Sunday: instead of the weekend's
        ("10:00-11:00", "2024-05-18", BASIC + WEEKEND),  # the Saturday between
        ("10:00-11:00", "2024-03-28", BASIC + HOLIDAY),  # Maundy Thursday
        ("10:00-11:00", "2024-12-24", BASIC),
    ],
)
def test_one_person_on_one_day(written: str, day: str, expected: float) -> None:
    only_that_day = {"dates": {day: written}}
    assert cost(roster(only_that_day, day)) == pytest.approx(expected * ON_COSTS, rel=1e-12)
    assert cost(roster(only_that_day, day, people=3)) == pytest.approx(3 * expected * ON_COSTS, rel=1e-12)


def test_friday_night_runs_into_the_weekend() -> None:
    scenario = roster({"fri": "22:00-06:00"}, "2024-01-19", days=2)
    assert cost(scenario) == pytest.approx((8 * BASIC + 8 * NIGHT + 6 * WEEKEND) * ON_COSTS, rel=1e-12)


def test_the_night_into_a_holiday_changes_at_midnight() -> None:
    scenario = roster({"dates": {"2024-04-30": "22:00-02:00"}}, "2024-04-30", days=2)
    assert cost(scenario) == pytest.approx((4 * BASIC + 4 * NIGHT + 2 * HOLIDAY) * ON_COSTS, rel=1e-12)


def test_a_day_of_23_hours_costs_23() -> None:
    """Easter Sunday 2024: a holiday, and the night the clock goes from 02 to 03: nights 00, 01, 03-05 and 21-23."""
    scenario = roster({"dates": {"2024-03-31": "always"}}, "2024-03-31")
    assert hours(scenario)["all"] == 23
    assert cost(scenario) == pytest.approx((23 * (BASIC + HOLIDAY) + 8 * NIGHT + 4 * EVENING) * ON_COSTS, rel=1e-12)


def test_a_day_of_25_hours_costs_25() -> None:
    scenario = roster({"dates": {"2024-10-27": "always"}}, "2024-10-27")
    assert hours(scenario)["all"] == 25
    assert cost(scenario) == pytest.approx((25 * (BASIC + WEEKEND) + 10 * NIGHT + 4 * EVENING) * ON_COSTS, rel=1e-12)


def test_a_shift_over_the_lost_hour_is_an_hour_shorter() -> None:
    assert hours(roster({"dates": {"2024-03-30": "22:00-06:00"}}, "2024-03-30", days=2))["all"] == 7
    assert hours(roster({"dates": {"2024-10-26": "22:00-06:00"}}, "2024-10-26", days=2))["all"] == 9


def test_supplements_follow_the_paid_hour_and_basic_pay_the_hour_on_duty() -> None:
    """200 000 a year for 2 000 paid hours: shares are of 100 an hour, though an hour on duty costs 200."""
    pay = {**PAY, "paid_hours_per_year": 2_000, "night_least_nok_per_hour": 10, "weekend_least_nok_per_hour": 10}
    night = roster({"dates": {SATURDAY: "22:00-23:00"}}, SATURDAY, pay=pay)
    assert cost(night) == pytest.approx((200 + 25 + 40) * ON_COSTS, rel=1e-12)
    holiday = roster({"dates": {"2024-05-17": "10:00-11:00"}}, "2024-05-17", pay=pay)
    assert cost(holiday) == pytest.approx((200 + 150) * ON_COSTS, rel=1e-12)


def test_nothing_is_added_where_nothing_is_agreed() -> None:
    pay = Pay(basic_nok_per_year=1000, hours_per_year=10)
    scenario = roster("closed", SATURDAY, days=3)
    assert rate_nok_per_hour(Calendar.of(scenario), pay).tolist() == [100.0] * 72


def test_rate_of_every_hour_of_a_week() -> None:
    rate = rate_nok_per_hour(Calendar.of(roster("closed", MONDAY, days=7)), Pay(**PAY))
    expected = []
    for weekday in range(7):
        for hour in range(24):
            supplement = EVENING if 17 <= hour < 21 else NIGHT if hour >= 21 or hour < 6 else 0
            expected.append((BASIC + supplement + (WEEKEND if weekday >= 5 else 0)) * ON_COSTS)
    assert rate == pytest.approx(np.array(expected), rel=1e-12)


# --- hours ----------------------------------------------------------------------------------------------


def test_hours_by_the_hour() -> None:
    scenario = roster({"daily": "16:15-22:45"}, MONDAY, people=2)
    by_hour = staffed_by_hour(make_plan(scenario), Calendar.of(scenario))
    assert by_hour.tolist() == [0.0] * 16 + [1.5] + [2.0] * 5 + [1.5, 0.0]


def test_only_what_lies_in_the_period_counts() -> None:
    scenario = roster("22:00-02:00", MONDAY)  # 00-02 of the night before, 22-24 of its own
    assert hours(scenario)["all"] == 4
    assert cost(scenario) == pytest.approx(4 * (BASIC + NIGHT) * ON_COSTS, rel=1e-12)


def test_new_years_night_is_cut_at_the_end_of_the_year() -> None:
    scenario = roster({"dates": {"2024-12-31": "20:00-04:00"}}, "2024-12-31")
    assert cost(scenario) == pytest.approx((4 * BASIC + 1 * EVENING + 3 * NIGHT) * ON_COSTS, rel=1e-12)


def test_hours_by_channel_and_all_together() -> None:
    channels = {"phone": rules(), "chat": rules()}
    shifts = [shift(0, 60, "phone"), shift(0, 120, "chat", "phone", people=2), shift(0, 30, "chat")]
    assert hours(service(channels, *shifts)) == {"all": 5.5, "phone": 5.0, "chat": 4.5}


def test_a_year_round_the_clock() -> None:
    assert hours(roster("always", "2024-01-01", days=366, people=2)) == {"all": 17568, "phone": 17568, "chat": 0}


def test_a_sites_own_people_cost_the_service_nothing() -> None:
    scenario = service(
        {"phone": rules()},
        shift(0, 60, "phone"),
        sites=with_sites(north={"lines": 5}),
        pay=PAY,
    )
    assert hours(scenario) == {"all": 1.0, "phone": 1.0}
    assert cost(scenario) == pytest.approx((BASIC + NIGHT) * ON_COSTS, rel=1e-12)


def test_nobody_on_the_roster_costs_nothing() -> None:
    assert cost(roster("closed", MONDAY)) == 0
    assert cost(roster("always", MONDAY, people=0)) == 0


# --- in the table of figures ----------------------------------------------------------------------------


def figures(scenario: Scenario) -> dict[str, tuple[float, str]]:
    from simulator.service import Year, serve
    from tests.service.tracing import contacts_of

    plan = make_plan(scenario)
    contacts = contacts_of(scenario, [{"at": 1500, "work": 5}])
    yardstick = Yardstick(scenario, plan)
    tops, bottoms = yardstick.observe(Year(contacts, plan, serve(contacts, plan)))
    columns = zip(yardstick.keys, tops, bottoms, yardstick.units, strict=True)
    return {key.measure: (top / bottom, unit) for key, top, bottom, unit in columns if key.channel == "all" and bottom}


def test_cost_is_a_figure_only_where_pay_is_known() -> None:
    assert figures(roster("10:00-12:00", MONDAY, days=2))["cost_nok"][0] == pytest.approx(4 * BASIC * ON_COSTS)
    assert "cost_nok" not in figures(roster("10:00-12:00", MONDAY, days=2, pay=None))


def test_days_of_warm_up_count_in_no_figure() -> None:
    """Two days are simulated and one is counted: its hours and their cost, and no more than its duty and overtime."""
    period = {"first_day": MONDAY, "last_day": "2024-01-16", "warm_up_days": 1}
    counted = figures(roster("10:00-12:00", MONDAY, period=period))
    assert counted["staffed_hours"][0] == 2
    assert counted["cost_nok"][0] == pytest.approx(2 * BASIC * ON_COSTS)
