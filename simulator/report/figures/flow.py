"""The flow chart of an attempt: what may happen to it, as the base model has it. The same for every scenario.

Beside it stands the same as a table. Knows the closed list of fates; nothing of results.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from simulator.report.figures.canvas import BLUE, INK, PALE, draw
from simulator.report.tables import Column, Table
from simulator.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PLACES = {
    "try": (0.08, 0.62),
    "open": (0.32, 0.62),
    "free": (0.53, 0.62),
    "answered": (0.92, 0.62),
    "closed": (0.32, 0.36),
    "turns": (0.53, 0.36),
    "queue": (0.76, 0.36),
    "gives_up": (0.76, 0.10),
    "again": (0.32, 0.10),
    "lost": (0.05, 0.10),
}
"""Where each box stands."""
ARROWS = (
    ("try", "open", ""),
    ("open", "free", "yes"),
    ("open", "closed", "no"),
    ("free", "answered", "yes"),
    ("free", "turns", "no"),
    ("free", "queue", "no"),
    ("queue", "answered", ""),
    ("queue", "gives_up", ""),
    ("closed", "again", ""),
    ("turns", "again", ""),
    ("gives_up", "again", ""),
    ("again", "try", "yes"),
    ("again", "lost", "no"),
)
"""From where to where, and on which answer."""
_ENDS = ("answered", "lost")


def flow_figure(name: str, stamp: str, lang: str) -> dict[str, bytes]:
    """The chart as ``<name>.svg`` and ``<name>.png``, with the stamp of the document that it stands in."""
    return draw({name: lambda: _figure(stamp, lang)})


def flow_table(lang: str) -> Table:
    """The chart as a table: from each box, what may come next."""
    rows = []
    for place in PLACES:
        after = [_after(other, answer, lang) for here, other, answer in ARROWS if here == place]
        if after:
            rows.append((_name(place, lang), "; ".join(after)))
    columns = tuple(Column(say(f"figure.flow.{each}", lang), is_figure=False) for each in ("from", "to"))
    return Table(say("figure.flow.table", lang), columns, tuple(rows))


def _after(place: str, answer: str, lang: str) -> str:
    name = _name(place, lang)
    return say("document.colon", lang, name=say(f"figure.flow.{answer}", lang), text=name) if answer else name


def _name(place: str, lang: str) -> str:
    return " ".join(say(f"figure.flow.{place}", lang).split())


def _figure(stamp: str, lang: str) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.0, 4.2), layout="constrained")
    figure.suptitle(say("figure.flow.title", lang), x=0.01, ha="left", fontsize=14, fontweight="bold", color=INK)
    caption = "\n".join([say("figure.flow.caption", lang), *([stamp] if stamp else [])])
    figure.supxlabel(caption, x=0.01, ha="left", fontsize=8.5, color="#444444")
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 0.75)
    boxes = {place: _box(axes, place, lang) for place in PLACES}
    for here, other, answer in ARROWS:
        _arrow(axes, boxes, here, other, say(f"figure.flow.{answer}", lang) if answer else "")
    return figure


def _box(axes: "Axes", place: str, lang: str) -> Any:
    shape = {"boxstyle": "round,pad=0.45", "fc": PALE if place in _ENDS else "white", "ec": BLUE, "lw": 1.4}
    look: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 9, "color": INK, "bbox": shape, "zorder": 3}
    return axes.text(*PLACES[place], say(f"figure.flow.{place}", lang), **look).get_bbox_patch()


def _arrow(axes: "Axes", boxes: Mapping[str, Any], here: str, other: str, answer: str) -> None:
    start, end = PLACES[here], PLACES[other]
    look: dict[str, Any] = {"arrowstyle": "-|>", "color": INK, "lw": 1.0, "patchA": boxes[here], "patchB": boxes[other]}
    axes.annotate("", xy=end, xytext=start, arrowprops={**look, "shrinkA": 2, "shrinkB": 2}, zorder=2)
    if answer:
        middle = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
        paper = {"fc": "white", "ec": "none", "pad": 1.5}
        axes.text(*middle, answer, ha="center", va="center", fontsize=8.5, color=INK, zorder=4, bbox=paper)
