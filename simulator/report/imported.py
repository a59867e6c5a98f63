"""What own data say: tables for people, plain data, and the files that scenarios and the calibration read.

Small counts are withheld; nothing but aggregates leaves this module.
"""

import math
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any, NamedTuple

import numpy as np

from simulator.demand.own import OwnCounts, OwnLog
from simulator.demand.own.data import Note
from simulator.evidence import all_evidence, evidence
from simulator.report import numbers
from simulator.report.tables import Column, Table
from simulator.study.fitting import Fit, Found
from simulator.words import say

OWN_DATA = "own-data.yaml"
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NORMAL_95 = 1.959963984540054
_LEAST_SE = 1e-4
_ENDLESS = 1e4
"""A gamma shape beyond which there is as good as no busyness."""


def figures(found: Found, channel: str) -> dict[str, Fit]:
    """The fitted figures by name, those that the file tells."""
    work = found.work
    alone = None if work is None else Fit(work.mean_min, work.low_min, work.high_min, "min", work.contacts)
    spread = None if work is None else Fit(work.cv, work.low_cv, work.high_cv, "ratio", work.contacts)
    named = {
        "handling": found.handling_min,
        "work": alone,
        "work_cv": spread,
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
        "speeds": None if found.work is None else _list(found.work.speeds),
        "speed_ends": None if found.work is None else [_list(each) for each in found.work.speed_ends],
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
    """``weekday,h00,...``: attempts per hour by weekday and clock hour; hours that were never open have 0.

    With a whole year the first column is ``month``.
    """
    rates = np.nan_to_num(found.profile.per_hour)
    months = _known(found.months)
    whole = months if all(math.isfinite(each.value) for each in found.months) else [None]
    text = StringIO()
    text.write(
        ("" if whole == [None] else "month,") + "weekday," + ",".join(f"h{hour:02d}" for hour in range(24)) + "\n"
    )
    for number, month in enumerate(whole, 1):
        for name, weekday in zip(_WEEKDAYS, _known(found.weekdays), strict=True):
            head = name if month is None else f"{number},{name}"
            scale = weekday * (1.0 if month is None else month)
            text.write(head + "," + ",".join(f"{rate * scale:.6f}" for rate in rates) + "\n")
    return text.getvalue()


def _known(factors: Sequence[Fit]) -> list[float]:
    """Factors, 1 where the file does not hold them."""
    return [each.value if math.isfinite(each.value) else 1.0 for each in factors]


def priors_yaml(data: OwnCounts | OwnLog, found: Found, channel: str, source: str) -> str:
    """The fits in the form of the evidence's priors, for ``simulator calibrate --priors``."""
    counts = data.counts if isinstance(data, OwnLog) else data
    first, last = counts.calendar.first_day.year, counts.calendar.last_day.year
    year = str(first) if first == last else f"{first}-{last}"
    text = StringIO()
    text.write("# Written by `simulator import`; use it with `simulator calibrate --priors`. Aggregates only.\n")
    for id, prior in _priors(found, channel).items():
        text.write(f"\n{id}:\n  label: {{nb: {_quoted(_label(id, 'nb'))}, en: {_quoted(_label(id, 'en'))}}}\n")
        text.write(f'  value: {prior.value}\n  unit: {prior.unit}\n  year: "{year}"\n')
        text.write(f"  source: {_quoted(f'own data: {source}, {counts.rows} rows')}\n  status: derived\n")
        text.write(f"  derived_from: [own-data]\n  formula: {_quoted(prior.formula)}\n")
    return text.getvalue()


def _label(id: str, lang: str) -> str:
    """What the evidence calls a prior, said of own data."""
    own = say("own.label", lang)
    if id not in {entry.id for entry in all_evidence()}:
        return f"{own}: {say('own.by_hour', lang)}"
    label = evidence(id).label
    return f"{own}: {(label.nb if lang == 'nb' else label.en).removeprefix('Prior: ')}"


def _quoted(text: str) -> str:
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return '"' + plain.replace("\\", "/").replace('"', "'") + '"'


class _Prior(NamedTuple):
    """An entry's value as YAML, its unit, and how it was found."""

    value: str
    unit: str
    formula: str


def _priors(found: Found, channel: str) -> Mapping[str, _Prior]:
    """Entries by id; of most a log-normal whose 95 % range is the fit's interval."""
    fits = figures(found, channel)
    chat = channel == "chat"
    ids = {
        f"prior-{channel}-patience": ("patience", "all time waited / number who left"),
        f"prior-{channel}-work": ("work", "mean handling time, one at a time") if chat else ("handling", "mean"),
        "prior-busyness-day-shape": ("day_shape", "1 / variance of the day's factor, by moments"),
        "prior-busyness-hour-shape": ("hour_shape", "1 / variance of the hour's factor, by moments"),
    }
    if chat:
        ids["prior-chat-work-cv"] = ("work_cv", "standard deviation / mean of handling times, one at a time")
        ids["prior-chat-wrap-up"] = ("wrap_up", "mean wrap-up")
    made = {
        id: _Prior(_spread(fits[name]), fits[name].unit, formula)
        for id, (name, formula) in ids.items()
        if name in fits and fits[name].low > 0
    }
    for level, ends in enumerate(found.work.speed_ends[1:3] if found.work and chat else (), 2):
        formula = "the pace at which mean handling time, one at a time, is the same whoever else was held"
        made[f"prior-chat-speed-{level}"] = _Prior(_speed(*ends), "ratio", formula)
    if found.balking is not None:
        value = _uniform(found.balking.low, found.balking.high)
        made["prior-balking"] = _Prior(value, "probability", "those who left at once / those who had to wait")
    made[f"prior-{channel}-shape"] = _Prior(_shape(found), "contacts/h", "attempts / open hours, by clock hour")
    return made


def _spread(fit: Fit) -> str:
    """A distribution of what is not known of a fit; one that has no upper end is as good as endless up there."""
    if not math.isfinite(fit.high):
        return f"{{distribution: loguniform, low: {fit.low:.6g}, high: {max(_ENDLESS, 2 * fit.low):.6g}}}"
    return _lognormal(fit)


def _speed(low: float, high: float) -> str:
    """A pace is at most 1 and never quite stands still."""
    high = min(max(high, 0.06), 1.0)
    return _uniform(max(min(low, high - 1e-3), 0.05), high)


def _lognormal(fit: Fit) -> str:
    sigma = max(math.log(fit.high / fit.low) / (2 * _NORMAL_95), _LEAST_SE)
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
