"""The terminal: 80 columns, no colour needed, right in a pipe and on a Windows code page."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from simulator.report.tables import Column, Table
from simulator.report.terminal import backtest_table, encodable, run_tables, table


def printed(renderables, encoding="utf-8", width=80):
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, errors="strict", newline="\n")
    console = Console(file=stream, width=width, highlight=False)
    for each in renderables:
        console.print(each)
    stream.flush()
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize("lang", ["nb", "en"])
def test_a_run_fits_80_columns_without_colour_or_no_break_spaces(result, lang):
    text = printed(run_tables(result, lang))
    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text and "\u00a0" not in text and "\ue000" not in text


def test_a_run_shows_the_answer_the_hours_the_sites_and_the_assumed_figures(result):
    text = printed(run_tables(result, "nb"))
    assert "20 000 (19 800–20 200)" in text
    assert "23–24" in text
    assert "Andre svarsteder (2 med under 5 hver)" in " ".join(text.split())
    assert "channels.chat.patience.mean_min" in text
    assert "litteratur 1, utledet 1, publisert 1" in text


def test_a_run_shows_the_figures_without_a_source(result):
    told = replace(result, manifest=result.manifest | {"unsourced": ["channels.chat.balking"]})
    text = printed(run_tables(told, "nb"))
    assert "channels.chat.balking" in text and "Uten oppgitt kilde" in text
    assert "Uten oppgitt kilde" not in printed(run_tables(result, "nb"))


@pytest.mark.parametrize("encoding", ["cp850", "cp865", "cp1252", "ascii", "latin-1"])
def test_every_code_page_can_print_it_without_losing_a_figure(result, encoding):
    text = printed(run_tables(result, "nb"), encoding)
    assert "?" not in text.replace("hvem fikk svar?", "").replace("hvordan gikk det?", "")
    assert "20 000 (19 800" in text
    assert [len(line) for line in text.splitlines()] == [
        len(line) for line in printed(run_tables(result, "nb")).splitlines()
    ]


def test_a_figure_is_never_broken_over_two_lines():
    column = (Column("A name of a figure", is_figure=False), Column("How many of them"))
    text = printed([table(Table("T", column, (("word " * 30, "8\u00a0770 (8\u00a0600–8\u00a0950)"),)))], width=44)
    assert "8 770 (8 600–8 950)" in text
    assert "How many of them" in text


def test_words_of_a_planner_are_neither_markup_nor_control_codes():
    rows = (("[bold]a[/x] [red]", "1"), ("\x1b[2Jgone\x07", "2"))
    text = printed([table(Table("[/] caption", (Column("a", is_figure=False), Column("b")), rows))])
    assert "[bold]a[/x] [red]" in text and "[/] caption" in text
    assert "\x1b" not in text and "\x07" not in text


def test_encodable_keeps_the_width():
    assert encodable("8\ue000600–8 950 «på» − …", "cp850") == "8 600-8 950 «på» - ."
    assert encodable("åØ–", "ascii") == "aO-"
    assert encodable("日", "cp850") == "?"
    assert encodable("–x", "no-such-encoding") == "-x"


def test_the_backtest_fits_80_columns():
    figure = {
        "figure": "a",
        "label": {"nb": "Chatter besvart i 2023 i timene som var stengt i 2024", "en": "x"},
        "unit": "chats",
        "published": 10140.0,
        "status": "derived",
        "mean": 10100.0,
        "low": 9900.0,
        "high": 10300.0,
        "held_out": False,
        "verdict": "agrees",
        "place": 0.4,
    }
    text = printed([backtest_table([figure, figure | {"held_out": True, "verdict": "differs"}], "nb")])
    assert max(map(len, text.splitlines())) <= 80
    assert "10 100 (9 900–10 300)" in text and "avviker" in text
