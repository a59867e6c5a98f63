"""A requirement as levels, as people, as shifts of a scenario, and as a planner's own table."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.scenario import load
from simulator.study.staffing import Requirement, RequirementError, read_requirement
from simulator.study.staffing.requirement import STEPS, WEEK_MIN, slots_for, written_week
from simulator.words import LANGUAGES

SERVICE = {
    "title": "t",
    "period": {"first_day": "2024-01-01", "last_day": "2024-01-14"},
    "demand": {"chat": {"per_hour": 1}},
    "channels": {"chat": {"work": {"mean_min": 10}}},
}


@st.composite
def requirements(draw: st.DrawFn) -> Requirement:
    """Levels in runs, as requirements are; the week's edge inside a run as often as not."""
    step = draw(st.sampled_from(STEPS))
    offset = draw(st.integers(0, step // 15 - 1)) * 15
    count = WEEK_MIN // step
    runs = draw(st.lists(st.tuples(st.integers(0, 4), st.integers(1, count)), min_size=1, max_size=12))
    levels = np.repeat([level for level, _ in runs], [length for _, length in runs])
    return Requirement("chat", step, offset, np.roll(np.resize(levels, count), draw(st.integers(0, count))))


def minutes(requirement: Requirement) -> np.ndarray:
    """People in each minute of the week."""
    return np.roll(np.repeat(requirement.levels, requirement.step_min), requirement.offset_min)


@settings(max_examples=60, deadline=None)
@given(requirements())
def test_people_are_on_duty_exactly_while_the_level_is_theirs(requirement):
    windows = requirement.people_windows()
    assert len(windows) == requirement.levels.max()
    for person, spans in enumerate(windows, 1):
        there = np.zeros(WEEK_MIN, int)
        for start, end in spans:
            assert 0 <= start < WEEK_MIN and start < end <= start + WEEK_MIN
            there[np.arange(start, end) % WEEK_MIN] += 1
        assert (there == (minutes(requirement) >= person)).all()
    assert sum(end - start for spans in windows for start, end in spans) / 60 == requirement.hours_per_week


@settings(max_examples=25, deadline=None)
@given(requirements())
def test_shifts_in_a_scenario_are_the_same_people_again(requirement):
    shifts = requirement.shifts("duty", ["chat"], 2)
    scenario = load({**SERVICE, "roster": {"centre": shifts}})
    read = Requirement.of_scenario(scenario, "chat")
    assert (minutes(read) == minutes(requirement)).all()
    assert sum(each["counsellors"] for each in shifts.values()) == requirement.levels.max()
    assert all(each["chats_at_once"] == 2 and each["answers"] == ["chat"] for each in shifts.values())


@given(requirements())
def test_a_requirement_survives_json(requirement):
    again = Requirement.from_json(requirement.as_json())
    assert again == requirement and hash(again) == hash(requirement)
    assert again != Requirement("phone", requirement.step_min, requirement.offset_min, requirement.levels)


def test_levels_cannot_be_changed_and_must_be_people():
    requirement = Requirement("chat", 60, 0, np.ones(168))
    with pytest.raises(ValueError, match="read-only"):
        requirement.levels[0] = 2
    for step, offset, levels in ((20, 0, np.ones(504)), (60, 60, np.ones(168)), (60, 0, np.ones(7))):
        with pytest.raises(ValueError, match="not"):
            Requirement("chat", step, offset, levels)
    for wrong in (-1, 1001, 0.5):
        with pytest.raises(ValueError, match=r"needed|between"):
            Requirement("chat", 60, 0, np.full(168, wrong))


def test_the_roster_of_2024_is_three_and_a_fourth_in_the_evening():
    requirement = Requirement.of_scenario(load("2024-actual"), "chat")
    assert requirement.hours_per_week == 3 * (6 * 6.5 + 7.5) + 6 * 2.75 + 3.75
    written = requirement.shifts("chat", ["chat"], 2)
    assert [each["hours"] for each in written.values()] == [
        {"daily": "16:15-22:45", "sat": "16:15-23:45"},
        {"daily": "20:00-22:45", "sat": "20:00-23:45"},
    ]


def test_a_slot_with_an_edge_inside_counts_the_mean_and_halves_upwards():
    windows = [((0, 45), 2), ((0, 15), 1), ((45, 50), 2)]
    assert Requirement.of_windows("chat", windows, 30).levels[:3].tolist() == [3, 1, 0]
    assert Requirement.of_windows("chat", windows).step_min == 15
    assert Requirement.of_windows("chat", windows[:2]).in_slots(60, 0)[0] == 1.75


def test_slots_are_as_long_as_their_edges_allow():
    assert slots_for([15, 1455]) == (60, 15)
    assert slots_for([15, 45]) == (30, 15)
    assert slots_for([0, 15]) == (15, 0)
    assert slots_for([]) == (60, 0)


def test_days_that_are_alike_are_written_together():
    assert written_week([(0, WEEK_MIN)]) == {"daily": "00:00-24:00"}
    evenings = [(day * 1440 + 960, day * 1440 + 1500) for day in range(5)]
    assert written_week(evenings) == {"weekdays": "16:00-01:00", "weekends": "closed"}
    assert written_week([*evenings, (7 * 1440 - 60, 7 * 1440 + 120)])["sun"] == "23:00-02:00"


# --- a planner's own table -------------------------------------------------------------------------------------------


def table(tmp_path, text: str):
    path = tmp_path / "need.csv"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    "text",
    [
        "ukedag;fra;til;rådgivere\nman-fre;16:15;22:45;3\nlør;16:15;23:45;2\n",
        "weekday,time,counsellors\nmon-fri,16:15-22:45,3\nsat,16:15-23:45,2\n",
        "Dag\tKl\tTil\tAntall\nhverdager\tkl. 16.15\t22.45\t3\nlørdag\t16.15\t23.45\t2\nsøn\t00:00\t24:00\t0\n",
    ],
)
def test_tables_as_planners_write_them(tmp_path, text):
    requirement = read_requirement(table(tmp_path, text))
    assert requirement.shifts("duty", ["chat"])["duty"]["counsellors"] == 2
    assert requirement.hours_per_week == 5 * 6.5 * 3 + 7.5 * 2
    assert (requirement.step_min, requirement.offset_min) == (30, 15)


def test_rows_without_an_end_last_until_the_next(tmp_path):
    rows = "ukedag;fra;rådgivere\n" + "".join(f"tir;{hour}:00;{hour - 15}\n" for hour in range(16, 20))
    requirement = read_requirement(table(tmp_path, rows), "phone")
    assert requirement.channel == "phone"
    assert requirement.levels[24 + 16 : 24 + 21].tolist() == [1, 2, 3, 4, 0]


def test_a_row_past_midnight_goes_on_in_the_next_day(tmp_path):
    requirement = read_requirement(table(tmp_path, "dag;fra;til;behov\nsøn;23:00;02:00;1\n"))
    assert requirement.people_windows() == (((6 * 1440 + 23 * 60, 7 * 1440 + 120),),)


@pytest.mark.parametrize(
    ("rows", "words", "line"),
    [
        ("måndag;16:15;22:45;3", "day", 2),
        ("man;16:75;22:45;3", "clock", 2),
        ("man;kveld;22:45;3", "clock", 2),
        ("man;16:10;22:45;3", "quarter", 2),
        ("man;16:15;22:45;2,5", "people", 2),
        ("man;16:15;22:45;1001", "people", 2),
        ("man;16:15;22:45;-1", "people", 2),
        ("man;16:15;;3", "no_end", 2),
        ("man;16:15;;3\nman;16:45;;3\nman;20:15;;3", "no_end", 3),
        ("man;16:15;22:45;3\nman-ons;22:15;23:00;1", "twice", 3),
    ],
)
def test_what_cannot_be_used_is_told_by_line(tmp_path, rows, words, line):
    with pytest.raises(RequirementError) as found:
        read_requirement(table(tmp_path, f"ukedag;fra;til;rådgivere\n{rows}\n"))
    problem = found.value.problems[0]
    assert (problem.word, problem.line) == (f"staff.file.{words}", line)
    for lang in LANGUAGES:
        assert f"need.csv:{line}:" in found.value.text(lang)


def test_all_that_is_wrong_is_told_at_once(tmp_path):
    with pytest.raises(RequirementError) as found:
        read_requirement(table(tmp_path, "ukedag;fra;til;rådgivere\nx;16:15;22:45;3\nman;16:15;22:45;y\n"))
    assert [each.line for each in found.value.problems] == [2, 3]


@pytest.mark.parametrize("text", ["", "ukedag;fra\nman;16:15\n", "ukedag;fra;farge\nman;16:15;blå\n"])
def test_a_table_without_its_columns_is_refused(tmp_path, text):
    with pytest.raises(RequirementError):
        read_requirement(table(tmp_path, text))
    with pytest.raises(RequirementError):
        read_requirement(tmp_path / "nothing.csv")
