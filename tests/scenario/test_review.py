"""What does not go together, in the planner's words: errors stop a run, warnings are said."""

from pathlib import Path

import pytest

from simulator.scenario import MESSAGES, Problem, Scenario, ScenarioError, change, load, review

WHOLE = Path(__file__).with_name("whole.yaml")
BASE = load(WHOLE)


def warned(changes: dict, word: str) -> Problem:
    """The one warning of a kind that some changes bring about."""
    found = [each for each in review(change(BASE, changes)) if each.word == f"problem.{word}"]
    assert len(found) == 1, [each.text("en") for each in review(change(BASE, changes))]
    assert found[0].severity == "warning"
    return found[0]


def words(changes: dict) -> list[str]:
    return [each.word.removeprefix("problem.") for each in review(change(BASE, changes))]


def refused(changes: dict) -> list[tuple[str, str]]:
    with pytest.raises(ScenarioError) as error:
        change(BASE, changes)
    return [(each.word.removeprefix("problem."), each.key) for each in error.value.problems]


def test_nothing_is_said_about_a_scenario_in_order():
    assert review(BASE) == ()


def test_open_with_nobody_on_shift_names_the_hour_and_the_hours_a_week():
    problem = warned({"channels": {"chat": {"open": "16:15-02:00"}}}, "nobody_on_shift")
    # 22:45-02:00 six nights and 23:45-02:00 on Saturdays: 6 x 3.25 + 2.25 = 21.75 hours; 366 days are 52.3 weeks
    assert problem.values["hours"] == pytest.approx(21.75, abs=0.1)
    assert problem.text("en").startswith("change: channels.chat.open: “chat” is open 21.8 hours a week")
    assert "Monday 2024-01-01 at 00:00" in problem.text("en")
    assert (problem.key, problem.severity) == ("channels.chat.open", "warning")


def test_the_night_before_the_period_runs_into_it():
    problem = warned({"channels": {"chat": {"open": "16:15-02:00"}}}, "nobody_on_shift")
    assert str(problem.values["day"]) == "2024-01-01" and str(problem.values["clock"]) == "00:00"
    later = warned({"channels": {"chat": {"open": "16:15-23:00"}}}, "nobody_on_shift")
    assert (str(later.values["day"]), str(later.values["clock"])) == ("2024-01-01", "22:45")
    assert "mandag 2024-01-01 kl. 22:45" in later.text("nb")


def test_a_shift_of_nobody_covers_nothing():
    found = words({"roster": {"kristiansand": {"phone": {"counsellors": 0}}}})
    assert found.count("nobody_on_shift") == 2  # phone and sms


def test_a_shift_may_prepare_and_finish_but_not_idle():
    roster = {"hours": "15:45-23:15", "counsellors": 1, "answers": ["chat"]}
    assert "idle_shift" not in words({"roster": {"kristiansand": {"late": {**roster, "hours": "15:45-22:45"}}}})
    problem = warned({"roster": {"kristiansand": {"late": {**roster, "hours": "15:30-22:45"}}}}, "idle_shift")
    assert problem.values["hours"] == pytest.approx(7 * 0.75, abs=0.1)
    assert str(problem.values["clock"]) == "15:30"
    phone_too = {**roster, "hours": "15:00-22:45", "answers": ["chat", "phone"]}
    assert "idle_shift" not in words({"roster": {"kristiansand": {"late": phone_too}}})


def test_a_shift_without_hours():
    roster = {"hours": "closed", "counsellors": 1, "answers": ["chat"]}
    assert (
        warned({"roster": {"kristiansand": {"late": roster}}}, "never_on_shift").key == "roster.kristiansand.late.hours"
    )


def test_channels_that_never_open():
    assert warned({"channels": {"chat": {"open": "closed"}}}, "never_open").values["channel"] == "chat"
    assert warned({"channels": {"phone": {"open": {"dates": {"2023-01-01": "always"}}}}}, "never_open")
    no_phone = {"channels": {"phone": None}, "roster": {"kristiansand": {"phone": {"answers": ["sms"]}}}}
    assert sorted(words(no_phone)) == ["demand_without_channel", "no_phone"]


def test_sites_that_nobody_can_reach():
    assert warned({"sites": {"oslo": {"share": 0}}}, "never_called_share").key == "sites.oslo.share"
    assert warned({"sites": {"oslo": {"open": "closed"}}}, "never_called_closed").key == "sites.oslo.open"
    assert warned({"network": {"local_first": False}}, "never_called_network").values["others"] == 2
    reached = {"network": {"local_first": False, "centre_overflow": "any_open_site"}, "sites": {"oslo": {"share": 0}}}
    assert words(reached) == []


