"""What counts as a move, what it is measured against, and what is named as its cause."""

import json
from dataclasses import replace

import pytest

from simulator.scenario import change, load
from simulator.study.baseline.comparing import Comparison, compare_baselines, compare_entries
from simulator.study.baseline.contents import ONE_WORLD, OVER_WORLDS, Cut, Figure, Recipe
from simulator.study.baseline.figures import moved_column, same
from simulator.study.baseline.making import Made, make_entry
from simulator.study.run import run

NAME = "2024-actual"
CHATS = "answered/chat/all"


def with_entry(made: Made, **parts) -> Made:
    entry = replace(made.baseline.entries[NAME], **parts)
    return replace(made, baseline=replace(made.baseline, entries={NAME: entry}))


def with_figure(made: Made, name: str, table: str = ONE_WORLD, **by: float) -> Made:
    """A figure moved: by so much in one number."""
    tables = {key: dict(each) for key, each in made.baseline.entries[NAME].tables.items()}
    figure = tables[table][name]
    numbers = [(value or 0.0) + by.get(number, 0.0) for value, number in zip(figure.numbers, NUMBERS, strict=True)]
    tables[table][name] = replace(figure, numbers=tuple(numbers))
    return with_entry(made, tables=tables)


NUMBERS = ("mean", "low", "high", "year_low", "year_high", "noise")


def with_inputs(made: Made, **parts) -> Made:
    return replace(made, baseline=replace(made.baseline, inputs=replace(made.baseline.inputs, **parts)))


def compared(stored, made: Made) -> Comparison:
    return compare_baselines(stored, made)


def test_the_same_agrees_and_moves_nothing(stored, made):
    found = compared(stored, made)
    assert found.agrees and not found.moves and found.inputs == ()
    assert json.loads(json.dumps(found.as_json()))["agrees"] is True


def test_the_same_again_is_the_same(made, recipe):
    assert compare_entries(made.baseline.entries[NAME], make_entry(load(NAME), recipe)).agrees


# --- figures -------------------------------------------------------------------------------------------------------


def test_one_contact_more_is_a_move_and_is_measured_in_noise(stored, made):
    found = compared(stored, with_figure(made, CHATS, mean=0.5))
    (move,) = found.entries[0].moved
    noise = stored.entries[NAME].tables[ONE_WORLD][CHATS].noise
    assert (move.measure, move.channel, move.table, move.column) == ("answered", "chat", ONE_WORLD, "mean")
    assert move.change == pytest.approx(0.5) and move.noise == noise
    assert move.in_noise == pytest.approx(0.5 / noise)
    assert found.moves and not found.agrees and not found.entries[0].agrees


def test_the_rounding_of_a_share_is_no_move_and_more_than_that_is(stored, made):
    share = "answered_share_of_open/chat/all"
    assert compared(stored, with_figure(made, share, mean=1e-6)).agrees
    assert not compared(stored, with_figure(made, share, mean=3e-5)).agrees


@pytest.mark.parametrize("number", NUMBERS[1:])
def test_an_end_of_an_interval_that_moves_is_named(stored, made, number):
    (move,) = compared(stored, with_figure(made, CHATS, OVER_WORLDS, **{number: 40.0})).entries[0].moved
    assert (move.column, move.table) == (number, OVER_WORLDS)


def test_what_has_no_noise_comes_first_then_what_moved_most_then_cuts(stored, made):
    moved = with_figure(with_figure(made, CHATS, mean=1.0), "abandoned/chat/all", mean=50.0)
    moved = with_figure(moved, "staffed_hours/all/all", mean=1.0)
    cuts = dict(moved.baseline.entries[NAME].cuts)
    hours = cuts["answered/chat/all/hour"]
    cuts["answered/chat/all/hour"] = replace(
        hours, means=(*hours.means[:20], (hours.means[20] or 0) + 3, *hours.means[21:])
    )
    found = compared(stored, with_entry(moved, cuts=cuts)).entries[0].moved
    assert [each.measure for each in found] == ["staffed_hours", "abandoned", "answered", "answered"]
    assert found[0].in_noise is None and found[-1].by == "hour 20" and found[-1].change == pytest.approx(3)


def test_a_figure_that_is_new_and_one_that_is_gone(stored, made):
    tables = {key: dict(each) for key, each in made.baseline.entries[NAME].tables.items()}
    gone = tables[ONE_WORLD].pop(CHATS)
    tables[ONE_WORLD]["smiles/chat/all"] = gone
    found = compared(stored, with_entry(made, tables=tables)).entries[0].moved
    assert {(each.measure, each.column) for each in found} == {("answered", "gone"), ("smiles", "new")}


def test_hours_of_weekdays_are_watched_too(stored, made):
    entry = made.baseline.entries[NAME]
    found = compared(stored, with_entry(made, week_hours={**entry.week_hours, CHATS: "00000000"})).entries[0].moved
    assert [(each.by, each.change) for each in found] == [("week_hours", None)]


def test_a_mean_of_counts_is_kept_with_all_its_digits(made):
    result = run(load(NAME), 2)
    mean = made.baseline.entries[NAME].tables[ONE_WORLD][CHATS].mean
    assert mean == result.measures.get("answered", channel="chat").mean
    assert (2 * mean).is_integer()


