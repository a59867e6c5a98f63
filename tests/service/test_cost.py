"""Hours on the roster and what they cost, by hand: supplements, holidays, days of 23 and 25 hours, and the sheet."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.evidence import evidence, thaw
from simulator.scenario import load
from simulator.scenario.calendar import Calendar, is_holiday, paid_as_holiday_from
from simulator.scenario.model import Pay, Scenario
from simulator.service import Yardstick, make_plan
from simulator.service.cost import (
    ANSWER_GROUPS,
    KINDS,
    MORNING,
    PARTS,
    CostSheet,
    cost_nok,
    cost_sheet,
    person_years,
    rate_nok_per_hour,
    rates_nok,
    staffed_by_hour,
    staffed_hours,
)
from simulator.service.cost import (
    EVENING as EVENING_BEGINS,
)
from simulator.service.cost import (
    NIGHT as NIGHT_BEGINS,
)
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
        ("11:00-13:00", "2024-12-24", 2 * BASIC + HOLIDAY),  # Christmas Eve: from noon
        ("16:15-22:45", "2024-12-31", 6.5 * (BASIC + HOLIDAY) + 4 * EVENING + 1.75 * NIGHT),
        ("11:00-13:00", "2024-03-27", 2 * BASIC + HOLIDAY),  # Wednesday before Maundy Thursday
        ("11:30-12:30", "2024-05-18", BASIC + 0.5 * WEEKEND + 0.5 * HOLIDAY),  # Whitsun Eve, a Saturday
        ("00:00-24:00", "2024-03-30", 24 * (BASIC + HOLIDAY) + 4 * EVENING + 9 * NIGHT),  # Easter Eve, never both
        ("00:00-24:00", "2023-04-08", 24 * (BASIC + HOLIDAY) + 4 * EVENING + 9 * NIGHT),  # Easter Eve of 2023
        ("11:00-13:00", "2023-04-05", 2 * BASIC + HOLIDAY),
        ("11:00-13:00", "2023-05-27", 2 * BASIC + WEEKEND + HOLIDAY),
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
    expected = 4 * (BASIC + HOLIDAY) + 1 * EVENING + 3 * NIGHT
    assert cost(scenario) == pytest.approx(expected * ON_COSTS, rel=1e-12)


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


# --- when supplements are paid ---------------------------------------------------------------------------


def test_evening_and_night_begin_when_the_evidence_says() -> None:
    hours = [thaw(evidence(f"supplement-{name}").value)["hours"] for name in ("evening", "night")]
    assert hours == [f"{EVENING_BEGINS}:00-{NIGHT_BEGINS}:00", f"{NIGHT_BEGINS}:00-{MORNING:02d}:00"]


def test_only_what_the_tariff_lets_be_added_is_added() -> None:
    together = thaw(evidence("supplement-stacking").value)
    assert together == {
        "evening or night adds to": ["weekend", "public holiday"],
        "one at a time": ["weekend", "public holiday"],
    }
    rates = rates_nok(Pay(**PAY))
    supplements = [part for part in PARTS if part in ("evening", "night", "weekend", "holiday")]
    paid = {kind: {part for part in supplements if rates[part][code]} for code, kind in enumerate(KINDS)}
    assert paid["weekend", "night"] == {"weekend", "night"} and paid["holiday", "evening"] == {"holiday", "evening"}
    assert all(not {"weekend", "holiday"} <= parts and not {"evening", "night"} <= parts for parts in paid.values())


@pytest.mark.parametrize("year", [1999, 2008, 2023, 2024, 2025, 2038, 2100])
def test_five_eves_a_year_are_paid_as_holidays(year: int) -> None:
    first = date(year, 1, 1)
    days = [first + timedelta(days) for days in range((date(year + 1, 1, 1) - first).days)]
    eves = {day: hour for day in days if (hour := paid_as_holiday_from(day)) is not None and not is_holiday(day)}
    assert sorted(eves.values()) == [0, 12, 12, 12, 12]
    easter_eve = next(day for day, hour in eves.items() if hour == 0)
    assert easter_eve.weekday() == 5 and is_holiday(easter_eve + timedelta(1)) and is_holiday(easter_eve + timedelta(2))
    whitsun = next(day for day in eves if day > easter_eve and day.month in (5, 6))
    assert whitsun - easter_eve == timedelta(49) and is_holiday(whitsun + timedelta(1))
    assert eves.keys() >= {date(year, 12, 24), date(year, 12, 31), easter_eve - timedelta(3)}


def test_eves_do_not_change_opening_hours() -> None:
    closed_on_holidays = roster({"daily": "10:00-12:00", "holidays": "closed"}, "2024-12-24", days=2)
    assert hours(closed_on_holidays)["all"] == 2  # open on Christmas Eve, closed on Christmas Day


# --- the sheet ------------------------------------------------------------------------------------------


def sheet(scenario: Scenario) -> CostSheet:
    assert scenario.pay is not None
    return cost_sheet(make_plan(scenario), Calendar.of(scenario), scenario.pay)


def two_shifts(**pay: Any) -> Scenario:
    """A Saturday: two on the phone round the clock, one on both channels in the evening."""
    phone = {"hours": "always", "counsellors": 2, "answers": ["phone", "sms"]}
    evening = {"hours": "16:15-22:45", "counsellors": 1, "answers": ["chat", "phone"]}
    channels = {"phone": rules(), "chat": rules(), "sms": rules()}
    parts = {"timezone": "Europe/Oslo", "pay": {**PAY, **pay}, "first_day": SATURDAY}
    return service(channels, phone, evening, **parts)


def test_a_sheet_by_hand() -> None:
    found = sheet(two_shifts())
    phone, evening = found.lines
    assert [(line.shift, line.people, line.group) for line in found.lines] == [
        ("shift 0", 2, "phone"),
        ("shift 1", 1, "both"),
    ]
    assert phone.amounts.hours == 48 and evening.amounts.hours == 6.5
    assert evening.amounts.hours_of("weekend", "day") == 0.75
    assert evening.amounts.hours_of("weekend", "evening") == 4
    assert evening.amounts.hours_of("weekend", "night") == 1.75
    parts = {part: evening.amounts.part_nok(part) for part in PARTS}
    wages = {"basic": 6.5 * BASIC, "absence": 0, "evening": 4 * EVENING, "night": 1.75 * NIGHT}
    wages |= {"weekend": 6.5 * WEEKEND, "holiday": 0}
    assert parts == {**wages, "on_costs": pytest.approx(0.4 * sum(wages.values()))}
    assert found.most_at_once == 3
    assert found.whole.nok == cost(two_shifts())


def test_absence_is_told_apart_and_moves_nothing() -> None:
    plain, apart = sheet(two_shifts()), sheet(two_shifts(absence_share=0.1))
    assert plain.whole.nok == apart.whole.nok
    assert apart.whole.part_nok("basic") == pytest.approx(0.9 * plain.whole.part_nok("basic"))
    assert apart.whole.part_nok("absence") == pytest.approx(0.1 * plain.whole.part_nok("basic"))
    assert person_years(apart.whole, apart.pay) == pytest.approx((0.9 * 54.5 / 1000, 54.5 / 1000))


def test_person_years_of_a_seat_round_the_clock() -> None:
    """8 760 hours over the hours of a man-year in rota work: what the evidence derives as 5.5."""
    base = load("2023-actual")
    phone = next(line for line in sheet(base).lines if line.shift == "phone")
    before, after = person_years(phone.amounts, sheet(base).pay)
    assert before / phone.people == pytest.approx(thaw(evidence("man-years-per-seat-round-the-clock").value), abs=0.05)
    assert after == pytest.approx(before / 0.9)


@pytest.mark.parametrize(
    ("written", "breaks"),
    [
        ("10:00-15:30", 0),  # the law's limit itself
        ("10:00-15:45", 1),
        ("16:15-22:45", 1),
        ("08:00-17:00", 1),  # nine hours: one shift still
        ("06:00-16:00", 0),  # ten hours are two shifts of five
        ("06:00-18:00", 2),
        ("always", 3),
    ],
)
def test_breaks(written: str, breaks: int) -> None:
    scenario = roster({"dates": {MONDAY: written}}, MONDAY, pay={**PAY, "paid_break_min": 30}, people=2)
    whole, without = sheet(scenario).whole, cost(roster({"dates": {MONDAY: written}}, MONDAY, people=2))
    assert whole.break_ms == 2 * breaks * 30 * 60_000
    assert whole.nok == without, "breaks are within the hours"
    share = whole.break_ms / whole.on_duty_ms
    assert whole.break_ore / 100 == pytest.approx(share * whole.nok, abs=0.01)


def test_a_seat_held_all_year_has_three_breaks_a_day() -> None:
    always = roster("always", "2024-01-01", days=366, pay={**PAY, "paid_break_min": 30})
    assert sheet(always).whole.break_ms == 366 * 3 * 30 * 60_000


PAYS = st.fixed_dictionaries(
    {
        "basic_nok_per_year": st.floats(1, 1e6),
        "hours_per_year": st.floats(500, 2000),
        "absence_share": st.floats(0, 0.5),
        "paid_hours_per_year": st.floats(500, 2000),
        "evening_nok_per_hour": st.floats(0, 200),
        "night_share": st.floats(0, 1),
        "weekend_share": st.floats(0, 1),
        "holiday_share": st.floats(0, 2),
        "on_cost_share": st.floats(0, 1),
        "paid_break_min": st.floats(0, 60),
    }
)
MINUTES = st.integers(0, 1439)
SHIFTS = st.lists(
    st.tuples(MINUTES, MINUTES, st.integers(0, 3), st.sampled_from([["phone"], ["chat"], ["chat", "phone"], ["sms"]])),
    min_size=1,
    max_size=4,
)


@settings(deadline=None, max_examples=60)
@given(pay=PAYS, shifts=SHIFTS, first=st.sampled_from(["2024-03-27", "2024-12-23", "2024-10-26", MONDAY]))
def test_parts_add_up_to_the_cost_in_every_direction(pay: Any, shifts: Any, first: str) -> None:
    """To the øre, as decimal numbers; and the sheet is what hours and rates say, but for rounding."""
    hand = [
        {"hours": f"{a // 60:02d}:{a % 60:02d}-{b // 60:02d}:{b % 60:02d}", "counsellors": n, "answers": answers}
        for a, b, n, answers in shifts
        if a != b
    ]
    channels = {"phone": rules(), "chat": rules(), "sms": rules()}
    scenario = service(channels, *hand, first_day=first, days=6, timezone="Europe/Oslo", pay=pay)
    found = sheet(scenario)
    written = found.as_json()

    def decimal(entry: Any) -> Decimal:
        return sum((Decimal(str(each)) for each in entry["parts_nok"].values()), Decimal(0))

    total = Decimal(str(cost(scenario)))
    assert decimal(written["whole"]) == Decimal(str(written["whole"]["cost_nok"])) == total
    assert sum(map(decimal, written["lines"]), Decimal(0)) == total
    assert sum(map(decimal, written["by_what_people_answer"].values()), Decimal(0)) == total
    assert sum(found.group(name).on_duty_ms for name in ANSWER_GROUPS) == found.whole.on_duty_ms
    plan, calendar = make_plan(scenario), Calendar.of(scenario)
    by_hour = staffed_by_hour(plan, calendar)
    assert found.whole.hours == pytest.approx(by_hour.sum())
    roughly = float(by_hour @ rate_nok_per_hour(calendar, found.pay))
    assert float(total) == pytest.approx(roughly, rel=1e-9, abs=0.005 * len(PARTS) * len(hand))


def test_rates_are_the_numbers_that_were_written() -> None:
    rates = rates_nok(Pay(basic_nok_per_year=556600, hours_per_year=1445, holiday_share=1.3333))
    assert rates["holiday"][KINDS.index(("holiday", "day"))] == Fraction(13333, 10000) * Fraction(556600, 1445)


# --- the trap: closing hours save nothing if the same people must be on duty --------------------------------


def test_people_on_duty_for_the_phone_are_not_paid_again_when_they_answer_chat_at_night() -> None:
    """Opening chat at night costs nothing more where those who are there for the phone anyway answer it."""
    night = "22:00-06:00"
    both = {"hours": night, "counsellors": 2, "answers": ["phone", "chat"]}
    base = service({"phone": rules(), "chat": rules(open="16:00-22:00")}, both, timezone="Europe/Oslo", pay=PAY)
    plan = service({"phone": rules(), "chat": rules(open="always")}, both, timezone="Europe/Oslo", pay=PAY)
    assert cost(plan) == cost(base) > 0
    assert sheet(plan).group("both").nok == cost(plan), "one pay for two channels"
    assert hours(plan)["phone"] == hours(plan)["chat"] == hours(plan)["all"]


def test_what_a_plan_costs_more_is_the_difference_of_whole_rosters() -> None:
    """Moving the phone's people to both channels, and one new beside them: only the new one costs more."""
    night = "22:00-06:00"
    old = {"hours": night, "counsellors": 2, "answers": ["phone"]}
    both = {**old, "answers": ["phone", "chat"]}
    new = {"hours": night, "counsellors": 1, "answers": ["chat"]}
    channels = {"phone": rules(), "chat": rules()}
    base, plan, alone = (
        service(channels, *hands, timezone="Europe/Oslo", pay=PAY) for hands in ([old], [both, new], [new])
    )
    assert cost(plan) - cost(base) == cost(alone)


def test_most_at_once_counts_who_is_there_together() -> None:
    channels = {"phone": rules(), "chat": rules()}
    following = service(channels, shift(0, 60, "phone"), shift(60, 120, "phone", people=2), pay=PAY)
    assert sheet(following).most_at_once == 2
    meeting = service(channels, shift(0, 61, "phone"), shift(60, 120, "phone", people=2), pay=PAY)
    assert sheet(meeting).most_at_once == 3
    assert sheet(roster("closed", MONDAY)).most_at_once == 0


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
