"""The sites' own duty work: spells in which one of a site's people is busy with something else.

Idle and busy times are exponential and alternate; the start is stationary. Each site has its own stream, by its name:
another site changes nothing. Knows nothing of what the people do the rest of the time.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.demand.contacts import Background
from simulator.demand.errors import DemandError, demand_problem
from simulator.demand.streams import Recipe, Streams, uniforms
from simulator.scenario.calendar import HOUR_MS, MINUTE_MS
from simulator.scenario.model import Background as BackgroundRules
from simulator.scenario.model import Duration, Scenario

AFTER_MS = 48 * HOUR_MS
"""How far past the period the spells go on, for what is still in progress."""
MOST_SPELLS = 5_000_000
_BLOCK = 4096

Ints = NDArray[np.int64]


def draw_background(scenario: Scenario, sites: Sequence[str], end_ms: int, streams: Streams) -> Background:
    """Spells of all sites until two days after the period.

    Parameters
    ----------
    scenario
        Whose sites.
    sites
        Their keys in the order of their codes.
    end_ms
        End of the period since the run's start.
    streams
        Where the random numbers come from.

    Raises
    ------
    DemandError
        If the spells are so short that there would be more than `MOST_SPELLS` at one site.
    """
    spells = [_spells(scenario, site, end_ms + AFTER_MS, streams) for site in sites]
    offset = np.cumsum([0, *(len(each) for each in spells)], dtype=np.int64)
    joined = np.concatenate([np.empty((0, 2), np.int64), *spells])
    return Background(offset, np.ascontiguousarray(joined[:, 0]), np.ascontiguousarray(joined[:, 1]))


def _spells(scenario: Scenario, site: str, until_ms: int, streams: Streams) -> Ints:
    """Starts and ends of one site's spells, shape (spells, 2)."""
    rules = background_rules(scenario, site, until_ms)
    if rules is None:
        return np.empty((0, 2), np.int64)
    stretches = _stretches_ms(rules, site, until_ms, streams)
    spells = np.cumsum(stretches).reshape(-1, 2)
    return spells[spells[:, 0] < until_ms]


def background_rules(scenario: Scenario, site: str, until_ms: int) -> BackgroundRules | None:
    """The rules of a site that has own duty work, else None.

    Raises
    ------
    DemandError
        If the spells are so short that there would be more than `MOST_SPELLS`.
    """
    rules = scenario.sites[site].background
    if rules is None or rules.busy_share == 0:
        return None
    cycle_min = rules.mean_min / rules.busy_share
    if until_ms / MINUTE_MS / cycle_min > MOST_SPELLS:
        path = ("sites", site, "background", "mean_min")
        raise DemandError([demand_problem(scenario, path, "demand.spells_too_short", most=MOST_SPELLS)])
    return rules


def stretch_recipes(rules: BackgroundRules) -> tuple[Recipe, Recipe]:
    """How long idle and busy stretches last."""
    idle = Duration(mean_min=rules.mean_min * (1 - rules.busy_share) / rules.busy_share)
    return Recipe.of(idle, 1), Recipe.of(Duration(mean_min=rules.mean_min), 1)


def _stretches_ms(rules: BackgroundRules, site: str, until_ms: int, streams: Streams) -> Ints:
    """Lengths of idle and busy stretches in turn, past ``until_ms``; the first is 0 where the site starts busy."""
    idle, busy = stretch_recipes(rules)
    u = uniforms(streams.key(f"background/start/{site}"), np.zeros(1, np.uint64))
    blocks: list[Ints] = []
    reached = 0
    while reached <= until_ms:
        counters = np.arange(len(blocks) * _BLOCK, (len(blocks) + 1) * _BLOCK, dtype=np.uint64)
        block = np.empty((_BLOCK, 2), np.int64)
        block[:, 0] = idle.times_ms(streams.key(f"background/idle/{site}"), counters)
        block[:, 1] = busy.times_ms(streams.key(f"background/busy/{site}"), counters)
        if not blocks and u[0] < rules.busy_share:
            block[0, 0] = 0
        blocks.append(block)
        reached += int(block.sum())
    return np.concatenate(blocks)
