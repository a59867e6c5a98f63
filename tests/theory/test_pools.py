"""Chat pools, shared counsellors, retrials and overflow: balances, and what they become in simpler worlds."""

import math
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.service.theory import blended, chat, overflow, retrial
from simulator.service.theory.chat import ChatRules, Routing
from simulator.service.theory.erlang import erlang_a, erlang_b, erlang_c, markov_queue
from tests.theory.examples import few

routings = st.sampled_from(["least_loaded", "most_loaded"])
theta = st.floats(0.5, 15.0)


@few
@given(
    rate=st.floats(0.5, 10.0),
    counsellors=st.integers(1, 4),
    theta=theta,
    balking=st.floats(0.0, 0.6),
    limit=st.floats(0.0, 0.3),
    routing=routings,
)
def test_one_slot_is_erlang_a(
    rate: float, counsellors: int, theta: float, balking: float, limit: float, routing: Routing
) -> None:
    rules = ChatRules(0.7, (1.0,), theta, routing, balking)
    pool = chat.chat_pool(rate, counsellors, rules, target_wait=limit)
    chain = erlang_a(rate, 1 / 0.7, theta, counsellors, balking=balking, target_wait=limit)
    for name in ("p_wait", "p_balk", "p_abandon", "ew_all", "eq", "sl"):
        assert getattr(pool, name) == pytest.approx(getattr(chain, name), rel=1e-8, abs=1e-12), name
    assert pool.slot_occupancy == pytest.approx(chain.occupancy)
    assert pool.mean_conversation_time == pytest.approx(0.7)


@few
@given(
    rate=st.floats(0.5, 10.0),
    counsellors=st.integers(1, 3),
    second=st.floats(0.5, 1.0),
    third=st.floats(0.67, 1.0),
    theta=theta,
    routing=routings,
    places=st.sampled_from([None, 0, 3]),
)
def test_chat_pool_keeps_its_balances(
    rate: float,
    counsellors: int,
    second: float,
    third: float,
    theta: float,
    routing: Routing,
    places: int | None,
) -> None:
    rules = ChatRules(0.8, (1.0, second, second * third), theta, routing, 0.1, places)
    pool = chat.chat_pool(rate, counsellors, rules, target_wait=1e4)
    served = rate * (1 - pool.p_block - pool.p_balk - pool.p_abandon)
    assert pool.e_conversations == pytest.approx(served * pool.mean_conversation_time, rel=1e-8)
    assert pool.p_abandon == pytest.approx(theta * pool.eq / rate)
    assert pool.sl == pytest.approx(served / rate, rel=1e-8)
    assert sum(pool.share_of_time_at_level) == pytest.approx(1.0)
    # Work done per unit of time equals work brought by the served.
    speeds = np.array([0.0, 1.0, 2 * second, 3 * second * third])
    assert counsellors * float(speeds @ pool.share_of_time_at_level) == pytest.approx(served * 0.8, rel=1e-8)


@few
@given(rate=st.floats(0.5, 10.0), counsellors=st.integers(1, 3), slots=st.integers(1, 3), theta=theta, routing=routings)
def test_without_slowdown_routing_does_not_matter(
    rate: float, counsellors: int, slots: int, theta: float, routing: Routing
) -> None:
    pool = chat.chat_pool(rate, counsellors, ChatRules(0.8, (1.0,) * slots, theta, routing))
    chain = erlang_a(rate, 1.25, theta, counsellors * slots)
    assert pool.p_abandon == pytest.approx(chain.p_abandon, rel=1e-8)


def test_a_single_counsellor_who_only_divides_her_time_is_one_fast_server() -> None:
    pool = chat.chat_pool(1.0, 1, ChatRules(0.8, (1.0, 0.5, 1 / 3), 0.0, max_waiting=4))
    chain = markov_queue(1.0, 1.25, 1, places=7)
    assert pool.p_block == pytest.approx(chain.p_block)
    assert 1 - pool.p_counsellor_idle == pytest.approx(chain.occupancy)


def test_spreading_beats_packing_when_company_slows() -> None:
    spread, packed = (
        chat.chat_pool(5.0, 3, ChatRules(0.8, (1.0, 0.75), 10.0, routing))
        for routing in ("least_loaded", "most_loaded")
    )
    assert spread.p_abandon < packed.p_abandon
    assert spread.p_counsellor_idle < packed.p_counsellor_idle


