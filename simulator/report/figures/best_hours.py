"""The figure of the best hours: persons reached against cost, with intervals, and where the recommended plan stands.

What it says in numbers stands in the table of rungs in `simulator.report.best_hours`.
"""

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.report.figures.canvas import BLUE, INK, VERMILION, canvas, draw, legend, number_axis, stamp_of
from simulator.study.hours.answer import BestHours
from simulator.words import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MILLION = 1e6


def figures(found: BestHours, lang: str = "nb") -> dict[str, bytes]:
    """``frontier.svg`` and ``frontier.png``; nothing where there are no rungs."""
    return draw({"frontier": partial(_frontier, found, lang)})


def _frontier(found: BestHours, lang: str) -> "Figure | None":
    rungs = [each.plan for each in found.frontier if not each.dominated]
    if not rungs:
        return None
    made = found.manifest
    stamp = stamp_of(found.title, found.scenario, made["fingerprint"], made["version"], lang)
    figure = canvas((9, 4.8), say("hours.figure.title", lang), say("hours.figure.caption", lang), stamp, legend_lines=1)
    axes = figure.subplots()
    cost = np.array([each.extra_nok for each in rungs]) / _MILLION
    mean, low, high = np.array([[each.reached.mean, each.reached.low, each.reached.high] for each in rungs]).T
    line: dict[str, Any] = {"color": BLUE, "marker": "o", "linewidth": 1.5, "markersize": 5}
    axes.plot(cost, mean, label=say("hours.figure.rungs", lang), **line)
    axes.vlines(cost, low, high, color=INK, linewidth=1.2)
    chosen = found.chosen
    star: dict[str, Any] = {"color": VERMILION, "marker": "*", "markersize": 15, "linestyle": "none", "zorder": 3}
    axes.plot([chosen.extra_nok / _MILLION], [chosen.reached.mean], label=say("hours.figure.chosen", lang), **star)
    axes.axhline(0, color=INK, linewidth=0.6)
    axes.set_xlabel(say("hours.figure.cost", lang))
    axes.set_ylabel(say("hours.figure.reached", lang))
    number_axis(axes.xaxis, lang)
    number_axis(axes.yaxis, lang)
    legend(figure, axes, columns=2)
    return figure
