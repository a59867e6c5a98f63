"""The results folder: whole or not at all, the same bytes again, readable in Excel, safe on Windows."""

import csv
import io
import json
import math
import os
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from simulator import store
from simulator.store import StoreError, read, safe_name, save, spread, tables, write_text_whole
from simulator.study.estimates import COLUMNS, Estimates, Key, Result

FILES = {"report.html": b"<!DOCTYPE html>", "figures/a.svg": b"<svg/>", "figures/a.png": b"\x89PNG"}


@pytest.fixture
def result():
    keys = (Key("answered", "chat"), Key("wait_mean_min", "chat", hour="03"), Key("answered", "phone", "=1+1"))
    numbers = np.array(
        [[8770.25, 8600.5, 8950, 8480, 9060, 12.0], [math.nan] * 6, [177.0, -1.5, 181, 160, 190, 1e-7]],
    )
    scenario = {"name": "2024-actual", "fingerprint": "3f9a1c", "title": "Slik var 2024", "sites": {"=1+1": "Ås"}}
    manifest = {"seed": 1, "replications": 20, "engine": "simpy", "version": "0.1.0", "assumptions": []}
    return Result(scenario, manifest, Estimates(keys, ("contacts/year", "min", "contacts/year"), numbers))


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)).replace(os.sep, "/") for path in folder.rglob("*") if path.is_file()}


def test_the_folder_holds_everything_and_nothing_else_is_left(result, tmp_path):
    folder = save(result, FILES, tmp_path / "new" / "results")
    assert folder == tmp_path / "new" / "results" / "2024-actual-3f9a1c"
    assert names(folder) == {"manifest.json", "measures.csv", "measures.parquet", *FILES}
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
    assert (folder / "figures" / "a.png").read_bytes() == FILES["figures/a.png"]


def test_the_manifest_holds_the_scenario_and_how_it_was_run(result, tmp_path):
    document = json.loads((save(result, FILES, tmp_path) / "manifest.json").read_text("utf-8"))
    assert document == {"scenario": result.scenario, "manifest": result.manifest}


def test_excel_opens_the_csv_by_double_click(result):
    raw = tables(result)["measures.csv"]
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == raw.count(b"\n") == 4
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))
    assert tuple(rows[0]) == COLUMNS
    assert rows[1][:6] == ["answered", "chat", "all", "all", "all", "all"]
    assert rows[1][6:9] == ["8770,25", "8600,5", "8950"]
    assert rows[2][3] == "03" and rows[2][6:12] == [""] * 6
    assert rows[3][7] == "-1,5"
    assert "e" not in rows[3][11]


@pytest.mark.parametrize("text", ["=1+1", "+47", "-x", "@SUM(A1)", "\tx"])
def test_a_name_in_a_planners_file_is_never_a_formula(text):
    assert spread._no_formula(text) == f"'{text}"
    assert spread._no_formula("site 06") == "site 06"


def test_formulas_stay_text_in_the_csv_and_whole_in_parquet(result):
    made = tables(result)
    assert b";'=1+1;" in made["measures.csv"]
    assert pl.read_parquet(io.BytesIO(made["measures.parquet"]))["site"].to_list()[2] == "=1+1"


def test_the_same_result_gives_the_same_bytes_in_every_process(tmp_path):
    for name in ("one", "two"):
        subprocess.run([sys.executable, "-c", SAME.format(folder=tmp_path / name)], check=True)
    one, two = (tmp_path / name / "2024-actual-3f9a1c" for name in ("one", "two"))
    assert names(one) == names(two) == {"manifest.json", "measures.csv", "measures.parquet"}
    assert all((one / name).read_bytes() == (two / name).read_bytes() for name in names(one))


def test_the_parquet_file_says_what_it_is(result):
    stamp = pl.read_parquet_metadata(io.BytesIO(tables(result)["measures.parquet"]))
    assert (stamp["name"], stamp["fingerprint"], stamp["seed"]) == ("2024-actual", "3f9a1c", "1")


def test_a_result_comes_back_as_it_was_saved(result, tmp_path):
    back = read(save(result, FILES, tmp_path))
    assert back.as_json() == result.as_json()
    assert math.isnan(back.measures.get("wait_mean_min", channel="chat", hour="03").mean)


def test_an_older_folder_is_replaced_and_the_planners_own_files_stay(result, tmp_path):
    folder = save(result, {**FILES, "figures/gone.svg": b"x"}, tmp_path)
    (folder / "notater.txt").write_text("mine")
    newer = replace(result, manifest=result.manifest | {"seed": 2})
    assert save(newer, FILES, tmp_path) == folder
    assert names(folder) == {"manifest.json", "measures.csv", "measures.parquet", "notater.txt", *FILES}
    assert read(folder).manifest["seed"] == 2
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("at", ["measures.csv", "report.html", "figures/a.png"])
@pytest.mark.parametrize("older", [False, True])
def test_an_interrupted_save_leaves_nothing_new_and_the_old_whole(result, tmp_path, monkeypatch, at, older):
    if older:
        save(result, FILES, tmp_path)
    before = names(tmp_path)
    write = Path.write_bytes

    def interrupted(self, content):
        if self.name == Path(at).name:
            raise KeyboardInterrupt
        return write(self, content)

    monkeypatch.setattr(Path, "write_bytes", interrupted)
    with pytest.raises(KeyboardInterrupt):
        save(replace(result, manifest=result.manifest | {"seed": 2}), FILES, tmp_path)
    assert names(tmp_path) == before
    if older:
        assert read(tmp_path / "2024-actual-3f9a1c").manifest["seed"] == 1


