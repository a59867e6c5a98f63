"""Small worlds for tests: contacts written by hand, scenarios from a few keys."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from simulator.demand.contacts import NEVER_MS, NO_LABEL, Background, Contacts
from simulator.scenario.calendar import MINUTE_MS, Calendar
from simulator.scenario.model import CHANNELS, LIVE, Scenario
from simulator.scenario.order import site_order

SHIPPED = (
    "2023-actual",
    "2024-actual",
    "2023-demand-2024-hours",
    "open-to-midnight",
    "open-to-02",
    "open-to-04",
    "round-the-clock",
    "weekend-nights",
    "phone-only",
    "no-network",
    "network-round-the-clock",
    "summer-closure",
    "campaign-surge",
    "one-more-evening-counsellor",
)
"""The scenarios that are promised."""


def minutes(value: float) -> int:
    """Minutes as milliseconds."""
    return round(value * MINUTE_MS)


def scenario_of(days: int = 1, first_day: str = "2024-01-15", **parts: Any) -> Scenario:
    """A scenario of some days in UTC; ``parts`` are its other keys."""
    last = np.datetime64(first_day) + np.timedelta64(days - 1, "D")
    document = {
        "title": "test",
        "timezone": "UTC",
        "period": {"first_day": first_day, "last_day": str(last)},
        **parts,
    }
    return Scenario.model_validate(document)


def fixed_contacts(scenario: Scenario, rows: Sequence[Mapping[str, Any]], attempts: int = 1) -> Contacts:
    """Contacts with given arrival, work and patience in minutes; nobody tries again unless uniforms say so.

    Keys of a row: ``at``, ``work``, and optionally ``patience``, ``channel``, ``origin``, ``wrap_up``, ``balk_u``,
    ``closed_u``, ``redial_u``, ``redial_delay``, ``return_delay``, ``phone_work``.
    """
    calendar, sites = Calendar.of(scenario), site_order(scenario.sites)
    rows = sorted(rows, key=lambda row: row["at"])
    n, live = len(rows), len(LIVE)

    def column(key: str, default: float) -> np.ndarray[Any, np.dtype[np.float64]]:
        return np.array([row.get(key, default) for row in rows], float)

    def repeated(key: str, default: float) -> np.ndarray[Any, np.dtype[np.int64]]:
        once = np.array([minutes(row[key]) if key in row else default for row in rows], np.int64)
        return np.broadcast_to(once[:, None, None], (n, attempts, live)).copy()

    channel = np.array([CHANNELS.index(row.get("channel", "phone")) for row in rows], np.int16)
    work = np.zeros((n, len(CHANNELS)), np.int64)
    wrap_up = np.zeros_like(work)
    for i, row in enumerate(rows):
        work[i, CHANNELS.index("phone")] = minutes(row.get("phone_work", row["work"]))
        work[i, channel[i]] = minutes(row["work"])
        wrap_up[i, channel[i]] = minutes(row.get("wrap_up", 0))
    uniforms = {
        key: np.broadcast_to(column(key, 1.0)[:, None], (n, attempts)).copy()
        for key in ("balk_u", "closed_u", "redial_u")
    }
    return Contacts(
        epoch_ms=calendar.epoch_ms,
        end_ms=calendar.end_ms,
        sites=sites,
        arrival_ms=np.array([minutes(row["at"]) for row in rows], np.int64),
        channel=channel,
        origin=np.array([sites.index(row["origin"]) if "origin" in row else 0 for row in rows], np.int16),
        identity=np.arange(n, dtype=np.uint64),
        work_ms=work,
        wrap_up_ms=wrap_up,
        patience_ms=repeated("patience", NEVER_MS),
        redial_delay_ms=repeated("redial_delay", NEVER_MS),
        return_delay_ms=repeated("return_delay", NEVER_MS),
        age_group=np.full(n, NO_LABEL, np.int16),
        gender=np.full(n, NO_LABEL, np.int16),
        background=Background.none(len(sites)),
        **uniforms,
    )
