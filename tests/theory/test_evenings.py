"""Whole openings: flow balance, what cutting and merging may not change, and the limits that link the families."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.service.theory import chat_evenings, evenings, infinite, laws, named_evenings, smooth
from simulator.service.theory.chat import ChatRules
from simulator.service.theory.erlang import erlang_a
from simulator.service.theory.evenings import Segment
from simulator.service.theory.named_evenings import Shift
from tests.theory.examples import few

segments = st.lists(
    st.builds(Segment, st.floats(0.1, 1.5), st.floats(0.0, 8.0), st.integers(0, 4)), min_size=1, max_size=4
)
staffed = st.lists(
    st.builds(Segment, st.floats(0.1, 1.5), st.floats(0.0, 8.0), st.integers(1, 4)), min_size=1, max_size=4
)
theta = st.floats(0.5, 12.0)


@few
@given(parts=segments, theta=theta, balking=st.floats(0.0, 0.6), limit=st.floats(0.0, 0.4))
def test_every_arrival_has_one_fate(parts: list[Segment], theta: float, balking: float, limit: float) -> None:
    day = evenings.evening(parts, 1.5, theta, balking=balking, target_wait_hours=limit)
    assert day.served + day.lost == pytest.approx(day.arrivals, rel=1e-9, abs=1e-11)
    assert day.abandoned_before_close == pytest.approx(theta * day.queue_minutes_total / 60, rel=1e-9, abs=1e-12)
    assert day.overtime_server_minutes == pytest.approx(60 * day.in_service_at_close / 1.5, rel=1e-9)
    assert day.busy_server_minutes_before_close + day.overtime_server_minutes == pytest.approx(
        40 * day.served, rel=1e-9, abs=1e-9
    )
    assert day.served_within <= day.served + 1e-9
    assert day.abandoned_within <= day.abandoned_before_close + 1e-9


@few
@given(parts=staffed, theta=theta)
def test_serving_out_the_queue_loses_nobody_at_closing(parts: list[Segment], theta: float) -> None:
    refusing = evenings.evening(parts, 1.5, theta)
    serving = evenings.evening(parts, 1.5, theta, end_rule="serve_out_queue")
    assert serving.turned_away_at_close == 0
    assert serving.served + serving.lost == pytest.approx(serving.arrivals, rel=1e-9, abs=1e-11)
    after = serving.abandoned_after_close
    assert serving.served - refusing.served == pytest.approx(refusing.turned_away_at_close - after, abs=1e-9)
    left = (serving.abandoned_before_close + after) / theta * 60
    assert serving.queue_minutes_total == pytest.approx(left, rel=1e-8, abs=1e-10)


@few
@given(parts=segments, theta=theta, limit=st.floats(0.01, 0.5), split=st.floats(0.1, 0.9))
def test_cutting_a_segment_in_two_changes_nothing(
    parts: list[Segment], theta: float, limit: float, split: float
) -> None:
    halves = [
        Segment(part.hours * share, part.rate_per_hour, part.servers) for part in parts for share in (split, 1 - split)
    ]
    whole = evenings.evening(parts, 1.5, theta, target_wait_hours=limit)
    cut = evenings.evening(halves, 1.5, theta, target_wait_hours=limit)
    for name in ("served", "had_to_wait", "served_within", "abandoned_within", "minutes_until_last_leaves"):
        assert getattr(cut, name) == pytest.approx(getattr(whole, name), rel=1e-8, abs=1e-9), name


@few
@given(parts=segments, theta=theta)
def test_within_a_wait_longer_than_the_opening_everybody_has_met_her_fate(parts: list[Segment], theta: float) -> None:
    day = evenings.evening(parts, 1.5, theta, target_wait_hours=50.0)
    assert day.served_within == pytest.approx(day.served, rel=1e-8, abs=1e-10)
    assert day.abandoned_within == pytest.approx(day.abandoned_before_close, rel=1e-8, abs=1e-10)


@few
@given(rate=st.floats(1.0, 12.0), servers=st.integers(1, 5), theta=theta, limit=st.floats(0.0, 0.3))
def test_a_long_day_is_stationary(rate: float, servers: int, theta: float, limit: float) -> None:
    steady = erlang_a(rate, 1.5, theta, servers, target_wait=limit)
    short, long = (
        evenings.evening([Segment(hours, rate, servers)], 1.5, theta, target_wait_hours=limit) for hours in (40.0, 60.0)
    )
    # The start and the end of the day are alike in both, so the difference is 20 stationary hours.
    assert long.served_within - short.served_within == pytest.approx(20 * rate * steady.sl, rel=1e-7)
    gone = long.abandoned_before_close - short.abandoned_before_close
    assert gone == pytest.approx(20 * rate * steady.p_abandon, rel=1e-7)


def test_enough_servers_make_it_the_endless_server_queue() -> None:
    parts = [Segment(0.75, 2.2, 40), Segment(1.0, 5.0, 40), Segment(0.5, 0.0, 40)]
    day = evenings.evening(parts, 1.25, 1.0)
    edges = np.cumsum([0.0, 0.75, 1.0, 0.5]).tolist()
    load = infinite.stepped_load(edges, [2.2, 5.0, 0.0], laws.exponential(0.8), edges[-1])
    assert day.in_service_at_close == pytest.approx(float(load), rel=1e-10)
    assert day.had_to_wait < 1e-12


def test_nobody_on_shift_answers_nobody() -> None:
    day = evenings.evening([Segment(2.0, 3.0, 0)], 1.5, 4.0)
    assert day.served == pytest.approx(0.0, abs=1e-12)
    assert day.had_to_wait == pytest.approx(day.arrivals)


def test_ratio_of_totals_over_busy_days_is_the_plain_day_when_busyness_is_endless() -> None:
    parts = [Segment(1.0, 4.0, 2), Segment(1.0, 3.0, 1)]
    plain = evenings.evening(parts, 1.5, 6.0, target_wait_hours=0.05)
    assert evenings.busy_evening(parts, math.inf, 1.5, 6.0, target_wait_hours=0.05) == plain
    busy = evenings.busy_evening(parts, 4.0, 1.5, 6.0, nodes=12)
    assert busy.arrivals == pytest.approx(plain.arrivals)
    assert busy.lost > plain.lost


@few
@given(parts=segments, theta=theta, balking=st.floats(0.0, 0.5))
def test_with_one_slot_and_a_rising_roster_all_three_evenings_agree(
    parts: list[Segment], theta: float, balking: float
) -> None:
    rising = sorted(parts, key=lambda part: part.servers)
    rules = ChatRules(1 / 1.5, (1.0,), theta, balking=balking)
    by_count = evenings.evening(rising, 1.5, theta, balking=balking)
    pooled = chat_evenings.chat_evening(rising, rules)
    starts = [0.0, *np.cumsum([part.hours for part in rising]).tolist()]
    shifts = [
        Shift(next(start for start, part in zip(starts, rising, strict=False) if part.servers > i), starts[-1])
        for i in range(rising[-1].servers)
    ]
    rates = [(part.hours, part.rate_per_hour) for part in rising]
    named = named_evenings.named_evening(rates, shifts or [Shift(starts[-1], starts[-1] + 1)], rules)
    for day in (pooled, named):
        assert day.served == pytest.approx(by_count.served, rel=1e-9, abs=1e-11)
        assert day.abandoned_before_close == pytest.approx(by_count.abandoned_before_close, rel=1e-9, abs=1e-11)
        assert day.overtime_counsellor_minutes == pytest.approx(by_count.overtime_server_minutes, rel=1e-9)
        assert day.minutes_until_last_leaves == pytest.approx(by_count.minutes_until_last_leaves, rel=1e-9)


def test_a_falling_roster_of_people_answers_more_than_a_falling_roster_of_places() -> None:
    """A colleague who is free need not wait until those who have gone off shift are done."""
    parts = [Segment(2.0, 4.0, 4), Segment(2.0, 4.0, 2)]
    by_count = evenings.evening(parts, 1.5, 8.0)
    rates = [(2.0, 4.0), (2.0, 4.0)]
    shifts = [Shift(0, 4), Shift(0, 4), Shift(0, 2), Shift(0, 2)]
    rules = ChatRules(1 / 1.5, (1.0,), 8.0)
    finish = named_evenings.named_evening(rates, shifts, rules)
    handed = named_evenings.named_evening(rates, shifts, rules, shift_end="hand_back")
    assert by_count.served < handed.served < finish.served
    assert finish.counsellor_minutes_beyond_shift_before_close > handed.counsellor_minutes_beyond_shift_before_close


@few
@given(
    parts=st.lists(
        st.builds(Segment, st.floats(0.2, 1.0), st.floats(0.0, 6.0), st.integers(0, 3)), min_size=1, max_size=3
    ),
    theta=theta,
    second=st.floats(0.5, 1.0),
    routing=st.sampled_from(["least_loaded", "most_loaded"]),
    places=st.sampled_from([None, 0, 2]),
)
def test_every_chat_has_one_fate(
    parts: list[Segment], theta: float, second: float, routing: str, places: int | None
) -> None:
    rules = ChatRules(0.8, (1.0, second), theta, routing, max_waiting=places)  # type: ignore[arg-type]
    day = chat_evenings.chat_evening(parts, rules)
    lost = day.balked + day.blocked + day.abandoned_before_close + day.turned_away_at_close
    assert day.served + lost == pytest.approx(day.arrivals, rel=1e-9, abs=1e-11)
    assert day.abandoned_before_close == pytest.approx(theta * day.queue_minutes_total / 60, rel=1e-9, abs=1e-12)
    assert day.blocked == 0 or places is not None


def test_unslowed_slots_are_so_many_counsellors() -> None:
    parts = [Segment(1.0, 5.0, 2), Segment(1.5, 6.0, 3)]
    chats = chat_evenings.chat_evening(parts, ChatRules(0.8, (1.0, 1.0), 6.0))
    doubled = [Segment(part.hours, part.rate_per_hour, 2 * part.servers) for part in parts]
    calls = evenings.evening(doubled, 1.25, 6.0)
    assert chats.served == pytest.approx(calls.served, rel=1e-10)
    assert chats.minutes_until_last_leaves == pytest.approx(calls.minutes_until_last_leaves, rel=1e-10)
    assert chats.overtime_counsellor_minutes < calls.overtime_server_minutes


def test_named_and_pooled_chat_evenings_agree_on_a_constant_roster() -> None:
    rules = ChatRules(0.8, (1.0, 0.8), 8.0)
    pooled = chat_evenings.chat_evening([Segment(1.0, 4.0, 3), Segment(1.0, 7.0, 3)], rules)
    named = named_evenings.named_evening([(1.0, 4.0), (1.0, 7.0)], [Shift(0, 2)] * 3, rules)
    for name in ("served", "found_all_slots_taken", "overtime_counsellor_minutes", "minutes_until_last_leaves"):
        assert getattr(named, name) == pytest.approx(getattr(pooled, name), rel=1e-9), name


def test_smooth_rate_with_equal_rates_of_service_and_patience_is_poisson() -> None:
    """With mu = theta the number in system does not feel the servers (Feldman and co-authors 2008)."""
    found = smooth.smooth_queue(
        smooth.sinusoid(20.0, 8.0, 1.0), 22, 1.0, 1.0, window=(6.0, 12.0), sample_times=(0.0, 2.0, 7.0)
    )
    t = np.array([0.0, 2.0, 7.0])
    mean = 20 * (1 - np.exp(-t)) + 4 * (np.sin(t) - np.cos(t) + np.exp(-t))
    assert found.en_at == pytest.approx(mean, rel=1e-9, abs=1e-12)
    wanted = [infinite.poisson_at_least(22, value) for value in mean]
    assert found.p_delay_at == pytest.approx(wanted, rel=1e-7, abs=1e-13)
    assert found.cycle_p_abandon == pytest.approx(found.cycle_ew_all)
    assert found.arrivals == pytest.approx(120 + 8 * (math.cos(6) - math.cos(12)))


def test_a_constant_smooth_rate_is_the_segment() -> None:
    smoothly = smooth.smooth_queue(lambda _: 5.0, 3, 1.5, 4.0, window=(0.0, 2.0), balking=0.2)
    day = evenings.evening([Segment(2.0, 5.0, 3)], 1.5, 4.0, balking=0.2)
    assert smoothly.cycle_p_abandon * smoothly.arrivals == pytest.approx(day.abandoned_before_close, rel=1e-9)
    assert smoothly.cycle_p_wait * smoothly.arrivals == pytest.approx(day.had_to_wait - day.balked, rel=1e-9)


def test_bad_openings_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one segment"):
        evenings.evening([], 1.0, 1.0)
    with pytest.raises(ValueError, match="last segment"):
        evenings.evening([Segment(1.0, 1.0, 0)], 1.0, 1.0, end_rule="serve_out_queue")
    with pytest.raises(ValueError, match="end_rule"):
        evenings.evening([Segment(1.0, 1.0, 1)], 1.0, 1.0, end_rule="stop")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="hours"):
        Segment(0.0, 1.0, 1)
    with pytest.raises(ValueError, match="shift_hours"):
        Shift(2.0, 1.0)
    with pytest.raises(ValueError, match="window"):
        smooth.smooth_queue(lambda _: 1.0, 1, 1.0, 1.0, window=(2.0, 1.0))
    with pytest.raises(ValueError, match="amplitude"):
        smooth.sinusoid(1.0, 2.0, 1.0)