def test_an_interrupt_between_the_two_renames_puts_the_older_folder_back(result, tmp_path, monkeypatch):
    folder = save(result, FILES, tmp_path)
    rename = Path.rename

    def interrupted(self, target):
        if self.name.endswith(".part"):
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        save(replace(result, manifest=result.manifest | {"seed": 2}), FILES, tmp_path)
    monkeypatch.undo()
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]
    assert read(folder).manifest["seed"] == 1


KILLED = """
    import time
    from pathlib import Path
    from simulator.store import read, save
    write = Path.write_bytes
    def slow(self, content):
        write(self, content)
        if self.name == "report.html":
            print("half", flush=True)
            time.sleep(60)
    Path.write_bytes = slow
    save(read(Path(r"{folder}") / "2024-actual-3f9a1c"), {{"report.html": b"new"}}, Path(r"{folder}"))
"""
SAME = textwrap.dedent("""
    import numpy as np
    from pathlib import Path
    from simulator.store import save
    from simulator.study.estimates import Estimates, Key, Result
    keys = (Key("answered", "chat"), Key("answered", "phone"))
    table = Estimates(keys, ("contacts/year",) * 2, np.array([[1234.5] * 6, [float("nan")] * 6]))
    scenario = {{"name": "2024-actual", "fingerprint": "3f9a1c"}}
    save(Result(scenario, {{"seed": 1, "replications": 2, "version": "1"}}, table), {{}}, Path(r"{folder}"))
""")


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_a_killed_run_leaves_the_old_result_whole_and_the_next_run_clears_up(result, tmp_path):
    folder = save(result, FILES, tmp_path)
    code = textwrap.dedent(KILLED).format(folder=tmp_path)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout.readline() == "half\n"
        run.send_signal(signal.SIGKILL)
    assert (folder / "report.html").read_bytes() == FILES["report.html"]
    (part,) = tmp_path.glob(".*.part")
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")] == [folder.name]
    save(result, FILES, tmp_path)
    assert part.exists()  # it may belong to a run that still writes
    os.utime(part, times=(time.time() - 7200,) * 2)
    save(result, FILES, tmp_path)
    assert list(tmp_path.iterdir()) == [folder]


def test_a_run_killed_between_the_renames_is_mended_by_the_next(result, tmp_path):
    folder = save(result, FILES, tmp_path)
    (folder / "notater.txt").write_text("mine")
    folder.rename(tmp_path / f".{folder.name}.old")
    save(result, FILES, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]
    assert (folder / "notater.txt").read_text() == "mine"


def test_a_run_killed_before_the_planners_files_moved_over_loses_none(result, tmp_path):
    folder = save(result, FILES, tmp_path)
    old = tmp_path / f".{folder.name}.old"
    old.mkdir()
    (old / "notater.txt").write_text("mine")
    (old / "report.html").write_text("old")
    save(result, FILES, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]
    assert (folder / "notater.txt").read_text() == "mine"
    assert (folder / "report.html").read_bytes() == FILES["report.html"]


def test_a_file_open_in_excel_is_named_and_the_new_result_kept(result, tmp_path, monkeypatch):
    folder = save(result, FILES, tmp_path)
    newer = replace(result, manifest=result.manifest | {"seed": 2})
    rename, opened = Path.rename, Path.open

    def refuse_rename(self, target):
        if self == folder:
            raise PermissionError(13, "Access is denied")
        return rename(self, target)

    def refuse_open(self, mode="r", *more, **named):
        if self.name == "measures.csv" and "+" in mode:
            raise PermissionError(13, "Access is denied")
        return opened(self, mode, *more, **named)

    monkeypatch.setattr(Path, "rename", refuse_rename)
    monkeypatch.setattr(Path, "open", refuse_open)
    for number in (2, 3):
        with pytest.raises(StoreError) as told:
            save(newer, FILES, tmp_path)
        assert told.value.kept == tmp_path / f"2024-actual-3f9a1c ({number})"
        assert str(folder / "measures.csv") in told.value.text("nb")
        assert "Lukk filen" in told.value.text("nb") and "Close the file" in told.value.text("en")
        assert str(told.value.kept) in told.value.text("nb")
        assert read(told.value.kept).manifest["seed"] == 2
    assert read(folder).manifest["seed"] == 1
    assert not list(tmp_path.glob(".*"))


