"""What the roster costs before anyone calls: hours on duty by kind of hour, and their pay, line by line.

Planned hours only: overtime is reported in hours, not priced. A site's own duty people are not on the roster and cost
the service nothing. What is paid is people, never open hours: somebody who answers two channels is paid once, and what
a plan costs more than another is the difference between whole rosters.

Amounts are exact: hours are whole milliseconds, rates are fractions, and each amount of a line is rounded to whole øre
as on a pay slip. Everything else is a sum of those, so parts add up to totals in every direction.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import groupby
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.evidence import evidence, thaw
from simulator.scenario.calendar import HOUR_MS, MINUTE_MS, Calendar, covered_until_ms, paid_as_holiday_from
from simulator.scenario.model import CHANNELS, LIVE, Pay
from simulator.service.keys import ALL
from simulator.service.plan import CounsellorPlan, Plan

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TIMES = ("day", "evening", "night")
DAYS = ("weekday", "weekend", "holiday")
KINDS = tuple((day, time) for day in DAYS for time in TIMES)
"""Kinds of hour, by code. Evening and night are paid together with weekend or holiday; these two never together
(evidence: supplement-stacking)."""
PARTS = ("basic", "absence", "evening", "night", "weekend", "holiday", "on_costs")
"""What a cost is made of. ``absence`` is basic pay of those who are away while another holds their hour."""
ANSWER_GROUPS = ("phone", "chat", "both", "written")
"""What people on duty answer: of phone and chat the one, the other or both; ``written``: neither."""
ORE_PER_NOK = 100
EVENING, NIGHT, MORNING = 17, 21, 6
"""Clock hours at which the evening supplement begins, the night's begins, and the night's ends (evidence:
supplement-evening, supplement-night)."""
_DAY_MS = 24 * HOUR_MS


# --- hours -------------------------------------------------------------------------------------------------------


def staffed_by_hour(plan: Plan, calendar: Calendar, channel: str = ALL) -> Floats:
    """Person-hours on the roster in each hour of the period, of those who answer ``channel``; shape (hours,).

    The warm-up holds none: it is simulated, not counted.
    """
    edges = _edges_ms(plan, calendar)
    total = np.zeros(len(edges) - 1)
    for people in _shifts(plan):
        if channel == ALL or CHANNELS.index(channel) in people[0].answers:
            total += len(people) * (np.diff(covered_until_ms(people[0].shifts_ms, edges)) / HOUR_MS)
    return total


def staffed_hours(plan: Plan, calendar: Calendar) -> dict[str, float]:
    """Person-hours on the roster in the period: all together, and of those who answer each channel.

    Somebody who answers two channels is in both channels' hours, so those do not add up to the whole.
    """
    channels = [name for code, name in enumerate(CHANNELS) if plan.channels[code].exists]
    return {name: float(staffed_by_hour(plan, calendar, name).sum()) for name in (ALL, *channels)}


@lru_cache(maxsize=16)
def kinds_by_hour(calendar: Calendar) -> Ints:
    """The kind (a place in `KINDS`) of each hour of the period; shape (hours,)."""
    hours = calendar.hours
    after = [paid_as_holiday_from(day) for day in calendar.days()]
    holiday_from = np.array([24 if hour is None else hour for hour in after])
    on_holiday = hours.hour >= holiday_from[hours.day - calendar.first_day.toordinal()]
    day = np.where(on_holiday, DAYS.index("holiday"), np.where(hours.weekday >= 5, DAYS.index("weekend"), 0))
    night = (hours.hour >= NIGHT) | (hours.hour < MORNING)
    time = np.where(night, TIMES.index("night"), np.where(hours.hour >= EVENING, TIMES.index("evening"), 0))
    kinds: Ints = day * len(TIMES) + time
    kinds.setflags(write=False)
    return kinds


def _edges_ms(plan: Plan, calendar: Calendar) -> Ints:
    """Edges of the period's hours; those of the warm-up moved to its end, so that its hours are empty."""
    return np.maximum(np.arange(0, calendar.end_ms + HOUR_MS, HOUR_MS, dtype=np.int64), plan.measure_from_ms)


