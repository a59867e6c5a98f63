"""A sweep says of each point what a run of it says, is the same whoever works, and goes on where it ended."""

from dataclasses import replace

import numpy as np
import pytest
from distributed import LocalCluster

from simulator.scenario import change, load
from simulator.scenario.places import shipped_folder
from simulator.study.compare import compare
from simulator.study.run import run
from simulator.study.sweep import identity, sweeping
from simulator.study.sweep.plan import read_study
from simulator.study.sweep.sweeping import Sweep, sweep, worlds_of
from simulator.study.sweep.units import InMemory, all_units, to_bytes
from simulator.study.worlds.world import shipped_worlds
from simulator.study.years import packed, rows_elsewhere
from tests.study.samples import SMALL
from tests.study.sweep.conftest import COUNSELLORS, PATIENCE, study

STUDIES = sorted((shipped_folder().parent / "studies").glob("*.yaml"))


def in_numbers(estimate):
    return [value for name, value in vars(estimate).items() if name != "unit"]


def numbers(found):
    return found.numbers.tobytes(), None if found.differences is None else found.differences.tobytes()


def test_each_point_is_a_run_of_its_scenario():
    found = sweep(study(replications=5, seed=3), workers=1)
    for point, counsellors in enumerate((0, 1, 2)):
        alone = change(load(SMALL), {"roster": {"kristiansand": {"chat": {"counsellors": counsellors}}}})
        measures = run(alone, 5, seed=3, workers=1).measures
        for figure, key in enumerate(found.plan.measures):
            assert in_numbers(found.estimate(point, figure)) == pytest.approx(in_numbers(measures[key]), nan_ok=True)
            assert found.estimate(point, figure).unit == measures[key].unit


def test_in_plausible_worlds_points_and_differences_are_those_of_a_comparison():
    few = shipped_worlds().first(3)
    key, value = "roster.kristiansand.chat.counsellors", 5
    plan = study(
        scenario="2024-actual", against="2024-actual", replications=2, worlds=3, measures=["answered chat"],
        vary={key: {"values": [value]}},
    )  # fmt: skip
    found = sweep(plan, workers=1)
    base = load("2024-actual")
    other = change(base, {"title": "five", "roster": {"kristiansand": {"chat": {"counsellors": value}}}})
    object.__setattr__(other, "__pydantic_private__", {**other.__pydantic_private__, "_name": "five"})
    told = compare(base, [other], 2, worlds=few, workers=1).get("five", plan.measures[0])
    assert in_numbers(found.difference(0, 0)) == pytest.approx(in_numbers(told.change), nan_ok=True)
    assert found.share_better(0, 0) == told.share_of_worlds_better
    assert worlds_of(plan).fingerprint == few.fingerprint


def test_the_scenario_against_itself_differs_nowhere():
    found = sweep(study(against=str(SMALL), vary={COUNSELLORS: {"values": [1, 2]}}), workers=1)
    assert not np.nan_to_num(found.differences[0, :, 0]).any() and found.differences[1, :, 0].any()


@pytest.mark.parametrize("workers", [2, 3])
def test_the_number_of_workers_moves_no_byte(workers):
    plan, one, many = study(against=str(SMALL)), InMemory(), InMemory()
    assert numbers(sweep(plan, workers=1, keeper=one)) == numbers(sweep(plan, workers=workers, keeper=many))
    assert vars(one) == vars(many)


def test_another_process_that_is_only_told_the_question_gives_the_same_bytes():
    made, keeper = Sweep(study(against=str(SMALL)), None), InMemory()
    made.make(keeper, workers=1)
    for unit in all_units(made.question):
        rows = rows_elsewhere(packed(made.question), unit.years)
        assert to_bytes(rows, unit, made.fingerprint) == keeper.get(unit.name)


def test_many_years_are_for_processes_and_few_for_threads(monkeypatch):
    asked = []
    for name in ("threads", "processes"):
        monkeypatch.setattr(sweeping, name, lambda *_, name=name: asked.append(name))
    monkeypatch.setattr(sweeping, "in_order", lambda hired, pieces: iter(()))
    for most in (1, 10_000):
        monkeypatch.setattr(sweeping, "YEARS_FOR_PROCESSES", most)
        list(Sweep(study(), None)._simulated(list(all_units(Sweep(study(), None).question)), 2, None))
    assert asked == ["processes", "threads"]


def test_a_dask_cluster_gives_the_same_bytes():
    plan = study(against=str(SMALL))
    how = {"threads_per_worker": 1, "processes": False, "protocol": "tcp", "dashboard_address": "127.0.0.1:0"}
    how["scheduler_kwargs"] = {"dashboard": False}
    with LocalCluster(n_workers=1, host="127.0.0.1", **how) as running:
        there = sweep(plan, dask=running.scheduler_address)
    assert numbers(there) == numbers(sweep(plan, workers=1))


