"""Excel workbooks: real numbers with live formats, one table a sheet with its charts, the same bytes on every run.

The one home of xlsxwriter. It knows sheets; nothing of what they say. Texts are written as texts, never as formulas.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from textwrap import wrap
from typing import Any

LONGEST_TITLE = 31
"""Characters that Excel takes in the name of a sheet."""
FORMATS = {
    "text": "@",
    "count": "#,##0",
    "decimal": "#,##0.0",
    "share": "0.0%",
    "nok": '#,##0 "kr"',
    "hours": "#,##0.00",
    "clock": "hh:mm",
}
"""Kinds of columns and how Excel shows them: separators are those of the reader's own Excel."""
_FORBIDDEN = str.maketrans({char: "-" for char in "[]:*?/\\"})
_WIDEST, _NARROWEST = 48, 8
_LINE_PT = 15
_CHART_WIDTH_PX, _CHART_HEIGHT_PX, _CHART_ROWS = 640, 340, 18
CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""A fixed time of making: the same answer is the same file."""


@dataclass(frozen=True)
class SheetColumn:
    """A column's head and its kind (a key of `FORMATS`)."""

    head: str
    kind: str = "text"


@dataclass(frozen=True)
class Formula:
    """A cell that Excel computes, such as ``=SUM(B2:B9)``; written by us, never taken from a planner's file.

    Attributes
    ----------
    text
        With the leading ``=``, English function names and commas, as the file format wants it.
    value
        What it comes to, for readers that do not compute.
    """

    text: str
    value: float


@dataclass(frozen=True)
class Number:
    """A number that is of another kind than its column, such as a share among counts.

    Attributes
    ----------
    value
        None for an empty cell.
    kind
        A key of `FORMATS`.
    """

    value: float | None
    kind: str


@dataclass(frozen=True)
class Chart:
    """A chart that Excel draws of the cells beside it, so that it moves with them.

    Attributes
    ----------
    title, label
        What stands above it, and what it shows for those who do not see it.
    kind
        ``bar`` (lying) or ``column`` (standing).
    names
        Place of the column with the names along the axis.
    values
        Places of the columns that are drawn, each a series.
    rows
        First and last of the rows that are drawn, from 0.
    stacked
        Whether the series stand on each other.
    """

    title: str
    label: str
    kind: str
    names: int
    values: tuple[int, ...]
    rows: tuple[int, int]
    stacked: bool = False


@dataclass(frozen=True)
class Sheet:
    """One sheet: the table, its charts beside it, and notes below it.

    Attributes
    ----------
    title
        Name of the sheet; what Excel does not take is replaced.
    columns
        Head and kind of each.
    rows
        Cells by column: text, number, bool, `Number`, `Formula`, or None for an empty cell.
    notes
        Lines below the table: denominators, caveats.
    bold_rows
        Places of rows that are sums.
    charts
        Drawn of the table.
    """

    title: str
    columns: tuple[SheetColumn, ...]
    rows: tuple[tuple[Any, ...], ...]
    notes: tuple[str, ...] = ()
    bold_rows: frozenset[int] = frozenset()
    charts: tuple[Chart, ...] = ()


def workbook(sheets: Sequence[Sheet], title: str) -> bytes:
    """The file.

    Parameters
    ----------
    sheets
        In order; names that are equal after shortening get a number.
    title
        In the file's properties.
    """
    from xlsxwriter import Workbook

    buffer = BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(buffer, {**safe, "nan_inf_to_errors": False})
    book.set_properties({"title": title, "created": CREATED})
    styles = _Styles(book)
    taken: set[str] = set()
    for sheet in sheets:
        page = book.add_worksheet(_name(sheet.title, taken))
        _write(page, sheet, styles)
        _draw(book, page, sheet)
    book.close()
    return buffer.getvalue()