def test_sites_that_are_open_with_nobody_there():
    assert warned({"sites": {"oslo": {"lines": 0}}}, "site_unmanned").values["hours"] == pytest.approx(168, abs=0.1)
    shift = {"hours": "08:00-16:00", "counsellors": 1, "answers": ["phone"]}
    found = warned({"roster": {"oslo": {"day": shift}}}, "site_unmanned")
    assert found.values["hours"] == pytest.approx(7 * 16, abs=0.1)


def test_people_of_a_site_who_are_named_twice():
    shift = {"hours": "always", "counsellors": 1, "answers": ["phone"]}
    both = {"sites": {"oslo": {"lines": 2}}, "roster": {"oslo": {"day": shift}}}
    assert warned(both, "lines_and_roster").key == "sites.oslo.lines"
    assert words({"roster": {"oslo": {"day": shift}}}) == words({"sites": {"oslo": {"lines": 2}}}) == []


@pytest.mark.parametrize(
    ("first", "last", "outside"),
    [
        ("2023-12-01", "2023-12-31", True),
        ("2025-01-01", "2025-01-01", True),
        ("2023-12-01", "2024-01-01", False),
        ("2024-12-31", "2025-02-01", False),
        ("2023-01-01", "2025-12-31", False),
    ],
)
def test_a_surge_wholly_outside_the_period(first: str, last: str, outside: bool):
    changes = {"demand": {"surges": {"campaign": {"first_day": first, "last_day": last}}}}
    assert words(changes) == ["surge_outside"] * outside
    if outside:
        problem = warned(changes, "surge_outside")
        assert problem.key == "demand.surges.campaign"
        assert "«campaign» ligger utenfor perioden, 2024-01-01 til 2024-12-31" in problem.text("nb")


def test_people_who_hang_up_before_the_call_goes_on():
    problem = warned({"channels": {"phone": {"patience": {"mean_min": 0.25}}}}, "ring_outlasts_patience")
    assert (problem.values["ring"], problem.values["patience"]) == (30, 15)
    assert problem.values["site"] == "tromsø"
    assert words({"channels": {"phone": {"patience": {"mean_min": 0.5}}}}) == []


def test_demand_for_a_channel_the_service_lacks():
    assert warned({"demand": {"ung": {"per_hour": 1}}}, "demand_without_channel").values["channel"] == "ung"


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("16:15-02:30", {"edge_skipped": "2024-03-31", "edge_repeated": "2024-10-27"}),
        ("02:30-10:00", {"edge_skipped": "2024-03-31", "edge_repeated": "2024-10-27"}),
        ("16:15-02:00", {}),
        ("16:15-03:00", {}),
        ({"daily": "16:15-22:45", "sat": "16:15-02:59"}, {"edge_skipped": "2024-03-31", "edge_repeated": "2024-10-27"}),
        ({"daily": "16:15-22:45", "fri": "16:15-02:30"}, {}),
    ],
)
def test_edges_in_the_hour_the_clock_moves(hours: object, expected: dict):
    changes = {"channels": {"chat": {"open": hours}}, "roster": {"kristiansand": {"chat": {"hours": "always"}}}}
    found = {
        each.word.removeprefix("problem."): str(each.values["day"])
        for each in review(change(BASE, changes))
        if each.word.startswith("problem.edge_")
    }
    assert found == expected


def test_edges_follow_the_time_zone():
    changes = {"timezone": "UTC", "channels": {"chat": {"open": "16:15-02:30"}}}
    assert not any(word.startswith("edge") for word in words(changes))
    helsinki = {"timezone": "Europe/Helsinki", "channels": {"chat": {"open": "16:15-03:30"}}}
    assert {"edge_skipped", "edge_repeated"} <= set(words(helsinki))


def test_a_public_holiday_is_seen():
    holidays = {"daily": "16:15-22:45", "sat": "16:15-23:45", "holidays": "08:00-22:45"}
    problem = warned({"channels": {"chat": {"open": holidays}}}, "nobody_on_shift")
    assert (str(problem.values["day"]), str(problem.values["clock"])) == ("2024-01-01", "08:00")


def test_warnings_point_into_the_file(tmp_path: Path):
    path = tmp_path / "plan.yaml"
    path.write_text(f'extends: {WHOLE}\nchannels:\n  chat:\n    open: "16:15-02:00"\n', "utf-8")
    (problem,) = review(load(path))
    assert (problem.file, problem.line, problem.column) == (str(path), 4, 5)


def test_errors_come_from_change_as_from_a_file():
    assert refused({"sites": {"kristiansand": {"centre": False}}}) == [("no_centre", "sites")]
    assert refused({"demand": {"busyness": {"correlation": 0.1, "day_shape": None}}}) == [
        ("correlation", "demand.busyness.correlation")
    ]
    assert refused({"period": {"last_day": "2023-12-31"}}) == [("period_backwards", "period.last_day")]
    assert refused({"channels": {"ung": {"work": {"mean_min": 9}, "max_waiting": 3}}}) == [
        ("not_for_messages", "channels.ung.max_waiting")
    ]


