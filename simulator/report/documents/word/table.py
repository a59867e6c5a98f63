"""Tables for Word: a head that repeats on every page, whole rows, figures to the right, words for the blind."""

from typing import Any
from xml.sax.saxutils import escape, quoteattr

from simulator.report.documents.text import clean
from simulator.report.documents.widths import widths
from simulator.report.documents.word.base import TABLE_STYLE
from simulator.report.page import grouped
from simulator.report.tables import Table

_WIDEST = 190
"""Twips for a letter, at most: a table of few short columns does not fill the page."""


def table_element(table: Table, width_twips: int) -> Any:
    """The table as an element of a document's body.

    Parameters
    ----------
    width_twips
        Room between the margins, in twentieths of a point.
    """
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    columns = [int(each) for each in widths(table, width_twips, _WIDEST)]
    grid = "".join(f'<w:gridCol w:w="{each}"/>' for each in columns)
    rows = "".join(_heads(table, columns)) + "".join(_row(row, table, columns) for row in table.rows)
    about = f"<w:tblCaption w:val={quoteattr(clean(table.caption))}/>"
    about += f"<w:tblDescription w:val={quoteattr(clean(table.note))}/>" if table.note else ""
    return parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="{TABLE_STYLE}"/><w:tblW w:w="{sum(columns)}" w:type="dxa"/>'
        '<w:tblLayout w:type="fixed"/>'
        f'<w:tblLook w:val="04A0" w:firstRow="1" w:firstColumn="1" w:noVBand="1"/>{about}</w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )


def _heads(table: Table, widths: list[int]) -> list[str]:
    groups = grouped(table)
    rows = []
    if groups:
        cells = [_cell(table.columns[0].head, widths[0], head=True, merge="restart")]
        place = 1
        for name, count in groups:
            cells.append(_cell(name, sum(widths[place : place + count]), head=True, span=count, middle=True))
            place += count
        rows.append(_head_row(cells))
        first = [_cell("", widths[0], head=True, merge="continue")]
    else:
        first = [_cell(table.columns[0].head, widths[0], head=True, right=table.columns[0].is_figure)]
    others = [
        _cell(column.head, width, head=True, right=column.is_figure)
        for column, width in zip(table.columns[1:], widths[1:], strict=True)
    ]
    return [*rows, _head_row([*first, *others])]


def _head_row(cells: list[str]) -> str:
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{''.join(cells)}</w:tr>"


def _row(row: tuple[str, ...], table: Table, widths: list[int]) -> str:
    cells = [
        _cell(text, width, right=column.is_figure and place > 0)
        for place, (text, column, width) in enumerate(zip(row, table.columns, widths, strict=True))
    ]
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>"


def _cell(
    text: str,
    width: int,
    *,
    head: bool = False,
    right: bool = False,
    span: int = 1,
    middle: bool = False,
    merge: str = "",
) -> str:
    about = f'<w:tcW w:w="{width}" w:type="dxa"/>'
    about += f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    about += f'<w:vMerge w:val="{merge}"/>' if merge else ""
    about += '<w:vAlign w:val="bottom"/>' if head else ""
    place = "right" if right else "center" if middle else "left"
    bold = "<w:rPr><w:b/></w:rPr>" if head else ""
    said = f'<w:r>{bold}<w:t xml:space="preserve">{escape(clean(text))}</w:t></w:r>' if text else ""
    return f'<w:tc><w:tcPr>{about}</w:tcPr><w:p><w:pPr><w:jc w:val="{place}"/></w:pPr>{said}</w:p></w:tc>'
