"""What may lie behind answered chats gained and lost: an expected number of grave conversations, never a point alone.

The rate is that of all answered chats of 2024: events over chats. Its interval is that of the events, a Poisson count
(Garwood 1936, Biometrika 28: 437-442), carried over in proportion; how many chats a plan gains is not known either, and
that is told beside it, not merged. Which chats come at night is not known, so the caveat always goes along.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from scipy.special import gammaincinv

from simulator.evidence import number
from simulator.study.comparing.pair_table import PairTable
from simulator.study.estimates import Estimate, rounded

EVENTS = {
    "concern_reports": "concern-reports-chat-2024",
    "emergency_contacts": "emergency-contacts-chat-2024",
    "suicide_11_13": "talks-11-13-suicide-2024",
    "violence_from_parents_11_13": "talks-11-13-violence-parents-2024",
}
"""What is counted, and the evidence that says how often it was in the answered chats of 2024."""
CHATS = "chat-answered-2024"
CAVEAT = "night-severity-bornetelefonen"
"""Evidence that the mix of conversations is not the same at night: why the rate may be too low there."""
SIDES = {"gained": "chats_gained", "lost": "chats_lost"}
STATUS = "derived"
_LEVEL = 0.95


@dataclass(frozen=True)
class Consequence:
    """An expected number behind the chats that one plan gains, or loses.

    Attributes
    ----------
    plan, side, event
        Which plan, ``gained`` or ``lost``, and one of `EVENTS`.
    events, per_chats
        The published count, and the answered chats it was found in.
    chats
        Answered chats gained, or lost, per year, and how sure that is.
    expected, low, high
        Per year; the ends are those of the 95 % interval of the rate.
    """

    plan: str
    side: str
    event: str
    events: float
    per_chats: float
    chats: Estimate
    expected: float
    low: float
    high: float

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "plan": self.plan,
            "side": self.side,
            "event": self.event,
            "events": self.events,
            "per_chats": self.per_chats,
            "chats": {name: rounded(getattr(self.chats, name)) for name in ("mean", "low", "high")},
            "expected": rounded(self.expected),
            "low": rounded(self.low),
            "high": rounded(self.high),
            "unit": "events/year",
            "status": STATUS,
            "evidence": [EVENTS[self.event], CHATS],
            "caveat": CAVEAT,
        }


def poisson_interval(events: float, level: float = _LEVEL) -> tuple[float, float]:
    """The exact interval of the mean of a Poisson count that came out as ``events`` (Garwood 1936).

    Examples
    --------
    >>> low, high = poisson_interval(12)
    >>> f"{low:.1f} {high:.1f}"
    '6.2 21.0'
    """
    tail = (1.0 - level) / 2.0
    low = float(gammaincinv(events, tail)) if events else 0.0
    return low, float(gammaincinv(events + 1.0, 1.0 - tail))


def consequences(tables: Iterable[PairTable]) -> tuple[Consequence, ...]:
    """Of each plan, what may lie behind the chats gained, then behind those lost."""
    chats = number(CHATS)
    return tuple(
        _behind(table, side, event, number(source), chats)
        for table in tables
        for side in SIDES
        for event, source in EVENTS.items()
    )


def _behind(table: PairTable, side: str, event: str, events: float, per_chats: float) -> Consequence:
    kind = SIDES[side]
    share = table.mean(kind) / per_chats
    low, high = poisson_interval(events)
    return Consequence(
        table.plan, side, event, events, per_chats, table.yearly[kind], share * events, share * low, share * high
    )  # fmt: skip
