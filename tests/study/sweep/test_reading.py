"""A study file is refused with every mistake at its line, and what it says becomes what is varied."""

import pytest

from simulator.demand.profile import Profile
from simulator.scenario import ScenarioError
from simulator.study.sweep import points
from simulator.study.sweep.plan import MOST_PROBLEMS, read_study
from simulator.study.sweep.sweeping import Sweep
from simulator.study.sweep.written import keys_at
from simulator.study.worlds.world import shipped_worlds
from simulator.words import LANGUAGES
from tests.study.samples import SMALL
from tests.study.sweep.conftest import COUNSELLORS, PATIENCE, study

HEAD = "title: t\nscenario: SMALL\nworlds: one\n"


def test_all_mistakes_of_the_file_are_told_at_once_each_at_its_line(wrong):
    told = wrong(
        "titel: t\nscenario: SMALL\nworlds: some\nseed: -1\ndesign: gird\nvary: {a: {lov: 3, low: x, step: 1,5}}\n"
    )
    assert [line.split(":")[0] for line in told] == ["1", "1", "3", "4", "5", "6", "6", "6"]
    text = "\n".join(told)
    assert "Did you mean “title”?" in text and "Did you mean “grid”?" in text and "Did you mean “low”?" in text
    assert "all, one, or a whole number from 2" in text and "1.5" in text


@pytest.mark.parametrize(
    ("vary", "line", "said"),
    [
        ("a.b: {}", "5", "which values to try"),
        ("a.b: {values: [1], low: 1, high: 2}", "5", "more than one way"),
        ("a.b: {from: 1}", "5", "The key “to” is missing"),
        ("a.b: {low: 1}", "5", "The key “high” is missing"),
        ("a.b: {values: [1], step: 2}", "5", "“step” only goes with from"),
        ("a.b: {from: 1, to: 2, scale: log}", "5", "“scale” only goes with low"),
        ("a.b: {from: 3, to: 2}", "5", "at least 3"),
        ("a.b: {from: 0, to: 1, step: 0.0001}", "5", "longer than 1000"),
        ("a.b: {low: 3, high: 3}", "5", "must be more than 3"),
        ("a.b: {low: 0, high: 3, scale: log}", "5", "needs a low above 0"),
        ("a.b: {low: 0.5, high: 3, whole: true}", "5", "whole numbers"),
        ("a.b: {low: 1, high: 3, whole: true, scale: log}", "5", "do not go together"),
        ("a.b: {values: []}", "5", "should be a list"),
        ("a.b: {values: 3}", "5", "should be a list"),
        ("a.b: {values: [1, 1.0]}", "5", "“1” stands twice"),
        ("a.b: {one_of: []}", "5", "list of named overrides"),
        ("a.b: {one_of: [late-chat, late-chatt]}", "5", "Did you mean “late-chat”?"),
        ("a: {one_of: [late-chat], key: a.b}", "5", "Delete this line"),
        ("a: {key: a.b, keys: [a.b], values: [1]}", "5", "Both key and keys"),
        ("a: {keys: [a.b, a.b.c], values: [1]}", "5", "a.b.c"),
        ("a: {key: [a, 3], values: [1]}", "5", "is no key"),
        ("a..b: {values: [1]}", "5", "is no key"),
        ("mean: {key: a.b, values: [1]}", "5", "column of the table"),
        (f"{PATIENCE}: {{low: 1, high: 2}}", "5", "needs values to combine"),
    ],
)
def test_what_is_wrong_with_one_entry_is_told_at_its_line_in_both_languages(wrong, vary, line, said):
    (told,) = wrong(f"{HEAD}vary:\n  {vary}\n")
    assert told.split(":")[0] == line
    assert said in told
    assert len(wrong(f"{HEAD}vary:\n  {vary}\n", "nb")) == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("design: sobol", "Say how many by points:"),
        ("points: 8", "draws no points"),
        ("measures: [answered caht]", "answered chat"),
        ("against: small-two", "neither beside this file"),
        ("with: [no-such]", "no-such"),
        ("worlds: 5000", "Only 300 plausible worlds"),
        ("replications: 0", "at least 1"),
    ],
)
def test_what_is_wrong_with_the_study_is_told_at_its_line(wrong, line, said):
    text = f"{HEAD}vary: {{{COUNSELLORS}: {{values: [1, 2]}}}}\n".replace("worlds: one\n", "") + line
    if not line.startswith("worlds"):
        text += "\nworlds: one"
    told = "\n".join(wrong(text))
    assert said in told or said in told.replace("/", " ")


def test_every_key_of_the_scenario_that_is_misspelt_is_told_at_the_line_of_the_study(wrong):
    text = "vary:\n  chanels.chat.open: {values: ['16:00-22:00']}\n  channels.chat.opne: {values: [always]}\n"
    told = wrong(HEAD + text)
    assert [line.split(":")[0] for line in told] == ["5", "6"]
    assert "Did you mean “channels”?" in told[0] and "Did you mean “open”?" in told[1]


def test_every_value_that_no_scenario_can_have_is_told_where_it_stands(wrong):
    told = wrong(f"{HEAD}vary:\n  {COUNSELLORS}:\n    values:\n      - 1\n      - -1\n      - 2.5\n      - many\n")
    assert [line.split(":")[:2] for line in told] == [["8", "9"], ["9", "9"], ["10", "9"]]


