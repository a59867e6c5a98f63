"""The model beside every published figure: what it was fitted to, and what it never saw, kept apart.

A published figure is one year's count, so it is set against what single simulated years bring (5-95 %): over plausible
worlds this is the predictive interval, and the published figure's place in it tells how surprising it is.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.evidence import evidence, number
from simulator.scenario import load
from simulator.service.keys import Key
from simulator.study.blocks import CLOSED_KEY, NIGHT, WINDOW, BlockYardstick, block_key
from simulator.study.estimates import rounded
from simulator.study.intervals import ratio_of_totals
from simulator.study.layers import by_world, layers
from simulator.study.observations import Observations
from simulator.study.replicate import Progress, replicate
from simulator.study.worlds.world import World

ACTUAL = {2023: "2023-actual", 2024: "2024-actual"}
DAYS = {2023: 365, 2024: 366}
HOURS_PER_DAY = 24


@dataclass(frozen=True)
class Figure:
    """A published figure and where the model has it.

    Attributes
    ----------
    evidence_id
        The published figure.
    year
        Whose actual scenario is asked.
    key
        The model's figure, divided by ``divide_by``.
    held_out
        True if nothing in the model was fitted to it or chosen for it.
    tolerance
        How far the mean may be from the published, as a share of it.
    """

    evidence_id: str
    year: int
    key: Key
    held_out: bool = False
    tolerance: float = 0.02
    divide_by: float = 1.0


def _calls_a_day(evidence_id: str, site: str) -> Figure:
    return Figure(evidence_id, 2024, Key("answered", "phone", site), tolerance=0.10, divide_by=DAYS[2024])


FIGURES = (
    Figure("chat-answered-2023", 2023, Key("answered", "chat")),
    Figure("chat-answered-2023-hours-closed-2024", 2023, CLOSED_KEY),
    Figure("chat-answered-2023-00-04", 2023, block_key(NIGHT)),
    Figure("chat-answered-2023-window", 2023, block_key(WINDOW)),
    Figure("phone-answered-2023", 2023, Key("answered", "phone")),
    Figure("ung-answered-2023", 2023, Key("answered", "ung"), tolerance=0.03),
    Figure("chat-answered-2024", 2024, Key("answered", "chat")),
    Figure("chat-answered-march-2024", 2024, Key("answered", "chat", month="03"), tolerance=0.03),
    Figure("chat-peak-day-2024", 2024, Key("answered_peak_day", "chat"), tolerance=0.15),
    Figure("phone-answered-2024", 2024, Key("answered", "phone")),
    Figure("phone-answered-june-2024", 2024, Key("answered", "phone", month="06"), tolerance=0.03),
    Figure("phone-share-kristiansand-2024", 2024, Key("site_share_of_answered", "phone", "kristiansand")),
    _calls_a_day("calls-per-day-oslo-2024", "oslo"),
    _calls_a_day("calls-per-day-asker-og-baerum-2024", "asker-og-baerum"),
    _calls_a_day("calls-per-day-romerike-2024", "romerike"),
    _calls_a_day("calls-per-day-trondheim-2024", "trondheim"),
    Figure("sms-answered-2024", 2024, Key("answered", "sms"), tolerance=0.03),
    Figure("ung-answered-2024", 2024, Key("answered", "ung"), tolerance=0.03),
    Figure(
        "ung-answer-time-days-2024",
        2024,
        Key("response_time_mean_h", "ung"),
        held_out=True,
        tolerance=0.10,
        divide_by=HOURS_PER_DAY,
    ),
)


@dataclass(frozen=True)
class Compared:
    """One published figure beside the model's: the mean of years, 5-95 % of single years, and the share below it.

    ``verdict`` is ``agrees`` where the mean is within the tolerance or single years span the published figure,
    else ``differs``.
    """

    figure: str
    label: dict[str, str]
    published: float
    source: str
    status: str
    unit: str
    mean: float
    low: float
    high: float
    noise: float
    place: float
    held_out: bool
    verdict: str

    def as_json(self) -> dict[str, Any]:
        """One entry of ``simulator backtest --json``; numbers to 6 significant digits."""
        names = ("published", "mean", "low", "high", "noise", "place")
        numbers = {name: rounded(getattr(self, name)) for name in names}
        return {**vars(self), **numbers}


def backtest(
    replications: int = 20,
    seed: int = 1,
    progress: Progress | None = None,
    workers: int | None = None,
    dask: str | None = None,
    worlds: tuple[World, ...] = (),
) -> list[Compared]:
    """Simulate both actual years and compare them with all published figures.

    Parameters
    ----------
    replications
        Simulated years of each (in each world).
    seed
        Of the study.
    progress
        Told after each batch, of both years together.
    workers, dask
        Who simulates; see `simulator.study.replicate.replicate`.
    worlds
        Plausible worlds; none: the default world alone.
    """
    compared: dict[Figure, Compared] = {}
    for before, (year, name) in enumerate(ACTUAL.items()):

        def told(done: int, all_years: int, width: float | None, before: int = before) -> None:
            if progress is not None:
                progress(before * all_years + done, len(ACTUAL) * all_years, width)

        with replicate(
            load(name), replications, seed, BlockYardstick, told, workers, dask=dask, worlds=worlds
        ) as study:
            each = replications if worlds else None
            compared |= {figure: _compared(figure, study.seen, each) for figure in FIGURES if figure.year == year}
    return [compared[figure] for figure in FIGURES]


def _compared(figure: Figure, seen: Observations, each: int | None) -> Compared:
    """A figure over simulated years; ``each`` of them are of one world, None where all are of the same."""
    top, bottom = seen.of([figure.key])
    bottom = bottom * figure.divide_by
    if each is None:
        mean, noise = (float(found[0]) for found in ratio_of_totals(top, bottom))
    else:
        over = layers(by_world(top, each), by_world(bottom, each))
        mean, noise = float(over.mean[0]), float(over.noise[0])
    years = (top / bottom)[0]
    low, high = map(float, np.percentile(years, (5, 95)))
    known = evidence(figure.evidence_id)
    published = number(figure.evidence_id)
    place = float(np.mean(years < published) + np.mean(years == published) / 2)
    close = abs(mean - published) <= figure.tolerance * abs(published)
    return Compared(
        figure=figure.evidence_id,
        label={"nb": known.label.nb, "en": known.label.en},
        published=published,
        source=known.source,
        status=known.status,
        unit=known.unit or "",
        mean=mean,
        low=low,
        high=high,
        noise=noise,
        place=place,
        held_out=figure.held_out,
        verdict="agrees" if close or low <= published <= high else "differs",
    )
