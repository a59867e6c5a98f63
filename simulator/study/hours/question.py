"""How the best hours are asked for, and what cannot be asked. Knows nothing of how they are found."""

from dataclasses import dataclass, field
from typing import Any

from simulator.study.hours.aims import Aim
from simulator.study.hours.refusals import HoursError
from simulator.study.hours.space import GRIDS, GROUPS

MOST_PEOPLE = 6
YEARS_ENUMERATED = 100
"""Years of each plan where all are simulated, unless another number is asked for."""


@dataclass(frozen=True)
class Question:
    """How the best hours are asked for; see `best_hours`."""

    channel: str = "chat"
    days: str = "weekend"
    grid_min: int = 60
    most: int = 3
    aim: Aim = field(default_factory=Aim)
    free: bool = False
    shared: bool = False
    shifts_each: int = 2
    confidence: float = 0.95
    indifference: float = 0.01
    exhaustive: bool = False
    years: int = YEARS_ENUMERATED

    def __post_init__(self) -> None:
        """Refuse what cannot be asked.

        Raises
        ------
        HoursError
            If a number or a name is none of those allowed.
        """
        allowed = (
            (self.days in GROUPS, "days", tuple(GROUPS)),
            (self.grid_min in GRIDS, "grid", tuple(map(str, GRIDS))),
            (1 <= self.most <= MOST_PEOPLE, "most", (f"1-{MOST_PEOPLE}",)),
            (0.5 <= self.confidence < 1.0, "confidence", ("50-99 %",)),
            (self.indifference > 0.0, "indifference", ("1%", "25")),
            (1 <= self.shifts_each <= 2, "shifts_each", ("1", "2")),
        )
        for fits, name, options in allowed:
            if not fits:
                raise HoursError("not_allowed", name=name, allowed=options)

    def as_json(self) -> dict[str, Any]:
        """Plain data, without the aim."""
        plain = {key: value for key, value in vars(self).items() if key != "aim"}
        return {**plain, "groups": [list(days) for days in GROUPS[self.days]]}
