"""`run` as a planner types it: one document, the same figures for the same seed, and a results folder that is whole."""

import csv
import io
import math
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from importlib import import_module
from pathlib import Path

import polars as pl
import pytest

from simulator.study.estimates import NUMBER_COLUMNS as NUMBERS
from simulator.words import LANGUAGES
from tests.cli.commands import KEY, environment, everything_in, figure, figures_of, squeezed, strict_json

MEASURES = {
    *("persons", "persons_reached", "unanswered", "offered", "met_open", "met_closed", "answered", "abandoned"),
    *("balked", "turned_away_at_closing", "phoned_instead", "came_back", "blocked", "answered_share_of_open"),
    *("answered_share_of_offered", "answered_within_target_share", "wait_mean_min", "wait_p90_min", "staffed_hours"),
    *("overtime_hours", "occupancy", "cost_nok"),
}
FIGURES = ("reached-by-hour", "unanswered-by-week", "answered-by-site", "demand-profile")


def years(count: int, seed: object = 1, workers: int = 1) -> list[object]:
    """The options of some simulated years."""
    return ["--replications", count, "--seed", seed, "--workers", workers]


@pytest.fixture
def whole(typed, small, desk):
    """Run the small scenario once, documents and all, and give its folder and its JSON document."""
    said = typed("run", small, *years(3), "--json", "-", "--out", "ut", lang="nb")
    assert (said.status, said.err) == (0, "")
    (folder,) = (desk / "ut").iterdir()
    return folder, said.document()


# --- the document -------------------------------------------------------------------------------------------------


def test_the_document_has_the_promised_keys_and_figures(typed, small, without_documents):
    said = typed("run", small, *years(3), "--json", "-")
    assert (said.status, said.err) == (0, "")
    document = said.document()
    assert list(document) == ["scenario", "manifest", "measures"]
    assert {"name", "title", "fingerprint"} <= set(document["scenario"])
    assert document["scenario"]["name"] == "small"
    manifest = document["manifest"]
    assert (manifest["seed"], manifest["replications"], manifest["engine"]) == (1, 3, "compiled")
    assert (manifest["asked_replications"], manifest["interrupted"], manifest["precision"]) == (3, False, None)
    assert {"fingerprint", "version", "commit", "libraries", "overrides", "assumptions"} <= set(manifest)
    assumed = {row["path"]: row for row in manifest["assumptions"]}
    assert assumed["channels.phone.work.mean_min"]["status"] == "assumed"
    for row in document["measures"]:
        assert set(row) == {*KEY, *NUMBERS, "unit"}
    assert {row["measure"] for row in document["measures"]} >= MEASURES
    assert len(figures_of(document)) == len(document["measures"])


def test_the_figures_are_of_the_scenario(typed, small, without_documents):
    document = typed("run", small, *years(3), "--json", "-").document()
    for channel, per_hour in (("phone", 0.3), ("chat", 0.4)):
        expected = per_hour * 7 * 24
        # Poisson mean of three weeks, 5 standard errors: a false alarm once in a million seeds.
        assert abs(figure(document, "persons", channel)["mean"] - expected) < 5 * math.sqrt(expected / 3)
    assert figure(document, "offered", "chat")["mean"] == pytest.approx(
        figure(document, "met_open", "chat")["mean"] + figure(document, "met_closed", "chat")["mean"], rel=1e-5
    )
    assert figure(document, "met_closed", "phone")["mean"] == 0
    assert figure(document, "met_closed", "chat")["mean"] > 0
    assert figure(document, "staffed_hours")["mean"] == 7 * 24 + 7 * 6
    assert figure(document, "cost_nok")["mean"] > 0


def test_the_intervals_are_the_mean_and_its_noise(typed, small, without_documents):
    document = typed("run", small, *years(3), "--json", "-").document()
    for row in document["measures"]:
        if row["noise"] is not None:
            assert row["low"] == pytest.approx(row["mean"] - row["noise"], rel=1e-4, abs=1e-4)
            assert row["high"] == pytest.approx(row["mean"] + row["noise"], rel=1e-4, abs=1e-4)
            assert row["year_low"] <= row["year_high"]
    assert figure(document, "persons")["noise"] > 0


