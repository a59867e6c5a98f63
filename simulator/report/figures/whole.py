"""The four figures of a result, as SVG and PNG with the same bytes on every run.

No figure and no drawing state is kept; what a figure says in numbers stands in the table of the same name in `tables`.
"""

import textwrap
from collections.abc import Callable, Mapping
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.report import numbers
from simulator.report.figures.canvas import (
    BLUE,
    COLOUR_STEPS,
    GREEN,
    INK,
    ORANGE,
    PALE,
    VERMILION,
    canvas,
    clock_axis,
    draw,
    legend,
    number_axis,
    stamp_of,
)
from simulator.report.hours import open_minutes, stretches
from simulator.report.profile import Shapes, shapes_of
from simulator.report.span import say_spanned
from simulator.report.tables import HOURS, LIVE, SiteRow, cell, channel_name, find, possible, site_rows
from simulator.study.estimates import Estimate, Result
from simulator.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LINES = ("--", ":", "-.", (0, (5, 1, 1, 1, 1, 1)))
_SHAPE_COLOURS = (VERMILION, "#000000", "#CC79A7", "#56B4E9")


def figures(result: Result, lang: str = "nb") -> dict[str, bytes]:
    """Every figure that the result has rows for, as ``<name>.svg`` and ``<name>.png``."""
    makes: Mapping[str, Callable[[Result, str], Figure | None]] = {
        "reached-by-hour": draw_hours,
        "unanswered-by-week": draw_week,
        "answered-by-site": draw_sites,
        "demand-profile": draw_profile,
    }
    return draw({name: partial(make, result, lang) for name, make in makes.items()})


def _canvas(
    result: Result, lang: str, size: tuple[float, float], title: str, caption: str, legend_lines: int = 0
) -> "Figure":
    """A canvas stamped with the scenario of a result."""
    scenario = result.scenario
    stamp = stamp_of(
        str(scenario["title"]), str(scenario["name"]), scenario["fingerprint"], result.manifest["version"], lang
    )
    return canvas(size, title, caption, stamp, legend_lines)


def _shade_open(axes: "Axes", result: Result, channel: str, lang: str) -> None:
    """Tint the open hours of an ordinary week, paler where only some weekdays are open, and edge them on top."""
    week = result.scenario.get("open_windows", {}).get(channel, {})
    for start, end, share in stretches(open_minutes(week)):
        axes.axvspan(start, end, color=GREEN, alpha=0.16 * share, lw=0, zorder=0)
        axes.axvspan(start, end, ymin=0.975, color=GREEN, alpha=0.25 + 0.75 * share, lw=0, zorder=0)
    axes.axvspan(0, 0, color=GREEN, alpha=0.4, lw=0, label=say("figure.open", lang))


def draw_hours(result: Result, lang: str) -> "Figure | None":
    """Reached and unanswered persons by clock hour of the first attempt, against the open hours."""
    channels = [channel for channel in LIVE if find(result, "unanswered", channel=channel, hour=HOURS[0])]
    if not channels:
        return None
    words = say("figure.hours.title", lang), say("figure.hours.caption", lang)
    figure = _canvas(result, lang, (9, 1.8 + 2.6 * len(channels)), *words, legend_lines=1)
    panels = figure.subplots(len(channels), 1, sharex=True, squeeze=False)[:, 0]
    for axes, channel in zip(panels, channels, strict=True):
        _hour_bars(axes, result, channel, lang)
        clock_axis(axes, lang, last=channel == channels[-1])
    legend(figure, panels[0], columns=4)
    return figure


def _by_hour(result: Result, measure: str, channel: str) -> NDArray[np.float64]:
    """Mean, low and high by clock hour, shape (3, 24); 0 where there is no such row."""
    found = [find(result, measure, channel=channel, hour=hour) for hour in HOURS]
    rows = np.array([[e.mean, *possible(e)] if e else [0.0] * 3 for e in found], dtype=np.float64)
    return np.asarray(np.nan_to_num(rows.T))


