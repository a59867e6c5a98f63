"""Answers made again of the documents that ``--json`` printed, so that they can be told in either language.

The documents are a promise, so they are read by the names of their fields. Numbers that they hold with six digits come
back with six; what they do not hold comes back as nan.
"""

from collections.abc import Mapping
from typing import Any

from simulator.report.documents.plain import made
from simulator.scenario.schedule import WEEKDAYS, parse_windows
from simulator.service.keys import KEY_COLUMNS, Key
from simulator.study.compare import Comparison, Difference, Saving
from simulator.study.comparing.consequences import Consequence
from simulator.study.comparing.pair_table import COUNTED, PairTable
from simulator.study.comparing.pairs import AT_SITE, CHATS, WAITS
from simulator.study.comparing.per_reached import PerReached
from simulator.study.drivers import Driver
from simulator.study.estimates import Estimate
from simulator.study.hours.aims import PERSONS_REACHED
from simulator.study.hours.answer import BestHours, Judged, Range, Rung, Screening, Turning, Years
from simulator.study.hours.plans import Stretch
from simulator.study.hours.selecting import Selection
from simulator.study.hours.week import Week
from simulator.study.precision import Reached

Data = Mapping[str, Any]
_NAN = float("nan")
_UNTOLD = dict.fromkeys(("low", "high", "year_low", "year_high", "noise", "median"), None) | dict.fromkeys(
    ("share_worlds", "share_years", "share_noise"), None
)


def _estimate(data: Data, unit: str) -> Estimate:
    return made(Estimate, {**_UNTOLD, **data, "unit": unit})


# --- comparisons -------------------------------------------------------------------------------------------------


def comparison(document: Data, sites: Mapping[str, str]) -> Comparison:
    """A comparison.

    Parameters
    ----------
    sites
        Names of sites by key, where they are known.
    """
    tables = document["contacts_by_plan"]
    keys = {row["site"] for table in tables for row in table["by_site"]}
    precision = document.get("precision")
    return Comparison(
        base=document["base"],
        titles=dict(document["titles"]),
        differences=tuple(map(_difference, document["differences"])),
        manifests={name: dict(each) for name, each in document["manifests"].items()},
        contacts=tuple(map(_pair_table, tables)),
        consequences=tuple(
            made(Consequence, each, chats=_estimate(each["chats"], "contacts/year"))
            for each in document["consequences"]
        ),
        savings=tuple(made(Saving, each, key=_watched(each["figure"])) for each in document["pairing"]),
        per_reached=tuple(made(PerReached, each) for each in document["cost_per_reached"]),
        sites={key: document.get("sites", sites).get(key, key) for key in keys},
        precision=None if precision is None else _reached(precision),
    )


def _difference(data: Data) -> Difference:
    key = Key(**{name: data[name] for name in KEY_COLUMNS})
    ends = {
        f"{side}_ends": tuple(_NAN if (end := data.get(f"{side}_{way}")) is None else end for way in ("low", "high"))
        for side in ("base", "other")
    }
    return made(Difference, data, key=key, change=_estimate(data, data["unit"]), **ends)


def _watched(name: str) -> Key:
    """The key of a figure that was watched, such as ``answered/chat``."""
    measure, _, where = name.partition("/")
    channel, _, site = where.partition("/")
    return Key(measure, channel or "all", site or "all")


def _reached(data: Data) -> Reached:
    width = data["reached"]
    return Reached(data["asked"], float("inf") if width is None else width, data["met"], tuple(data["of"]))


def _pair_table(data: Data) -> PairTable:
    years = data["totals"]["years"]
    by_hour = {kind: tuple(row["totals"][kind] for row in data["by_hour"]) for kind in COUNTED}
    waits = {kind: (data["totals"][kind],) for kind in WAITS}  # by hour they are not told
    by_site = {row["site"]: {kind: row["totals"][kind] for kind in AT_SITE} for row in data["by_site"]}
    yearly = {
        kind: _estimate({**each, "mean": data[kind]}, "contacts/year" if kind in CHATS else "persons/year")
        for kind, each in data["intervals"].items()
    }
    return PairTable(data["plan"], years, {**by_hour, **waits}, by_site, yearly)


# --- hours -------------------------------------------------------------------------------------------------------


def best_hours(document: Data) -> BestHours:
    """The best opening hours for a budget."""
    budget, selection, turning = (document[name] for name in ("budget", "selection", "turning"))
    candidates = selection["candidates"]
    return made(
        BestHours,
        document,
        extra_nok=budget["extra_nok"],
        asked_budget=budget["asked"],
        own_nok=budget["own_nok"],
        is_persons=document["aim"]["name"] == PERSONS_REACHED,
        screening=made(Screening, document["screening"]),
        selection=Selection(
            chosen=selection["chosen"],
            alive=(),
            left_after=tuple(each["years"] for each in candidates),
            mean=tuple(_NAN if each["mean"] is None else each["mean"] for each in candidates),
            years=selection["years"],
            simulated=0,
            complete=selection["complete"],
            confidence=selection["confidence"],
            indifference=_NAN if selection["indifference"] is None else selection["indifference"],
        ),
        candidates=tuple(_stretches(each["shifts"]) for each in candidates),
        finalists=tuple(map(_judged, document["finalists"])),
        frontier=tuple(made(Rung, each, plan=_judged(each)) for each in document["frontier"]),
        turning=made(
            Turning,
            turning,
            drivers=tuple(made(Driver, each) for each in turning["drivers"]),
            sharing=tuple(map(_judged, turning["sharing"])),
        ),
        years=made(Years, document["years"]),
        opening=_week(document["opening"]),
        changes=document["changes"],
        manifest=document["manifest"],
    )


def _judged(data: Data) -> Judged:
    ranges = {name: made(Range, data[name]) for name in ("gain", "reached", "overtime_hours")}
    return made(Judged, data, shifts=_stretches(data["shifts"]), **ranges)


def _stretches(shifts: Any) -> tuple[Stretch, ...]:
    return tuple(
        (tuple(map(WEEKDAYS.index, each["days"])), *parse_windows(f"{each['from']}-{each['to']}")[0], each["people"])
        for each in shifts
    )


def _week(data: Data) -> Week:
    return tuple(parse_windows(data.get(name, data["daily"])) for name in WEEKDAYS)
