"""What to ask the service for: which unknown drives an answer's spread, and how much a missing figure would narrow it.

Answers and the figures the service could give are simulated in every kept world; what is then learnt from them is
`drivers`' and `asking`'s work. Knows what the service has and does not publish.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.scenario import load
from simulator.scenario.model import Scenario
from simulator.service.keys import HOURS, MONTHS, Key
from simulator.study.asking import Datum, Worth, combined, what_to_ask
from simulator.study.backtest import ACTUAL
from simulator.study.drivers import Driver, drivers
from simulator.study.layers import layers, paired_layers
from simulator.study.replicate import Progress
from simulator.study.watched import name_of
from simulator.study.worlds.answers import Answers, answers
from simulator.study.worlds.parameters import NAMES
from simulator.study.worlds.world import World, Worlds

Floats = NDArray[np.float64]

FIGURES = (Key("answered", "chat"), Key("persons_reached"), Key("unanswered"))
"""Answers that are asked about where nothing else is."""
SEATS = ("chat-counsellors", "chat-evening-counsellors", "chats-at-once", "phone-counsellors")
LENGTHS = ("chat-work", "chat-work-cv", "chat-wrap-up", "chat-speed-2", "chat-speed-3")
MEASURED = 0.02
"""A length or a count that the service measures is off by so much of itself."""
_LOST = ("abandoned", "balked")
YEARS = 4
ALL = "all"
_NEXT_SEED = 1


@dataclass(frozen=True)
class Asked:
    """One answer: how wide it is, what drives it, and what would narrow it.

    Attributes
    ----------
    figure
        Name of the figure, ``measure/channel``.
    low, median, high
        5, 50 and 95 % points over worlds.
    drivers
        By first-order index, the greatest first.
    worth
        By expected reduction of the 90 % interval, the greatest first.
    """

    figure: str
    low: float
    median: float
    high: float
    drivers: tuple[Driver, ...]
    worth: tuple[Worth, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "figure": self.figure,
            **{name: _short(getattr(self, name)) for name in ("low", "median", "high")},
            "drivers": [{key: _short(value) for key, value in vars(each).items()} for each in self.drivers],
            "worth": [{key: _short(value) for key, value in vars(each).items()} for each in self.worth],
        }


def _short(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.4g}") if np.isfinite(value) else None
    return value


def what_is_wanted(
    scenario: Scenario,
    worlds: Worlds,
    against: Scenario | None = None,
    figures: Sequence[Key] = FIGURES,
    replications: int = YEARS,
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | None = None,
) -> tuple[Asked, ...]:
    """What drives the spread of some figures of a plan, and what would narrow them.

    Parameters
    ----------
    scenario
        The plan.
    against
        Ask about the difference to this plan instead.
    figures
        Which.
    replications, seed, workers, progress
        As in `simulator.study.run.run`.

    Raises
    ------
    KeyError
        If a figure is not read.
    """
    kept = worlds.worlds
    plans = [scenario, *([against] if against is not None else [])]
    told = _parts(progress, len(plans) + len(ACTUAL))
    found = [answers(plan, kept, figures, replications, seed, workers, told(i)) for i, plan in enumerate(plans)]
    means = found[0].means - (found[1].means if against is not None else 0.0)
    noise = _noise(found)
    names, matrix = parameters_of(kept)
    known = what_the_service_has(kept, replications, seed + _NEXT_SEED, workers, told, len(plans))
    worth = [_never_less(each) for each in what_to_ask(known, means, noise, seed)]
    driven = drivers(names, matrix, means, noise, seed)
    low, median, high = np.percentile(means, (5, 50, 95), axis=1).tolist()
    return tuple(
        Asked(name_of(key), low[i], median[i], high[i], tuple(driven[i]), tuple(worth[i]))
        for i, key in enumerate(figures)
    )


def _never_less(worth: list[Worth]) -> list[Worth]:
    """All data together tell no less than the best of them, though a regression on so many features may find less."""
    best = worth[0]
    made = [replace(best, name=ALL) if each.name == ALL else each for each in worth]
    return sorted(made, key=lambda each: (-each.reduction if np.isfinite(each.reduction) else 1.0, each.name != ALL))


def _parts(progress: Progress | None, parts: int) -> Any:
    def part(number: int) -> Progress | None:
        if progress is None:
            return None
        return lambda done, years, width: progress(number * years + done, parts * years, width)

    return part


def _noise(found: Sequence[Answers]) -> Floats:
    """Variance of the simulation noise in a world's mean, of a plan or a difference between two; shape (figures,)."""
    parts = [part for each in found for part in (each.top, each.bottom)]
    noise = (layers if len(found) == 1 else paired_layers)(*parts).world_noise
    return np.nan_to_num(noise)  # with one year of each world it cannot be told