def _hour_bars(axes: "Axes", result: Result, channel: str, lang: str) -> None:
    """Bars of one channel: unanswered below with its interval, reached above."""
    unanswered, low, high = _by_hour(result, "unanswered", channel)
    reached = _by_hour(result, "persons_reached", channel)[0]
    middle = np.arange(24) + 0.5
    bars: dict[str, Any] = {"width": 0.82, "edgecolor": "white", "linewidth": 0.5}
    axes.bar(middle, unanswered, color=ORANGE, hatch="////", label=say("figure.unanswered", lang), **bars)
    axes.bar(middle, reached, bottom=unanswered, color=BLUE, label=say("figure.reached", lang), **bars)
    error = np.abs(np.array([unanswered - low, high - unanswered]))
    whiskers: dict[str, Any] = {"fmt": "none", "ecolor": INK, "capsize": 2, "linewidth": 1}
    axes.errorbar(middle, unanswered, error, label=say("figure.interval", lang), **whiskers)
    axes.set_title(say("figure.first_channel", lang, channel=say(f"channel.{channel}", lang)))
    axes.set_ylabel(say_spanned(result, "figure.persons_axis", lang))
    axes.margins(y=0.12)
    _shade_open(axes, result, channel, lang)
    number_axis(axes.yaxis, lang)


def draw_week(result: Result, lang: str) -> "Figure | None":
    """Unanswered persons by weekday and clock hour of the first attempt, the open windows outlined."""
    shown = {channel: grid for channel in LIVE if (grid := _by_week(result, channel))}
    if not shown:
        return None
    caption = say_spanned(result, "figure.week.caption", lang, smallest=numbers.SMALLEST_COUNT)
    figure = _canvas(result, lang, (10.5, 1.6 + 2.7 * len(shown)), say("figure.week.title", lang), caption)
    panels = figure.subplots(len(shown), 1, sharex=True, squeeze=False)[:, 0]
    highest = max(numbers.SMALLEST_COUNT + 1.0, *(each.mean for grid in shown.values() for each in grid.values()))
    for axes, (channel, grid) in zip(panels, shown.items(), strict=True):
        image = _heat(axes, grid, highest, lang)
        _outline(axes, open_minutes(result.scenario.get("open_windows", {}).get(channel, {})))
        axes.set_title(say("figure.first_channel", lang, channel=say(f"channel.{channel}", lang)))
        axes.set_yticks(np.arange(7) + 0.5, [numbers.weekday(day, lang) for day in numbers.WEEKDAYS])
        clock_axis(axes, lang, last=axes is panels[-1])
    bar = figure.colorbar(
        image, ax=list(panels), label=say_spanned(result, "figure.week.scale", lang), fraction=0.03, pad=0.02
    )
    number_axis(bar.ax.yaxis, lang)
    return figure


def _by_week(result: Result, channel: str) -> dict[tuple[int, int], Estimate]:
    """Unanswered persons by (weekday, hour), for the rows that the result has."""
    cells = product(enumerate(numbers.WEEKDAYS), enumerate(HOURS))
    found = {
        (row, column): find(result, "unanswered", channel=channel, weekday=day, hour=hour)
        for (row, day), (column, hour) in cells
    }
    return {place: each for place, each in found.items() if each is not None}


def _heat(axes: "Axes", grid: Mapping[tuple[int, int], Estimate], highest: float, lang: str) -> Any:
    """Coloured cells with their numbers; small counts grey with a dot."""
    from matplotlib import colormaps
    from matplotlib.colors import Normalize

    norm = Normalize(numbers.SMALLEST_COUNT, highest)
    means = np.full((7, 24), np.nan)
    for place, each in grid.items():
        means[place] = each.mean
        text = "•" if numbers.is_small(each.mean) else cell(each, lang, ends=False)
        look: dict[str, Any] = {"fontsize": 6.5, "color": "white" if norm(each.mean) > 0.6 else INK, "zorder": 3}
        axes.text(place[1] + 0.5, place[0] + 0.5, text, ha="center", va="center", **look)
    painted = np.ma.masked_where(~(means >= numbers.SMALLEST_COUNT), means)
    axes.set_facecolor(PALE)
    colours = colormaps["YlOrBr"].resampled(COLOUR_STEPS)
    image = axes.pcolormesh(painted, cmap=colours, norm=norm, edgecolors="white", linewidth=0.5)
    axes.invert_yaxis()
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return image


