"""What the roster costs before anyone calls: hours on duty by the hour of the year, and their pay.

Planned hours only: overtime is reported in hours, not priced. A site's own duty people are not on the roster and cost
the service nothing.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.calendar import HOUR_MS, Calendar, covered_until_ms, is_holiday
from simulator.scenario.model import CHANNELS, Pay
from simulator.service.keys import ALL
from simulator.service.plan import Plan

Floats = NDArray[np.float64]


def staffed_by_hour(plan: Plan, calendar: Calendar, channel: str = ALL) -> Floats:
    """Person-hours on the roster in each hour of the period, of those who answer ``channel``; shape (hours,).

    The warm-up holds none: it is simulated, not counted.
    """
    edges = np.arange(0, calendar.end_ms + HOUR_MS, HOUR_MS, dtype=np.int64)
    edges = np.maximum(edges, plan.measure_from_ms)
    total = np.zeros(len(edges) - 1)
    alike: dict[int, Floats] = {}  # those of one shift share its array of windows
    for person in plan.counsellors:
        if person.rostered and (channel == ALL or CHANNELS.index(channel) in person.answers):
            shifts = id(person.shifts_ms)
            if shifts not in alike:
                alike[shifts] = np.diff(covered_until_ms(person.shifts_ms, edges)) / HOUR_MS
            total += alike[shifts]
    return total


def staffed_hours(plan: Plan, calendar: Calendar) -> dict[str, float]:
    """Person-hours on the roster in the period: all together, and of those who answer each channel.

    Somebody who answers two channels is in both channels' hours, so those do not add up to the whole.
    """
    channels = [name for code, name in enumerate(CHANNELS) if plan.channels[code].exists]
    return {name: float(staffed_by_hour(plan, calendar, name).sum()) for name in (ALL, *channels)}


@lru_cache(maxsize=16)
def rate_nok_per_hour(calendar: Calendar, pay: Pay) -> Floats:
    """Cost of one person on duty in each hour of the period, in NOK; shape (hours,).

    Basic pay per hour on duty, plus the evening (17-21) or night (21-06) supplement, plus the weekend's or on a public
    holiday the holiday's (the two are not added to each other), times one plus on-costs. Shares are of basic pay per
    paid hour: the supplement is for the hour, not for the absence that the hour on duty must carry.
    """
    hours = calendar.hours
    on_duty = pay.basic_nok_per_year / pay.hours_per_year
    basic = pay.basic_nok_per_year / (pay.paid_hours_per_year or pay.hours_per_year)
    evening = (hours.hour >= 17) & (hours.hour < 21)
    night = (hours.hour >= 21) | (hours.hour < 6)
    holiday = np.array([is_holiday(day) for day in calendar.days()])
    first = calendar.first_day.toordinal()
    on_holiday = holiday[hours.day - first]
    weekend = (hours.weekday >= 5) & ~on_holiday
    supplement = np.where(evening, pay.evening_nok_per_hour, 0.0)
    supplement = supplement + np.where(night, max(pay.night_share * basic, pay.night_least_nok_per_hour), 0.0)
    supplement = supplement + np.where(weekend, max(pay.weekend_share * basic, pay.weekend_least_nok_per_hour), 0.0)
    supplement = supplement + np.where(on_holiday, pay.holiday_share * basic, 0.0)
    rate: Floats = (on_duty + supplement) * (1.0 + pay.on_cost_share)
    rate.setflags(write=False)
    return rate


def cost_nok(plan: Plan, calendar: Calendar, pay: Pay) -> float:
    """Pay and on-costs of all planned hours on the roster in the period, in NOK."""
    return float(staffed_by_hour(plan, calendar) @ rate_nok_per_hour(calendar, pay))
