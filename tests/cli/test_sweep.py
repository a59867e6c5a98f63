"""``simulator sweep``: what it says and writes, how it goes on, and what it says of a study that cannot be run."""

import csv
import io
import json

import polars as pl
import pytest

from simulator.study.sweep.sweeping import Sweep
from simulator.study.sweep.written import json_schema
from simulator.words import LANGUAGES, say
from tests.cli.commands import everything_in, strict_json

STUDY = """
title: Åpningstid og folk
why: For å se at det virker.
scenario: small.yaml
against: small.yaml
worlds: one
replications: 4
measures: [persons_reached, answered chat]
vary:
  stengetid:
    keys: [channels.chat.open, roster.kristiansand.chat.hours]
    values: {som nå: {daily: "16:00-22:00"}, midnatt: "16:00-24:00"}
  roster.kristiansand.chat.counsellors: {from: 1, to: 2}
"""


@pytest.fixture
def study(desk, small):
    (desk / "hours.yaml").write_text(STUDY, "utf-8")
    return "hours.yaml"


@pytest.fixture
def undrawn(monkeypatch):
    """Leave the figures out: drawing them takes a moment, and not every test looks at them."""
    monkeypatch.setattr("simulator.report.figures.swept.figures", lambda found, lang: ({}, []))


def folder_in(desk):
    (folder,) = (desk / "results").glob("sweep-*")
    return folder


def test_a_study_is_run_shown_and_kept(typed, desk, study):
    said = typed("sweep", study, "--workers", "1", lang="nb")
    assert said.status == 0, said.err
    folder = folder_in(desk)
    assert folder.name.startswith("sweep-hours-") and f"Resultatet ligger i results/{folder.name}" in said.out
    assert "4 punkter, én verden, 4 år av hvert: 20 år." in said.err
    assert "er «Fikk svar» høyest med stengetid: midnatt" in said.out and "simuleringsstøy" in said.out
    names = {each.split("/")[0] for each in everything_in(folder)}
    assert names == {"units", "figures", "report.html", "table.csv", "table.parquet", "sweep.json"}
    assert len(list((folder / "units").iterdir())) == 5
    page = (folder / "report.html").read_text("utf-8")
    assert "Åpningstid og folk" in page and "For å se at det virker." in page and page.count("<svg") == 2


def test_the_table_opens_in_a_norwegian_excel_and_as_parquet(typed, desk, study, undrawn):
    document = typed("sweep", study, "--workers", "1", "--json", "-").document()
    folder = folder_in(desk)
    raw = (folder / "table.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf") and b"\r\n" in raw
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))
    frame = pl.read_parquet(folder / "table.parquet")
    assert len(rows) == len(frame) == len(document["rows"]) == 8
    assert frame["roster.kristiansand.chat.counsellors"].dtype == pl.Float64
    for row, told, kept in zip(rows, document["rows"], frame.iter_rows(named=True), strict=True):
        assert row["stengetid"] == told["stengetid"] == kept["stengetid"]
        assert float(row["mean"].replace(",", ".")) == told["mean"] == kept["mean"]
        assert {"difference", "difference_low", "difference_high", "unit"} <= row.keys()
    assert strict_json((folder / "sweep.json").read_text("utf-8")) == document
    assert document["manifest"]["fingerprint"] == folder.name.rpartition("-")[2]


def test_the_same_command_again_simulates_nothing_and_moves_no_byte(typed, desk, study, monkeypatch):
    assert typed("sweep", study, "--workers", "1").status == 0
    before = everything_in(desk / "results")
    monkeypatch.setattr(Sweep, "_simulated", lambda self, units, *_: (pytest.fail("years") for _ in units))
    said = typed("sweep", study)
    assert said.status == 0 and "5 units of work are done already" in said.err
    assert everything_in(desk / "results") == before


