"""`replay`: a log as a spreadsheet saves it goes through a plan, and what is wrong with a log is said without names."""

import codecs
import json
import re
from pathlib import Path

import pytest

from simulator.words import LANGUAGES
from tests.cli.commands import HERE, everything_in, figure, squeezed, strict_json

CASES = {case["id"]: case for case in json.loads((HERE.parent / "cases" / "public.json").read_text("utf-8"))}
CASE = CASES["TRACE-1"]
ROWS = CASE["params"]["contacts_id_arrival_service_patience"]
PEOPLE = ("a whole hour 1", "b until forty 1", "c from twenty-five 1")
OUTCOME = {"served": "answered", "abandoned": "abandoned", "met_closed": "met_closed"}


def with_commas() -> bytes:
    """The published contacts as a program writes them."""
    lines = [f"{name},2024-01-15 {at // 60:02d}:{at % 60:02d},phone,{work},{wait}" for name, at, work, wait in ROWS]
    return "\n".join(["id,time,channel,handling_min,patience_min", *lines, ""]).encode()


def as_norwegian_excel_saves_it() -> bytes:
    """The same with semicolons, decimal commas, byte-order mark, CRLF, Norwegian words and dates, in another order."""
    lines = [
        f"15.01.2024 {at // 60:02d}:{at % 60:02d};Telefon;{work},0;{wait},00;{name}" for name, at, work, wait in ROWS
    ]
    text = "\r\n".join(["Tidspunkt;Kanal;Varighet_min;Tålmodighet_min;ID", *reversed(lines), ""])
    return codecs.BOM_UTF8 + text.encode()


def in_seconds_and_utf_16() -> bytes:
    """The same as another program exports it: tabs, seconds, UTF-16."""
    lines = [f"{name}\t2024-01-15T00:{at:02d}:00\tPHONE\t{work * 60}\t{wait}.0" for name, at, work, wait in ROWS[:-1]]
    lines.append("c13\t2024-01-15T01:01:00\tphone\t300\t5")
    return "\n".join(["id\ttime\tchannel\thandling_s\tpatience_min", *lines]).encode("utf-16")


LOGS = {"commas": with_commas, "excel": as_norwegian_excel_saves_it, "utf-16": in_seconds_and_utf_16}


@pytest.mark.parametrize("written", LOGS)
def test_the_published_evening_ends_as_published(typed, evening, desk, without_documents, written):
    log = desk / "Logg for i går.csv"
    log.write_bytes(LOGS[written]())
    said = typed("replay", log, evening, "--json", "-")
    assert (said.status, said.err) == (0, "")
    document = said.document()
    assert list(document) == ["scenario", "manifest", "measures", "contacts"]
    rows = {row["contact"]: row for row in document["contacts"]}
    assert len(document["contacts"]) == len(rows) == len(ROWS)
    arrivals = {name: at for name, at, _, _ in ROWS}
    for name, expected in CASE["expected"]["contacts"].items():
        row = rows[name]
        assert row["time"][:19] == f"2024-01-15 {arrivals[name] // 60:02d}:{arrivals[name] % 60:02d}:00"
        assert (row["attempt"], row["channel"]) == (1, "phone")
        assert (row["outcome"], row["wait_min"]) == (OUTCOME[expected["outcome"]], expected["wait"]), name
        if expected["outcome"] == "served":
            assert (row["counsellor"], row["end"]) == (PEOPLE[expected["server"]], expected["end"]), name
            assert row["start"] == arrivals[name] + expected["wait"], name
        else:
            assert (row["counsellor"], row["start"], row["end"]) == (None, None, None), name


def test_the_key_figures_of_the_published_evening(typed, evening, desk, without_documents):
    (desk / "log.csv").write_bytes(with_commas())
    document = typed("replay", "log.csv", evening, "--json", "-").document()
    kpi = CASE["expected"]["kpi"]
    for ours, published in (
        ("answered", "answered"),
        ("abandoned", "abandoned"),
        ("turned_away_at_closing", "refused_at_close"),
        ("met_closed", "met_closed"),
        ("wait_mean_min", "asa_served"),
    ):
        assert figure(document, ours, "phone")["mean"] == pytest.approx(kpi[published], rel=1e-5), ours
    assert figure(document, "overtime_hours")["mean"] == pytest.approx(kpi["overtime_minutes"] / 60, rel=1e-5)
    within = figure(document, "answered_within_target_share", "phone")["mean"]
    assert within == pytest.approx(kpi["answered_within_2"] / 12, rel=1e-5)  # the target is 2 minutes; 12 met open
    assert max(row["wait_min"] for row in document["contacts"]) == kpi["longest_wait"]
    assert max(row["end"] or 0 for row in document["contacts"]) == kpi["last_end"]
    assert figure(document, "persons", "phone")["mean"] == len(ROWS)


