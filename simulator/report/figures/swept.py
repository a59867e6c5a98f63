"""The figures of a sweep: heat maps of a grid, lines along one thing that is varied, tornados.

What a figure says in numbers stands in the tables of `simulator.report.swept` and in the tidy table.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.report.figures.canvas import (
    BLUE,
    COLOUR_STEPS,
    INK,
    ORANGE,
    PALE,
    Make,
    canvas,
    draw,
    number_axis,
    stamp_of,
)
from simulator.report.swept import Drawn, cell, denominator, effect_value, figure_name, short, value_name
from simulator.service.keys import Key
from simulator.study.estimates import Estimate
from simulator.study.sweep.effects import Effect, by_figure
from simulator.study.sweep.factors import Factor
from simulator.study.sweep.table import Swept
from simulator.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_MEASURES, MOST_PAIRS, MOST_FACTORS = 4, 6, 12
"""Figures, pairs of factors, and bars of a tornado that are drawn; the tables hold the rest."""
_LARGEST_MAP = 30
"""Values along one side of a heat map that can still be read."""
_DARK = 0.6


def figures(found: Swept, lang: str) -> tuple[dict[str, bytes], list[Drawn]]:
    """Every figure of a sweep as ``<name>.svg`` and ``<name>.png``, and what they are, in their order."""
    wanted = list(listed(found, lang))
    makes: dict[str, Make] = {each.drawn.name: each.make for each in wanted}
    return draw(makes), [each.drawn for each in wanted]


@dataclass(frozen=True)
class Wanted:
    """A figure that a sweep has, and what draws it."""

    drawn: Drawn
    make: Callable[[], "Figure | None"]


def listed(found: Swept, lang: str) -> Iterator[Wanted]:
    """The figures of a sweep in their order; nothing is drawn yet."""
    plan = found.plan
    for figure, key in enumerate(plan.measures[:MOST_MEASURES]):
        name = figure_name(key, lang)
        if plan.design == "grid" and len(plan.factors) == 1:
            yield Wanted(Drawn(f"line-{figure + 1}", "lines", name), partial(_line, found, figure, lang))
        if plan.design == "grid":
            for number, pair in enumerate(list(combinations(range(len(plan.factors)), 2))[:MOST_PAIRS]):
                if all(len(plan.factors[place].alternatives) <= _LARGEST_MAP for place in pair):
                    drawn = Drawn(f"map-{figure + 1}-{number + 1}", "maps", name)
                    yield Wanted(drawn, partial(_map, found, figure, pair, lang))
        if by_figure(found.effects, key):
            yield Wanted(Drawn(f"tornado-{figure + 1}", "tornado", name), partial(_tornado, found, key, lang))


def _stamp(found: Swept, lang: str) -> str:
    plan, version = found.plan, str(found.manifest["version"])
    return stamp_of(plan.title, plan.name, found.fingerprint, version, lang)


def _shown(found: Swept, point: int, figure: int) -> Estimate:
    """What is drawn of a point: the difference to what points are held against, where there is something."""
    return found.difference(point, figure) or found.estimate(point, figure)


def _title(found: Swept, key: Key, lang: str) -> str:
    name, against = figure_name(key, lang), found.plan.against
    return name if against is None else say("sweep.map.title.difference", lang, measure=name)


def _of_what(found: Swept, figure: int, lang: str) -> str:
    """What the numbers of a figure count, and what was taken off them."""
    unit, against = denominator(found.plan.units[figure], lang), found.plan.against
    if against is None:
        return unit
    return f"{unit}. {say('sweep.differences.caption', lang, base=against.title)}"


def _band(found: Swept, lang: str) -> str:
    return say(f"sweep.band.{'worlds' if found.worlds > 1 else 'one'}", lang)


# --- heat maps -------------------------------------------------------------------------------------------------------


def _map(found: Swept, figure: int, pair: tuple[int, int], lang: str) -> "Figure":
    """One figure over two factors; the others at their middle value."""
    plan, key = found.plan, found.plan.measures[figure]
    down, across = (plan.factors[place] for place in pair)
    middle = [float((len(factor.alternatives) - 1) // 2) for factor in plan.factors]
    rest = [
        say("sweep.value", lang, factor=short(factor.name), value=value_name(factor, middle[place], lang))
        for place, factor in enumerate(plan.factors)
        if place not in pair
    ]
    fixed = say("sweep.map.fixed", lang, values="; ".join(rest)) if rest else ""
    caption = say("sweep.map.caption", lang, denominator=_of_what(found, figure, lang), fixed=fixed)
    rows, columns = len(down.alternatives), len(across.alternatives)
    size = (max(9.0, 2.6 + 1.25 * columns), 2.2 + 0.5 * rows)
    drawn = canvas(size, _title(found, key, lang), caption, _stamp(found, lang))
    axes = drawn.subplots()
    cells = {}
    for row in range(rows):
        for column in range(columns):
            place = list(middle)
            place[pair[0]], place[pair[1]] = float(row), float(column)
            cells[row, column] = _shown(found, _point_at(found, place), figure)
    _paint(axes, cells, (rows, columns), key, lang)
    _name_axis(axes.yaxis, axes.set_yticks, down, lang)
    _name_axis(axes.xaxis, axes.set_xticks, across, lang)
    return drawn


def _point_at(found: Swept, place: list[float]) -> int:
    """The point of a grid at some coordinates; the last factor moves fastest."""
    point = 0
    for at, factor in zip(place, found.plan.factors, strict=True):
        point = point * len(factor.alternatives) + int(at)
    return point


def _name_axis(axis: Any, set_ticks: Any, factor: Factor, lang: str) -> None:
    names = [value_name(factor, float(place), lang) for place in range(len(factor.alternatives))]
    set_ticks(np.arange(len(names)) + 0.5, names)
    axis.set_label_text(short(factor.name))


def _paint(axes: "Axes", cells: dict[tuple[int, int], Estimate], shape: tuple[int, int], key: Key, lang: str) -> None:
    from matplotlib import colormaps
    from matplotlib.colors import Normalize

    means = np.full(shape, np.nan)
    for place, each in cells.items():
        means[place] = each.mean
    low, high = (float(np.nanmin(means)), float(np.nanmax(means))) if np.isfinite(means).any() else (0.0, 1.0)
    both_ways = low < 0 < high
    if both_ways:  # a difference: the middle of the colours is no difference
        low, high = -max(-low, high), max(-low, high)
    norm = Normalize(low, high if high > low else low + 1.0)
    colours = colormaps["PuOr_r" if both_ways else "YlOrBr"].resampled(COLOUR_STEPS)
    axes.set_facecolor(PALE)
    axes.pcolormesh(np.ma.masked_invalid(means), cmap=colours, norm=norm, edgecolors="white", linewidth=1.0)
    for (row, column), each in cells.items():
        share = float(norm(each.mean)) if np.isfinite(each.mean) else 0.0
        is_dark = abs(share - 0.5) > _DARK / 2 if both_ways else share > _DARK
        text = cell(each, key, lang, ends=False)
        look: dict[str, Any] = {"fontsize": 9, "color": "white" if is_dark else INK}
        axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", **look)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


# --- lines -----------------------------------------------------------------------------------------------------------


def _line(found: Swept, figure: int, lang: str) -> "Figure":
    """One figure along the one factor that is varied, with its interval."""
    plan, key, (factor,) = found.plan, found.plan.measures[figure], found.plan.factors
    told = {"denominator": _of_what(found, figure, lang), "band": _band(found, lang)}
    drawn = canvas((9, 4.8), _title(found, key, lang), say("sweep.line.caption", lang, **told), _stamp(found, lang))
    axes = drawn.subplots()
    shown = [_shown(found, point, figure) for point in range(len(plan))]
    if factor.is_number:
        along = np.array([factor.number(at) for at in plan.points[:, 0]], dtype=np.float64)
        number_axis(axes.xaxis, lang)
    else:
        along = np.arange(len(plan), dtype=np.float64)
        axes.set_xticks(along, [value_name(factor, at, lang) for at in plan.points[:, 0]])
    order = np.argsort(along, kind="stable")
    means, lows, highs = np.array([[each.mean, each.low, each.high] for each in shown])[order].T
    axes.fill_between(along[order], lows, highs, color=BLUE, alpha=0.2, linewidth=0)
    axes.plot(along[order], means, color=BLUE, marker="o")
    if plan.against is not None:
        axes.axhline(0, color=INK, linewidth=0.8)
    number_axis(axes.yaxis, lang)
    axes.set_ylabel(denominator(plan.units[figure], lang))
    axes.set_xlabel(short(factor.name))
    return drawn


# --- tornados --------------------------------------------------------------------------------------------------------


def _tornado(found: Swept, key: Key, lang: str) -> "Figure":
    """What each factor does to one figure, the strongest on top."""
    groups = dict(list(by_figure(found.effects, key).items())[:MOST_FACTORS])
    unit = next(iter(groups.values()))[0].unit
    words = "lines" if found.explained else "base"
    told = {"denominator": denominator(unit, lang), "band": _band(found, lang)}
    title = say("sweep.tornado.title", lang, measure=figure_name(key, lang))
    caption = say(f"sweep.tornado.caption.{words}", lang, **told)
    drawn = canvas((9, 2.0 + 0.62 * len(groups)), title, caption, _stamp(found, lang))
    axes = drawn.subplots()
    for place, effects in enumerate(groups.values()):
        known = sorted((each for each in effects if np.isfinite(each.mean)), key=lambda each: each.mean)
        for each in {id(end): end for end in (known[:1] + known[-1:])}.values():
            _bar(axes, place, each, lang)
    axes.set_yticks(range(len(groups)), [short(name) for name in groups])
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    axes.axvline(0, color=INK, linewidth=1.0)
    axes.margins(x=0.25)
    axes.set_xlabel(denominator(unit, lang))
    number_axis(axes.xaxis, lang)
    return drawn


def _bar(axes: "Axes", place: int, effect: Effect, lang: str) -> None:
    """From no change to the effect, its interval as a thin line, its value at its end."""
    up = effect.mean >= 0
    hatch: dict[str, Any] = {"color": BLUE} if up else {"color": ORANGE, "hatch": "////", "edgecolor": "white"}
    axes.barh(place, effect.mean, height=0.55, **hatch)
    if np.isfinite(effect.low) and np.isfinite(effect.high):
        axes.plot([effect.low, effect.high], [place, place], color=INK, linewidth=1.0)
    ends = [value for value in (effect.mean, effect.low, effect.high) if np.isfinite(value)]
    label = effect_value(effect, lang)
    look: dict[str, Any] = {"textcoords": "offset points", "va": "center", "fontsize": 8.5, "color": INK}
    if up:
        axes.annotate(label, (max(ends), place), (4, 0), ha="left", **look)
    else:
        axes.annotate(label, (min(ends), place), (-4, 0), ha="right", **look)
