"""What stands between Python and machine code: records, the folder of kept code, and running without any of it."""

import gc
import json
import os
import subprocess
import sys
import weakref
from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from simulator.scenario import load
from simulator.service import reference
from simulator.service.compiled import IS_COMPILED, CompiledSimulation, layouts, machine, needs_compiling
from simulator.service.compiled.machine import KINDS, Layout, Record, compiled, entry, inlined, sources_digest
from tests.support import scenario_of

ROOT = Path(__file__).parents[2]
needs_numba = pytest.mark.skipif(not IS_COMPILED, reason="numba is switched off")

EVERY = Layout("Every", whole="i8", real="f8", **{f"array_{kind}": f"{kind}[]" for kind in KINDS})
"""One field of every kind."""
open_every = EVERY.opened


def values(**changes: Any) -> dict[str, Any]:
    arrays = {f"array_{kind}": np.arange(5).astype(dtype) for kind, dtype in KINDS.items()}
    return {"whole": 7, "real": 0.5, **arrays, **changes}


# --- records ------------------------------------------------------------------------------------------------------


def test_a_record_gives_its_values_back() -> None:
    record = EVERY.fill(given_ := values())
    for field, value in given_.items():
        assert getattr(record, field) is value
    with pytest.raises(AttributeError, match="nothing_such"):
        _ = record.nothing_such
    given_.clear()
    assert record.whole == 7, "whatever becomes of the mapping"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"whole": None}, "whole"),
        ({"other": 1}, "other"),
        ({"array_i8": np.zeros(3, np.int32)}, "array_i8: int32"),
        ({"array_i4": np.zeros(3, np.int64)}, "array_i4: int64"),
        ({"array_f8": np.zeros(3, np.float32)}, "array_f8: float32"),
        ({"array_u8": np.zeros(3, np.int64)}, "array_u8: int64"),
        ({"array_f8": np.zeros((3, 3))}, "array_f8: float64, 2 dimensions"),
        ({"array_i8": np.array(3)}, "array_i8: int64, 0 dimensions"),
        ({"array_f8": np.zeros(6)[::2]}, "array_f8"),
        ({"array_i8": np.zeros(3, ">i8")}, "array_i8"),
    ],
    ids=[
        "a field is missing", "a field too many", "narrower", "wider", "less exact", "signed", "a table", "a number",
        "with gaps", "in another order of bytes",
    ],
)  # fmt: skip
def test_values_of_another_kind_are_refused(changes: dict[str, Any], told: str) -> None:
    """Machine code reads what it finds at the address: a wrong kind would be read as rubbish, not be noticed."""
    wrong = {field: value for field, value in values(**changes).items() if value is not None}
    with pytest.raises(TypeError, match=f"Every.*{told}"):
        EVERY.fill(wrong)


@pytest.mark.parametrize(
    "changes",
    [{"real": 1}, {"whole": 1.5}, {"whole": np.zeros(1, np.int64)}, {"array_i8": [1, 2, 3]}, {"whole": "7"}],
    ids=["a whole number for a real one", "a real one for a whole one", "an array for a number", "a list", "text"],
)
def test_numbers_of_another_kind_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=f"Every.*{next(iter(changes))}"):
        EVERY.fill(values(**changes))


@pytest.mark.parametrize(
    "layout",
    [layouts.RULES, layouts.PEOPLE, layouts.STATE, layouts.DEMAND, layouts.COUNTS],
    ids=lambda layout: str(layout.name),
)
def test_no_field_is_hidden_by_what_records_have_themselves(layout: Layout) -> None:
    """Without numba the rules reach fields by name on the record itself."""
    own = {*vars(Record(EVERY, values())), *dir(Record)}
    assert not own & set(layout.fields)


def test_arrays_live_as_long_as_their_record() -> None:
    array = np.arange(100)
    alive = weakref.ref(array)
    record = EVERY.fill(values(array_i8=array))
    del array
    gc.collect()
    assert alive() is not None and record.array_i8[99] == 99
    del record
    gc.collect()
    assert alive() is None, "and no longer"


