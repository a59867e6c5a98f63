"""A small part of a document, made by hand: every kind of content once, and texts that a format could take amiss."""

from simulator.report.documents.part import Part
from simulator.report.page import Block, Paper, Picture, Section
from simulator.report.tables import Column, Table
from simulator.report.workbook import Chart, Number, Sheet, SheetColumn

SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30" viewBox="0 0 90 30"><path d="M0 0h90v30z"/></svg>'
)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
AMISS = '<b>#strong[x]</b> & {{ 1 }} {% if %} $x$ \\n *y* _z_ `k` "q" =1+1 @a <5 \x07'
"""What a planner may write as a title: markup of every format, a formula, a sign that XML cannot hold."""
GROUPED = Table(
    "Etter time",
    (Column("Kl.", is_figure=False), Column("Nå", "Chat"), Column("Da", "Chat"), Column("Nå", "Telefon")),
    (("00–01", "1 234", "<5", "7"), ("01–02", "2", "3", "4")),
    "Av alle som prøvde.",
)


def part(
    title: str = "Tittel", text: str = "En setning.", stamp: str = "a · fingeravtrykk f0f0 · versjon 9.9.9"
) -> Part:
    """The part."""
    inner = Section("Under", (text,), facts=(("1.1 Formål", text),))
    section = Section("Del", (text,), (Picture("one", "Figuren viser dette."),), (GROUPED,), (text,), parts=(inner,))
    paper = Paper(
        title=title,
        lead=(),
        sections=(section,),
        facts=(("Frø", "1"),),
        answer=(Block("Hva det gir", (f"Svaret. {text}",)), Block("Hva det koster", ("500 kr.",))),
        summary=Table("I tall", (Column("Hva", is_figure=False), Column("Tall")), (("Svar", "12"),)),
        stamp=stamp,
    )
    sheet = Sheet(
        "Tall",
        (SheetColumn("Hva"), SheetColumn("Tall", "count"), SheetColumn("Andel", "share")),
        ((text, 12.5, 0.25), ("b", Number(0.5, "share"), None)),
        (text,),
        charts=(Chart("Diagram", "Viser tallene.", "column", 0, (1, 2), (0, 1), stacked=True),),
    )
    return Part(paper, {"one.svg": SVG, "one.png": PNG}, (sheet,))
