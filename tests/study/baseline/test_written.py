"""A baseline in files: the same again, the same bytes, and words for files that are broken."""

import json
import re

import numpy as np
import pytest

from simulator.service.ledger import Ledger
from simulator.study.baseline.changelog import accounted_for, results_changes
from simulator.study.baseline.contents import TIME_COLUMNS, TRACE_COLUMNS
from simulator.study.baseline.digests import day_edges, digest, ledger_by_day, ledger_digest
from simulator.study.baseline.refreshing import refresh
from simulator.study.baseline.written import HEAD, TIES, BaselineError, from_files, to_files


def test_what_is_written_is_read_and_written_alike(made):
    files = to_files(made.baseline)
    assert to_files(from_files(files)) == files
    assert set(files) == {HEAD, TIES, "2024-actual.json", "2024-actual.csv"}


def test_files_are_text_that_holds_no_place_and_no_clock(made):
    for name, content in to_files(made.baseline).items():
        text = content.decode()
        assert "\r" not in text and text.endswith("\n")
        assert not re.search(r"/home|/work|/tmp|[A-Z]:\\\\|20\d\d-\d\d-\d\dT\d\d:\d\d", text), name
        if name.endswith(".json"):
            assert json.loads(text)


def test_one_figure_is_one_line(made):
    lines = to_files(made.baseline)["2024-actual.json"].decode().splitlines()
    assert (
        len([line for line in lines if line.strip().startswith('"answered/chat/all": ["contacts')]) == 2
    )  # of two tables


@pytest.mark.parametrize(
    ("broken", "key"),
    [
        (lambda files: {}, "none"),
        (lambda files: {**files, HEAD: files[HEAD].replace(b'"format": 1', b'"format": 0')}, "format"),
        (lambda files: {**files, HEAD: b"[]"}, "format"),
        (lambda files: {**files, HEAD: files[HEAD][:200]}, "broken"),
        (lambda files: {**files, HEAD: b'{"format": 1}'}, "broken"),
        (lambda files: {name: each for name, each in files.items() if name != "2024-actual.csv"}, "broken"),
        (lambda files: {name: each for name, each in files.items() if name != "2024-actual.json"}, "broken"),
        (lambda files: {name: each for name, each in files.items() if name != TIES}, "broken"),
        (lambda files: {**files, "2024-actual.csv": files["2024-actual.csv"].replace(b"at_ms", b"at")}, "broken"),
        (lambda files: {**files, "2024-actual.csv": files["2024-actual.csv"] + b"1,2\n"}, "broken"),
        (lambda files: {**files, "2024-actual.json": b"[" * 100_000}, "broken"),
        (lambda files: {**files, TIES: b"\xff\xfe"}, "broken"),
    ],
)
def test_a_broken_baseline_is_told_in_words(made, broken, key):
    with pytest.raises(BaselineError) as wrong:
        from_files(broken(to_files(made.baseline)))
    for lang in ("nb", "en"):
        assert "simulator regress --update" in wrong.value.text(lang)
    assert wrong.value._key == key


# --- digests -------------------------------------------------------------------------------------------------------


def ledger(**columns) -> Ledger:
    parts = {name: np.arange(6, dtype=np.int64) for name in TRACE_COLUMNS}
    parts |= {name: np.arange(2, dtype=np.int64) for name in TIME_COLUMNS}
    return Ledger(**{**parts, **columns})


def test_a_digest_is_of_the_numbers_and_not_of_how_they_are_kept():
    wide, narrow = np.arange(6, dtype=np.int64), np.arange(6, dtype=np.int16)
    turned = np.arange(6, dtype=">i8")
    strided = np.repeat(wide, 2)[::2]
    expected = ledger_digest(ledger(fate=wide))
    assert {ledger_digest(ledger(fate=each)) for each in (narrow, turned, strided)} == {expected}


@pytest.mark.parametrize("column", [*TRACE_COLUMNS, *TIME_COLUMNS])
def test_every_column_of_a_ledger_counts(column):
    changed = getattr(ledger(), column).copy()
    changed[-1] += 1
    assert ledger_digest(ledger(**{column: changed})) != ledger_digest(ledger())


def test_only_the_day_that_differs_has_another_digest():
    edges = day_edges(np.array([0, 0, 2, 2, 2, 3]), 5)
    assert edges.tolist() == [0, 2, 2, 5, 6, 6]
    changed = ledger().wait_ms.copy()
    changed[3] += 1
    before, after = ledger_by_day(ledger(), edges), ledger_by_day(ledger(wait_ms=changed), edges)
    assert [one == other for one, other in zip(before, after, strict=True)] == [True, True, False, True, True]
    assert digest([b"a", b"b"]) == digest([b"ab"]) != digest([b"ba"])


# --- the changelog -------------------------------------------------------------------------------------------------

CHANGELOG = """# Changelog

**Results change.** An entry that begins with these two words ...

## [Unreleased] - 0.2.0

### Changed

- **Results change.** `answered/chat` of `2024-actual` from 8 770 to 8 802,
  because a shift starts before it ends.
- Something else, which mentions **Results change** in passing.
- **Results change: pay.** Another.

Prose.
  indented prose

## [0.1.0]

- **Results change.** Of an earlier version.
"""
FIRST = (
    "**Results change.** `answered/chat` of `2024-actual` from 8 770 to 8 802, because a shift starts before it ends."
)
SECOND = "**Results change: pay.** Another."


def test_entries_of_the_unreleased_section_alone_on_one_line_each():
    assert results_changes(CHANGELOG) == (FIRST, SECOND)
    assert results_changes("# Nothing\n") == () == results_changes("")


def test_a_move_demands_an_entry_that_is_not_accounted_for():
    assert accounted_for(CHANGELOG, (FIRST,), moved=True) == (FIRST, SECOND)
    assert accounted_for(CHANGELOG, (FIRST, SECOND), moved=True) is None
    assert accounted_for("", (FIRST,), moved=True) is None
    assert accounted_for(CHANGELOG, None, moved=False) == (FIRST, SECOND), "the first baseline accounts for all"


def test_an_entry_is_not_used_up_where_nothing_moved():
    assert accounted_for(CHANGELOG, (FIRST,), moved=False) == (FIRST,)
    assert accounted_for("", (FIRST,), moved=False) == (), "a released one is forgotten"


def test_nothing_is_written_while_the_engines_disagree(made):
    from dataclasses import replace

    tie, traces = next(iter(made.served.items()))
    other = replace(traces["simpy"], rows=traces["simpy"].rows + 1)
    disputed = replace(made, served={**made.served, tie: {**traces, "simpy": other}})
    assert refresh(disputed, None, None, CHANGELOG).disputed == (tie,)
    assert refresh(disputed, None, None, CHANGELOG).files == {}
