"""Workbooks opened again: real numbers with live formats, texts that are never formulas, the same bytes each time."""

import zipfile
from io import BytesIO

from openpyxl import load_workbook

from simulator.report.workbook import Chart, Formula, Number, Sheet, SheetColumn, workbook

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


def test_a_number_of_another_kind_than_its_column_has_its_own_format() -> None:
    sheet = Sheet("A", (SheetColumn("Hva"), SheetColumn("Tall", "count")), (("a", Number(0.25, "share")), ("b", 3.0)))
    made = load_workbook(BytesIO(workbook([sheet], "T")))["A"]
    assert [(cell.value, cell.number_format) for cell in made["B"][1:]] == [(0.25, "0.0%"), (3, "#,##0")]
    empty = Sheet("A", sheet.columns, (("a", Number(None, "share")), ("b", Number(float("nan"), "nok"))))
    assert [cell.value for cell in load_workbook(BytesIO(workbook([empty], "T")))["A"]["B"][1:]] == [None, None]


def test_a_chart_is_drawn_of_the_cells_and_told_in_words() -> None:
    chart = Chart("Flere", "Viser tallene.", "column", 0, (1, 2), (0, 1), stacked=True)
    columns = (SheetColumn("Hva"), SheetColumn("En", "count"), SheetColumn("To", "count"))
    content = workbook([Sheet("Ark 1", columns, (("a", 1, 2), ("b", 3, 4)), charts=(chart,))], "T")
    (drawn,) = load_workbook(BytesIO(content))["Ark 1"]._charts
    assert [each.val.numRef.f for each in drawn.series] == ["'Ark 1'!$B$2:$B$3", "'Ark 1'!$C$2:$C$3"]
    assert [each.cat.strRef.f for each in drawn.series] == ["'Ark 1'!$A$2:$A$3"] * 2
    with zipfile.ZipFile(BytesIO(content)) as packed:
        assert 'descr="Flere. Viser tallene."' in packed.read("xl/drawings/drawing1.xml").decode()


def test_columns_are_as_wide_as_their_numbers_are_long() -> None:
    rows = (("a", 12_345_678.9), ("b", 1.0))
    made = load_workbook(BytesIO(workbook([Sheet("A", (SheetColumn("Hva"), SheetColumn("kr", "nok")), rows)], "T")))[
        "A"
    ]
    assert made.column_dimensions["B"].width > len("12 345 679 kr")
    assert made.page_setup.orientation == "landscape" and made.print_title_rows == "$1:$1"
