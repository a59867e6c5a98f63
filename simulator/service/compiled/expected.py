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
from simulator.scenario.model import CHANNELS
from simulator.service.compiled.arrays import EMPTY
from simulator.service.compiled.drawing import RADIX
from simulator.service.compiled.draws import BLOCK
from simulator.service.compiled.layouts import (
    ALWAYS_ONE,
    DEMAND,
    EXPONENTIAL_TABLE,
    NEVER,
    NONE,
    NORMAL_TABLE,
    PEOPLE,
    stream_names,
)
from simulator.service.compiled.machine import Record

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


MOST_ALIKE = 4
"""Persons expected, at the busiest time, whose order is left to a pass over neighbours."""


class _Tables:
    """Tables of families end to end, each once; those by word lie first."""

    def __init__(self) -> None:
        self._tables = [word_table("normal"), word_table("exponential")]
        self._places = {id(self._tables[0]): NORMAL_TABLE, id(self._tables[1]): EXPONENTIAL_TABLE}

    def place(self, table: Floats) -> int:
        """Where a table begins."""
        if id(table) not in self._places:
            self._places[id(table)] = sum(map(len, self._tables))
            self._tables.append(table)
        return self._places[id(table)]

    def joined(self) -> Floats:
        """All tables."""
        return np.concatenate(self._tables)


def demand_records(demand: Demand, persons: int, spells: int) -> tuple[Record, Record]:
    """Records of the layouts `DEMAND` and `PEOPLE`, with room for so many persons and spells."""
    tables = _Tables()
    expected = {**_cells(demand), **_busyness(demand, tables), **_background(demand)}
    expected |= {
        "most_persons": float(most_persons(demand.scenario)),
        "most_in_cell": float(MOST_IN_CELL),
        "persons": persons,
        "spells": spells,
        **_room(persons, max(BLOCK, *(len(each.mean) for each in demand.cells))),
        **_sorting(demand),
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


def _room(persons: int, cells: int) -> dict[str, NDArray[Any]]:
    """Buffers for persons, for the cells of a channel, and for a block of numbers."""
    return {
        **{name: np.empty(persons, np.int64) for name in ("unsorted_ms", "moved_ms", "unsorted_work_ms")},
        **{name: np.empty(persons, np.int32) for name in ("unsorted_cell", "unsorted_place", "moved_place")},
        "unsorted_identity": np.empty(persons, np.uint64),
        "unsorted_choice": np.zeros(persons),
        "digits": np.empty(RADIX, np.int32),
        "active": np.empty(cells + 1, np.int32),
        "counters": np.empty(cells, np.uint64),
        "gaps": np.empty(cells),
        "words": np.empty(BLOCK, np.int64),
        "scores": np.empty(BLOCK),
        "numbers": np.empty(BLOCK),
        "idle_ms": np.empty(BLOCK, np.int64),
        "busy_ms": np.empty(BLOCK, np.int64),
    }


def _sorting(demand: Demand) -> dict[str, int]:
    """From which bit of their times persons are sorted by digits: within the bits below only a few are alike."""
    densest = sum(float((each.mean / each.length_ms).max(initial=0)) for each in demand.cells)
    last_bit = int(demand.calendar.end_ms).bit_length()
    shift = int(np.clip(np.log2(MOST_ALIKE / max(densest, 1e-300)), 0, last_bit - 1))
    return {"shift": shift, "last_bit": last_bit}


def _cells(demand: Demand) -> dict[str, Ints | Floats]:
    """The cells of all channels, channel by channel."""
    cells = demand.cells
    return {
        "cells_first": np.cumsum([0, *(len(each.mean) for each in cells)]).astype(np.int64),
        "cell_start_ms": np.concatenate([each.start_ms for each in cells]).astype(np.int64),
        "cell_length_ms": np.concatenate([each.length_ms for each in cells]).astype(np.int64),
        "cell_first_person": np.concatenate([first_counters(each, code) for code, each in enumerate(cells)]),
        "cell_day": np.concatenate([each.service_day for each in cells]).astype(np.int64),
        "cell_hour": np.concatenate([each.utc_hour for each in cells]).astype(np.uint64),
        "cell_mean": np.concatenate([each.mean for each in cells]),
        **{name: np.empty(sum(len(each.mean) for each in cells)) for name in ("cell_expects", "cell_gap")},
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
            family[place] = ALWAYS_ONE if recipe.table is None else tables.place(recipe.table)
            scale_ms[place], least_ms[place] = recipe.scale_ms, recipe.least_ms
    return {"family": family, "scale_ms": scale_ms, "least_ms": least_ms}
