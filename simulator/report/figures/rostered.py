"""The figure of a roster: the need of each day of the week, and the people on duty above it."""

from functools import partial
from typing import TYPE_CHECKING

from simulator import __version__
from simulator.report import numbers
from simulator.report.figures.canvas import BLUE, INK, PALE, canvas, clock_axis, draw, legend, stamp_of
from simulator.report.rostered import FIGURE
from simulator.report.rostered_sheets import cover_rows
from simulator.scenario.schedule import MINUTES_PER_DAY, WEEKDAYS
from simulator.study.rostering.answer import Roster
from simulator.words import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def figures(found: Roster, lang: str) -> dict[str, bytes]:
    """The figure as ``<name>.svg`` and ``<name>.png``; none where there is no roster."""
    return draw({FIGURE: partial(draw_week, found, lang)}) if found.lines else {}


def draw_week(found: Roster, lang: str) -> "Figure":
    """A panel for each weekday: the need as an area, people on duty as a line."""
    stamp = stamp_of(found.scenario.title, found.scenario.name, found.fingerprint, __version__, lang)
    figure = canvas((9.0, 9.5), say("roster.figure.title", lang), say("roster.figure.caption", lang), stamp, 1)
    panels = figure.subplots(7, 1, sharex=True, sharey=True)
    spans = cover_rows(found)
    most = max(max(needed, on_duty) for _, _, needed, on_duty in spans)
    for day, axes in enumerate(panels):
        mine = [each for each in spans if each[0] // MINUTES_PER_DAY == day]
        edges = [(start - day * MINUTES_PER_DAY) / 60 for start, _, _, _ in mine] + [24.0]
        needed, on_duty = [each[2] for each in mine], [each[3] for each in mine]
        axes.stairs(needed, edges, fill=True, color=PALE, edgecolor=INK, label=say("roster.figure.need", lang))
        axes.stairs(on_duty, edges, color=BLUE, linewidth=1.8, label=say("roster.figure.on_duty", lang), baseline=None)
        axes.set_ylim(0, most + 0.6)
        axes.set_yticks(range(0, most + 1, max(1, most // 4)))
        axes.set_ylabel(numbers.weekday(WEEKDAYS[day], lang), rotation=0, ha="right", va="center")
        clock_axis(axes, lang, last=day == 6)
    legend(figure, panels[0], columns=2)
    return figure