@few
@given(phone=st.floats(0.1, 5.0), chats=st.floats(0.1, 5.0), counsellors=st.integers(1, 3), routing=routings)
def test_shared_counsellors_with_one_channel_are_that_channel(
    phone: float, chats: float, counsellors: int, routing: Routing
) -> None:
    calls = blended.blended_pool(phone, 0.0, 2.0, 0.8, (1.0, 0.8), counsellors, routing=routing)
    assert calls.p_phone_refused == pytest.approx(erlang_b(phone / 2, counsellors))
    alone = blended.blended_pool(0.0, chats, 2.0, 0.8, (1.0, 0.8), counsellors, routing=routing)
    pool = chat.chat_pool(chats, counsellors, ChatRules(0.8, (1.0, 0.8), 0.0, routing, max_waiting=0))
    assert alone.p_chat_refused == pytest.approx(pool.p_block)
    assert alone.p_two_chats == pytest.approx(pool.share_of_time_at_level[2])
    both = blended.blended_pool(phone, chats, 2.0, 0.8, (1.0, 0.8), counsellors, routing=routing)
    assert both.p_idle + both.p_on_phone + sum(both.p_chats) == pytest.approx(1.0)
    assert both.p_on_phone * counsellors * 2.0 == pytest.approx(phone * (1 - both.p_phone_refused))
    assert both.p_phone_refused > calls.p_phone_refused


@few
@given(load=st.floats(0.05, 0.85), retry=st.floats(0.1, 20.0))
def test_one_server_with_an_orbit_is_the_closed_form(load: float, retry: float) -> None:
    """E[orbit] = rho^2 / (1 - rho) + lambda rho / (retry rate (1 - rho)) for M/M/1 (Falin & Templeton 1997)."""
    found = retrial.retrial_queue(2 * load, retrial.RetrialRules(2.0, 1, retry, p_retry=1.0))
    assert found.p_first_attempt_blocked == pytest.approx(load, rel=1e-8)
    wanted = load**2 / (1 - load) + 2 * load * load / (retry * (1 - load))
    assert found.e_orbit == pytest.approx(wanted, rel=1e-8)
    assert found.share_of_persons_served == pytest.approx(1.0, rel=1e-8)


@few
@given(
    rate=st.floats(0.5, 6.0),
    servers=st.integers(1, 3),
    retry=st.floats(0.5, 10.0),
    theta=theta,
    waiting=st.sampled_from([None, 0, 3]),
    p_retry=st.floats(0.0, 0.8),
    p_redial=st.floats(0.0, 0.8),
    balking=st.floats(0.0, 0.5),
)
def test_attempts_and_persons_balance(
    rate: float,
    servers: int,
    retry: float,
    theta: float,
    waiting: int | None,
    p_retry: float,
    p_redial: float,
    balking: float,
) -> None:
    rules = retrial.RetrialRules(1.5, servers, retry, theta, waiting, p_retry, p_redial, balking)
    found = retrial.retrial_queue(rate, rules)
    failed = found.share_of_attempts_refused + found.share_of_attempts_abandoned
    answered = found.share_of_persons_served * rate / found.attempts_per_hour
    assert failed + answered == pytest.approx(1.0, rel=1e-8)
    again = p_retry * found.share_of_attempts_refused + p_redial * found.share_of_attempts_abandoned
    assert again * found.attempts_per_hour == pytest.approx(retry * found.e_orbit, rel=1e-8, abs=1e-12)
    assert found.attempts_per_person == pytest.approx(1 + retry * found.e_orbit / rate)


@few
@given(rate=st.floats(0.5, 6.0), servers=st.integers(1, 3), theta=theta, room=st.integers(0, 5))
def test_nobody_trying_again_is_the_plain_queue(rate: float, servers: int, theta: float, room: int) -> None:
    found = retrial.retrial_queue(rate, retrial.RetrialRules(1.5, servers, 1.0, theta, room))
    plain = markov_queue(rate, 1.5, servers, abandonment_rate=theta, places=servers + room)
    assert found.p_first_attempt_blocked == pytest.approx(plain.p_block, rel=1e-9)
    assert found.eq == pytest.approx(plain.eq, rel=1e-9, abs=1e-13)
    assert found.attempts_per_person == 1.0


