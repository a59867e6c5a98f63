"""Who takes this contact, and which contact comes next: pure functions of what the counsellors hold.

Nothing here knows the clock, and nothing here changes anything. Ties go to the lowest index.
"""

from collections.abc import Callable, Collection, Iterable, Mapping

from simulator.scenario.model import CHANNELS
from simulator.service.counsellor import NOTHING, Counsellor

PHONE, CHAT = CHANNELS.index("phone"), CHANNELS.index("chat")
LIVE_CODES = (PHONE, CHAT)

Waiting = Mapping[int, Collection[int]]
"""By live channel code: the rows that wait at one site."""


def has_room(counsellor: Counsellor, channel: int) -> bool:
    """Whether she could take one more contact of a channel; a written question in hand gives way to anyone live."""
    if channel == CHAT:
        return counsellor.calls == 0 and counsellor.chats < counsellor.chats_at_once
    idle = counsellor.calls == 0 and counsellor.chats == 0
    return idle if channel == PHONE else idle and counsellor.message == NOTHING


def is_reserved(counsellor: Counsellor, channel: int, waiting: Waiting) -> bool:
    """Whether someone waits whom she must take before any of ``channel``: by her shift's order of channels."""
    for urgent in counsellor.answers:
        if urgent == channel:
            return False
        if urgent in LIVE_CODES and waiting[urgent]:
            return True
    return True


def can_take(counsellor: Counsellor, channel: int, waiting: Waiting) -> bool:
    """Whether she may start one more contact of ``channel`` now."""
    return (
        channel in counsellor.answers
        and has_room(counsellor, channel)
        and not is_reserved(counsellor, channel, waiting)
    )


def by_load(counsellor: Counsellor) -> tuple[int, bool, int]:
    """Least loaded first; of those, one without a written question in hand; then the lowest index."""
    return counsellor.chats + counsellor.calls, counsellor.message != NOTHING, counsellor.index


def by_packing(counsellor: Counsellor) -> tuple[int, bool, int]:
    """Most loaded first (a counsellor is filled before the next is used); then as `by_load`."""
    return -counsellor.chats, counsellor.message != NOTHING, counsellor.index


Order = Callable[[Counsellor], tuple[int, bool, int]]


def choose(team: Iterable[Counsellor], channel: int, waiting: Waiting, order: Order) -> Counsellor | None:
    """The counsellor of a team who takes one more contact of ``channel``, or None."""
    return min((each for each in team if can_take(each, channel, waiting)), key=order, default=None)


def next_live(team: Iterable[Counsellor], waiting: Waiting, order: Order) -> tuple[Counsellor, int] | None:
    """Who takes whom next of those who wait: the first counsellor in order, the first channel of hers with a queue."""
    channels = [channel for channel in LIVE_CODES if waiting[channel]]
    able = [each for each in team if any(has_room(each, channel) for channel in channels)]
    for counsellor in sorted(able, key=order):
        for channel in counsellor.answers:
            if channel in channels and can_take(counsellor, channel, waiting):
                return counsellor, channel
    return None
