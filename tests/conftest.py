"""What all tests share: Hypothesis profiles, and one table at the end of which published cases were met."""

import os
from collections import defaultdict

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("ordinary", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("nightly", parent=settings.get_profile("ordinary"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ordinary"))

_CASE = "case-id"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Note the case of a finished test in its report, which also reaches the table from another process."""
    report = (yield).get_result()
    marker = item.get_closest_marker("case")
    if marker is not None and report.when == "call":
        report.user_properties.append((_CASE, marker.args[0]))


def pytest_terminal_summary(terminalreporter):
    """One table: every published case, and whether its formulas and its simulation were met."""
    seen = defaultdict(lambda: defaultdict(list))
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, value in getattr(report, "user_properties", ()):
                if name == _CASE:
                    kind = "formula" if "theory" in report.nodeid else "engine"
                    seen[value][kind].append(outcome == "passed")
    if not seen:
        return
    terminalreporter.section("published cases")
    for case in sorted(seen):
        words = [f"{kind} {'met' if all(results) else 'MISSED'}" for kind, results in sorted(seen[case].items())]
        terminalreporter.write_line(f"{case:<10} {', '.join(words)}")
