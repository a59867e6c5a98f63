"""What would change the answer: another plan in other worlds, the unknowns behind that, and help from other channels.

People on duty for the phone who answer chats in newly opened hours cost nothing more: a claim about how they work, not
about hours, and so always told apart.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from simulator.study.asking import FEWEST_WORLDS
from simulator.study.drivers import Driver, drivers
from simulator.study.hours.answer import Judged, Turning
from simulator.study.hours.judging import Gains
from simulator.study.hours.plans import Alternative
from simulator.study.hours.refusals import HoursError
from simulator.study.hours.screening import Shelf
from simulator.study.hours.week import WHOLE_WEEK
from simulator.study.worlds.wanted import parameters_of

if TYPE_CHECKING:
    from simulator.study.hours.search import Search

MOST_DRIVERS = 5
LEAST_SHARE = 0.02
"""An unknown that tells less than this of a difference turns nothing."""


def turning(search: "Search", plans: Sequence[Alternative], judged: Sequence[Judged], found: Gains) -> Turning:
    """What would change the answer, of finalists with the chosen one first."""
    rival = _rival(found)
    driven: tuple[Driver, ...] = ()
    share = math.nan
    if rival is not None:
        share = float(np.mean(found.by_world[rival] > found.by_world[0]))
        driven = _drivers(search, found, rival)
    return Turning(judged[rival].name if rival is not None else "", share, driven, _otherwise(search, plans[0]))


def _rival(found: Gains) -> int | None:
    """The plan that is best in most of the worlds in which the chosen one is not; with one world, the next by mean."""
    if len(found.by_world) < 2:
        return None
    if found.by_world.shape[1] == 1:
        return 1 + int(np.argmax(found.by_world[1:, 0]))
    wins = np.bincount(found.by_world.argmax(axis=0), minlength=len(found.by_world))
    return 1 + int(np.argmax(wins[1:]))


def _drivers(search: "Search", found: Gains, rival: int) -> tuple[Driver, ...]:
    """Unknowns that tell where the chosen plan brings more than its rival, and where less."""
    difference = found.by_world[0] - found.by_world[rival]
    if len(search.worlds) < FEWEST_WORLDS or np.ptp(difference) == 0:
        return ()
    names, matrix = parameters_of(search.worlds)
    ranked = drivers(names, matrix, difference[np.newaxis], float(found.noise_variance[rival]), search.seed)[0]
    return tuple(each for each in ranked[:MOST_DRIVERS] if each.first >= LEAST_SHARE)


def _otherwise(search: "Search", chosen: Alternative) -> tuple[Judged, ...]:
    """Plans of another question: each weekday its own hours; people on duty for other channels help."""
    plans: dict[str, Alternative] = {}
    if search.question.days != "weekday" and not search.question.exhaustive:
        frame = search.frame_of("weekday")
        best = Shelf(frame, search.yields, search.spend_nok).best(search.spend_nok, 1).plans
        if best:
            plans["each_weekday"] = Alternative.of(frame, best[0], search.question.shared)
    if search.setting.helpers and not search.question.shared:
        plans["helped"] = Alternative(chosen.opening, chosen.layers, True, chosen.stretches)
        if not search.question.free:
            plans["helpers_alone"] = Alternative(WHOLE_WEEK, (), True)
    try:
        judged, _ = (
            search.judged(list(plans.values()), list(plans), list(plans), search.years_glanced) if plans else ([], None)
        )
    except HoursError:  # a shift with special days cannot be split: nothing is claimed of it
        return ()
    return tuple(judged)
