"""History matching: what is kept fits, resumes to the same worlds, and does not depend on how many work."""

import json
from dataclasses import replace

import numpy as np
import pytest

from simulator.service.engines import simulation
from simulator.study.worlds import calibrate as calibration
from simulator.study.worlds.calibrate import (
    SOLVED_PRIORS,
    WORLDS,
    Inputs,
    State,
    TooFewWorldsError,
    calibrate,
    candidate,
    narrowed,
)
from simulator.study.worlds.design import point
from simulator.study.worlds.published import FIGURES, MOST_UNITS, PEAK_DAY, SITES, Published, report
from simulator.study.worlds.sight import seen_in
from simulator.study.worlds.solving import actual, calendars
from simulator.study.worlds.world import World, Worlds, WorldsError, are_shipped, shipped_worlds
from tests.study.worlds.conftest import FEW


def test_what_is_published_is_what_the_report_says():
    figures = report().figures
    assert set(figures) == set(FIGURES)
    blocks = [figures[name] for name in ("chat-2023-night", "chat-2023-other-closed", "chat-2023-window")]
    assert sum(blocks) == 19_150 and blocks[0] == 5_043 and blocks[0] + blocks[1] == 10_140
    assert (figures["chat-2024"], figures["phone-2024"], figures[PEAK_DAY]) == (8_770, 14_242, 49)
    share = 1 - sum(figures[name] for name in SITES.values()) / figures["phone-2024"]
    assert share == pytest.approx(0.63)


def test_a_standard_unit_is_discrepancy_and_a_years_variation():
    units = Published({"chat-2024": 10_000.0, PEAK_DAY: 49.0}).units(day_shape=50.0, discrepancy=0.025)
    assert units["chat-2024"] == pytest.approx(np.sqrt(0.025**2 + 1 / 10_000 + 1 / (50 * 366)))
    assert units[PEAK_DAY] > units["chat-2024"]


def test_every_kept_world_meets_every_figure(few: Worlds, inputs: Inputs):
    assert len(few) == FEW
    for world in few.worlds:
        units = inputs.published.units(world.values["busyness-day-shape"], inputs.discrepancy)
        for name, value in inputs.published.figures.items():
            assert abs(np.log(world.answered[name] / value)) <= MOST_UNITS * units[name] + 1e-4, (world.number, name)


def test_what_a_world_says_it_answers_is_what_it_answers(few: Worlds):
    """Years that the calibration never saw; 12 of them know chats to about 0.6 %, so 3 % is five standard errors."""
    world = few.worlds[0]
    totals: dict[str, list[float]] = {"chat-2024": [], "phone-2023": []}
    for year, scenario in actual().items():
        applied, demand = world.applied(scenario), world.demand(scenario)
        years = simulation(applied, "compiled", 77, world.number, profiles=demand, origins=world.origins)
        for replication in range(12):
            answered, _ = seen_in(years.year(replication), calendars()[year], year)
            for name in totals.keys() & answered.keys():
                totals[name].append(answered[name])
    for name, counts in totals.items():
        assert np.mean(counts) == pytest.approx(world.answered[name], rel=0.03), name


def test_solved_demand_lies_in_its_priors(few: Worlds, inputs: Inputs):
    for world in few.worlds:
        for name in SOLVED_PRIORS[:-1]:
            low, high = inputs.priors[f"prior-{name}"].support
            assert low <= world.solved[name] <= high


