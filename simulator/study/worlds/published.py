"""What is published of 2023 and 2024, as the calibration holds it against a world, and how exactly it must fit.

A published figure is one year's count. It may differ from a world's expected year by that year's natural variation, and
by the discrepancy that the report's own contradictions show (Kennedy & O'Hagan 2001): together its standard unit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from simulator.evidence import number
from simulator.study.backtest import DAYS
from simulator.study.blocks import NIGHT, OTHER_CLOSED, WINDOW
from simulator.study.solve import JUNE, MARCH, NAMED_SITES, OTHER_SITES, Solution, targets

CHAT_BLOCKS = {NIGHT: "chat-2023-night", OTHER_CLOSED: "chat-2023-other-closed", WINDOW: "chat-2023-window"}
CHAT_2024, CHAT_MARCH = "chat-2024", "chat-2024-march"
PHONE_2023, PHONE_2024, PHONE_JUNE = "phone-2023", "phone-2024", "phone-2024-june"
SITES = {site: f"calls-2024-{site}" for site in (*NAMED_SITES, OTHER_SITES)}
PEAK_DAY = "chat-2024-peak-day"
SOLVED = (*CHAT_BLOCKS.values(), CHAT_2024, CHAT_MARCH, PHONE_2023, PHONE_2024, PHONE_JUNE, *SITES.values())
"""Figures that demand is solved to meet."""
FIGURES = (*SOLVED, PEAK_DAY)
"""All figures that a plausible world must reproduce."""
DAYS_OF = {
    **dict.fromkeys(CHAT_BLOCKS.values(), DAYS[2023]),
    **{CHAT_2024: DAYS[2024], CHAT_MARCH: 31, PHONE_2023: DAYS[2023], PHONE_2024: DAYS[2024], PHONE_JUNE: 30},
    **dict.fromkeys(SITES.values(), DAYS[2024]),
}
MOST_UNITS = 3.0
"""A world is ruled out where it differs from a published figure by more standard units (Vernon et al. 2010)."""


@dataclass(frozen=True)
class Published:
    """One year each, 2023 and 2024, as told by an annual report: the number of each of `FIGURES`."""

    figures: Mapping[str, float]

    def units(self, day_shape: float, discrepancy: float) -> dict[str, float]:
        """Standard unit of each figure as a share of it, simulation noise apart.

        Parameters
        ----------
        day_shape
            Gamma shape of the busyness of a day: the variance of a count of m over n days is about m + m^2/(n shape).
        discrepancy
            Allowed beside the natural variation of a year, as a share.
        """
        natural = {
            name: 1 / max(value, 1.0) + 1 / (day_shape * DAYS_OF[name])
            for name, value in self.figures.items()
            if name in DAYS_OF
        }
        natural[PEAK_DAY] = number("prior-peak-day-spread") ** 2
        return {name: sqrt(discrepancy**2 + variance) for name, variance in natural.items()}


def report() -> Published:
    """What the annual report of 2024 says."""
    return Published({**totals_of(targets()), PEAK_DAY: number("chat-peak-day-2024")})


def totals_of(solution: Solution) -> dict[str, float]:
    """The numbers of `SOLVED` in a solution; those of sites are calls a year."""
    return {
        **{CHAT_BLOCKS[block]: solution.chat_2023[block] for block in CHAT_BLOCKS},
        CHAT_2024: solution.chat_2024[WINDOW],
        CHAT_MARCH: solution.march_2024,
        PHONE_2023: solution.phone[2023],
        PHONE_2024: solution.phone[2024],
        PHONE_JUNE: solution.june_2024,
        **{SITES[site]: solution.shares[site] * solution.phone[2024] for site in SITES},
    }


__all__ = ["FIGURES", "JUNE", "MARCH", "MOST_UNITS", "SOLVED", "Published", "report"]
