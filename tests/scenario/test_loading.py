"""Where scenarios come from, what they carry along, and that what is loaded is what was written."""

import pickle
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from simulator.scenario import (
    CHANNELS,
    LIVE,
    MESSAGES,
    ScenarioError,
    change,
    file_beside,
    fingerprint,
    load,
    unsourced,
)
from simulator.scenario.places import shipped_folder

HERE = Path(__file__).parent
WHOLE = HERE / "whole.yaml"
SMALL = {
    "title": "small",
    "period": {"first_day": date(2024, 1, 1), "last_day": "2024-01-31"},
    "channels": {"phone": {"work": {"mean_min": 12}}},
    "roster": {"centre": {"day": {"hours": "always", "counsellors": 2, "answers": ["phone"]}}},
}


def test_the_same_scenario_from_every_source(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "min plan.yaml").write_bytes(WHOLE.read_bytes())
    monkeypatch.chdir(tmp_path)
    sources = [
        WHOLE,
        str(WHOLE),
        "min plan",
        "min plan.yaml",
        Path("scenarios/min plan.yaml"),
        WHOLE.read_text("utf-8"),
    ]
    scenarios = [load(source) for source in sources]
    assert len({fingerprint(scenario) for scenario in scenarios}) == 1
    assert [scenario.name for scenario in scenarios] == [
        "whole",
        "whole",
        "min plan",
        "min plan",
        "min plan",
        "scenario",
    ]


def test_a_bare_name_means_a_shipped_scenario_from_anywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    assert load("2024-actual").name == "2024-actual"
    with pytest.raises(ScenarioError, match="Did you mean “2024-actual”") as refused:
        load("2024-actul")
    assert refused.value.problems[0].line == 0
    assert str(refused.value).startswith("2024-actul: There is no scenario")


@pytest.mark.parametrize("source", ["", "no/such/file.yaml", ".", "x" * 5000, "a\0b", Path("no-such.yaml"), HERE])
def test_what_is_no_file_is_an_error_and_no_traceback(source: str | Path):
    with pytest.raises(ScenarioError):
        load(source)


def test_a_planners_file_may_build_on_a_shipped_one_by_name(tmp_path: Path):
    plan = tmp_path / "plan.yaml"
    plan.write_text("extends: 2024-actual.yaml\ntitle: mine\n", "utf-8")
    assert load(plan).period == load("2024-actual").period
    assert load("extends: 2024-actual.yaml\ntitle: mine\n").title == "mine"


def test_a_base_may_be_named_without_its_ending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "base.yaml").write_bytes(WHOLE.read_bytes())
    (tmp_path / "base").mkdir()
    (tmp_path / "child.yaml").write_text("extends: base\nchannels: {chat: {balking: 0.25}}\n", "utf-8")
    Path("grandchild.yaml").write_text("extends: ./child\n", "utf-8")
    grandchild = load(Path("grandchild.yaml"))
    assert fingerprint(grandchild) == fingerprint(load("child.yaml")) != fingerprint(load(WHOLE))
    assert load("extends: 2024-actual\ntitle: mine\n").period == load("2024-actual").period
    Path("2024-actual.yaml").write_text("extends: base\ntitle: beside\n", "utf-8")
    assert load("extends: 2024-actual\nwhy: what lies beside comes first\n").title == "beside"
    Path("base.yaml").write_text("titel: x\n", "utf-8")
    with pytest.raises(ScenarioError) as refused:
        load("child.yaml")
    assert {problem.file for problem in refused.value.problems} >= {"base.yaml"}
    with pytest.raises(ScenarioError, match="Did you mean “2024-actual”"):
        load("extends: 2024-actul\ntitle: x\n", base_dir=tmp_path / "base")


def test_extends_is_relative_to_the_file_that_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "base.yaml").write_bytes(WHOLE.read_bytes())
    (tmp_path / "plan.yaml").write_text("extends: a/base.yaml\n", "utf-8")
    monkeypatch.chdir(tmp_path / "a")
    assert load(tmp_path / "plan.yaml").title == load("extends: base.yaml\nwhy: x\n", base_dir=tmp_path / "a").title


def test_a_mapping_is_a_scenario_too():
    scenario = load(SMALL)
    assert scenario.period.first_day == date(2024, 1, 1)
    assert scenario.channels.phone is not None and scenario.channels.phone.work.mean_min == 12
    with pytest.raises(ScenarioError, match=r"^<mapping>: channels.phone.work.mean_min: “lang” is not a number"):
        load({**SMALL, "channels": {"phone": {"work": {"mean_min": "lang"}}}})


def test_loading_changes_nothing_it_is_given():
    before = pickle.dumps(SMALL)
    change(load(SMALL), {"title": "other"})
    assert pickle.dumps(SMALL) == before


