"""The rules as data: where their numbers come from, and a planner's own file of them."""

import pytest

from simulator.evidence import evidence
from simulator.scenario import ScenarioError
from simulator.study.rostering.reading import read_rules
from simulator.study.rostering.rules import OFF, OWN, kinds, usual_rules
from simulator.words import LANGUAGES, catalogue

PRINTED = {
    ("daily_rest", "law"): {"rest_h": 11},
    ("daily_rest", "agreement"): {"rest_h": 8},
    ("weekly_rest", "law"): {"rest_h": 35},
    ("weekly_rest", "agreement"): {"rest_h": 28},
    ("sundays", "law"): {"most": 1, "of_weeks": 2},
    ("sundays", "agreement"): {"most": 13, "of_weeks": 26, "rest_every_weeks": 4},
    ("hours_in_a_day", "law"): {"most_h": 9},
    ("hours_in_a_day", "agreement"): {"most_h": 10},
    ("hours_a_week", "rota"): {"mean_h": 35.5},
    ("hours_a_week", "continuous"): {"mean_h": 33.6},
    ("hours_a_week", "law"): {"mean_h": 38},
    ("hours_a_week", "law_continuous"): {"mean_h": 36},
    ("hours_in_any_week", "agreement"): {"most_h": 50, "mean_of_8_weeks_h": 48},
    ("night_shift", "law"): {"most_h": 8},
    ("breaks", "law"): {"one_over_h": 5.5, "total_min": 30},
}


@pytest.mark.parametrize(("place", "numbers"), PRINTED.items())
def test_the_numbers_are_those_of_the_law_and_the_tariff(place, numbers):
    key, by = place
    assert dict(kinds()[key].terms[by].numbers) == numbers


def test_every_rule_names_its_evidence_and_the_weakest_status_of_it():
    for rule in usual_rules():
        statuses = {evidence(each).status for each in rule.evidence}
        assert statuses and rule.status in statuses
        assert rule.status == "assumed" if "assumed" in statuses else rule.status != "assumed"


def test_every_rule_and_basis_has_words():
    for key, kind in kinds().items():
        assert {f"roster.rule.{key}", f"roster.name.{key}"} <= set(catalogue())
        assert {f"roster.by.{by}" for by in (*kind.terms, OFF, OWN)} <= set(catalogue())
        assert kind.eased in (*kind.terms, OFF) and kind.default in kind.terms
        assert set(kind.ranges) >= {name for terms in kind.terms.values() for name in terms.numbers}


def written(tmp_path, text):
    path = tmp_path / "rules.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_planner_chooses_agreements_numbers_and_off(tmp_path):
    text = "sundays: agreement\nhours_a_week: {by: continuous}\nnights_in_a_row: {most: 4}\ndays_in_a_row: off\n"
    rules = read_rules(written(tmp_path, text + "shift_length: {shortest_h: 5}\n"))
    assert rules.get("sundays").by == "agreement" and rules.get("sundays")["of_weeks"] == 26
    assert rules.get("hours_a_week")["mean_h"] == 33.6
    own = rules.get("nights_in_a_row")
    assert (own.by, own.status, own["most"]) == (OWN, "assumed", 4)
    assert "days_in_a_row" not in rules
    assert dict(rules.get("shift_length").numbers) == {"shortest_h": 5, "longest_h": 9}
    untouched = set(kinds()) - {"sundays", "hours_a_week", "nights_in_a_row", "days_in_a_row", "shift_length"}
    assert all(rules.get(key) == usual_rules().get(key) for key in untouched)


def test_numbers_of_ones_own_begin_with_the_basis_chosen(tmp_path):
    rules = read_rules(written(tmp_path, "sundays: {by: agreement, rest_every_weeks: 3}\n"))
    assert dict(rules.get("sundays").numbers) == {"most": 13, "of_weeks": 26, "rest_every_weeks": 3}


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("daily_rset: law\n", 1, "daily_rest"),
        ("daily_rest: lov\n", 1, "law, agreement or off"),
        ("\ndaily_rest: {rest: 8}\n", 2, "rest_h"),
        ("daily_rest: {rest_h: eight}\n", 1, "“eight” is not a number"),
        ("daily_rest: {rest_h: 17}\n", 1, "at most 16"),
        ("weekly_rest: {rest_h: 12}\n", 1, "at least 24"),
        ("nights_in_a_row: {most: 2.5}\n", 1, "whole number"),
        ("nights_in_a_row: {most: true}\n", 1, "not a number"),
        ("nights_in_a_row: {most: .nan}\n", 1, "not a number"),
        ("shift_length: {shortest_h: 8, longest_h: 4}\n", 1, "at least 8"),
        ("sundays: {most: 3}\n", 1, "at most 2"),
        ("sundays: {rest_every_weeks: 3}\n", 1, "not a key here"),
        ("daily_rest: [law]\n", 1, "list"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path, text, line, said):
    path = written(tmp_path, text)
    with pytest.raises(ScenarioError) as refused:
        read_rules(path)
    told = refused.value.text("en")
    assert told.startswith(f"{path}:{line}:") and said in told
    assert refused.value.text("nb") != told


def test_all_mistakes_are_told_at_once(tmp_path):
    with pytest.raises(ScenarioError) as refused:
        read_rules(written(tmp_path, "daily_rest: 8\nweekly: law\nnights_in_a_row: {most: 0}\n"))
    assert [problem.line for problem in refused.value.problems] == [1, 2, 3]
    assert all(refused.value.text(lang) for lang in LANGUAGES)


@pytest.mark.parametrize("text", ["", "- a\n", "a: [\n", "a: 1\na: 2\n", "x" * 1_100_000])
def test_a_file_that_is_no_mapping_is_refused(tmp_path, text):
    with pytest.raises(ScenarioError):
        read_rules(written(tmp_path, text))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match=r"none\.yaml"):
        read_rules(tmp_path / "none.yaml")
