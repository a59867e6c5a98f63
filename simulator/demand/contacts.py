"""Everyone who would make contact in a simulated year, with every random number each will ever need.

Contacts know nothing of opening hours, rosters or queues: two plans served with the same Contacts can be compared
person by person. Arrays are read-only once built; row i is person i in all of them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.model import CHANNELS, LIVE

NEVER_MS = np.int64(1) << 60
"""A time that never comes: the patience of somebody who waits for ever."""

AGE_GROUPS = ("5-13", "14+")
GENDERS = ("girl", "boy", "other", "not stated")
NO_LABEL = -1

Ints = NDArray[np.int64]
Codes = NDArray[np.int16]
Uniforms = NDArray[np.float64]


@dataclass(frozen=True)
class Background:
    """Spells in which a site's own duty work holds one of its people, in time order site by site.

    ``start_ms[offset[s]:offset[s + 1]]`` are the starts at site ``s``; likewise ``end_ms``. Its spells do not touch.
    """

    offset: Ints
    start_ms: Ints
    end_ms: Ints

    @staticmethod
    def none(sites: int) -> "Background":
        """No background work at any of ``sites`` sites."""
        return Background(np.zeros(sites + 1, np.int64), np.empty(0, np.int64), np.empty(0, np.int64))


@dataclass(frozen=True)
class Contacts:
    """One simulated year's persons, sorted by arrival (ties: channel code, then identity).

    Attributes
    ----------
    epoch_ms
        The run's start in milliseconds since 1970 (UTC); all other times are milliseconds since it.
    end_ms
        End of the period in which first attempts are made.
    sites
        Site names by code; code 0 is the centre and means "no local site".
    arrival_ms, channel, origin, identity
        Shape (n,). First attempt's time, channel code (`CHANNELS`), site code of the caller's municipality, and an
        identity that stays when demand is scaled.
    work_ms, wrap_up_ms
        Shape (n, 5): handling time and wrap-up by channel; 0 where the person cannot use the channel.
    patience_ms, redial_delay_ms, return_delay_ms
        Shape (n, K, 2): by attempt and live channel (`LIVE`). `NEVER_MS` waits for ever. A return delay counts from the
        next opening.
    balk_u, closed_u, redial_u
        Shape (n, K): uniform numbers that decide what the person does in attempt k.
    age_group, gender
        Shape (n,): labels for tables (`AGE_GROUPS`, `GENDERS`), -1 where no share is published. They are drawn
        independently of everything else and never influence the queue.
    background
        The sites' own duty work.
    """

    epoch_ms: int
    end_ms: int
    sites: tuple[str, ...]
    arrival_ms: Ints
    channel: Codes
    origin: Codes
    identity: NDArray[np.uint64]
    work_ms: Ints
    wrap_up_ms: Ints
    patience_ms: Ints
    redial_delay_ms: Ints
    return_delay_ms: Ints
    balk_u: Uniforms
    closed_u: Uniforms
    redial_u: Uniforms
    age_group: Codes
    gender: Codes
    background: Background

    def __len__(self) -> int:
        return len(self.arrival_ms)

    @property
    def max_attempts(self) -> int:
        """K: attempts beyond it are lost."""
        return int(self.balk_u.shape[1])

    def __post_init__(self) -> None:
        """Refuse arrays of the wrong shape and lock them."""
        n, k = self.balk_u.shape
        shapes = {
            (n,): (self.arrival_ms, self.channel, self.origin, self.identity, self.age_group, self.gender),
            (n, len(CHANNELS)): (self.work_ms, self.wrap_up_ms),
            (n, k, len(LIVE)): (self.patience_ms, self.redial_delay_ms, self.return_delay_ms),
            (n, k): (self.balk_u, self.closed_u, self.redial_u),
        }
        for shape, arrays in shapes.items():
            for array in arrays:
                if array.shape != shape:
                    raise ValueError(f"an array of contacts has shape {array.shape}, expected {shape}")
                array.setflags(write=False)
        if np.any(np.diff(self.arrival_ms) < 0):
            raise ValueError("contacts must be sorted by arrival")
