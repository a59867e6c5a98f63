"""The figures of a comparison: both sides of each key figure, and the difference in persons reached by the hour."""

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.report import numbers
from simulator.report.compared import difference_text, figure_name, interval_name, shown_of
from simulator.report.figures.canvas import (
    BLUE,
    INK,
    ORANGE,
    VERMILION,
    canvas,
    clock_axis,
    draw,
    legend,
    number_axis,
    stamp_of,
)
from simulator.service.keys import HOURS, Key
from simulator.study.compare import Comparison, Difference
from simulator.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIDES, BY_HOUR = "sides", "hours"
_ROW_INCHES = 0.62


def figure_names(found: Comparison, plan: str) -> dict[str, str]:
    """Names of the figures of one plan, by what they show."""
    place = found.plans.index(plan) + 1
    return {SIDES: f"base-and-plan-{place}", BY_HOUR: f"difference-by-hour-{place}"}


def figures(found: Comparison, lang: str) -> dict[str, bytes]:
    """Both figures of every plan, as ``<name>.svg`` and ``<name>.png``."""
    makes = {}
    for plan in found.plans:
        names = figure_names(found, plan)
        makes[names[SIDES]] = partial(draw_sides, found, plan, lang)
        makes[names[BY_HOUR]] = partial(draw_hours, found, plan, lang)
    return draw(makes)


def _stamp(found: Comparison, plan: str, lang: str) -> str:
    made = found.manifests[plan]
    return stamp_of(found.titles[plan], plan, made["fingerprint"], made["version"], lang)


def draw_sides(found: Comparison, plan: str, lang: str) -> "Figure | None":
    """A dumbbell for each key figure on a scale of its own: base and plan with their intervals, and the difference."""
    shown = [each for each in shown_of(found, plan) if np.isfinite([each.base, each.other]).all()]
    if not shown:
        return None
    caption = say("compare.figure.sides.caption", lang, interval=interval_name(found, lang))
    size = (9.0, 1.9 + _ROW_INCHES * len(shown))
    title = say("compare.figure.sides.title", lang)
    figure = canvas(size, title, caption, _stamp(found, plan, lang), legend_lines=2)
    panels = figure.subplots(len(shown), 1, squeeze=False)[:, 0]
    for axes, each in zip(panels, shown, strict=True):
        _dumbbell(axes, each, lang)
    titles = {name: say(f"compare.figure.{name}", lang, title=found.titles[key]) for name, key in _both(found, plan)}
    panels[0].plot([], [], "o", color=BLUE, mfc="white", label=titles["base"])
    panels[0].plot([], [], "o", color=VERMILION, label=titles["plan"])
    legend(figure, panels[0], 1)
    return figure


def _both(found: Comparison, plan: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("base", found.base), ("plan", plan)


def _dumbbell(axes: "Axes", each: Difference, lang: str) -> None:
    axes.plot([each.base, each.other], [0, 0], color="#999999", lw=3, solid_capstyle="round", zorder=1)
    _side(axes, each.base, each.base_ends, 0.32, BLUE, "white")
    _side(axes, each.other, each.other_ends, -0.32, VERMILION, VERMILION)
    axes.set_ylim(-0.9, 0.9)
    axes.set_yticks([0], [figure_name(each.key, lang)])
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelsize=7.5, pad=1)
    axes.spines["left"].set_visible(False)
    unit = each.change.unit
    axes.xaxis.set_major_formatter(lambda value, _: numbers.as_written(float(f"{value:.6g}"), lang, unit))
    axes.locator_params(axis="x", nbins=5)
    place: dict[str, Any] = {"transform": axes.transAxes, "va": "center", "fontsize": 8.5, "color": INK}
    axes.text(1.02, 0.5, difference_text(each, lang), **place)


def _side(axes: "Axes", mean: float, ends: tuple[float, float], height: float, colour: str, fill: str) -> None:
    """One end of a dumbbell, and its interval beside it."""
    if np.isfinite(ends).all():
        axes.plot(list(ends), [height, height], color=colour, lw=1.2)
    axes.plot([mean], [0], "o", color=colour, mfc=fill, ms=7, zorder=3)


def draw_hours(found: Comparison, plan: str, lang: str) -> "Figure | None":
    """More or fewer persons reached by the hour of the first attempt, each with its interval."""
    hourly = [found.get(plan, Key("persons_reached", hour=hour)) for hour in HOURS]
    known = [each for each in hourly if each is not None]
    if len(known) < len(HOURS):
        return None
    caption = say("compare.figure.hours.caption", lang, interval=interval_name(found, lang))
    figure = canvas((9.0, 4.6), say("compare.figure.hours.title", lang), caption, _stamp(found, plan, lang))
    axes = figure.subplots()
    middle = np.arange(len(HOURS)) + 0.5
    mean, low, high = (np.array([getattr(each.change, name) for each in known]) for name in ("mean", "low", "high"))
    colours = [BLUE if value >= 0 else ORANGE for value in mean]
    axes.bar(middle, mean, width=0.82, color=colours, hatch=["" if value >= 0 else "///" for value in mean])
    ends = np.nan_to_num(np.array([low, high]), nan=0.0)
    axes.vlines(middle, *np.where(np.isfinite([low, high]), ends, mean), color=INK, lw=1.2)
    axes.axhline(0, color=INK, lw=0.8)
    axes.set_ylabel(say("compare.figure.hours.axis", lang))
    number_axis(axes.yaxis, lang)
    clock_axis(axes, lang, last=True)
    return figure
