"""Trying so many people on the same contacts: what each half-hour's share comes to, and whether the target is met.

Whatever is tried is served the same simulated years, so that two staffings differ only where they differ. Nothing here
knows how a staffing is found.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.model import Scenario
from simulator.study.layers import by_world, expected_years, layers, paired_layers
from simulator.study.replicate import replicate
from simulator.study.staffing.counting import ReadCrowd, ReadSlots
from simulator.study.staffing.requirement import Ints
from simulator.study.staffing.slots import Slots
from simulator.study.staffing.staffed import staffed
from simulator.study.staffing.targets import Target
from simulator.study.worlds.world import Worlds
from simulator.study.years import Floats, MakeReader

Told = Callable[[int], None]
"""Told how many years have been simulated since it was last told."""
_NOISE_Z = 1.96
FEWEST_ATTEMPTS = 100
"""Half-hours in which fewer tried over all simulated years are not judged: they keep the fewest people there may be."""
CLEARLY = 4.0 / _NOISE_Z
"""A trial on few years ends there if a share misses the target by four standard errors: one in 30 000 by chance."""


@dataclass(frozen=True)
class Outcome:
    """What a staffing gave.

    Attributes
    ----------
    target
        What was asked.
    robust
        Share of the worlds that must meet it; None: it is to be met in the mean over worlds.
    top, bottom
        Shape (groups, worlds, years of each): attempts that count, and attempts that met the open channel.
    overtime_hours
        Of the channel's own people, in a year.
    """

    target: Target
    robust: float | None
    top: Floats
    bottom: Floats
    overtime_hours: float

    @property
    def share(self) -> Floats:
        """Mean over worlds of each group's share, shape (groups,); nan where too few tried to judge it."""
        return _mean(self.expected)

    @cached_property
    def expected(self) -> Floats:
        """Each world's share, totals first and ratio after, shape (groups, worlds); nan as `share`."""
        enough = self.bottom.sum(axis=(1, 2)) >= FEWEST_ATTEMPTS
        return np.where(enough[:, np.newaxis], expected_years(self.top, self.bottom), np.nan)

    @property
    def noise(self) -> Floats:
        """Half-width of the 95 % interval of `share`, shape (groups,): simulation noise.

        With one year of each world it cannot be told from what sets worlds apart, and holds both.
        """
        if self.top.shape[2] > 1:
            return layers(self.top, self.bottom).noise
        expected = self.expected
        return np.asarray(_NOISE_Z * np.nanstd(expected, axis=1, ddof=1) / np.sqrt(expected.shape[1]))

    def noise_beside(self, other: "Outcome") -> Floats:
        """Half-width of the 95 % interval of the difference to another staffing on the same contacts, shape (groups,).

        With several worlds it holds what sets them apart too: these stand for more.
        """
        if self.top.shape[1] == 1:
            return paired_layers(self.top, self.bottom, other.top, other.bottom).noise
        apart = self.expected - other.expected
        return np.asarray(_NOISE_Z * np.nanstd(apart, axis=1, ddof=1) / np.sqrt(apart.shape[1]))

    @property
    def margin(self) -> Floats:
        """How far each group is on the good side, shape (groups,): in the mean, or in the worlds that must meet it."""
        margins = self.target.margin(self.expected)
        if self.robust is None:
            return _mean(margins)
        may_miss = int((1 - self.robust) * margins.shape[1] + 1e-9)
        return np.asarray(np.sort(np.where(np.isnan(margins), np.inf, margins), axis=1)[:, may_miss])

    @property
    def missed(self) -> NDArray[np.bool_]:
        """Groups whose share is on the wrong side, shape (groups,); one that too few tried is not judged."""
        return np.asarray(self.margin < 0)

    @property
    def clearly_missed(self) -> NDArray[np.bool_]:
        """Groups that the target lies outside the interval of, on the wrong side."""
        return np.asarray(self.margin + np.nan_to_num(self.noise) < 0)

    @property
    def share_of_worlds(self) -> Floats:
        """In what share of the worlds each group meets the target, shape (groups,)."""
        return _mean(np.where(np.isnan(self.expected), np.nan, self.target.margin(self.expected) >= 0))


def _mean(values: Floats) -> Floats:
    """Mean along the last axis of what is there; nan where nothing is."""
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, values, 0.0).sum(axis=-1) / known.sum(axis=-1))


