"""What own data say: tables for people, plain data, and the files that scenarios and the calibration read.

Small counts are withheld; nothing but aggregates leaves this module.
"""

import math
from collections.abc import Mapping
from io import StringIO
from typing import Any

import numpy as np

from simulator.demand.own import OwnCounts, OwnLog
from simulator.demand.own.reading import Note
from simulator.report import numbers
from simulator.report.tables import Column, Table
from simulator.study.fitting import Fit, Found
from simulator.words import say

OWN_DATA = "own-data.yaml"
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NORMAL_95 = 1.959963984540054
_LEAST_SE = 1e-4


def figures(found: Found, channel: str) -> dict[str, Fit]:
    """The fitted figures by name, those that the file tells."""
    work = found.work
    alone = None if work is None else Fit(work.mean_min, work.low_min, work.high_min, "min", work.contacts)
    named = {
        "handling": found.handling_min,
        "work": alone,
        "handling_cv": found.handling_cv,
        "wrap_up": found.wrap_up_min,
        "patience": found.patience_min,
        "balking": found.balking,
        "day_shape": found.day_shape,
        "hour_shape": found.hour_shape,
    }
    return {name: each for name, each in named.items() if each is not None}


def import_tables(data: OwnCounts | OwnLog, found: Found, channel: str, lang: str) -> tuple[Table, ...]:
    """What was found, and the profile by clock hour."""
    rows = [(say(f"own.figure.{name}", lang), *_cells(fit, lang)) for name, fit in figures(found, channel).items()]
    if found.leavers_only_min is not None and found.patience_min is not None:
        minutes = numbers.as_written(float(f"{found.leavers_only_min:.3g}"), lang, "min")
        rows.append((say("own.figure.leavers_only", lang), minutes, say("own.biased", lang), ""))
    if found.work is not None and len(found.work.speeds) > 1:
        speeds = " / ".join(numbers.number(each, lang, 2) for each in found.work.speeds)
        rows.append((say("own.figure.speeds", lang), speeds, "", numbers.number(found.work.contacts, lang)))
    heads = [say(f"own.column.{name}", lang) for name in ("figure", "value", "interval", "contacts")]
    total = {"attempts": numbers.number(found.attempts, lang), "answered": numbers.number(found.answered, lang)}
    caption = say("own.caption", lang, channel=say(f"channel.{channel}", lang), **total)
    return (
        Table(caption, _columns(heads), tuple(rows), say("own.note", lang)),
        _by_hour(data, found, lang),
    )


def _cells(fit: Fit, lang: str) -> tuple[str, str, str]:
    shown = [numbers.as_written(float(f"{each:.3g}"), lang) if math.isfinite(each) else "∞" for each in
             (fit.value, fit.low, fit.high)]  # fmt: skip
    unit = {"min": "min"}.get(fit.unit, "")
    return f"{shown[0]} {unit}".strip(), f"{shown[1]}–{shown[2]}", numbers.number(fit.contacts, lang)


def _by_hour(data: OwnCounts | OwnLog, found: Found, lang: str) -> Table:
    counts = data.counts if isinstance(data, OwnLog) else data
    hours, rows = counts.calendar.hours, []
    for clock in range(24):
        seen = counts.offered[hours.hour == clock]
        total = float(np.nansum(seen))
        rate, low, high = (
            float(each[clock]) for each in (found.profile.per_hour, found.profile.low, found.profile.high)
        )
        told = numbers.suppressed(lang) if numbers.is_small(total) else numbers.number(total, lang)
        shown = math.isfinite(rate) and not numbers.is_small(total)
        span = f"{numbers.number(low, lang, 2)}–{numbers.number(high, lang, 2)}" if shown else numbers.MISSING
        rows.append(
            (numbers.clock_hour(clock), told, numbers.number(rate, lang, 2) if shown else numbers.MISSING, span)
        )
    heads = [say(f"own.column.{name}", lang) for name in ("hour", "attempts", "per_hour", "interval")]
    return Table(say("own.by_hour", lang), _columns(heads), tuple(rows))


def _columns(heads: list[str]) -> tuple[Column, ...]:
    return (Column(heads[0], is_figure=False), *map(Column, heads[1:]))


def note_text(note: Note, lang: str) -> str:
    """A note on how the file was understood."""
    return say(note.word, lang, **note.values)


def import_json(data: OwnCounts | OwnLog, found: Found, channel: str, folder: str) -> dict[str, Any]:
    """The document of ``simulator import --json``."""
    counts = data.counts if isinstance(data, OwnLog) else data
    span = {"first_day": str(counts.calendar.first_day), "last_day": str(counts.calendar.last_day)}
    profile = {name: _list(getattr(found.profile, name)) for name in ("per_hour", "low", "high")}
    factors = {
        "weekday_factors": {name: _fit(each) for name, each in zip(_WEEKDAYS, found.weekdays, strict=True)},
        "month_factors": {f"{month:02d}": _fit(each) for month, each in enumerate(found.months, 1)},
    }
    return {
        "channel": channel,
        "kind": "log" if isinstance(data, OwnLog) else "counts",
        **span,
        "attempts": found.attempts,
        "answered": found.answered,
        "profile": profile,
        **factors,
        "figures": {name: _fit(each) for name, each in figures(found, channel).items()},
        "leavers_only_min": _number(found.leavers_only_min),
        "speeds": None if found.work is None else _list(np.array(found.work.speeds)),
        "notes": [note_text(each, "en") for each in data.notes],
        "folder": folder,
    }


