"""Timing the compiled engine on one year after another: whole, and part by part.

On several years in turn, for a processor learns a single one by heart.
"""

from collections.abc import Callable

from benchmarks.table import Does, Timing, doing
from simulator.service.compiled import CompiledSimulation
from simulator.service.compiled.layouts import COUNT, DRAW, SERVE
from simulator.service.measures import Yardstick
from simulator.service.tally import KINDS, WEEK_HOURS

WHOLE = "drawing + serving + measuring"
YEARS = 16
"""How many years are timed in turn, unless said otherwise."""

_PARTS = {"drawing": DRAW, "serving": SERVE, "counting": COUNT}
_BEFORE = {DRAW: 0, SERVE: DRAW, COUNT: DRAW + SERVE}
"""What must have been done of a year before a part of it."""


def whole_years(name: str, years: CompiledSimulation, yardstick: Yardstick, different: int = YEARS) -> Timing:
    """Years drawn, served and measured."""
    came = persons_of(years, different)

    def make(number: int) -> Does:
        replication = number % different
        return doing(lambda: yardstick.observe(years.year(replication)), came[replication])

    return Timing(name, make)


def parts_of_years(engine: str, years: CompiledSimulation, yardstick: Yardstick) -> list[Timing]:
    """Each part alone, of years that were done as far as it needs."""
    came = persons_of(years, YEARS)

    def part_of(part: int) -> Callable[[int], Does]:
        def make(number: int) -> Does:
            replication = number % YEARS
            years.run(replication, _BEFORE[part])
            return doing(lambda: years.run(replication, part), came[replication])

        return make

    def figures(number: int) -> Does:
        year = years.year(number % YEARS)
        return doing(lambda: yardstick.observe(year), came[number % YEARS])

    parts = [Timing(f"{engine}{name}", part_of(part)) for name, part in _PARTS.items()]
    return [*parts, Timing(f"{engine}figures from counts", figures)]


def persons_of(years: CompiledSimulation, different: int) -> list[float]:
    """How many persons come in each of the years that are timed; afterwards all buffers are large enough."""
    came = []
    for replication in range(different):
        years.run(replication)
        came.append(float(years.tally().table[KINDS.index("persons"), :, :WEEK_HOURS].sum()))
    return came