def test_a_folder_that_is_not_ours_is_not_touched(result, tmp_path):
    mine = tmp_path / "2024-actual-3f9a1c"
    mine.mkdir()
    (mine / "thesis.docx").write_text("years of work")
    with pytest.raises(StoreError, match=r"manifest\.json"):
        save(result, FILES, tmp_path)
    assert names(tmp_path) == {"2024-actual-3f9a1c/thesis.docx"}


def test_a_place_that_cannot_be_written_is_said_in_words(result, tmp_path):
    (tmp_path / "results").write_text("a file")
    with pytest.raises(StoreError) as told:
        save(result, FILES, tmp_path / "results")
    assert "Kunne ikke skrive" in told.value.text("nb")
    assert (tmp_path / "results").read_text() == "a file"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("2024-actual", "2024-actual"),
        ("åpent til 02", "åpent til 02"),
        ('a<b>c:d"e/f\\g|h?i*j', "a-b-c-d-e-f-g-h-i-j"),
        ("tab\there\x00", "tab-here-"),
        ("ends. . ", "ends"),
        ("con", "_con"),
        ("NUL.tar.gz", "_NUL.tar.gz"),
        ("com1 .txt", "_com1 .txt"),
        ("Lpt²", "_Lpt²"),
        ("console", "console"),
        ("com10", "com10"),
        ("..", "result"),
        ("", "result"),
        ("A\u030a", "Å"),
    ],
)
def test_names_that_every_system_takes(name, safe):
    assert safe_name(name) == safe


def test_hostile_names_stay_inside_the_results_folder(result, tmp_path):
    out = tmp_path / "out"
    scenario = result.scenario | {"name": "../../nul" + "é" * 300}
    folder = save(replace(result, scenario=scenario), {"../../x/con": b"x"}, out)
    assert folder.parent == out
    assert len(folder.name.encode()) < 120
    assert folder.name.endswith("-3f9a1c")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (folder / "result" / "result" / "x" / "_con").read_bytes() == b"x"


@pytest.mark.parametrize("broken", ["missing", "manifest.json", "measures.parquet"])
def test_a_folder_that_is_no_result_is_said_in_words(result, tmp_path, broken):
    folder = save(result, FILES, tmp_path)
    if broken == "missing":
        folder = tmp_path / "no such"
    else:
        (folder / broken).write_bytes(b"{half")
    with pytest.raises(StoreError) as told:
        read(folder)
    assert "er ikke en resultatmappe" in told.value.text("nb")
    assert str(folder) in told.value.text("en")


def test_a_text_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "new" / "out.json"
    write_text_whole(path, '{"æ": 1}\n')
    assert path.read_bytes() == '{"æ": 1}\n'.encode()
    write = Path.write_bytes

    def interrupted(self, content):
        write(self, content[:3])
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_text_whole(path, "something else")
    monkeypatch.undo()
    assert path.read_bytes() == '{"æ": 1}\n'.encode()
    assert [each.name for each in path.parent.iterdir()] == ["out.json"]


def test_a_text_file_in_use_is_said_in_words(tmp_path, monkeypatch):
    path = tmp_path / "out.json"
    path.write_text("old")
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(PermissionError(13, "Access is denied")))
    with pytest.raises(StoreError) as told:
        write_text_whole(path, "new")
    assert "Lukk den" in told.value.text("nb") and str(path) in told.value.text("nb")
    assert [each.name for each in tmp_path.iterdir()] == ["out.json"] and path.read_text() == "old"


def test_a_folder_in_the_way_of_a_text_file_is_said_in_words(tmp_path):
    with pytest.raises(StoreError, match="Could not write"):
        write_text_whole(tmp_path, "x")


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="no devices")
def test_a_device_is_written_to_and_stays_a_device():
    write_text_whole(Path("/dev/null"), "x")
    assert not Path("/dev/null").is_file()


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need rights on Windows")
def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to("real.json")
    write_text_whole(tmp_path / "link.json", "new")
    assert (tmp_path / "real.json").read_text() == "new" and (tmp_path / "link.json").is_symlink()


def test_polars_is_not_loaded_until_a_table_is_made():
    code = "import sys, simulator.store, simulator.report; print('polars' in sys.modules, 'matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["False", "False"]


def test_an_answer_is_a_folder_of_its_document_tables_and_files(tmp_path: Path) -> None:
    rows = [["kveld", 1.5, 3], ["=natt", math.nan, 4]]
    tables = {"shifts": (["shift", "hours", "people"], rows)}
    folder = store.save_answer("compare", "a b", "12ab", {"x": "æ"}, tables, {"figures/f.svg": b"<svg/>"}, tmp_path)
    assert folder.name == "compare-a b-12ab"
    assert json.loads((folder / "compare.json").read_text("utf-8")) == {"x": "æ"}
    text = (folder / "shifts.csv").read_bytes().decode("utf-8-sig")
    assert text == "shift;hours;people\r\nkveld;1,5;3\r\n'=natt;;4\r\n"
    assert (folder / "figures" / "f.svg").read_bytes() == b"<svg/>"
    assert store.save_answer("compare", "a b", "12ab", {"x": 1}, {}, {}, tmp_path) == folder
    assert not (folder / "figures").exists()