@pytest.mark.parametrize(
    ("was", "now", "counted", "equal"),
    [
        (None, None, False, True),
        (None, 0.0, False, False),
        (8770.125, 8770.125, True, True),
        (8770.125, 8770.0, True, False),
        (999_999.875, 1_000_000.0, True, False),
        (0.123456, 0.123457, False, True),
        (1.00000, 1.00001, False, True),
        (1.00000, 1.00003, False, False),
        (0.0, 1e-15, False, False),
    ],
)
def test_what_is_the_same_number(was, now, counted, equal):
    assert same(was, now, counted) is equal


def test_rounding_of_nothing_is_none_and_unit_is_watched():
    hours = Figure("hours/year", (17520.0, 17520.0, 17520.0, 17520.0, 17520.0, 1e-13))
    assert moved_column(hours, replace(hours, numbers=(*hours.numbers[:-1], 0.0))) is None
    assert moved_column(hours, replace(hours, unit="h")) == "unit"
    assert Cut("share", (0.5,)) == Cut("share", (0.5,))


# --- what lies behind ----------------------------------------------------------------------------------------------


def test_a_prior_that_changed_is_named_with_both_values(stored, made):
    evidence = dict(made.baseline.inputs.evidence)
    prior = evidence["prior-chat-work"]
    evidence["prior-chat-work"] = {**prior, "value": {**prior["value"], "mode": 45}}
    found = compared(stored, with_inputs(made, evidence=evidence))
    assert [(each.kind, each.name, each.was, each.now) for each in found.inputs] == [
        ("evidence", "prior-chat-work.value.mode", 42, 45)
    ]
    assert not found.agrees and found.moves


def test_a_status_that_changed_is_a_fault_that_moves_no_number(stored, made):
    evidence = dict(made.baseline.inputs.evidence)
    evidence["default-chat-work"] = {**evidence["default-chat-work"], "status": "published"}
    found = compared(stored, with_inputs(made, evidence=evidence))
    assert [(each.name, each.now) for each in found.faults] == [("default-chat-work.status", "published")]
    assert not found.agrees and not found.moves


def test_new_evidence_and_another_library_only_explain(stored, made):
    inputs = made.baseline.inputs
    evidence = {**inputs.evidence, "a-new-one": {"value": 1, "unit": "h", "status": "assumed"}}
    libraries = {**inputs.libraries, "numpy": "99.0"}
    found = compared(stored, with_inputs(made, evidence=evidence, libraries=libraries))
    assert found.agrees and {each.kind for each in found.inputs} == {"evidence_new", "library"}


def test_evidence_that_is_gone_is_a_fault(stored, made):
    evidence = dict(made.baseline.inputs.evidence)
    evidence.pop("default-chat-work")
    assert [each.name for each in compared(stored, with_inputs(made, evidence=evidence)).faults] == [
        "default-chat-work"
    ]


def test_worlds_and_profiles_are_named(stored, made):
    inputs = made.baseline.inputs
    profile = next(iter(inputs.profiles))
    found = compared(
        stored,
        with_inputs(made, worlds={**inputs.worlds, "seed": 2}, profiles={**inputs.profiles, profile: "0" * 16}),
    )
    assert [(each.kind, each.name) for each in found.faults] == [("worlds", "seed"), ("profile", profile)]


def test_another_seed_is_named_and_brings_other_contacts_from_the_first_day(stored):
    entry = make_entry(load(NAME), Recipe(seed=2, years=2, worlds=2))
    seeded = replace(stored, recipe={**stored.recipe, "seed": 2}, entries={NAME: entry})
    found = compare_baselines(stored, Made(seeded, {}))
    assert [(each.kind, each.name, each.was, each.now) for each in found.faults] == [("recipe", "seed", 1, 2)]
    (moved,) = found.entries
    assert not moved.contacts_equal and not moved.ledger_equal and moved.first is not None
    assert moved.first_contacts_day is not None and moved.first_contacts_day.date == "2024-01-01"
    assert len(moved.moved) > 100


def test_the_seed_is_that_of_whoever_names_none():
    from inspect import signature

    from simulator.cli.options import Options

    assert Recipe().seed == signature(run).parameters["seed"].default == Options("en").seed().default


# --- scenarios -----------------------------------------------------------------------------------------------------


def test_a_plan_that_changed_late_in_the_year_is_told_by_its_day_and_its_key(stored, recipe):
    chat = {"daily": "16:15-22:45", "sat": "16:15-23:45"}
    changed = change(load(NAME), {"channels": {"chat": {"open": {**chat, "dates": {"2024-11-20": "16:15-20:00"}}}}})
    entry = compare_entries(stored.entries[NAME], make_entry(changed, recipe))
    assert entry.contacts_equal and not entry.ledger_equal
    day = entry.first_ledger_day
    assert day is not None and day.date == "2024-11-20"
    assert entry.first is None, "the days that are kept in full are equal"
    assert day.answered_now is not None and day.answered_now < day.answered_was
    assert [each.name for each in entry.scenario] == ["channels.chat.open.dates"]


def test_a_scenario_without_baseline_and_a_baseline_without_scenario(stored, made):
    entry = made.baseline.entries[NAME]
    other = replace(made, baseline=replace(made.baseline, entries={"another": replace(entry, name="another")}))
    found = compare_baselines(stored, other)
    assert (found.new, found.gone, found.agrees, found.moves) == (("another",), (NAME,), False, False)
    assert compare_baselines(stored, other, limited=True).gone == ()
