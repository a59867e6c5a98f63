"""The command that tries the reconstruction on a line whose day is known."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.cli.options import Options
from simulator.cli.showing import show
from simulator.words import say

if TYPE_CHECKING:
    from simulator.scenario.schedule import ScheduleRule

DONE = 0
DRAWS, MOST_DRAWS = 1000, 10_000
SHAPES = ("day-and-night", "open-up", "smoothness", "telefonseelsorge")
"""As in `simulator.study.line` and `simulator.demand.family`, which take a moment to load; a test keeps them equal."""
REST = "rest"


def parameters(lang: str, options: Options) -> list[click.Parameter]:
    """What ``reconstruct`` takes."""
    away, many = click.Choice(SHAPES), click.IntRange(20, MOST_DRAWS)
    return [
        click.Argument(["counts"]),
        click.Option(["--blocks"], metavar="HH:MM-HH:MM,...", help=say("cli.option.blocks", lang)),
        click.Option(["--draws"], type=many, default=DRAWS, show_default=True, help=say("cli.option.draws", lang)),
        click.Option(["--leave-out"], type=away, multiple=True, help=say("cli.option.leave_out", lang)),
        options.seed(),
        options.json(),
    ]


def reconstruct(
    lang: str, counts: str, blocks: str | None, draws: int, leave_out: tuple[str, ...], seed: int, json_: str | None
) -> int:
    """Reconstruct a known day from block totals alone, and print how far it is from the truth."""
    from simulator.demand.hour_counts import read_hour_counts
    from simulator.report.line import line_sentences, line_tables
    from simulator.report.terminal import paragraphs, table
    from simulator.study.line import reconstruct_line

    told = None if blocks is None else blocks_of(blocks, lang)
    known = read_hour_counts(Path(counts))
    line = reconstruct_line(known, told, leave_out, draws, seed)
    shown = [table(each) for each in line_tables(line, lang)]
    show(lang, json_, {"file": counts, **line.as_json()}, [*shown, paragraphs(line_sentences(line, lang))])
    return DONE


def blocks_of(typed: str, lang: str) -> "dict[str, ScheduleRule | None]":
    """Blocks typed as windows of the clock, and the rest of the day as one more.

    Raises
    ------
    click.BadParameter
        If a window cannot be read, or stands twice.
    """
    from simulator.scenario.schedule import ScheduleRule

    windows = [part.strip() for part in typed.split(",")]
    try:
        blocks: dict[str, ScheduleRule | None] = {
            window: ScheduleRule.model_validate({"daily": window}) for window in windows
        }
    except ValueError as error:
        raise _unreadable(typed, lang) from error
    if len(blocks) < len(windows) or any(rule is None or not rule.daily for rule in blocks.values()):
        raise _unreadable(typed, lang)
    return {**blocks, REST: None}


def _unreadable(typed: str, lang: str) -> click.BadParameter:
    found = say("problem.quoted", lang, text=typed)
    return click.BadParameter(say("line.blocks_unreadable", lang, found=found), param_hint="--blocks")
