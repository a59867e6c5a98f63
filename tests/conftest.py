"""What all tests share: Hypothesis profiles, and two tables at the end: published cases met, and rules used."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: tests run side by side, each on one core

from collections import defaultdict
from collections.abc import Generator, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.service.seen import USED, table

settings.register_profile(
    "ordinary", max_examples=600, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
for profile, examples in {"nightly": 6000, "few": 60}.items():
    settings.register_profile(profile, parent=settings.get_profile("ordinary"), max_examples=examples)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ordinary"))

_CASE = "case-id"


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
