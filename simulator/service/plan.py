"""One alternative as arrays on the clock: opening, people on shift, sites and rules. No randomness, no people calling.

A counsellor is a person with shifts, never a level per interval: restating an unchanged roster gives the same plan.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.int16]

CENTRE = 0
"""Code of the one site with a queue, to which all comes that no other site answers."""
BUSY_CENTRE, BUSY_WAIT, BUSY_RING = range(3)
"""What a call does that finds nobody free at its own site."""
FINISH, HAND_BACK, FIRST_FREE_LEAVES = range(3)
"""What a shift's end does to the conversations in hand."""


@dataclass(frozen=True)
class ChannelPlan:
    """The rules of one channel; ``open_ms`` has shape (windows, 2), merged and in order, empty where it never opens."""

    exists: bool
    open_ms: Ints
    balking: float
    max_waiting: int
    """Places in the queue; -1: no limit."""
    redial: float
    phone_instead: float
    come_back: float
    hard_stop: bool
    serve_out: bool
    last_admission_ms: int
    target_ms: int


@dataclass(frozen=True)
class SitePlan:
    """One site: when it answers calls, and what a call does that finds nobody free there."""

    name: str
    title: str
    open_ms: Ints
    busy: int
    ring_ms: int


@dataclass(frozen=True)
class CounsellorPlan:
    """One person: site, channels by priority (codes), and shifts of shape (shifts, 2), merged and in order.

    ``rostered`` is false for a site's own duty people, who are there whether 116 111 asks for them or not.
    """

    name: str
    rostered: bool
    site: int
    answers: tuple[int, ...]
    chats_at_once: int
    shifts_ms: Ints


@dataclass(frozen=True)
class Plan:
    """Everything an engine needs besides the contacts.

    Attributes
    ----------
    epoch_ms, end_ms
        Run's start (milliseconds since 1970, UTC) and the horizon: the end of the period, or of the last window that
        starts in it. Nothing new happens after it; conversations in progress are finished.
    measure_from_ms
        Persons who first try before this are simulated but not counted.
    channels, sites, counsellors
        By code; site 0 is the centre; counsellors in the order in which ties are broken.
    speed_thousandths
        Pace of each chat when the counsellor holds 1, 2, 3 ... of them; the last holds for more.
    shift_end
        `FINISH`, `HAND_BACK` or `FIRST_FREE_LEAVES`.
    """

    epoch_ms: int
    end_ms: int
    measure_from_ms: int
    timezone: str
    channels: tuple[ChannelPlan, ...]
    sites: tuple[SitePlan, ...]
    counsellors: tuple[CounsellorPlan, ...]
    speed_thousandths: tuple[int, ...]
    most_loaded: bool
    shift_end: int
    local_first: bool
    overflow_to_open_site: bool


def covered_ms(windows_ms: Ints, start_ms: int, end_ms: int) -> int:
    """How much of the stretch from ``start_ms`` to ``end_ms`` the windows cover."""
    clipped = np.clip(windows_ms, start_ms, end_ms)
    return int((clipped[:, 1] - clipped[:, 0]).sum())


def local_sites(names: tuple[str, ...], plan: Plan) -> list[int]:
    """The plan's site code for each of the contacts' site names; the centre where the plan has no such site."""
    codes = {site.name: code for code, site in enumerate(plan.sites)}
    return [codes.get(name, CENTRE) for name in names]
