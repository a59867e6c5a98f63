"""Figures: `canvas` is what they are drawn on, each other module draws those of one kind of answer.

The only room that knows matplotlib, which is imported when something is drawn.
"""

from simulator.report.figures.whole import figures

__all__ = ["figures"]