@pytest.mark.parametrize(("lang", "words"), [("nb", ["Besvart", "Telefon"]), ("en", ["Answered", "Phone"])])
def test_the_screen_shows_what_happened_to_each(typed, evening, desk, without_documents, lang, words):
    (desk / "log.csv").write_bytes(with_commas())
    said = typed("replay", "log.csv", evening, "--json", "svar.json", lang=lang)
    assert (said.status, said.err) == (0, "")
    lines = said.out.splitlines()
    for name, expected in CASE["expected"]["contacts"].items():
        (line,) = (line for line in lines if line.startswith(f"{name} "))
        if expected["outcome"] == "served":
            assert PEOPLE[expected["server"]] in line
    assert all(word.lower() in squeezed(said.out).lower() for word in words)
    assert len(strict_json((desk / "svar.json").read_text("utf-8"))["contacts"]) == len(ROWS)


def test_the_results_folder_is_whole(typed, evening, desk):
    (desk / "log.csv").write_bytes(with_commas())
    assert typed("replay", "log.csv", evening, "--out", "ut").status == 0
    (folder,) = (desk / "ut").iterdir()
    found = everything_in(folder)
    assert {"manifest.json", "measures.csv", "measures.parquet", "report.html"} <= set(found)
    assert b"<html" in found["report.html"] and any(name.startswith("figures/") for name in found)


def test_the_same_log_gives_the_same_bytes(typed, evening, desk, without_documents):
    (desk / "log.csv").write_bytes(with_commas())
    first, again = (typed("replay", "log.csv", evening, "--json", "-") for _ in range(2))
    assert first.out == again.out


def test_another_log_gets_another_folder(typed, evening, desk, without_documents):
    (desk / "log.csv").write_bytes(with_commas())
    (desk / "other.csv").write_bytes(with_commas().replace(b"c1,2024-01-15 00:01", b"c1,2024-01-15 00:00"))
    for log in ("log.csv", "other.csv"):
        assert typed("replay", log, evening).status == 0
    assert len(list((desk / "results").iterdir())) == 2


def test_an_override_reaches_the_replay(typed, small, desk, without_documents):
    (desk / "log.csv").write_text("time,channel,handling_min\n2024-03-04 22:30,chat,10\n", encoding="utf-8")
    outcome = {
        with_: typed("replay", "log.csv", small, *with_, "--json", "-").document()["contacts"][0]["outcome"]
        for with_ in ((), ("--with", "late-chat"))
    }
    assert list(outcome.values()) == ["met_closed", "answered"]


def test_a_long_log_is_shown_in_part_and_told_whole(typed, small, desk, without_documents):
    lines = [f"2024-03-{4 + each // 60:02d} 12:{each % 60:02d},phone,0.5" for each in range(150)]
    (desk / "log.csv").write_text("\n".join(["time,channel,handling_min", *lines]), encoding="utf-8")
    said = typed("replay", "log.csv", small, "--json", "all.json")
    assert said.status == 0
    shown = len(re.findall(r"2024-03-0\d 12:\d\d", said.out))
    contacts = strict_json((desk / "all.json").read_text("utf-8"))["contacts"]
    assert 0 < shown < len(contacts) == 150
    assert f"{150 - shown} more rows" in said.out


# --- what is wrong with a log -------------------------------------------------------------------------------------

