"""Plausible worlds as tables and plain data: what published figures say of each parameter, and how well worlds fit."""

from collections.abc import Mapping
from math import log
from typing import Any

import numpy as np

from simulator.evidence import evidence
from simulator.report import numbers
from simulator.report.tables import Column, Table
from simulator.study.worlds.calibrate import Narrowed, narrowed
from simulator.study.worlds.priors import Prior
from simulator.study.worlds.published import MOST_UNITS, Published
from simulator.study.worlds.world import Worlds
from simulator.words import say

_PERCENTS = (5.0, 50.0, 95.0)
_PINNED = 0.8
"""A range narrower than this share of its prior's is called narrowed."""


def calibration_tables(worlds: Worlds, priors: Mapping[str, Prior], lang: str) -> tuple[Table, ...]:
    """Kept ranges beside the priors, the known trade-off, published beside answered, and why others were ruled out."""
    return (
        _parameters(worlds, priors, lang),
        _trade_off(worlds, lang),
        _fit(worlds, lang),
        _ruled_out(worlds, lang),
    )


def _parameters(worlds: Worlds, priors: Mapping[str, Prior], lang: str) -> Table:
    rows = tuple(
        (
            parameter_name(each.name, lang),
            _range(each.prior, lang),
            _range(each.kept, lang),
            numbers.percent(each.left, lang),
            say(f"worlds.{'narrowed' if each.left < _PINNED else 'open'}", lang),
        )
        for each in narrowed(worlds, priors)
    )
    heads = ("parameter", "prior", "kept", "left", "verdict")
    return Table(
        say("worlds.parameters.caption", lang, worlds=numbers.number(len(worlds), lang)),
        _columns([say(f"worlds.column.{name}", lang) for name in heads]),
        rows,
        say("worlds.parameters.note", lang),
    )


def parameter_name(name: str, lang: str) -> str:
    """A parameter as evidence calls its prior, without that word, and its unit."""
    entry = evidence(f"prior-{name}")
    label = (entry.label.nb if lang == "nb" else entry.label.en).removeprefix("Prior: ")
    counted = entry.unit is None or "probability by" in entry.unit
    unit = "" if counted else f" ({say(f'worlds.unit.{_slug(str(entry.unit))}', lang)})"
    return f"{label[:1].upper()}{label[1:]}{unit}"


def _slug(unit: str) -> str:
    return unit.replace(" ", "-").replace("/", "-")


def _range(points: tuple[float, ...], lang: str) -> str:
    low, middle, high = (numbers.as_written(float(f"{each:.2g}"), lang) for each in points)
    return f"{middle} ({low}–{high})"


def trade_off(worlds: Worlds) -> dict[str, tuple[float, ...]]:
    """People x chats at once x speed / work: chats an hour that a full evening could answer, beside its parts' spread.

    5, 50 and 95 % points over worlds; of the evening's people.
    """
    columns = {name: np.array([each.values[name] for each in worlds.worlds]) for name in worlds.worlds[0].values}
    slots = columns["chats-at-once"]
    speed = np.select([slots <= 1, slots <= 2], [1.0, columns["chat-speed-2"]], columns["chat-speed-3"])
    handling_h = (columns["chat-work"] / speed + columns["chat-wrap-up"]) / 60
    people = columns["chat-counsellors"] + columns["chat-evening-counsellors"]
    made = {
        "people": people,
        "chats_at_once": slots,
        "handling_h": handling_h,
        "chats_per_hour": people * slots / handling_h,
    }
    return {name: tuple(map(float, np.percentile(values, _PERCENTS))) for name, values in made.items()}


def _trade_off(worlds: Worlds, lang: str) -> Table:
    rows = tuple(
        (say(f"worlds.trade_off.{name}", lang), _range(points, lang)) for name, points in trade_off(worlds).items()
    )
    heads = [say("worlds.column.parameter", lang), say("worlds.column.kept", lang)]
    return Table(say("worlds.trade_off.caption", lang), _columns(heads), rows, say("worlds.trade_off.note", lang))


