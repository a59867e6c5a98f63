"""A roster held against the rules' own text, day by day over more than a year: shares no code with the optimiser.

It is given what a duty manager would be given, who works when, and counts. Clock times are minutes; a person's shifts
are pairs of instants since the first Monday. The numbers of the rules are written out here, not read from the evidence.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import Any

HOUR, DAY = 60, 24 * 60
WEEK = 7 * DAY

Interval = tuple[int, int]


@dataclass(frozen=True)
class Law:
    """The numbers; None: the rule does not hold."""

    daily_rest_h: float | None = 11
    weekly_rest_h: float | None = 35
    sundays: tuple[int, int] | None = (1, 2)
    sunday_rest_every_weeks: int | None = None
    day_h: float | None = 9
    mean_week_h: float | None = 35.5
    any_week_h: float | None = 50
    eight_weeks_h: float | None = 48
    night_shift_h: float | None = 8
    night_mean_h: float | None = 8
    nights_in_a_row: int | None = 3
    days_in_a_row: int | None = 6
    lengths_h: tuple[float, float] | None = (4, 9)
    idle_nights: bool = False
    weeks: int = 60
    """How many weeks are looked at."""


AGREED = replace(
    Law(), daily_rest_h=8, weekly_rest_h=28, sundays=(13, 26), sunday_rest_every_weeks=4, day_h=10, night_shift_h=None
)


def faults(document: Mapping[str, Any], law: Law) -> list[str]:
    """Names of the rules that the roster of a document breaks, each once."""
    needed = level_by_minute(document["requirement"])
    found: list[str] = []
    for person in people_of(document, law.weeks):
        found += _faults_of(person, law, needed)
    if uncovered(document, needed):
        found.append("cover")
    return list(dict.fromkeys(found))


def level_by_minute(requirement: Mapping[str, Any]) -> list[int]:
    """People needed in each minute of the week."""
    step, offset = requirement["step_min"], requirement["offset_min"]
    levels = [0] * WEEK
    for slot, level in enumerate(requirement["levels"]):
        for minute in range(step):
            levels[(offset + slot * step + minute) % WEEK] = level
    return levels


def people_of(document: Mapping[str, Any], weeks: int) -> Iterator[list[Interval]]:
    """Everybody's shifts over the weeks that are looked at."""
    kinds = {(each["code"], each["day"]): (each["start_min"], each["length_min"]) for each in document["shifts"]}
    for line in document["teams"]:
        for first in range(len(line)):
            shifts: list[Interval] = []
            for week in range(weeks):
                for day, code in enumerate(line[(first + week) % len(line)]):
                    if code is not None:
                        start, length = kinds[code, day]
                        at = week * WEEK + day * DAY + start
                        shifts.append((at, at + length))
            yield shifts


def uncovered(document: Mapping[str, Any], needed: Sequence[int]) -> bool:
    """Whether in any minute of any of some weeks fewer are on duty than are needed."""
    weeks = 4
    change = [0] * (weeks * WEEK + 1)
    for person in people_of(document, weeks):
        for start, end in person:
            change[start] += 1
            change[min(end, weeks * WEEK)] -= 1
    on_duty = list(accumulate(change))
    return any(on_duty[minute] < needed[minute % WEEK] for minute in range(WEEK, weeks * WEEK))


def overlap(span: Interval, other: Interval) -> int:
    return max(0, min(span[1], other[1]) - max(span[0], other[0]))


def night_minutes(shift: Interval) -> int:
    """Minutes from 21 to 06."""
    first = shift[0] // DAY - 1
    return sum(overlap(shift, (day * DAY + 21 * HOUR, day * DAY + 30 * HOUR)) for day in range(first, first + 4))


def is_night(shift: Interval) -> bool:
    """More than three hours of it are night work."""
    return night_minutes(shift) > 3 * HOUR


def _faults_of(shifts: list[Interval], law: Law, needed: Sequence[int]) -> Iterator[str]:
    yield from _single(shifts, law, needed)
    yield from _between(shifts, law)
    yield from _weeks(shifts, law)
    yield from _runs(shifts, law)
    yield from _sundays(shifts, law)


def _single(shifts: list[Interval], law: Law, needed: Sequence[int]) -> Iterator[str]:
    for start, end in shifts[:200]:
        length = end - start
        if law.lengths_h and not law.lengths_h[0] * HOUR <= length <= law.lengths_h[1] * HOUR:
            yield "shift_length"
        if law.night_shift_h and is_night((start, end)) and length > law.night_shift_h * HOUR:
            yield "night_shift"
        at_night = (minute for minute in range(start, end) if minute % DAY >= 21 * HOUR or minute % DAY < 6 * HOUR)
        if not law.idle_nights and any(needed[minute % WEEK] == 0 for minute in at_night):
            yield "night_only_where_needed"


