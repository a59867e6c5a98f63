"""Child files, named overrides and changes are one thing: merged by key, null removes, lists are whole."""

from pathlib import Path

import pytest

from simulator.scenario import ScenarioError, change, changes_of, fingerprint, load

WHOLE = Path(__file__).with_name("whole.yaml")


def line_of(key: str) -> int:
    """Find the line of the whole file that a key stands in."""
    lines = WHOLE.read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if line.strip().startswith(key))


def words(text: str, with_: tuple[str, ...] = ()) -> list[tuple[str, int]]:
    """List the problems of a file that builds on the whole one, by word and line."""
    with pytest.raises(ScenarioError) as refused:
        load(f"extends: whole.yaml\n{text}", with_, WHOLE.parent)
    return [(problem.word.removeprefix("problem."), problem.line) for problem in refused.value.problems]


def child(text: str, *with_: str):
    return load(f"extends: whole.yaml\n{text}", with_, WHOLE.parent)


def test_a_child_says_only_what_differs():
    base, one = load(WHOLE), child("channels: {chat: {patience: {mean_min: 9}}}\n")
    assert one.channels.chat.patience.mean_min == 9
    assert one.channels.chat.work == base.channels.chat.work
    apart = {"channels": {"chat": {"patience"}}}
    assert one.model_dump(exclude=apart) == base.model_dump(exclude=apart)


def test_a_child_adds_and_removes_by_name():
    night = '{hours: "22:45-04:15", counsellors: 1, answers: [chat]}'
    scenario = child(f"roster:\n  kristiansand:\n    chat evening: null\n    night: {night}\n")
    assert list(scenario.roster["kristiansand"]) == ["chat", "night", "phone"]


def test_null_brings_the_default_back():
    assert child("channels: {chat: {patience: null}}\n").channels.chat.patience is None
    assert child("channels: {chat: {open: null}}\n").channels.chat.open.daily == ((0, 1440),)
    assert child("channels: {sms: null}\nroster: {kristiansand: {phone: {answers: [phone]}}}\n").channels.sms is None


def test_schedules_and_lists_are_replaced_whole():
    scenario = child('channels: {chat: {open: {daily: "10:00-12:00"}}}\ndemand: {chat: {weekday_factors: null}}\n')
    assert scenario.channels.chat.open.sat is None
    assert scenario.demand.chat.weekday_factors is None
    assert child("channels: {chat: {speed_by_level: [1.0]}}\n").channels.chat.speed_by_level == [1.0]


def test_a_shift_called_hours_is_a_shift_and_merges():
    text = "roster: {kristiansand: {hours: {hours: always, counsellors: 1, answers: [phone]}}}\noverrides:\n"
    text += "  more: {roster: {kristiansand: {hours: {counsellors: 3}}}}\n"
    assert child(text, "more").roster["kristiansand"]["hours"].counsellors == 3


def test_a_number_with_its_source_is_one_value():
    base = load(WHOLE)
    assert base.sources["channels.phone.work.mean_min"].status == "literature"
    bare = child("channels: {phone: {work: {mean_min: 13}}}\n")
    assert bare.channels.phone.work.mean_min == 13
    assert "channels.phone.work.mean_min" not in bare.sources
    sourced = child("channels: {phone: {work: {mean_min: {value: 14, status: assumed}}}}\n")
    assert sourced.sources["channels.phone.work.mean_min"].source == ""
    assert words("channels: {phone: {work: {mean_min: {value: 14}}}}\n") == [("missing", 2)]


def test_expectations_are_not_mixed_with_those_of_the_base(tmp_path: Path):
    base = tmp_path / "base.yaml"
    base.write_text(f"extends: {WHOLE}\nexpect: {{than: a, up: [persons], down: [lost]}}\n", "utf-8")
    scenario = load("extends: base.yaml\nexpect: {than: b, up: [answered]}\n", base_dir=tmp_path)
    assert scenario.expect is not None
    assert (scenario.expect.than, scenario.expect.up, scenario.expect.down) == ("b", ["answered"], [])


def test_named_overrides_are_inherited_and_applied_in_order():
    both = child("title: x\n", "late-chat", "one-more")
    assert both.channels.chat.open.daily == ((975, 1560),)
    assert both.roster["kristiansand"]["chat evening"].counsellors == 2
    assert fingerprint(both) == fingerprint(load(WHOLE, ["one-more", "late-chat"]))


def test_a_chosen_override_beats_the_file_it_is_chosen_for():
    assert (
        child("roster: {kristiansand: {chat evening: {counsellors: 7}}}\n", "one-more")
        .roster["kristiansand"]["chat evening"]
        .counsellors
        == 2
    )


def test_a_childs_override_takes_the_place_of_its_bases():
    text = "overrides:\n  one-more: {roster: {kristiansand: {phone: {counsellors: 3}}}}\n"
    roster = child(text, "one-more").roster["kristiansand"]
    assert (roster["phone"].counsellors, roster["chat evening"].counsellors) == (3, 1)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("{channels: {chat: {balking: 0.1}}}", "{channels: {chat: {balking: 0.2}}}"),
        ("{channels: {chat: {balking: 0.1}}}", "{channels: {chat: {balking: 0.1}}}"),
        ("{channels: {chat: {patience: null}}}", "{channels: {chat: {patience: {mean_min: 3}}}}"),
        ("{channels: {chat: {patience: {mean_min: 3}}}}", "{channels: {chat: {patience: null}}}"),
        ('{channels: {chat: {open: {daily: "10:00-12:00"}}}}', "{channels: {chat: {open: {sat: closed}}}}"),
        ("{channels: {chat: {balking: {value: 0.1, status: assumed}}}}", "{channels: {chat: {balking: 0.2}}}"),
    ],
)
def test_two_overrides_of_one_key_are_an_error_that_names_both(first: str, second: str):
    text = f"overrides:\n  first: {first}\n  second: {second}\n"
    with pytest.raises(ScenarioError) as refused:
        child(text, "first", "second")
    conflict = next(each for each in refused.value.problems if each.word == "problem.conflict")
    assert conflict.line == 4
    assert (
        "first" in conflict.text("en") and "second" in conflict.text("en") and "channels.chat." in conflict.text("en")
    )
    child(text, "first"), child(text, "second")


