"""A scenario in every plausible world against as many plain years of it: what it costs not to know."""

from benchmarks.size import Size
from benchmarks.table import Row, best_of, same, seconds
from benchmarks.year import scenario_of
from simulator.study.replicate import replicate
from simulator.study.worlds.world import shipped_worlds

TITLE = "2024-actual in plausible worlds, one worker"
MOST_FOR_WORLDS = 2.0
YEARS_OF_EACH = (1, 2, 4)


def rows(size: Size) -> list[Row]:
    """Times, and how many times as long as plain years the worlds take, by years of each world."""
    scenario = scenario_of(size)
    worlds = shipped_worlds().first(size.worlds).worlds
    found: list[Row] = []
    for each in YEARS_OF_EACH:
        over, plain = f"{len(worlds)} worlds, years of each: {each}", f"plain years: {each * len(worlds)}"

        def in_worlds(each: int = each) -> None:
            replicate(scenario, each, workers=1, worlds=worlds).seen.close()

        def as_they_are(each: int = each) -> None:
            replicate(scenario, each * len(worlds), workers=1).seen.close()

        best = best_of([same(over, in_worlds), same(plain, as_they_are)], size)
        ratio = seconds(best[over]) / seconds(best[plain])
        found += [*best.values(), Row(f"{over} / plain", value=ratio, most=MOST_FOR_WORLDS if each > 1 else None)]
    return found