class _Styles:
    """Formats of one workbook, made once each."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[str, bool], Any] = {}
        self.head = book.add_format({"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 2})
        self.note = book.add_format({"italic": True, "font_color": "#4A5560"})

    def of(self, kind: str, bold: bool) -> Any:
        if (kind, bold) not in self._made:
            self._made[kind, bold] = self._book.add_format({"num_format": FORMATS[kind], "bold": bold})
        return self._made[kind, bold]


def _name(title: str, taken: set[str]) -> str:
    base = title.translate(_FORBIDDEN).strip("' ")[:LONGEST_TITLE] or "-"
    name, number = base, 2
    while name.casefold() in taken:
        ending = f" ({number})"
        name, number = base[: LONGEST_TITLE - len(ending)] + ending, number + 1
    taken.add(name.casefold())
    return name


def _write(page: Any, sheet: Sheet, styles: _Styles) -> None:
    _lay_out(page)
    lines = 1
    for place, column in enumerate(sheet.columns):
        width = _width(sheet, place)
        page.write_string(0, place, column.head, styles.head)
        page.set_column(place, place, width)
        lines = max(lines, len(wrap(column.head, max(int(width) - 2, 1))))
    page.set_row(0, _LINE_PT * lines)
    for row, cells in enumerate(sheet.rows):
        for place, (value, column) in enumerate(zip(cells, sheet.columns, strict=True)):
            kind, plain = (value.kind, value.value) if isinstance(value, Number) else (column.kind, value)
            _cell(page, row + 1, place, plain, styles.of(kind, row in sheet.bold_rows))
    for line, note in enumerate(sheet.notes):
        page.write_string(len(sheet.rows) + 2 + line, 0, note, styles.note)
    page.freeze_panes(1, 1)
    if sheet.rows and not any(isinstance(cell, Formula) for cell in sheet.rows[-1]):
        page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)


def _lay_out(page: Any) -> None:
    """On paper: A4 lying, as wide as the table, its head on every page."""
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _cell(page: Any, row: int, place: int, value: Any, style: Any) -> None:
    if isinstance(value, Formula):
        page.write_formula(row, place, value.text, style, value.value)
    elif isinstance(value, bool):
        page.write_boolean(row, place, value, style)
    elif isinstance(value, int | float) and value == value:
        page.write_number(row, place, value, style)
    elif value is None or value != value:
        page.write_blank(row, place, None, style)
    else:
        page.write_string(row, place, str(value), style)


def _draw(book: Any, page: Any, sheet: Sheet) -> None:
    """The charts one under another, to the right of the table."""
    for number, chart in enumerate(sheet.charts):
        first, last = (row + 1 for row in chart.rows)  # under the head
        drawn = book.add_chart({"type": chart.kind, **({"subtype": "stacked"} if chart.stacked else {})})
        for place in chart.values:
            drawn.add_series(
                {
                    "name": [page.name, 0, place],
                    "categories": [page.name, first, chart.names, last, chart.names],
                    "values": [page.name, first, place, last, place],
                    "gap": 60,
                }
            )
        drawn.set_title({"name": chart.title, "name_font": {"size": 11}, "overlay": False})
        drawn.set_legend({"position": "bottom"} if len(chart.values) > 1 else {"none": True})
        if chart.kind == "bar":
            drawn.set_y_axis({"reverse": True})  # the first row on top, as in the table
        drawn.set_size({"width": _CHART_WIDTH_PX, "height": _CHART_HEIGHT_PX})
        where = _CHART_ROWS * number, len(sheet.columns) + 1
        page.insert_chart(*where, drawn, {"description": f"{chart.title}. {chart.label}"})


def _width(sheet: Sheet, place: int) -> float:
    """Wide enough for most of a column: heads wrap, so only their longest word counts, and half of them."""
    column = sheet.columns[place]
    head = max(max(map(len, column.head.split()), default=0), len(column.head) // 2)
    cells = (len(_shown(row[place], column.kind)) for row in sheet.rows)
    return float(min(max(head + 2, _NARROWEST, *(each + 2 for each in cells), 0), _WIDEST))


def _shown(value: Any, kind: str) -> str:
    """About what Excel shows of a cell, for its length."""
    if isinstance(value, Number):
        value, kind = value.value, value.kind
    if isinstance(value, Formula):
        value = value.value
    if isinstance(value, str) or value is None or value != value:
        return value if isinstance(value, str) else ""
    return f"{value:,.0f} kr" if kind == "nok" else f"{value:,.2f}"
