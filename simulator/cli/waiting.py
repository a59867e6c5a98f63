"""What is said while years are simulated: a bar with the time left, or one line where nobody watches.

On standard error, so that standard output is what was asked for. Knows nothing of what is simulated.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from simulator.words import say

if TYPE_CHECKING:
    from rich.console import Console

Told = Callable[[int, int, float | None], None]
"""Told of (years done, years in all, widest relative half-width); see `simulator.study.replicate.Progress`."""
PATIENCE_S = 5.0
"""How long a run may take before somebody who reads it in a file or a pipe is told how far it is: once."""
_MINUTE_S, _HOUR_S = 60.0, 3600.0
_ENOUGH_OF_A_UNIT = 2.0


@contextmanager
def progress(title: str, lang: str, quiet: bool, wanted: float | None = None, unit: str = "years") -> Iterator[Told]:
    """Tell how far the simulation is.

    Parameters
    ----------
    title
        Of what is simulated.
    quiet
        Say nothing.
    wanted
        Precision asked for; the number of years is then not known before the end.
    unit
        What is counted: ``years``, ``worlds`` or ``truths``.
    """
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    if quiet:
        yield lambda *_: None
    elif console.is_terminal:
        with _bar(console, title, lang, wanted, unit) as told:
            yield told
    else:
        yield _Line(title, lang, wanted, unit)


@contextmanager
def _bar(console: "Console", title: str, lang: str, wanted: float | None, unit: str) -> Iterator[Told]:
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    clock = TimeRemainingColumn() if wanted is None else TimeElapsedColumn()
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[state]}"), clock)
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(say("cli.progress", lang, title=title), total=None, state="")

        def told(done: int, total: int, width: float | None) -> None:
            bar.update(task, completed=done, total=total if wanted is None else None)
            bar.update(task, state=state(done, total, width, wanted, lang, unit))

        yield told


class _Line:
    """Says one line if the simulation takes long; the time left is told by the pace since the first report."""

    def __init__(self, title: str, lang: str, wanted: float | None, unit: str = "years") -> None:
        self._title, self._lang, self._wanted, self._unit = title, lang, wanted, unit
        self._began = time.monotonic()
        self._first: tuple[float, int] | None = None
        self._said = False

    def __call__(self, done: int, total: int, width: float | None) -> None:
        now = time.monotonic()
        if self._first is None:
            self._first = now, done
            return
        if self._said or now - self._began < PATIENCE_S:
            return
        self._said = True
        parts = [state(done, total, width, self._wanted, self._lang, self._unit)]
        if self._wanted is None:
            then, before = self._first
            left = span((now - then) * (total - done) / (done - before), self._lang)
            parts.append(say("cli.progress.left", self._lang, left=left))
        click.echo(f"{say('cli.progress', self._lang, title=self._title)}: {', '.join(parts)}", err=True)


def state(done: int, total: int, width: float | None, wanted: float | None, lang: str, unit: str = "years") -> str:
    """How far it is: years (worlds, truths) of all, or years and how precise they are."""
    from simulator.report.numbers import number, percent

    if wanted is None:
        return say(f"cli.progress.{unit}", lang, done=number(done, lang), total=number(total, lang))
    reached = "–" if width is None or width == float("inf") else percent(width, lang, 2)
    return say("cli.progress.precision", lang, done=number(done, lang), reached=reached)


def span(seconds: float, lang: str) -> str:
    """A stretch of time in one unit: seconds up to two minutes, minutes up to two hours, hours."""
    for unit, length in (("hours", _HOUR_S), ("minutes", _MINUTE_S)):
        if seconds >= _ENOUGH_OF_A_UNIT * length:
            return say(f"cli.progress.{unit}", lang, count=round(seconds / length))
    return say("cli.progress.seconds", lang, count=max(1, round(seconds)))
