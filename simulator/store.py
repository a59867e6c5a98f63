"""The results folder: the only writer of results, and the reader that takes them up again.

A folder ``<scenario>-<fingerprint>`` appears whole or not at all: it is written under another name beside its place and
then renamed. Tables hold the same bytes for the same result. Nothing here knows what the figures mean. The only home of
polars, which is imported when a table is written or read.
"""

import glob
import json
import math
import re
import secrets
import shutil
import time
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import Any

from simulator.study.estimates import COLUMNS, KEY_COLUMNS, NUMBER_COLUMNS, Estimates, Key, Result
from simulator.words import say

MANIFEST = "manifest.json"
_OURS = frozenset({MANIFEST, "measures.parquet", "measures.csv", "report.html", "figures"})
"""What a results folder holds of ours; all else in it is the planner's and stays."""
_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(\.|$)", re.IGNORECASE)
_LONGEST_NAME = 40
"""Characters of a planner's name that we keep: file systems take 255 bytes a name, Windows 260 characters a path."""
_STALE_S = 3600


class StoreError(Exception):
    """A result or a file could not be written or read; `text` tells a planner why and what to do.

    Attributes
    ----------
    kept
        Where the new result is instead, or None where nothing was written.
    """

    def __init__(self, key: str, kept: Path | None = None, **values: object) -> None:
        values = {**values, "kept": kept}
        super().__init__(say(f"store.{key}", "en", **values))
        self.kept = kept
        self._key = key
        self._values = values

    def text(self, lang: str) -> str:
        """The message in one language."""
        return say(f"store.{self._key}", lang, **self._values)


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
    folder = out_dir / safe_name(f"{result.scenario['name'][:_LONGEST_NAME]}-{result.scenario['fingerprint']}")
    contents = {MANIFEST: manifest(result), **tables(result), **files}
    return save_files(folder, contents, MANIFEST)


@contextmanager
def _telling(path: Path) -> Iterator[None]:
    """Turn what the operating system refuses into a `StoreError` about `path`."""
    try:
        yield
    except OSError as error:
        raise StoreError("not_written", path=path, reason=error.strerror or str(error)) from error


def _write(folder: Path, contents: Mapping[str, bytes]) -> None:
    for name, content in contents.items():
        path = folder.joinpath(*map(safe_name, name.split("/")))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _old(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.old")


def _tidy(folder: Path) -> None:
    """Clear what killed runs left: an older folder half put away, and parts that nobody writes any more."""
    _settle(folder)
    for part in folder.parent.glob(f".{glob.escape(folder.name)}.*.part"):
        with suppress(FileNotFoundError):
            if time.time() - part.stat().st_mtime > _STALE_S:
                shutil.rmtree(part, ignore_errors=True)


def _settle(folder: Path) -> None:
    """Put an older folder back where no new one came; else move the planner's own files over and remove it."""
    old = _old(folder)
    if not old.exists():
        return
    if not folder.exists():
        old.rename(folder)
        return
    for entry in old.iterdir():
        if entry.name not in _OURS and not (folder / entry.name).exists():
            entry.rename(folder / entry.name)
    shutil.rmtree(old, ignore_errors=True)


def _replace(folder: Path, part: Path) -> None:
    """Put `part` in the place of `folder`, keeping the planner's own files; where it is in use, beside it."""
    try:
        if folder.exists():
            folder.rename(_old(folder))
        part.rename(folder)
    except OSError:  # Windows refuses while a program has one of the files open
        kept = _free(folder)
        part.rename(kept)
        raise StoreError("in_use", kept, file=_in_use(folder), folder=folder) from None
    finally:
        _settle(folder)


def _free(folder: Path) -> Path:
    """A name beside the folder's that nobody has: ``<name> (2)``, ``<name> (3)``."""
    number = 2
    while (other := folder.with_name(f"{folder.name} ({number})")).exists():
        number += 1
    return other


def _in_use(folder: Path) -> Path:
    """The file in the folder that another program has open, or the folder itself where none can be told."""
    for path in sorted(folder.rglob("*")):
        try:
            if path.is_file():
                path.open("r+b").close()
        except PermissionError:
            return path
    return folder


def safe_name(name: str) -> str:
    """A file name that Windows, macOS and Linux all take.

    Characters that Windows forbids become ``-``, device names such as ``con`` get ``_`` in front, and dots and spaces
    at the ends go.
    """
    allowed = re.sub(r'[<>:"/\\|?*\x00-\x1f\x7f]', "-", unicodedata.normalize("NFC", name))
    trimmed = allowed.strip(" ").rstrip(". ") or "result"
    return f"_{trimmed}" if _RESERVED.match(trimmed) else trimmed


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
    return {"measures.parquet": parquet.getvalue(), "measures.csv": _csv(frame)}


def _no_formula(text: str) -> str:
    """A text that a spreadsheet takes as text: a name in a planner's file is never a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


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
    folder = out_dir / safe_name(f"{kind}-{name[:_LONGEST_NAME]}-{fingerprint}")
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    spread = {f"{each}.csv": csv(columns, rows) for each, (columns, rows) in tables.items()}
    mark = f"{kind}.json"
    return save_files(folder, {mark: text.encode(), **spread, **files}, mark)


def csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """A table as CSV that a Norwegian Excel opens by double click; a number that is not there is an empty cell."""
    import polars as pl

    def cell(value: Any) -> Any:
        return None if isinstance(value, float) and not math.isfinite(value) else value

    cells = [[cell(row[place]) for row in rows] for place in range(len(columns))]
    return _csv(pl.DataFrame({name: each for name, each in zip(columns, cells, strict=True)}, strict=False))


def _csv(frame: Any) -> bytes:
    """Semicolon, decimal comma, and a mark that says UTF-8."""
    import polars as pl

    content = BytesIO()
    guarded = frame.with_columns(pl.col(pl.String).map_elements(_no_formula, return_dtype=pl.String))
    how: dict[str, Any] = {"separator": ";", "decimal_comma": True, "include_bom": True, "line_terminator": "\r\n"}
    guarded.write_csv(content, float_scientific=False, **how)
    return content.getvalue()


def save_files(folder: Path, files: Mapping[str, bytes], mark: str) -> Path:
    """Write a folder of files whole or not at all; an older one that holds the file ``mark`` is replaced.

    Raises
    ------
    StoreError
        If it cannot be written, or a folder of that name is not ours.
    """
    with _telling(folder):
        if folder.exists() and not (folder / mark).is_file():
            raise StoreError("foreign_folder", folder=folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        _tidy(folder)
        part = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.part")
        try:
            _write(part, files)
            _replace(folder, part)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return folder


def write_text_whole(path: Path, text: str) -> None:
    """Write a text file so that a reader sees the old one or the whole new one; a pipe or device is just written to.

    Raises
    ------
    StoreError
        If the file cannot be written, or another program has it open.
    """
    content = text.encode()
    with _telling(path):
        if path.exists() and not path.is_file():
            path.write_bytes(content)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        target = path.resolve()
        part = target.with_name(f".{target.name[:_LONGEST_NAME]}.{secrets.token_hex(4)}.part")
        try:
            part.write_bytes(content)
            part.replace(target)
        except PermissionError as error:
            if not path.exists():
                raise
            raise StoreError("file_in_use", file=path) from error
        finally:
            part.unlink(missing_ok=True)
