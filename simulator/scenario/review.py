"""What is wrong with a scenario whose keys are each in order: the checks that need two of its parts at once.

`errors` stop a run and are cheap enough for every point of a sweep; `review` adds the warnings, which walk through the
scenario's days. Nothing here reads files.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
from pydantic_core import PydanticCustomError

from simulator.scenario.model import CHANNELS, MESSAGES, ChannelDemand, ChannelRules, Duration, Scenario, Site
from simulator.scenario.problems import Path, Plain, Problem, in_order, nearest, problem_at
from simulator.scenario.review_hours import positions_of, warnings

LONGEST_YEARS = 100
EARLIEST, LATEST = date(1970, 1, 1), date(2200, 12, 31)
MOST_CONTACTS = 20_000_000
MOST_PEOPLE = 10_000
PROFILE_PER_YEAR = 100_000
"""What a profile is taken to hold in a year where its size is not known here; only to refuse absurd multipliers."""
LONGEST_NAME = 60
DAYS_PER_YEAR = 365.25

_NEEDS_CV = ("lognormal", "gamma", "weibull")
_ONLY_CV = {"exponential": 1.0, "fixed": 0.0}
_LIVE_ONLY = (
    "patience",
    "redial",
    "when_closed",
    "balking",
    "max_waiting",
    "wrap_up",
    "closing",
    "answer_target_s",
)
_CHAT_ONLY = ("speed_by_level", "routing")
_NOT_AT_CENTRE = ("open", "share", "busy", "ring_s", "lines")
_BARE_CENTRES = (Site(centre=True), Site(centre=True, lines=0))
"""Of which nothing is said but that they are centres, in both ways of saying that their people are in the roster."""
_FIGURE = re.compile(rf"[a-z0-9_]+( ({'|'.join(CHANNELS)}))?")
"""A measure, alone or with a channel; which measures there are is not known here."""


def review(scenario: Scenario) -> tuple[Problem, ...]:
    """Errors and warnings about a scenario, by place."""
    found = errors(scenario)
    return in_order([*found, *(() if found else warnings(scenario))])


def errors(scenario: Scenario) -> tuple[Problem, ...]:
    """What keeps a scenario from being run."""
    return in_order(problem for check in _CHECKS for problem in check(scenario))


def _at(scenario: Scenario, path: Path, word: str, at_key: bool = False, **values: Any) -> Problem:
    return problem_at(positions_of(scenario), path, word, at_key=at_key, **values)


def _names(scenario: Scenario) -> Iterator[Problem]:
    shifts = [("roster", site, shift) for site, shifts in scenario.roster.items() for shift in shifts]
    paths: list[Path] = [("sites", key) for key in scenario.sites]
    paths += [*shifts, *(("demand", "surges", key) for key in scenario.demand.surges)]
    for path in paths:
        yield from _name(scenario, path, str(path[-1]), at_key=True)
    for key, site in scenario.sites.items():
        if site.name is not None:
            yield from _name(scenario, ("sites", key, "name"), site.name)
    if not all(sign.isprintable() for sign in scenario.title):
        yield _at(scenario, ("title",), "problem.invisible_sign", found=scenario.title)


def _name(scenario: Scenario, path: Path, name: str, at_key: bool = False) -> Iterator[Problem]:
    if not name.strip():
        yield _at(scenario, path, "problem.no_name", at_key)
    elif not name.isprintable():
        yield _at(scenario, path, "problem.invisible_sign", at_key, found=name)
    elif len(name) > LONGEST_NAME:
        yield _at(scenario, path, "problem.long_name", at_key, found=name, limit=LONGEST_NAME)


def _expectations(scenario: Scenario) -> Iterator[Problem]:
    for way in ("up", "down"):
        for index, figure in enumerate(getattr(scenario.expect, way, ())):
            if not _FIGURE.fullmatch(figure):
                path = ("expect", way, index)
                yield _at(scenario, path, "problem.no_figure", found=figure, allowed=tuple(map(Plain, CHANNELS)))


def _period(scenario: Scenario) -> Iterator[Problem]:
    period = scenario.period
    if period.last_day < period.first_day:
        yield _at(scenario, ("period", "last_day"), "problem.period_backwards", first=_day(period.first_day))
        return
    for key, day in (("first_day", period.first_day), ("last_day", period.last_day)):
        if not EARLIEST <= day <= LATEST:
            limits: dict[str, Any] = {"first": EARLIEST.year, "last": LATEST.year}
            yield _at(scenario, ("period", key), "problem.year", found=_day(day), **limits)
    days = (period.last_day - period.first_day).days + 1
    if days > LONGEST_YEARS * 366:
        yield _at(scenario, ("period",), "problem.long_period", True, limit=LONGEST_YEARS)
    if period.warm_up_days >= days:
        yield _at(scenario, ("period", "warm_up_days"), "problem.all_warm_up", found=period.warm_up_days, days=days)


def _surges(scenario: Scenario) -> Iterator[Problem]:
    for name, surge in scenario.demand.surges.items():
        if surge.last_day < surge.first_day:
            path = ("demand", "surges", name, "last_day")
            yield _at(scenario, path, "problem.period_backwards", first=_day(surge.first_day))


def _timezone(scenario: Scenario) -> Iterator[Problem]:
    name = scenario.timezone
    try:
        zone = ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        near = nearest(name, available_timezones())
        yield _at(scenario, ("timezone",), "problem.timezone", found=name, nearest=near)
        return
    first, last = max(scenario.period.first_day, EARLIEST), min(scenario.period.last_day, LATEST)
    midnights = (datetime(day.year, day.month, 1, tzinfo=zone) for day in _months(first, last))
    if any((at.utcoffset() or timedelta()) % timedelta(hours=1) for at in midnights):
        yield _at(scenario, ("timezone",), "problem.part_hour_zone", found=name)


def _months(first: date, last: date) -> Iterator[date]:
    for month in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield date(month // 12, month % 12 + 1, 1)


def _sites(scenario: Scenario) -> Iterator[Problem]:
    centres = [key for key, site in scenario.sites.items() if site.centre]
    if not centres:
        yield _at(scenario, ("sites",), "problem.no_centre", True)
    if len(centres) == 1:
        yield from _ignored_at_centre(scenario, centres[0], scenario.sites[centres[0]])
    for key in centres[1:]:
        yield _at(scenario, ("sites", key, "centre"), "problem.two_centres", first=centres[0], second=key)
    total = sum(site.share or 0.0 for site in scenario.sites.values())
    if total > 1 + 1e-9:
        yield _at(scenario, ("sites",), "problem.shares", True, found=round(total, 4))


def _ignored_at_centre(scenario: Scenario, name: str, site: Site) -> Iterator[Problem]:
    """Keys that the centre ignores; its own duty work is no such key, it holds one of its people."""
    for key in _NOT_AT_CENTRE:
        if all(getattr(site, key) != getattr(bare, key) for bare in _BARE_CENTRES):
            yield _at(scenario, ("sites", name, key), "problem.not_for_centre", True, found=key, site=name)


def _roster(scenario: Scenario) -> Iterator[Problem]:
    has_centre = any(site.centre for site in scenario.sites.values())
    for key, shifts in scenario.roster.items():
        site = scenario.sites.get(key)
        if site is None:
            values: dict[str, Any] = {
                "found": key,
                "allowed": tuple(map(Plain, scenario.sites)),
                "nearest": nearest(key, scenario.sites),
            }
            yield _at(scenario, ("roster", key), "problem.no_such_site", True, **values)
            continue
        for name, shift in shifts.items():
            for index, channel in enumerate(shift.answers):
                path = ("roster", key, name, "answers", index)
                if scenario.channel(channel) is None:
                    yield _at(scenario, path, "problem.no_such_channel", found=channel)
                elif channel != "phone" and has_centre and not site.centre:
                    yield _at(scenario, path, "problem.only_at_centre", found=channel)


def _speeds(scenario: Scenario) -> Iterator[Problem]:
    chat = scenario.channels.chat
    if chat is None or len(chat.speed_by_level) == 1:
        return
    given = len(chat.speed_by_level)
    for site, shifts in scenario.roster.items():
        for name, shift in shifts.items():
            if "chat" in shift.answers and shift.chats_at_once > given:
                values: dict[str, Any] = {"given": given, "needed": shift.chats_at_once, "shift": name, "site": site}
                yield _at(scenario, ("channels", "chat", "speed_by_level"), "problem.speeds", **values)
                return


def _channels(scenario: Scenario) -> Iterator[Problem]:
    for name in CHANNELS:
        rules = scenario.channel(name)
        if rules is None:
            continue
        path = ("channels", name)
        yield from _misplaced(scenario, path, rules)
        for key in ("work", "wrap_up", "patience"):
            yield from _duration(scenario, (*path, key), getattr(rules, key))
        closed = rules.when_closed
        if closed.phone_instead + closed.come_back > 1 + 1e-9:
            total = round(closed.phone_instead + closed.come_back, 4)
            yield _at(scenario, (*path, "when_closed"), "problem.closed_shares", True, found=total)
        if name == "phone" and closed.phone_instead:
            yield _at(scenario, (*path, "when_closed", "phone_instead"), "problem.phone_instead_of_phone", True)


def _misplaced(scenario: Scenario, path: Path, rules: ChannelRules) -> Iterator[Problem]:
    """Keys that would be ignored on this channel, where they say more than their default does."""
    channel = str(path[-1])
    for keys, word, applies in (
        (_LIVE_ONLY, "problem.not_for_messages", channel in MESSAGES),
        (_CHAT_ONLY, "problem.only_for_chat", channel != "chat"),
    ):
        for key in keys:
            default = ChannelRules.model_fields[key].default
            if applies and getattr(rules, key) != default:
                yield _at(scenario, (*path, key), word, True, found=key, channel=channel)


def _duration(scenario: Scenario, path: Path, duration: Duration | None) -> Iterator[Problem]:
    if duration is None:
        return
    kind, cv = duration.distribution, duration.cv
    if kind in _NEEDS_CV and not cv:
        word = "problem.needs_cv" if cv is None else "problem.zero_cv"
        yield _at(scenario, (*path, "cv"), word, distribution=kind)
    elif kind in _ONLY_CV and cv not in (None, _ONLY_CV[kind]):
        values: dict[str, Any] = {"distribution": kind, "only": Plain(f"{_ONLY_CV[kind]:g}"), "found": Plain(f"{cv:g}")}
        yield _at(scenario, (*path, "cv"), "problem.fixed_cv", **values)


def _demand(scenario: Scenario) -> Iterator[Problem]:
    for name in CHANNELS:
        demand = scenario.demand_of(name)
        if demand is not None:
            yield from _channel_demand(scenario, ("demand", name), demand)
    busyness = scenario.demand.busyness
    if busyness.correlation and busyness.day_shape is None:
        yield _at(scenario, ("demand", "busyness", "correlation"), "problem.correlation")
    try:
        busyness.day_starts_min()
    except PydanticCustomError:
        yield _at(scenario, ("demand", "busyness", "day_starts"), "problem.clock", found=busyness.day_starts)


def _channel_demand(scenario: Scenario, path: Path, demand: ChannelDemand) -> Iterator[Problem]:
    if (demand.profile is None) == (demand.per_hour is None):
        word = "problem.no_demand" if demand.profile is None else "problem.two_demands"
        yield _at(scenario, path, word, True)
    if isinstance(demand.per_hour, list) and 1440 % len(demand.per_hour):
        yield _at(scenario, (*path, "per_hour"), "problem.steps", found=len(demand.per_hour))
    for key in ("weekday_factors", "month_factors"):
        if demand.per_hour is None and getattr(demand, key) is not None:
            yield _at(scenario, (*path, key), "problem.factors_of_profile", True, found=key)


def _people(scenario: Scenario) -> Iterator[Problem]:
    """More people than a service has hold memory without end, and more codes than a ledger has."""
    rostered = sum(shift.counsellors for shifts in scenario.roster.values() for shift in shifts.values())
    people = rostered + sum(site.lines for site in scenario.sites.values())
    if people > MOST_PEOPLE:
        yield _at(scenario, ("roster",), "problem.too_many_people", True, found=people, limit=MOST_PEOPLE)


def _size(scenario: Scenario) -> Iterator[Problem]:
    period = scenario.period
    days = (period.last_day - period.first_day).days + 1
    if not 0 < days <= LONGEST_YEARS * 366:
        return
    expected = {name: _expected(scenario, name, days) for name in CHANNELS}
    total = sum(expected.values())
    if not total <= MOST_CONTACTS:
        largest = max(expected, key=lambda name: expected[name])
        values: dict[str, Any] = {"found": Plain(f"{min(1e12, total) / 1e6:.0f}"), "limit": MOST_CONTACTS // 1_000_000}
        yield _at(scenario, ("demand", largest), "problem.too_many_contacts", True, **values)


def _expected(scenario: Scenario, channel: str, days: int) -> float:
    """First attempts on a channel in the whole period, roughly: only their order of magnitude matters."""
    demand = scenario.demand_of(channel)
    if demand is None:
        return 0.0
    with np.errstate(over="ignore"):
        per_day = _per_day(demand) * demand.factor * scenario.demand.trend
        factors = np.ones(days)
        for surge in scenario.demand.surges.values():
            if channel in surge.channels:
                first = max((surge.first_day - scenario.period.first_day).days, 0)
                last = (surge.last_day - scenario.period.first_day).days
                factors[first : max(last + 1, 0)] *= surge.factor
        return float(per_day * factors.sum()) if per_day else 0.0


def _per_day(demand: ChannelDemand) -> float:
    if demand.per_year is not None:
        return demand.per_year / DAYS_PER_YEAR
    if demand.per_hour is None:
        return PROFILE_PER_YEAR / DAYS_PER_YEAR
    means = (demand.per_hour, demand.weekday_factors or 1.0, demand.month_factors or 1.0)
    return 24 * float(np.prod([np.mean(each) for each in means]))


def _day(day: date) -> Plain:
    return Plain(day.isoformat())


_CHECKS: Iterable[Callable[[Scenario], Iterator[Problem]]] = (
    _names,
    _expectations,
    _period,
    _surges,
    _timezone,
    _sites,
    _roster,
    _people,
    _speeds,
    _channels,
    _demand,
    _size,
)
