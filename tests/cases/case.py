"""A published queueing case said in the scenario language: a scenario, its figures, and how much of it is simulated.

Runs start empty and are read after a warm-up, or are whole independent days. A figure is a ratio of totals over runs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from simulator.service.measures import Year

Read = Callable[[Year], tuple[float, float]]
"""Top and bottom of a figure in one run."""


@dataclass(frozen=True)
class Full:
    """So many runs of so many days that every figure is as narrow as its case asks, with the compiled engine.

    ``wide`` are the figures for which the sample that the case names gives less than it asks, with the half-width that
    is reached instead, as a share of the value.
    """

    days: int
    runs: int
    wide: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """One case; the reference engine makes ``runs`` of the scenario as it is, the compiled engine those of ``full``.

    ``tolerance`` is the widest half-width of the 99 % interval of the short runs, as a share of the value (or
    ``absolute``, whichever is more); ``loose`` are other absolute ones for some figures.
    """

    scenario: Mapping[str, Any]
    runs: int
    figures: Mapping[str, Read]
    full: Full
    tolerance: float = 0.05
    absolute: float = 0.012
    loose: Mapping[str, float] = field(default_factory=dict)

    def widest_of_short(self, figure: str, value: float) -> float:
        """Widest half-width of a figure on the short runs."""
        return max(self.tolerance * abs(value), self.loose.get(figure, self.absolute))

    def widest_of_full(self, record: Mapping[str, Any], figure: str, value: float) -> float:
        """Widest half-width of a figure on the full runs: what the case states, in its published record."""
        if figure in self.full.wide:
            return self.full.wide[figure] * abs(value)
        stated = str(record["tolerance_hint"]["simulation"])
        if stated.startswith("stationary") and is_probability(figure):
            assert "(probabilities: 0.003 absolute)" in stated
            return 0.003
        assert "1 %" in stated
        return 0.01 * abs(value)

    @property
    def of_full_length(self) -> dict[str, Any]:
        """The scenario with the days of the full runs."""
        period = self.scenario["period"]
        return {**self.scenario, "period": _period(self.full.days, period["warm_up_days"], period["first_day"])}


def is_probability(figure: str) -> bool:
    """Whether a figure is the probability of something: 0.003 means the same for all of them."""
    return figure in ("sl", "sl_of_served") or figure.startswith("p_") or "share" in figure


def _period(days: int, warm_up_days: int, first_day: str) -> dict[str, Any]:
    last = np.datetime64(first_day) + np.timedelta64(days + warm_up_days - 1, "D")
    return {"first_day": first_day, "last_day": str(last), "warm_up_days": warm_up_days}


# --- how scenarios are said -------------------------------------------------------------------------------------------


def world(days: int, warm_up_days: int = 1, first_day: str = "2024-01-01", **parts: Any) -> dict[str, Any]:
    """A scenario in UTC whose first days warm it up."""
    demand = {"max_attempts": 1, **parts.pop("demand")}
    period = _period(days, warm_up_days, first_day)
    return {"title": "case", "timezone": "UTC", "period": period, "demand": demand, **parts}


def pool(servers: int, channel: str = "phone", **shift: Any) -> dict[str, Any]:
    """A roster of some people round the clock."""
    return {"centre": {"pool": {"hours": "always", "counsellors": servers, "answers": [channel], **shift}}}


def staffed(levels: list[int], edges: list[float], channel: str, **shift: Any) -> dict[str, Any]:
    """A roster with so many on duty in each segment: person n is on duty while the level is at least n."""
    people: dict[str, Any] = {}
    for person in range(1, max(levels) + 1):
        start = None
        windows = []
        for i, level in enumerate([*levels, 0]):
            if level >= person and start is None:
                start = edges[i]
            elif level < person and start is not None:
                windows.append(f"{clock(start)}-{clock(edges[i])}")
                start = None
        people[f"person {person}"] = {"hours": windows, "counsellors": 1, "answers": [channel], **shift}
    return {"centre": people}


def clock(hour: float) -> str:
    """Hours after midnight as HH:MM."""
    return f"{int(hour):02d}:{round(hour % 1 * 60):02d}"


def minutes(mean_hours: float, distribution: str = "exponential", cv: float | None = None) -> dict[str, Any]:
    """A duration given in hours."""
    return {"mean_min": mean_hours * 60.0, "distribution": distribution, **({} if cv is None else {"cv": cv})}


def phone(work: dict[str, Any], patience: dict[str, Any] | None = None, **rules: Any) -> dict[str, Any]:
    """The phone channel."""
    return {"phone": {"work": work, **({"patience": patience} if patience else {}), **rules}}


def chat(work_hours: float, patience_hours: float, speeds: list[float], **rules: Any) -> dict[str, Any]:
    """The chat channel with slowing."""
    return {
        "chat": {"work": minutes(work_hours), "patience": minutes(patience_hours), "speed_by_level": speeds, **rules}
    }


def calls(per_hour: Any, **more: Any) -> dict[str, Any]:
    """Demand for the phone."""
    return {"phone": {"per_hour": per_hour}, **more}


def chats(per_hour: Any, **more: Any) -> dict[str, Any]:
    """Demand for chat."""
    return {"chat": {"per_hour": per_hour}, **more}