@pytest.mark.parametrize("channel", MESSAGES)
def test_keys_that_say_no_more_than_their_default_are_no_errors(channel: str):
    said = {"closing": {"conversations": "finish"}, "answer_target_s": 120, "when_closed": {"phone_instead": 0}}
    phone = {"when_closed": {"phone_instead": 0, "come_back": 0.1}}
    change(BASE, {"channels": {channel: {"work": {"mean_min": 9}, **said}, "phone": phone}})


def test_the_centre_may_have_duty_work_of_its_own_and_say_what_holds_anyway():
    for lines in (0, 1):
        site = {"background": {"busy_share": 0.1}, "open": "always", "busy": "centre", "ring_s": 30, "lines": lines}
        assert words({"sites": {"kristiansand": site}}) == []


@pytest.mark.parametrize(
    ("figure", "is_one"),
    [
        ("persons_reached", True),
        ("wait_p90_min phone", True),
        ("answered ung", True),
        ("answered fax", False),
        ("answered  chat", False),
        ("answered chat ", False),
        ("", False),
        ("Answered", False),
        ("chat/answered", False),
    ],
)
def test_an_expectation_is_a_measure_alone_or_with_a_channel(figure: str, is_one: bool):
    changes = {"expect": {"than": "whole", "up": ["persons"], "down": ["answered chat", figure]}}
    if is_one:
        change(BASE, changes)
    else:
        assert refused(changes) == [("no_figure", "expect.down.1")]


def test_who_says_how_many_try_twice_is_told_how_to_remove_the_other():
    with pytest.raises(ScenarioError) as error:
        load(f"extends: {WHOLE.name}\ndemand: {{phone: {{profile: phone-2023}}}}\n", base_dir=WHOLE.parent)
    assert "null" in error.value.text("nb") and "null" in error.value.text("en")
    load(f"extends: {WHOLE.name}\ndemand: {{phone: {{profile: phone-2023, per_hour: null}}}}\n", base_dir=WHOLE.parent)


@pytest.mark.parametrize(
    "changes",
    [
        {"demand": {"chat": {"per_hour": 1e300}}},
        {"demand": {"trend": 1e308, "chat": {"factor": 1e308}}},
        {"demand": {"chat": {"per_year": 1e12}}},
        {"demand": {"surges": {"campaign": {"factor": 1e308}}}},
        {
            "demand": {
                "surges": {
                    f"s{n}": {"first_day": "2024-01-01", "last_day": "2024-12-31", "factor": 10} for n in range(9)
                }
            }
        },
        {"demand": {"chat": {"per_hour": None, "weekday_factors": None, "profile": "chat-2023", "factor": 1e9}}},
    ],
)
def test_absurd_demand_is_refused_before_it_is_drawn(changes: dict):
    assert {word for word, _ in refused(changes)} == {"too_many_contacts"}


def test_a_long_but_possible_period_is_reviewed_in_seconds():
    assert change(BASE, {"period": {"first_day": "1970-01-01", "last_day": "2069-12-31"}, "demand": {"trend": 0.1}})


@pytest.mark.parametrize("name", ["Europe", "../../etc/passwd", "", "/etc/localtime"])
def test_a_time_zone_is_a_name_and_no_path(name: str):
    assert refused({"timezone": name}) == [("timezone", "timezone")]


def test_one_pace_serves_any_number_of_chats():
    change(
        BASE,
        {"channels": {"chat": {"speed_by_level": [1.0]}}, "roster": {"kristiansand": {"chat": {"chats_at_once": 5}}}},
    )


def test_a_scenario_made_without_a_file_can_be_reviewed():
    scenario = Scenario.model_validate(
        {
            "title": "x",
            "period": {"first_day": "2024-01-01", "last_day": "2024-01-07"},
            "channels": {"phone": {"work": {"mean_min": 9}}},
            "roster": {"centr": {"day": {"hours": "always", "counsellors": 1, "answers": ["phone"]}}},
        }
    )
    (problem,) = review(scenario)
    assert (problem.word, problem.severity, problem.key) == ("problem.no_such_site", "error", "roster.centr")
    assert "Did you mean “centre”?" in problem.text("en")


def test_problems_come_by_place():
    problems = review(
        change(load(WHOLE), {"channels": {"chat": {"open": "closed"}}, "network": {"local_first": False}})
    )
    assert list(problems) == sorted(problems, key=lambda each: (each.file, each.line, each.column, each.key))