def test_a_week_is_not_called_a_year(typed, small, without_documents):
    document = typed("run", small, *years(2), "--json", "-").document()
    assert not [row for row in document["measures"] if row["unit"].endswith("/year")]


@pytest.mark.parametrize(("lang", "words"), [("nb", "i løpet av et år|per år|i året"), ("en", "in a year|per year")])
def test_a_week_is_not_called_a_year_in_words(typed, small, without_documents, lang, words):
    said = typed("run", small, *years(2), lang=lang)
    assert said.status == 0
    assert re.findall(words, squeezed(said.out)) == []


def test_one_year_has_no_interval_and_is_still_json(typed, small, without_documents):
    document = typed("run", small, *years(1), "--json", "-").document()
    row = figure(document, "persons")
    assert (row["low"], row["high"], row["noise"]) == (None, None, None)
    assert row["mean"] == row["year_low"] == row["year_high"] > 0


def test_the_same_seed_gives_the_same_bytes_however_many_workers(typed, small, desk, without_documents):
    first = typed("run", small, *years(3), "--json", "-")
    again = typed("run", small, *years(3), "--json", "-", "--out", "again")
    two = typed("run", small, *years(3, workers=2), "--json", "-", "--out", "two")
    assert first.out.encode() == again.out.encode() == two.out.encode()
    assert first.status == again.status == two.status == 0
    assert everything_in(desk / "results") == everything_in(desk / "again") == everything_in(desk / "two")


def test_another_seed_gives_other_figures_in_another_folder(typed, small, desk, without_documents):
    first, other = (typed("run", small, *years(2, seed), "--json", "-").document() for seed in (1, 2))
    assert first["measures"] != other["measures"]
    assert first["scenario"]["fingerprint"] != other["scenario"]["fingerprint"]
    assert len(list((desk / "results").iterdir())) == 2


@pytest.mark.parametrize("seed", [0, -1, -(2**70), 2**64 - 1, 2**64, 10**40])
def test_any_whole_number_is_a_seed(typed, small, without_documents, seed):
    said = typed("run", small, *years(1, seed), "--json", "-")
    assert (said.status, said.err) == (0, "")
    assert said.document()["manifest"]["seed"] == seed


def test_seeds_that_differ_anywhere_differ(typed, small, without_documents):
    seeds = [0, 1, -1, 2**64, 2**64 + 1, 2**128 + 1]
    found = [typed("run", small, *years(1, seed), "--json", "-").document()["measures"] for seed in seeds]
    assert all(a != b for number, a in enumerate(found) for b in found[:number])


def test_the_language_moves_no_figure(typed, small, without_documents):
    assert len({typed("run", small, *years(1), "--json", "-", lang=lang).out for lang in LANGUAGES}) == 1


# --- a JSON file --------------------------------------------------------------------------------------------------


def test_a_json_file_is_the_document_whole_and_the_tables_are_shown(typed, small, desk, without_documents):
    said = typed("run", small, *years(2), "--json", "nye tall/uke.json")
    assert (said.status, said.err) == (0, "")
    assert "En liten uke" in said.out
    on_screen = typed("run", small, *years(2), "--json", "-")
    assert (desk / "nye tall" / "uke.json").read_bytes() == on_screen.out.encode()
    assert [path.name for path in (desk / "nye tall").iterdir()] == ["uke.json"]


def test_an_older_json_file_is_replaced(typed, small, desk, without_documents):
    (desk / "tall.json").write_text("x" * 5_000_000, encoding="utf-8")
    assert typed("run", small, *years(1), "--json", "tall.json").status == 0
    assert strict_json((desk / "tall.json").read_text("utf-8"))["manifest"]["replications"] == 1


