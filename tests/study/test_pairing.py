"""Persons under two plans: hand-worked counts, laws that hold for any pair, and equality with the key figures."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2, poisson

from simulator.demand.contacts import Contacts
from simulator.scenario import change, load
from simulator.scenario.calendar import Calendar
from simulator.scenario.model import CHANNELS
from simulator.service.engines import simulation
from simulator.service.keys import HOURS, Key
from simulator.service.measures import Yardstick, Year
from simulator.service.planning import make_plan
from simulator.service.tally import HourTable
from simulator.study.compare import compare
from simulator.study.comparing.consequences import EVENTS, poisson_interval
from simulator.study.comparing.pair_table import CHANGED, NONE, SAME
from simulator.study.comparing.pairs import AT_SITE, CLASSES, KINDS, Outcomes, outcomes, pair
from tests.study.samples import SMALL

PHONE, CHAT = CHANNELS.index("phone"), CHANNELS.index("chat")
CASES = {each["id"]: each for each in json.loads(Path("tests/cases/public.json").read_text("utf-8"))}
NOT = (-1, -1, 0)
"""Channel, site and wait of somebody who is not answered."""


def became(*persons: tuple[int, int, tuple[int, int, int], bool]) -> Outcomes:
    """Outcomes of persons given as identity, hour, (channel, site, wait), and whether they are still out."""
    identity, hour, answer, out = zip(*persons, strict=True)
    channel, site, wait_ms = zip(*answer, strict=True)
    return Outcomes(
        np.array(identity, np.uint64),
        np.array(hour, np.int64),
        np.array(channel) >= 0,
        np.array(out),
        np.array(channel, np.int16),
        np.array(site, np.int16),
        np.array(wait_ms, np.int64),
    )


def test_each_person_is_counted_as_what_became_of_her():
    base = became(
        (1, 0, (CHAT, 0, 60), False),  # waits longer under the plan
        (2, 0, (PHONE, 1, 5), False),  # as before
        (3, 1, (PHONE, 1, 5), False),  # another site
        (4, 1, (PHONE, 0, 9), False),  # another channel, sooner
        (5, 2, NOT, False),  # gained, by chat
        (6, 2, NOT, True),  # gained, by phone; was still out
        (7, 3, (CHAT, 0, 0), False),  # lost
        (8, 3, NOT, False),  # under neither
        (9, 4, NOT, False),  # still out under the plan
        (10, 5, (CHAT, 0, 0), False),  # comes under the base alone
        (11, 5, NOT, False),  # comes under the base alone, unreached
    )
    plan = became(
        (1, 0, (CHAT, 0, 100), False),
        (2, 0, (PHONE, 1, 5), False),
        (3, 1, (PHONE, 2, 5), False),
        (4, 1, (CHAT, 0, 2), False),
        (5, 2, (CHAT, 0, 7), False),
        (6, 2, (PHONE, 2, 7), False),
        (7, 3, NOT, False),
        (8, 3, NOT, False),
        (9, 4, NOT, True),
        (12, 6, (CHAT, 0, 0), False),  # comes under the plan alone
        (13, 6, NOT, True),
    )
    counts = pair(base, plan, 3)
    found = {kind: {hour: int(n) for hour, n in enumerate(counts.by_hour[KINDS.index(kind)]) if n} for kind in KINDS}
    assert found == {
        "both": {0: 2, 1: 2},
        "gained": {2: 2},
        "lost": {3: 1},
        "neither": {3: 1},
        "still_out": {4: 1},
        "new": {6: 1},
        "gone": {5: 1},
        "new_unreached": {6: 1},
        "gone_unreached": {5: 1},
        "waited_longer": {0: 1},
        "waited_shorter": {1: 1},
        "answered_elsewhere": {1: 2},
        "other_channel": {1: 1},
        "other_site": {1: 1},
        "longer_ms": {0: 40},
        "shorter_ms": {1: 7},
        "chats_gained": {1: 1, 2: 1, 6: 1},
        "chats_lost": {3: 1, 5: 1},
        "chats_from_phone": {1: 1},
        "chats_to_phone": {},
    }
    by_site = dict(zip(AT_SITE, counts.by_site.tolist(), strict=True))
    assert by_site == {
        "stayed": [2, 1, 0],
        "moved_in": [0, 0, 1],
        "moved_out": [0, 1, 0],
        "gained": [1, 0, 1],
        "lost": [1, 0, 0],
        "new": [1, 0, 0],
        "gone": [1, 0, 0],
    }


@st.composite
def pairs(draw):
    """Two outcomes of persons of whom some are the same."""
    answer = st.one_of(st.just(NOT), st.tuples(st.sampled_from([PHONE, CHAT]), st.integers(0, 2), st.integers(0, 3)))
    everybody = draw(st.lists(st.integers(0, 23), min_size=1, max_size=25))
    sides = []
    for _ in range(2):
        chosen = draw(st.lists(st.sampled_from(range(len(everybody))), min_size=1, unique=True))
        persons = []
        for who in sorted(chosen):
            what = draw(answer)
            persons.append((who, everybody[who], what, what == NOT and draw(st.booleans())))
        sides.append(became(*persons))
    return sides


@settings(max_examples=60)
@given(pairs())
def test_every_pair_adds_up(sides):
    base, plan = sides
    counts = pair(base, plan, 3)
    kinds = {kind: counts.by_hour[place] for place, kind in enumerate(KINDS)}
    everybody = len(np.union1d(base.identity, plan.identity))
    assert sum(int(kinds[kind].sum()) for kind in CLASSES) == everybody
    reached = [np.bincount(each.hour[each.reached], minlength=24) for each in sides]
    net = kinds["gained"] + kinds["new"] - kinds["lost"] - kinds["gone"]
    assert np.array_equal(reached[1] - reached[0], net)
    chats = [np.bincount(each.hour[each.channel == CHAT], minlength=24) for each in sides]
    assert np.array_equal(chats[1] - chats[0], kinds["chats_gained"] - kinds["chats_lost"])
    site = dict(zip(AT_SITE, counts.by_site, strict=True))
    before, after = (np.bincount(each.site[each.reached], minlength=3) for each in sides)
    assert np.array_equal(before, site["stayed"] + site["moved_out"] + site["lost"] + site["gone"])
    assert np.array_equal(after, site["stayed"] + site["moved_in"] + site["gained"] + site["new"])
    for total, part in (("gained", "gained"), ("lost", "lost"), ("new", "new"), ("gone", "gone")):
        assert kinds[total].sum() == site[part].sum()


@settings(max_examples=40)
@given(pairs())
def test_the_other_way_round_who_gained_has_lost(sides):
    there, back = pair(*sides, 3), pair(*sides[::-1], 3)
    swapped = {"gained": "lost", "new": "gone", "new_unreached": "gone_unreached", "waited_longer": "waited_shorter"}
    swapped |= {"longer_ms": "shorter_ms", "chats_gained": "chats_lost", "chats_from_phone": "chats_to_phone"}
    both_ways = {**swapped, **{value: key for key, value in swapped.items()}}
    for place, kind in enumerate(KINDS):
        mirrored = back.by_hour[KINDS.index(both_ways.get(kind, kind))]
        assert np.array_equal(there.by_hour[place], mirrored), kind


# --- of simulated years ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_the_outcomes_are_those_that_the_key_figures_count(engine):
    scenario = change(load(SMALL), {"period": {"warm_up_days": 2}})
    years = simulation(scenario, engine, seed=3)
    yardstick = Yardstick(scenario, years.plan)
    figures = {key: place for place, key in enumerate(yardstick.keys)}
    for replication in range(3):
        year = years.year(replication)
        top, _ = yardstick.observe(year)
        found = outcomes(year, yardstick.hours, np.arange(2, dtype=np.int16))
        by_hour = np.bincount(found.hour[found.reached], minlength=24)
        assert by_hour.tolist() == [top[figures[Key("persons_reached", hour=hour)]] for hour in HOURS]
        assert found.out.sum() == top[figures[Key("still_out")]]
        assert len(found) == top[figures[Key("persons")]]
        assert (found.channel == CHAT).sum() == top[figures[Key("answered", "chat")]]
        calls = found.site[found.channel == PHONE]
        assert (calls == 1).sum() == top[figures[Key("answered", "phone", "oslo")]]
        total_min = found.wait_ms.sum() / 60_000 / found.reached.sum()
        place = figures[Key("wait_mean_min")]
        assert total_min == pytest.approx(top[place] / yardstick.observe(year)[1][place], rel=1e-12)


def test_both_engines_pair_alike():
    hours = HourTable.of(Calendar.of(load(SMALL)))
    found = []
    for engine in ("compiled", "simpy"):
        both = [simulation(load(SMALL, named), engine, seed=2).year(1) for named in ((), ("late-chat", "one-more"))]
        counts = pair(*(outcomes(year, hours, np.arange(2, dtype=np.int16)) for year in both), 2)
        found.append(np.concatenate([counts.by_hour.ravel(), counts.by_site.ravel()]))
    assert np.array_equal(*found) and found[0].sum() > 0


def test_a_year_without_an_engine_is_read_from_its_contacts():
    years = simulation(load(SMALL), "compiled", seed=2)
    year = years.year(0)
    plain = Year(year.contacts, years.plan, year.ledger)
    assert isinstance(plain.contacts, Contacts)
    hours, sites = HourTable.of(Calendar.of(load(SMALL))), np.arange(2, dtype=np.int16)
    for name, values in vars(outcomes(plain, hours, sites)).items():
        assert np.array_equal(values, getattr(outcomes(year, hours, sites), name)), name


def totals_agree(found, plan):
    """Totals over all years equal the differences of the key figures, whole and by the hour, exactly."""
    (table,) = [each for each in found.contacts if each.plan == plan]
    for hour in ("all", *HOURS):
        place = slice(None) if hour == "all" else slice(int(hour), int(hour) + 1)
        kinds = {kind: sum(table.by_hour[kind][place]) for kind in KINDS}
        reached = found.get(plan, Key("persons_reached", hour=hour))
        net = kinds["gained"] + kinds["new"] - kinds["lost"] - kinds["gone"]
        assert net == round(reached.change.mean * table.years) and net / table.years == pytest.approx(
            reached.change.mean, rel=1e-12, abs=1e-12
        )
    chats = found.get(plan, Key("answered", "chat"))
    assert (table.total("chats_gained") - table.total("chats_lost")) / table.years == pytest.approx(
        chats.change.mean, rel=1e-12, abs=1e-12
    )
    for site, counts in table.by_site.items():
        calls = found.get(plan, Key("answered", "phone", site))
        if calls is not None and site != next(iter(table.by_site)):  # at the centre chats are answered too
            moved = counts["moved_in"] + counts["gained"] + counts["new"]
            moved -= counts["moved_out"] + counts["lost"] + counts["gone"]
            assert moved / table.years == pytest.approx(calls.change.mean, rel=1e-12, abs=1e-12)
    return table


def test_totals_equal_differences_exactly():
    base = load(SMALL)
    plans = [
        load(SMALL, ["late-chat"]),
        change(base, {"demand": {"chat": {"per_hour": 0.6}}}),
        change(base, {"sites": {"romerike": {"share": 0.1}}, "roster": {"kristiansand": {"phone": None}}}),
        change(base, {"period": {"first_day": "2024-04-01", "last_day": "2024-04-07"}}),
    ]
    found = compare(base, plans, 12, workers=1)
    tables = [totals_agree(found, plan) for plan in found.plans]
    assert [each.shares_demand for each in tables] == [SAME, CHANGED, SAME, NONE]
    assert tables[1].total("gone") == tables[1].total("gone_unreached") == 0 < tables[1].total("new")
    assert all(tables[3].total(kind) == 0 for kind in ("both", "gained", "lost", "neither", "still_out"))
    assert "romerike" in tables[2].by_site and all(each.years == 12 for each in tables)


# --- pairing makes differences certain ---------------------------------------------------------------------------


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(text, "utf-8")
    return path


POOL = """
title: Twenty
timezone: UTC
period: {first_day: 2024-01-01, last_day: 2024-03-21}
channels: {phone: {open: always, work: {mean_min: 60}, patience: {mean_min: 15}}}
demand: {phone: {per_hour: 18}}
roster: {centre: {all: {hours: always, counsellors: 20, answers: [phone]}}}
"""


def test_twenty_against_twenty_one(tmp_path):
    """M/M/20+M of 1 944 open hours against 21: pairing saves more than nineteen years of twenty.

    Over 60 years the ratio of variances has a standard error of a fifth; only draws that belong to
    the contact reach it: one stream with one seed gives about 1, a stream for each distribution about 4.
    """
    base = load(written(tmp_path, "twenty", POOL))
    plan = change(base, {"roster": {"centre": {"all": {"counsellors": 21}}}})
    found = compare(base, [plan], 60, workers=1)
    name = found.plans[0]
    share = found.get(name, Key("answered_share_of_open", "phone"))
    assert share.change.mean == pytest.approx(0.0190, abs=0.0005)
    assert share.variance_ratio > 20
    assert found.get(name, Key("persons_reached")).variance_ratio > 20
    assert found.savings[0].years_unpaired > 20 * 60


WINDOW = """
title: A window
timezone: UTC
period: {first_day: 2024-01-01, last_day: 2024-01-30}
channels: {chat: {open: "17:00-23:00", work: {mean_min: 1}}}
demand: {chat: {profile: rates.csv}, busyness: {day_shape: 12, day_starts: "00:00"}}
roster: {centre: {all: {hours: always, counsellors: 1, answers: [chat]}}}
"""


def test_crn_1(tmp_path):
    """Case CRN-1 as two plans: 24 expected arrivals a day in a window, and an hour more with 5 of the same busy days.

    800 stretches of 30 days. Their ratio of variances has a relative standard error of 6 %, the variance of the
    difference of 5 %: false alarm 1e-5 at 4.4 of them.
    """
    case = CASES["CRN-1"]
    assert case["params"] == {"mean_a": 24.0, "mean_b": 29.0, "busyness_shape": 12.0}
    rates = ",".join(f"{rate:g}" for rate in [0] * 17 + [4] * 6 + [5])
    (tmp_path / "rates.csv").write_text(",".join(f"h{hour:02d}" for hour in range(24)) + "\n" + rates + "\n", "utf-8")
    base = load(written(tmp_path, "window", WINDOW))
    plan = change(base, {"channels": {"chat": {"open": "17:00-24:00"}}})
    years, days, expected = 800, 30, case["expected"]
    found = compare(base, [plan], years, workers=1)
    met = found.get(found.plans[0], Key("met_open", "chat"))
    error = (days * expected["var_difference_crn"] / years) ** 0.5
    assert met.change.mean == pytest.approx(days * expected["mean_difference"], abs=4.4 * error)
    assert met.change.noise == pytest.approx(1.96 * error, rel=4.4 * 0.025 + 0.002)
    assert met.variance_ratio == pytest.approx(expected["variance_reduction_factor"], rel=4.4 * 0.06)


# --- what may lie behind -----------------------------------------------------------------------------------------


def test_the_poisson_interval_is_garwoods():
    for events in (0, 1, 6, 12, 317, 352):
        low, high = poisson_interval(events)
        assert low == pytest.approx(chi2.ppf(0.025, 2 * events) / 2 if events else 0.0, rel=1e-9)
        assert high == pytest.approx(chi2.ppf(0.975, 2 * events + 2) / 2, rel=1e-9)
    assert [round(each, 1) for each in poisson_interval(12)] == [6.2, 21.0]
    for mean in (0.5, 3.0, 12.0, 40.0):
        counts = np.arange(0, 200)
        covers = np.array([low <= mean <= high for low, high in map(poisson_interval, counts.tolist())])
        assert poisson.pmf(counts[covers], mean).sum() >= 0.95


def test_what_lies_behind_is_in_proportion_and_says_what_it_rests_on():
    found = compare(load(SMALL), [load(SMALL, ["late-chat"])], 6, workers=1)
    (table,) = found.contacts
    assert len(found.consequences) == 2 * len(EVENTS)
    for each in found.consequences:
        kind = {"gained": "chats_gained", "lost": "chats_lost"}[each.side]
        share = table.mean(kind) / 8770
        low, high = poisson_interval(each.events)
        assert (each.expected, each.low, each.high) == pytest.approx((share * each.events, share * low, share * high))
        assert each.as_json()["status"] == "derived" and each.as_json()["caveat"]
    reports = next(each for each in found.consequences if each.event == "concern_reports")
    assert (reports.events, reports.per_chats) == (12, 8770)
    assert make_plan(load(SMALL)).sites[0].name == "kristiansand"