def _between(shifts: list[Interval], law: Law) -> Iterator[str]:
    for first, second in pairwise(shifts):
        if first[1] > second[0]:
            yield "two_at_once"
        if law.daily_rest_h and second[0] - first[1] < law.daily_rest_h * HOUR:
            yield "daily_rest"
    for index, (start, _) in enumerate(shifts):
        span = (start, start + DAY)
        near = shifts[index : index + 4]
        worked = sum(overlap(each, span) for each in near)
        if law.day_h and worked > law.day_h * HOUR:
            yield "hours_in_a_day"
        nights = any(is_night(each) and overlap(each, span) for each in near)
        if law.night_shift_h and nights and worked > law.night_shift_h * HOUR:
            yield "night_shift"


def _weeks(shifts: list[Interval], law: Law) -> Iterator[str]:
    # the first week lacks what runs into it from before, the last may be cut: both are left out
    spans = [(week * WEEK, (week + 1) * WEEK) for week in range(1, law.weeks - 1)]
    hours = [sum(overlap(each, span) for each in shifts) / HOUR for span in spans]
    if law.any_week_h and max(hours) > law.any_week_h:
        yield "hours_in_any_week"
    if law.eight_weeks_h and any(sum(hours[i : i + 8]) > 8 * law.eight_weeks_h + 1e-9 for i in range(len(hours) - 7)):
        yield "hours_in_any_week"
    for length in range(1, law.weeks - 7):  # whichever of these is the cycle, the mean over it is the mean for ever
        if _repeats(shifts, length, law.weeks):
            if law.mean_week_h and sum(hours[:length]) > law.mean_week_h * length + 1e-9:
                yield "hours_a_week"
            break
    days = 4 * (7 - (law.weekly_rest_h or 0) / 24)
    works_nights = any(map(is_night, shifts))
    if (
        law.night_mean_h
        and works_nights
        and any(sum(hours[i : i + 4]) > law.night_mean_h * days for i in range(len(hours) - 3))
    ):
        yield "night_worker_mean"
    if law.weekly_rest_h and not all(_rests(shifts, span, law.weekly_rest_h) for span in spans):
        yield "weekly_rest"


def _repeats(shifts: list[Interval], weeks: int, looked_at: int) -> bool:
    limit = (looked_at - weeks) * WEEK
    later = {(start + weeks * WEEK, end + weeks * WEEK) for start, end in shifts if start < limit}
    return later == {each for each in shifts if each[0] >= weeks * WEEK}


def gaps(shifts: list[Interval], span: Interval) -> Iterator[Interval]:
    """Spans within a span in which nobody works; shifts are in order."""
    at = span[0]
    for start, end in shifts:
        if start >= span[1]:
            break
        if start > at:
            yield at, start
        at = max(at, end)
    if at < span[1]:
        yield at, span[1]


def _rests(shifts: list[Interval], week: Interval, rest_h: float) -> bool:
    """Whether the week, Monday to Sunday, has one unbroken rest that is long enough and holds a whole calendar day."""
    days = [(day, day + DAY) for day in range(week[0], week[1], DAY)]
    for gap in gaps([each for each in shifts if each[1] > week[0] - WEEK], week):
        if gap[1] - gap[0] >= rest_h * HOUR and any(gap[0] <= day[0] and day[1] <= gap[1] for day in days):
            return True
    return False


def _runs(shifts: list[Interval], law: Law) -> Iterator[str]:
    for most, which, name in (
        (law.days_in_a_row, lambda shift: True, "days_in_a_row"),
        (law.nights_in_a_row, is_night, "nights_in_a_row"),
    ):
        days = {shift[0] // DAY for shift in shifts if which(shift)}
        if most and any(all(day + more in days for more in range(most + 1)) for day in days):
            yield name


def _sundays(shifts: list[Interval], law: Law) -> Iterator[str]:
    if law.sundays is None:
        return
    most, of_weeks = law.sundays
    sundays = [(week * WEEK + 6 * DAY, (week + 1) * WEEK) for week in range(law.weeks - 1)]
    worked = [any(overlap(each, sunday) for each in shifts) for sunday in sundays]
    if any(sum(worked[i : i + of_weeks]) > most for i in range(len(worked) - of_weeks + 1)):
        yield "sundays"
    if law.sundays == (1, 2):
        # Sunday work is from Saturday 18:00 to Sunday 22:00; who has done it is off the next Sunday
        sunday_work = [any(overlap(each, (day - 6 * HOUR, day + 22 * HOUR)) for each in shifts) for day, _ in sundays]
        if any(did and works for did, works in zip(sunday_work, worked[1:], strict=False)):
            yield "sundays"
    if law.sunday_rest_every_weeks:
        every, rest = law.sunday_rest_every_weeks, law.weekly_rest_h or 24
        whole = list(gaps(shifts, (0, law.weeks * WEEK)))
        rested = [
            any(gap[0] <= day and night <= gap[1] and gap[1] - gap[0] >= rest * HOUR for gap in whole)
            for day, night in sundays
        ]
        if not all(any(rested[i : i + every]) for i in range(1, len(rested) - every)):
            yield "sundays"
