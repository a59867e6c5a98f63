"""The engine against the offered-wait recursion, bit for bit; and the traps of levels that are no people."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.demand.contacts import NEVER_MS, NO_LABEL, Background, Contacts
from simulator.scenario.model import CHANNELS, LIVE
from simulator.service import ledger as book
from simulator.service import make_plan, serve
from simulator.service.ledger import Ledger
from simulator.service.plan import FINISH, HAND_BACK, ChannelPlan, CounsellorPlan, Plan, SitePlan
from simulator.service.theory.oracle import offered_wait
from tests.service.tracing import answered, check, clock, contacts_of, rules, service, shift, trace, went, with_sites
from tests.strategies import WRITTEN, World, worlds

QUICK = settings(max_examples=60, deadline=None, derandomize=True)
FOREVER_MS = 1 << 55
ALWAYS = np.array([[0, FOREVER_MS]], np.int64)
MINUTE = 60_000
PHONE, CHAT = CHANNELS.index("phone"), CHANNELS.index("chat")


def pool(servers: int, channel: int) -> Plan:
    """One queue, equal servers, always open."""
    absent = ChannelPlan(False, np.empty((0, 2), np.int64), 0.0, -1, 0.0, 0.0, 0.0, False, False, 0, 0)
    present = replace(absent, exists=True, open_ms=ALWAYS)
    return Plan(
        epoch_ms=0,
        end_ms=FOREVER_MS,
        measure_from_ms=0,
        timezone="UTC",
        channels=tuple(present if code == channel else absent for code in range(len(CHANNELS))),
        sites=(SitePlan("centre", "centre", ALWAYS, 0, 0),),
        counsellors=tuple(CounsellorPlan(str(i), True, 0, (channel,), 1, ALWAYS) for i in range(servers)),
        speed_thousandths=(1000,),
        most_loaded=False,
        shift_end=FINISH,
        local_first=True,
        overflow_to_open_site=False,
    )


def crowd(arrival: np.ndarray[Any, Any], work: Any, patience: Any, wrap_up: Any, channel: int) -> Contacts:
    """Contacts of one channel with one attempt each."""
    n = len(arrival)

    def by_channel(values: Any) -> np.ndarray[Any, Any]:
        return np.repeat(np.broadcast_to(np.asarray(values, np.int64), n)[:, None], len(CHANNELS), axis=1)

    once = np.full((n, 1, len(LIVE)), NEVER_MS)
    return Contacts(
        epoch_ms=0, end_ms=FOREVER_MS, sites=("centre",), arrival_ms=arrival,
        channel=np.full(n, channel, np.int16), origin=np.zeros(n, np.int16), identity=np.arange(n, dtype=np.uint64),
        work_ms=by_channel(work), wrap_up_ms=by_channel(wrap_up),
        patience_ms=np.repeat(np.asarray(patience, np.int64)[:, None, None], len(LIVE), axis=2),
        redial_delay_ms=once.copy(), return_delay_ms=once.copy(),
        balk_u=np.ones((n, 1)), closed_u=np.ones((n, 1)), redial_u=np.ones((n, 1)),
        age_group=np.full(n, NO_LABEL, np.int16), gender=np.full(n, NO_LABEL, np.int16),
        background=Background.none(1),
    )  # fmt: skip


@st.composite
def crowds(draw: st.DrawFn) -> tuple[Contacts, int, int]:
    """Up to 300 contacts, one to six servers, too many or too few; a third on whole minutes, so that ties abound."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, servers = draw(st.integers(0, 300)), draw(st.integers(0, 6))
    load, channel = draw(st.sampled_from([0.5, 0.9, 1.3])), draw(st.sampled_from([PHONE, CHAT]))
    tick = draw(st.sampled_from([1, 1_000, MINUTE]))
    gap = 10 * MINUTE / (load * max(servers, 1))

    def times(mean: float, least: int = 0) -> np.ndarray[Any, Any]:
        return np.maximum(np.rint(random.exponential(mean, n) / tick).astype(np.int64), least) * tick

    arrival = np.rint(np.cumsum(random.exponential(gap, n)) / tick).astype(np.int64) * tick
    patience = times(5 * MINUTE)
    if servers:  # who is never answered and never gives up has no end
        patience = np.where(random.random(n) < 0.1, NEVER_MS, patience)
    wrap_up = times(2 * MINUTE) * draw(st.integers(0, 1))
    return crowd(arrival, times(8 * MINUTE, 1), patience, wrap_up, channel), servers, channel


