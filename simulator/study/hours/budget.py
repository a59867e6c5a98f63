"""What a planner writes for a budget: ``+2000000`` more than the roster costs now, or ``21300000`` for all of it."""

import re
from dataclasses import dataclass

from simulator.study.hours.refusals import HoursError

MOST_NOK = 1e10
_MILLIONS = r"m|mill|mill\.|mkr|million|millioner|millions"
_AMOUNT = re.compile(rf"([-+−]?)(\d{{1,3}}(?:[ .\u00a0_]\d{{3}})+|\d+)(?:[.,](\d+))?({_MILLIONS})?")
_MILLION = 1e6


@dataclass(frozen=True)
class Budget:
    """An amount of money a year.

    Attributes
    ----------
    nok
        The amount.
    is_extra
        Whether it comes on top of what the roster costs now.
    typed
        As it was written.
    """

    nok: float
    is_extra: bool
    typed: str

    def extra_nok(self, own_nok: float) -> float:
        """How much more than the scenario's own roster a plan may cost."""
        return self.nok if self.is_extra else self.nok - own_nok


def read_budget(typed: str) -> Budget:
    """A budget such as ``+2000000``, ``+2 000 000``, ``+2,5 mill`` or ``21300000``.

    Raises
    ------
    HoursError
        If it is none.
    """
    found = _AMOUNT.fullmatch(typed.strip().lower().replace("kr", "").replace("nok", "").strip().replace(" m", "m"))
    if not found:
        raise HoursError("budget_unreadable", found=typed)
    sign, whole, part, million = found.groups()
    number = float(re.sub(r"\D", "", whole) + (f".{part}" if part else ""))
    nok = number * (_MILLION if million else 1.0)
    if nok > MOST_NOK:
        raise HoursError("budget_unreadable", found=typed)
    return Budget(-nok if sign in ("-", "−") else nok, bool(sign), typed.strip())
