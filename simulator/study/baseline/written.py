"""How a baseline lies in files: text that a reviewer can read line by line, the same bytes for the same baseline.

``baseline.json`` has the recipe, the inputs and the entries of the changelog; ``ties.json`` every tie; each scenario
has ``<name>.json`` and, with the attempts of its first days, ``<name>.csv``. Knows no folder.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, astuple
from typing import Any

import numpy as np

from simulator.study.baseline.contents import (
    FORMAT,
    TIME_COLUMNS,
    TRACE_COLUMNS,
    Baseline,
    Cut,
    Day,
    Entry,
    Figure,
    Inputs,
    Trace,
)
from simulator.words import say

HEAD, TIES = "baseline.json", "ties.json"


class BaselineError(Exception):
    """A stored baseline that cannot be used; `text` says why and what to do.

    Parameters
    ----------
    key
        Which complaint: ``regress.wrong.<key>``.
    """

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(say(f"regress.wrong.{key}", "en", **values))
        self._key = key
        self._values = values

    def text(self, lang: str) -> str:
        """The message in one language."""
        return say(f"regress.wrong.{self._key}", lang, **self._values)


def to_files(baseline: Baseline) -> dict[str, bytes]:
    """Content by file name."""
    head = {
        "format": FORMAT,
        "recipe": dict(baseline.recipe),
        "entries": sorted(baseline.entries),
        "results_change": list(baseline.accounted),
        **asdict(baseline.inputs),
    }
    files = {
        HEAD: _text(head, 2),
        TIES: _text({"ties": {name: _trace(each) for name, each in baseline.ties.items()}}, 2),
    }
    for name, entry in baseline.entries.items():
        files[f"{name}.json"] = _text(_entry(entry), 2)
        files[f"{name}.csv"] = _rows_text(entry.trace)
    return files


def from_files(files: Mapping[str, bytes]) -> Baseline:
    """The baseline in files.

    Raises
    ------
    BaselineError
        If there is none, or it cannot be read.
    """
    if HEAD not in files:
        raise BaselineError("none")
    head = _document(files, HEAD)
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise BaselineError("format", file=HEAD)
    with _Complaining(HEAD):
        inputs = Inputs(*(head[name] for name in ("evidence", "worlds", "profiles", "libraries")))
        names, recipe, accounted = head["entries"], head["recipe"], tuple(head["results_change"])
    with _Complaining(TIES):
        ties = {name: _trace_of(each, each["rows"]) for name, each in _document(files, TIES)["ties"].items()}
    entries = {}
    for name in names:
        with _Complaining(f"{name}.json"):
            entries[name] = _entry_of(name, _document(files, f"{name}.json"), files[f"{name}.csv"])
    return Baseline(recipe, inputs, entries, ties, accounted)


class _Complaining:
    """Turns what a broken file makes of reading it into words that name the file."""

    def __init__(self, file: str) -> None:
        self._file = file

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, KeyError | TypeError | ValueError | AttributeError | IndexError | RecursionError):
            raise BaselineError("broken", file=self._file) from error


def _document(files: Mapping[str, bytes], name: str) -> Any:
    with _Complaining(name):
        return json.loads(files[name].decode())


# --- as text -------------------------------------------------------------------------------------------------------


def _text(document: Mapping[str, Any], depth: int) -> bytes:
    return ("\n".join(_lines(document, depth)) + "\n").encode()


def _lines(document: Any, depth: int, indent: str = "") -> Iterator[str]:
    """JSON with one line for each entry of the outer mappings, so that a change is one line."""
    if depth == 0 or not isinstance(document, Mapping) or not document:
        yield json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)
        return
    yield "{"
    for number, (key, value) in enumerate(document.items(), 1):
        first, *rest = _lines(value, depth - 1, indent + " ")
        comma = "," if number < len(document) else ""
        *before, last = [f"{indent} {json.dumps(key, ensure_ascii=False)}: {first}", *rest]
        yield from (*before, last + comma)
    yield f"{indent}}}"


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "fingerprint": entry.fingerprint,
        "contacts": entry.contacts,
        "ledger": entry.ledger,
        **{
            name: {key: [each.unit, *each.numbers] for key, each in table.items()}
            for name, table in entry.tables.items()
        },
        "cuts": {key: [each.unit, *each.means] for key, each in entry.cuts.items()},
        "week_hours": dict(entry.week_hours),
        "days": {day.date: list(astuple(day)[1:]) for day in entry.days},
        "trace": {name: each for name, each in _trace(entry.trace).items() if name != "rows"},
        "model": dict(entry.model),
    }


def _entry_of(name: str, document: Mapping[str, Any], rows: bytes) -> Entry:
    plain = ("fingerprint", "contacts", "ledger", "cuts", "week_hours", "days", "trace", "model")
    tables = {key: _figures(each) for key, each in document.items() if key not in plain}
    return Entry(
        name=name,
        **{key: document[key] for key in ("fingerprint", "model", "contacts", "ledger", "week_hours")},
        days=tuple(Day(date, *each) for date, each in document["days"].items()),
        trace=_trace_of(document["trace"], _rows_of(rows)),
        tables=tables,
        cuts={key: Cut(unit, tuple(means)) for key, (unit, *means) in document["cuts"].items()},
    )


def _figures(table: Mapping[str, Sequence[Any]]) -> dict[str, Figure]:
    return {key: Figure(unit, tuple(numbers)) for key, (unit, *numbers) in table.items()}


def _trace(trace: Trace) -> dict[str, Any]:
    return {
        "epoch_ms": trace.epoch_ms,
        "timezone": trace.timezone,
        "sites": list(trace.sites),
        "counsellors": list(trace.counsellors),
        "times_ms": trace.times_ms.tolist(),
        "rows": trace.rows.tolist(),
    }


def _trace_of(document: Mapping[str, Any], rows: Any) -> Trace:
    return Trace(
        rows=np.array(rows, np.int64).reshape(-1, len(TRACE_COLUMNS)),
        times_ms=np.array(document["times_ms"], np.int64).reshape(-1, len(TIME_COLUMNS)),
        sites=tuple(document["sites"]),
        counsellors=tuple(document["counsellors"]),
        epoch_ms=document["epoch_ms"],
        timezone=document["timezone"],
    )


def _rows_text(trace: Trace) -> bytes:
    lines = [",".join(TRACE_COLUMNS), *(",".join(map(str, row)) for row in trace.rows.tolist())]
    return ("\n".join(lines) + "\n").encode()


def _rows_of(text: bytes) -> list[list[int]]:
    head, *lines = text.decode().splitlines()
    if tuple(head.split(",")) != TRACE_COLUMNS:
        raise ValueError(head)
    return [[int(each) for each in line.split(",")] for line in lines]
