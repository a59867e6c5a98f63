"""Traces: a few contacts written by hand and what must become of each, all times in minutes.

Shared by the tests of the rules. Expected values are worked out by hand from the written rules, never by running an
engine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from simulator.demand.contacts import Background, Contacts
from simulator.scenario.calendar import MINUTE_MS
from simulator.scenario.model import CHANNELS, Scenario
from simulator.service.ledger import FATES, NEXT, NOBODY, Ledger
from simulator.service.planning import make_plan
from simulator.service.reference import serve
from tests.support import fixed_contacts, minutes, scenario_of

Spells = Mapping[str, Sequence[tuple[float, float]]]

_TIMES = ("at", "wait", "start", "end")
_COLUMNS = {"by": "counsellor", "then": "next"}


def clock(start: int, end: int) -> str:
    """A window between two minutes after midnight; the end may lie in the next day."""
    written_end = end if end <= 1440 else end - 1440
    return f"{start // 60:02d}:{start % 60:02d}-{written_end // 60:02d}:{written_end % 60:02d}"


def rules(**parts: Any) -> dict[str, Any]:
    """Rules of a channel; contacts bring their own work and patience, so the means say nothing."""
    return {"work": {"mean_min": 1}, **parts}


def shift(start: int, end: int, *answers: str, people: int = 1, chats: int = 1) -> dict[str, Any]:
    """A shift of every day between two minutes after midnight."""
    return {"hours": clock(start, end), "counsellors": people, "answers": list(answers), "chats_at_once": chats}


def service(channels: Mapping[str, Any], *shifts: Mapping[str, Any], **parts: Any) -> Scenario:
    """A scenario of one centre whose counsellors are these shifts, numbered from 0."""
    centre = {f"shift {number}": each for number, each in enumerate(shifts)}
    roster = {"centre": centre, **parts.pop("roster", {})}
    return scenario_of(channels=dict(channels), roster=roster, **parts)


def with_sites(**sites: Mapping[str, Any]) -> dict[str, Any]:
    """Sites beside the centre, by key; codes follow the keys' order."""
    return {"centre": {"centre": True, "lines": 0}, **sites}


def contacts_of(
    scenario: Scenario, rows: Sequence[Mapping[str, Any]], attempts: int = 1, spells: Spells | None = None
) -> Contacts:
    """Contacts by hand; ``spells`` are a site's own duty work. A list in a row has one number per attempt."""
    single = [{key: each[0] if isinstance(each, list) else each for key, each in row.items()} for row in rows]
    contacts = fixed_contacts(scenario, single, attempts)
    listed = sorted(rows, key=lambda row: row["at"])
    changed: dict[str, Any] = {}
    for key, name in (("balk_u", "balk_u"), ("closed_u", "closed_u"), ("redial_u", "redial_u")):
        changed[name] = _per_attempt(getattr(contacts, name), [row.get(key) for row in listed], 1)
    for key, name in (
        ("patience", "patience_ms"), ("redial_delay", "redial_delay_ms"), ("return_delay", "return_delay_ms"),
    ):  # fmt: skip
        changed[name] = _per_attempt(getattr(contacts, name), [row.get(key) for row in listed], MINUTE_MS)
    return replace(contacts, background=_background(contacts.sites, spells or {}), **changed)


def _per_attempt(array: np.ndarray[Any, Any], values: Sequence[Any], unit: int) -> np.ndarray[Any, Any]:
    result = array.copy()
    for person, listed in enumerate(values):
        if isinstance(listed, list):
            for attempt, value in enumerate(listed):
                result[person, attempt] = round(value * unit) if unit > 1 else value
    return result


def _background(sites: Sequence[str], spells: Spells) -> Background:
    each = [spells.get(name, ()) for name in sites]
    flat = [spell for site in each for spell in site]
    return Background(
        offset=np.cumsum([0, *map(len, each)]).astype(np.int64),
        start_ms=np.array([minutes(start) for start, _ in flat], np.int64),
        end_ms=np.array([minutes(end) for _, end in flat], np.int64),
    )


def trace(
    scenario: Scenario, rows: Sequence[Mapping[str, Any]], attempts: int = 1, spells: Spells | None = None
) -> Ledger:
    """The ledger of contacts written by hand."""
    return serve(contacts_of(scenario, rows, attempts, spells), make_plan(scenario))


def went(fate: str, **fields: Any) -> dict[str, Any]:
    """What is expected of one attempt; fields not named are not checked."""
    return {"fate": fate, **fields}


def answered(by: int, start: float, end: float, **fields: Any) -> dict[str, Any]:
    """An answered attempt."""
    return {"fate": "answered", "by": by, "start": start, "end": end, "then": "none", **fields}


def check(ledger: Ledger, *expected: Mapping[str, Any]) -> None:
    """Every row of the ledger, in order of happening, against what is expected of it."""
    assert len(ledger) == len(expected), f"{len(ledger)} attempts, expected {len(expected)}\n{table(ledger)}"
    for row, fields in enumerate(expected):
        for name, value in fields.items():
            found = shown(ledger, row)[name]
            wanted = minutes(value) / MINUTE_MS if name in _TIMES and value is not None else value
            assert found == wanted, f"attempt {row}: {name} is {found}, expected {wanted}\n{table(ledger)}"


def shown(ledger: Ledger, row: int) -> dict[str, Any]:
    """One row of a ledger in words and minutes."""
    return {
        "person": int(ledger.person[row]),
        "attempt": int(ledger.attempt[row]),
        "channel": CHANNELS[ledger.channel[row]],
        "at": float(ledger.at_ms[row]) / MINUTE_MS,
        "fate": FATES[ledger.fate[row]],
        "then": NEXT[ledger.next[row]],
        "site": int(ledger.site[row]),
        "by": int(ledger.counsellor[row]),
        "wait": float(ledger.wait_ms[row]) / MINUTE_MS,
        "start": float(ledger.start_ms[row]) / MINUTE_MS if ledger.start_ms[row] >= 0 else None,
        "end": float(ledger.end_ms[row]) / MINUTE_MS if ledger.end_ms[row] >= 0 else None,
    }


def table(ledger: Ledger) -> str:
    """A ledger to read when a test fails."""
    return "\n".join(str(shown(ledger, row)) for row in range(len(ledger)))


def time_of(ledger: Ledger, name: str) -> list[float]:
    """Minutes by counsellor: ``busy``, ``overtime``, ``staffed`` or ``slot``."""
    return [value / MINUTE_MS for value in getattr(ledger, f"{name}_ms").tolist()]


__all__ = ["NOBODY", "answered", "check", "clock", "contacts_of", "rules", "service", "shift", "shown", "table"]
__all__ += ["time_of", "trace", "went", "with_sites"]