def test_two_factors_that_set_the_same_key_are_refused(wrong):
    twice = f"vary:\n  {COUNSELLORS}: {{values: [1, 2]}}\n  again: {{key: {COUNSELLORS}, values: [3]}}\n"
    told = wrong(HEAD + twice)
    assert told and all(line.startswith("6:") and COUNSELLORS in line for line in told)


def test_what_is_wrong_only_where_values_meet_is_told_too_and_not_without_end(wrong):
    rows = f"  {PATIENCE}: {{from: 1, to: 60}}\n  late: {{one_of: {{a: {{channels: {{chat: {{patience: null}}}}}}}}}}\n"
    told = wrong(f"{HEAD}vary:\n{rows}")
    assert len(told) == MOST_PROBLEMS


def test_a_study_with_too_many_points_is_refused_before_any_is_made(wrong, monkeypatch):
    many = "".join(f"  roster.kristiansand.{name}.counsellors: {{from: 0, to: 999}}\n" for name in ("chat", "phone"))
    monkeypatch.setattr(points, "coordinates", lambda *_: pytest.fail("points were made"))
    (told,) = wrong(f"{HEAD}vary:\n{many}")
    assert told.startswith("4:") and "1000000 points" in told and "20000" in told


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_file_that_is_not_there_is_told(lang, tmp_path):
    with pytest.raises(ScenarioError) as refused:
        read_study(tmp_path / "nowhere.yaml")
    assert "studies/" in refused.value.text(lang)


def test_the_scenario_is_looked_for_beside_the_study(tmp_path):
    (tmp_path / "own.yaml").write_text(f"extends: {SMALL}\ntitle: own\n", "utf-8")
    text = f"title: t\nscenario: own\nworlds: one\nvary: {{{COUNSELLORS}: {{values: [1]}}}}\n"
    (tmp_path / "study.yaml").write_text(text, "utf-8")
    assert read_study(tmp_path / "study.yaml").scenario.title == "own"


def test_a_profile_that_a_value_names_lies_beside_the_study(tmp_path):
    own = "{profile: own.csv, per_hour: null}"
    text = f"title: t\nscenario: {SMALL}\nworlds: one\nvary: {{demand.chat: {{values: {{own: {own}}}}}}}\n"
    (tmp_path / "study.yaml").write_text(text, "utf-8")
    with pytest.raises(ScenarioError, match=r"study.yaml:4:\d+: demand.chat.profile: There is no file “own.csv”"):
        read_study(tmp_path / "study.yaml")
    profile = shipped_worlds().worlds[0].profiles["chat-2024"].profile
    (tmp_path / "own.csv").write_text(profile.to_csv(), "utf-8")
    plan = read_study(tmp_path / "study.yaml")
    before = Sweep(plan, None).fingerprint
    (tmp_path / "own.csv").write_text(Profile(2 * profile.per_hour).to_csv(), "utf-8")
    assert Sweep(plan, None).fingerprint != before  # what the file holds counts, not its name alone


def test_keys_with_blanks_and_dots_can_be_said():
    changes = {
        "roster": {"kristiansand": {"night v1.5": {"hours": "22:00-02:00", "counsellors": 1, "answers": ["chat"]}}}
    }
    key = ["roster", "kristiansand", "night v1.5", "counsellors"]
    vary = {"new": {"one_of": {"with": changes}}}
    assert study(vary=vary).scenario_at(0).roster["kristiansand"]["night v1.5"].counsellors == 1
    with pytest.raises(ScenarioError, match="hours"):  # the shift must be there before one key of it is varied
        study(vary={"night": {"key": key, "values": [2]}})


def test_several_keys_get_the_same_value():
    keys = ["channels.chat.open", "roster.kristiansand.chat.hours"]
    plan = study(vary={"hours": {"keys": keys, "values": {"late": "16:00-24:00"}}})
    made = plan.scenario_at(0)
    assert plan.labels(0) == ("late",)
    assert made.channels.chat.open == made.roster["kristiansand"]["chat"].hours != plan.scenario.channels.chat.open


def test_named_overrides_and_trees_are_alternatives():
    told = {"one_of": {"as now": {}, "late": "late-chat", "both": ["late-chat", "one-more"]}}
    plan = study(vary={"what": told})
    assert [plan.labels(point) for point in range(3)] == [("as now",), ("late",), ("both",)]
    assert plan.scenario_at(0) == plan.scenario
    assert plan.scenario_at(2).roster["kristiansand"]["phone"].counsellors == 2
    listed = study(vary={"what": {"one_of": ["late-chat", ["late-chat", "one-more"]]}})
    assert listed.scenario_at(1) == plan.scenario_at(2) and listed.labels(1) == ("late-chat + one-more",)


def test_a_number_that_each_world_knows_better_is_not_called_by_the_scenarios():
    vary = {PATIENCE: {"low": 2, "high": 20}, "demand.trend": {"low": 0.5, "high": 2}}
    shipped = study(scenario="2024-actual", vary=vary, design="one-at-a-time")
    assert shipped.labels(0) == ("", "1") and shipped.numbers(0) == (None, 1.0)  # patience is another in each world
    assert study(vary=vary, design="one-at-a-time").labels(0) == ("7", "1")


def test_the_keys_that_are_named_in_errors_are_those_of_the_file():
    assert {"vary", "with", "design"} <= set(keys_at(())) and {"from", "one_of"} <= set(keys_at(("vary", "a")))
