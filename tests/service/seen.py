"""The closed list of what random worlds must bring, and a count of how often they did.

Knows no engine: `observing` counts, the tests of equality demand that nothing is missing, the summary shows it.
"""

from collections import Counter
from collections.abc import Mapping

from simulator.service.ledger import FATES, NEXT

KINDS = ("service end", "shift", "assignment", "giving up", "ring-out", "closing", "opening", "arrival")
"""Kinds of events in their order at one instant."""

_RULES = {
    "fate": FATES,
    "next": NEXT,
    "site": (
        "own site answers at once",
        "closed, so the centre",
        "busy, so the centre",
        "busy, waits there",
        "busy, rings there",
        "rings out, so the centre",
        "answered from its queue",
        "another open site answers",
        "not asked first",
        "unknown to the plan, so the centre",
        "opens while calls wait",
        "closes on waiting calls",
        "own duty work holds the last idle person",
        "answered when own duty work lets go",
    ),
    "queue": (
        "no place",
        "no place for one from a site's queue",
        "waits for ever",
        "gives up at a site",
        "gives up at the centre after a site",
        "kept for one more urgent",
        "own duty work of the centre holds the last idle person",
    ),
    "try": (
        "last admission is over",
        "turned away at closing",
        "redials after giving up",
        "redials after balking",
        "redials after no place",
        "attempts are used up",
        "no opening to come back to",
        "beyond the horizon",
    ),
    "hands": (
        "a chat slows down",
        "a chat speeds up",
        "least loaded is not most loaded",
        "most loaded is not least loaded",
        "goes to one without a question",
        "wrap-up after a call",
        "wrap-up after a chat",
        "an end was replanned",
    ),
    "written": (
        "taken",
        "gives way to a call",
        "gives way to a chat",
        "resumed by the same",
        "resumed by another",
        "left by one who is spoken for",
        "laid aside at a shift's end",
        "laid aside at closing",
        "an opening finds questions",
    ),
    "shift end": (
        "finishes what is in hand",
        "hands a call back",
        "hands a chat back",
        "no colleague has room",
        "first free leaves, one idle stands in",
    ),
    "closing": (
        "hard stop of a call",
        "hard stop of a chat",
        "a queue is served out",
        "lingers for a queue",
        "answered by one who lingers",
        "answered after it",
        "a shift starts while she lingers",
    ),
    "time": ("overtime", "in hand when the warm-up ends", "ends after the horizon"),
    "tie": (*(f"{kind} with another kind" for kind in KINDS), "two of a kind"),
}

RULES = tuple(f"{group}: {rule}" for group, rules in _RULES.items() for rule in rules)
"""What is counted, as ``group: rule``."""

USED = "rules used on worlds of "
"""Under this name, and the kind of worlds, a test's report carries how often each rule was used."""

_KNOWN = frozenset(RULES)


class Seen(Counter[str]):
    """How often each rule was used; knows no other names than `RULES`."""

    def note(self, rule: str, times: int = 1) -> None:
        """Count a rule.

        Raises
        ------
        KeyError
            If there is no such rule.
        """
        if rule not in _KNOWN:
            raise KeyError(rule)
        self[rule] += times


def table(columns: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Lines that show every rule and how often it was used in each column."""
    width = max(map(len, RULES))
    return [
        f"{'':<{width}}" + "".join(f"{name:>16}" for name in columns),
        *(f"{rule:<{width}}" + "".join(f"{seen.get(rule, 0):>16}" for seen in columns.values()) for rule in RULES),
    ]
