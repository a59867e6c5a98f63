"""What the published figures see in a simulated year: answered by block, month and site, beside who first tried there.

Reads the ledger alone, in a millisecond or two: a calibration looks at tens of thousands of years.
"""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.calendar import MINUTE_MS, Calendar
from simulator.scenario.model import CHANNELS
from simulator.service.ledger import ANSWERED
from simulator.service.measures import Year
from simulator.study.blocks import BLOCKS, WINDOW, block_of
from simulator.study.solve import NAMED_SITES, OTHER_SITES
from simulator.study.worlds.published import (
    CHAT_2024,
    CHAT_BLOCKS,
    CHAT_MARCH,
    JUNE,
    MARCH,
    PEAK_DAY,
    PHONE_2023,
    PHONE_2024,
    PHONE_JUNE,
    SITES,
)

Ints = NDArray[np.int64]
Seen = tuple[dict[str, float], dict[str, float]]
"""Answered, and first attempts, by published figure."""

QUARTER_MS = 15 * MINUTE_MS
"""Every edge of a block lies on a quarter of an hour."""
_CHAT, _PHONE = CHANNELS.index("chat"), CHANNELS.index("phone")


@lru_cache(maxsize=16)
def _tables(calendar: Calendar) -> tuple[Ints, Ints, Ints]:
    """Block, month (1-12) and day of every quarter of an hour of a calendar, and of a week after it."""
    at_ms = np.arange(0, calendar.known_hours * 60 * MINUTE_MS, QUARTER_MS)
    _, _, month = calendar.civil(at_ms)
    return block_of(calendar, at_ms), month, calendar.day_of(at_ms)


def seen_in(year: Year, calendar: Calendar, which: int) -> Seen:
    """Count one simulated year as the annual report counts it.

    Parameters
    ----------
    year
        The year.
    calendar
        Of its scenario.
    which
        2023 or 2024: decides which figures are published of it.
    """
    ledger = year.ledger
    quarter = np.minimum(ledger.at_ms // QUARTER_MS, len(_tables(calendar)[0]) - 1)
    block, month, day = (table[quarter] for table in _tables(calendar))
    chat, phone = ledger.channel == _CHAT, ledger.channel == _PHONE
    answered, first = ledger.fate == ANSWERED, ledger.attempt == 0
    seen: list[dict[str, float]] = []
    for which_rows in (answered, first):
        chats, calls = chat & which_rows, phone & which_rows
        by_block = np.bincount(block[chats], minlength=len(BLOCKS))
        if which == 2023:
            counts = {CHAT_BLOCKS[name]: float(by_block[i]) for i, name in enumerate(BLOCKS)}
            seen.append({**counts, PHONE_2023: float(calls.sum())})
            continue
        window = float(chats.sum()) if which_rows is answered else float(by_block[BLOCKS.index(WINDOW)])
        seen.append(
            {
                CHAT_2024: window,
                CHAT_MARCH: float((chats & (month == MARCH)).sum()),
                PHONE_2024: float(calls.sum()),
                PHONE_JUNE: float((calls & (month == JUNE)).sum()),
            }
        )
    if which == 2024:
        seen[0] |= _calls_by_site(year, phone & answered)
        seen[0][PEAK_DAY] = float(np.bincount(day[chat & answered], minlength=1).max())
    return seen[0], seen[1]


def _calls_by_site(year: Year, calls: NDArray[np.bool_]) -> dict[str, float]:
    names = [site.name for site in year.plan.sites]
    counts = np.bincount(year.ledger.site[calls], minlength=len(names)).astype(float)
    found: Mapping[str, float] = dict(zip(names, counts, strict=True))
    named = {SITES[site]: found.get(site, 0.0) for site in NAMED_SITES}
    others = float(counts[1:].sum()) - sum(named.values())
    return {**named, SITES[OTHER_SITES]: others}