def _fit(fit: Fit) -> dict[str, Any]:
    return {"value": _number(fit.value), "low": _number(fit.low), "high": _number(fit.high), "unit": fit.unit,
            "contacts": fit.contacts}  # fmt: skip


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(f"{value:.6g}")


def _list(values: Any) -> list[float | None]:
    return [_number(float(each)) for each in values]


# --- files ---------------------------------------------------------------------------------------------------------


def import_files(data: OwnCounts | OwnLog, found: Found, channel: str, source: str) -> dict[str, bytes]:
    """The profile as a CSV that a scenario can name, and the fits as priors for the calibration."""
    return {
        f"profile-{channel}.csv": profile_csv(found).encode(),
        OWN_DATA: priors_yaml(data, found, channel, source).encode(),
    }


def profile_csv(found: Found) -> str:
    """``weekday,h00,...``: attempts per hour by weekday and clock hour; hours that were never open have 0."""
    rates = np.nan_to_num(found.profile.per_hour)
    text = StringIO()
    text.write("weekday," + ",".join(f"h{hour:02d}" for hour in range(24)) + "\n")
    for name, factor in zip(_WEEKDAYS, found.weekdays, strict=True):
        scale = factor.value if math.isfinite(factor.value) else 1.0
        text.write(name + "," + ",".join(f"{rate * scale:.6f}" for rate in rates) + "\n")
    return text.getvalue()


def priors_yaml(data: OwnCounts | OwnLog, found: Found, channel: str, source: str) -> str:
    """The fits in the form of the evidence's priors, for ``simulator calibrate --priors``."""
    counts = data.counts if isinstance(data, OwnLog) else data
    told = {
        "label": {"nb": f"Egne data: {{}} ({channel})", "en": f"Own data: {{}} ({channel})"},
        "year": str(counts.calendar.first_day.year),
        "source": f"own data: {source}, {counts.rows} rows",
    }
    text = StringIO()
    text.write("# Written by `simulator import`; use it with `simulator calibrate --priors`. Aggregates only.\n")
    for id, (value, unit) in _priors(found, channel).items():
        text.write(f'\n{id}:\n  value: {value}\n  unit: {unit}\n  year: "{told["year"]}"\n')
        text.write(f"  source: {_quoted(str(told['source']))}\n  status: derived\n")
    return text.getvalue()


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "/").replace('"', "'") + '"'


def _priors(found: Found, channel: str) -> Mapping[str, tuple[str, str]]:
    """Value and unit by id; a log-normal whose 95 % range is the fit's interval."""
    work = figures(found, channel).get("work")
    entries: dict[str, tuple[Fit | None, str]] = {
        f"prior-{channel}-patience": (found.patience_min, "min"),
        f"prior-{channel}-work": (work if channel == "chat" else found.handling_min, "min"),
        "prior-busyness-day-shape": (found.day_shape, "gamma shape"),
        "prior-busyness-hour-shape": (found.hour_shape, "gamma shape"),
    }
    made = {id: (_lognormal(fit), unit) for id, (fit, unit) in entries.items() if fit is not None and fit.low > 0}
    if channel == "chat" and found.work is not None and math.isfinite(found.work.cv):
        spread = found.work.cv * 0.05
        low, high = max(found.work.cv - spread, 0.01), found.work.cv + spread
        made["prior-chat-work-cv"] = (_uniform(low, high), "ratio")
    if found.work is not None and len(found.work.speeds) > 1:
        made["prior-chat-speed-2"] = (
            _uniform(found.work.speeds[1] - 0.05, min(found.work.speeds[1] + 0.05, 1.0)),
            "ratio",
        )
    if found.balking is not None:
        made["prior-balking"] = (_uniform(found.balking.low, found.balking.high), "probability")
    made[f"prior-{channel}-shape"] = (_shape(found), "contacts/h")
    return made


def _lognormal(fit: Fit) -> str:
    high = fit.high if math.isfinite(fit.high) else fit.value * fit.value / fit.low
    sigma = max(math.log(high / fit.low) / (2 * _NORMAL_95), _LEAST_SE)
    return f"{{distribution: lognormal, median: {fit.value:.6g}, sigma_log: {sigma:.4g}}}"


def _uniform(low: float, high: float) -> str:
    return f"{{distribution: uniform, low: {low:.4g}, high: {max(high, low + 1e-3):.4g}}}"


def _shape(found: Found) -> str:
    """Rates and standard errors by clock hour; an hour that was never open has 0, which means unknown."""
    rate = np.nan_to_num(found.profile.per_hour)
    error = np.clip(np.nan_to_num(found.profile.se_log), 0.0, 5.0)
    columns = {"per_hour": rate, "se_log": error}
    inside = ", ".join(f"{name}: [{', '.join(f'{x:.5g}' for x in each)}]" for name, each in columns.items())
    return f"{{{inside}}}"
