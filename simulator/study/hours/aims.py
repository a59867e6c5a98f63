"""What hours are chosen for: persons reached unless the planner says otherwise, as weights on a year's counts.

An aim is one number a year: so many points for a person reached, more or less by channel, hour and weekday of the first
attempt; for an attempt answered in time; and off for a minute of waiting. A planner's file is data: known keys with
numbers, never code. Knows nothing of plans.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.model import CHANNELS, LIVE
from simulator.scenario.problems import Path as KeyPath
from simulator.scenario.problems import Plain, Problem, ScenarioError, nearest, problem_at
from simulator.scenario.schedule import WEEKDAYS, parse_window
from simulator.scenario.yaml_reader import Reading, read_file, read_mapping, read_text
from simulator.service.tally import COLUMNS, KINDS, WEEK_HOURS, Tally

Floats = NDArray[np.float64]

PERSONS_REACHED = "persons_reached"
LARGEST_WEIGHT = 1000.0
LONGEST_TITLE = 100
_MS_PER_MINUTE = 60_000.0
_COUNTS = {PERSONS_REACHED: ("persons_reached", CHANNELS), "answered_within_target": ("answered_within_target", LIVE)}
"""Key -> what is counted, and of which channels it may be weighed."""
_WAITS = "waiting_minutes"
_BY_CLOCK = ("hours", "days")
KEYS = ("title", *_COUNTS, _WAITS, *_BY_CLOCK)


@dataclass(frozen=True)
class Aim:
    """Weights on a year's counts.

    Attributes
    ----------
    title
        What the planner calls it; "" for persons reached.
    points
        By what is counted and channel: points for each.
    minus_per_minute
        By live channel: points off for each minute waited by those who were answered.
    hour_factors, day_factors
        Factors on all points, by clock hour (24) and by weekday (7, Monday first), of the first attempt where persons
        are counted, else of the attempt.
    """

    title: str = ""
    points: Mapping[str, Mapping[str, float]] = field(
        default_factory=lambda: {PERSONS_REACHED: dict.fromkeys(LIVE, 1.0)}
    )
    minus_per_minute: Mapping[str, float] = field(default_factory=dict)
    hour_factors: tuple[float, ...] = (1.0,) * 24
    day_factors: tuple[float, ...] = (1.0,) * 7

    @property
    def is_persons(self) -> bool:
        """Whether the aim is persons reached and nothing else: its unit is then persons."""
        return self == Aim(self.title)

    def weights(self) -> Floats:
        """Points for one of each count, shape (kinds, channels, 168); the points of a year are the sum of products."""
        found = np.zeros((len(KINDS), len(CHANNELS), WEEK_HOURS))
        for key, by_channel in self.points.items():
            for channel, points in by_channel.items():
                found[KINDS.index(_COUNTS[key][0]), CHANNELS.index(channel)] += points
        for channel, points in self.minus_per_minute.items():
            found[KINDS.index("wait_of_answered_ms"), CHANNELS.index(channel)] -= points / _MS_PER_MINUTE
        return found * np.outer(self.day_factors, self.hour_factors).ravel()

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "name": PERSONS_REACHED if self.is_persons else "weighted",
            "title": self.title,
            "points": {key: dict(each) for key, each in self.points.items()},
            "minus_per_minute": dict(self.minus_per_minute),
            "hour_factors": list(self.hour_factors),
            "day_factors": list(self.day_factors),
        }


def points_by_hour(weights: Floats, tally: Tally) -> Floats:
    """Points of a year by hour of the week, shape (168,)."""
    table = tally.table[:, :, : COLUMNS - 12]
    return np.asarray(np.einsum("kch,kch->h", weights, table), dtype=np.float64)


def read_aim(source: str | Path | Mapping[str, Any]) -> Aim:
    """An aim from a file, YAML text (anything with a line break) or a mapping; ``persons_reached`` is the usual one.

    Raises
    ------
    ScenarioError
        With everything that is wrong, by line.
    """
    if source == PERSONS_REACHED:
        return Aim()
    reading = _read(source)
    problems = list(reading.problems)
    tree = reading.tree
    if tree is None:
        raise ScenarioError(problems)
    reader = _Reader(reading)
    problems += reader.problems(tree)
    if problems:
        raise ScenarioError(problems)
    return reader.aim(tree)


def _read(source: str | Path | Mapping[str, Any]) -> Reading:
    if isinstance(source, Mapping):
        return read_mapping(source, "<aim>")
    if isinstance(source, str) and "\n" in source:
        return read_text(source, "<aim>")
    path = Path(source)
    if not path.is_file():
        raise ScenarioError([Problem(str(source), 0, 0, "", "hours.aim.no_such_file", {"usual": PERSONS_REACHED})])
    return read_file(path, str(source))


@dataclass(frozen=True)
class _Reader:
    """Checks the tree of an aim, and makes it."""

    reading: Reading

    def _at(self, path: KeyPath, word: str, at_key: bool = False, **values: Any) -> Problem:
        return problem_at(self.reading.positions, path, word, at_key=at_key, **values)

    def problems(self, tree: Mapping[str, Any]) -> Iterator[Problem]:
        """All that is wrong."""
        for key, value in tree.items():
            if key not in KEYS:
                near = nearest(key, KEYS)
                allowed = tuple(map(Plain, KEYS))
                yield self._at((key,), "hours.aim.unknown", True, found=key, allowed=allowed, nearest=near)
            elif key == "title":
                if not isinstance(value, str) or not value.isprintable() or len(value) > LONGEST_TITLE:
                    yield self._at((key,), "hours.aim.title", limit=LONGEST_TITLE)
            elif not isinstance(value, Mapping):
                yield self._at((key,), "hours.aim.group", found=key)
            else:
                yield from self._entries(key, value)
        if not any(isinstance(tree.get(key), Mapping) and tree[key] for key in (*_COUNTS, _WAITS)):
            yield self._at((), "hours.aim.nothing", allowed=tuple(map(Plain, (*_COUNTS, _WAITS))))

    def _entries(self, key: str, group: Mapping[str, Any]) -> Iterator[Problem]:
        allowed = _COUNTS[key][1] if key in _COUNTS else LIVE if key == _WAITS else WEEKDAYS if key == "days" else ()
        for name, value in group.items():
            if allowed and name not in allowed:
                values: dict[str, Any] = {"allowed": tuple(map(Plain, allowed)), "nearest": nearest(name, allowed)}
                yield self._at((key, name), "hours.aim.unknown", True, found=name, **values)
            if key == "hours" and _whole_hours(name) is None:
                yield self._at((key, name), "hours.aim.window", True, found=name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LARGEST_WEIGHT:
                yield self._at((key, name), "hours.aim.weight", most=Plain(f"{LARGEST_WEIGHT:.0f}"))

    def aim(self, tree: Mapping[str, Any]) -> Aim:
        """The aim of a tree without problems."""
        hours = np.ones(24)
        for window, factor in tree.get("hours", {}).items():
            start, end = _whole_hours(window) or (0, 0)
            hours[np.arange(start, end) % 24] *= factor
        days = tree.get("days", {})
        return Aim(
            title=tree.get("title", ""),
            points={key: {name: float(each) for name, each in tree[key].items()} for key in _COUNTS if tree.get(key)},
            minus_per_minute={name: float(each) for name, each in tree.get(_WAITS, {}).items()},
            hour_factors=tuple(map(float, hours)),
            day_factors=tuple(float(days.get(name, 1.0)) for name in WEEKDAYS),
        )


def _whole_hours(text: str) -> tuple[int, int] | None:
    """First and last hour (excluded) of a window of whole clock hours such as ``22:00-06:00``."""
    try:
        start, end = parse_window(text)
    except ValueError:
        return None
    return (start // 60, end // 60) if start % 60 == 0 and end % 60 == 0 else None
