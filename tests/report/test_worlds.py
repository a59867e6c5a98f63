"""What is said of worlds: the split of the variance, kept ranges, comparisons, and what to ask for."""

from dataclasses import replace

import numpy as np
import pytest

from simulator.demand.own.reading import Note
from simulator.report import sentences
from simulator.report.compared import comparison_tables
from simulator.report.imported import note_text
from simulator.report.wanted import wanted_tables
from simulator.report.worlds import calibration_json, calibration_tables, fit, reason, trade_off
from simulator.scenario import load
from simulator.study.compare import compare
from simulator.study.estimates import Estimates
from simulator.study.worlds.priors import shipped_priors
from simulator.study.worlds.wanted import what_is_wanted
from simulator.study.worlds.world import shipped_worlds
from simulator.words import LANGUAGES

WORLDS = shipped_worlds()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_split_of_the_variance_is_said_with_one_number_of_digits(result, lang):
    numbers = result.measures._numbers.copy()
    numbers[:, 6:] = [0.0, 0.9949, 0.005, 0.0001]
    numbers[:, 6] = numbers[:, 0]
    many = Estimates(tuple(result.measures), tuple(result.measures[key].unit for key in result.measures), numbers)
    over = replace(result, measures=many, manifest={**result.manifest, "worlds": 300, "replications": 4})
    told = " ".join(sentences.certainty(over, lang)).replace("\u00a0", " ").replace(",", ".")
    assert "99.5" in told and "0.5" in told and "300" in told
    assert "0.5" not in " ".join(sentences.certainty(result, lang)).replace(",", ".")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_kept_ranges_stand_beside_priors(lang):
    parameters, trade, figures, why = calibration_tables(WORLDS, shipped_priors(), lang)
    assert len(parameters.rows) >= 25 and all(len(row) == 5 for row in parameters.rows)
    assert len(trade.rows) == 4 and len(figures.rows) == 14 and why.rows
    document = calibration_json(WORLDS, shipped_priors())
    assert document["worlds"] == len(WORLDS)
    assert all(row["most_units"] <= document["most_units"] for row in fit(WORLDS))


def test_capacity_is_known_better_than_its_parts():
    """Relative widths: chats an hour against the product's widest part."""
    low, middle, high = trade_off(WORLDS)["chats_per_hour"]
    assert low > 3.6, "less than was answered"
    assert low < middle < high


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_reason_has_words(lang):
    for why in (*WORLDS.made["ruled_out"], "outside_trend_2024_phone", "misses_chat_2024_peak_day", "no_such_demand"):
        assert "_" not in reason(why, lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_comparison_is_shown_with_its_share_of_worlds_only_where_there_are_worlds(lang):
    plans = load("2024-actual"), [load("open-to-02")]
    (over,) = comparison_tables(compare(*plans, 2, 5, worlds=WORLDS.first(3)), lang)
    (alone,) = comparison_tables(compare(*plans, 2, 5), lang)
    assert len(over.columns) == 5 and len(alone.columns) == 4 and over.note != alone.note
    assert any("100" in row[-1] for row in over.rows)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_to_ask_for_is_shown_best_first(lang):
    asked = what_is_wanted(load("open-to-02"), WORLDS.first(24), replications=2, workers=1)
    tables = wanted_tables(asked, lang)
    assert len(tables) == 2 * len(asked)
    reductions = [each.reduction for each in asked[0].worth]
    assert reductions == sorted(reductions, reverse=True) and np.isfinite(reductions).all()


def test_notes_on_a_file_are_said():
    assert "3" in note_text(Note("own.note.gaps", {"count": 3}), "nb")
