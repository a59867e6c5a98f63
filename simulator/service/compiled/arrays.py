"""Plans, contacts and empty state as the arrays that compiled functions work on, and the ledger read back from them."""

import numpy as np
from numpy.typing import NDArray

from simulator.demand.contacts import Contacts
from simulator.service.compiled.layouts import (
    MOST_PUSHES_PER_ROW,
    N_CHANNELS,
    N_REGISTERS,
    NEAR_ROOM,
    NONE,
    PEOPLE,
    ROWS,
    RULES,
    STATE,
)
from simulator.service.compiled.machine import KINDS, Layout, Record
from simulator.service.events import CLOSES, INDEX_BITS, OPENS, SHIFT
from simulator.service.ledger import UNFINISHED, Ledger
from simulator.service.plan import Plan, covered_ms, local_sites

Ints = NDArray[np.int64]
WORD = 32
"""Counsellors in one word of a set."""


class EndlessRunError(RuntimeError):
    """The engine took more steps than any world needs: a defect of the engine, never of a scenario."""


def most_steps(rows: int, attempts: int, plan_events: int) -> int:
    """More events than this no world has that fits into so many rows."""
    return 200 * (rows * attempts + plan_events + 1000)


def rules_of(plan: Plan) -> Record:
    """A plan as arrays."""
    channels, people = plan.channels, plan.counsellors
    sites = np.array([each.site for each in people], np.int64)
    first_of_site = np.searchsorted(sites, np.arange(len(plan.sites) + 1)).astype(np.int64)
    first_word = np.concatenate([[0], np.cumsum(-(-np.diff(first_of_site) // WORD))]).astype(np.int64)
    within = np.arange(len(people)) - first_of_site[sites]
    answers = np.full((len(people), N_CHANNELS), NONE, np.int64)
    kinds: dict[tuple[int, ...], int] = {}
    for c, each in enumerate(people):
        answers[c, : len(each.answers)] = each.answers
        kinds.setdefault(each.answers, len(kinds))
    event_ms, event_order = _plan_events(plan)
    windows = [channel.open_ms for channel in channels]
    return RULES.fill(
        {
            **{
                name: np.array([getattr(each, name) for each in channels], np.int64)
                for name in ("exists", "max_waiting", "hard_stop", "serve_out", "last_admission_ms")
            },
            **{
                name: np.array([getattr(each, name) for each in channels], np.float64)
                for name in ("balking", "redial", "phone_instead", "come_back")
            },
            "opens_first": np.concatenate([[0], np.cumsum([len(each) for each in windows])]).astype(np.int64),
            "opens_ms": np.concatenate([each[:, 0] for each in windows]).astype(np.int64),
            "closes_ms": np.concatenate([each[:, 1] for each in windows]).astype(np.int64),
            "sites": len(plan.sites),
            "site_busy": np.array([each.busy for each in plan.sites], np.int64),
            "site_ring_ms": np.array([each.ring_ms for each in plan.sites], np.int64),
            "first_of_site": first_of_site,
            "first_word": first_word,
            "set_words": int(first_word[-1]),
            "levels": max([each.chats_at_once for each in people], default=1),
            "counsellors": len(people),
            "site_of": sites,
            "word_of": (first_word[sites] + within // WORD).astype(np.int64),
            "bit_of": (1 << (within % WORD)).astype(np.int64),
            "chats_at_once": np.array([each.chats_at_once for each in people], np.int64),
            "answers": answers.ravel(),
            "kind_of": np.array([kinds[each.answers] for each in people], np.int64),
            "talk_room": max([each.chats_at_once for each in people], default=1) + 1,
            "paces": len(plan.speed_thousandths),
            "speed": np.array(plan.speed_thousandths, np.int64),
            "most_loaded": int(plan.most_loaded),
            "shift_end": plan.shift_end,
            "local_first": int(plan.local_first),
            "overflow": int(plan.overflow_to_open_site),
            "from_ms": plan.measure_from_ms,
            "horizon_ms": plan.end_ms,
            "events": len(event_ms),
            "event_ms": event_ms,
            "event_order": event_order,
        }
    )


def _plan_events(plan: Plan) -> tuple[Ints, Ints]:
    """Shifts and openings in the order in which they happen."""
    people = len(plan.counsellors)
    parts: list[tuple[Ints, int]] = []
    for c, each in enumerate(plan.counsellors):
        parts += [(each.shifts_ms[:, 0], (SHIFT << INDEX_BITS) | c)]
        parts += [(each.shifts_ms[:, 1], (SHIFT << INDEX_BITS) | (people + c))]
    windows = [*(each.open_ms for each in plan.channels), *(each.open_ms for each in plan.sites)]
    for index, open_ms in enumerate(windows):
        parts += [(open_ms[:, 0], (OPENS << INDEX_BITS) | index), (open_ms[:, 1], (CLOSES << INDEX_BITS) | index)]
    at_ms = np.concatenate([times for times, _ in parts]).astype(np.int64)
    order = np.concatenate([np.full(len(times), code, np.int64) for times, code in parts])
    sequence = np.lexsort((order, at_ms))
    return at_ms[sequence], order[sequence]


EMPTY = {
    "i8[]": np.zeros(1, np.int64),
    "u8[]": np.zeros(1, np.uint64),
    "f8[]": np.zeros(1, np.float64),
    "i4[]": np.zeros(1, np.int32),
    "i2[]": np.zeros(1, np.int16),
    "i8": 0,
    "f8": 0.0,
}


def people_of(contacts: Contacts, plan: Plan) -> Record:
    """Contacts that were drawn beforehand, as arrays."""
    names, background = list(contacts.sites), contacts.background
    spans = [
        slice(*background.offset[names.index(site.name) :][:2]) if site.name in names else slice(0, 0)
        for site in plan.sites
    ]
    times = np.column_stack([background.start_ms, background.end_ms])
    local = np.array(local_sites(contacts.sites, plan), np.int64)
    drawn = ("work_ms", "wrap_up_ms", "patience_ms", "redial_delay_ms", "return_delay_ms")
    decided = ("balk_u", "closed_u", "redial_u")
    return PEOPLE.fill(
        {
            **{name: EMPTY[kind] for name, kind in PEOPLE.fields.items()},
            **{name: np.ascontiguousarray(getattr(contacts, name)).ravel() for name in (*drawn, *decided)},
            "arrival_ms": contacts.arrival_ms,
            "channel": contacts.channel,
            "attempts": contacts.max_attempts,
            "is_drawn": 1,
            "local": local[contacts.origin].astype(np.int16),
            "spell_first": np.cumsum([0, *(span.stop - span.start for span in spans)]).astype(np.int64),
            "spells_ms": np.concatenate([times[span].ravel() for span in spans]).astype(np.int64),
        }
    )


BY_ROW = (
    "person at_ms wait_ms start_ms end_ms held_by due_ms left_ms ahead behind queued "
    "attempt row_channel fate then site counsellor"
)
BY_COUNSELLOR = "on_duty lingers calls chats call message talkers progress_ms since_ms busy_ms overtime_ms slot_ms"


def state_of(rules: Record, persons: int, rows: int) -> Record:
    """Buffers for so many persons and attempts; `reset` makes them ready."""
    counsellors, sites = rules.counsellors, rules.sites
    heap = (MOST_PUSHES_PER_ROW + 4) * rows + 64 * (counsellors + 16) + 2 * rules.talk_room * counsellors
    sizes = {
        "registers": N_REGISTERS,
        "near": 2 * NEAR_ROOM,
        "heap": 2 * heap,
        **dict.fromkeys(BY_ROW.split(), rows),
        **dict.fromkeys(("head", "tail", "length"), sites * N_CHANNELS),
        "channel_closes_ms": N_CHANNELS,
        **dict.fromkeys(("site_is_open", "waiting", "spell", "idle_count", "lingerers"), sites),
        "idle": rules.set_words,
        "roomy": rules.set_words * rules.levels,
        **dict.fromkeys(BY_COUNSELLOR.split(), counsellors),
        **dict.fromkeys(("takes", "urgent"), counsellors * N_CHANNELS),
        **dict.fromkeys(("talking", "remaining"), counsellors * rules.talk_room),
        **dict.fromkeys(("next_attempt", "next_channel"), persons),
    }
    margin = MOST_PUSHES_PER_ROW * rows + 64 + 2 * rules.talk_room * counsellors
    arrays = {name: np.empty(max(1, size), KINDS[STATE.fields[name][:-2]]) for name, size in sizes.items()}
    return STATE.fill({**arrays, "rows": rows, "heap_room": heap - margin})


def ledger_of(plan: Plan, s: Record) -> Ledger:
    """The finished ledger, copied out of the buffers; who still waits at the horizon has waited until then."""
    rows = slice(0, int(s.registers[ROWS]))
    waits_still = (s.fate[rows] == UNFINISHED) & (s.start_ms[rows] < 0)
    staffed = [covered_ms(each.shifts_ms, plan.measure_from_ms, plan.end_ms) for each in plan.counsellors]
    people = slice(0, len(plan.counsellors))
    return Ledger(
        person=s.person[rows].astype(np.int64),
        attempt=s.attempt[rows].copy(),
        channel=s.row_channel[rows].copy(),
        at_ms=s.at_ms[rows].copy(),
        fate=s.fate[rows].copy(),
        next=s.then[rows].copy(),
        site=s.site[rows].copy(),
        counsellor=s.counsellor[rows].copy(),
        wait_ms=np.where(waits_still, plan.end_ms - s.at_ms[rows], s.wait_ms[rows]),
        start_ms=s.start_ms[rows].copy(),
        end_ms=s.end_ms[rows].copy(),
        busy_ms=s.busy_ms[people].copy(),
        overtime_ms=s.overtime_ms[people].copy(),
        staffed_ms=np.array(staffed, np.int64),
        slot_ms=s.slot_ms[people].copy(),
    )


def nothing(layout: Layout) -> Record:
    """A record for those who do not use it."""
    return layout.fill({name: EMPTY[kind] for name, kind in layout.fields.items()})