@dataclass
class Trials:
    """Serves the same years to one staffing after another, and remembers what came of each.

    Attributes
    ----------
    scenario, slots, target, robust
        What is staffed and what is asked.
    years, seed
        Simulated years (of each world), and the seed of their contacts.
    worlds
        Plausible worlds; None: the scenario as it stands.
    workers
        How many years at a time; it moves no result.
    told
        Told of simulated years.
    simulated
        How many years have been simulated.
    """

    scenario: Scenario
    slots: Slots
    target: Target
    years: int
    seed: int
    worlds: Worlds | None = None
    robust: float | None = None
    workers: int | None = None
    told: Told | None = None
    simulated: int = 0
    _known: dict[tuple[bytes, int], Outcome] = field(default_factory=dict)

    def of(self, people: Ints) -> Outcome:
        """What so many people in each group give, shape (groups,)."""
        return self._of(people, self._whole)

    def meet(self, people: Ints, beside: Ints | None = None) -> bool:
        """Whether so many people meet the target in every group.

        Few years, or few worlds, are looked at first, and who clearly misses it there does not. Beside a staffing that
        all years are known of, its difference to that one on the few is what is looked at: on the same contacts that
        difference is known far better than the shares themselves.
        """
        look_first = self.robust is None and self._few < self._whole and not self._is_known(people)
        if look_first and self._misses_on_few(people, beside):
            return False
        return not self.of(people).missed.any()

    def as_it_stands(self) -> Outcome:
        """What the scenario's own roster gives."""
        return self._outcome(self.scenario, self._whole)

    def taken(self, people: Ints, most: int) -> Floats:
        """Share of the time in which 0, 1, ... people are wholly taken, shape (groups, most + 1), on few years."""
        scenario = staffed(self.scenario, self.slots.requirement(people))
        top, _ = self._seen(scenario, ReadCrowd(self.slots, most), self._few)
        counts = top.sum(axis=(1, 2)).reshape(len(self.slots), most + 1)
        return np.asarray(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1.0))

    def longer(self) -> "Trials":
        """The same with twice the years of each world."""
        return replace(self, years=2 * self.years, _known={})

    def on_other_years(self, years: int, worlds: Worlds | None) -> "Trials":
        """The same question asked of contacts that no staffing was chosen on."""
        return replace(self, years=years, worlds=worlds, seed=self.seed + _OTHER_YEARS, simulated=0, _known={})

    @property
    def _whole(self) -> int:
        """Years, or worlds where there are several."""
        return self.years if self.worlds is None else len(self.worlds)

    @property
    def _few(self) -> int:
        return min(self._whole, max(_FEWEST, self._whole // 4))

    def _is_known(self, people: Ints) -> bool:
        return (people.tobytes(), self._whole) in self._known

    def _misses_on_few(self, people: Ints, beside: Ints | None) -> bool:
        few = self._of(people, self._few)
        if beside is None:
            margin, noise = few.margin, few.noise
        else:
            before = self._of(beside, self._few)
            margin = self.of(beside).margin + few.margin - before.margin
            noise = few.noise_beside(before)
        return bool((margin + CLEARLY * np.nan_to_num(noise) < 0).any())

    def _of(self, people: Ints, count: int) -> Outcome:
        key = np.asarray(people, np.int64).tobytes(), count
        if key not in self._known:
            self._known[key] = self._outcome(staffed(self.scenario, self.slots.requirement(people)), count)
        return self._known[key]

    def _outcome(self, scenario: Scenario, count: int) -> Outcome:
        top, bottom = self._seen(scenario, ReadSlots(self.slots, self.target), count)
        return Outcome(self.target, self.robust, top[:-1], bottom[:-1], float(top[-1].mean()))

    def _seen(self, scenario: Scenario, reader: MakeReader, count: int) -> tuple[Floats, Floats]:
        """Tops and bottoms of all figures, shape (figures, worlds, years of each)."""
        worlds = () if self.worlds is None else self.worlds.worlds[:count]
        years = count if self.worlds is None else self.years
        with replicate(
            scenario, years, self.seed, reader, workers=self.workers, worlds=worlds, progress=self._watch()
        ) as study:
            tops, bottoms = zip(*((top, bottom) for _, top, bottom in study.seen.blocks()), strict=True)
        each = years if self.worlds is None else self.years
        return by_world(np.concatenate(tops), each), by_world(np.concatenate(bottoms), each)

    def _watch(self) -> Callable[[int, int, float | None], None]:
        before = 0

        def told(done: int, total: int, width: float | None) -> None:
            nonlocal before
            self.simulated += done - before
            if self.told is not None:
                self.told(done - before)
            before = done

        return told


_FEWEST = 8
_OTHER_YEARS = 1_000_003
"""Between the seeds of the years that a staffing is chosen on and of those that it is judged on."""
