"""Laws that hold for every plan and all contacts, whatever the rules: checked on random small worlds with many ties."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.demand.contacts import NEVER_MS
from simulator.scenario.model import LIVE
from simulator.service import ledger as book
from simulator.service import serve
from simulator.service.ledger import Ledger
from simulator.service.plan import CENTRE, FINISH, FIRST_FREE_LEAVES, CounsellorPlan, Plan
from simulator.service.tally import outcomes
from tests.strategies import CHAT, DAY_TICKS, PHONE, TICK_MS, World, windows, worlds

GHOST = CounsellorPlan("nobody", True, CENTRE, (PHONE, CHAT), 2, np.empty((0, 2), np.int64))
LAWS = settings(max_examples=60, deadline=None, derandomize=True)
Rows = list[dict[str, int]]


def rows_of(ledger: Ledger) -> Rows:
    """The ledger as one dictionary per attempt, times in milliseconds, names without their units."""
    columns = ("person", "attempt", "channel", "fate", "next", "site", "counsellor")
    columns += ("at_ms", "wait_ms", "start_ms", "end_ms")
    lists = {name.removesuffix("_ms"): getattr(ledger, name).tolist() for name in columns}
    rows = [dict(zip(lists, values, strict=True)) for values in zip(*lists.values(), strict=True)]
    return [{**row, "left": row["at"] + row["wait"]} for row in rows]


def window_at(windows_ms: np.ndarray[Any, Any], at_ms: int) -> tuple[int, int] | None:
    """The window that holds an instant, its start included and its end not."""
    return next(((start, end) for start, end in windows_ms.tolist() if start <= at_ms < end), None)


def is_live(row: dict[str, int]) -> bool:
    return row["channel"] < len(LIVE)


def was_cut(plan: Plan, row: dict[str, int]) -> bool:
    """Whether a conversation may have been ended by a hard stop: then there may be no wrap-up."""
    rules = plan.channels[row["channel"]]
    return is_live(row) and rules.hard_stop and row["end"] in rules.open_ms[:, 1].tolist()


# --- attempts -------------------------------------------------------------------------------------------


@LAWS
@given(worlds())
def test_every_attempt_has_one_fate_and_what_belongs_to_it(world: World) -> None:
    plan, contacts = world.plan, world.contacts
    ledger = serve(contacts, plan)
    assert sum(int((ledger.fate == fate).sum()) for fate in range(len(book.FATES))) == len(ledger)
    for row in rows_of(ledger):
        answered = row["fate"] == book.ANSWERED
        assert (row["next"] == book.NEXT_NONE) is (row["fate"] in (book.ANSWERED, book.UNFINISHED))
        assert answered is (row["end"] >= 0)
        if answered or (row["start"] >= 0 and not is_live(row)):
            taker = plan.counsellors[row["counsellor"]]
            assert row["channel"] in taker.answers
            assert row["site"] == taker.site
            assert row["start"] == row["left"] >= row["at"]
        else:
            assert (row["start"], row["counsellor"]) == (-1, book.NOBODY)


@LAWS
@given(worlds())
def test_conversations_last_as_long_as_their_work_at_their_pace(world: World) -> None:
    plan, contacts = world.plan, world.contacts
    fastest, slowest = max(plan.speed_thousandths), min(plan.speed_thousandths)
    for row in rows_of(serve(contacts, plan)):
        if row["fate"] != book.ANSWERED:
            continue
        work = int(contacts.work_ms[row["person"], row["channel"]])
        lasted = row["end"] - row["start"]
        if row["channel"] == CHAT:
            assert lasted <= -(-work * 1000 // slowest) + 1
            assert lasted >= work * 1000 // fastest or was_cut(plan, row)
        elif row["channel"] == PHONE:
            assert lasted == work or (lasted < work and was_cut(plan, row))
        else:
            assert lasted >= work


@LAWS
@given(worlds())
def test_attempts_of_a_person_follow_from_each_other(world: World) -> None:
    plan, contacts = world.plan, world.contacts
    ledger = serve(contacts, plan)
    assert np.all(np.diff(ledger.at_ms) >= 0), "rows in order of time"
    rows = rows_of(ledger)
    for person in range(len(contacts)):
        mine = [row for row in rows if row["person"] == person]
        assert [row["attempt"] for row in mine] == list(range(len(mine)))
        assert len(mine) <= contacts.max_attempts
        if mine:
            assert (mine[0]["at"], mine[0]["channel"]) == (contacts.arrival_ms[person], contacts.channel[person])
        else:
            assert contacts.arrival_ms[person] > plan.end_ms
        for before, after in pairwise(mine):
            assert (after["at"], after["channel"]) == next_attempt(world, before)
        if mine and mine[-1]["next"] in (book.NEXT_REDIAL, book.NEXT_RETURN):
            assert next_attempt(world, mine[-1])[0] > plan.end_ms
        elif mine:
            assert mine[-1]["next"] in (book.NEXT_NONE, book.NEXT_LOST)


def next_attempt(world: World, row: dict[str, int]) -> tuple[int, int]:
    """When and on which channel the person tries again, from the words of the rules."""
    contacts, plan = world.contacts, world.plan
    person, attempt, channel = row["person"], row["attempt"], row["channel"]
    if row["next"] == book.NEXT_PHONE:
        return row["left"], PHONE
    if row["next"] == book.NEXT_REDIAL:
        return row["left"] + int(contacts.redial_delay_ms[person, attempt, channel]), channel
    assert row["next"] == book.NEXT_RETURN
    opening = min(start for start in plan.channels[channel].open_ms[:, 0].tolist() if start > row["left"])
    return opening + int(contacts.return_delay_ms[person, attempt, channel]), channel


@LAWS
@given(worlds())
def test_what_people_do_next_is_what_their_number_says(world: World) -> None:
    plan, contacts = world.plan, world.contacts
    for row in rows_of(serve(contacts, plan)):
        if not is_live(row):
            continue
        rules = plan.channels[row["channel"]]
        last = row["attempt"] + 1 == contacts.max_attempts
        number = {name: getattr(contacts, name)[row["person"], row["attempt"]] for name in ("redial_u", "closed_u")}
        if row["fate"] in (book.ABANDONED, book.BALKED, book.BLOCKED):
            again = not last and number["redial_u"] < rules.redial
            assert row["next"] == (book.NEXT_REDIAL if again else book.NEXT_LOST)
        elif row["fate"] in (book.MET_CLOSED, book.TURNED_AWAY):
            if last or number["closed_u"] >= rules.phone_instead + rules.come_back:
                assert row["next"] == book.NEXT_LOST
            elif number["closed_u"] < rules.phone_instead:
                assert row["next"] == book.NEXT_PHONE
            else:
                opens_again = bool((rules.open_ms[:, 0] > row["left"]).any())
                assert row["next"] == (book.NEXT_RETURN if opens_again else book.NEXT_LOST)


@LAWS
@given(worlds())
def test_persons_are_reached_or_unanswered_or_still_out(world: World) -> None:
    inside = world.contacts.arrival_ms <= world.plan.end_ms
    ledger = serve(world.contacts, world.plan)
    if not len(ledger):
        return
    reached, out = outcomes(world.contacts, ledger)
    lost = ~reached & ~out
    assert np.all((reached.astype(int) + lost + out)[inside] == 1)
    for person in np.flatnonzero(inside):
        mine = ledger.person == person
        assert bool(reached[person]) is bool((ledger.fate[mine] == book.ANSWERED).any())
        assert bool(lost[person]) is bool(ledger.next[mine][-1] == book.NEXT_LOST)


# --- opening, patience, order ---------------------------------------------------------------------------


@LAWS
@given(worlds())
def test_nobody_is_met_outside_opening(world: World) -> None:
    plan = world.plan
    for row in rows_of(serve(world.contacts, plan)):
        rules = plan.channels[row["channel"]]
        if not is_live(row):
            assert (row["fate"] == book.MET_CLOSED) is not rules.exists
            continue
        window = window_at(rules.open_ms, row["at"])
        assert (row["fate"] == book.MET_CLOSED) is (window is None)
        if window is None:
            continue
        closes = window[1]
        too_late = row["at"] >= closes - rules.last_admission_ms
        if too_late or row["fate"] == book.TURNED_AWAY:
            assert row["fate"] == book.TURNED_AWAY
            assert row["wait"] == 0 if too_late else (row["left"] == closes and not rules.serve_out)
        elif not rules.serve_out:
            assert row["left"] <= closes, "answered, gone or turned away by the closing at the latest"
        if row["fate"] == book.UNFINISHED:
            assert row["left"] == plan.end_ms


@LAWS
@given(worlds())
def test_written_questions_are_taken_up_while_their_channel_is_open(world: World) -> None:
    for row in rows_of(serve(world.contacts, world.plan)):
        if not is_live(row) and row["start"] >= 0:
            spans = world.plan.channels[row["channel"]].open_ms.tolist()
            assert any(start <= row["start"] <= end for start, end in spans)


@LAWS
@given(worlds())
def test_waits_are_within_patience(world: World) -> None:
    contacts = world.contacts
    for row in rows_of(serve(contacts, world.plan)):
        if not is_live(row):
            continue
        patience = int(contacts.patience_ms[row["person"], row["attempt"], row["channel"]])
        assert row["wait"] <= patience
        if row["fate"] == book.ABANDONED:
            assert row["wait"] == patience < NEVER_MS
        if row["fate"] in (book.BALKED, book.MET_CLOSED):
            assert row["wait"] == 0
        if row["fate"] == book.BALKED:
            assert contacts.balk_u[row["person"], row["attempt"]] < world.plan.channels[row["channel"]].balking


@LAWS
@given(worlds(most_sites=0))
def test_first_come_first_served_on_each_channel(world: World) -> None:
    ledger = serve(world.contacts, world.plan)
    for channel in (PHONE, CHAT):
        served = (ledger.fate == book.ANSWERED) & (ledger.channel == channel)
        assert np.all(np.diff(ledger.start_ms[served]) >= 0)


@LAWS
@given(worlds(most_sites=0))
def test_places_in_the_queue_are_never_exceeded(world: World) -> None:
    rows = rows_of(serve(world.contacts, world.plan))
    for channel in (PHONE, CHAT):
        most = world.plan.channels[channel].max_waiting
        waited = [row for row in rows if row["channel"] == channel and row["wait"] > 0]
        for row in waited if most >= 0 else ():
            assert sum(each["at"] <= row["at"] < each["left"] for each in waited) <= most
        assert most >= 0 or not any(row["fate"] == book.BLOCKED for row in rows if row["channel"] == channel)


# --- counsellors ----------------------------------------------------------------------------------------


@LAWS
@given(worlds())
def test_nobody_starts_off_duty_unless_she_stays_to_serve_out_a_queue(world: World) -> None:
    plan = world.plan
    for row in rows_of(serve(world.contacts, plan)):
        if row["start"] < 0 or window_at(plan.counsellors[row["counsellor"]].shifts_ms, row["start"]):
            continue
        rules = plan.channels[row["channel"]]
        assert is_live(row) and rules.serve_out
        window = window_at(rules.open_ms, row["at"])
        assert window is not None and window[1] <= row["start"]
        ends = plan.counsellors[row["counsellor"]].shifts_ms[:, 1].tolist()
        assert any(window[1] <= end <= row["start"] for end in ends)


def hands(plan: Plan, world: World, rows: Rows) -> dict[int, list[tuple[int, int, int]]]:
    """By counsellor: (from, until, channel) of what she surely has in hand, wrap-up included."""
    held: dict[int, list[tuple[int, int, int]]] = {index: [] for index in range(len(plan.counsellors))}
    for row in rows:
        if row["fate"] == book.ANSWERED and is_live(row):
            wrap_up = 0 if was_cut(plan, row) else int(world.contacts.wrap_up_ms[row["person"], row["channel"]])
            held[row["counsellor"]].append((row["start"], row["end"] + wrap_up, row["channel"]))
    return held


@LAWS
@given(worlds(shift_ends=(FINISH, FIRST_FREE_LEAVES)))
def test_no_counsellor_holds_more_than_she_may_and_a_call_is_alone(world: World) -> None:
    plan = world.plan
    for index, held in hands(plan, world, rows_of(serve(world.contacts, plan))).items():
        for start, until, channel in held:
            if start == until:
                continue  # stopped at closing, in the instant in which it began
            together = [each for each in held if each[0] <= start < each[1]]
            limit = 1 if channel == PHONE else plan.counsellors[index].chats_at_once
            assert len(together) <= limit
            assert channel == PHONE or all(each[2] == CHAT for each in together)


@LAWS
@given(worlds())
def test_time_of_counsellors_adds_up(world: World) -> None:
    plan, contacts = world.plan, world.contacts
    ledger = serve(contacts, plan)
    for index, person in enumerate(plan.counsellors):
        staffed = sum(max(0, min(end, plan.end_ms) - start) for start, end in person.shifts_ms.tolist())
        assert ledger.staffed_ms[index] == staffed
        worked = ledger.busy_ms[index] + ledger.overtime_ms[index]
        assert 0 <= ledger.busy_ms[index] <= staffed
        assert ledger.overtime_ms[index] >= 0
        assert worked <= ledger.slot_ms[index] <= max(1, person.chats_at_once) * worked
    least = most = 0
    latest = 0
    for row in rows_of(ledger):
        if row["start"] < 0:
            continue
        work = int(contacts.work_ms[row["person"], row["channel"]])
        wrap_up = int(contacts.wrap_up_ms[row["person"], row["channel"]])
        if not is_live(row):
            least += work if row["fate"] == book.ANSWERED else 0
            most += work
        else:
            least += row["end"] - row["start"] + (0 if was_cut(plan, row) else wrap_up)
            most += row["end"] - row["start"] + wrap_up
        latest = max(latest, row["end"] + wrap_up)
    assert ledger.slot_ms.sum() <= most
    assert latest > plan.end_ms or ledger.slot_ms.sum() >= least


@LAWS
@given(worlds(most_sites=0, shift_ends=(FINISH,)))
def test_nobody_waits_while_somebody_on_duty_may_take_her(world: World) -> None:
    """Looked at in the middle between any two events, so that the order of simultaneous ones does not matter."""
    soft = tuple(replace(channel, hard_stop=False) for channel in world.plan.channels)
    plan = replace(world.plan, channels=soft)
    rows = rows_of(serve(world.contacts, plan))
    held = hands(plan, world, rows)
    live = [row for row in rows if is_live(row)]
    times = {row[name] for row in live for name in ("at", "left")} | {plan.end_ms}
    times |= {until for each in held.values() for _, until, _ in each}
    times |= {edge for person in plan.counsellors for span in person.shifts_ms.tolist() for edge in span}
    for before, after in pairwise(sorted(time for time in times if time <= plan.end_ms)):
        now = (before + after) / 2
        waiting = {row["channel"] for row in live if row["at"] < now < row["left"]}
        for index, person in enumerate(plan.counsellors):
            if waiting and window_at(person.shifts_ms, int(now)):
                inside = [channel for start, until, channel in held[index] if start < now < until]
                urgent = next((channel for channel in person.answers if channel in waiting), None)
                room = {
                    None: False,
                    PHONE: not inside,
                    CHAT: PHONE not in inside and len(inside) < person.chats_at_once,
                }
                assert not room[urgent], f"at {now / TICK_MS} ticks counsellor {index} has room"


# --- plans and contacts side by side --------------------------------------------------------------------


@LAWS
@given(worlds())
def test_the_same_world_gives_the_same_ledger_and_changes_nothing(world: World) -> None:
    before = world.contacts.arrival_ms.copy(), [person.shifts_ms.copy() for person in world.plan.counsellors]
    first, second = serve(world.contacts, world.plan), serve(world.contacts, world.plan)
    assert first.differs_from(second) is None
    assert np.array_equal(before[0], world.contacts.arrival_ms)
    assert all(map(np.array_equal, before[1], [person.shifts_ms for person in world.plan.counsellors]))


@st.composite
def forked_worlds(draw: st.DrawFn) -> tuple[World, Plan, int]:
    """A world, and a second plan whose shifts and sites differ from an instant on."""
    world = draw(worlds())
    fork_ms = draw(st.integers(1, DAY_TICKS)) * TICK_MS
    plan = world.plan
    people = tuple(
        replace(person, shifts_ms=spliced(person.shifts_ms, draw(windows()), fork_ms)) for person in plan.counsellors
    )
    sites = tuple(replace(site, open_ms=spliced(site.open_ms, draw(windows()), fork_ms)) for site in plan.sites)
    return world, replace(plan, counsellors=people, sites=sites), fork_ms


def spliced(first: np.ndarray[Any, Any], then: np.ndarray[Any, Any], at_ms: int) -> np.ndarray[Any, Any]:
    """The first windows until an instant, the others after it."""
    spans = [[start, min(end, at_ms)] for start, end in first.tolist() if start < at_ms]
    for start, end in then.tolist():
        if end > at_ms:
            start = max(start, at_ms)
            if spans and spans[-1][1] == start:
                spans[-1][1] = end
            else:
                spans.append([start, end])
    return np.array(spans, np.int64).reshape(-1, 2)


@LAWS
@given(forked_worlds())
def test_what_differs_later_changes_nothing_before(fork: tuple[World, Plan, int]) -> None:
    world, other, fork_ms = fork
    before, after = serve(world.contacts, world.plan), serve(world.contacts, other)
    assert known_before(before, fork_ms) == known_before(after, fork_ms)


def known_before(ledger: Ledger, until_ms: int) -> list[tuple[int, ...]]:
    """What had been decided of each attempt before an instant, in order."""
    known = []
    for row in rows_of(ledger):
        if row["at"] >= until_ms:
            break
        attempt = (row["person"], row["attempt"], row["channel"], row["at"])
        if row["left"] < until_ms:
            attempt += (row["wait"], row["start"], row["site"], row["counsellor"], row["next"])
            attempt += (row["fate"],) if is_live(row) or 0 <= row["end"] < until_ms else ()
            attempt += (row["end"],) if 0 <= row["end"] < until_ms else ()
        known.append(attempt)
    return known


@LAWS
@given(worlds(), st.booleans())
def test_a_person_who_is_never_there_changes_nothing(world: World, first: bool) -> None:
    """Adding somebody without a shift, before or after the others, moves no contact."""
    ghost = replace(GHOST, site=CENTRE if first or not world.plan.counsellors else world.plan.counsellors[-1].site)
    people = (ghost, *world.plan.counsellors) if first else (*world.plan.counsellors, ghost)
    before = serve(world.contacts, world.plan)
    after = serve(world.contacts, replace(world.plan, counsellors=people))
    for name in ("person", "attempt", "channel", "at_ms", "fate", "next", "site", "wait_ms", "start_ms", "end_ms"):
        assert np.array_equal(getattr(before, name), getattr(after, name)), name
    moved = np.where(before.counsellor >= 0, before.counsellor + first, before.counsellor)
    assert np.array_equal(moved, after.counsellor)
    assert after.busy_ms.sum() == before.busy_ms.sum()
    assert after.slot_ms.sum() == before.slot_ms.sum()
