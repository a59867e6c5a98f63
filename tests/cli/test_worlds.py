"""Worlds, comparisons and own data as a user types them."""

import json
from pathlib import Path

import pytest

from simulator.cli import comparing, options, worlds
from simulator.study.worlds import calibrate, coverage
from simulator.study.worlds.world import shipped_worlds
from tests.cli.commands import everything_in, figure, strict_json

SHIPPED = Path(__file__).parents[2] / "scenarios"
BASE, PLAN = SHIPPED / "2024-actual.yaml", SHIPPED / "open-to-02.yaml"


def test_the_numbers_that_are_repeated_for_speed_are_the_same():
    assert worlds.WORLDS == calibrate.WORLDS
    assert (worlds.TRUTHS, worlds.WORLDS_EACH) == (coverage.TRUTHS, coverage.WORLDS_EACH)
    assert options.YEARS_OF_EACH >= 2 and comparing.YEARS_ALONE >= 2


def test_a_run_says_in_how_many_worlds(typed, desk, without_documents):
    said = typed("run", BASE, "--worlds", 3, "--replications", 2, "--json", "-")
    document = said.document()
    manifest = document["manifest"]
    assert (manifest["worlds"], manifest["replications"], manifest["interrupted"]) == (3, 2, False)
    chats = figure(document, "answered", channel="chat")
    assert chats["low"] <= chats["median"] <= chats["high"]
    assert chats["share_worlds"] + chats["share_years"] + chats["share_noise"] == pytest.approx(1, abs=1e-4)
    alone = typed("run", BASE, "--worlds", "one", "--replications", 2, "--json", "-").document()
    assert alone["manifest"]["worlds"] == 1 and figure(alone, "answered", channel="chat")["median"] is None


def test_own_numbers_are_run_as_they_stand(typed, small, without_documents):
    assert typed("run", small, "--replications", 2, "--json", "-").document()["manifest"]["worlds"] == 1


@pytest.mark.parametrize("worlds_typed", ["0", "100000", "nothing.json", "-3"])
def test_worlds_that_are_not_there(typed, desk, worlds_typed):
    said = typed("run", BASE, "--worlds", worlds_typed)
    assert said.status == 2 and "Traceback" not in said.err and said.err.strip()
    assert list(desk.iterdir()) == []


def test_worlds_that_were_changed_are_refused(typed, desk):
    (desk / "mine.json").write_text(shipped_worlds().first(2).to_text().replace("chat-work", "chat-worm", 1), "utf-8")
    said = typed("run", BASE, "--worlds", "mine.json")
    assert said.status == 2 and "mine.json" in said.err
    assert [each.name for each in desk.iterdir()] == ["mine.json"]


def test_worlds_are_found_kept_and_used(typed, desk, without_documents):
    said = typed("calibrate", "--worlds", 2, "--seed", 11, "--workers", 1, "--json", "found.json", lang="nb")
    assert said.status == 0
    found = strict_json((desk / "found.json").read_text("utf-8"))
    assert found["worlds"] == 2 and all(row["most_units"] <= found["most_units"] for row in found["figures"])
    assert {"chat-patience", "chat-first-attempts-2023"} <= {row["parameter"] for row in found["parameters"]}
    assert "Tålmodighet" in said.out or "tålmodighet" in said.out
    file = Path(found["file"])
    assert [each.name for each in file.parent.iterdir()] == [file.name], "nothing is left of the way there"
    ran = typed("run", BASE, "--worlds", file, "--replications", 2, "--json", "-").document()
    assert ran["manifest"]["worlds_fingerprint"] == found["fingerprint"]


def test_an_interrupted_calibration_is_taken_up_again(typed, desk, monkeypatch):
    whole = typed("calibrate", "--worlds", 2, "--seed", 11, "--workers", 1, "--json", "-", "--out", "a").document()
    seen = []
    from simulator.cli.worlds import _Keeper

    told = _Keeper.telling

    def interrupted(self, show):
        tell = told(self, show)

        def after(state):
            tell(state)
            seen.append(state.candidates)
            if len(seen) == 5:
                raise KeyboardInterrupt

        return after

    monkeypatch.setattr(_Keeper, "telling", interrupted)
    said = typed("calibrate", "--worlds", 2, "--seed", 11, "--workers", 1, "--out", "b")
    assert said.status == 130 and "goes on from there" in said.err
    monkeypatch.setattr(_Keeper, "telling", told)
    again = typed("calibrate", "--worlds", 2, "--seed", 11, "--workers", 1, "--json", "-", "--out", "b")
    assert "5 candidates" in again.err
    assert again.document() | {"file": ""} == whole | {"file": ""}
    assert [Path(name).name for name in everything_in(desk / "b")] == [Path(whole["file"]).name]