def parameters_of(worlds: Sequence[World]) -> tuple[tuple[str, ...], Floats]:
    """Names and values (worlds, parameters) of all that worlds differ in: drawn, solved, and of the night's shape."""
    solved = tuple(worlds[0].solved)
    rows = [[*(w.values[n] for n in NAMES), *(w.solved[n] for n in solved), *_night(w)] for w in worlds]
    return (*NAMES, *solved, "night-before-02", "late-evening"), np.array(rows)


def _night(world: World) -> tuple[float, float]:
    """Share of 00-04 that comes before 02, and of the day that comes 22-24, in chats of 2023."""
    hours = np.array(world.profiles["chat-2023"].hours)
    return float(hours[:2].sum() / hours[:4].sum()), float(hours[22:].sum() / hours.sum())


def what_the_service_has(
    worlds: Sequence[World], replications: int, seed: int, workers: int | None, told: Any, before: int
) -> list[Datum]:
    """What the service could tell, as every world predicts it, with the natural variation of one year as its error.

    Hourly answered chats of 2023 and 2024, the lost chats of 2024 by hour, months, seats on the rota, chat lengths.
    """
    by_hour = [Key("answered", "chat", hour=hour) for hour in HOURS]
    lost = [Key(measure, "chat", hour=hour) for measure in _LOST for hour in HOURS]
    by_month = [Key("answered", channel, month=month) for channel in ("chat", "phone") for month in MONTHS]
    keys = {2023: by_hour, 2024: [*by_hour, *lost, *by_month]}
    seen = {
        year: answers(load(name), worlds, keys[year], replications, seed, workers, told(before + i))
        for i, (year, name) in enumerate(ACTUAL.items())
    }
    lost_2024 = _series("lost", seen[2024], slice(len(by_hour), len(by_hour) + len(lost)))
    hourly = combined(
        "hourly",
        [_series("hourly 2023", seen[2023], slice(None)), _series("hourly 2024", seen[2024], slice(0, len(by_hour)))],
    )
    monthly = _series("monthly", seen[2024], slice(len(by_hour) + len(lost), None))
    seats, lengths = _measured("seats", worlds, SEATS), _measured("lengths", worlds, LENGTHS)
    return [hourly, lost_2024, monthly, seats, lengths, combined(ALL, [hourly, lost_2024, monthly, seats, lengths])]


def _series(name: str, seen: Answers, rows: slice) -> Datum:
    """Counts of one year as worlds expect them; the error is a single year's natural variation."""
    means, years = np.nan_to_num(seen.means[rows]), np.nan_to_num(seen.years[rows])
    spread = years.var(axis=2, ddof=1).mean(axis=1) if years.shape[2] > 1 else means.mean(axis=1)
    return Datum(name, means.T, np.sqrt(np.maximum(spread, 1e-9)))


def _measured(name: str, worlds: Sequence[World], parameters: Sequence[str]) -> Datum:
    """Parameters that the service can look up."""
    values = np.array([[world.values[each] for each in parameters] for world in worlds])
    return Datum(name, values, MEASURED * np.maximum(np.abs(values).mean(axis=0), 1e-9))
