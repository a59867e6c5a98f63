"""The benchmarks say what they claim: every row is made, counts are right, bounds are told. No time is asserted."""

import json
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from benchmarks import __main__ as command
from benchmarks import numbers, pool, scaling, table, year
from benchmarks.size import QUICK
from benchmarks.table import Row, Timing, best_of, lines
from simulator.demand import Demand
from simulator.service.planning import make_plan
from simulator.service.reference import serve
from tests.service.tracing import contacts_of, rules, service, shift


@pytest.fixture(scope="module")
def found() -> dict[str, list[Row]]:
    """Every section, with next to nothing measured."""
    return {name: make(QUICK) for name, (_, make) in command.SECTIONS.items()}


@pytest.mark.parametrize("name", command.SECTIONS)
def test_every_section_makes_its_rows(name: str, found: dict[str, list[Row]]) -> None:
    rows = found[name]
    assert len({row.name for row in rows}) == len(rows)
    assert all(row.seconds is None or row.seconds > 0 for row in rows)
    assert any(row.holds is not None for row in rows), "something is asked"
    assert all(row.value is not None for row in rows if row.least is not None or row.most is not None)


def test_what_is_asked_is_what_was_promised(found: dict[str, list[Row]]) -> None:
    asked = [(row.least, row.most) for name in ("year", "spreading", "memory", "starting") for row in found[name]]
    assert {(100.0, None), (30.0, None), (None, 3.0), (1.7, None), (None, 1000.0), (None, 1.1), (None, 0.5)} <= set(
        asked
    )
    assert {row.least for row in found["pool"] if row.unit == "x"} >= {100.0, *([150.0] if find_spec("ciw") else [])}
    assert {row.most for row in found["scaling"]} >= {scaling.MOST_FOR_TENFOLD_SITES}


def test_every_tool_agrees_with_erlang_a(found: dict[str, list[Row]]) -> None:
    """Each share lies within four standard deviations of the exact one; the seeds are fixed."""
    shares = [row for row in found["pool"] if row.name.startswith("share that gives up")]
    assert len(shares) == len(pool.PEERS) - (find_spec("ciw") is None)
    assert all(row.holds for row in shares), shares


def test_a_tool_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "find_spec", lambda _: None)
    told = [row for row in pool.rows(QUICK) if pool.CIW in row.name]
    assert [row.name.endswith("not installed (pip install '.[benchmarks]')") for row in told] == [True, True]


def test_random_numbers_are_counted_by_what_they_decide() -> None:
    """One is answered at once, one after a wait, one turns in the door, one gives up and redials, one is late."""
    phone = rules(open="00:00-01:00", patience={"mean_min": 5}, balking=0.5, redial={"probability": 1.0, "mean_min": 1})
    scenario = service({"phone": phone}, shift(0, 60, "phone"), demand={"max_attempts": 2})
    contacts = contacts_of(
        scenario,
        [
            {"at": 1, "work": 10},
            {"at": 2, "work": 5, "patience": 20},
            {"at": 3, "work": 5, "balk_u": [0.1, 0.1]},
            {"at": 4, "work": 5, "patience": 3, "redial_u": [0.0, 1.0], "redial_delay": [80, 80]},
            {"at": 90, "work": 5},
        ],
        attempts=2,
    )
    ledger = serve(contacts, make_plan(scenario))
    kinds = {kind.what: kind.count for kind in numbers.used(scenario, Demand.of(scenario), contacts, ledger)}
    assert kinds == {
        "exponential gaps between arrivals, one more in each cell": 5,
        "uniform places within a cell": 5,
        "uniform home towns of callers": 5,
        "work of answered phone, exponential": 2,
        "patience of those who wait, phone": 2,
        "uniform: turn in the door?": 3,
        "uniform: redial?": 2,
        "uniform: before a closed door": 1,
        "exponential times until they try again": 1,
    }


def test_numpy_draws_as_many_as_are_counted() -> None:
    drawn: list[int] = []

    def draw(rng: np.random.Generator, count: int) -> np.ndarray:
        drawn.append(count)
        return rng.random(count)

    numbers.draw_all([numbers.Kind("some", 3, draw), numbers.Kind("more", 4, draw)], seed=1)
    assert drawn == [3, 4]


def test_more_sites_have_the_same_callers() -> None:
    scenario = year.scenario_of(QUICK)
    many = scaling.with_more_sites(scenario, 10)
    assert (len(scenario.sites), len(many.sites)) == (18, 180)
    before, after = (Demand.of(each).origin_steps[-1] for each in (scenario, many))
    assert after == pytest.approx(before, rel=1e-12)


def test_timings_are_taken_in_turn_and_the_best_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, order = [0.0], []
    monkeypatch.setattr("benchmarks.table.time.perf_counter", lambda: clock[0])
    takes = {"a": [3.0, 1.0, 2.0], "b": [5.0, 6.0, 4.0]}

    def timing(name: str) -> Timing:
        def make(number: int) -> Callable[[], float]:
            def does() -> float:
                order.append((name, number))
                clock[0] += takes[name][number]
                return 10.0

            return does

        return Timing(name, make)

    best = best_of([timing("a"), timing("b")], replace(QUICK, rounds=3))
    assert order == [("a", 0), ("b", 0), ("a", 1), ("b", 1), ("a", 2), ("b", 2)]
    assert (best["a"].seconds, best["b"].seconds) == (1.0, 4.0)
    assert table.speed(best["b"]) == 2.5


def test_what_is_quick_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, numbers_seen = [0.0], []
    monkeypatch.setattr("benchmarks.table.time.perf_counter", lambda: clock[0])

    def make(number: int) -> Callable[[], float]:
        def does() -> float:
            numbers_seen.append(number)
            clock[0] += 0.25
            return 0.0

        return does

    best = best_of([Timing("a", make)], replace(QUICK, rounds=2, least_s=0.5))
    assert numbers_seen == [0, 1, 2, 3, 4, 5]
    assert best["a"].seconds == 0.25


def test_a_bound_is_told_and_whether_it_holds() -> None:
    rows = [
        Row("quick", value=5.0, least=4.0),
        Row("slow", value=5.0, most=4.0),
        Row("timed", seconds=2.0, contacts=10.0),
    ]
    text = list(lines({"title": rows}))
    assert text[1:3] == ["", "title"]
    assert text[3].split() == ["quick", "5", "x", "at", "least", "4", "yes"]
    assert text[4].split() == ["slow", "5", "x", "at", "most", "4", "NO"]
    assert text[5].split() == ["timed", "2.0000", "5"]


def test_nothing_is_written_unless_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        command, "SECTIONS", {"one": (lambda _: "A title", lambda _: [Row("a row", value=2.0, most=3.0)])}
    )
    command.main(["--quick"])
    assert not list(tmp_path.iterdir())
    assert "a row" in capsys.readouterr().out
    command.main(["--quick", "--json", "rows.json"])
    document = json.loads((tmp_path / "rows.json").read_text("utf-8"))
    assert document["A title"][0]["holds"] is True
    assert document["A title"][0]["value"] == 2.0
