"""Reading a planner's table: whatever a spreadsheet saves becomes a header and rows of text.

Comma, semicolon or tab; decimal comma or point; byte-order mark; CRLF; UTF-8, UTF-16 with its mark, or else
Windows-1252. Knows nothing of what the columns mean.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from simulator.scenario.problems import Problem, nearest

MOST_BYTES = 64 * 1024 * 1024
"""Larger files are refused before they are read."""

_NUMBER = re.compile(r"^[+-]?\d{1,15}(?:[.,]\d{1,15})?(?:[eE][+-]?\d{1,2})?$")
_DELIMITERS = ",;\t"
_DECLARED = re.compile(r'^\s*"?sep=(.)"?\s*$')


@dataclass(frozen=True)
class Row:
    """One line of a table: its number in the file and its cells by column."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """A table as text.

    Attributes
    ----------
    file
        Name for messages.
    columns
        Known names of the columns in their order.
    rows
        All lines that have as many cells as the header.
    problems
        Everything that is wrong with the table as such.
    """

    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]

    def problem(self, line: int, column: str, word: str, **values: object) -> Problem:
        """A problem with one cell; line 0 and an empty column where it is the whole table."""
        place = self.columns.index(column) + 1 if column in self.columns else int(line > 0)
        return Problem(self.file, line, place, column, f"demand.{word}", values)


class UnreadableError(Exception):
    """A table that cannot be taken apart at all; carries the problem."""

    def __init__(self, file: str, word: str, line: int = 0, **values: object) -> None:
        self.problem = Problem(file, line, int(line > 0), "", f"demand.{word}", values)
        super().__init__(self.problem)


def read_text(source: Path) -> str:
    """Text of a file in whichever of the usual encodings it is.

    Raises
    ------
    UnreadableError
        If the file is missing, too large, or not text.
    """
    try:
        if source.stat().st_size > MOST_BYTES:
            raise UnreadableError(str(source), "file_too_large", most=MOST_BYTES // (1024 * 1024))
        data = source.read_bytes()
    except (OSError, ValueError) as error:
        raise UnreadableError(str(source), "file_unreadable") from error
    text = _decode(data)
    if "\0" in text:
        raise UnreadableError(str(source), "file_not_text")
    return text


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def read_table(text: str, file: str, names: Mapping[str, str], most_rows: int) -> Table:
    """Header and rows of a delimited text.

    Parameters
    ----------
    text
        The whole table.
    file
        Its name in messages.
    names
        Column by every name it may have in a header, all in lower case.
    most_rows
        A table with more rows is refused.

    Raises
    ------
    UnreadableError
        If there is no header, a column of it is unknown or stands twice, or there are too many rows.
    """
    records = [record for record in _records(text, file) if any(record[1])]
    if not records:
        raise UnreadableError(file, "table_empty")
    if len(records) > most_rows + 1:
        raise UnreadableError(file, "table_too_long", records[most_rows + 1][0], most=most_rows)
    (line, header), *lines = records
    columns = _columns(file, line, header, names)
    wrong = tuple(
        Problem(file, line, 1, "", "demand.cells_in_row", {"found": len(cells), "expected": len(columns)})
        for line, cells in lines
        if len(cells) != len(columns)
    )
    rows = (Row(line, dict(zip(columns, cells, strict=True))) for line, cells in lines if len(cells) == len(columns))
    return Table(file, columns, tuple(rows), wrong)


def _records(text: str, file: str) -> list[tuple[int, list[str]]]:
    lines = text.removeprefix("\ufeff").splitlines()
    declared = _DECLARED.match(lines[0]) if lines else None
    header = next((line for line in lines if line.strip()), "")
    delimiter = declared.group(1) if declared else max(_DELIMITERS, key=header.count)
    reader = csv.reader(lines[1:] if declared else lines, delimiter=delimiter, skipinitialspace=True)
    try:
        return [(reader.line_num + bool(declared), [cell.strip() for cell in cells]) for cells in reader]
    except (csv.Error, TypeError, ValueError) as error:
        raise UnreadableError(file, "file_not_text") from error


def _columns(file: str, line: int, header: Sequence[str], names: Mapping[str, str]) -> tuple[str, ...]:
    for number, found in enumerate(header, 1):
        if found.lower() not in names:
            allowed, near = tuple(dict.fromkeys(names.values())), nearest(found, names)
            raise UnreadableError(file, "column_unknown", line, number=number, allowed=allowed, nearest=near)
    columns = tuple(names[name.lower()] for name in header)
    for name in columns:
        if columns.count(name) > 1:
            raise UnreadableError(file, "column_twice", line, found=name)
    return columns


def parse_number(text: str) -> float | None:
    """A number written with decimal point or comma, None where the text is none."""
    return float(text.replace(",", ".")) if _NUMBER.match(text) else None