def _shifts(plan: Plan) -> Iterator[list[CounsellorPlan]]:
    """The people of each shift of the roster; they are numbered one after another."""
    rostered = (person for person in plan.counsellors if person.rostered)
    for _, people in groupby(rostered, key=lambda person: (person.site, _shift_name(person))):
        yield list(people)


def _shift_name(person: CounsellorPlan) -> str:
    return person.name.rpartition(" ")[0]


# --- rates -------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def rates_nok(pay: Pay) -> Mapping[str, tuple[Fraction, ...]]:
    """NOK for one person's hour on duty, part by part (`PARTS`), for each kind of hour (`KINDS`); exact.

    Basic pay per hour on duty, of which absence takes its share; the evening (17-21) or night (21-06) supplement, and
    the weekend's or on holidays and their eves the holiday's; on-costs of all that. Shares are of basic pay per paid
    hour: the supplement is for the hour, not for the absence that the hour on duty must carry.
    """
    on_duty = _exact(pay.basic_nok_per_year) / _exact(pay.hours_per_year)
    hourly = _exact(pay.basic_nok_per_year) / _exact(pay.paid_hours_per_year or pay.hours_per_year)
    earned = {
        "evening": _exact(pay.evening_nok_per_hour),
        "night": max(_exact(pay.night_share) * hourly, _exact(pay.night_least_nok_per_hour)),
        "weekend": max(_exact(pay.weekend_share) * hourly, _exact(pay.weekend_least_nok_per_hour)),
        "holiday": _exact(pay.holiday_share) * hourly,
    }
    rates = {
        "basic": [on_duty * (1 - _exact(pay.absence_share))] * len(KINDS),
        "absence": [on_duty * _exact(pay.absence_share)] * len(KINDS),
        **{name: [rate if name in kind else Fraction(0) for kind in KINDS] for name, rate in earned.items()},
    }
    wages = [sum(column, Fraction(0)) for column in zip(*rates.values(), strict=True)]
    rates["on_costs"] = [_exact(pay.on_cost_share) * wage for wage in wages]
    return {part: tuple(rates[part]) for part in PARTS}


def _exact(number: float) -> Fraction:
    """The decimal number that was written."""
    return Fraction(repr(float(number)))


@lru_cache(maxsize=16)
def rate_nok_per_hour(calendar: Calendar, pay: Pay) -> Floats:
    """Cost of one person on duty in each hour of the period, in NOK; shape (hours,). See `rates_nok`."""
    of_kind = [float(sum(column, Fraction(0))) for column in zip(*rates_nok(pay).values(), strict=True)]
    rate: Floats = np.array(of_kind)[kinds_by_hour(calendar)]
    rate.setflags(write=False)
    return rate


@lru_cache(maxsize=16)
def _ore_per_ms(pay: Pay) -> tuple[tuple[tuple[int, ...], ...], int]:
    """`rates_nok` as whole numbers over one denominator, in øre per millisecond: shape (parts, kinds)."""
    rates = [[rate * ORE_PER_NOK / HOUR_MS for rate in rates_nok(pay)[part]] for part in PARTS]
    bottom = lcm(*(rate.denominator for row in rates for rate in row))
    return tuple(tuple(int(rate * bottom) for rate in row) for row in rates), bottom