def fit(worlds: Worlds) -> list[dict[str, float | str]]:
    """Each published figure, what worlds answer in its place (5, 50, 95 % points), and the widest miss in units."""
    published = Published(worlds.made["published"])
    rows: list[dict[str, float | str]] = []
    for name, value in published.figures.items():
        answered = np.array([each.answered[name] for each in worlds.worlds])
        shapes = [each.values["busyness-day-shape"] for each in worlds.worlds]
        units = [published.units(shape, float(worlds.made["discrepancy"]))[name] for shape in shapes]
        missed = max(abs(log(x / value)) / unit for x, unit in zip(answered, units, strict=True))
        low, median, high = map(float, np.percentile(answered, _PERCENTS))
        rows.append(
            {"figure": name, "published": value, "low": low, "median": median, "high": high, "most_units": missed}
        )
    return rows


def _fit(worlds: Worlds, lang: str) -> Table:
    rows = tuple(
        (
            say(f"worlds.figure.{row['figure']}", lang),
            numbers.number(float(row["published"]), lang),
            numbers.interval(float(row["median"]), float(row["low"]), float(row["high"]), lang),
            numbers.number(float(row["most_units"]), lang, 1),
        )
        for row in fit(worlds)
    )
    heads = [say(f"worlds.column.{name}", lang) for name in ("figure", "published", "answered", "units")]
    note = say("worlds.fit.note", lang, most=numbers.number(MOST_UNITS, lang))
    return Table(say("worlds.fit.caption", lang), _columns(heads), rows, note)


def _ruled_out(worlds: Worlds, lang: str) -> Table:
    reasons = sorted(worlds.made["ruled_out"].items(), key=lambda each: -each[1])
    rows = tuple((reason(why, lang), numbers.number(count, lang)) for why, count in reasons)
    heads = [say("worlds.column.why", lang), say("worlds.column.count", lang)]
    caption = say("worlds.ruled_out.caption", lang, candidates=numbers.number(worlds.made["candidates"], lang))
    return Table(caption, _columns(heads), rows)


def reason(why: str, lang: str) -> str:
    """Why a candidate was ruled out, in words."""
    for kind in ("outside_", "misses_"):
        if why.startswith(kind):
            name = why.removeprefix(kind).replace("_", "-")
            what = parameter_name(name, lang) if kind == "outside_" else say(f"worlds.figure.{name}", lang)
            return say(f"worlds.reason.{kind.rstrip('_')}", lang, what=what)
    return say(f"worlds.reason.{why}", lang)


def calibration_json(worlds: Worlds, priors: Mapping[str, Prior]) -> dict[str, Any]:
    """The document of ``simulator calibrate --json``."""
    return {
        "worlds": len(worlds),
        "fingerprint": worlds.fingerprint,
        "candidates": worlds.made["candidates"],
        "ruled_out": dict(worlds.made["ruled_out"]),
        "parameters": [_narrowed_json(each) for each in narrowed(worlds, priors)],
        "trade_off": {name: _points(each) for name, each in trade_off(worlds).items()},
        "figures": [{key: _short(value) for key, value in row.items()} for row in fit(worlds)],
        "most_units": MOST_UNITS,
    }


def _narrowed_json(each: Narrowed) -> dict[str, Any]:
    return {
        "parameter": each.name,
        "unit": each.unit,
        "prior": _points(each.prior),
        "kept": _points(each.kept),
        "width_left": _short(each.left),
    }


def _points(points: tuple[float, ...]) -> dict[str, Any]:
    return dict(zip(("low", "median", "high"), map(_short, points), strict=True))


def _short(value: float | str) -> float | str:
    return float(f"{value:.4g}") if isinstance(value, float) else value


def _columns(heads: list[str]) -> tuple[Column, ...]:
    return (Column(heads[0], is_figure=False), *map(Column, heads[1:]))
