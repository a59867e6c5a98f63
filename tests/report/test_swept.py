"""A sweep in words and figures: digits that intervals support, small counts withheld, the same bytes every time."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simulator.report import numbers
from simulator.report.figures.swept import figures, listed
from simulator.report.swept import (
    MOST_SHOWN,
    cell,
    denominator,
    effect_tables,
    figure_name,
    files,
    lead,
    point_tables,
    shown_points,
    spread,
    sure,
    sweep_tables,
    value_name,
)
from simulator.service.keys import Key
from simulator.service.measures import Yardstick
from simulator.service.planning import make_plan
from simulator.study.estimates import Estimate
from simulator.study.sweep.plan import read_study
from simulator.study.sweep.sweeping import sweep
from simulator.words import LANGUAGES

SMALL = Path(__file__).parents[1] / "cli" / "small.yaml"
COUNSELLORS = "roster.kristiansand.chat.counsellors"
PATIENCE = "channels.chat.patience.mean_min"


def swept(**said):
    usual = {"title": "T", "why": "W", "scenario": str(SMALL), "worlds": "one", "replications": 3}
    usual["measures"] = ["persons_reached", "answered/phone/oslo"]
    return sweep(read_study({**usual, **said}), workers=1)


@pytest.fixture(scope="module")
def grid():
    vary = {
        COUNSELLORS: {"from": 0, "to": 1},
        PATIENCE: {"values": [2, 7.5, 20]},
        "x": {"one_of": {"a": {}, "b": "late-chat"}},
    }
    return swept(vary=vary, against=str(SMALL), measures=["persons_reached"])


@pytest.fixture(scope="module")
def one_factor():
    return swept(vary={COUNSELLORS: {"from": 0, "to": 2}})


@pytest.fixture(scope="module")
def tornado():
    return swept(vary={COUNSELLORS: {"values": [0, 2]}, PATIENCE: {"low": 1, "high": 30.5}}, design="one-at-a-time")


@pytest.fixture(scope="module")
def drawn():
    vary = {PATIENCE: {"low": 1, "high": 30}, "demand.trend": {"low": 0.5, "high": 2}}
    return swept(vary=vary, design="latin-hypercube", points=MOST_SHOWN + 5)


def of(mean, low, high, unit="contacts/year"):
    return Estimate(mean, low, high, low, high, 1.0, mean, 0.5, 0.4, 0.1, unit)


def test_a_cell_has_the_digits_of_its_interval_and_a_small_count_at_a_site_is_withheld():
    assert cell(of(8769.6, 8600, 8950), Key("answered", "chat"), "en") == numbers.interval(8769.6, 8600, 8950, "en")
    assert cell(of(8769.6, 8600, 8950), Key("answered", "chat"), "en", ends=False) == "8,770"
    site = Key("answered", "phone", "oslo")
    assert cell(of(3.2, 2, 4), site, "nb") == "<5" == cell(of(-3.2, -4, -2), site, "nb")
    assert cell(of(0.03, 0.02, 0.04, "share"), site, "nb") != "<5"
    assert cell(of(3.2, 2, 4), Key("answered", "phone"), "nb") != "<5"


def test_values_are_written_as_the_language_does_and_what_stands_is_called_so(grid, tornado):
    patience = grid.plan.factors[1]
    assert [value_name(patience, place, "nb") for place in (0.0, 1.0, 2.0)] == ["2", "7,5", "20"]
    assert value_name(grid.plan.factors[2], float("nan"), "nb") == "som i grunnlaget"
    assert value_name(tornado.plan.factors[0], float("nan"), "en") == "1"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_figure_of_a_scenario_has_a_name_and_a_denominator(grid, lang):
    scenario = grid.plan.scenario
    yardstick = Yardstick(scenario, make_plan(scenario))
    for key, unit in zip(yardstick.keys, yardstick.units, strict=True):
        assert figure_name(key, lang) and denominator(unit, lang)
    assert denominator("persons/year", "nb") == "Hjelpesøk per år"
    assert denominator("contacts/day", "nb") == "Henvendelser på én dag"
    assert figure_name(Key("answered", "phone", "oslo"), "nb") == "Besvart (telefon, oslo)"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("which", ["grid", "one_factor", "tornado", "drawn"])
def test_every_design_has_tables_a_lead_a_page_and_figures(request, which, lang):
    found = request.getfixturevalue(which)
    for table in (*sweep_tables(found, lang), *point_tables(found, lang), *effect_tables(found, lang)):
        assert table.rows and {len(row) for row in table.rows} == {len(table.columns)}
    assert lead(found, lang) and sure(found, lang)
    if lang == "nb":
        page = files(found, lang)["report.html"].decode()
        assert (
            'lang="nb"' in page and "<h1>T</h1>" in page and "None" not in page and "nan" not in page.split("<svg")[0]
        )


def test_a_grid_is_drawn_as_a_map_of_every_pair_and_one_factor_as_a_line(grid, one_factor, tornado, drawn):
    names = {
        which: [each.drawn.name for each in listed(found, "nb")]
        for which, found in (("grid", grid), ("one", one_factor))
    }
    assert names == {
        "grid": ["map-1-1", "map-1-2", "map-1-3"],
        "one": ["line-1", "line-2"],
    }
    for found in (tornado, drawn):
        assert [each.drawn.name for each in listed(found, "nb")] == ["tornado-1", "tornado-2"]
    made, told = figures(tornado, "en")
    assert {f"{each.name}.{kind}" for each in told for kind in ("svg", "png")} == set(made)
    assert figures(tornado, "en")[0] == made


def test_a_grid_point_is_found_where_it_lies(grid):
    from simulator.report.figures.swept import _point_at

    for point in range(len(grid.plan)):
        assert _point_at(grid, list(grid.plan.points[point])) == point


def test_many_points_are_shown_from_the_highest_down_and_it_is_said(drawn):
    shown = shown_points(drawn)
    means = drawn.numbers[shown, 0, 0]
    assert len(shown) == MOST_SHOWN and (np.diff(means) <= 0).all()
    assert means.min() >= np.delete(drawn.numbers[:, 0, 0], shown).max()
    assert "40" in point_tables(drawn, "nb")[0].caption and "45" in point_tables(drawn, "nb")[0].caption


def test_lines_that_explain_too_little_are_not_believed(drawn):
    weak = replace(drawn, explained=tuple(0.3 for _ in drawn.explained))
    assert "for lite til å stole på" in effect_tables(weak, "nb")[0].note
    strong = replace(drawn, explained=tuple(0.95 for _ in drawn.explained))
    assert "for lite" not in effect_tables(strong, "nb")[0].note and "95" in effect_tables(strong, "nb")[0].note


def test_one_world_is_never_sold_as_what_we_know(grid):
    assert any("ikke det vi ikke vet" in sentence for sentence in sure(grid, "nb"))
    assert any("mulige verdenene" in sentence for sentence in sure(replace(grid, worlds=40), "nb"))


def test_the_tidy_table_has_the_factors_as_columns(grid):
    ((columns, rows),) = spread(grid).values()
    assert columns[:4] == ["point", COUNSELLORS, PATIENCE, "x"] and columns[-1] == "unit"
    assert len(rows) == len(grid.plan) * len(grid.plan.measures) and rows[0][:4] == [1, 0.0, 2.0, "a"]
