"""The figures of a staffing requirement: people needed as steps over the day, and the share that each half-hour gets.

What a figure says in numbers stands in the tables of `simulator.report.staffed`.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.report import numbers
from simulator.report.figures.canvas import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    VERMILION,
    Make,
    canvas,
    draw,
    legend,
    number_axis,
    stamp_of,
)
from simulator.report.staffed import class_days, day_classes, days_name, slot_words, target_text
from simulator.study.staffing.answer import ITERATED, TODAY, Staffing
from simulator.study.staffing.columns import MOL, SIPP
from simulator.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LOOKS: Mapping[str, Mapping[str, Any]] = {
    TODAY: {"color": "#777777", "linestyle": (0, (5, 1, 1, 1)), "linewidth": 1.4},
    SIPP: {"color": ORANGE, "linestyle": "--", "linewidth": 1.8},
    MOL: {"color": GREEN, "linestyle": ":", "linewidth": 2.0},
    ITERATED: {"color": BLUE, "linestyle": "-", "linewidth": 3.0},
}
"""Staffings in the order they are drawn, the answer on top."""
_MARKS: Mapping[str, Mapping[str, Any]] = {
    SIPP: {"color": ORANGE, "marker": "s", "markersize": 4, "linestyle": "none"},
    MOL: {"color": GREEN, "marker": "^", "markersize": 4.5, "linestyle": "none"},
}
_LONG_DAY_H = 12
_MOST_PANELS = 7


def figures(found: Staffing, lang: str) -> dict[str, bytes]:
    """Both figures as ``<name>.svg`` and ``<name>.png``."""
    makes: dict[str, Make] = {
        "staffing": partial(_panels, found, lang, "staffing", _steps),
        "shares": partial(_panels, found, lang, "shares", _shares),
    }
    return draw(makes)


def _panels(
    found: Staffing, lang: str, name: str, fill: Callable[["Axes", Staffing, Sequence[int], str], None]
) -> "Figure":
    """One panel for each kind of day, on one clock."""
    classes = day_classes(found)[:_MOST_PANELS]
    made, scenario = found.manifest, found.scenario
    stamp = stamp_of(scenario["title"], scenario["name"], made["fingerprint"], made["version"], lang)
    words = slot_words(found, lang)
    caption = say(
        f"staff.figure.{name}.caption",
        lang,
        target=target_text(found, lang),
        channel=say(f"staff.channel_of.{found.channel}", lang),
        **words,
    )
    size = (9.0, 2.0 + 2.1 * len(classes))
    figure = canvas(size, say(f"staff.figure.{name}.title", lang, **words), caption, stamp, legend_lines=2)
    panels = figure.subplots(len(classes), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    for axes, groups in zip(panels, classes, strict=True):
        fill(axes, found, groups, lang)
        axes.set_title(days_name(class_days(found, groups), lang))
    _clock(panels[-1], found, lang)
    legend(figure, panels[0], columns=3)
    return figure


def _clock(axes: "Axes", found: Staffing, lang: str) -> None:
    """Hours from the first opening to the last closing, past midnight where need be."""
    starts = [group.minute / 60 for group in found.slots.groups]
    first, last = int(min(starts)), int(np.ceil(max(starts) + found.slots.step_min / 60))
    step = 2 if last - first > _LONG_DAY_H else 1
    axes.set_xlim(first, last)
    axes.set_xticks(range(first, last + 1, step), [f"{hour % 24:02d}" for hour in range(first, last + 1, step)])
    axes.set_xlabel(say("figure.clock", lang))


def _edges(found: Staffing, groups: Sequence[int]) -> np.ndarray:
    """Starts of the half-hours in hours."""
    return np.array([found.slots.groups[group].minute / 60 for group in groups])


def _steps(axes: "Axes", found: Staffing, groups: Sequence[int], lang: str) -> None:
    """People in each half-hour; where the channel is closed in between the line is broken."""
    from matplotlib.ticker import MaxNLocator

    starts, step = _edges(found, groups), found.slots.step_min / 60
    for name, look in _LOOKS.items():
        people = found.alternatives[name].people[list(groups)]
        for place, run in enumerate(np.split(np.arange(len(starts)), np.flatnonzero(np.diff(starts) > 1.5 * step) + 1)):
            edges = np.append(starts[run], starts[run[-1]] + step)
            label = say(f"staff.method.{name}", lang) if place == 0 else None
            axes.stairs(people[run], edges, baseline=None, label=label, **look)
    axes.set_ylim(bottom=0)
    axes.margins(y=0.15)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylabel(say("staff.figure.people", lang))
    number_axis(axes.yaxis, lang)


def _shares(axes: "Axes", found: Staffing, groups: Sequence[int], lang: str) -> None:
    """The share in each half-hour, with its interval for the answer."""
    middle = _edges(found, groups) + found.slots.step_min / 120
    chosen, answer = list(groups), found.answer
    for name, look in _MARKS.items():
        axes.plot(middle, found.alternatives[name].share[chosen], label=say(f"staff.method.{name}", lang), **look)
    noise = np.nan_to_num(answer.noise[chosen])
    look = {"fmt": "o", "color": BLUE, "ecolor": INK, "capsize": 2, "markersize": 5, "linewidth": 1}
    axes.errorbar(middle, answer.share[chosen], noise, label=say(f"staff.method.{ITERATED}", lang), **look)
    axes.axhline(found.target.share, color=VERMILION, linewidth=1.4, label=say("staff.figure.target", lang))
    axes.set_ylabel(say("staff.figure.share", lang))
    axes.yaxis.set_major_formatter(lambda value, _: numbers.as_written(float(f"{value:.6g}"), lang, "share"))
