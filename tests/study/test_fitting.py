"""A year exported from a known world and taken in again: what was put in comes out, inside its interval.

Intervals are of 95 %: a test that asks for one of them fails one time in twenty by chance, so seeds are fixed and were
not chosen; the test of coverage counts over many years and states its false-alarm rate.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from simulator.demand import hourly_rates
from simulator.demand.own import OwnCounts, OwnLog, read_own_data
from simulator.evidence import Evidence
from simulator.scenario import Scenario, load
from simulator.scenario.calendar import HOUR_MS, Calendar
from simulator.study.exporting import contact_log, hourly_counts
from simulator.study.fitting import Found, fit
from simulator.study.unslowed import work_alone

NO_REDIAL = {"redial": {"probability": 0, "mean_min": 20}}
NEVER_AGAIN = {"extends": "2023-actual.yaml", "channels": {"chat": NO_REDIAL, "phone": NO_REDIAL}}
FEW_PEOPLE = {"kristiansand": {"chat": {"counsellors": 2, "chats_at_once": 1}, "chat evening": {"chats_at_once": 1}}}
WORLDS = {
    "default": NEVER_AGAIN,
    "busy days": {**NEVER_AGAIN, "demand": {"busyness": {"day_shape": 20, "hour_shape": 10}}},
    "one at a time": {**NEVER_AGAIN, "roster": FEW_PEOPLE},
    "slow side by side": {
        **NEVER_AGAIN,
        "channels": {
            "phone": NO_REDIAL,
            "chat": {**NO_REDIAL, "speed_by_level": [1, 0.6], "patience": {"mean_min": 4}, "work": {"mean_min": 30}},
        },
    },
}


def taken_in(folder: Path, scenario: Scenario, channel: str, seed: int, kind: str = "log") -> Found:
    file = folder / f"{kind}.csv"
    file.write_text((contact_log if kind == "log" else hourly_counts)(scenario, channel, seed), "utf-8")
    data = read_own_data(file, channel=channel)
    assert isinstance(data, OwnLog if kind == "log" else OwnCounts)
    return fit(data)


def true_rates(scenario: Scenario, channel: str) -> np.ndarray:
    calendar = Calendar.of(scenario)
    cells = hourly_rates(scenario, channel, calendar)
    hour, _, _ = calendar.civil(cells.start_ms)
    return np.bincount(hour, cells.mean, 24) / np.bincount(calendar.hours.hour, minlength=24)


@pytest.mark.parametrize("world", WORLDS)
def test_a_known_world_is_recovered(tmp_path: Path, world: str):
    scenario = load(WORLDS[world])
    found = taken_in(tmp_path, scenario, "chat", 5)
    chat = scenario.channels.chat
    assert chat is not None and chat.patience is not None
    true = true_rates(scenario, "chat")
    inside = (found.profile.low <= true) & (true <= found.profile.high)
    assert inside.sum() >= 20, "24 intervals of 95 %: fewer than 20 inside is a chance of 1 in 4 000"
    assert (
        found.patience_min is not None and found.patience_min.low <= chat.patience.mean_min <= found.patience_min.high
    )
    assert found.work is not None and found.work.low_min <= chat.work.mean_min <= found.work.high_min
    shapes = scenario.demand.busyness
    assert found.day_shape is not None and found.hour_shape is not None
    assert shapes.day_shape is not None and shapes.hour_shape is not None
    assert found.day_shape.low <= shapes.day_shape <= found.day_shape.high
    assert found.hour_shape.low <= shapes.hour_shape <= found.hour_shape.high
    assert found.balking is not None and found.balking.low <= chat.balking <= found.balking.high


def test_leavers_alone_make_patience_too_short(tmp_path: Path):
    found = taken_in(tmp_path, load(WORLDS["one at a time"]), "chat", 5)
    assert found.patience_min is not None and found.leavers_only_min is not None
    assert found.leavers_only_min < 0.8 * found.patience_min.low
    assert found.patience_min.low <= 7 <= found.patience_min.high


def test_calls_have_nobody_beside_them(tmp_path: Path):
    found = taken_in(tmp_path, load(NEVER_AGAIN), "phone", 5)
    assert found.handling_min is not None and found.handling_min.low <= 12 <= found.handling_min.high
    assert found.work is not None and found.work.speeds == (1.0,) and found.work.held_with_others == 0


def test_conversations_side_by_side_last_longer_than_their_work(tmp_path: Path):
    found = taken_in(tmp_path, load(WORLDS["slow side by side"]), "chat", 5)
    assert found.handling_min is not None and found.work is not None
    assert found.handling_min.low > found.work.high_min
    assert found.work.speeds[1] == pytest.approx(0.6, abs=0.06)


def test_counts_and_log_tell_the_same_demand(tmp_path: Path):
    scenario = load(NEVER_AGAIN)
    by_log, by_counts = (taken_in(tmp_path, scenario, "chat", 5, kind) for kind in ("log", "counts"))
    assert by_log.profile.per_hour == pytest.approx(by_counts.profile.per_hour)
    assert by_log.day_shape == by_counts.day_shape and by_counts.patience_min is None


def test_closed_hours_are_not_zero_demand(tmp_path: Path):
    found = taken_in(tmp_path, load({**NEVER_AGAIN, "extends": "2024-actual.yaml"}), "chat", 5)
    rates = found.profile.per_hour
    assert np.isnan(rates[[0, 3, 8, 12]]).all() and np.isfinite(rates[[17, 20, 21]]).all()


def test_hours_in_which_the_channel_opens_and_closes_are_recovered(tmp_path: Path):
    """Open 16:15-22:45: attempts per open hour, not per hour of the clock; nobody who met it closed comes later."""
    chat = {**NO_REDIAL, "when_closed": {"phone_instead": 0, "come_back": 0, "mean_hours_after_opening": 4}}
    scenario = load({"extends": "2024-actual.yaml", "channels": {"chat": chat, "phone": NO_REDIAL}})
    found, true = taken_in(tmp_path, scenario, "chat", 5), true_rates(scenario, "chat")
    assert (found.profile.low[16:23] <= true[16:23]).all() and (true[16:23] <= found.profile.high[16:23]).all()
    assert found.profile.high[16] < true[16] / 0.75, "else a quarter less would not be noticed"


def test_intervals_of_busyness_hold_what_they_promise(tmp_path: Path):
    """Of 40 years 95 % intervals hold 38 on average; fewer than 33 has a chance below 1 % if they hold."""
    scenario = load({**NEVER_AGAIN, "demand": {"busyness": {"day_shape": 40, "hour_shape": 15}}})
    held = np.zeros(2)
    for seed in range(40):
        found = taken_in(tmp_path, scenario, "chat", 100 + seed, "counts")
        assert found.day_shape is not None and found.hour_shape is not None
        held += [found.day_shape.low <= 40 <= found.day_shape.high, found.hour_shape.low <= 15 <= found.hour_shape.high]
    assert held.min() >= 33


@pytest.mark.parametrize(("base", "hours"), [("2023-actual", range(24)), ("2024-actual", range(17, 22))])
@pytest.mark.parametrize(("day_shape", "hour_shape"), [(20, 10), (100, 40)])
def test_busyness_is_found_without_bias(base: str, hours: range, day_shape: float, hour_shape: float):
    """The median of 60 years lies within 20 % of the truth, also where days are short and factors many."""
    scenario = load({"extends": f"{base}.yaml"})
    calendar = Calendar.of(scenario)
    cells = hourly_rates(scenario, "chat", calendar)
    size = len(calendar.hours.hour)
    mean = np.bincount(cells.start_ms // HOUR_MS, cells.mean, size)
    _, day = np.unique(calendar.hours.day - (calendar.hours.hour < 6), return_inverse=True)
    rng, found = np.random.default_rng(1), []
    for _ in range(60):
        busy = rng.gamma(day_shape, 1 / day_shape, day.max() + 1)[day] * rng.gamma(hour_shape, 1 / hour_shape, size)
        count = np.where(np.isin(calendar.hours.hour, hours), rng.poisson(mean * busy), np.nan)
        seen = fit(OwnCounts(calendar, count, 0 * count, count, (), size, np.ones(size)))
        assert seen.day_shape is not None and seen.hour_shape is not None
        found.append((seen.day_shape.value, seen.hour_shape.value))
    assert np.median(found, axis=0) == pytest.approx([day_shape, hour_shape], rel=0.2)


def test_few_days_say_nothing_of_busyness(tmp_path: Path):
    file = tmp_path / "few.csv"
    file.write_text("dato;time;besvart;tapt\n01.03.2024;18;3;1\n02.03.2024;18;4;0\n", "utf-8")
    found = fit(read_own_data(file))
    assert found.day_shape is None and found.work is None and found.attempts == 8


def test_without_codes_of_counsellors_work_is_not_known(tmp_path: Path):
    file = tmp_path / "bare.csv"
    file.write_text("tid;utfall;varighet (min)\n" + "2024-03-01 18:00;besvart;30\n" * 200, "utf-8")
    data = read_own_data(file)
    assert isinstance(data, OwnLog) and work_alone(data) is None
    assert fit(data).handling_min is not None


def test_import_narrows_the_worlds(tmp_path: Path, typed_import):
    """The priors that an import writes are read by the calibration, and are narrower than those they replace."""
    from simulator.study.worlds.priors import read_priors, shipped_priors
    from simulator.study.worlds.shapes import read_shapes

    folder = typed_import(load(NEVER_AGAIN))
    priors, before = read_priors([folder / "own-data.yaml"]), shipped_priors()
    for name in ("chat-patience", "chat-work", "busyness-day-shape"):
        widths = [
            each[f"prior-{name}"].quantile(0.95) - each[f"prior-{name}"].quantile(0.05) for each in (priors, before)
        ]
        assert widths[0] < 0.5 * widths[1], name
    entries = YAML(typ="safe", pure=True).load((folder / "own-data.yaml").read_text("utf-8"))
    for id, entry in entries.items():
        Evidence.model_validate({**entry, "id": id})
    assert {"prior-chat-work-cv", "prior-chat-speed-2", "prior-balking", "prior-chat-shape"} <= entries.keys()
    shape = read_shapes([folder / "own-data.yaml"])["chat"]
    assert shape.per_hour.shape == (24,) and shape.se_log.max() < 1


def test_a_year_without_busyness_gives_priors_that_can_be_read(tmp_path: Path, typed_import):
    from simulator.study.worlds.priors import read_priors

    folder = typed_import(load({**NEVER_AGAIN, "demand": {"busyness": {"day_shape": 1e6, "hour_shape": 1e6}}}))
    priors = read_priors([folder / "own-data.yaml"])
    assert priors["prior-busyness-day-shape"].quantile(0.99) > 1000


def test_the_profile_that_an_import_writes_is_one_that_a_scenario_can_name(tmp_path: Path, typed_import):
    from simulator.demand import read_profile

    scenario = load(NEVER_AGAIN)
    profile = read_profile(typed_import(scenario) / "profile-chat.csv")
    assert profile.per_hour.mean(axis=(0, 1)) == pytest.approx(true_rates(scenario, "chat"), rel=0.2)


@pytest.fixture
def typed_import(tmp_path: Path):
    """Take a scenario's log in as a user would."""
    from simulator.cli import run_command

    def run(scenario: Scenario) -> Path:
        (tmp_path / "log.csv").write_text(contact_log(scenario, "chat", 5), "utf-8")
        json_file = tmp_path / "found.json"
        words = ["import", str(tmp_path / "log.csv"), "--out", str(tmp_path), "--json", str(json_file)]
        assert run_command(words, "nb") == 0
        return Path(json.loads(json_file.read_text("utf-8"))["folder"])

    return run
