"""The shipped scenarios: every one loads, explains itself, and says of a number what the evidence says of it."""

from pathlib import Path

import pytest

from simulator.evidence import evidence
from simulator.scenario import fingerprint, load, unsourced
from simulator.study.provenance import value_at
from tests.support import SHIPPED

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))


def test_every_promised_scenario_is_shipped():
    assert {path.stem for path in SCENARIOS} == set(SHIPPED)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_scenario_says_why_and_which_way(path):
    scenario = load(path)
    assert scenario.title
    assert scenario.why
    assert path.stem == "2023-actual" or (scenario.expect and scenario.expect.than in SHIPPED)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_number_says_where_it_comes_from(path):
    assert unsourced(load(path)) == ()


def test_no_two_scenarios_are_alike():
    prints = [fingerprint(load(path)) for path in SCENARIOS]
    assert len(set(prints)) == len(prints)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_numbers_agree_with_the_evidence_they_cite(path):
    scenario = load(path)
    document = scenario.model_dump(mode="json")
    cited = 0
    for where, source in scenario.sources.items():
        if not source.source.startswith("evidence: "):
            continue
        entry = evidence(source.source.removeprefix("evidence: "))
        if where.endswith((".profile", ".reference")):
            continue  # a table or a shape made from the evidence, not the number itself
        assert source.status == entry.status, where
        value = entry.value
        numbers = (
            list(value.values()) if hasattr(value, "values") else [list(value) if isinstance(value, tuple) else value]
        )
        assert value_at(document, where) in numbers, f"{where} is not what {entry.id} says"
        cited += 1
    assert cited > 20
