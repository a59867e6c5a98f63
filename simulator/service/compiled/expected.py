"""A scenario's demand as arrays: where persons are expected, and the recipes by which their numbers are looked up."""

from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.demand import Demand
from simulator.demand.arrivals import MOST_IN_CELL, first_counters
from simulator.demand.background import AFTER_MS, background_rules, stretch_recipes
from simulator.demand.draw import most_persons, recipes
from simulator.demand.quantiles import word_table
from simulator.demand.streams import Recipe, gamma_table
from simulator.scenario.calendar import MINUTE_MS
from simulator.scenario.model import CHANNELS
from simulator.service.compiled.arrays import EMPTY
from simulator.service.compiled.drawing import RADIX, WINDOW_BITS, WINDOW_MS
from simulator.service.compiled.draws import BLOCK
from simulator.service.compiled.layouts import (
    ALWAYS_ONE,
    DEMAND,
    EXPONENTIAL_TABLE,
    NEVER,
    NONE,
    PEOPLE,
    stream_names,
)
from simulator.service.compiled.machine import Record

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


SPARE_PERSONS = 1024
MOST_ALIKE = 4
"""Persons expected, at the busiest time, whose order is left to a pass over neighbours."""


class _Tables:
    """Tables of families end to end, each once; those by word lie first."""

    def __init__(self) -> None:
        self._tables = [word_table("normal"), word_table("exponential")]
        self._places: dict[int, int] = {}

    def of(self, recipe: Recipe) -> int:
        """Where the table of a recipe begins."""
        if recipe.table is None:
            return ALWAYS_ONE
        return EXPONENTIAL_TABLE if recipe.by_word else self.place(recipe.table)

    def place(self, table: Floats) -> int:
        """Where a table by score begins."""
        if id(table) not in self._places:
            self._places[id(table)] = sum(map(len, self._tables))
            self._tables.append(table)
        return self._places[id(table)]

    def joined(self) -> Floats:
        """All tables."""
        return np.concatenate(self._tables)


def expected_spells(demand: Demand) -> float:
    """How many spells of own duty work all sites expect."""
    until_ms = demand.calendar.end_ms + AFTER_MS
    rules = [background_rules(demand.scenario, site, until_ms) for site in demand.sites]
    return sum(until_ms / MINUTE_MS * each.busy_share / each.mean_min for each in rules if each is not None)


def demand_records(demand: Demand, persons: int, spells: int) -> tuple[Record, Record]:
    """Records of the layouts `DEMAND` and `PEOPLE`, with room for so many persons and spells."""
    tables = _Tables()
    windows = _windows(demand)
    expected: dict[str, Any] = {**_cells(demand), **_busyness(demand, tables), **_background(demand)}
    expected |= {
        "windows": len(windows[0]) - 1,
        "window_cells": windows.ravel(),
        "most_persons": float(most_persons(demand.scenario)),
        "most_in_cell": float(MOST_IN_CELL),
        "persons": persons,
        "spells": spells,
        "shift": _shift(demand),
        **_room(_most_in_window(demand, windows, persons), max(BLOCK, int(np.diff(windows).max()))),
    }
    streams = stream_names(demand.sites)
    people = {
        **{name: EMPTY[kind] for name, kind in PEOPLE.fields.items()},
        **_lookup(demand, streams, tables),
        "arrival_ms": np.empty(persons, np.int64),
        "channel": np.empty(persons, np.int16),
        "identity": np.empty(persons, np.uint64),
        "work_ms": np.empty(persons, np.int64),
        "local": np.empty(persons, np.int16),
        "closed_u": np.empty(persons, np.float64),
        "attempts": demand.scenario.demand.max_attempts,
        "keys": np.empty(2 * len(streams), np.uint64),
        "origins": len(demand.origin_steps),
        "origin_steps": np.append(demand.origin_steps, 1.0),
        "spell_first": np.zeros(len(demand.sites) + 1, np.int64),
        "spells_ms": np.empty(2 * spells, np.int64),
    }
    return DEMAND.fill(expected), PEOPLE.fill({**people, "tables": tables.joined()})


