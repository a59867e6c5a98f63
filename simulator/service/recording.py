"""The ledger while it is being written: one row per attempt, in the order in which attempts happen."""

import numpy as np

from simulator.service import ledger as book
from simulator.service.counsellor import Counsellor
from simulator.service.ledger import Ledger
from simulator.service.plan import CENTRE, Plan, covered_ms


class Recorder:
    """Columns of the ledger as lists, and three that only a run needs.

    Attributes
    ----------
    held_by
        The counsellor who has the contact in hand, wrap-up included, or None.
    due_ms
        When what she does with it ends if nothing changes.
    left_ms
        Remaining work of a written question that is not in hand.
    """

    def __init__(self) -> None:
        self.person: list[int] = []
        self.attempt: list[int] = []
        self.channel: list[int] = []
        self.at_ms: list[int] = []
        self.fate: list[int] = []
        self.next: list[int] = []
        self.site: list[int] = []
        self.counsellor: list[int] = []
        self.wait_ms: list[int] = []
        self.start_ms: list[int] = []
        self.end_ms: list[int] = []
        self.held_by: list[Counsellor | None] = []
        self.due_ms: list[int] = []
        self.left_ms: list[int] = []

    def write(self, person: int, attempt: int, channel: int, now_ms: int) -> int:
        """A new row for an attempt whose fate is not known yet; its number."""
        self.person.append(person)
        self.attempt.append(attempt)
        self.channel.append(channel)
        self.at_ms.append(now_ms)
        self.fate.append(book.UNFINISHED)
        self.next.append(book.NEXT_NONE)
        self.site.append(CENTRE)
        self.counsellor.append(book.NOBODY)
        self.wait_ms.append(0)
        self.start_ms.append(-1)
        self.end_ms.append(-1)
        self.held_by.append(None)
        self.due_ms.append(-1)
        self.left_ms.append(0)
        return len(self.person) - 1

    def leaves(self, row: int, fate: int, then: int, now_ms: int) -> None:
        """The attempt ends unanswered, and what the person does next."""
        self.fate[row] = fate
        self.next[row] = then
        self.wait_ms[row] = now_ms - self.at_ms[row]

    def starts(self, row: int, counsellor: Counsellor, now_ms: int) -> None:
        """A counsellor takes the contact for the first time."""
        self.counsellor[row] = counsellor.index
        self.site[row] = counsellor.site
        self.wait_ms[row] = now_ms - self.at_ms[row]
        self.start_ms[row] = now_ms

    def ledger(self, plan: Plan, people: list[Counsellor]) -> Ledger:
        """The finished ledger; who still waits at the horizon has waited until then."""
        for row, fate in enumerate(self.fate):
            if fate == book.UNFINISHED and self.start_ms[row] < 0:
                self.wait_ms[row] = plan.end_ms - self.at_ms[row]
        codes, ints = np.int16, np.int64
        staffed = [covered_ms(each.shifts_ms, plan.measure_from_ms, plan.end_ms) for each in plan.counsellors]
        return Ledger(
            person=np.array(self.person, ints),
            attempt=np.array(self.attempt, codes),
            channel=np.array(self.channel, codes),
            at_ms=np.array(self.at_ms, ints),
            fate=np.array(self.fate, codes),
            next=np.array(self.next, codes),
            site=np.array(self.site, codes),
            counsellor=np.array(self.counsellor, codes),
            wait_ms=np.array(self.wait_ms, ints),
            start_ms=np.array(self.start_ms, ints),
            end_ms=np.array(self.end_ms, ints),
            busy_ms=np.array([each.busy_ms for each in people], ints),
            overtime_ms=np.array([each.overtime_ms for each in people], ints),
            staffed_ms=np.array(staffed, ints),
            slot_ms=np.array([each.slot_ms for each in people], ints),
        )