# --- the words on the screen --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("nb", ["hvem fikk svar?", "Besvart", "antatt", "Resultatet ligger i"]),
        ("en", ["who was answered?", "Answered", "assumed", "The result is in"]),
    ],
)
def test_the_screen_tells_the_answer_the_assumptions_and_the_place(typed, small, desk, without_documents, lang, words):
    said = typed("run", small, *years(3), lang=lang)
    assert (said.status, said.err) == (0, "")
    shown = squeezed(said.out)
    assert shown.startswith("En liten uke")
    assert all(word.lower() in shown.lower() for word in words)
    assert "channels.phone.work.mean_min" in shown
    (folder,) = (desk / "results").iterdir()
    assert str(Path("results") / folder.name / "report.html") in said.out.replace("\n", "")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_none_and_has_no_decimals(typed, small, without_documents, lang):
    shown = squeezed(typed("run", small, *years(2), lang=lang).out)
    assert not re.search(r"\b0[.,]0+ (attempts|calls|henvendelser)", shown), shown[:700]


def test_remarks_go_to_standard_error_and_leave_the_document_alone(typed, small, desk, without_documents):
    (desk / "natt.yaml").write_text("extends: small.yaml\nchannels: {chat: {open: always}}\n", encoding="utf-8")
    said = typed("run", "natt.yaml", *years(1), "--json", "-")
    assert said.status == 0 and said.err.startswith("natt.yaml:2:")
    assert said.document()["scenario"]["name"] == "natt"


# --- overrides ----------------------------------------------------------------------------------------------------


def test_an_override_changes_what_it_says_and_nobody_who_calls(typed, small, without_documents):
    base = typed("run", small, *years(2), "--json", "-").document()
    said = typed("run", small, *years(2), "--json", "-", "--with", "one-more", "--with", "late-chat")
    assert (said.status, said.err) == (0, "")
    changed = said.document()
    paths = {row["path"]: (row["old"], row["new"]) for row in changed["manifest"]["overrides"]}
    assert paths["roster.kristiansand.phone.counsellors"] == (1, 2)
    assert {"channels.chat.open", "roster.kristiansand.chat.hours"} <= set(paths)
    assert base["manifest"]["overrides"] == []
    for channel in ("all", "phone", "chat", "sms"):
        assert figure(base, "persons", channel)["mean"] == figure(changed, "persons", channel)["mean"]
    assert figure(changed, "staffed_hours")["mean"] - figure(base, "staffed_hours")["mean"] == 7 * 24 + 7
    assert figure(changed, "met_closed", "chat")["mean"] < figure(base, "met_closed", "chat")["mean"]
    assert base["scenario"]["fingerprint"] != changed["scenario"]["fingerprint"]


def test_the_order_of_overrides_does_not_matter(typed, small, without_documents):
    first, second = (
        typed("run", small, *years(1), "--json", "-", "--with", one, "--with", other).document()["measures"]
        for one, other in (("one-more", "late-chat"), ("late-chat", "one-more"))
    )
    assert first == second


# --- the results folder -------------------------------------------------------------------------------------------


def test_the_folder_is_whole(whole):
    folder, document = whole
    pictures = {f"figures/{name}.{kind}" for name in FIGURES for kind in ("png", "svg")}
    assert set(everything_in(folder)) == pictures | {
        "manifest.json",
        "measures.csv",
        "measures.parquet",
        "report.html",
    }
    assert folder.name == f"small-{document['scenario']['fingerprint']}"
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
    manifest = strict_json((folder / "manifest.json").read_text("utf-8"))
    assert manifest == {key: document[key] for key in ("scenario", "manifest")}
    for name, content in everything_in(folder).items():
        if name.endswith(".png"):
            assert content.startswith(b"\x89PNG\r\n\x1a\n") and content.endswith(b"IEND\xaeB`\x82")
        if name.endswith(".svg"):
            assert ET.fromstring(content).tag == "{http://www.w3.org/2000/svg}svg"

    text = (folder / "measures.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf") and text.endswith(b"\r\n")
    assert text.count(b"\n") == text.count(b"\r\n")
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig")), delimiter=";"))
    assert not any("." in row[name] or "e" in row[name] for row in rows for name in NUMBERS)
    frame = pl.read_parquet(folder / "measures.parquet").to_dicts()
    assert len(rows) == len(frame) == len(document["measures"])
    for row, stored, told in zip(rows, frame, document["measures"], strict=True):
        assert stored == told
        read = {name: float(row[name].replace(",", ".")) if row[name] else None for name in NUMBERS}
        assert {**row, **read} == told

    page = (folder / "report.html").read_text("utf-8")
    assert '<html lang="nb"' in page and "En liten uke" in page and page.rstrip().endswith("</html>")
    assert not re.search(r"""<(script|link|iframe|img)\b|@import|\b(src|srcset)=|url\(\s*['"]?(?!#)""", page)