# --- the sheet ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Amounts:
    """Hours and pay of some people, in whole milliseconds and øre; sums of them are exact.

    Attributes
    ----------
    kinds_ms
        Time on duty by kind of hour (`KINDS`).
    parts_ore
        Cost by part (`PARTS`).
    break_ms, break_ore
        Of time and cost: breaks, which are part of the time on duty.
    """

    kinds_ms: tuple[int, ...]
    parts_ore: tuple[int, ...]
    break_ms: int
    break_ore: int

    @classmethod
    def total(cls, amounts: Iterable["Amounts"]) -> "Amounts":
        """The sum of some; all zero where there are none."""
        found = [cls((0,) * len(KINDS), (0,) * len(PARTS), 0, 0), *amounts]
        kinds = tuple(map(sum, zip(*(each.kinds_ms for each in found), strict=True)))
        parts = tuple(map(sum, zip(*(each.parts_ore for each in found), strict=True)))
        return cls(kinds, parts, sum(each.break_ms for each in found), sum(each.break_ore for each in found))

    @property
    def on_duty_ms(self) -> int:
        """Time on duty."""
        return sum(self.kinds_ms)

    @property
    def cost_ore(self) -> int:
        """Cost: the sum of its parts."""
        return sum(self.parts_ore)

    @property
    def hours(self) -> float:
        """Person-hours on duty."""
        return self.on_duty_ms / HOUR_MS

    @property
    def nok(self) -> float:
        """Cost in NOK, to the øre."""
        return self.cost_ore / ORE_PER_NOK

    def part_nok(self, part: str) -> float:
        """One part of the cost in NOK, to the øre."""
        return self.parts_ore[PARTS.index(part)] / ORE_PER_NOK

    def hours_of(self, day: str, time: str) -> float:
        """Person-hours of one kind."""
        return self.kinds_ms[KINDS.index((day, time))] / HOUR_MS

    def as_json(self, pay: Pay) -> dict[str, Any]:
        """Hours, person-years and NOK, part by part."""
        return {
            "hours": self.hours,
            "hours_by_kind": {f"{day}/{time}": self.hours_of(day, time) for day, time in KINDS},
            "person_years_before_absence": person_years(self, pay)[0],
            "person_years": person_years(self, pay)[1],
            "parts_nok": {part: self.part_nok(part) for part in PARTS},
            "cost_nok": self.nok,
            "of_which_breaks": {"hours": self.break_ms / HOUR_MS, "nok": self.break_ore / ORE_PER_NOK},
        }


@dataclass(frozen=True)
class Line:
    """One shift of the roster.

    Attributes
    ----------
    site, shift
        Which.
    people
        How many hold it at once: its seats.
    answers
        Channels they answer, the most urgent first.
    amounts
        Hours and pay of all of them.
    """

    site: str
    shift: str
    people: int
    answers: tuple[str, ...]
    amounts: Amounts

    @property
    def group(self) -> str:
        """What they answer (`ANSWER_GROUPS`)."""
        live = [name for name in self.answers if name in LIVE]
        return "both" if len(live) > 1 else live[0] if live else "written"


@dataclass(frozen=True)
class CostSheet:
    """What a roster costs in the period, shift by shift.

    Attributes
    ----------
    pay
        The terms.
    lines
        One for each shift, in the roster's order.
    most_at_once
        Most people on duty at the same moment.
    """

    pay: Pay
    lines: tuple[Line, ...]
    most_at_once: int

    @property
    def whole(self) -> Amounts:
        """All shifts together."""
        return Amounts.total(line.amounts for line in self.lines)

    def group(self, name: str) -> Amounts:
        """Those who answer so (`ANSWER_GROUPS`). Each person is in one group, so the groups add up to the whole."""
        return Amounts.total(line.amounts for line in self.lines if line.group == name)

    def as_json(self) -> dict[str, Any]:
        """Plain data; amounts in NOK to the øre add up exactly as decimal numbers."""
        lines = [
            {
                "site": line.site,
                "shift": line.shift,
                "people": line.people,
                "answers": list(line.answers),
                **line.amounts.as_json(self.pay),
            }
            for line in self.lines
        ]
        groups = {name: self.group(name).as_json(self.pay) for name in ANSWER_GROUPS}
        return {
            "lines": lines,
            "by_what_people_answer": {name: each for name, each in groups.items() if each["hours"]},
            "whole": {"most_people_at_once": self.most_at_once, **self.whole.as_json(self.pay)},
        }


def person_years(amounts: Amounts, pay: Pay) -> tuple[float, float]:
    """Posts that the hours take for a year: before absence is covered, and with it."""
    with_absence = amounts.hours / pay.hours_per_year
    return with_absence * (1 - pay.absence_share), with_absence


