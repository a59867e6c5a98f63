"""A plan as a scenario: what it costs, who is on duty, and what is left as it was."""

import numpy as np
import pytest

from simulator.scenario import Calendar, change, load, review
from simulator.service.planning import make_plan
from simulator.study.hours import HoursError
from simulator.study.hours.plans import Alternative, Setting, in_words
from simulator.study.hours.proposal import as_yaml
from simulator.study.hours.screening import Yields, priced
from simulator.study.hours.space import GROUPS, Frame, Shift
from simulator.study.hours.week import NEVER, WHOLE_WEEK, covered, ordinary
from simulator.words import LANGUAGES
from tests.study.hours.service import scenario

ALIKE, WEEKEND = GROUPS["alike"], GROUPS["weekend"]
EVERY_NIGHT = (Shift(ALIKE[0], 1320, 1440, 2), Shift(ALIKE[0], 1440, 1680, 1))


def late(service, **more) -> tuple[Setting, Frame, Alternative]:
    setting = Setting(service, "chat", **more)
    frame = Frame(setting.own, ALIKE, 60)
    return setting, frame, Alternative.of(frame, EVERY_NIGHT)


def test_the_channel_is_open_while_somebody_is_on_duty_and_never_otherwise():
    setting, _, plan = late(scenario())
    made = setting.scenario_of(plan)
    assert np.array_equal(covered(ordinary(made.channels.chat.open)), covered(plan.opening))
    assert not [each for each in review(made) if each.severity == "error"]
    assert "problem.nobody_on_shift" not in {each.word for each in review(made)} - {
        each.word for each in review(setting.scenario)
    }
    hours = {name: ordinary(shift.hours) for name, shift in made.roster["centre"].items()}
    assert hours["chat"] == ordinary(setting.scenario.roster["centre"]["chat"].hours)
    assert hours["added chat 1"][0] == ((1320, 1680),) and hours["added chat 2"][0] == ((1320, 1440),)
    assert hours["added chat 1"][5] == ((1380, 1680),)  # Saturday closes at 23


def test_who_is_added_works_as_those_who_answer_the_channel_now():
    service = load("2024-actual")
    setting = Setting(service, "chat")
    frame = Frame(setting.own, ALIKE, 60)
    plan = Alternative.of(frame, (Shift(ALIKE[0], 1365, 1560, 2),))
    made = setting.scenario_of(plan)
    added = made.roster["kristiansand"]["added chat 1"]
    assert (added.counsellors, added.answers, added.chats_at_once) == (2, ["chat"], 2)
    source = made.sources["roster.kristiansand.added chat 1.chats_at_once"]
    assert source.source == "evidence: default-chats-at-once"  # so that a plausible world moves it too


def test_what_is_added_costs_the_difference_of_the_whole_rosters_and_what_the_tables_say():
    setting, frame, plan = late(scenario())
    exact = setting.extra_nok(setting.scenario_of(plan))
    hours = Yields(np.zeros((4, 168)), setting.cost_by_week_hour)
    options = priced(frame, hours)[0]
    edges = frame.edges(0)
    wanted = [[edges.index(each.start), edges.index(each.end), each.people] for each in EVERY_NIGHT]
    row = next(n for n, shifts in enumerate(options.shifts.tolist()) if shifts == wanted)
    assert exact == pytest.approx(options.cost[row], rel=1e-3)  # the first night began before the period
    assert exact > 0


def test_equal_plans_are_one_whatever_grid_they_came_from():
    setting, _, plan = late(scenario())
    weekend = Frame(setting.own, WEEKEND, 30)
    shifts = tuple(Shift(days, *key) for days in WEEKEND for key in ((1320, 1440, 2), (1440, 1680, 1)))
    assert Alternative.of(weekend, shifts) == plan


def test_a_plan_in_words_says_each_stretch_once():
    setting, frame, _ = late(scenario())
    days = (0, 1, 2, 3, 4, 6)
    assert in_words(frame, EVERY_NIGHT) == (
        (days, 1320, 1440, 2),
        ((5,), 1380, 1440, 2),
        (tuple(range(7)), 0, 240, 1),
    )
    assert setting.own[5] == ((960, 1380),)


