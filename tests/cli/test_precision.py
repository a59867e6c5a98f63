"""`run --precision`: as certain as asked, the same figures as so many replications, and said what became of it."""

import pytest

from tests.cli.commands import figures_of, squeezed

HEADLINES = ["persons_reached", "unanswered", "answered/chat", "answered/phone"]


def document(typed, small, *words):
    said = typed("run", small, *words, "--json", "-")
    assert said.status == 0
    return said.document(), said.err


@pytest.mark.parametrize("typed_as", ["8%", "8 %", "8\u00a0%", "8,0 %", "0.08", ".08", "0,08"])
def test_a_precision_may_be_written_in_many_ways(typed, small, without_documents, typed_as):
    found, err = document(typed, small, "--precision", typed_as)
    asked = found["manifest"]["precision"]
    assert asked["asked"] == pytest.approx(0.08) and asked["of"] == HEADLINES
    assert asked["met"] and 0 < asked["reached"] <= 0.08
    assert "The precision is reached after" in err and len(err.splitlines()) == 1


def test_the_figures_are_those_of_as_many_replications(typed, small, desk, without_documents):
    found, _ = document(typed, small, "--precision", "8%")
    count = found["manifest"]["replications"]
    assert found["manifest"]["asked_replications"] == 10_000 and not found["manifest"]["interrupted"]
    same, _ = document(typed, small, "--replications", count, "--workers", "1")
    assert found["measures"] == same["measures"] and found["scenario"] == same["scenario"]
    assert len(list((desk / "results").iterdir())) == 1
    rows = figures_of(found)
    for name in HEADLINES:
        measure, _, channel = name.partition("/")
        row = rows[measure, channel or "all", "all", "all", "all", "all"]
        assert row["noise"] <= 0.08 * row["mean"] * 1.0001


def test_a_chosen_figure_is_watched_alone(typed, small, without_documents):
    found, err = document(typed, small, "--precision", "5%", "--precision-of", "answered/phone")
    assert found["manifest"]["precision"]["of"] == ["answered/phone"] and "answered/phone" in err
    two, _ = document(
        typed, small, "--precision", "5%", "--precision-of", "unanswered/chat", "--precision-of", "answered/phone"
    )
    assert two["manifest"]["precision"]["of"] == ["unanswered/chat", "answered/phone"]
    assert two["manifest"]["replications"] > found["manifest"]["replications"]


@pytest.mark.parametrize(
    ("lang", "words"), [("nb", "Presisjonen er ikke nådd: etter 5 år er det ±"), ("en", "not reached: after 5 years")]
)
def test_the_limit_may_come_first(typed, small, without_documents, lang, words):
    said = typed("run", small, "--precision", "0,1 %", "--replications", "5", "--json", "-", lang=lang)
    assert said.status == 0 and words in said.err and "--replications" in said.err
    manifest = said.document()["manifest"]
    assert (manifest["replications"], manifest["precision"]["met"]) == (5, False)
    assert manifest["precision"]["reached"] > 0.001


def test_one_year_has_no_width(typed, small, without_documents):
    said = typed("run", small, "--precision", "1%", "--replications", "1", "--json", "-")
    assert said.document()["manifest"]["precision"]["reached"] is None and "± –" in said.err


def test_the_tables_are_shown_as_ever(typed, small, without_documents):
    said = typed("run", small, "--precision", "20%", lang="nb")
    assert said.status == 0
    assert "Presisjonen er nådd etter" in said.err and squeezed(said.out).startswith("En liten uke")


@pytest.mark.parametrize(("lang", "words"), [("nb", "Mente du «answered/chat»?"), ("en", "Did you mean")])
def test_a_misspelt_figure_is_told_with_the_nearest(typed, small, desk, lang, words):
    said = typed(
        "run", small, "--precision", "1%", "--precision-of", "answerd/chat", "--precision-of", "xyz", lang=lang
    )
    assert (said.status, said.out) == (2, "")
    first, second = said.err.splitlines()
    assert "answerd/chat" in first and words in first and "answered/chat" in first
    assert "xyz" in second and words not in second
    assert not (desk / "results").exists()
