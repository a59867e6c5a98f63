"""What happened to each contact: one row per attempt, and what each counsellor's time went to.

Columns, not objects. Both engines must fill the same ledger to the last bit; nothing here knows how.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

FATES = ("answered", "abandoned", "balked", "blocked", "turned_away_at_closing", "met_closed", "unfinished")
"""The closed list of fates of an attempt; the code is the place in the list."""
ANSWERED, ABANDONED, BALKED, BLOCKED, TURNED_AWAY, MET_CLOSED, UNFINISHED = range(len(FATES))

NEXT = ("none", "redial", "phone", "return", "lost")
"""What the person did after the attempt."""
NEXT_NONE, NEXT_REDIAL, NEXT_PHONE, NEXT_RETURN, NEXT_LOST = range(len(NEXT))

NOBODY = -1

Ints = NDArray[np.int64]
Codes = NDArray[np.int16]


@dataclass(frozen=True)
class Ledger:
    """Attempts in order of (time, order of happening), and counsellors' time.

    Attributes
    ----------
    person, attempt, channel, at_ms
        Who, the how-manieth try (0 first), channel code, when.
    fate, next
        Codes into `FATES` and `NEXT`.
    site
        Site code where it was answered, else where it last waited; 0 is the centre.
    counsellor
        Who took it first, or `NOBODY`.
    wait_ms
        From the attempt (the first ring) to the answer, or to leaving; 0 for those who never waited.
    start_ms, end_ms
        Conversation's start and end, -1 where there was none. Wrap-up comes after ``end_ms``.
    busy_ms, overtime_ms, staffed_ms, slot_ms
        By counsellor, after the warm-up: time on duty with anything in hand; time worked outside own shifts; time on
        duty; and the integral of the number of contacts in hand over all time.
    """

    person: Ints
    attempt: Codes
    channel: Codes
    at_ms: Ints
    fate: Codes
    next: Codes
    site: Codes
    counsellor: Codes
    wait_ms: Ints
    start_ms: Ints
    end_ms: Ints
    busy_ms: Ints
    overtime_ms: Ints
    staffed_ms: Ints
    slot_ms: Ints

    def __len__(self) -> int:
        return len(self.person)

    def differs_from(self, other: "Ledger") -> str | None:
        """The first column and row in which two ledgers differ, or None where they are equal."""
        for field in fields(self):
            mine, theirs = getattr(self, field.name), getattr(other, field.name)
            if mine.shape != theirs.shape:
                return f"{field.name}: {len(mine)} rows against {len(theirs)}"
            unequal = np.flatnonzero(mine != theirs)
            if len(unequal):
                row = int(unequal[0])
                return f"{field.name}[{row}]: {mine[row]} against {theirs[row]}"
        return None