def test_overrides_of_neighbouring_keys_go_together():
    text = "overrides:\n  a: {channels: {chat: {balking: 0.1}}}\n  b: {channels: {chat: {max_waiting: 3}}}\n"
    chat = child(text, "a", "b").channels.chat
    assert (chat.balking, chat.max_waiting) == (0.1, 3)


def test_what_is_not_there_cannot_be_chosen_or_removed():
    with pytest.raises(ScenarioError, match="Did you mean “late-chat”") as refused:
        load(WHOLE, ["late-chatt"])
    assert refused.value.problems[0].line == line_of("overrides:")
    assert words("sites: {osl: null}\n") == [("nothing_to_remove", 2)]
    with pytest.raises(ScenarioError, match="any overrides"):
        load("title: x\nperiod: {first_day: 2024-01-01, last_day: 2024-01-02}\nchannels: {}\n", ["a"])


def test_unchosen_overrides_are_checked_where_they_are_written():
    text = "overrides:\n  a: {channels: {chat: {balkin: 0.1}}}\n  b: {roster: {kristiansand: {x: {counsellors: 1}}}}\n"
    assert words(text) == [("unknown_key", 3), ("missing", 4), ("missing", 4)]
    # inherited ones may have lost what they change: only choosing them is wrong then
    gone = "roster: {kristiansand: {chat evening: null}}\n"
    child(gone)
    assert words(gone, ("no-evening",)) == [("nothing_to_remove", line_of("no-evening:") + 1)]


def test_change_is_an_override_from_a_program():
    base = load(WHOLE)
    changed = change(base, {"roster": {"kristiansand": {"chat": {"counsellors": 4}}}, "title": "Fire"}, name="four")
    assert changed.roster["kristiansand"]["chat"].counsellors == 4
    assert base.roster["kristiansand"]["chat"].counsellors == 3
    assert [(each.override, each.path, each.old, each.new) for each in changes_of(changed)] == [
        ("four", "roster.kristiansand.chat.counsellors", 3, 4),
        ("four", "title", "Stengt om natta, åpent på kvelden", "Fire"),
    ]
    back = change(changed, {"roster": {"kristiansand": {"chat": {"counsellors": 3}}}})
    assert fingerprint(back) == fingerprint(base) != fingerprint(changed)
    assert fingerprint(change(base, {})) == fingerprint(base)
    with pytest.raises(ScenarioError, match=r"change: roster.kristiansand.chat.counsellors: -1 is too small"):
        change(base, {"roster": {"kristiansand": {"chat": {"counsellors": -1}}}})
    with pytest.raises(ScenarioError, match="nothing called"):
        change(base, {"sites": {"bergen": None}})


def test_the_record_holds_what_is_effective_from_every_layer():
    scenario = child("timezone: Europe/Oslo\nchannels: {chat: {balking: 0.1, patience: null}}\n", "late-chat")
    changes = [(each.override, each.path, each.old, each.new) for each in changes_of(scenario)]
    assert changes == [
        ("scenario", "timezone", None, "Europe/Oslo"),
        ("scenario", "channels.chat.balking", None, 0.1),
        ("scenario", "channels.chat.patience", {"mean_min": 7}, None),
        ("late-chat", "channels.chat.open", {"daily": "16:15-22:45", "sat": "16:15-23:45"}, "16:15-02:00"),
        (
            "late-chat",
            "roster.kristiansand.chat.hours",
            {"daily": "16:15-22:45", "sat": "16:15-23:45"},
            "16:15-02:00",
        ),
    ]
    assert changes_of(load(WHOLE)) == ()


def test_a_chain_is_followed_to_its_end_and_no_further(tmp_path: Path):
    (tmp_path / "0.yaml").write_text(WHOLE.read_text("utf-8"), "utf-8")
    for n in range(1, 11):
        (tmp_path / f"{n}.yaml").write_text(f"extends: {n - 1}.yaml\nwhy: level {n}\n", "utf-8")
    assert load(tmp_path / "9.yaml").why == "level 9"
    with pytest.raises(ScenarioError, match="More than 10 files"):
        load(tmp_path / "10.yaml")


def test_problems_of_all_files_come_at_once(tmp_path: Path):
    (tmp_path / "base.yaml").write_text(f"extends: {WHOLE}\nchannels: {{chat: {{balking: 2}}}}\na: 1\na: 2\n", "utf-8")
    (tmp_path / "child.yaml").write_text("extends: base.yaml\nchannels: {sms: {work: {mean_min: 0}}}\n", "utf-8")
    with pytest.raises(ScenarioError) as refused:
        load(tmp_path / "child.yaml")
    found = [(Path(each.file).name, each.line, each.word.removeprefix("problem.")) for each in refused.value.problems]
    assert found == [
        ("base.yaml", 2, "at_most"),
        ("base.yaml", 3, "unknown_key"),
        ("base.yaml", 4, "duplicate"),
        ("child.yaml", 2, "more_than"),
    ]
