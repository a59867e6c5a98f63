"""Paper and pens of every figure: style, colours, title and stamp, axes in the language, bytes that do not change.

Knows matplotlib and how figures look; nothing of what they show.
"""

import textwrap
import warnings
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any

from simulator.report import numbers
from simulator.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, VERMILION, INK, PALE = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#222222", "#E8E8E8"
"""Okabe and Ito (2008), colours that the colour-blind tell apart; every colour has a second cue beside it."""
_STYLE: Mapping[str, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "figure.facecolor": "white",
    "hatch.linewidth": 0.7,
    "savefig.dpi": 150,
    "svg.fonttype": "path",
    "svg.hashsalt": "opening-hours",
    "text.parse_math": False,
}
_UNDATED: Mapping[str, Mapping[str, None]] = {
    "svg": {"Date": None, "Creator": None, "Format": None, "Type": None},
    "png": {"Software": None},
}
COLOUR_STEPS = 32
"""Few enough for the colour scale to be drawn as shapes: a page that allows no images would not show it as one."""

Make = Callable[[], "Figure | None"]
"""Draws one figure, or has nothing to draw."""


def draw(figures: Mapping[str, Make]) -> dict[str, bytes]:
    """Every figure that has something to show, as ``<name>.svg`` and ``<name>.png``.

    Parameters
    ----------
    figures
        Name -> what draws it; called with the style in place.
    """
    from matplotlib import style

    drawn: dict[str, bytes] = {}
    with style.context(["default", dict(_STYLE)]), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # a title may hold signs that the font lacks
        for name, make in figures.items():
            if (figure := make()) is not None:
                for kind in _UNDATED:
                    drawn[f"{name}.{kind}"] = _bytes(figure, kind)
                    figure.set_layout_engine("none")  # to find out where everything lies takes half the time: once
    return drawn


def _bytes(figure: "Figure", kind: str) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    FigureCanvasAgg(figure)
    buffer = BytesIO()
    figure.savefig(buffer, format=kind, metadata=dict(_UNDATED[kind]))
    return buffer.getvalue()


def canvas(size: tuple[float, float], title: str, caption: str, stamp: str, legend_lines: int = 0) -> "Figure":
    """An empty figure: its question above, with room for a legend, and what it shows, and of what, below.

    Parameters
    ----------
    size
        Width and height in inches.
    stamp
        Which scenario, fingerprint and version it is of (`stamp_of`).
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    lines = textwrap.wrap(caption, int(size[0] * 14.5))
    figure.suptitle(title + "\n" * legend_lines, x=0.01, ha="left", fontsize=14, fontweight="bold", color=INK)
    figure.supxlabel("\n".join([*lines, stamp]), x=0.01, ha="left", fontsize=8.5, color="#444444", linespacing=1.5)
    return figure


def stamp_of(title: str, name: str, fingerprint: str, version: str, lang: str) -> str:
    """The line under every figure that says what it is of."""
    short = {
        "title": textwrap.shorten(title, 70, placeholder=" …"),
        "name": textwrap.shorten(name, 40, placeholder=" …"),
    }
    return say("figure.stamp", lang, **short, fingerprint=fingerprint, version=version)


def legend(figure: "Figure", axes: "Axes", columns: int) -> None:
    """The legend under the figure's title, in the room that `canvas` keeps free."""
    handles, labels = axes.get_legend_handles_labels()
    below_title = 1 - 0.28 / figure.get_figheight()
    look: dict[str, Any] = {"ncols": columns, "frameon": False, "fontsize": 9}
    figure.legend(handles, labels, loc="upper left", bbox_to_anchor=(0.0, below_title), **look)


def clock_axis(axes: "Axes", lang: str, last: bool) -> None:
    """The hours of the day below; labelled where it is the last panel."""
    axes.set_xlim(0, 24)
    axes.set_xticks(range(0, 25, 2), [f"{hour:02d}" for hour in range(0, 25, 2)])
    if last:
        axes.set_xlabel(say("figure.clock", lang))


def number_axis(axis: Any, lang: str) -> None:
    """Numbers along an axis, written as in the language."""
    axis.set_major_formatter(lambda value, _: numbers.as_written(float(f"{value:.6g}"), lang))