HEADER = "id;time;channel;handling_min;origin"
WRONG_CELLS = {
    "a name as id": ("Kari;2024-03-04 12:00;phone;5;", 1, "Kari"),
    "a full name as id": ("Kari Nordmann;2024-03-04 12:00;phone;5;", 1, "Nordmann"),
    "a telephone number as id": ("91234567;2024-03-04 12:00;phone;5;", 1, "91234567"),
    "a telephone number in groups": ("912 34 567;2024-03-04 12:00;phone;5;", 1, "912 34"),
    "a telephone number from abroad": ("+4791234567;2024-03-04 12:00;phone;5;", 1, "91234567"),
    "a national identity number": ("01019912345;2024-03-04 12:00;phone;5;", 1, "01019912345"),
    "an address": ("kari@skole.no;2024-03-04 12:00;phone;5;", 1, "kari@skole"),
    "a name as site": ("a1;2024-03-04 12:00;phone;5;Ola Nordmann", 5, "Nordmann"),
    "a telephone number as channel": ("a1;2024-03-04 12:00;91234567;5;", 3, "91234567"),
    "free text as time": ("a1;ringte på kvelden Kari;phone;5;", 2, "Kari"),
    "a time of another year": ("a1;2023-03-04 12:00;phone;5;", 2, "2023-03-04"),
    "no such date": ("a1;2024-02-30 12:00;phone;5;", 2, "2024-02-30"),
    "a negative time": ("a1;2024-03-04 12:00;phone;-5;", 4, "-5"),
    "words as time": ("a1;2024-03-04 12:00;phone;lenge;", 4, "lenge"),
    "no time": ("a1;2024-03-04 12:00;phone;;", 4, None),
    "infinite": ("a1;2024-03-04 12:00;phone;inf;", 4, None),
    "longer than can be": ("a1;2024-03-04 12:00;phone;1e15;", 4, "1e15"),
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", WRONG_CELLS)
def test_a_wrong_cell_is_told_by_row_and_column_and_never_repeated(typed, small, desk, name, lang):
    line, column, secret = WRONG_CELLS[name]
    good = "a0;2024-03-04 11:00;phone;5;oslo"
    (desk / "log.csv").write_text(f"{HEADER}\n{good}\n{line}\n", encoding="utf-8")
    before = everything_in(desk)
    said = typed("replay", "log.csv", small, "--json", "-", lang=lang)
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith(f"log.csv:3:{column}: {HEADER.split(';')[column - 1]}: ")
    assert len(said.err.splitlines()) == 1
    assert secret is None or secret not in said.err
    assert everything_in(desk) == before


def test_everything_that_is_wrong_is_told_at_once(typed, small, desk):
    lines = [line for line, _, _ in WRONG_CELLS.values()]
    (desk / "log.csv").write_text("\n".join([HEADER, *lines]), encoding="utf-8")
    said = typed("replay", "log.csv", small, lang="nb")
    assert said.status == 2
    places = [tuple(map(int, line.split(":")[1:3])) for line in said.err.splitlines()]
    assert places == [(row, column) for row, (_, column, _) in enumerate(WRONG_CELLS.values(), 2)]


WRONG_TABLES = {
    "a column of names": ("time,channel,handling_min,Navn\n2024-03-04 12:00,phone,5,Kari\n", "log.csv:1:1", "Navn"),
    "a column of numbers": (
        "time,channel,handling_min,telefonnummer\n2024-03-04 12:00,phone,5,1\n",
        "log.csv:1:1",
        None,
    ),
    "no header": ("2024-03-04 12:00,phone,5\n", "log.csv:1:1", "2024-03-04"),
    "no channel": ("time,handling_min\n2024-03-04 12:00,5\n", "log.csv:1:1", None),
    "no time": ("channel,handling_min\nphone,5\n", "log.csv:1:1", None),
    "no handling": ("time,channel\n2024-03-04 12:00,phone\n", "log.csv:1:1", None),
    "two handlings": (
        "time,channel,handling_min,handling_s\n2024-03-04 12:00,phone,5,300\n",
        "log.csv:1:1",
        None,
    ),
    "a column twice": ("time,channel,channel,handling_min\n2024-03-04 12:00,phone,chat,5\n", "log.csv:1:1", None),
    "a cell too few": ("time,channel,handling_min\n2024-03-04 12:00,phone\n", "log.csv:2:1", None),
    "a decimal comma too many": ("time,channel,handling_min\n2024-03-04 12:00,phone,5,5\n", "log.csv:2:1", None),
    "nothing": ("", "log.csv", None),
    "a header alone": ("time,channel,handling_min\n", "log.csv", None),
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", WRONG_TABLES)
def test_a_wrong_table_is_refused_in_words(typed, small, desk, without_documents, name, lang):
    text, place, secret = WRONG_TABLES[name]
    (desk / "log.csv").write_text(text, encoding="utf-8")
    before = everything_in(desk)
    said = typed("replay", "log.csv", small, "--json", "-", lang=lang)
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith(f"{place}: ")
    assert secret is None or secret not in said.err
    assert everything_in(desk) == before


@pytest.mark.parametrize("content", [None, "folder", b"PK\x03\x04" + bytes(range(256)) * 8, bytes(3000)])
def test_what_is_no_log_is_refused_in_words(typed, small, desk, content):
    if isinstance(content, bytes):
        (desk / "log.csv").write_bytes(content)
    elif content:
        (desk / "log.csv").mkdir()
    before = everything_in(desk)
    said = typed("replay", "log.csv", small, lang="nb")
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("log.csv: ") and len(said.err.splitlines()) == 1
    assert everything_in(desk) == before


def test_the_hour_that_the_summer_clock_skips_is_no_time(typed, desk, small):
    text = "extends: small.yaml\nperiod: {first_day: 2024-03-30, last_day: 2024-04-01}\n"
    (desk / "sommertid.yaml").write_text(text, encoding="utf-8")
    lines = ["2024-03-31 01:59,phone,5", "2024-03-31 02:30,phone,5", "2024-03-31 03:00,phone,5"]
    (desk / "log.csv").write_text("\n".join(["time,channel,handling_min", *lines]), encoding="utf-8")
    said = typed("replay", "log.csv", "sommertid.yaml", lang="nb")
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("log.csv:3:1: time: ") and len(said.err.splitlines()) == 1


def test_a_broken_scenario_is_told_before_the_log_is_read(typed, desk):
    Path("broken.yaml").write_text("extends: 2024-actual.yaml\nchannels: {chat: {balking: 2}}\n", encoding="utf-8")
    said = typed("replay", "log.csv", "broken.yaml")
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("broken.yaml:2:28: ") and "log.csv" not in said.err
