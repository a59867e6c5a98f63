"""Two plans on the same contacts: what it costs to follow every person, and how many years it saves."""

from benchmarks.peers import SERVERS, compiled
from benchmarks.size import Size
from benchmarks.table import Row, best_of, same, seconds
from benchmarks.year import scenario_of
from simulator.scenario import change, load
from simulator.scenario.model import Scenario
from simulator.service.keys import Key
from simulator.service.measures import Yardstick
from simulator.study.compare import compare
from simulator.study.comparing.pairing import Paired, PairedYears
from simulator.study.replicate import replicate
from simulator.study.worlds.world import World, shipped_worlds

TITLE = "2024-actual against open-to-02 in plausible worlds, person by person, one worker"
EACH = 4
MOST_FOR_PERSONS = 2.0
LEAST_VARIANCE_RATIO = 20.0
POOL_YEARS = 60


def rows(size: Size) -> list[Row]:
    """Times, what following persons costs, and the variance ratio of 20 against 21 servers."""
    worlds = shipped_worlds().first(size.worlds).worlds
    plans = [scenario_of(size), change(load("open-to-02"), {"period": {"last_day": size.last_day}})]
    paired, alone = "both plans, person by person", "both plans, figures alone"
    best = best_of(
        [same(paired, lambda: _paired(plans, worlds)), same(alone, lambda: _alone(plans, worlds))], size
    )  # fmt: skip
    cost = Row(f"{paired} / {alone}", value=seconds(best[paired]) / seconds(best[alone]), most=MOST_FOR_PERSONS)
    return [*best.values(), cost, _variance_ratio(size)]


def _paired(plans: list[Scenario], worlds: tuple[World, ...]) -> None:
    question = Paired(plans[0], "compiled", 1, Yardstick, worlds=worlds, each=EACH, others=(plans[1],))
    with PairedYears(question, 1, None) as years:
        years.add(EACH)


def _alone(plans: list[Scenario], worlds: tuple[World, ...]) -> None:
    for plan in plans:
        replicate(plan, EACH, workers=1, worlds=worlds).seen.close()


def _variance_ratio(size: Size) -> Row:
    """M/M/20+M against 21 servers: of the share answered in a year of some open hours."""
    base = compiled.scenario_of(size.pool_hours)
    plan = change(base, {"roster": {"centre": {"pool": {"counsellors": SERVERS + 1}}}})
    found = compare(base, [plan], POOL_YEARS, workers=1)
    share = found.get(found.plans[0], Key("answered_share_of_open", "phone"))
    assert share is not None
    name = f"variance of unpaired / paired differences, {SERVERS} against {SERVERS + 1} servers, {POOL_YEARS} years"
    return Row(name, value=share.variance_ratio, least=LEAST_VARIANCE_RATIO)
