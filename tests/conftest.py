"""What all tests share: Hypothesis profiles, their order on several cores, and two tables at the end.

The tables: published cases met, and rules used.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: tests run side by side, each on one core

import tempfile
import time
from collections import defaultdict
from collections.abc import Generator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from simulator.service.compiled import needs_compiling
from tests.service.seen import USED, table

settings.register_profile(
    "ordinary", max_examples=600, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
for profile, examples in {"nightly": 6000, "few": 60}.items():
    settings.register_profile(profile, parent=settings.get_profile("ordinary"), max_examples=examples)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ordinary"))

_CASE = "case-id"
TESTS = Path(__file__).parent
WITHOUT_ENGINE = ("theory", "setup", "scenario", "evidence")
"""Rooms whose tests simulate nothing."""
LONGEST = (
    "service/test_cases.py",
    "service/test_cases_full.py",
    "docs/test_guides.py",
    "notebooks/test_notebooks.py",
    "report/documents/test_opened.py",
    "study/test_fitting.py",
    "cli/test_surroundings.py",
    "study/hours/test_best.py",
    "cli/test_regress.py",
    "study/test_dask.py",
    "study/test_compare.py",
    "study/test_drivers.py",
    "cli/test_worlds.py",
    "service/test_drawing.py",
    "service/test_equality.py",
    "study/worlds/test_calibrate.py",
)
"""Files of tests that take longest, with which several processes should begin. It is no fault if time moves them."""
PATIENCE_S = 300


def pytest_configure(config: pytest.Config) -> None:
    """Keep files in the order given here, rather than those with the most tests first."""
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several processes share the files: one compiles, another needs no engine; then the longest."""

    def place(item: pytest.Item) -> tuple[int, int]:
        path = item.path.relative_to(TESTS)
        long = LONGEST.index(path.as_posix()) if path.as_posix() in LONGEST else len(LONGEST)
        return 0 if long == 0 else 1 if path.parts[0] in WITHOUT_ENGINE else 2, long

    if hasattr(config, "workerinput"):
        items.sort(key=place)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let one of several processes compile the engine, which takes half a minute, and the others wait for it."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    if run and item.path.relative_to(TESTS).parts[0] not in WITHOUT_ENGINE:
        _compiled_once(run)


@cache
def _compiled_once(run: str) -> None:
    if not needs_compiling():
        return
    from simulator.scenario import load
    from simulator.study import simulate
    from tests.study.samples import SMALL

    compiling = Path(tempfile.gettempdir()) / f"opening-hours-simulator-compiles-{run}"
    try:
        compiling.mkdir()
    except FileExistsError:
        until = time.monotonic() + PATIENCE_S
        while compiling.exists() and time.monotonic() < until:
            time.sleep(0.1)
        return
    try:
        simulate(load(SMALL))
    finally:
        compiling.rmdir()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note the case of a finished test in its report, which also reaches the table from another process."""
    report = yield
    marker = item.get_closest_marker("case")
    if marker is not None and report.when == "call":
        report.user_properties.append((_CASE, marker.args[0]))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Two tables: every published case and whether it was met, and how often random worlds used every rule."""
    seen: dict[Any, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    used: dict[str, Any] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, value in getattr(report, "user_properties", ()):
                if name == _CASE:
                    seen[value][_kind(report.nodeid)].append(outcome == "passed")
                elif name.startswith(USED):
                    used[name.removeprefix(USED)] = value
    _write(terminalreporter, "published cases", [_met(case, seen[case]) for case in sorted(seen)])
    _write(terminalreporter, "how often random worlds used each rule", table(used) if used else [])


def _kind(nodeid: str) -> str:
    """What a test shows of its case: the formula, the engines, or the compiled engine at the case's own tolerance."""
    if "theory" in nodeid:
        return "formula"
    return "full tolerance" if "full" in nodeid else "engine"


def _met(case: str, kinds: Mapping[str, Sequence[bool]]) -> str:
    words = [f"{kind} {'met' if all(results) else 'MISSED'}" for kind, results in sorted(kinds.items())]
    return f"{case:<10} {', '.join(words)}"


def _write(terminalreporter: pytest.TerminalReporter, title: str, lines: Sequence[str]) -> None:
    if lines:
        terminalreporter.section(title)
    for line in lines:
        terminalreporter.write_line(line)