def cost_sheet(plan: Plan, calendar: Calendar, pay: Pay) -> CostSheet:
    """What a plan's roster costs in the period, shift by shift; the warm-up is not paid.

    Parameters
    ----------
    plan
        Whose roster.
    calendar
        Of the plan's scenario.
    pay
        Terms that hold for everybody.
    """
    kinds, edges = kinds_by_hour(calendar), _edges_ms(plan, calendar)
    lines: list[Line] = []
    alike: dict[int, tuple[Ints, int]] = {}  # those of one schedule share its array of windows
    for people in _shifts(plan):
        first = people[0]
        windows = first.shifts_ms
        if id(windows) not in alike:
            in_hour = np.diff(covered_until_ms(windows, edges))
            by_kind = np.bincount(kinds, in_hour, minlength=len(KINDS)).astype(np.int64)  # sums below 2**53 are exact
            alike[id(windows)] = by_kind, _break_ms(np.clip(windows, edges[0], calendar.end_ms), pay)
        by_kind, break_ms = alike[id(windows)]
        amounts = _amounts([len(people) * int(each) for each in by_kind], len(people) * break_ms, pay)
        answers = tuple(CHANNELS[code] for code in first.answers)
        lines.append(Line(plan.sites[first.site].name, _shift_name(first), len(people), answers, amounts))
    return CostSheet(pay, tuple(lines), _most_at_once(plan, int(edges[0]), calendar.end_ms))


def _amounts(kinds_ms: list[int], break_ms: int, pay: Pay) -> Amounts:
    rates, bottom = _ore_per_ms(pay)
    parts = [round(Fraction(sum(ms * rate for ms, rate in zip(kinds_ms, row, strict=True)), bottom)) for row in rates]
    on_duty = sum(kinds_ms)
    break_ore = round(Fraction(sum(parts) * break_ms, on_duty)) if on_duty else 0
    return Amounts(tuple(kinds_ms), tuple(parts), break_ms, break_ore)


def _break_ms(windows_ms: Ints, pay: Pay) -> int:
    """Break time in one seat's windows.

    The roster says when a seat is held, not when people take over from each other: a window is taken as equal shifts,
    none longer than the law's ordinary day, whole days as equally many shifts each; a shift longer than the law's limit
    holds one break (evidence: break-rule, hours-per-day-by-law).
    """
    break_after, longest = _shift_limits_ms()
    a_break = round(pay.paid_break_min * MINUTE_MS)
    per_day = -(-_DAY_MS // longest)
    total = 0
    for start, end in windows_ms.tolist():
        days, rest = divmod(end - start, _DAY_MS)
        shifts = -(-rest // longest)
        total += a_break * (days * per_day if per_day * break_after < _DAY_MS else 0)
        total += a_break * (shifts if rest > shifts * break_after else 0)
    return total


@lru_cache(maxsize=1)
def _shift_limits_ms() -> tuple[int, int]:
    """How long a shift must be to hold a break, and how long it may be."""
    rule, day = (thaw(evidence(name).value) for name in ("break-rule", "hours-per-day-by-law"))
    return round(rule["one if longer than h"] * HOUR_MS), round(day["ordinary"] * HOUR_MS)


def _most_at_once(plan: Plan, start_ms: int, end_ms: int) -> int:
    """Most people on duty at the same moment; who leaves as another comes is not beside her."""
    windows = [np.clip(person.shifts_ms, start_ms, end_ms) for person in plan.counsellors if person.rostered]
    spans = np.concatenate([np.empty((0, 2), np.int64), *windows])
    at = spans.ravel()
    step = np.tile([1, -1], len(spans))
    return int(np.cumsum(step[np.lexsort((step, at))]).max(initial=0))


def cost_nok(plan: Plan, calendar: Calendar, pay: Pay) -> float:
    """Pay and on-costs of all planned hours on the roster in the period, in NOK to the øre; see `cost_sheet`."""
    return cost_sheet(plan, calendar, pay).whole.nok