def test_where_hours_are_free_the_channels_own_people_go_and_others_stay():
    setting = Setting(scenario(), "chat", free=True)
    assert setting.own == NEVER
    assert list(setting.bare.roster["centre"]) == ["phone"]
    assert setting.bare_cost_nok < setting.cost_nok
    frame = Frame(NEVER, ALIKE, 120)
    made = setting.scenario_of(Alternative.of(frame, (Shift(ALIKE[0], 960, 1320, 2),)))
    assert ordinary(made.channels.chat.open) == (((960, 1320),),) * 7
    assert set(made.roster["centre"]) == {"phone", "added chat 1"}


def test_probes_are_open_round_the_clock_with_so_many_more():
    setting = Setting(scenario(), "chat")
    assert setting.scenario_of(setting.probe(0)) is setting.scenario
    probe = setting.scenario_of(setting.probe(3))
    assert probe.roster["centre"]["added chat 1"].counsellors == 3
    assert ordinary(probe.channels.chat.open) == WHOLE_WEEK


def test_people_on_duty_for_the_phone_help_in_new_hours_alone_and_cost_nothing():
    setting, frame, _ = late(scenario())
    plan = Alternative.of(frame, EVERY_NIGHT, shared=True)
    made = setting.scenario_of(plan)
    plain = setting.scenario_of(Alternative.of(frame, EVERY_NIGHT))
    assert setting.extra_nok(made) == pytest.approx(setting.extra_nok(plain))
    roster = made.roster["centre"]
    helping, alone = roster["phone and chat"], roster["phone"]
    assert helping.answers == ["phone", "chat"] and alone.answers == ["phone"]
    minutes = covered(ordinary(helping.hours))
    assert np.array_equal(minutes, covered(plan.opening) & ~covered(setting.own))
    assert np.array_equal(minutes, ~covered(ordinary(alone.hours)))


def test_a_proposal_is_a_scenario_file_that_makes_the_same_plan(tmp_path):
    service = load("2024-actual")
    setting = Setting(service, "chat")
    plan = Alternative.of(Frame(setting.own, ALIKE, 60), (Shift(ALIKE[0], 1365, 1560, 1),))
    file = tmp_path / "proposal.yaml"
    text = as_yaml("2024-actual.yaml", 'Ett "forslag": 2 mill.', "Fordi: det er best", setting.changes(plan))
    file.write_text(text, encoding="utf-8")
    read, made = load(file), setting.scenario_of(plan)
    assert read.title == 'Ett "forslag": 2 mill.'
    assert read.roster == made.roster and read.channels == made.channels
    ours, theirs = make_plan(read), make_plan(made)
    assert [each.name for each in ours.counsellors] == [each.name for each in theirs.counsellors]
    free = Setting(service, "chat", free=True)
    moved = free.proposed(Alternative.of(Frame(NEVER, ALIKE, 120), (Shift(ALIKE[0], 960, 1320, 2),)))
    file.write_text(as_yaml("2024-actual.yaml", "Flyttet", "", moved), encoding="utf-8")
    assert "chat evening" not in load(file).roster["kristiansand"]


def test_a_holiday_keeps_its_own_hours_and_nobody_is_added_on_it():
    service = change(scenario(), {"channels": {"chat": {"open": {"daily": "16:00-22:00", "holidays": "12:00-16:00"}}}})
    setting = Setting(service, "chat")
    plan = Alternative.of(Frame(setting.own, ALIKE, 60), EVERY_NIGHT)
    made = setting.scenario_of(plan)
    assert made.channels.chat.open.holidays == ((720, 960),)
    assert made.roster["centre"]["added chat 1"].hours.holidays == ()
    assert Calendar.of(made) == Calendar.of(service)


@pytest.mark.parametrize(
    ("keys", "channel", "why"),
    [
        ({"pay": None}, "chat", "no_pay"),
        ({}, "sms", "no_channel"),
        ({"roster": {"centre": {"chat": None}}}, "chat", "nobody"),
    ],
)
def test_what_has_no_answer_is_refused_in_words(keys, channel, why):
    with pytest.raises(HoursError) as refused:
        Setting(change(scenario(), keys) if keys else scenario(), channel)
    assert refused.value.why == why
    assert all(refused.value.text(lang) for lang in LANGUAGES)
