"""Workbooks opened again: real numbers with live formats, texts that are never formulas, the same bytes each time."""

from io import BytesIO

from openpyxl import load_workbook

from simulator.report.workbook import Formula, Sheet, SheetColumn, workbook

COLUMNS = (
    SheetColumn("Vakt"),
    SheetColumn("Timer", "hours"),
    SheetColumn("Andel", "share"),
    SheetColumn("Kroner", "nok"),
)
ROWS = (
    ("kveld", 7.5, 0.25, 4650.0),
    ("=1+1", float("nan"), None, 0),
    ("Sum", Formula("=SUM(B2:B3)", 7.5), None, Formula("=SUM(D2:D3)", 4650.0)),
)
SHEETS = (
    Sheet("Vakter [uke/helg]", COLUMNS, ROWS, ("Av alle vakter.",), frozenset({2})),
    Sheet("Et navn som er altfor langt for et ark i Excel", COLUMNS, ()),
    Sheet("Et navn som er altfor langt for et ark i Excel", COLUMNS, ()),
)


def opened():
    return load_workbook(BytesIO(workbook(SHEETS, "Turnus")))


def test_numbers_are_numbers_and_texts_are_texts() -> None:
    sheet = opened()["Vakter -uke-helg-"]
    assert [cell.value for cell in sheet[2]] == ["kveld", 7.5, 0.25, 4650]
    assert sheet["B2"].number_format == "#,##0.00"
    assert sheet["C2"].number_format == "0.0%"
    assert sheet["A3"].value == "=1+1" and sheet["A3"].data_type == "s"
    assert sheet["B3"].value is None
    assert sheet["B4"].value == "=SUM(B2:B3)" and sheet["B4"].font.bold
    assert sheet["A6"].value == "Av alle vakter."
    assert sheet.freeze_panes == "B2"


def test_names_fit_and_differ() -> None:
    names = opened().sheetnames
    assert len(set(names)) == 3
    assert all(len(name) <= 31 for name in names)


def test_the_same_answer_is_the_same_file() -> None:
    assert workbook(SHEETS, "Turnus") == workbook(SHEETS, "Turnus")
