"""A made-up result with every row the report reads: a chat open in the evening, a phone open round the clock."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simulator.report.figures import figures
from simulator.study.estimates import Estimates, Key, Result

CHANNELS = ("phone", "chat", "sms", "email", "ung")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SITES = {"kristiansand": 8970.0, "oslo": 1281.0, "romerike": 549.0, "site 06": 177.0, "site 07": 3.2, "site 08": 1.4}
DAY = np.array([5.3, 4.1, 2.7, 1.8, 0.9, 0.5, 0.4, 0.3, 0.3, 0.3, 0.3, 0.4, 0.4, 0.5, 0.7, 1, 1.4, 1.9])
SHAPE = np.concatenate([DAY, [2.3, 3.2, 4.5, 5.9, 6.6, 6.9]])
EVENING = {day: [[975, 1425 if day == "sat" else 1365]] for day in WEEKDAYS}
ALWAYS = {day: [[0, 1440]] for day in WEEKDAYS}
COUNTS = {
    "persons": 1.0,
    "persons_reached": 0.6,
    "unanswered": 0.4,
    "offered": 1.5,
    "met_open": 0.9,
    "answered": 0.6,
    "abandoned": 0.2,
    "balked": 0.05,
    "blocked": 0.0,
    "turned_away_at_closing": 0.05,
    "met_closed": 0.6,
    "phoned_instead": 0.1,
    "came_back": 0.15,
}
"""Counts per person of a channel."""
RATIOS = {
    "answered_share_of_open": (0.667, "share"),
    "answered_share_of_offered": (0.4, "share"),
    "answered_within_target_share": (0.51, "share"),
    "wait_mean_min": (2.84, "min"),
    "wait_p90_min": (6.2, "min"),
}


class Rows:
    """Collects rows of the long table; every interval is a fixed share of its mean."""

    def __init__(self) -> None:
        self.keys: list[Key] = []
        self.units: list[str] = []
        self.numbers: list[list[float]] = []

    def add(self, mean: float, unit: str, key: Key, spread: float = 0.01) -> None:
        half = spread * mean
        self.keys.append(key)
        self.units.append(unit)
        self.numbers.append([mean, mean - half, mean + half, mean - 3 * half, mean + 3 * half, half])

    def table(self) -> Estimates:
        return Estimates(tuple(self.keys), tuple(self.units), np.array(self.numbers))


def _counts(rows: Rows, persons: float, **where: str) -> None:
    spread = 0.01 if len(where) < 2 else 0.1
    for measure, share in COUNTS.items():
        unit = "persons/year" if measure in ("persons", "persons_reached", "unanswered") else "contacts/year"
        rows.add(persons * share, unit, Key(measure, **where), spread)


def _channel(rows: Rows, channel: str, persons: float) -> None:
    _counts(rows, persons, channel=channel)
    for measure, (mean, unit) in RATIOS.items():
        rows.add(mean, unit, Key(measure, channel=channel))
    hourly = persons * SHAPE / SHAPE.sum()
    for hour, count in enumerate(hourly):
        _counts(rows, count, channel=channel, hour=f"{hour:02d}")
        for index, day in enumerate(WEEKDAYS):
            _counts(rows, count * (0.8 + index / 15) / 7, channel=channel, hour=f"{hour:02d}", weekday=day)


def _estimates() -> Estimates:
    rows = Rows()
    _counts(rows, 50_000)
    for channel, persons in (("phone", 19_000.0), ("chat", 26_000.0)):
        _channel(rows, channel, persons)
    for channel, answered in (("sms", 3620.0), ("email", 410.0), ("ung", 350.0)):
        _counts(rows, answered / 0.6, channel=channel)
        rows.add(42.7, "h", Key("response_time_mean_h", channel=channel))
    for site, answered in SITES.items():
        where = {"channel": "phone", "site": site}
        rows.add(answered, "contacts/year", Key("answered", **where), 0.02)
        rows.add(answered / sum(SITES.values()), "share", Key("site_share_of_answered", **where), 0.02)
        rows.add(answered * 1.1, "contacts/year", Key("met_open", **where), 0.02)
        rows.add(1.1, "min", Key("wait_mean_min", **where), 0.1)
    rows.add(35_136, "hours/year", Key("staffed_hours"), 0)
    rows.add(412.7, "hours/year", Key("overtime_hours"))
    rows.add(0.412, "share", Key("occupancy"))
    rows.add(21_345_678, "NOK/year", Key("cost_nok"))
    return rows.table()


def _scenario() -> dict[str, Any]:
    shapes = {"day-and-night": SHAPE, "open-up": np.roll(SHAPE, -1), "smoothness": (SHAPE + SHAPE.mean()) / 2}
    return {
        "name": "2024-actual",
        "title": "Slik var 2024: chat 16:15-22:45 <b>& telefon</b>",
        "why": "5 043 av de tapte chattene kom mellom 00 og 04",
        "expect": {"than": "2023-actual", "up": ["unanswered"], "down": ["answered chat", "persons_reached"]},
        "fingerprint": "3f9a1c0d2b7e",
        "open_hours": {"phone": 8784.0, "chat": 2431.0},
        "open_windows": {"phone": ALWAYS, "chat": EVENING},
        "sites": {"kristiansand": "Kristiansand", "oslo": "Oslo", "romerike": "Romerike"},
        "reference": "day-and-night",
        "profiles": {
            name: {"chat": list(map(float, shape)), "phone": list(map(float, np.roll(shape, 3)))}
            for name, shape in shapes.items()
        },
    }


def _manifest() -> dict[str, Any]:
    source = "Årsrapport 2024, side 12, https://www.116111.no/aarsrapport"
    return {
        "seed": 1,
        "replications": 20,
        "engine": "simpy",
        "version": "0.1.0",
        "commit": "0123abc",
        "libraries": {"numpy": "2.4.6", "simpy": "4.1.2"},
        "period": {"first_day": "2024-01-01", "last_day": "2024-12-31"},
        "overrides": [{"path": "channels.chat.open", "old": "always", "new": {"daily": "16:15-22:45"}}],
        "assumptions": [
            {
                "path": "channels.chat.patience.mean_min",
                "value": 7,
                "status": "assumed",
                "source": "[see model]",
                "note": "5-12 min",
            },
            {"path": "demand.reference", "value": "day-and-night", "status": "assumed", "source": ""},
            {"path": "roster.kristiansand.phone.counsellors", "value": 2, "status": "assumed", "source": None},
            {"path": "channels.chat.work.mean_min", "value": 42.0, "status": "literature", "source": "BørneTelefonen"},
            {"path": "demand.chat.per_year", "value": 26000.0, "status": "derived", "source": source},
            {"path": "channels.chat.open", "value": [1, 2, 3, 4, 5], "status": "published", "source": source},
        ],
    }


@pytest.fixture(scope="session")
def result() -> Result:
    """A whole result, as `simulator run` would give it."""
    return Result(_scenario(), _manifest(), _estimates())


@pytest.fixture(scope="session")
def fortnight(result: Result) -> Result:
    """The same figures, of a period that is no year."""
    measures = result.measures
    units = tuple(measures[key].unit.replace("/year", "/period") for key in measures)
    return replace(result, measures=Estimates(tuple(measures), units, measures._numbers))


@pytest.fixture(scope="session")
def drawn(result: Result) -> dict[str, bytes]:
    """The figures of the result, drawn once."""
    return figures(result, "nb")
