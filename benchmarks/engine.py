"""Speed as ratios, measured in one run: the engine on a year of the service against SimPy as its guide teaches it.

``python -m benchmarks.engine`` prints one table. Each row is the best of three, the rows taken in turn so that a busy
machine slows them alike.
"""

import time
from collections.abc import Callable

from benchmarks import idiomatic
from simulator.demand import draw
from simulator.scenario import load
from simulator.service import compiled
from simulator.service.measures import Yardstick, Year
from simulator.service.planning import make_plan
from simulator.service.reference import serve

ROUNDS = 3
SCENARIO = "2024-actual"


def _seconds(does: Callable[[], object]) -> float:
    start = time.perf_counter()
    does()
    return time.perf_counter() - start


def measured() -> dict[str, float]:
    """Contacts per second of each part; contacts of the service are persons, all channels and 18 sites."""
    scenario = load(SCENARIO)
    plan = make_plan(scenario)
    contacts = draw(scenario, seed=1)
    ledger = serve(contacts, plan)
    yardstick = Yardstick(scenario, plan)
    parts: dict[str, Callable[[], object]] = {
        "drawing": lambda: draw(scenario, seed=1),
        "serving (SimPy engine)": lambda: serve(contacts, plan),
        "serving (compiled engine)": lambda: compiled.serve(contacts, plan),
        "measuring": lambda: yardstick.observe(Year(contacts, plan, ledger)),
    }
    best = {name: 0.0 for name in ("SimPy, request or timeout", *parts)}
    for _ in range(ROUNDS):
        best["SimPy, request or timeout"] = max(best["SimPy, request or timeout"], idiomatic.contacts_per_second())
        for name, does in parts.items():
            best[name] = max(best[name], len(contacts) / _seconds(does))
    for engine in ("SimPy", "compiled"):
        whole = ("drawing", f"serving ({engine} engine)", "measuring")
        best[f"all three ({engine} engine)"] = 1 / sum(1 / best[name] for name in whole)
    return best


def main() -> None:
    """Print the table."""
    best = measured()
    base = best["SimPy, request or timeout"]
    print(f"{SCENARIO}, one year, one core")
    print(f"{'':<32}{'contacts/s':>12}{'ratio':>8}")
    for name, speed in best.items():
        print(f"{name:<32}{speed:>12,.0f}{speed / base:>8.2f}")


if __name__ == "__main__":
    main()
