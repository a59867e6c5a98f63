"""Contacts written by hand: a few persons, their times in minutes after the run's start.

Nobody balks, tries again or comes back unless their numbers say so. Knows nothing of what they are to show.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.demand.contacts import NEVER_MS, NO_LABEL, Background, Contacts
from simulator.scenario.calendar import MINUTE_MS, Calendar
from simulator.scenario.model import CHANNELS, LIVE, Scenario
from simulator.scenario.order import site_order

ATTEMPTS = 2
"""Attempts each person may make."""
WAITS_FOR_EVER = (None,) * ATTEMPTS
UNMOVED = 1.0
"""A uniform number that decides against whatever there is to decide."""

Times = tuple[float | None, ...]
Spells = Mapping[str, Sequence[tuple[int, int]]]


@dataclass(frozen=True)
class Person:
    """One person; whole minutes, so that many things happen at the same instant.

    Attributes
    ----------
    at, work, channel
        First attempt, handling time on that channel, and which.
    origin
        Key of the caller's own site; empty: none.
    wrap_up, phone_work
        Work after the contact, and handling time of a call instead of a chat.
    patience
        By attempt; None waits for ever.
    redial, back
        By attempt: minutes until the person tries again after leaving, or comes back after the next opening; None:
        does not.
    """

    at: int
    work: int
    channel: str = "phone"
    origin: str = ""
    wrap_up: int = 0
    phone_work: int = 0
    patience: Times = WAITS_FOR_EVER
    redial: Times = WAITS_FOR_EVER
    back: Times = WAITS_FOR_EVER


def contacts_by_hand(scenario: Scenario, people: Sequence[Person], spells: Spells | None = None) -> Contacts:
    """Contacts of persons in the order of their first attempts; ``spells`` are minutes of sites' own duty work."""
    calendar, sites = Calendar.of(scenario), site_order(scenario.sites)
    people = sorted(people, key=lambda each: each.at)
    channel = np.array([CHANNELS.index(each.channel) for each in people], np.int16)
    work = np.zeros((len(people), len(CHANNELS)), np.int64)
    wrap_up = np.zeros_like(work)
    for row, each in enumerate(people):
        work[row, CHANNELS.index("phone")] = each.phone_work * MINUTE_MS
        work[row, channel[row]] = each.work * MINUTE_MS
        wrap_up[row, channel[row]] = each.wrap_up * MINUTE_MS
    return Contacts(
        epoch_ms=calendar.epoch_ms,
        end_ms=calendar.end_ms,
        sites=sites,
        arrival_ms=np.array([each.at * MINUTE_MS for each in people], np.int64),
        channel=channel,
        origin=np.array([sites.index(each.origin) if each.origin else 0 for each in people], np.int16),
        identity=np.arange(len(people), dtype=np.uint64),
        work_ms=work,
        wrap_up_ms=wrap_up,
        patience_ms=_times_ms([each.patience for each in people]),
        redial_delay_ms=_times_ms([each.redial for each in people]),
        return_delay_ms=_times_ms([each.back for each in people]),
        balk_u=np.full((len(people), ATTEMPTS), UNMOVED),
        closed_u=_uniforms([each.back for each in people], [each.phone_work > 0 for each in people]),
        redial_u=_uniforms([each.redial for each in people]),
        age_group=np.full(len(people), NO_LABEL, np.int16),
        gender=np.full(len(people), NO_LABEL, np.int16),
        background=_background(sites, spells or {}),
    )


def _times_ms(times: Sequence[Times]) -> NDArray[np.int64]:
    """By person, attempt and live channel."""
    listed = [[NEVER_MS if each is None else int(each * MINUTE_MS) for each in row] for row in times]
    once = np.array(listed, np.int64).reshape(len(times), ATTEMPTS, 1)
    return np.repeat(once, len(LIVE), axis=2)


def _uniforms(times: Sequence[Times], also: Sequence[bool] = ()) -> NDArray[np.float64]:
    """0, which does what there is a time for, in the attempts that have one; and in all of those named."""
    always = also or [False] * len(times)
    rows = [
        [0.0 if each is not None or named else UNMOVED for each in row]
        for row, named in zip(times, always, strict=True)
    ]
    return np.array(rows, np.float64).reshape(len(times), ATTEMPTS)


def _background(sites: Sequence[str], spells: Spells) -> Background:
    each: list[Any] = [spells.get(name, ()) for name in sites]
    flat = np.array([spell for site in each for spell in site], np.int64).reshape(-1, 2) * MINUTE_MS
    return Background(np.cumsum([0, *map(len, each)]).astype(np.int64), flat[:, 0].copy(), flat[:, 1].copy())
