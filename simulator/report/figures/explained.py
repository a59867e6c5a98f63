"""The waterfall of an explanation: from the base to the plan, one bar for each cause.

What it says in numbers stands in the tables of `simulator.report.explained`.
"""

from collections.abc import Sequence
from functools import partial
from textwrap import fill
from typing import TYPE_CHECKING

from simulator.report.explained import cause_name, measure_name, picture_name
from simulator.report.figures.canvas import (
    BLUE,
    GREEN,
    INK,
    PALE,
    VERMILION,
    canvas,
    draw,
    number_axis,
    stamp_of,
)
from simulator.study.explain import Explained, Explanation
from simulator.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SIZE = (9.0, 4.6)
_WIDTH = 0.62
_ROOM = 0.35
"""Room around the steps, as a share of their span: bars of base and plan are cut so that the steps can be seen."""


def explanation_figures(found: Explanation, lang: str = "nb") -> dict[str, bytes]:
    """A waterfall for each figure, as ``<name>.svg`` and ``<name>.png``."""
    return draw({picture_name(each): partial(_waterfall, found, each, lang) for each in found.figures})


def _waterfall(found: Explanation, figure: Explained, lang: str) -> "Figure | None":
    if not figure.parts:
        return None
    made = found.manifests["plan"]
    stamp = stamp_of(found.plan[1], found.plan[0], made["fingerprint"], made["version"], lang)
    levels = [figure.base]
    for part in figure.parts:
        levels.append(levels[-1] + part.change.mean)
    bottom, top = _limits(figure, levels)
    caption = say("explain.figure.caption", lang)
    if bottom > 0:
        caption += " " + say("explain.figure.cut", lang)
    drawn = canvas(_SIZE, measure_name(figure.key, lang), caption, stamp)
    axes = drawn.add_subplot()
    _ends(axes, figure)
    _steps(axes, figure, levels)
    names = [say("explain.figure.base", lang), *(cause_name(each.cause, lang) for each in figure.parts)]
    names.append(say("explain.figure.plan", lang))
    axes.set_xticks(range(len(names)), [fill(name, 16) for name in names])
    axes.set_ylim(bottom, top)
    number_axis(axes.yaxis, lang)
    return drawn


def _ends(axes: "Axes", figure: Explained) -> None:
    last = len(figure.parts) + 1
    axes.bar([0, last], [figure.base, figure.plan], _WIDTH, color=PALE, edgecolor=INK)
    axes.errorbar(
        [last], [figure.plan], yerr=_whisker(figure.total.mean, figure.total.low, figure.total.high),
        fmt="none", ecolor=INK, capsize=4,
    )  # fmt: skip


def _steps(axes: "Axes", figure: Explained, levels: Sequence[float]) -> None:
    for place, part in enumerate(figure.parts):
        change = part.change
        colour, hatch = (GREEN, "//") if change.mean > 0 else (VERMILION, "") if change.mean < 0 else (BLUE, "")
        axes.bar(place + 1, change.mean, _WIDTH, bottom=levels[place], color=colour, edgecolor=INK, hatch=hatch)
        top = levels[place + 1]
        error = _whisker(change.mean, change.low, change.high)
        axes.errorbar([place + 1], [top], yerr=error, fmt="none", ecolor=INK, capsize=4)
    for place, level in enumerate(levels):
        axes.plot([place - _WIDTH / 2, place + 1 + _WIDTH / 2], [level, level], color=INK, linewidth=0.8, linestyle=":")


def _whisker(mean: float, low: float, high: float) -> list[list[float]]:
    """Lengths below and above; none where the ends are not known."""
    below, above = mean - low, high - mean
    return [[max(below, 0.0) if below == below else 0.0], [max(above, 0.0) if above == above else 0.0]]


def _limits(figure: Explained, levels: Sequence[float]) -> tuple[float, float]:
    """The steps with room around them; from zero where that is near, so that bars of base and plan are not cut."""
    ends = [*levels, figure.plan]
    for place, part in enumerate(figure.parts):
        known = [each for each in (part.change.low, part.change.high) if each == each]
        ends += [levels[place] + each for each in known]
    low, high = min(ends), max(ends)
    room = _ROOM * ((high - low) or abs(high) or 1.0)
    bottom = low - room
    return (0.0 if low >= 0 and bottom < 0.3 * low else bottom), high + room / 2