def test_priors_that_are_wrong_are_told_with_their_place(typed, desk):
    (desk / "mine.yaml").write_text("prior-chat-wrok: {value: 3}\nprior-balking: {value: 7}\n", "utf-8")
    said = typed("calibrate", "--priors", "mine.yaml")
    assert said.status == 2
    assert "mine.yaml:1:" in said.err and "prior-chat-work" in said.err and "mine.yaml:2:" in said.err
    assert [each.name for each in desk.iterdir()] == ["mine.yaml"]


def test_plans_are_compared(typed, desk, monkeypatch):
    monkeypatch.setattr("simulator.report.compared_page.figures", lambda found, lang: {})  # drawing takes seconds
    said = typed("compare", BASE, PLAN, SHIPPED / "phone-only.yaml", "--worlds", 3, "--replications", 2, "--json", "-")
    document = said.document()
    assert document["base"] == "2024-actual" and document["plans"] == ["open-to-02", "phone-only"]
    rows = {
        row["plan"]: row
        for row in document["differences"]
        if [row[name] for name in ("measure", "channel", "hour", "weekday", "month")]
        == ["answered", "chat", "all", "all", "all"]
    }
    assert rows["open-to-02"]["mean"] > 0 > rows["phone-only"]["mean"]
    assert rows["open-to-02"]["share_of_worlds_better"] == 1
    assert [each.name for each in desk.iterdir()] == ["results"]
    shown = typed("compare", BASE, PLAN, "--worlds", 3, "--replications", 2, lang="nb")
    assert shown.status == 0 and "Bedre" in shown.out


def test_what_to_ask_for_is_told(typed, desk):
    words = ("wanted", PLAN, "--against", BASE, "--worlds", 24, "--replications", 2, "--figure", "answered/chat")
    document = typed(*words, "--json", "-").document()
    (asked,) = document["figures"]
    assert document["worlds"] == 24 and asked["figure"] == "answered/chat"
    assert asked["worth"][0]["reduction"] >= asked["worth"][-1]["reduction"]
    assert typed("wanted", "nothing.yaml").status == 2


def test_a_year_is_exported_and_taken_in_again(typed, desk):
    assert typed("export", BASE, "--out", "logg.csv", lang="nb").status == 0
    said = typed("import", "logg.csv", "--json", "-", lang="nb")
    document = said.document()
    assert document["kind"] == "log" and document["answered"] > 5_000
    assert document["figures"]["patience"]["low"] < document["figures"]["patience"]["high"]
    folder = Path(document["folder"])
    assert sorted(each.name for each in folder.iterdir()) == ["own-data.yaml", "profile-chat.csv"]
    profile = f"{folder.as_posix()}/profile-chat.csv"
    own = f"extends: {BASE.as_posix()}\ntitle: own\ndemand: {{chat: {{profile: {profile}}}}}\n"
    (desk / "own.yaml").write_text(own, "utf-8")
    assert typed("check", "own.yaml").status == 0
    shown = typed("import", "logg.csv")
    assert shown.status == 0 and "censoring" in shown.out
    assert typed("export", BASE, "--kind", "counts", "--channel", "phone", "--out", "antall.csv").status == 0
    counted = typed("import", "antall.csv", "--channel", "phone", "--json", "-").document()
    assert counted["kind"] == "counts" and "patience" not in counted["figures"]


def test_personal_data_are_refused_and_nothing_is_written(typed, desk):
    (desk / "logg.csv").write_text("Tidspunkt;Utfall;Merknad\n01.03.2024 18:00;besvart;Kari Nordmann\n", "utf-8")
    said = typed("import", "logg.csv", lang="nb")
    assert said.status == 2 and "logg.csv:2:3" in said.err and "Nordmann" not in said.err + said.out
    assert [each.name for each in desk.iterdir()] == ["logg.csv"]


def test_small_counts_are_not_shown_by_hour(typed, desk):
    lines = [f"{day:02d}.03.2024;{hour:02d};{int(hour > 20) * 9 + (day == 3 and hour == 4)};0" for day in range(1, 31)
             for hour in range(24)]  # fmt: skip
    (desk / "antall.csv").write_text("Dato;Time;Besvarte;Tapte\n" + "\n".join(lines), "utf-8")
    said = typed("import", "antall.csv")
    (row,) = [line for line in said.out.splitlines() if line.strip().startswith("04")]
    assert "<5" in row and "1" not in row.replace("04–05", "").replace("04-05", "")
    assert json.dumps(said.out)