def _outline(axes: "Axes", is_open: NDArray[np.bool_]) -> None:
    """A thick line around the open minutes, shape (7, 1440), however the windows lie."""
    from matplotlib.collections import LineCollection

    lines: list[list[tuple[float, float]]] = []
    across = np.pad(is_open, ((1, 1), (0, 0)))
    for row in range(8):
        edge = np.diff(np.pad(across[row] != across[row + 1], 1).astype(int))
        pairs = zip(np.flatnonzero(edge == 1), np.flatnonzero(edge == -1), strict=True)
        lines += [[(start / 60, row), (end / 60, row)] for start, end in pairs]
    along = np.diff(np.pad(is_open, ((0, 0), (1, 1))).astype(int), axis=1)
    lines += [[(minute / 60, row), (minute / 60, row + 1)] for row, minute in np.argwhere(along)]
    axes.add_collection(LineCollection(lines, colors=BLUE, linewidths=2.2, capstyle="projecting", clip_on=False))


def draw_sites(result: Result, lang: str) -> "Figure | None":
    """Answered calls by site with intervals, the largest first, small ones together."""
    rows = [row for row in site_rows(result, lang) if row.answered.mean > 0]
    if not rows:
        return None
    words = say("figure.sites.title", lang), say_spanned(result, "figure.sites.caption", lang)
    figure = _canvas(result, lang, (9, 1.9 + 0.32 * len(rows)), *words)
    axes = figure.subplots()
    counts = [row.answered for row in rows]
    means = np.array([each.mean for each in counts])
    lows, highs = np.array([possible(each) for each in counts]).T
    ends = np.nan_to_num([means - lows, highs - means])
    places = np.arange(len(rows))
    axes.barh(places, means, height=0.7, color=BLUE)
    axes.errorbar(means, places, xerr=np.abs(ends), fmt="none", ecolor=INK, capsize=2.5, lw=1.2)
    for place, row in enumerate(rows):
        reach = np.nanmax([row.answered.mean, row.answered.high]) + 0.012 * means.max()
        axes.text(reach, place, _site_label(row, lang), va="center", fontsize=9, color=INK)
    axes.set_yticks(places, ["\n".join(textwrap.wrap(row.name, 34)) for row in rows])
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(0, 1.6 * means.max())
    axes.set_xlabel(say_spanned(result, "figure.sites.axis", lang))
    number_axis(axes.xaxis, lang)
    return figure


def _site_label(row: SiteRow, lang: str) -> str:
    if numbers.is_small(row.answered.mean):
        return numbers.suppressed(lang)
    count = cell(row.answered, lang)
    return count if row.share is None else f"{count} · {cell(row.share, lang, ends=False)}"


def draw_profile(result: Result, lang: str) -> "Figure | None":
    """The demand put in: every shape of the day by channel, the used one thick and named."""
    shapes = shapes_of(result)
    if not shapes.channels:
        return None
    size = (9, 2.0 + 2.4 * len(shapes.channels))
    figure = _canvas(result, lang, size, say("figure.profile.title", lang), shapes.caption(lang), legend_lines=2)
    panels = figure.subplots(len(shapes.channels), 1, sharex=True, squeeze=False)[:, 0]
    for axes, channel in zip(panels, shapes.channels, strict=True):
        _steps(axes, shapes, channel, lang)
        _shade_open(axes, result, channel, lang)
        axes.set_title(channel_name(channel, lang))
        axes.set_ylabel(say("figure.profile.axis", lang))
        clock_axis(axes, lang, last=channel == shapes.channels[-1])
        number_axis(axes.yaxis, lang)
    legend(figure, panels[0], columns=2)
    return figure


def _steps(axes: "Axes", shapes: Shapes, channel: str, lang: str) -> None:
    """One channel's shapes as steps over the clock hours."""
    others = [name for name in shapes.by_name if name != shapes.used]
    looks = {name: (_SHAPE_COLOURS[i % 4], _LINES[i % 4], 1.5, 2) for i, name in enumerate(others)}
    for name, day in shapes.by_name.items():
        if channel in day:
            colour, line, width, order = looks.get(name, (BLUE, "-", 3.0, 3))
            look: dict[str, Any] = {"color": colour, "linestyle": line, "linewidth": width, "zorder": order}
            label = shapes.label(name, lang)
            axes.stairs(np.asarray(day[channel]), np.arange(25), baseline=None, label=label, **look)
    axes.margins(y=0.1)
    axes.set_ylim(bottom=0)
