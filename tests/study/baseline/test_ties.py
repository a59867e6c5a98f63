"""Every rule of simultaneous events is watched: whoever changes one is told which, and where it shows."""

from dataclasses import fields, replace

import numpy as np
import pytest

from simulator.demand.contacts import NEVER_MS
from simulator.demand.draw import draw
from simulator.scenario import load
from simulator.service import conversations, events, reference, routing
from simulator.service.ledger import FATES, NEXT
from simulator.study.baseline import crowd, ties
from simulator.study.baseline.comparing import TieCompared, compare_baselines
from simulator.study.baseline.contents import Recipe
from simulator.study.baseline.crowd import CROWDS, GRID_MS, crowd_served, on_grid
from simulator.study.baseline.making import Made, make
from simulator.words import LANGUAGES, catalogue

KINDS = ("SERVICE_ENDS", "SHIFT", "ASSIGN", "GIVES_UP", "RINGS_OUT", "CLOSES", "OPENS", "ARRIVES")


def broken(stored, made: Made) -> tuple[TieCompared, ...]:
    """The rules that differ from the stored ones."""
    return compare_baselines(stored, made).ties


def made_now() -> Made:
    """The ties as the engines serve them now, without scenarios."""
    return make([], Recipe(years=2, worlds=2), workers=1)


def test_there_is_one_tie_of_each_name_and_it_has_words_in_every_language(made):
    names = [tie.name for tie in ties.ties()] + list(CROWDS)
    assert len(set(names)) == len(names) == len(made.served)
    for name in names:
        assert set(catalogue()[f"regress.tie.{name}"]) == set(LANGUAGES)


def test_both_engines_serve_every_tie_alike(made):
    assert made.disputed == ()
    assert all(set(traces) == {"compiled", "simpy"} for traces in made.served.values())


def test_nothing_is_broken_where_nothing_changed(stored, made):
    assert broken(stored, made) == ()


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_the_engine_that_differs_is_named(stored, made, engine):
    name, traces = "persons-by-index", made.served["persons-by-index"]
    rows = traces[engine].rows[::-1].copy()
    other = replace(made, served={**made.served, name: {**traces, engine: replace(traces[engine], rows=rows)}})
    assert [(each.name, each.engine) for each in broken(stored, other)] == [(name, engine)]
    assert other.disputed == (name,)


@pytest.mark.parametrize("first", range(len(KINDS) - 1))
def test_two_kinds_of_events_that_change_places_are_caught_and_named(monkeypatch, stored, first):
    one, other = KINDS[first], KINDS[first + 1]
    kinds = {one: getattr(events, other), other: getattr(events, one)}
    for module in (events, reference, conversations):
        for name, kind in kinds.items():
            if hasattr(module, name):
                monkeypatch.setattr(module, name, kind)
    found = broken(stored, made_now())
    assert {each.engine for each in found} == {"simpy"}
    named = [each.name for each in found if each.name not in CROWDS]
    expected = {
        "SERVICE_ENDS": "service-ends-before-shift-ends",
        "SHIFT": "all-shifts-change-before-assignment",
        "ASSIGN": "service-ends-before-giving-up",
        "GIVES_UP": "giving-up-before-ringing-out",
        "RINGS_OUT": "ringing-out-before-closing",
        "CLOSES": "site-closes-before-another-opens",
        "OPENS": "opening-before-arrival-and-closing-before-it",
    }
    assert expected[one] in named, named
    assert all(each.first.was or each.first.now or each.first.time for each in found)


def last_index(order):
    """The same order, with ties to the highest index."""
    return lambda each: (*order(each)[:2], -each.index)


@pytest.mark.parametrize(("order", "named"), [("by_load", "least-loaded"), ("by_packing", "most-loaded")])
def test_counsellors_chosen_by_the_highest_index_are_caught_and_named(monkeypatch, stored, order, named):
    monkeypatch.setattr(reference, order, last_index(getattr(routing, order)))
    assert f"{named}-by-index" in [each.name for each in broken(stored, made_now())]


def test_who_comes_first_of_those_alike_is_told_by_the_first_event(monkeypatch, stored):
    monkeypatch.setattr(reference, "by_load", last_index(routing.by_load))
    (found,) = [each for each in broken(stored, made_now()) if each.name == "counsellors-by-index"]
    assert [(each.event, each.person, each.counsellor) for each in found.first.was] == [
        ("taken", 1, "shift 0 1"),
        ("taken", 3, "shift 0 3"),
    ]
    assert [each.counsellor for each in found.first.now] == ["shift 0 3", "shift 0 1"]
    assert found.first.was[0].time == "2024-01-15 00:00:00.000"


def reordered(monkeypatch, kind: int, index_of) -> None:
    """Let the events of one kind come in another order at the same instant, by what they do and their index."""
    real = events.At.__init__

    def turned(self, env, at_ms, kind_now, index, does):
        real(self, env, at_ms, kind_now, index, does)
        if kind_now == kind:
            place = next(place for place, entry in enumerate(env._queue) if entry[3] is self)
            priority = (kind << events.INDEX_BITS) | index_of(does, index)
            env._queue[place] = (at_ms, priority, *env._queue[place][2:])
            env._queue.sort()

    monkeypatch.setattr(events.At, "__init__", turned)


MANY = 1_000_000


@pytest.mark.parametrize(
    ("kind", "index_of", "named"),
    [
        (events.ARRIVES, lambda _, index: MANY - index, "returns-by-person"),
        (
            events.SHIFT,
            lambda does, index: MANY + index if does.__name__ == "_shift_starts" else index,
            "shift-starts-before-shift-ends",
        ),
        (
            events.SHIFT,
            lambda does, index: index if does.__name__ == "_hands_on" else MANY + index,
            "all-shifts-change-before-handing-back",
        ),
        (
            events.CLOSES,
            lambda _, index: MANY - index,
            "channels-close-before-sites",
        ),
    ],
)
def test_another_order_inside_a_kind_is_caught_and_named(monkeypatch, stored, kind, index_of, named):
    reordered(monkeypatch, kind, index_of)
    assert named in [each.name for each in broken(stored, made_now())]


# --- crowds --------------------------------------------------------------------------------------------------------


def test_every_time_of_a_crowd_lies_on_the_grid():
    scenario = load((crowd.files(crowd.__package__) / crowd.FILE).read_text("utf-8"))
    drawn = draw(scenario, 1)
    contacts = on_grid(drawn)
    for field in fields(contacts):
        values = getattr(contacts, field.name)
        if field.name.endswith("_ms") and isinstance(values, np.ndarray):
            assert ((values % GRID_MS == 0) | (values == NEVER_MS)).all(), field.name
            assert (values <= getattr(drawn, field.name)).all() or field.name == "work_ms"
    for spells in (contacts.background.start_ms, contacts.background.end_ms):
        assert (spells % GRID_MS == 0).all()
    assert (contacts.background.end_ms > contacts.background.start_ms).all()
    assert (contacts.work_ms[drawn.work_ms > 0] > 0).all()


def test_crowds_use_every_fate_and_every_next_step_and_are_full_of_ties():
    ledgers = [crowd_served(name, 1, reference.serve)[1] for name in CROWDS]
    assert {FATES[fate] for each in ledgers for fate in each.fate.tolist()} == set(FATES)
    assert {NEXT[then] for each in ledgers for then in each.next.tolist()} == set(NEXT)
    assert all(len(np.unique(each.at_ms)) < 0.6 * len(each) for each in ledgers)