def test_what_is_dumped_can_be_loaded_again():
    scenario = load(WHOLE)
    again = load(scenario.model_dump(mode="json"))
    assert fingerprint(again) == fingerprint(scenario)
    assert again.channels.chat.open == scenario.channels.chat.open


def test_a_scenario_survives_the_way_to_a_worker():
    scenario = load(WHOLE, ["late-chat"])
    again = pickle.loads(pickle.dumps(scenario))
    assert again == scenario and again.name == "whole" and again.sources == scenario.sources
    assert change(again, {"title": "x"}).title == "x"


def test_errors_survive_the_way_back():
    with pytest.raises(ScenarioError) as refused:
        load(HERE / "broken" / "several-at-once.yaml")
    assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)


def test_every_number_may_carry_its_source():
    text = (
        "title: x\nperiod: {first_day: 2024-01-01, last_day: 2024-01-31}\n"
        "channels:\n  phone:\n    work: {mean_min: {value: 12, status: literature, source: a study, note: page 3}}\n"
        "demand:\n  phone:\n    per_hour: [{value: 1, status: published}, 2]\n"
        "    weekday_factors: {value: [1, 1, 1, 1, 1, 1, 1], status: derived}\n"
    )
    scenario = load(text)
    assert {path: source.status for path, source in scenario.sources.items()} == {
        "channels.phone.work.mean_min": "literature",
        "demand.phone.per_hour.0": "published",
        "demand.phone.weekday_factors": "derived",
    }
    assert scenario.sources["channels.phone.work.mean_min"].note == "page 3"
    assert scenario.demand.phone is not None and scenario.demand.phone.per_hour == [1.0, 2.0]


def test_numbers_that_do_not_say_where_they_come_from():
    text = (
        "title: 2024\nwhy: 3\nperiod: {first_day: 2024-01-01, last_day: 2024-01-31, warm_up_days: 1}\n"
        "channels:\n  phone: {work: {mean_min: {value: 12, status: literature}, cv: 1}, open: 08:00-22:00}\n"
        "  chat: {work: {mean_min: '40'}, speed_by_level: [1.0, 0.8], closing: {serve_out_queue: true}}\n"
        "demand:\n  phone: {per_hour: [{value: 1, status: published}, 2]}\n"
        "  chat: {per_hour: 2, weekday_factors: {value: [1, 1, 1, 1, 1, 1, 1], status: derived}}\n"
        "sites: {1: {name: 17, centre: true, lines: 0}, 2: {lines: 3}}\n"
        "overrides: {more: {demand: {chat: {per_hour: {value: 3, status: assumed}, factor: 2}}}}\n"
    )
    plain = {
        "channels.chat.speed_by_level",
        "channels.chat.work.mean_min",
        "channels.phone.work.cv",
        "demand.chat.per_hour",
        "demand.phone.per_hour.1",
        "sites.2.lines",
    }
    assert unsourced(load(text)) == tuple(sorted(plain))
    assert set(unsourced(load(text, ["more"]))) == plain - {"demand.chat.per_hour"} | {"demand.chat.factor"}
    changed = change(load(text), {"demand": {"chat": {"per_hour": 7}}, "channels": {"chat": {"work": {"mean_min": 9}}}})
    assert set(unsourced(changed)) == plain
    assert not set(unsourced(changed)) & set(changed.sources)


def test_words_become_what_the_key_needs():
    text = WHOLE.read_text("utf-8").replace("title: Stengt om natta, åpent på kvelden", "title: 2024")
    assert load(text).title == "2024"
    with pytest.raises(ScenarioError, match="“true” is not a number"):
        load(text.replace("{mean_min: 7}", "{mean_min: true}"))


def test_a_profile_lies_beside_the_file_that_names_it(tmp_path: Path):
    (tmp_path / "plan.yaml").write_text(
        f"extends: {WHOLE}\ndemand: {{sms: {{per_hour: null, profile: my.csv}}}}\n", "utf-8"
    )
    scenario = load(tmp_path / "plan.yaml")
    assert file_beside(scenario, "demand", "sms", "profile") == tmp_path / "my.csv"
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "child.yaml").write_text("extends: ../plan.yaml\n", "utf-8")
    child = load(tmp_path / "b" / "child.yaml")
    assert file_beside(child, "demand", "sms", "profile").resolve() == (tmp_path / "my.csv").resolve()
    changed = change(child, {"title": "x"})
    assert file_beside(changed, "demand", "sms", "profile").resolve() == (tmp_path / "my.csv").resolve()


def test_channels_keep_their_order():
    assert LIVE + MESSAGES == CHANNELS == ("phone", "chat", "sms", "email", "ung")


@pytest.mark.parametrize("path", sorted(shipped_folder().glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_scenarios_have_nothing_wrong(path: Path):
    assert load(path).name == path.stem


def test_the_public_package_starts_without_pydantic():
    code = "import simulator, sys; assert not {'pydantic', 'ruamel.yaml', 'numpy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=HERE.parents[1])