# --- compiled functions -------------------------------------------------------------------------------------------


@inlined
def twice(x: Any) -> Any:
    """Small, and called by another."""
    return x + x


@compiled
def read_and_write(words: Any, place: int) -> Any:
    """Reach every field, and write to two."""
    e = open_every(words)
    total = e.whole + e.array_i8[place] + np.int64(e.array_u8[place]) + e.array_i4[place] + e.array_i2[place]
    e.array_i8[place] = total
    e.array_f8[place] = twice(e.real) + e.array_f8[place]
    return total


@compiled
def numbers_of(words: Any) -> Any:
    """Both numbers, as they come out."""
    e = open_every(words)
    return e.whole, e.real


def test_compiled_functions_reach_every_kind_of_field() -> None:
    record = EVERY.fill(values())
    for place in (0, 3, 4):
        assert read_and_write(record.words, place) == 7 + 4 * place
        assert record.array_i8[place] == 7 + 4 * place
        assert record.array_f8[place] == 1.0 + place
    assert record.array_i8.tolist() == [7, 1, 2, 19, 23], "and nothing beside"


@settings(max_examples=100)
@given(st.integers(-(1 << 63), (1 << 63) - 1), st.floats(allow_nan=False))
@example(0, -0.0)
@example(-1, 5e-324)
@example(1, float("inf"))
def test_numbers_come_through_to_the_last_bit(whole: int, real: float) -> None:
    found_whole, found_real = numbers_of(EVERY.fill(values(whole=whole, real=real)).words)
    assert found_whole == whole
    assert np.float64(found_real).view(np.int64) == np.float64(real).view(np.int64)


def test_numbers_of_numpy_are_numbers() -> None:
    whole, real = numbers_of(EVERY.fill(values(whole=np.int64(1 << 40), real=np.float64(0.1))).words)
    assert (whole, real) == (1 << 40, 0.1)


@compiled
def lowest_bit(word: Any) -> Any:
    return machine.trailing_zeros(word)


@settings(max_examples=100)
@given(st.integers(0, 62), st.integers(0, (1 << 63) - 1))
@example(62, 0)
@example(0, (1 << 63) - 1)
def test_the_lowest_bit_of_a_word(place: int, above: int) -> None:
    word = ((above << place + 1) & ((1 << 63) - 1)) | (1 << place)
    for either in (word, -word):
        assert lowest_bit(np.int64(either)) == machine._trailing_zeros(either) == place


# --- kept code ----------------------------------------------------------------------------------------------------


def sources(folder: Path) -> Path:
    folder.mkdir()
    for name in ("a.py", "b.py"):
        (folder / name).write_text(f"{name} = 1\n")
        os.utime(folder / name, ns=(0, 0))
    return folder


def test_the_digest_of_the_same_sources_is_the_same(tmp_path: Path) -> None:
    folder = sources(tmp_path / "x")
    digest = sources_digest(folder)
    (folder / "notes.txt").write_text("no source")
    assert sources_digest(folder) == digest


@pytest.mark.parametrize("change", ["text", "length", "one more", "one less", "another name", "date"])
def test_the_digest_changes_with_any_source(tmp_path: Path, change: str) -> None:
    folder = sources(tmp_path / "x")
    digest = sources_digest(folder)
    if change == "one more":
        (folder / "c.py").write_text("")
    elif change == "one less":
        (folder / "b.py").unlink()
    elif change == "another name":
        (folder / "b.py").rename(folder / "c.py")
    elif change == "date":
        os.utime(folder / "b.py", ns=(0, 1))
    else:
        (folder / "b.py").write_text("b.py = 2\n" if change == "text" else "")
        os.utime(folder / "b.py", ns=(0, 0))
    assert sources_digest(folder) != digest


def test_the_digest_of_another_place_is_another(tmp_path: Path) -> None:
    """Machine code of one place is of no use in another."""
    assert sources_digest(sources(tmp_path / "x")) != sources_digest(sources(tmp_path / "y"))


