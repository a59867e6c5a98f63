"""History matching: candidates from the priors, solved and held against the published figures, until enough remain.

Candidates are looked at in the order of the design, so that the kept worlds depend neither on how many work nor on
where an interrupted calibration was taken up again (Vernon, Goldstein & Bower 2010; Andrianakis et al. 2015). Each wave
draws from the same priors: nothing is ruled out but by simulation. Knows nothing of files.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from itertools import count
from json import dumps
from typing import Any

import numpy as np

from simulator.evidence import all_evidence, number, thaw
from simulator.study.workers import spread
from simulator.study.worlds.design import Shape, point
from simulator.study.worlds.parameters import NAMES, PARAMETERS
from simulator.study.worlds.priors import Prior, shipped_priors
from simulator.study.worlds.published import Published, report
from simulator.study.worlds.solving import RuledOut, solved
from simulator.study.worlds.world import World, Worlds, WorldsError

WORLDS = 300
"""Plausible worlds that are kept unless another number is asked for."""
MOST_CANDIDATES_PER_WORLD = 40
"""After so many candidates for each world asked for, the calibration gives up: the priors hardly allow what is told."""
_PERCENTS = (5.0, 50.0, 95.0)


@dataclass(frozen=True)
class Inputs:
    """All that decides which worlds are kept, but for how many.

    Attributes
    ----------
    published
        What they must reproduce.
    priors
        By id.
    shapes
        Shapes of the day that are known from own data, by channel.
    seed
        Of the design and of the simulated years.
    """

    published: Published = field(default_factory=report)
    priors: Mapping[str, Prior] = field(default_factory=shipped_priors)
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    seed: int = 1

    @property
    def discrepancy(self) -> float:
        """Allowed to published totals beside natural variation."""
        return number("prior-discrepancy")

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        used = {each.prior for each in PARAMETERS} | {f"prior-{name}" for name in SOLVED_PRIORS}
        return {
            "seed": self.seed,
            "published": dict(self.published.figures),
            "discrepancy": self.discrepancy,
            "priors": {id: self.priors[id].as_json() for id in sorted(used)},
            "family": {entry.id: thaw(entry.value) for entry in all_evidence() if entry.id.startswith("prior-shape-")},
            "shapes": {name: [list(map(float, each.per_hour))] for name, each in self.shapes.items()},
        }

    @property
    def fingerprint(self) -> str:
        """The same for the same inputs, 12 hexadecimal digits."""
        text = dumps(self.as_json(), sort_keys=True)
        return blake2b(text.encode(), digest_size=6).hexdigest()


SOLVED_PRIORS = (
    "chat-first-attempts-2023",
    "trend-2024-in-window",
    "phone-first-attempts-2023",
    "trend-2024-phone",
    "attempts-per-answer",
)
"""Priors of what is solved, not drawn: a solution outside them is ruled out."""


@dataclass(frozen=True)
class State:
    """How far a calibration has come.

    Attributes
    ----------
    candidates
        How many have been looked at, from the first.
    kept
        Those that are plausible worlds, in order.
    ruled_out
        How many were not, by reason.
    """

    candidates: int = 0
    kept: tuple[World, ...] = ()
    ruled_out: Mapping[str, int] = field(default_factory=dict)

    def seeing(self, found: World | RuledOut) -> "State":
        """With one more candidate."""
        if isinstance(found, World):
            return State(self.candidates + 1, (*self.kept, found), self.ruled_out)
        ruled_out = Counter(self.ruled_out)
        ruled_out[found.why] += 1
        return State(self.candidates + 1, self.kept, dict(ruled_out))

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        kept = [each.as_json() for each in self.kept]
        return {"candidates": self.candidates, "kept": kept, "ruled_out": dict(self.ruled_out)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "State":
        """From plain data.

        Raises
        ------
        WorldsError
            If it is no state.
        """
        try:
            ruled_out = {str(why): int(times) for why, times in data["ruled_out"].items()}
            state = cls(int(data["candidates"]), tuple(map(World.from_json, data["kept"])), ruled_out)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise WorldsError(str(error)) from error
        if len(state.kept) + sum(ruled_out.values()) != state.candidates:
            raise WorldsError("its counts do not fit")
        return state


Told = Callable[[State], None]
"""Called after each candidate with how far the calibration has come."""


class TooFewWorldsError(Exception):
    """Of so many candidates too few are plausible; carries the state, so that nothing is lost."""

    def __init__(self, state: State, wanted: int) -> None:
        self.state, self.wanted = state, wanted
        super().__init__(f"{len(state.kept)} of {state.candidates} candidates, {wanted} wanted: {state.ruled_out}")


def calibrate(
    inputs: Inputs,
    wanted: int = WORLDS,
    workers: int | None = None,
    told: Told = lambda _: None,
    begun: State = State(),
    most_candidates: int | None = None,
) -> Worlds:
    """Find plausible worlds.

    Parameters
    ----------
    inputs
        What decides them.
    wanted
        How many are kept.
    workers
        How many candidates are looked at at the same time; None for one per core. It moves no result.
    told
        Told after each candidate, in order.
    begun
        A calibration with the same inputs that was interrupted; it goes on from there.
    most_candidates
        Give up after so many; `MOST_CANDIDATES_PER_WORLD` for each world wanted unless said.

    Raises
    ------
    TooFewWorldsError
        If after the most candidates there are still too few.
    """
    state, most = begun, most_candidates or MOST_CANDIDATES_PER_WORLD * wanted
    if len(state.kept) < wanted:
        candidates = count(state.candidates + 1)
        with closing(spread(partial(candidate, inputs), candidates, workers)) as found:
            for each in found:
                state = state.seeing(each)
                told(state)
                if len(state.kept) >= wanted:
                    break
                if state.candidates >= most:
                    raise TooFewWorldsError(state, wanted)
    made = {**inputs.as_json(), "candidates": state.candidates, "ruled_out": dict(state.ruled_out)}
    return Worlds(state.kept[:wanted], made)


def candidate(inputs: Inputs, number: int) -> World | RuledOut:
    """One candidate: a pure function of the inputs and its number."""
    drawn = point(number, inputs.seed, inputs.priors, inputs.shapes)
    return solved(drawn, inputs.published, inputs.priors, inputs.discrepancy, inputs.seed)


@dataclass(frozen=True)
class Narrowed:
    """What the published figures say of one parameter.

    Attributes
    ----------
    prior, kept
        5, 50 and 95 % points before and after.
    left
        Width of the kept range over that of the prior: 1 where the figures say nothing.
    """

    name: str
    unit: str
    prior: tuple[float, ...]
    kept: tuple[float, ...]
    left: float


def narrowed(worlds: Worlds, priors: Mapping[str, Prior]) -> Iterator[Narrowed]:
    """Prior and kept range of every drawn parameter, and of every solved quantity."""
    columns = dict(zip(NAMES, worlds.values().T, strict=True))
    columns |= {
        name: np.array([each.solved[name] for each in worlds.worlds])
        for name in SOLVED_PRIORS
        if name in worlds.worlds[0].solved
    }
    for name, values in columns.items():
        prior = priors[f"prior-{name}"]
        before = tuple(prior.quantile(percent / 100) for percent in _PERCENTS)
        after = tuple(map(float, np.percentile(values, _PERCENTS)))
        width = before[2] - before[0]
        yield Narrowed(name, prior.unit, before, after, (after[2] - after[0]) / width if width > 0 else 1.0)
