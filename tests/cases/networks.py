"""Cases of more than one pool, and of people who try again."""

from typing import Any

from simulator.service.ledger import ABANDONED, ANSWERED, BLOCKED, MET_CLOSED
from tests.cases import reading as read
from tests.cases.case import Case, Full, calls, minutes, phone, pool, world


def _retry(probability: float, mean_hours: float) -> dict[str, Any]:
    return {"redial": {"probability": probability, "mean_min": mean_hours * 60}}


def ret_1(_: Any) -> Case:
    scenario = world(
        days=200,
        warm_up_days=3,
        demand=calls(1.2, max_attempts=60),
        channels=phone(minutes(0.5), max_waiting=0, **_retry(1.0, 2 / 3)),
        roster=pool(1),
    )
    figures = {
        "p_first_attempt_blocked": read.blocked_first,
        "e_orbit": read.mean_in_orbit,
        "en_service": read.mean_in_service,
    }
    return Case(scenario, 10, figures, Full(days=1000, runs=84), tolerance=0.08, absolute=0.015)


def ret_3(_: Any) -> Case:
    scenario = world(
        days=200,
        demand=calls(3.0, max_attempts=25),
        channels=phone(minutes(1 / 1.5), minutes(0.1), **_retry(0.5, 1 / 3)),
        roster=pool(2),
    )
    figures = {
        "attempts_per_hour": read.count_per_hour(read.counted),
        "share_of_attempts_abandoned": read.share(read.fate(ABANDONED)),
        "share_of_persons_served": read.persons_served,
        "attempts_per_person": read.attempts_per_person,
        "e_orbit": read.mean_in_orbit,
        "eq": read.mean_in_queue,
    }
    return Case(scenario, 10, figures, Full(days=420, runs=60), tolerance=0.06)


def closed_1(params: Any) -> Case:
    """Only who meets closed matters: demand in the closed hours, a crowd on duty in the open ones."""
    hours = "16:30-23:00"
    rates = [0.0 if 16.5 <= half / 2 < 23 else 1.0 for half in range(48)]
    per_hour = params["closed_first_attempts_per_day"] / (24 - params["open_hours_per_day"])
    when_closed = {"phone_instead": 0.08, "come_back": 0.10, "mean_hours_after_opening": 3.0}
    work = {"mean_min": 1}
    scenario = world(
        days=200,
        warm_up_days=5,
        demand={"chat": {"per_hour": [rate * per_hour for rate in rates]}, "max_attempts": 12},
        channels={"phone": {"work": work}, "chat": {"open": hours, "work": work, "when_closed": when_closed}},
        roster={
            "centre": {
                "chat": {"hours": hours, "counsellors": 30, "answers": ["chat"]},
                "phone": {"hours": "always", "counsellors": 30, "answers": ["phone"]},
            }
        },
    )
    figures = {
        "closed_attempts_per_day": read.a_day(read.fate(MET_CLOSED)),
        "phone_now_per_day": read.PHONED,
        "returns_in_open_hours_per_day": read.RETURNS_OPEN,
        "lost_per_day": read.PERSON_LOST,
        "returns_in_first_open_hour_per_day": read.returns_first_hour(16.5 * 60),
    }
    return Case(scenario, 8, figures, Full(days=1300, runs=100), tolerance=0.12, absolute=0.0)


def ovf_1(_: Any) -> Case:
    scenario = world(
        days=300,
        demand=calls(3.0),
        channels=phone(minutes(1 / 1.5), max_waiting=0),
        sites={"centre": {"centre": True}, "primary": {"share": 1.0, "lines": 2}},
        roster=pool(3),
    )
    figures = {
        "p_primary_full": read.share(lambda year: year.ledger.site == 0),
        "p_class1_lost": read.share(read.fate(BLOCKED)),
        "en_primary": read.in_service_at(1),
        "en_secondary": read.in_service_at(0),
    }
    return Case(scenario, 8, figures, Full(days=420, runs=40), tolerance=0.08, absolute=0.005)


def ovf_3(_: Any) -> Case:
    scenario = world(
        days=250,
        demand=calls(2.4),
        channels=phone(minutes(1 / 2.4), minutes(1 / 15)),
        sites={"centre": {"centre": True}, "site 1": {"share": 0.5 / 2.4}, "site 2": {"share": 0.9 / 2.4}},
        roster=pool(2),
    )
    figures = {
        "share_served_site1": read.site_share(1),
        "share_served_site2": read.site_share(2),
        "share_served_centre": read.site_share(0),
        "share_abandoned": read.share(read.fate(ABANDONED)),
        "centre_share_of_answered": read.share(
            lambda year: year.ledger.site == 0, lambda year: read.counted(year) & (year.ledger.fate == ANSWERED)
        ),
        "centre_offered_per_hour": read.count_per_hour(lambda year: year.ledger.site == 0),
    }
    return Case(scenario, 8, figures, Full(days=520, runs=40), tolerance=0.06, absolute=0.006)


CASES = {"RET-1": ret_1, "RET-3": ret_3, "CLOSED-1": closed_1, "OVF-1": ovf_1, "OVF-3": ovf_3}
