"""Recorded contacts through a plan: what would have happened to each of them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.demand.recorded import replay_contacts
from simulator.scenario.calendar import Calendar
from simulator.scenario.model import CHANNELS, Scenario
from simulator.service.ledger import FATES, NEXT, NOBODY
from simulator.service.measures import MS_PER_MINUTE, Yardstick, Year
from simulator.service.planning import make_plan
from simulator.study.estimates import Result
from simulator.study.intervals import estimate
from simulator.study.observations import Observations
from simulator.study.provenance import manifest
from simulator.study.run import describe
from simulator.study.years import Rows


@dataclass(frozen=True)
class Replayed:
    """What a replay found: the key figures, and one row per attempt.

    ``contacts`` has the keys ``contact`` (the log's id, else its line), ``attempt`` (from 1), ``time`` (civil),
    ``channel``, ``outcome``, ``next``, ``site``, ``counsellor`` (name and number on the roster, or None), ``wait_min``,
    ``start`` and ``end`` (minutes after the midnight that begins the first day, or None).
    """

    result: Result
    year: Year
    contacts: tuple[dict[str, Any], ...]

    def as_json(self) -> dict[str, Any]:
        """The document of ``simulator replay --json``."""
        return {**self.result.as_json(), "contacts": list(self.contacts)}


def replay(log: str | Path, scenario: Scenario, seed: int = 1) -> Replayed:
    """Serve the contacts of a log under a scenario.

    Parameters
    ----------
    log
        A CSV file, or its text; see `simulator.demand.recorded.replay_contacts`.
    scenario
        The alternative.
    seed
        Of the draws that the log does not hold (whether somebody tries again).

    Raises
    ------
    RecordedError
        If the log cannot be read, with everything that is wrong in it.
    FileNotFoundError
        If there is no such file.
    """
    from simulator.service.reference import serve  # a log is served at once; to compile an engine would take longer

    recorded = replay_contacts(log if isinstance(log, str) and "\n" in log else Path(log), scenario, seed=seed)
    plan = make_plan(scenario)
    year = Year(recorded.contacts, plan, serve(recorded.contacts, plan))
    yardstick = Yardstick(scenario, plan)
    seen = Observations(yardstick.keys, yardstick.units)
    seen.append(Rows.of_years([yardstick.observe(year)], len(yardstick.keys), 1))
    made = manifest(scenario, seed, 1, "simpy", _content(year))
    result = Result(describe(scenario, made), made, estimate(seen))
    return Replayed(result, year, tuple(_rows(year, recorded.labels, Calendar.of(scenario))))


def _content(year: Year) -> bytes:
    contacts = year.contacts
    return b"".join(each.tobytes() for each in (contacts.arrival_ms, contacts.channel, contacts.work_ms))


def _rows(year: Year, labels: tuple[str, ...], calendar: Calendar) -> list[dict[str, Any]]:
    ledger, plan = year.ledger, year.plan
    return [
        {
            "contact": labels[ledger.person[row]],
            "attempt": int(ledger.attempt[row]) + 1,
            "time": calendar.civil_time(int(ledger.at_ms[row])).isoformat(sep=" ", timespec="seconds"),
            "channel": CHANNELS[ledger.channel[row]],
            "outcome": FATES[ledger.fate[row]],
            "next": NEXT[ledger.next[row]],
            "site": plan.sites[ledger.site[row]].name,
            "counsellor": _name(year, int(ledger.counsellor[row])),
            "wait_min": float(ledger.wait_ms[row]) / MS_PER_MINUTE,
            "start": _minute(int(ledger.start_ms[row])),
            "end": _minute(int(ledger.end_ms[row])),
        }
        for row in range(len(ledger))
    ]


def _name(year: Year, counsellor: int) -> str | None:
    return None if counsellor == NOBODY else year.plan.counsellors[counsellor].name


def _minute(at_ms: int) -> float | None:
    return None if at_ms < 0 else at_ms / MS_PER_MINUTE
