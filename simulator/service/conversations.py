"""What happens in a counsellor's hands: calls, chats that slow each other, wrap-up, and written questions.

Who gets whom is decided elsewhere; whenever hands come free, the engine is told and looks at those who wait.
"""

from collections.abc import Callable
from heapq import heappush

import simpy

from simulator.demand.contacts import Contacts
from simulator.scenario.model import CHANNELS, LIVE
from simulator.service import ledger as book
from simulator.service.counsellor import NOTHING, THOUSANDTHS, Counsellor
from simulator.service.events import SERVICE_ENDS, At, Clock
from simulator.service.recording import Recorder
from simulator.service.routing import CHAT, LIVE_CODES, PHONE

Choose = Callable[[int], Counsellor | None]
"""Who takes one more contact of a channel now."""


class Conversations:
    """Starts, slows, hands on and ends what counsellors have in hand.

    Parameters
    ----------
    env, contacts, rows
        The clock, the contacts' work, and the ledger being written.
    hands_are_free
        Called with the site when there may be room for someone who waits.

    Attributes
    ----------
    written
        By channel code: a heap of the questions (rows) that nobody has in hand, the oldest first.
    """

    def __init__(self, env: Clock, contacts: Contacts, rows: Recorder, hands_are_free: Callable[[int], None]) -> None:
        self.env = env
        self.rows = rows
        self.hands_are_free = hands_are_free
        self.work_ms = contacts.work_ms.data
        self.wrap_up_ms = contacts.wrap_up_ms.data
        self.written: dict[int, list[int]] = {code: [] for code in range(len(LIVE), len(CHANNELS))}

    def start(self, row: int, counsellor: Counsellor) -> None:
        """A counsellor takes a live contact; a written question in her hands goes back to its pile."""
        self.make_room(counsellor)
        channel = self.rows.channel[row]
        self.rows.fate[row] = book.ANSWERED
        self.rows.starts(row, counsellor, self.env.now)
        work_ms = self.work_ms[self.rows.person[row], channel]
        if channel == CHAT:
            self._take_chat(row, counsellor, work_ms * THOUSANDTHS)
        else:
            self._take_call(row, counsellor, self.env.now + work_ms)

    def make_room(self, counsellor: Counsellor) -> None:
        """Book her time until now and lay a written question aside: it keeps its remaining work, may change hands."""
        counsellor.account(self.env.now)
        row = counsellor.message
        if row != NOTHING:
            counsellor.message = NOTHING
            self._pile_up(row, self.rows.due_ms[row] - self.env.now)
            self.hands_are_free(counsellor.site)

    def send(self, row: int) -> None:
        """A written question comes in; it waits for ever, and for an idle counsellor."""
        self._pile_up(row, self.work_ms[self.rows.person[row], self.rows.channel[row]])

    def _pile_up(self, row: int, left_ms: int) -> None:
        self.rows.left_ms[row] = left_ms
        self.rows.held_by[row] = None
        heappush(self.written[self.rows.channel[row]], row)

    def take_written(self, row: int, counsellor: Counsellor) -> None:
        """A counsellor with nothing else to do takes a question from its pile."""
        counsellor.account(self.env.now)
        counsellor.message = row
        if self.rows.start_ms[row] < 0:
            self.rows.starts(row, counsellor, self.env.now)
        self._end_at(row, counsellor, self.env.now + self.rows.left_ms[row])

    def put_down(self, channel: int, team: list[Counsellor]) -> None:
        """A channel of written questions closes: those in hand wait for its next opening."""
        for counsellor in team:
            if counsellor.message != NOTHING and self.rows.channel[counsellor.message] == channel:
                self.make_room(counsellor)

    def hand_on(self, counsellor: Counsellor, choose: Choose) -> None:
        """Conversations pass to colleagues with room; wrap-up, and what finds no room, she finishes herself."""
        row = counsellor.call
        colleague = choose(PHONE) if row != NOTHING and self.rows.end_ms[row] < 0 else None
        if colleague is not None:
            counsellor.calls, counsellor.call = 0, NOTHING
            self.make_room(colleague)
            self._take_call(row, colleague, self.rows.due_ms[row])
        counsellor.progress(self.env.now)
        for row in list(counsellor.talking):
            colleague = choose(CHAT)
            if colleague is not None:
                remaining = counsellor.talking.pop(row)
                counsellor.chats -= 1
                self.make_room(colleague)
                self._take_chat(row, colleague, remaining)
        self._replan(counsellor)

    def stop(self, channel: int, counsellor: Counsellor) -> None:
        """End her conversations of a channel now, without wrap-up."""
        rows = list(counsellor.talking) if channel == CHAT else [counsellor.call] * counsellor.calls
        for row in rows:
            if self.rows.end_ms[row] < 0:
                self.rows.end_ms[row] = self.env.now
                counsellor.progress(self.env.now)
                counsellor.talking.pop(row, None)
                self._let_go(row, counsellor)

    def _take_call(self, row: int, counsellor: Counsellor, end_ms: int) -> None:
        counsellor.calls, counsellor.call = 1, row
        self._end_at(row, counsellor, end_ms)

    def _take_chat(self, row: int, counsellor: Counsellor, remaining: int) -> None:
        counsellor.progress(self.env.now)
        counsellor.chats += 1
        counsellor.talking[row] = remaining
        self.rows.held_by[row] = counsellor
        self._replan(counsellor)

    def _replan(self, counsellor: Counsellor) -> None:
        """The pace may have changed: every chat in conversation gets its new end."""
        for row in counsellor.talking:
            end_ms = counsellor.end_of_ms(row, self.env.now)
            if end_ms != self.rows.due_ms[row]:
                self._end_at(row, counsellor, end_ms)

    def _end_at(self, row: int, counsellor: Counsellor, end_ms: int) -> None:
        self.rows.held_by[row] = counsellor
        self.rows.due_ms[row] = end_ms
        At(self.env, end_ms, SERVICE_ENDS, row, self._service_ends)

    def _service_ends(self, event: simpy.Event) -> None:
        row: int = event._value
        counsellor = self.rows.held_by[row]
        if counsellor is None or self.rows.due_ms[row] != self.env.now:
            return  # the end was replanned after this event was made
        if self.rows.channel[row] not in LIVE_CODES:
            self._reply(row, counsellor)
        elif self.rows.end_ms[row] < 0:
            self._conversation_ends(row, counsellor)
        else:
            self._let_go(row, counsellor)

    def _conversation_ends(self, row: int, counsellor: Counsellor) -> None:
        now, channel = self.env.now, self.rows.channel[row]
        self.rows.end_ms[row] = now
        if channel == CHAT:
            counsellor.progress(now)
            del counsellor.talking[row]
        wrap_up_ms = self.wrap_up_ms[self.rows.person[row], channel]
        if wrap_up_ms > 0:
            self._end_at(row, counsellor, now + wrap_up_ms)
        else:
            self._let_go(row, counsellor)

    def _let_go(self, row: int, counsellor: Counsellor) -> None:
        """The counsellor's hands are free of this contact."""
        counsellor.account(self.env.now)
        self.rows.held_by[row] = None
        if self.rows.channel[row] == CHAT:
            counsellor.progress(self.env.now)
            counsellor.chats -= 1
            self._replan(counsellor)
        else:
            counsellor.calls, counsellor.call = 0, NOTHING
        self.hands_are_free(counsellor.site)

    def _reply(self, row: int, counsellor: Counsellor) -> None:
        counsellor.account(self.env.now)
        counsellor.message = NOTHING
        self.rows.held_by[row] = None
        self.rows.fate[row] = book.ANSWERED
        self.rows.end_ms[row] = self.env.now
        self.hands_are_free(counsellor.site)
