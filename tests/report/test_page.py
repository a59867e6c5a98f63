"""A page says what it is given, escaped, with its figures and tables, and asks nothing of the network."""

import re

from simulator.report.page import Paper, Picture, Section, page
from simulator.report.tables import Column, Table

SVG = b'<?xml version="1.0"?><svg width="9" height="3" viewBox="0 0 9 3"><g id="a"><use href="#a"/></g></svg>'
TABLE = Table("Hva det gir", (Column("Time"), Column("Antall")), (("22–23", "1 234"),), "Av alle som prøvde.")


def paper() -> Paper:
    section = Section(
        "Etter time", ("En <setning>.",), (Picture("one", "Figur 1"), Picture("none", "")), (TABLE,), ("Se også.",)
    )
    return Paper("Tittel & mer", ("Svaret.",), (section,), (("Frø", "1"),), ("Ganske sikkert.",))


def test_everything_is_said_and_escaped() -> None:
    text = page(paper(), {"one.svg": SVG}).decode()
    for part in (
        "Tittel &amp; mer",
        "Svaret.",
        "En &lt;setning&gt;.",
        "1 234",
        "Av alle som prøvde.",
        "Ganske sikkert.",
    ):
        assert part in text
    assert 'aria-label="Figur 1"' in text
    assert text.count("<svg") == 1  # the figure that was not drawn is left out
    assert text.startswith("<!DOCTYPE html>")


def test_nothing_is_asked_of_the_network() -> None:
    text = page(paper(), {"one.svg": SVG}, "en").decode()
    assert 'lang="en"' in text
    assert not re.search(r"""(src|href)=["']?(https?:)?//|@import|url\(h""", text)
    assert "<script" not in text


def test_headings_are_numbered_for_those_who_jump_between_them() -> None:
    text = page(paper(), {}).decode()
    for name in re.findall(r'aria-labelledby="([^"]+)"', text):
        assert text.count(f'id="{name}"') == 1