def _windows(demand: Demand) -> Ints:
    """The first cell of each channel and window, and behind the last; shape (channels, windows + 1)."""
    edges = np.arange(demand.calendar.end_ms // WINDOW_MS + 2, dtype=np.int64) * WINDOW_MS
    before = np.cumsum([0, *(len(each.mean) for each in demand.cells)])
    places = [first + np.searchsorted(each.start_ms, edges) for first, each in zip(before, demand.cells, strict=False)]
    return np.array(places, np.int64)


def _most_in_window(demand: Demand, windows: Ints, persons: int) -> int:
    """Room for the persons of one window, as generous as that for those of the year."""
    drawn = np.minimum(np.concatenate([each.mean for each in demand.cells]), float(MOST_IN_CELL))
    means = np.concatenate([[0.0], np.cumsum(drawn)])
    fullest = float(np.diff(means[windows]).sum(axis=0).max())
    return min(persons, int(2 * fullest * persons / max(float(means[-1]), 1.0)) + SPARE_PERSONS)


def _shift(demand: Demand) -> int:
    """From which bit of their times persons are sorted by digits: within the bits below only a few are alike."""
    densest = sum(float((each.mean / each.length_ms).max(initial=0)) for each in demand.cells)
    return int(np.clip(np.log2(MOST_ALIKE) - np.log2(np.clip(densest, 1e-300, 1e300)), 0, WINDOW_BITS - 1))


def _room(room: int, cells: int) -> dict[str, Any]:
    """Buffers for so many persons of a window, for the cells of a channel in it, and for a block of numbers."""
    return {
        "room": room,
        **{name: np.empty(room, np.int64) for name in ("unsorted_ms", "moved_ms", "unsorted_work_ms")},
        **{name: np.empty(room, np.int32) for name in ("unsorted_cell", "unsorted_place", "moved_place")},
        "unsorted_identity": np.empty(room, np.uint64),
        "unsorted_choice": np.zeros(room),
        "unsorted_u": np.empty(room),
        "digits": np.empty(RADIX, np.int32),
        "active": np.empty(cells + 1, np.int32),
        "counters": np.empty(cells, np.uint64),
        **{name: np.empty(cells) for name in ("gaps", "expects", "passed")},
        "block": np.empty(BLOCK, np.int64),
        "scores": np.empty(BLOCK),
        "numbers": np.empty(BLOCK),
        "idle_ms": np.empty(BLOCK, np.int64),
        "busy_ms": np.empty(BLOCK, np.int64),
    }


def _cells(demand: Demand) -> dict[str, NDArray[Any]]:
    """The cells of all channels, channel by channel."""
    cells = demand.cells
    return {
        "cell_start_ms": np.concatenate([each.start_ms for each in cells]).astype(np.int64),
        "cell_length_ms": np.concatenate([each.length_ms for each in cells]).astype(np.int32),
        "cell_first_person": np.concatenate([first_counters(each, code) for code, each in enumerate(cells)]),
        "cell_day": np.concatenate([each.service_day for each in cells]).astype(np.int32),
        "cell_hour": np.concatenate([each.utc_hour for each in cells]).astype(np.uint64),
        "cell_mean": np.concatenate([each.mean for each in cells]),
    }


def _busyness(demand: Demand, tables: _Tables) -> dict[str, int | float]:
    rules = demand.scenario.demand.busyness
    return {
        "day_table": NONE if rules.day_shape is None else tables.place(gamma_table(rules.day_shape)),
        "hour_table": NONE if rules.hour_shape is None else tables.place(gamma_table(rules.hour_shape)),
        "day_common": sqrt(rules.correlation),
        "day_own": sqrt(1 - rules.correlation),
    }


def _background(demand: Demand) -> dict[str, int | Floats]:
    until_ms = demand.calendar.end_ms + AFTER_MS
    rules = [background_rules(demand.scenario, site, until_ms) for site in demand.sites]
    return {
        "sites": len(demand.sites),
        "busy_share": np.array([0.0 if each is None else each.busy_share for each in rules]),
        "until_ms": until_ms,
    }


def _recipes(demand: Demand) -> dict[str, Recipe | None]:
    """Recipes of times by stream."""
    found: dict[str, Recipe | None] = {}
    for name in CHANNELS:
        rules = demand.scenario.channel(name)
        if rules is not None:
            found |= {f"{what}/{name}": recipe for what, recipe in recipes(name, rules).items()}
    for site in demand.sites:
        background = background_rules(demand.scenario, site, 0)
        if background is not None:
            idle, busy = stretch_recipes(background)
            found |= {f"background/idle/{site}": idle, f"background/busy/{site}": busy}
    return found


def _lookup(demand: Demand, streams: tuple[str, ...], tables: _Tables) -> dict[str, Ints | Floats]:
    """By stream: where its family's table lies, its scale and its least time."""
    family = np.full(len(streams), NEVER, np.int64)
    scale_ms, least_ms = np.zeros(len(streams)), np.zeros(len(streams), np.int64)
    for name, recipe in _recipes(demand).items():
        if recipe is not None:
            place = streams.index(name)
            family[place] = tables.of(recipe)
            scale_ms[place], least_ms[place] = recipe.scale_ms, recipe.least_ms
    return {"family": family, "scale_ms": scale_ms, "least_ms": least_ms}
