"""The three blocks of the day that the annual report lets us tell apart, and the chats answered in each.

They are 00-04, the other hours closed in 2024, and the hours of 2024.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.evidence import evidence
from simulator.scenario.calendar import Calendar
from simulator.scenario.model import CHANNELS, Scenario
from simulator.scenario.schedule import ScheduleRule
from simulator.service.keys import Key
from simulator.service.ledger import ANSWERED, Ledger
from simulator.service.measures import Yardstick, Year
from simulator.service.plan import Plan

NIGHT, OTHER_CLOSED, WINDOW = "night", "other_closed", "window"
BLOCKS = (NIGHT, OTHER_CLOSED, WINDOW)
NIGHT_ENDS_HOUR = 4
CHAT = CHANNELS.index("chat")

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def chat_hours_2024() -> ScheduleRule:
    """The published opening hours of chat in 2024, as a rule for any year."""
    hours: Any = evidence("chat-hours-2024").value
    return ScheduleRule.model_validate(dict(hours))


def block_of(calendar: Calendar, at_ms: Ints) -> Ints:
    """The block (index into `BLOCKS`) of instants, by the clock and the hours of 2024."""
    windows = calendar.windows_ms(chat_hours_2024())
    index = np.searchsorted(windows[:, 0], at_ms, side="right") - 1
    inside = (index >= 0) & (at_ms < windows[np.maximum(index, 0), 1])
    hour, _, _ = calendar.civil(at_ms)
    return np.where(inside, 2, np.where(hour < NIGHT_ENDS_HOUR, 0, 1))


def answered_by_block(calendar: Calendar, ledger: Ledger) -> Floats:
    """Chats answered in each block, by the time of the attempt; shape (3,)."""
    at_ms = ledger.at_ms[(ledger.fate == ANSWERED) & (ledger.channel == CHAT)]
    return np.bincount(block_of(calendar, at_ms), minlength=len(BLOCKS)).astype(float)


def block_key(block: str) -> Key:
    """The key under which a block's answered chats stand in a table."""
    return Key(f"answered_in_{block}", "chat")


CLOSED_KEY = block_key("hours_closed_2024")


class BlockYardstick:
    """All key figures, and the chats answered by block."""

    def __init__(self, scenario: Scenario, plan: Plan) -> None:
        self._usual = Yardstick(scenario, plan)
        keys = (*map(block_key, BLOCKS), CLOSED_KEY)
        self.keys = (*self._usual.keys, *keys)
        self.units = (*self._usual.units, *["contacts/year"] * len(keys))

    def observe(self, year: Year) -> tuple[Floats, Floats]:
        """Tops and bottoms in the order of `keys`."""
        top, bottom = self._usual.observe(year)
        blocks = answered_by_block(self._usual.calendar, year.ledger)
        closed = blocks[0] + blocks[1]
        return np.concatenate([top, blocks, [closed]]), np.concatenate([bottom, np.ones(len(BLOCKS) + 1)])