def test_an_interrupted_calibration_goes_on_to_the_same_worlds(few: Worlds, inputs: Inputs, states: list[State]):
    halfway = json.loads(json.dumps(states[len(states) // 2].as_json()))
    assert calibrate(inputs, FEW, workers=1, begun=State.from_json(halfway)).to_text() == few.to_text()


def test_candidates_are_the_same_in_other_processes(few: Worlds, inputs: Inputs, states: list[State]):
    begun = next(state for state in reversed(states) if len(state.kept) < FEW - 1)
    assert calibrate(inputs, FEW, workers=2, begun=begun).to_text() == few.to_text()


def test_a_candidate_is_the_same_however_many_are_asked_for(few: Worlds, inputs: Inputs):
    assert candidate(inputs, few.worlds[0].number) == few.worlds[0]


def test_another_seed_finds_other_worlds(inputs: Inputs):
    assert inputs.fingerprint != replace(inputs, seed=12).fingerprint
    first, other = (point(1, seed, inputs.priors) for seed in (inputs.seed, 12))
    assert all(first.values[name] != other.values[name] for name in ("chat-work", "chat-patience", "redial-mean"))


@pytest.mark.parametrize(
    "data", [{}, {"candidates": 3, "kept": [], "ruled_out": {"x": 1}}, {"candidates": "x", "kept": [], "ruled_out": {}}]
)
def test_a_state_that_is_none_is_refused(data):
    with pytest.raises(WorldsError):
        State.from_json(data)


def test_priors_that_exclude_what_is_published_are_said_to(monkeypatch: pytest.MonkeyPatch, inputs: Inputs):
    """One counsellor with one chat at a time can never answer what was answered."""
    fixed = {"prior-chat-counsellors": 1.0, "prior-chat-evening-counsellors": 0.0, "prior-chats-at-once": 1.0}
    priors = {
        id: replace(prior, family="fixed", terms={"value": fixed[id]}) if id in fixed else prior
        for id, prior in inputs.priors.items()
    }
    monkeypatch.setattr(calibration, "MOST_CANDIDATES_PER_WORLD", 4)
    with pytest.raises(TooFewWorldsError) as caught:
        calibrate(replace(inputs, priors=priors), 2, workers=1)
    assert caught.value.state.candidates == 8 and set(caught.value.state.ruled_out) <= {"too_few_people", "speeds"}


def test_what_is_not_known_keeps_the_width_of_its_prior(inputs: Inputs):
    """The shipped worlds: the totals say nothing of patience or of how soon people redial, and pin the demand."""
    left = {each.name: each.left for each in narrowed(shipped_worlds(), inputs.priors)}
    for name in ("chat-patience", "redial-mean", "come-back-mean", "busyness-hour-shape", "background-share"):
        assert left[name] > 0.85, name
    assert left["chat-first-attempts-2023"] < 0.4 and left["phone-first-attempts-2023"] < 0.4


def test_people_and_time_are_known_only_together():
    """Over the shipped worlds few people mean short chats: the trade-off that the totals do pin."""
    worlds = shipped_worlds().worlds
    seats = np.array(
        [
            (w.values["chat-counsellors"] + w.values["chat-evening-counsellors"]) * w.values["chats-at-once"]
            for w in worlds
        ]
    )
    work = np.array([w.values["chat-work"] for w in worlds])
    assert np.mean(work[seats <= 3]) < np.mean(work[seats >= 6])


def test_the_shipped_worlds_are_whole_and_fit(inputs: Inputs):
    assert are_shipped()
    worlds = shipped_worlds()
    assert len(worlds) == WORLDS
    assert worlds.made["published"] == dict(report().figures)
    shipped = Inputs()
    assert worlds.made["priors"] == shipped.as_json()["priors"], "calibrate again: the priors have changed"
    for world in worlds.worlds:
        units = report().units(world.values["busyness-day-shape"], shipped.discrepancy)
        assert all(
            abs(np.log(world.answered[name] / value)) <= MOST_UNITS * units[name] + 1e-4
            for name, value in report().figures.items()
        )


def test_the_first_shipped_worlds_are_found_again():
    """Two of them, from nothing but their numbers; factors but for the last digit, which is the processor's."""
    worlds = shipped_worlds()
    for world in (worlds.worlds[0], worlds.worlds[-1]):
        found = candidate(Inputs(), world.number)
        assert isinstance(found, World) and replace(found, profiles=world.profiles) == world
        assert found.profiles.keys() == world.profiles.keys()
        for name, factors in world.profiles.items():
            for part in ("months", "weekdays", "hours"):
                close = pytest.approx(getattr(factors, part), rel=1e-5)
                assert getattr(found.profiles[name], part) == close, (name, part)