@pytest.mark.parametrize(("asked", "lang"), [([], "nb"), (["--lang", "en"], "en"), (["--lang", "nb"], "nb")])
def test_documents_are_norwegian_unless_asked(typed_whole, small, desk, monkeypatch, asked, lang):
    page = {"en": b"page in English", "nb": "side på norsk".encode()}
    room = import_module("simulator.report")
    monkeypatch.setattr(room, "report", lambda result, lang: {"report.html": page[lang]})
    said = typed_whole("run", small, *years(1), *asked)
    assert said.status == 0
    assert ("who was answered?" in said.out) == (lang == "en" or not asked)  # the screen follows the machine: English
    (folder,) = (desk / "results").iterdir()
    assert (folder / "report.html").read_bytes() == page[lang]


def test_running_again_replaces_the_folder_and_keeps_the_planners_own_files(typed, small, desk, without_documents):
    typed("run", small, *years(1))
    (folder,) = (desk / "results").iterdir()
    (folder / "mine notater.txt").write_text("husk å ringe", encoding="utf-8")
    before = everything_in(desk)
    assert typed("run", small, *years(1)).status == 0
    assert everything_in(desk) == before


def test_a_scenario_as_windows_saves_it_in_a_folder_with_spaces(typed, small, desk, without_documents):
    folder = desk / "Mine dokumenter æøå"
    folder.mkdir()
    text = Path(small).read_text("utf-8")
    (folder / "Blåbær på kvelden.yaml").write_text(text, encoding="utf-8-sig", newline="\r\n")
    plain = typed("run", small, *years(1), "--json", "-")
    said = typed("run", folder / "Blåbær på kvelden.yaml", *years(1), "--json", "-", "--out", folder / "ut av huset")
    assert (said.status, said.err) == (0, "")
    assert said.document()["measures"] == plain.document()["measures"]
    (made,) = (folder / "ut av huset").iterdir()
    assert made.name.startswith("Blåbær på kvelden-")


def test_an_own_profile_is_read_beside_the_scenario(typed, small, desk, without_documents):
    folder = desk / "mappe"
    folder.mkdir()
    Path(small).rename(folder / small)
    lines = "".join(f"{hour};{'2,5' if 18 <= hour < 20 else '0'}\r\n" for hour in range(24))
    (folder / "min.csv").write_text(f"time;per time\r\n{lines}", encoding="utf-8-sig", newline="")
    text = "extends: small.yaml\ndemand: {chat: {per_hour: null, profile: min.csv}}\n"
    (folder / "egen.yaml").write_text(text, encoding="utf-8")
    document = typed("run", "mappe/egen.yaml", *years(2), "--json", "-").document()
    rows = figures_of(document)
    hours = {
        hour: rows["persons", "chat", "all", hour, "all", "all"]["mean"] for hour in map("{:02d}".format, range(24))
    }
    assert {hour for hour, mean in hours.items() if mean > 0} == {"18", "19"}


def test_a_notebook_calls_the_same_functions(desk):
    code = "from simulator import load, run, backtest, overview, replay, report\n"
    code += "print([each.__name__ for each in (load, run, backtest, overview, replay, report) if not callable(each)])"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True, cwd=desk
    )
    assert done.stdout.strip() == "[]"
