"""What is asked of every half-hour: a share of the attempts that meet the open channel in it, and how it is written.

The denominator is always attempts that met the open channel, by the time of the attempt itself.
"""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.problems import nearest
from simulator.service.ledger import ABANDONED, ANSWERED, Ledger
from simulator.words import say

ANSWERED_SHARE = "answered_share_of_open"
WITHIN_SHARE = "answered_within_target_share"
ABANDONED_SHARE = "abandoned_share"
DEFAULT = f"{ANSWERED_SHARE}>=90%"
LONGEST_WAIT_S = 86_400.0

_MEASURES = {
    **dict.fromkeys((ANSWERED_SHARE, "answered share", "answered", "besvart"), ANSWERED_SHARE),
    **dict.fromkeys((WITHIN_SHARE, "answered within target", "besvart innen målet"), WITHIN_SHARE),
    **dict.fromkeys((ABANDONED_SHARE, "abandoned share", "abandoned", "tapt"), ABANDONED_SHARE),
}
_WITHIN = re.compile(r"(?:answered[ _]within|besvart[ _]innen)[ _](\d{1,6}(?:[.,]\d{1,3})?)[ _]?(s|sek|sec|min)")
_WRITTEN = re.compile(r"\s*([^<>=≤≥]{1,80}?)\s*(>=|=>|≥|<=|=<|≤)\s*(\d{1,3}(?:[.,]\d{1,6})?)\s*(%?)\s*")


class TargetError(ValueError):
    """A target that cannot be understood, and why: a word of the catalogue and what it is filled with."""

    def __init__(self, word: str, **values: str) -> None:
        self.word, self.values = word, values
        super().__init__(word, values)

    def text(self, lang: str) -> str:
        """What is wrong, and what may be written."""
        near = self.values.get("nearest")
        hint = " " + say("problem.did_you_mean", lang, nearest=near) if near else ""
        return say(f"staff.target.{self.word}", lang, **self.values) + hint


@dataclass(frozen=True)
class Target:
    """A share of the attempts that met the open channel, and which side of it is good.

    Attributes
    ----------
    measure
        `ANSWERED_SHARE`, `WITHIN_SHARE` or `ABANDONED_SHARE`.
    share
        Between 0 and 1. At least so many are answered (within the wait), or at most so many abandon.
    wait_s
        Seconds, where the wait counts.
    """

    measure: str
    share: float
    wait_s: float | None = None

    @property
    def at_least(self) -> bool:
        """Whether more is better."""
        return self.measure != ABANDONED_SHARE

    def counted(self, ledger: Ledger) -> NDArray[np.bool_]:
        """Which attempts are in the share's top, shape (attempts,)."""
        if self.measure == ABANDONED_SHARE:
            return np.asarray(ledger.fate == ABANDONED)
        answered = ledger.fate == ANSWERED
        if self.wait_s is None:
            return np.asarray(answered)
        return np.asarray(answered & (ledger.wait_ms <= round(1000 * self.wait_s)))

    def margin(self, share: NDArray[np.float64]) -> NDArray[np.float64]:
        """How far shares are on the good side; below 0 they miss the target."""
        return np.asarray(share - self.share if self.at_least else self.share - share)

    def __str__(self) -> str:
        name = self.measure if self.wait_s is None else f"answered within {self.wait_s:g} s"
        return f"{name} {'>=' if self.at_least else '<='} {100 * self.share:.6g}%"


def parse_target(text: str, answer_target_s: float) -> Target:
    """A target as a planner writes it.

    Parameters
    ----------
    text
        ``answered_share_of_open>=90%``, ``answered_within_target_share>=80%``, ``answered within 120 s >= 80%`` or
        ``abandoned_share<=5%``; in Norwegian ``besvart``, ``besvart innen 120 s``, ``tapt``.
    answer_target_s
        The wait of ``answered_within_target_share``: that of the channel.

    Raises
    ------
    TargetError
        If it is none of these, its side is the wrong one, or its share is not between 0 and 1.
    """
    found = _WRITTEN.fullmatch(text)
    if not found:
        raise TargetError("unreadable", found=text[:80])
    name, side, number, percent = found[1].lower(), found[2], float(found[3].replace(",", ".")), found[4]
    share = number / 100 if percent else number
    if not 0 < share < 1:
        raise TargetError("share", found=text[:80])
    wait_s: float | None = None
    if within := _WITHIN.fullmatch(name):
        wait_s = float(within[1].replace(",", ".")) * (60 if within[2] == "min" else 1)
        measure = WITHIN_SHARE
    elif name in _MEASURES:
        measure = _MEASURES[name]
        wait_s = answer_target_s if measure == WITHIN_SHARE else None
    else:
        raise TargetError("measure", found=name, nearest=nearest(name, _MEASURES) or "")
    if wait_s is not None and wait_s > LONGEST_WAIT_S:
        raise TargetError("wait", found=text[:80])
    target = Target(measure, share, wait_s)
    if target.at_least != (side in {">=", "=>", "≥"}):
        raise TargetError("side", found=text[:80], side=">=" if target.at_least else "<=")
    return target
