"""Figures of intervals for any answer: some differences one under another, and some bands through the day.

They are given numbers and words; nothing here knows what they are of.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.report import numbers
from simulator.report.figures.canvas import BLUE, INK, ORANGE, canvas, clock_axis, legend, number_axis
from simulator.study.estimates import Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ROW_INCHES = 0.55
_LOOKS: Sequence[Mapping[str, Any]] = (
    {"color": BLUE, "marker": "o", "mfc": "white"},
    {"color": ORANGE, "marker": "s", "mfc": ORANGE},
)


def draw_intervals(
    named: Sequence[tuple[str, Estimate]], title: str, caption: str, stamp: str, lang: str
) -> "Figure | None":
    """Estimates one under another on one scale, each with its interval and in numbers; a line at nothing.

    Parameters
    ----------
    named
        What each is called, and the estimate; all of one unit.
    title, caption, stamp
        See `simulator.report.figures.canvas.canvas`.
    """
    if not named:
        return None
    figure = canvas((9.0, 1.7 + _ROW_INCHES * len(named)), title, caption, stamp)
    axes = figure.subplots()
    for place, (_, each) in enumerate(named):
        if np.isfinite([each.low, each.high]).all():
            axes.plot([each.low, each.high], [place, place], color=BLUE, lw=2)
        axes.plot([each.mean], [place], "o", color=BLUE, ms=7)
        text = numbers.interval(each.mean, each.low, each.high, lang, each.unit)
        axes.text(1.02, place, text, transform=axes.get_yaxis_transform(), va="center", fontsize=9, color=INK)
    axes.axvline(0, color=INK, lw=0.8)
    axes.set_ylim(len(named) - 0.4, -0.6)
    axes.set_yticks(range(len(named)), [name for name, _ in named])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    number_axis(axes.xaxis, lang)
    return figure


Band = tuple[Sequence[float], Sequence[float], Sequence[float]]
"""Means, lower and upper ends, one of each for every hour of the clock."""


def draw_day(bands: Mapping[str, Band], title: str, caption: str, axis: str, stamp: str, lang: str) -> "Figure | None":
    """Figures by the hour of the clock, two at most, each with its interval, side by side.

    Parameters
    ----------
    bands
        By name.
    axis
        What is counted.
    title, caption, stamp
        See `simulator.report.figures.canvas.canvas`.
    """
    if not bands:
        return None
    figure = canvas((9.0, 4.8), title, caption, stamp, legend_lines=1)
    axes = figure.subplots()
    for place, ((name, (mean, low, high)), look) in enumerate(zip(bands.items(), _LOOKS, strict=False)):
        middle = np.arange(24) + 0.35 + 0.3 * place
        axes.vlines(middle, low, high, color=look["color"], lw=3 - place)
        axes.plot(middle, mean, ls="", ms=4.5, label=name, **look)
    axes.set_ylim(bottom=0)
    axes.set_ylabel(axis)
    number_axis(axes.yaxis, lang)
    clock_axis(axes, lang, last=True)
    legend(figure, axes, 2)
    return figure
