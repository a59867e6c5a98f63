"""Cells of a table, from CSV or Excel: text, numbers and dates with the number of their row. The only home of openpyxl.

Values only: a formula is never computed, its last value is read. Knows nothing of what columns mean.
"""

import csv
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from simulator.demand.tables import MOST_BYTES, UnreadableError, read_text

Cell = str | float | datetime | date | time | timedelta | None
"""Text is trimmed and never empty; whole numbers are numbers."""

UNCOMPUTED = "="
"""What stands for a formula that no program has computed yet: its value is unknown, and must not pass for empty."""
MOST_ROWS = 1_000_000
MOST_COLUMNS = 300
_MOST_UNPACKED = 512 * 1024 * 1024
"""An Excel file is an archive; one that unpacks to more is refused before it is unpacked."""
_DELIMITERS = ";,\t|"
_EXCEL = (".xlsx", ".xlsm")


@dataclass(frozen=True)
class SheetRow:
    """One row that is not blank: its number in the file, counted from 1, and its cells."""

    number: int
    cells: tuple[Cell, ...]


def read_sheet(path: Path, sheet: str | None = None) -> list[SheetRow]:
    """The rows of a file.

    Parameters
    ----------
    path
        ``.xlsx`` or ``.xlsm`` is Excel; all else is text with one delimiter.
    sheet
        Which sheet of an Excel file; the first unless said.

    Raises
    ------
    UnreadableError
        If the file is missing, too large, no table, or has no such sheet.
    """
    if path.suffix.lower() in _EXCEL:
        return _numbered(_excel(path, sheet), str(path))
    if path.suffix.lower() == ".xls":
        raise UnreadableError(str(path), "own_old_excel")
    return _numbered(_text(path), str(path))


def _numbered(rows: Iterable[tuple[int, list[Cell]]], file: str) -> list[SheetRow]:
    found: list[SheetRow] = []
    for number, cells in rows:
        if len(found) >= MOST_ROWS:
            raise UnreadableError(file, "table_too_long", number, most=MOST_ROWS)
        trimmed = [_plain(cell) for cell in cells[:MOST_COLUMNS]]
        if any(cell is not None for cell in trimmed):
            found.append(SheetRow(number, tuple(trimmed)))
    if not found:
        raise UnreadableError(file, "table_empty")
    return found


def _plain(cell: Any) -> Cell:
    """A cell as openpyxl or the text reader gives it, in one of the types of `Cell`."""
    if isinstance(cell, str):
        return " ".join(cell.replace("\u00a0", " ").split()) or None
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, int | float):
        return float(cell)
    return cell if isinstance(cell, date | time | timedelta) else None


def _text(path: Path) -> Iterable[tuple[int, list[Cell]]]:
    text = read_text(path)
    lines = text.removeprefix("\ufeff").splitlines()
    skip = 1 if lines and lines[0].strip().lower().startswith("sep=") else 0
    sample = [line for line in lines[skip : skip + 50] if line.strip()]
    delimiter = lines[0].strip()[-1] if skip else max(_DELIMITERS, key="\n".join(sample).count)
    reader = csv.reader(lines[skip:], delimiter=delimiter, skipinitialspace=True)
    try:
        for cells in reader:
            yield reader.line_num + skip, list(cells)
    except csv.Error as error:
        raise UnreadableError(str(path), "file_not_text") from error


def _excel(path: Path, sheet: str | None) -> list[tuple[int, list[Cell]]]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UnreadableError(str(path), "file_too_large", most=MOST_BYTES // (1024 * 1024))
        with zipfile.ZipFile(path) as archive:
            if sum(each.file_size for each in archive.infolist()) > _MOST_UNPACKED:
                raise UnreadableError(str(path), "file_too_large", most=MOST_BYTES // (1024 * 1024))
        return _openpyxl_rows(path, sheet)
    except (OSError, zipfile.BadZipFile) as error:
        raise UnreadableError(str(path), "file_unreadable") from error


def _openpyxl_rows(path: Path, sheet: str | None) -> list[tuple[int, list[Cell]]]:
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        rows = _page(path, sheet, values=True)
        if _has_formulas(path):
            for (_, cells), (_, written) in zip(rows, _page(path, sheet, values=False), strict=False):
                for place, formula in enumerate(written[: len(cells)]):
                    if cells[place] is None and formula is not None:
                        cells[place] = UNCOMPUTED
        return rows
    except (KeyError, ValueError, TypeError, IndexError, InvalidFileException, SyntaxError) as error:
        raise UnreadableError(str(path), "file_unreadable") from error


def _page(path: Path, sheet: str | None, values: bool) -> list[tuple[int, list[Cell]]]:
    """The cells of a sheet: last values, or what was written, which may be formulas."""
    import warnings

    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that we do not read
        book = load_workbook(path, read_only=True, data_only=values)
    try:
        if sheet is not None and sheet not in book.sheetnames:
            raise UnreadableError(str(path), "own_no_sheet", found=sheet, allowed=tuple(book.sheetnames))
        page = book[sheet] if sheet is not None else book.worksheets[0]
        page.reset_dimensions()
        rows = page.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS, values_only=True)
        return [(number, list(cells)) for number, cells in enumerate(rows, 1)]
    finally:
        book.close()


def _has_formulas(path: Path) -> bool:
    """Whether any sheet has a formula; most have none, and need not be read twice."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                with archive.open(name) as sheet:
                    before = b""
                    while block := sheet.read(1 << 20):
                        if b"<f>" in before + block or b"<f " in before + block:
                            return True
                        before = block[-2:]
    return False
