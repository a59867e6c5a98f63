"""Results taken up again: what a results folder of any kind holds, or a JSON document that a command printed.

The kind is read off the name of the document inside. Nothing is read that could run: JSON, CSV, SVG, PNG and the page.
"""

import csv as rows_of
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

from simulator import __version__
from simulator.report import DOCUMENT
from simulator.report.documents.answer import KINDS, RUN, TOLD_BY_PAGE, Answer, ReportError, Rows
from simulator.store.whole import MANIFEST
from simulator.study.estimates import KEY_COLUMNS, NUMBER_COLUMNS, Estimates, Key, Result

MARKS = {kind: MANIFEST if kind == RUN else f"{kind}.json" for kind in KINDS}
"""The file that every result of a kind holds."""
MOST_MB = 300
_NUMBER = re.compile(r"-?\d+(,\d+)?")
_NEEDED = {"compare": "contacts_by_plan", "hours": "finalists", "explain": "causes", "cost": "differences"} | {
    "sweep": "design",
    "roster": "people_and_cost",
    "staff": "requirement",
    "run": "measures",
}
"""A key by which a document that lies outside a folder tells its kind."""


def read_answer(place: Path) -> Answer:
    """The result in a folder, in the folder of a JSON file, or in a JSON document by itself.

    Raises
    ------
    ReportError
        If there is none, it cannot be read, or a newer version made it.
    """
    if not place.exists():
        raise ReportError("missing", path=place)
    try:
        folder = place.parent if place.is_file() else place
        if place.is_file() and not (place.name in MARKS.values() and (folder / DOCUMENT).is_file()):
            return _checked(_alone(place), place)
        marks = {kind: folder / mark for kind, mark in MARKS.items()}
        kinds = [kind for kind, mark in marks.items() if (place == mark if place.is_file() else mark.is_file())]
        if not kinds:
            raise ReportError("no_result", path=place, marks=", ".join(MARKS.values()))
        return _checked(_of_folder(kinds[-1], folder), place)
    except ReportError:
        raise
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise ReportError("unreadable", path=place, reason=reason) from error


def _of_folder(kind: str, folder: Path) -> Answer:
    result = None
    if kind == RUN:
        from simulator.store import read

        result = read(folder)
        document: Mapping[str, Any] = {"scenario": result.scenario, "manifest": result.manifest}
    else:
        document = _json(folder / MARKS[kind])
    answer = Answer(kind, folder.name or str(folder), document, result)
    page, drawn = folder / DOCUMENT, folder / "figures"
    if kind not in TOLD_BY_PAGE or not page.is_file():
        return answer
    figures = sorted(path for path in drawn.iterdir() if path.suffix in (".svg", ".png")) if drawn.is_dir() else []
    tables = {name: folder / f"{name}.csv" for name in TOLD_BY_PAGE[kind]}
    return replace(
        answer,
        page=_content(page).decode(),
        figures={path.name: _content(path) for path in figures},
        tables={name: _table(path) for name, path in tables.items() if path.is_file()},
    )


def _alone(place: Path) -> Answer:
    """A document that ``--json FILE`` wrote."""
    document = _json(place)
    kind = next((kind for kind, key in _NEEDED.items() if key in document), None)
    if kind is None:
        raise ReportError("no_result", path=place, marks=", ".join(MARKS.values()))
    return Answer(kind, place.name, document, _result(document) if kind == RUN else None)


def _result(document: Mapping[str, Any]) -> Result:
    import numpy as np

    rows = document["measures"]
    keys = tuple(Key(*(row[name] for name in KEY_COLUMNS)) for row in rows)
    numbers = [[np.nan if row[name] is None else row[name] for name in NUMBER_COLUMNS] for row in rows]
    table = Estimates(keys, tuple(row["unit"] for row in rows), np.array(numbers, dtype=np.float64))
    return Result(document["scenario"], document["manifest"], table)


def _json(path: Path) -> dict[str, Any]:
    found = json.loads(_content(path))
    if not isinstance(found, dict):
        raise ReportError("no_result", path=path, marks=", ".join(MARKS.values()))
    return found


def _content(path: Path) -> bytes:
    size = path.stat().st_size / 1e6
    if size > MOST_MB:
        raise ReportError("too_large", path=path, found=round(size), most=MOST_MB)
    return path.read_bytes()


def _table(path: Path) -> Rows:
    """A table as `simulator.store.spread` writes it: semicolons, decimal commas."""
    lines = list(rows_of.reader(StringIO(_content(path).decode("utf-8-sig")), delimiter=";"))
    return (lines[0] if lines else []), [[_cell(text) for text in line] for line in lines[1:]]


def _cell(text: str) -> Any:
    if _NUMBER.fullmatch(text):
        return float(text.replace(",", ".")) if "," in text else int(text)
    return None if text == "" else text.removeprefix("'")


def _checked(answer: Answer, place: Path) -> Answer:
    """An answer that this version may read."""
    document = answer.document
    manifests = [document.get("manifest"), *_values(document.get("manifests"))]
    for made in manifests:
        found = str(made["version"]) if isinstance(made, Mapping) and "version" in made else ""
        if _order(found) > _order(__version__):
            raise ReportError("newer", path=place, found=found, own=__version__)
    return answer


def _values(found: Any) -> list[Any]:
    return list(found.values()) if isinstance(found, Mapping) else []


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])
