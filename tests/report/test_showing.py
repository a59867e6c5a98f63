"""What a notebook shows: words around differences, what one more costs or why that is not told, parts of a page."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from simulator import Key, compare, load, shipped_worlds
from simulator.report.figures.intervals import draw_day, draw_intervals
from simulator.report.showing import (
    about,
    answer,
    each_costs,
    in_worlds,
    interval,
    made_of,
    moved,
    percent,
    picture,
    remarks,
    show,
    size,
    table,
    worlds_sentence,
)
from simulator.study.comparing.per_reached import BETTER, PER_MORE, SAVED_PER_FEWER, UNKNOWN, WORSE, PerReached
from simulator.study.estimates import Estimate

NAN = float("nan")


def estimate(mean: float, low: float = NAN, high: float = NAN, unit: str = "persons/year") -> Estimate:
    return Estimate(mean, low, high, NAN, NAN, NAN, NAN, NAN, NAN, NAN, unit)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (estimate(4200, 3300, 5100), "4 200 (3 300–5 100) flere"),
        (estimate(-8600, -9600, -7800), "8 600 (7 800–9 600) færre"),
        (estimate(70, 0, 270), "70 (0–270) flere"),
        (estimate(-70, -270, 0), "70 (0–270) færre"),
        (estimate(30, -40, 90), "mellom 40 færre og 90 flere"),
        (estimate(1000, -4, 1900), "1 000 (0–1 900) flere"),
        (estimate(-1000, -1900, 4), "1 000 (0–1 900) færre"),
        (estimate(0, 0, 0), "verken flere eller færre"),
        (estimate(12, 12, 12), "12 flere"),
        (estimate(-0.25, -0.3, -0.2, "share"), "25 prosentpoeng (20–30) færre"),
    ],
)
def test_a_difference_is_said_in_words(change, said):
    assert plain(moved(change)) == said


def test_a_difference_may_have_words_and_a_language_of_its_own():
    assert plain(moved(estimate(2.5e6, 2.2e6, 3e6, "NOK/year"), "mer", "mindre")) == "2,5 mill. kr (2,2–3,0) mer"
    assert plain(moved(estimate(-12, -20, -5), lang="en")) == "12 (5–20) fewer"


def test_numbers_have_no_more_digits_than_is_known():
    assert plain(interval(estimate(4211, 3312, 5098))) == "4 200 (3 300–5 100)"
    assert plain(size(34612, estimate(-8600, -9600, -7800))) == "34 600"
    assert plain(about(700509.3, "NOK")) == "ca. 700 000 kr"
    assert plain(percent(0.254)) == "25 %"
    assert in_worlds(NAN, {"worlds": 1}) == "–"


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (1.0, "alle de 8 verdenene"),
        (0.875, "7 av de 8 verdenene"),
        (0.9375, "7 av de 8 verdenene"),  # seven, and a tie
        (0.0, "ingen av de 8 verdenene"),
        (1 - 0.875, "1 av de 8 verdenene"),
    ],
)
def test_in_how_many_worlds_something_holds_is_never_said_too_high(share, said):
    assert plain(in_worlds(share, {"worlds": 8})) == said


def found(cost: PerReached, gain: Estimate, extra_nok: float, better: float = 1.0) -> SimpleNamespace:
    """As much of a comparison as the sentence on kroner looks at."""
    differences = {
        Key("persons_reached"): SimpleNamespace(change=gain, share_of_worlds_better=better),
        Key("cost_nok"): SimpleNamespace(change=estimate(extra_nok, unit="NOK/year"), share_of_worlds_better=0.0),
    }
    return SimpleNamespace(per_reached=(cost,), get=lambda plan, key: differences.get(key))


@pytest.mark.parametrize(
    ("cost", "gain", "extra_nok", "better", "said"),
    [
        (PerReached("a", PER_MORE, 600, 440, 880), estimate(4200), 2.5e6, 1.0, "Det er 600 kr (440–880) per ekstra"),
        (PerReached("a", PER_MORE, 600, 440, 880), estimate(4200), 2.5e6, 0.99, "kan ikke sies"),
        (PerReached("a", PER_MORE, 1700, 21_000, 22_700), estimate(400), 7e5, 1.0, "kan ikke sies"),
        (PerReached("a", PER_MORE, 2300, 800, 170_000), estimate(300), 7e5, 1.0, "fra ca. 800 kr til ca. 170 000 kr"),
        (PerReached("a", SAVED_PER_FEWER, 1290, 880, 1560), estimate(-8600), -11e6, 0.0, "1 290 kr (880–1 560) spart"),
        (PerReached("a", SAVED_PER_FEWER, 0, 0, 0), estimate(-800), 0.0, 0.0, "sparer ingenting"),
        (PerReached("a", BETTER, NAN, NAN, NAN), estimate(70), 0.0, 1.0, "koster ikke mer"),
        (PerReached("a", WORSE, NAN, NAN, NAN), estimate(-70), 1e6, 0.0, "sparer ingenting"),
        (PerReached("a", UNKNOWN, NAN, NAN, NAN), estimate(1), 1e6, 0.6, "kan ikke sies"),
    ],
)
def test_what_one_more_costs_is_told_where_it_is_known(cost, gain, extra_nok, better, said):
    assert said in plain(each_costs(found(cost, gain, extra_nok, better), "a"))


def test_parts_of_a_page_are_escaped_and_have_plain_text():
    shown = answer("a < b", sure=["c & d"])
    html = shown._repr_html_()
    assert "<li>a &lt; b</li>" in html and "<li>c &amp; d</li>" in html and html.startswith('<section class="answer"')
    assert repr(shown).splitlines() == ["Konklusjon", "a < b", "Hvor sikkert er det", "c & d"]
    assert "<li>x</li>" in remarks("x").html
    made = table("Hva & hvor", ["Hvor", "Antall"], [("her", "1")], "merk")
    html = show(made, made).html
    assert html.count("<caption>Hva &amp; hvor</caption>") == 2 and '<th scope="row" class="short">her</th>' in html
    assert repr(show(made)) == "Hva & hvor\nHvor | Antall\nher | 1\nmerk"


def test_figures_of_intervals_are_the_same_to_the_byte():
    named = [("én", estimate(4200, 3300, 5100)), ("to", estimate(-100, -300, 100)), ("tre", estimate(0))]
    hours = ([1.0] * 24, [0.5] * 24, [2.0] * 24)

    def both() -> tuple[str, ...]:
        rows = picture("rader", lambda: draw_intervals(named, "Hva", "Streken er …", "stempel", "nb"), "rader i ord")
        day = picture("dag", lambda: draw_day({"a": hours, "b": hours}, "Hva", "…", "Antall", "stempel", "nb"), "døgn")
        return rows.html, day.html

    first = both()
    assert first == both()
    assert 'aria-label="rader i ord"' in first[0] and "<figcaption>døgn</figcaption>" in first[1]
    assert "<figure" not in picture("tom", lambda: draw_intervals([], "", "", "", "nb"), "ingen").html
    assert "<figure" not in picture("tom", lambda: draw_day({}, "", "", "", "", "nb"), "ingen").html


def test_a_comparison_is_told_with_its_worlds_and_what_it_was_made_of():
    compared = compare(load("2024-actual"), [load("open-to-02")], 1, worlds=shipped_worlds().first(3))
    plan = compared.plans[0]
    assert "flere" in moved(compared.get(plan, Key("persons_reached")).change)
    assert "per ekstra hjelpesøk" in each_costs(compared, plan)
    said = worlds_sentence(compared.manifests[plan])
    assert "over 3 mulige verdener" in plain(said) and "ett simulert år" in said
    two = worlds_sentence({**compared.manifests[plan], "replications": 2})
    assert "2 simulerte år" in plain(two)
    facts = made_of(compared.manifests).html
    assert all(each["scenario_fingerprint"] in facts for each in compared.manifests.values())
    unsure = replace(compared, per_reached=(replace(compared.per_reached[0], kind=UNKNOWN),))
    assert "kan ikke sies" in each_costs(unsure, plan)
