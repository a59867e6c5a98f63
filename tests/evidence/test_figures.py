"""The figures agree with what is printed, with each other and with the reference data."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from simulator.evidence import STATUSES, Evidence, all_evidence, evidence, number

ENTRIES = all_evidence()
DEFAULTS = [entry for entry in ENTRIES if entry.id.startswith("default-")]
PRIORS = [entry for entry in ENTRIES if isinstance(entry.value, Mapping) and "distribution" in entry.value]

PRINTED = {
    "chat-answered-2023": 19150,
    "chat-answered-2024": 8770,
    "chat-answered-2023-hours-closed-2024": 10140,
    "chat-answered-2023-00-04": 5043,
    "chat-answered-march-2024": 974,
    "chat-peak-day-2024": 49,
    "chat-share-age-5-13-2024": 0.385,
    "chat-share-girls-2024": 0.74,
    "chat-share-boys-2024": 0.17,
    "chat-share-other-2024": 0.01,
    "chat-share-not-stated-2024": 0.08,
    "phone-answered-2024": 14242,
    "phone-answered-june-2024": 1473,
    "phone-share-kristiansand-2024": 0.63,
    "sites-in-network-2024": 17,
    "calls-per-day-oslo-2024": 3.5,
    "calls-per-day-asker-og-baerum-2024": 1.8,
    "calls-per-day-romerike-2024": 1.5,
    "calls-per-day-trondheim-2024": 1.3,
    "sms-answered-2024": 3620,
    "ung-answered-2024": 350,
    "ung-answered-2023": 513,
    "ung-answer-time-days-2024": 1.8,
    "concern-reports-chat-2024": 12,
    "concern-reports-phone-2024": 6,
    "concern-reports-2024": 18,
    "concern-reports-2023": 34,
    "emergency-contacts-chat-2024": 6,
    "emergency-contacts-phone-2024": 10,
    "talks-11-13-suicide-2024": 352,
    "talks-11-13-violence-parents-2024": 317,
}


@pytest.mark.parametrize(("name", "printed"), PRINTED.items())
def test_a_printed_figure_is_kept_as_printed(name: str, printed: float):
    assert number(name) == printed
    assert evidence(name).status == "published"
    assert "Årsrapport 2024" in evidence(name).source


def test_the_three_blocks_of_2023_make_the_year():
    blocks = ("chat-answered-2023-00-04", "chat-answered-2023-other-closed", "chat-answered-2023-window")
    assert sum(map(number, blocks)) == number("chat-answered-2023")


def test_shares_of_gender_make_a_whole_and_agree_with_the_counts():
    shares = [f"chat-share-{gender}-2024" for gender in ("girls", "boys", "other", "not-stated")]
    assert sum(map(number, shares)) == pytest.approx(1)
    for gender in ("girls", "boys"):
        share = number(f"chat-from-{gender}-2024") / number("chat-answered-2024")
        assert share == pytest.approx(number(f"chat-share-{gender}-2024"), abs=0.005)


def test_outcomes_of_the_channels_make_the_totals():
    for outcome in ("concern-reports", "emergency-contacts"):
        parts = number(f"{outcome}-chat-2024") + number(f"{outcome}-phone-2024")
        assert parts == number(f"{outcome}-2024")


def test_the_printed_changes_agree_with_the_totals():
    assert round(number("chat-answered-change-2024"), 2) == -0.54
    assert round(number("phone-answered-2024") / number("phone-answered-2023") - 1, 3) == number("phone-growth-2024")


def test_the_other_sites_have_fewer_than_one_call_a_day_as_printed():
    assert evidence("calls-per-day-any-other-site-2024").value == "fewer than 1"
    assert number("calls-per-day-each-other-site-2024") < 1


def test_open_up_is_whole():
    counts: Any = evidence("openup-arrivals-by-hour").value
    assert (len(counts), sum(counts), counts[0], counts[23]) == (24, 47008, 3224, 3238)
    for figure in ("mean", "sd", "median"):
        minutes: Any = evidence(f"openup-chat-minutes-{figure}-by-hour").value
        assert len(minutes) == 24
    assert "MIT" in evidence("openup-arrivals-by-hour").source


def test_telefonseelsorge_has_hours_0_to_10_and_leaves_the_rest_of_the_day():
    for year in (1998, 2000):
        shares: Any = evidence(f"telefonseelsorge-share-by-hour-{year}").value
        assert len(shares) == 11
        assert sum(shares) == pytest.approx(0.275, abs=0.005)


def test_the_day_and_night_anchor_of_other_services_are_kept():
    assert number("krisenchat-share-16-24") == 0.60
    assert number("krisenchat-share-00-08") == 0.10
    assert evidence("samaritans-peak").value == "22:00-02:30"
    assert evidence("samaritans-lowest").value == "05:00-09:00"
    assert evidence("kirkens-sos-peak").value == "22:00-02:00"
    assert evidence("own-chat-peak-2020").value == "around midnight"


def test_nothing_assumed_of_the_default_world_claims_to_be_known():
    assert len(DEFAULTS) > 30
    assert {entry.status for entry in DEFAULTS} == {"assumed", "literature"}


@pytest.mark.parametrize(
    ("prior", "default"),
    [
        (entry, evidence(name))
        for entry in PRIORS
        if (name := entry.id.replace("prior-", "default-")) in {default.id for default in DEFAULTS}
    ],
    ids=lambda entry: entry.id,
)
def test_a_default_lies_inside_its_prior_and_in_its_unit(prior: Evidence, default: Evidence):
    terms: Any = prior.value
    if terms["distribution"] == "discrete":
        assert str(default.value) in terms["probabilities"]
        return
    assert prior.unit == default.unit
    low, high = spread(terms)
    assert low <= number(default.id) <= high


def spread(terms: Mapping[str, float]) -> tuple[float, float]:
    if "median" not in terms:
        return terms["low"], terms["high"]
    factor = 2.718281828 ** (1.645 * terms["sigma_log"])
    return terms["median"] / factor, terms["median"] * factor


SHAPES = {
    "triangular": {"low", "mode", "high"},
    "uniform": {"low", "high"},
    "loguniform": {"low", "high"},
    "lognormal": {"median", "sigma_log"},
    "discrete": {"probabilities"},
}


@pytest.mark.parametrize("prior", PRIORS, ids=lambda entry: entry.id)
def test_a_prior_is_a_distribution(prior: Evidence):
    terms: Any = dict(prior.value)  # type: ignore[arg-type]
    shape = terms.pop("distribution")
    assert set(terms) == SHAPES[shape]
    if shape == "discrete":
        assert sum(terms["probabilities"].values()) == pytest.approx(1)
    elif shape in ("triangular", "uniform", "loguniform"):
        assert terms["low"] <= terms.get("mode", terms["low"]) <= terms["high"]
        assert terms["low"] < terms["high"]
    assert prior.status in ("assumed", "literature")


def test_the_priors_of_patience_hold_nine_tenths_where_they_say():
    low, high = spread(evidence("prior-chat-patience").value)  # type: ignore[arg-type]
    assert (round(low), round(high)) == (2, 22)
    low, high = spread(evidence("prior-phone-patience").value)  # type: ignore[arg-type]
    assert (round(low, 1), round(high)) == (0.8, 8)


def shares_in(value: Any) -> list[float]:
    if isinstance(value, Mapping):
        return [share for part in value.values() for share in shares_in(part)]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [share for part in value for share in shares_in(part)]
    return [value]


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e.unit in ("share", "probability")], ids=lambda e: e.id)
def test_a_share_is_between_minus_one_and_one_unless_it_is_pay(entry: Evidence):
    numbers = [share for share in shares_in(entry.value) if not isinstance(share, str)]
    assert numbers
    if entry.id != "supplement-holiday":
        assert all(-1 <= share <= 1 for share in numbers)


def test_a_year_is_a_year():
    for entry in ENTRIES:
        assert not isinstance(entry.year, int) or 1990 <= entry.year <= 2026, entry.id


def test_every_status_is_in_use():
    assert {entry.status for entry in ENTRIES} == set(STATUSES)


def test_held_out_figures_say_so():
    note = evidence("ung-answer-time-days-2024").note
    assert note is not None
    assert "held out of fitting" in note.casefold()
