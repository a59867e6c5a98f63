"""The results folder: the only writer of results, and the reader that takes them up again.

`whole` makes folders and files appear whole or not at all, `spread` writes tables, `growing` and `baseline` are folders
of other kinds, `answers` takes up results of any kind. Nothing here knows what the figures mean.
"""

import json
import math
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from simulator.store.answers import read_answer
from simulator.store.baseline import read_baseline, save_baseline
from simulator.store.growing import GrowingFolder
from simulator.store.spread import csv, csv_of, parquet
from simulator.store.whole import (
    LONGEST_NAME,
    MANIFEST,
    StoreError,
    safe_name,
    save_files,
    write_text_whole,
    write_whole,
)
from simulator.study.estimates import COLUMNS, KEY_COLUMNS, NUMBER_COLUMNS, Estimates, Key, Result

__all__ = [
    "GrowingFolder",
    "StoreError",
    "csv",
    "manifest",
    "parquet",
    "read",
    "read_answer",
    "read_baseline",
    "safe_name",
    "save",
    "save_answer",
    "save_baseline",
    "save_files",
    "tables",
    "write_text_whole",
    "write_whole",
]


def save(result: Result, files: Mapping[str, bytes], out_dir: Path) -> Path:
    """Write ``out_dir/<scenario>-<fingerprint>/``: manifest, tables, and the files given; an older folder is replaced.

    Parameters
    ----------
    files
        Content by name inside the folder, as `report.report` makes it; ``/`` parts folder and file.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    StoreError
        If it cannot be written, or if the older folder is not ours or holds a file that another program has open;
        in the last case the new result is kept under another name, which the error tells.
    """
    folder = out_dir / safe_name(f"{result.scenario['name'][:LONGEST_NAME]}-{result.scenario['fingerprint']}")
    contents = {MANIFEST: manifest(result), **tables(result), **files}
    return save_files(folder, contents, MANIFEST)


def save_answer(
    kind: str,
    name: str,
    fingerprint: str,
    document: Mapping[str, Any],
    tables: Mapping[str, tuple[Sequence[str], Sequence[Sequence[Any]]]],
    files: Mapping[str, bytes],
    out_dir: Path,
) -> Path:
    """Write ``out_dir/<kind>-<name>-<fingerprint>/`` whole or not at all; an older one of that name is replaced.

    Parameters
    ----------
    kind
        Which question was answered, such as ``compare``; the document is ``<kind>.json``.
    name, fingerprint
        Of what was asked about; equal questions must have equal fingerprints, so that they share a folder.
    document
        What ``--json`` prints.
    tables
        Name -> (column names, rows): written as ``<name>.csv`` for a Norwegian Excel.
    files
        Content by name inside the folder: page, figures, workbooks.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    StoreError
        If it cannot be written, or a folder of that name is not ours.
    """
    folder = out_dir / safe_name(f"{kind}-{name[:LONGEST_NAME]}-{fingerprint}")
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    spread = {f"{each}.csv": csv(columns, rows) for each, (columns, rows) in tables.items()}
    mark = f"{kind}.json"
    return save_files(folder, {mark: text.encode(), **spread, **files}, mark)


def manifest(result: Result) -> bytes:
    """The scenario and the manifest as JSON: all that is needed to make the same figures again."""
    document = {"scenario": result.scenario, "manifest": result.manifest}
    return (json.dumps(document, ensure_ascii=False, indent=2, default=str) + "\n").encode()


def tables(result: Result) -> dict[str, bytes]:
    """The long table as Parquet, and as CSV that a Norwegian Excel opens by double click."""
    import polars as pl

    schema = {name: pl.Float64 if name in NUMBER_COLUMNS else pl.String for name in COLUMNS}
    frame = pl.DataFrame(list(result.measures.rows()), schema=schema, orient="row")
    parquet = BytesIO()
    stamp = {key: str(result.scenario[key]) for key in ("name", "fingerprint")}
    stamp |= {key: str(result.manifest[key]) for key in ("seed", "replications", "version")}
    frame.write_parquet(parquet, compression="zstd", metadata=stamp)
    return {"measures.parquet": parquet.getvalue(), "measures.csv": csv_of(frame)}


def read(folder: Path) -> Result:
    """The result in a results folder.

    Raises
    ------
    StoreError
        If the folder is not a whole results folder.
    """
    import polars as pl

    try:
        document = json.loads((folder / MANIFEST).read_text("utf-8"))
        frame = pl.read_parquet(folder / "measures.parquet", columns=list(COLUMNS))
        keys = tuple(Key(*row) for row in frame.select(KEY_COLUMNS).iter_rows())
        numbers = frame.select(NUMBER_COLUMNS).fill_null(math.nan).to_numpy()
        return Result(document["scenario"], document["manifest"], Estimates(keys, tuple(frame["unit"]), numbers))
    except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise StoreError("not_a_result", folder=folder, reason=reason) from error
