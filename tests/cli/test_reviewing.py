"""`check`, `schema` and `evidence`: what can be asked without simulating anything."""

import json
from pathlib import Path

import pytest

from simulator.evidence import search
from simulator.words import LANGUAGES
from tests.cli.commands import ROOT, squeezed, strict_json

REMARKED = {"no-network", "phone-only"}
"""Shipped scenarios that close a part of the service on purpose, which a review points out."""
SHIPPED = sorted((ROOT / "scenarios").glob("*.yaml"))


@pytest.mark.parametrize(("lang", "verdict"), [("nb", "i orden"), ("en", "in order")])
def test_a_good_scenario_is_in_order(typed, desk, small, lang, verdict):
    said = typed("check", small, lang=lang)
    assert said == (0, f"{small}: {verdict}.\n", "")
    assert [path.name for path in desk.iterdir()] == [small]


def test_every_shipped_scenario_can_be_run_and_is_known_by_its_bare_name(typed):
    assert len(SHIPPED) >= 14
    names = [path.stem for path in SHIPPED]
    said = typed("check", *names)
    assert said.status == 0
    remarked = {Path(line.split(":")[0]).stem for line in said.err.splitlines()}
    assert remarked == REMARKED
    verdicts = dict(line.split(": ", 1) for line in said.out.splitlines())
    assert list(verdicts) == names
    assert {name for name, verdict in verdicts.items() if verdict != "in order."} == REMARKED


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_remark_stands_by_itself_and_refuses_nothing(typed, desk, small, lang):
    (desk / "natt.yaml").write_text("extends: small.yaml\nchannels: {chat: {open: always}}\n", encoding="utf-8")
    said = typed("check", "natt.yaml", small, lang=lang)
    assert said.status == 0
    assert all(line.startswith(("natt.yaml:2:", "small.yaml:")) for line in said.err.splitlines())
    assert "chat" in said.err
    first, second = said.out.splitlines()
    assert {"nb": "merknadene", "en": "remarks"}[lang] in first
    assert second.endswith({"nb": ": i orden.", "en": ": in order."}[lang])


def test_a_base_may_be_named_as_it_may_be_typed(typed, desk):
    (desk / "egen.yaml").write_text("extends: 2024-actual\ntitle: Egen\n", encoding="utf-8")
    said = typed("check", "egen.yaml", lang="nb")
    assert said.status == 0 or "Mente du «2024-actual»" not in said.err, said.err


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_file_may_be_as_windows_saves_it_and_lie_anywhere(typed, desk, small, encoding, newline):
    folder = desk / "Mine dokumenter æøå" / "forslag (2)"
    folder.mkdir(parents=True)
    text = Path(small).read_text("utf-8")
    path = folder / "Åpen kveld, blåbær.yaml"
    path.write_text(text, encoding=encoding, newline=newline)
    said = typed("check", path, lang="nb")
    assert said == (0, f"{path}: i orden.\n", "")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_schema_is_the_committed_one(typed, lang):
    said = typed("schema", lang=lang)
    assert (said.status, said.err) == (0, "")
    assert said.out == (ROOT / "simulator" / "scenario" / "scenario.schema.json").read_text("utf-8")
    assert "properties" in json.loads(said.out)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_evidence_lists_every_number_with_status_and_source(typed, lang):
    said = typed("evidence", lang=lang)
    assert (said.status, said.err) == (0, "")
    shown = squeezed(said.out)
    for entry in search(""):
        label = entry.label.nb if lang == "nb" else entry.label.en
        assert squeezed(label) in shown and f"· {entry.id}" in shown and squeezed(entry.source) in shown
    assert said.out.splitlines()[-1].split()[0] == str(len(search("")))


@pytest.mark.parametrize("word", ["oslo", "OSLO", "åpningstid", "chat-answered-2024"])
def test_a_word_narrows_the_evidence(typed, word):
    said = typed("evidence", word, "--json", "-", lang="nb")
    assert (said.status, said.err) == (0, "")
    found = said.document()["evidence"]
    assert 0 < len(found) < len(search(""))
    assert {entry["id"] for entry in found} == {entry.id for entry in search(word)}
    for entry in found:
        assert all(part in json.dumps(entry, ensure_ascii=False).lower() for part in word.lower().split("-"))


def test_the_evidence_as_json_says_who_said_it(typed):
    document = typed("evidence", "--json", "-").document()
    assert list(document) == ["evidence"]
    assert len({entry["id"] for entry in document["evidence"]}) == len(search(""))
    for entry in document["evidence"]:
        assert {"id", "label", "value", "unit", "year", "source", "status"} <= set(entry)
        assert set(entry["label"]) == {"nb", "en"}
        assert entry["status"] in {"published", "derived", "literature", "assumed"} and entry["source"]


def test_the_evidence_goes_to_a_file(typed, desk):
    said = typed("evidence", "oslo", "--json", "tall/oslo.json")
    assert said.status == 0 and "oslo" in said.out.lower()
    assert strict_json((desk / "tall" / "oslo.json").read_text("utf-8")) == strict_json(
        typed("evidence", "oslo", "--json", "-").out
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_word_that_nothing_matches_falls_short(typed, lang):
    said = typed("evidence", "snøstorm", lang=lang)
    assert said.status == 1 and "snøstorm" in said.out and said.err == ""
    said = typed("evidence", "snøstorm", "--json", "-", lang=lang)
    assert said.status == 1 and said.document() == {"evidence": []}