COMPILED_IN = (
    "demand/arrivals.py", "demand/contacts.py", "demand/quantiles.py", "demand/streams.py", "scenario/calendar.py",
    "scenario/model.py", "service/events.py", "service/ledger.py", "service/plan.py", "service/tally.py",
    "service/compiled/draws.py", "service/compiled/year.py",
)  # fmt: skip
"""Where the constants and the functions come from that end as numbers in machine code."""


@needs_numba
def test_the_folder_changes_with_every_source_of_what_is_compiled_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A constant that moves in another room moves in machine code too: a fate's code, a shift of the hash, an hour."""
    copy = tmp_path / "simulator"
    copytree(ROOT / "simulator", copy, ignore=lambda _, names: [name for name in names if "profiles" in name])
    monkeypatch.setattr(machine, "SOURCES", copy / "service" / "compiled")
    before, unnoticed = machine._cache_folder(), []
    for name in COMPILED_IN:
        text = (copy / name).read_text("utf-8")
        (copy / name).write_text(f"{text}\nANOTHER = 1\n", "utf-8")
        after = machine._cache_folder()
        unnoticed += [name] if after == before else []
        before = after
    assert unnoticed == []


@needs_numba
@pytest.mark.parametrize(
    ("variables", "base"),
    [
        ({"XDG_CACHE_HOME": "{}/xdg"}, "{}/xdg"),
        ({"NUMBA_CACHE_DIR": "{}/numba", "XDG_CACHE_HOME": "{}/xdg"}, "{}/numba"),
        ({"HOME": "{}/me"}, "{}/me/.cache"),
    ],
    ids=["xdg", "numba's own", "home"],
)
def test_the_folder_lies_with_the_users_other_caches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], base: str
) -> None:
    for name in ("XDG_CACHE_HOME", "NUMBA_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    folder = machine._cache_folder()
    assert folder.parent == Path(base.format(tmp_path))
    assert folder.name.startswith("opening-hours-simulator-")


@needs_numba
def test_a_user_without_a_home_can_still_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container that runs as a number nobody knows."""

    def nowhere() -> Path:
        raise RuntimeError("Could not determine home directory.")

    for name in ("XDG_CACHE_HOME", "NUMBA_CACHE_DIR", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", nowhere)
    machine._cache_folder()


def test_nothing_needs_compiling_after_a_run() -> None:
    CompiledSimulation(load("2024-actual"), 1, 0).run(0)
    assert not needs_compiling()


@needs_numba
def test_an_empty_or_missing_folder_needs_compiling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "code" / "compiled_0"
    monkeypatch.setattr(machine, "CACHE_FOLDER", folder.parent)
    assert needs_compiling()
    folder.mkdir(parents=True)
    (folder / "year.year-20.py311.nbi").touch()
    assert needs_compiling(), "an index is not code"
    (folder / "year.year-20.py311.1.nbc").touch()
    assert not needs_compiling()
    monkeypatch.setattr(machine, "CACHE_FOLDER", None)
    assert needs_compiling(), "nowhere to keep code: every time anew"
    monkeypatch.setattr(machine, "IS_COMPILED", False)
    assert not needs_compiling(), "there is no compiler"


def test_code_of_old_sources_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The latest few stay, and the present one however old it is; what others keep beside them is not ours."""
    ours = [tmp_path / f"{machine.CACHE_NAME}-{number:016x}" for number in range(9)]
    theirs = [tmp_path / "numba", tmp_path / f"{machine.CACHE_NAME}-thesis", tmp_path / machine.CACHE_NAME]
    for age, folder in enumerate([*ours, *theirs]):
        (folder / "within").mkdir(parents=True)
        (folder / "within" / "code.nbc").touch()
        os.utime(folder, (1e9 - age, 1e9 - age))
    monkeypatch.setattr(machine, "CACHE_FOLDER", ours[7])
    machine.forget_old_code()
    left = [folder for folder in ours if folder.exists()]
    assert left == [*ours[: machine.MOST_CACHES - 1], ours[7]]
    assert all(folder.exists() for folder in theirs)


@needs_numba
def test_where_no_code_can_be_kept_functions_are_compiled_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nowhere else is it kept: beside the sources nothing would notice that another file has changed."""
    (tmp_path / "file").touch()
    monkeypatch.setattr(machine, "CACHE_FOLDER", tmp_path / "file" / "code")

    def plus_one(x: Any) -> Any:
        return x + 1

    function: Any = entry(plus_one)
    assert function(41) == 42
    assert function.stats.cache_path is None


@needs_numba
def test_only_the_entry_is_kept_and_numbas_own_setting_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import numba

    before = numba.config.CACHE_DIR  # type: ignore[attr-defined]
    monkeypatch.setattr(machine, "CACHE_FOLDER", tmp_path / "code")

    def plus_two(x: Any) -> Any:
        return x + 2

    function: Any = entry(plus_two)
    assert function(40) == 42
    kept = [path.name for path in (tmp_path / "code").rglob("*.nbc")]
    assert len(kept) == 1 and "plus_two" in kept[0]
    assert before == numba.config.CACHE_DIR  # type: ignore[attr-defined]
    assert twice.stats.cache_path is None and read_and_write.stats.cache_path is None  # type: ignore[attr-defined]


# --- without machine code -----------------------------------------------------------------------------------------

SMALL: dict[str, Any] = {
    "channels": {
        "chat": {"work": {"mean_min": 42, "cv": 0.75, "distribution": "gamma"}, "patience": {"mean_min": 7}},
        "phone": {"work": {"mean_min": 12}, "redial": {"probability": 0.5, "mean_min": 5}, "balking": 0.5},
    },
    "demand": {"chat": {"per_hour": 2}, "phone": {"per_hour": 3}, "busyness": {"day_shape": 5, "hour_shape": 5}},
    "sites": {"centre": {"centre": True, "lines": 0}, "north": {"share": 0.4, "background": {"busy_share": 0.4}}},
    "roster": {
        "centre": {"a": {"hours": "always", "counsellors": 1, "answers": ["phone", "chat"], "chats_at_once": 2}}
    },
}
PROGRAM = """
import json, sys
{before}
from simulator.service.compiled import IS_COMPILED, CompiledSimulation, needs_compiling
from tests.support import scenario_of
assert not IS_COMPILED and not needs_compiling()
simulation = CompiledSimulation(scenario_of(**json.loads(sys.argv[1])), 5, 0)
year = simulation.year(2)
ledger = {{name: column.tolist() for name, column in vars(year.ledger).items()}}
print(json.dumps({{"ledger": ledger, "table": simulation.tally().table.tolist()}}))
"""


@pytest.mark.parametrize("before", ["", "sys.modules['numba'] = None"], ids=["switched off", "not installed"])
def test_the_same_functions_run_as_plain_python(before: str) -> None:
    """In a process of its own: the same year, drawn and served and counted, and not a word on standard error."""
    run = subprocess.run(
        [sys.executable, "-W", "always", "-c", PROGRAM.format(before=before), json.dumps(SMALL)],
        env={**os.environ, "NUMBA_DISABLE_JIT": "0" if before else "1", "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0 and run.stderr == "", run.stderr
    simulation = CompiledSimulation(scenario_of(**SMALL), 5, 0)
    simulation.run(2)
    expected = reference.serve(simulation.contacts(2), simulation.plan)
    found = json.loads(run.stdout)
    assert found["ledger"] == {name: column.tolist() for name, column in vars(expected).items()}
    assert found["table"] == simulation.tally().table.tolist()
    assert len(expected) > 100


def test_functions_stay_as_they_are_where_nothing_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    def plain(x: int) -> int:
        return x

    monkeypatch.setattr(machine, "IS_COMPILED", False)
    assert compiled(plain) is inlined(plain) is entry(plain) is plain