class Ended(InMemory):
    """Keeps so many units, and is then killed."""

    def __init__(self, after):
        super().__init__()
        self.after, self.made = after, 0

    def put(self, name, content):
        if self.made == self.after:
            raise KeyboardInterrupt
        self.made += 1
        super().put(name, content)


@pytest.mark.parametrize("after", [0, 1, 2])
def test_what_was_ended_goes_on_and_makes_nothing_twice(after):
    plan, keeper = study(), Ended(after)
    with pytest.raises(KeyboardInterrupt):
        sweep(plan, workers=1, keeper=keeper)
    keeper.after, told = 100, []
    found = sweep(plan, lambda done, total, _: told.append((done, total)), 1, keeper=keeper)
    assert keeper.made == 3  # each of the three units once
    assert told == [(done * 3, 9) for done in range(after, 4)]
    assert numbers(found) == numbers(sweep(plan, workers=1))


def test_a_damaged_unit_is_made_anew_and_told():
    plan, keeper = study(), InMemory()
    undisturbed = numbers(sweep(plan, workers=1, keeper=keeper))
    whole = vars(keeper)["_kept"].copy()
    keeper.put("00002-0000.unit", whole["00002-0000.unit"][:-1])
    keeper.put("00003-0000.unit", whole["00001-0000.unit"])
    told = []
    made = Sweep(plan, None)
    with pytest.raises(KeyError):
        made.result(keeper)
    made.make(keeper, workers=1, told=lambda *words: told.append(words))
    assert told == [("kept", 1), ("damaged", 2)]
    assert vars(keeper)["_kept"] == whole and numbers(made.result(keeper)) == undisturbed


@pytest.mark.parametrize(
    "said",
    [
        {"seed": 2},
        {"replications": 4},
        {"measures": ["persons_reached"]},
        {"against": str(SMALL)},
        {"with": ["one-more"]},
        {"vary": {COUNSELLORS: {"from": 0, "to": 3}}},
        {"vary": {COUNSELLORS: {"values": [2, 1, 0]}}},
        {"vary": {PATIENCE: {"values": [1, 2, 3]}}},
    ],
)
def test_a_changed_study_never_takes_the_units_of_another(said):
    one, other = Sweep(study(), None), Sweep(study(**said), None)
    assert one.fingerprint != other.fingerprint
    keeper, told = InMemory(), []
    one.make(keeper, workers=1)
    other.make(keeper, workers=1, told=lambda *words: told.append(words))
    assert ("kept", 0) not in told and all(what == "damaged" for what, _ in told)


def test_what_moves_no_figure_moves_no_fingerprint_and_what_moves_one_does(monkeypatch):
    plain = Sweep(study(), None).fingerprint
    assert Sweep(study(title="other", why="because"), None).fingerprint == plain
    assert Sweep(study(), shipped_worlds().first(2)).fingerprint != plain
    monkeypatch.setattr(identity, "code_digest", lambda: "other code")
    assert Sweep(study(), None).fingerprint != plain


def test_a_year_of_the_same_children_meets_every_point():
    found = sweep(study(vary={COUNSELLORS: {"from": 1, "to": 3}}, measures=["persons"]), workers=1)
    assert len(set(found.numbers[:, 0, 0])) == 1


def test_the_tidy_table_has_a_row_for_every_point_and_figure():
    found = sweep(study(vary={COUNSELLORS: {"from": 0, "to": 1}, "x": {"one_of": ["late-chat"]}}), workers=1)
    rows = list(found.rows())
    assert [(row["point"], row[COUNSELLORS], row["x"], row["measure"]) for row in rows][:4] == [
        (1, 0.0, "late-chat", "persons_reached"),
        (1, 0.0, "late-chat", "answered"),
        (1, 0.0, "late-chat", "answered_share_of_open"),
        (2, 1.0, "late-chat", "persons_reached"),
    ]
    assert len(rows) == 6 and rows[0]["unit"] == "persons/period" and "difference" not in rows[0]
    assert found.as_json()["rows"] == rows and list(all_units(Sweep(found.plan, None).question))


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_the_studies_that_come_with_the_program_run(path):
    plan = read_study(path, replications=1)
    found_units = list(all_units(Sweep(plan, worlds_of(plan)).question))
    assert found_units and len(plan) > 10 and plan.title and plan.why
    made = Sweep(replace(plan, drawn=plan.drawn and 12), None)
    keeper = InMemory()
    made.make(keeper)
    found = made.result(keeper)
    assert np.isfinite(found.numbers[:, 0, 0]).all()
    if plan.against is not None:  # its first point is what it is held against
        assert not np.nan_to_num(found.differences[0, :, 0]).any()