@QUICK
@given(crowds())
def test_every_wait_start_and_end_of_a_single_queue(drawn: tuple[Contacts, int, int]) -> None:
    contacts, servers, channel = drawn
    patience = contacts.patience_ms[:, 0, channel]
    arrival, work, wrap_up = contacts.arrival_ms, contacts.work_ms[:, channel], contacts.wrap_up_ms[:, channel]
    expected = offered_wait(arrival, work, patience, servers, wrap_up)
    ledger = serve(contacts, pool(servers, channel))
    served = expected.start_ms >= 0
    assert np.array_equal(ledger.person, np.arange(len(contacts)))
    assert np.array_equal(ledger.fate, np.where(served, book.ANSWERED, book.ABANDONED))
    assert np.array_equal(ledger.start_ms, expected.start_ms)
    assert np.array_equal(ledger.wait_ms, expected.wait_ms)
    assert np.array_equal(ledger.end_ms, np.where(served, expected.end_ms, -1))
    assert ledger.slot_ms.sum() == (work + wrap_up)[served].sum()


def test_the_crowds_are_worth_it() -> None:
    """The random pools above hold ties, both fates and waits; else their agreement would say little."""
    seen = {"ties": 0, "left": 0, "waited": 0}

    @QUICK
    @given(crowds())
    def look(drawn: tuple[Contacts, int, int]) -> None:
        contacts, servers, channel = drawn
        ledger = serve(contacts, pool(servers, channel))
        ends = ledger.end_ms[ledger.end_ms >= 0]
        seen["ties"] += len(np.intersect1d(ends, contacts.arrival_ms))
        seen["left"] += int((ledger.fate == book.ABANDONED).sum())
        seen["waited"] += int((ledger.wait_ms[ledger.fate == book.ANSWERED] > 0).sum())

    look()
    assert min(seen.values()) > 100, seen


# --- levels are not people ------------------------------------------------------------------------------


def evening(seed: int, per_hour: float, mean_min: float, patience_min: float, hours: int = 24) -> list[dict[str, Any]]:
    """Random calls; lengths and waits exponential, all in hundredths of a minute."""
    random = np.random.default_rng(seed)
    at = np.round(np.cumsum(random.exponential(60 / per_hour, int(per_hour * hours))), 2)
    work, patience = (np.round(random.exponential(mean, len(at)) + 0.01, 2) for mean in (mean_min, patience_min))
    rows = zip(at, work, patience, strict=True)
    return [{"at": a, "work": w, "patience": p} for a, w, p in rows if a < 60 * hours]


def with_hours(hours: Any, people: int = 20, days: int = 1, **parts: Any) -> Any:
    hand = {"hours": hours, "counsellors": people, "answers": ["phone"]}
    return service({"phone": rules()}, hand, days=days, **parts)


@pytest.mark.parametrize("step_min", [30, 60, 240, 480])
@pytest.mark.parametrize("shift_end", ["finish", "hand_back", "first_free_leaves"])
def test_twenty_people_restated_over_and_over_are_twenty_people(step_min: int, shift_end: str) -> None:
    """Where a schedule of levels is applied anew every half hour, 20 lose nobody (measured: 0.072 became 0)."""
    restated = [clock(start, start + step_min) for start in range(0, 1440, step_min)]
    rows = evening(7, per_hour=18, mean_min=60, patience_min=20)
    constant = trace(with_hours("always", shift_end=shift_end), rows)
    assert 0.02 < (constant.fate == book.ABANDONED).mean() < 0.3, "busy enough to tell"
    assert trace(with_hours(restated, shift_end=shift_end), rows).differs_from(constant) is None


WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@st.composite
def restated_hours(draw: st.DrawFn) -> tuple[Any, Any]:
    """A shift, and the same one written another way: cut into pieces, by weekday, across midnight."""
    start, length = draw(st.integers(0, 95)) * 15, draw(st.integers(1, 96)) * 15
    cuts = draw(st.lists(st.integers(1, length // 15), max_size=4, unique=True).map(sorted))
    edges = [start, *(start + 15 * cut for cut in cuts if 15 * cut < length), start + length]
    pieces = [(edge % 1440, edge % 1440 + after - edge) for edge, after in pairwise(edges)]
    pieces = [part for piece in pieces for part in cut_at_midnight(*piece)]
    written = [clock(*piece) for piece in sorted(pieces)]
    how = draw(st.sampled_from(["pieces", "weekdays", "parts"]))
    again = {
        "pieces": written,
        "weekdays": {day: written for day in WEEK},
        "parts": {"weekdays": written, "weekends": written, "holidays": written},
    }[how]
    return clock(start, start + length), again


def cut_at_midnight(start: int, end: int) -> list[tuple[int, int]]:
    return [(start, end)] if end <= 1440 else [(start, 1440), (0, end - 1440)]


@QUICK
@given(restated_hours(), st.integers(0, 1000))
def test_restating_an_unchanged_roster_changes_no_contact(hours: tuple[Any, Any], seed: int) -> None:
    once, again = (with_hours(each, people=2, days=2, shift_end="hand_back") for each in hours)
    plans = make_plan(once), make_plan(again)
    for one, other in zip(*(plan.counsellors for plan in plans), strict=True):
        assert np.array_equal(np.minimum(one.shifts_ms, plans[0].end_ms), np.minimum(other.shifts_ms, plans[1].end_ms))
    rows = evening(seed, per_hour=6, mean_min=20, patience_min=10, hours=30)
    assert trace(once, rows).differs_from(trace(again, rows)) is None


# --- an unused counsellor -------------------------------------------------------------------------------


def same_but_for_people(one: Ledger, other: Ledger) -> None:
    for name in ("person", "attempt", "channel", "at_ms", "fate", "next", "site", "wait_ms", "start_ms", "end_ms"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


@QUICK
@given(worlds(shift_ends=(FINISH, HAND_BACK)))
def test_a_counsellor_whom_nobody_needs_changes_no_contact(world: World) -> None:
    """She is on duty all the time and answers a kind of question that nobody asks."""
    wanted = set(world.contacts.channel.tolist())
    unasked = [code for code in WRITTEN if code not in wanted]
    if not unasked:
        return
    extra = CounsellorPlan("unused", True, 0, (unasked[0],), 1, ALWAYS)
    plan = replace(world.plan, counsellors=(*world.plan.counsellors, extra))
    before, after = serve(world.contacts, world.plan), serve(world.contacts, plan)
    same_but_for_people(before, after)
    assert np.array_equal(before.counsellor, after.counsellor)
    assert np.array_equal(before.busy_ms, after.busy_ms[:-1])
    assert after.slot_ms[-1] == 0


def test_a_counsellor_whom_nobody_needs_does_not_stand_in_for_others() -> None:
    """Where the first who is free leaves, only those of the same work can stand in for the one who still finishes."""
    people = (shift(0, 60, "phone"), shift(0, 1440, "phone"))
    channels = {"phone": rules(), "ung": rules()}
    rows = [{"at": 50, "work": 20}, {"at": 62, "work": 5}]
    without = service(channels, *people, shift_end="first_free_leaves")
    beside = service(channels, *people, shift(0, 1440, "ung"), shift_end="first_free_leaves")
    expected = [answered(by=0, start=50, end=70), answered(by=1, start=70, end=75)]
    check(trace(without, rows), *expected)
    check(trace(beside, rows), *expected)


def test_a_site_that_nobody_calls_changes_no_contact() -> None:
    rows = evening(3, per_hour=4, mean_min=20, patience_min=5, hours=12)
    alone = service({"phone": rules()}, shift(0, 1440, "phone"))
    beside = service({"phone": rules()}, shift(0, 1440, "phone"), sites=with_sites(north={}, south={"lines": 3}))
    contacts = contacts_of(alone, rows)
    one, other = serve(contacts, make_plan(alone)), serve(contacts, make_plan(beside))
    same_but_for_people(one, other)
    assert other.slot_ms[1:].sum() == 0


def test_more_people_than_contacts_answer_everybody_at_once() -> None:
    rows = evening(5, per_hour=10, mean_min=30, patience_min=1, hours=10)
    ledger = trace(with_hours("always", people=len(rows)), rows)
    check(ledger, *(went("answered", wait=0) for _ in rows))
