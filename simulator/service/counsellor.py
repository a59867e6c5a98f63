"""One counsellor's hands and clock: what she holds, how fast her chats proceed, where her time goes.

Times are integer milliseconds. A conversation's remaining work is kept in thousandths of a millisecond, so that a
pace in thousandths moves it in whole numbers (the same in every engine).
"""

from simulator.service.plan import CounsellorPlan

NOTHING = -1
THOUSANDTHS = 1000


class Counsellor:
    """The state of one person on duty; `routing` reads it, the engine changes it through these methods.

    Attributes
    ----------
    answers
        Channel codes by priority: those on her roster that she takes now.
    calls, chats
        Contacts in hand, wrap-up included. A call takes the whole counsellor.
    counted_ms
        From when (the end of the warm-up) until when (the horizon) time on duty counts.
    talking
        Rows of the chats in conversation (not in wrap-up) with their remaining work in thousandths of a millisecond.
    message
        Row of the written question she works on while nobody live needs her, or `NOTHING`.
    """

    __slots__ = (
        "answers",
        "busy_ms",
        "call",
        "calls",
        "chats",
        "chats_at_once",
        "counted_ms",
        "index",
        "message",
        "on_duty",
        "overtime_ms",
        "progress_ms",
        "rostered_answers",
        "since_ms",
        "site",
        "slot_ms",
        "speeds",
        "talking",
    )  # fmt: skip

    def __init__(self, index: int, plan: CounsellorPlan, speeds: tuple[int, ...], counted_ms: tuple[int, int]) -> None:
        self.index = index
        self.counted_ms = counted_ms
        self.site = plan.site
        self.rostered_answers = self.answers = plan.answers
        self.chats_at_once = plan.chats_at_once
        self.speeds = (speeds + speeds[-1:] * plan.chats_at_once)[: plan.chats_at_once]
        self.on_duty = False
        self.calls = 0
        self.chats = 0
        self.call = NOTHING
        self.message = NOTHING
        self.talking: dict[int, int] = {}
        self.progress_ms = 0
        self.since_ms = 0
        self.busy_ms = 0
        self.overtime_ms = 0
        self.slot_ms = 0

    @property
    def is_idle(self) -> bool:
        """Whether nobody live is in her hands; a written question may be."""
        return self.calls == 0 and self.chats == 0

    def account(self, now_ms: int) -> None:
        """Book the time since the last change; what is not counted (warm-up, duty after the horizon) is nobody's."""
        in_hand = self.calls + self.chats + (self.message != NOTHING)
        if in_hand:
            from_ms, horizon_ms = self.counted_ms
            until_ms = min(now_ms, horizon_ms) if self.on_duty else now_ms
            spent_ms = max(0, until_ms - max(self.since_ms, from_ms))
            self.slot_ms += in_hand * spent_ms
            if self.on_duty:
                self.busy_ms += spent_ms
            else:
                self.overtime_ms += spent_ms
        self.since_ms = now_ms

    def progress(self, now_ms: int) -> None:
        """Let every chat proceed at the present pace until now."""
        elapsed_ms = now_ms - self.progress_ms
        self.progress_ms = now_ms
        if elapsed_ms and self.talking:
            done = elapsed_ms * self.speeds[self.chats - 1]
            for row, remaining in self.talking.items():
                self.talking[row] = max(0, remaining - done)

    def end_of_ms(self, row: int, now_ms: int) -> int:
        """When a chat ends if the pace stays as it is now."""
        return now_ms + -(-self.talking[row] // self.speeds[self.chats - 1])
