"""Whole days on a grid of five minutes, with every rule of the service switched on: ties of all kinds at once.

Contacts are drawn as for any scenario, then every time of theirs is moved to the grid. `ties` names single rules; this
finds what nobody thought of.
"""

from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.demand import draw
from simulator.demand.contacts import NEVER_MS, Background, Contacts
from simulator.scenario import load
from simulator.scenario.calendar import MINUTE_MS, merged
from simulator.service.ledger import Ledger
from simulator.service.plan import Plan
from simulator.service.planning import make_plan

GRID_MS = 5 * MINUTE_MS
FILE = "crowd.yaml"
CROWDS: Mapping[str, tuple[str, ...]] = {
    "crowd": (),
    "crowd-handing-back": ("handing-back",),
    "crowd-standing-in": ("standing-in",),
}
"""Name -> the overrides of the file it takes."""

Ints = NDArray[np.int64]


def crowd_served(name: str, seed: int, serve: Any) -> tuple[Plan, Ledger]:
    """What an engine makes of one of `CROWDS`."""
    text = (files(__package__) / FILE).read_text("utf-8")
    scenario = load(text, CROWDS[name])
    plan = make_plan(scenario)
    return plan, serve(on_grid(draw(scenario, seed)), plan)


def on_grid(contacts: Contacts) -> Contacts:
    """The same contacts with every time on the grid; those that never come stay so, and no work is 0."""
    return replace(
        contacts,
        arrival_ms=_floor(contacts.arrival_ms),
        work_ms=np.where(contacts.work_ms > 0, np.maximum(_floor(contacts.work_ms), GRID_MS), 0),
        wrap_up_ms=_floor(contacts.wrap_up_ms),
        patience_ms=_floor(contacts.patience_ms),
        redial_delay_ms=_floor(contacts.redial_delay_ms),
        return_delay_ms=_floor(contacts.return_delay_ms),
        background=_spells_on_grid(contacts.background),
    )


def _floor(times_ms: Ints) -> Ints:
    return np.where(times_ms == NEVER_MS, NEVER_MS, times_ms // GRID_MS * GRID_MS)


def _spells_on_grid(spells: Background) -> Background:
    """Spells of at least one step of the grid, those that then touch made one."""
    each = []
    for first, last in zip(spells.offset[:-1].tolist(), spells.offset[1:].tolist(), strict=True):
        starts, ends = _floor(spells.start_ms[first:last]), _floor(spells.end_ms[first:last])
        each.append(merged(zip(starts.tolist(), np.maximum(ends, starts + GRID_MS).tolist(), strict=True)))
    flat = np.concatenate(each)
    offset = np.cumsum([0, *map(len, each)]).astype(np.int64)
    return Background(offset, flat[:, 0].copy(), flat[:, 1].copy())