def test_very_quick_retries_are_a_queue_and_very_slow_ones_fresh_calls() -> None:
    quick = retrial.retrial_queue(1.2, retrial.RetrialRules(2.0, 1, 1e5, p_retry=1.0))
    assert quick.p_first_attempt_blocked == pytest.approx(erlang_c(0.6, 1), rel=1e-4)
    slow = retrial.retrial_queue(2.0, retrial.RetrialRules(2.0, 2, 0.02, p_retry=0.5))
    blocked = slow.p_first_attempt_blocked
    # Slow returns are a Poisson stream of their own: lambda / (1 - p B) attempts find B(lambda / (1 - p B)).
    assert blocked == pytest.approx(erlang_b(2.0 / 2.0 / (1 - 0.5 * blocked), 2), rel=1e-2)


@few
@given(load=st.floats(0.1, 6.0), first=st.integers(0, 4), second=st.integers(1, 4))
def test_ordered_hunting_is_one_group(load: float, first: int, second: int) -> None:
    found = overflow.overflow_network([overflow.Site(load, first, 1.0)], overflow.Centre(0.0, second, 1.0))
    assert found.lost_share_of_site[0] == pytest.approx(erlang_b(load, first + second), rel=1e-9)
    assert found.p_site_full[0] == pytest.approx(erlang_b(load, first), rel=1e-9)


@few
@given(load=st.floats(0.1, 5.0), lines=st.integers(0, 4))
def test_peakedness_is_the_variance_on_a_large_overflow_group(load: float, lines: int) -> None:
    site, centre = overflow.Site(load, lines, 1.0), overflow.Centre(0.0, 40, 1.0)
    moments = overflow.overflow_load(load, lines)
    found = overflow.overflow_network([site], centre)
    assert found.en_centre == pytest.approx(moments.mean, rel=1e-9)
    assert moments.peakedness >= 1 - 1e-12
    assert lines > 0 or moments.peakedness == pytest.approx(1.0)


@few
@given(own=st.floats(0.0, 4.0), local=st.floats(0.1, 4.0), mu=st.floats(0.5, 4.0), theta=theta)
def test_local_first_keeps_flow_balance(own: float, local: float, mu: float, theta: float) -> None:
    sites = [overflow.Site(local, 1, mu), overflow.Site(0.7, 2, 1.0)]
    found = overflow.overflow_network(sites, overflow.Centre(own, 2, 2.0, theta, waiting=None))
    fates = sum(found.share_served_site) + found.share_served_centre + found.share_abandoned + found.share_blocked
    assert fates == pytest.approx(1.0, rel=1e-8)
    assert found.p_site_full[0] == pytest.approx(erlang_b(local / mu, 1), rel=1e-8)
    spilled = local * found.p_site_full[0] + 0.7 * found.p_site_full[1]
    assert found.centre_offered_per_hour == pytest.approx(own + spilled, rel=1e-8)


def test_a_centre_alone_is_erlang_a() -> None:
    found = overflow.overflow_network([], overflow.Centre(4.0, 2, 1.5, 6.0, waiting=None))
    plain = erlang_a(4.0, 1.5, 6.0, 2)
    assert found.share_abandoned == pytest.approx(plain.p_abandon, rel=1e-9)
    assert found.eq == pytest.approx(plain.eq, rel=1e-9)


def test_bad_pools_are_refused() -> None:
    with pytest.raises(ValueError, match="routing"):
        ChatRules(1.0, (1.0,), 1.0, "random")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="capacity"):
        chat.chat_pool(5.0, 1, ChatRules(1.0, (1.0, 0.6), 0.0))
    with pytest.raises(ValueError, match="until served"):
        retrial.retrial_queue(2.0, retrial.RetrialRules(2.0, 1, 1.0, p_retry=1.0))
    with pytest.raises(ValueError, match="total_arrival_rate"):
        overflow.overflow_network([], overflow.Centre(0.0, 1, 1.0))
    with pytest.raises(ValueError, match="speed"):
        blended.blended_pool(1.0, 1.0, 1.0, 1.0, (), 1)


def test_results_hold_plain_numbers() -> None:
    pool = chat.chat_pool(1.0, 1, ChatRules(1.0, (1.0, 0.6), 1.0))
    for field in fields(pool):
        value = getattr(pool, field.name)
        numbers = value if isinstance(value, tuple) else (value,)
        assert all(type(number) is float and math.isfinite(number) for number in numbers), field.name