def test_ctrl_c_says_how_far_it_came_and_the_next_command_goes_on(typed, desk, study, undrawn, monkeypatch):
    simulated = Sweep._simulated

    def interrupted(self, units, *crew):
        for number, rows in enumerate(simulated(self, units, *crew)):
            if number == 2:
                raise KeyboardInterrupt
            yield rows

    with monkeypatch.context() as pressed:
        pressed.setattr(Sweep, "_simulated", interrupted)
        said = typed("sweep", study, "--workers", "1", lang="nb")
    folder = folder_in(desk)
    assert (said.status, said.out) == (130, "")
    assert (
        f"Avbrutt. 8 av 20 år er gjort og ligger i results/{folder.name}" in said.err and "samme kommando" in said.err
    )
    assert {each.split("/")[0] for each in everything_in(folder)} == {"units"}
    assert [each.name for each in (desk / "results").iterdir()] == [folder.name]  # nothing half-written beside it
    again = typed("sweep", study, "--workers", "1", lang="nb")
    assert again.status == 0 and "2 arbeidsenheter er alt gjort" in again.err


def test_a_damaged_unit_is_told_and_made_anew(typed, desk, study, undrawn):
    typed("sweep", study, "--workers", "1")
    before = everything_in(desk / "results")
    unit = folder_in(desk) / "units" / "00003-0000.unit"
    unit.write_bytes(unit.read_bytes()[:-5])
    said = typed("sweep", study, "--workers", "1", lang="nb")
    assert "1 arbeidsenheter er skadet" in said.err and everything_in(desk / "results") == before


@pytest.mark.parametrize("words", [["--replications", "3"], ["--seed", "2"], ["--worlds", "2"]])
def test_the_command_line_has_the_last_word_and_another_folder(typed, desk, study, undrawn, words):
    typed("sweep", study, "--workers", "1")
    document = typed("sweep", study, "--workers", "1", *words, "--json", "-").document()
    name, value = words[0].removeprefix("--"), int(words[1])
    assert document["manifest"][name] == value
    assert len(list((desk / "results").glob("sweep-*"))) == 2


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_wrong_is_said_with_lines_and_nothing_is_written(typed, desk, study, lang):
    text = STUDY.replace("to: 2}", "to: 2, stepp: 1}").replace("answered chat", "answered caht").replace("why", "whi")
    (desk / study).write_text(text, "utf-8")
    said = typed("sweep", study, lang=lang)
    assert (said.status, said.out) == (2, "")
    assert "hours.yaml:3:1: whi" in said.err and "hours.yaml:13:" in said.err
    (desk / study).write_text(STUDY.replace("answered chat", "answered caht"), "utf-8")
    said = typed("sweep", study, lang=lang)
    assert said.status == 2 and "hours.yaml:8:" in said.err and "answered" in said.err
    assert not (desk / "results").exists()


def test_a_folder_that_is_not_ours_is_left_alone(typed, desk, study, undrawn):
    typed("sweep", study, "--workers", "1")
    folder = folder_in(desk)
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (folder / "mine.txt").write_text("mine", "utf-8")
    said = typed("sweep", study, "--workers", "1")
    assert said.status == 2 and folder.name in said.err
    assert everything_in(folder) == {"mine.txt": b"mine"}


def test_what_a_planner_put_in_the_folder_stays_and_figures_of_before_go(typed, desk, study, undrawn):
    typed("sweep", study, "--workers", "1")
    folder = folder_in(desk)
    (folder / "notes.txt").write_text("mine", "utf-8")
    (folder / "figures").mkdir()
    (folder / "figures" / "old.svg").write_text("old", "utf-8")
    typed("sweep", study, "--workers", "1")
    assert (folder / "notes.txt").exists() and not (folder / "figures" / "old.svg").exists()


def test_remarks_about_points_are_told(typed, desk, study, undrawn):
    (desk / study).write_text(
        STUDY.replace("keys: [channels.chat.open, roster.kristiansand.chat.hours]", "key: channels.chat.open"), "utf-8"
    )
    said = typed("sweep", study, "--workers", "1", lang="nb")
    assert said.status == 0 and "punkt 3: hours.yaml:12:46: channels.chat.open: «chat" in said.err


def test_two_crews_are_one_too_many(typed, study):
    said = typed("sweep", study, "--workers", "2", "--dask", "x", lang="nb")
    assert said.status == 2 and "--workers og --dask går ikke sammen" in said.err


def test_the_schema_of_study_files_is_printed(typed):
    assert json.loads(typed("schema", "--study").out) == json_schema()
    assert "channels" in json.loads(typed("schema").out)["properties"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_study_that_is_not_there_is_told(typed, desk, lang):
    said = typed("sweep", "nowhere", lang=lang)
    assert (said.status, said.out, said.err) == (2, "", f"nowhere: {say('sweep.problem.no_such_study', lang)}\n")
