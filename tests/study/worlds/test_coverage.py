"""Invented truths are published, calibrated and asked; the study itself is a command whose table is kept."""

import csv
from pathlib import Path

import numpy as np
import pytest

from simulator.study.worlds.calibrate import Inputs
from simulator.study.worlds.coverage import QUESTIONS, asked_of, outlandish_day, truth, truths
from simulator.study.worlds.published import FIGURES

TABLE = Path(__file__).parents[3] / "docs" / "coverage.csv"


def test_truths_are_drawn_from_the_priors_and_publish_every_figure():
    inputs = Inputs()
    found = next(truths(inputs, 3))
    assert set(found.published.figures) == set(FIGURES)
    low, high = inputs.priors["prior-chat-first-attempts-2023"].support
    assert low <= found.world.solved["chat-first-attempts-2023"] <= high
    again = truth(found.world.number - 1_000_000, inputs.priors, 3)
    assert again is not None and again.published == found.published


def test_days_outside_the_family_are_days():
    rng = np.random.default_rng(1)
    for _ in range(20):
        day = outlandish_day(rng)
        assert day.shape == (24,) and day.min() > 0 and day.sum() == pytest.approx(1)


def test_a_truth_is_asked_both_questions():
    inputs = Inputs()
    rows = asked_of(next(truths(inputs, 3)), inputs, 4, 3)
    assert [row.question for row in rows] == list(QUESTIONS)
    for row in rows:
        assert row.worlds == 4 and row.low <= row.median <= row.high
        assert abs(np.log(row.median / row.true)) < 1, "not even near"


def test_the_kept_table_shows_what_was_promised():
    """At least 40 truths, half of them with a day outside the family; the 90 % interval holds 80-98 % of them."""
    rows = list(csv.DictReader(TABLE.read_text("utf-8").splitlines()))
    for question in QUESTIONS:
        mine = [row for row in rows if row["question"] == question]
        assert len(mine) >= 40
        assert 0.4 <= np.mean([row["outside_family"] == "yes" for row in mine]) <= 0.6
        held = [float(row["low"]) <= float(row["true"]) <= float(row["high"]) for row in mine]
        assert held == [row["holds"] == "yes" for row in mine]
        assert 0.80 <= np.mean(held) <= 0.98
