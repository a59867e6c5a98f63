"""The command that says how many counsellors each half-hour needs."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.cli.options import MOST_REPLICATIONS, Options, share_in
from simulator.cli.showing import show
from simulator.cli.waiting import progress
from simulator.cli.worlds import for_scenario
from simulator.words import say

if TYPE_CHECKING:
    from simulator.scenario import Scenario
    from simulator.study.staffing.answer import Staffing
    from simulator.study.worlds import Worlds

CHANNELS = ("chat", "phone")
TARGET = "answered_share_of_open>=90%"
STEPS = ("15", "30", "60")
DAYS = ("weekday-weekend", "every-day", "week")
YEARS_ALONE, YEARS_OF_EACH = 40, 1
"""All as in `simulator.study.staffing`, which would take a moment to load; a test keeps them equal."""
ONE = "one"


def parameters(lang: str, options: Options) -> list[click.Parameter]:
    """What ``staff`` takes."""

    def words(name: str, **values: object) -> str:
        return say(f"cli.option.staff_{name}", lang, **values)

    years = words("years", count=YEARS_ALONE, each=YEARS_OF_EACH)
    shown = {"show_default": True}
    return [
        click.Argument(["scenario"]),
        options.overrides(),
        click.Option(["--channel"], type=click.Choice(CHANNELS), default=CHANNELS[0], help=words("channel"), **shown),
        click.Option(["--target"], metavar="TEXT", default=TARGET, help=words("target"), **shown),
        click.Option(["--step"], type=click.Choice(STEPS), default="30", help=words("step"), **shown),
        click.Option(["--days"], type=click.Choice(DAYS), default=DAYS[0], help=words("days"), **shown),
        click.Option(["--worlds"], metavar="one|all|N|FILE", default=ONE, help=words("worlds"), **shown),
        click.Option(["--robust"], type=_share_of_worlds(lang), metavar="90%", help=words("robust")),
        click.Option(["--replications"], type=click.IntRange(1, MOST_REPLICATIONS), help=years),
        options.seed(),
        options.json(),
        options.out(),
        options.workers(),
    ]


def _share_of_worlds(lang: str) -> Callable[[str], float]:
    """What reads a share of the worlds, and complains of what is none."""
    read = share_in(lang)

    def robust(typed: str) -> float:
        try:
            return read(typed)
        except click.BadParameter as wrong:
            raise click.BadParameter(say("staff.robust_unreadable", lang, found=typed)) from wrong

    return robust


def staff(
    lang: str,
    documents: str,
    scenario: str,
    with_: tuple[str, ...],
    channel: str,
    target: str,
    step: str,
    days: str,
    worlds: str,
    robust: float | None,
    replications: int | None,
    seed: int,
    json_: str | None,
    out: str,
    workers: int | None,
) -> int:
    """Find the requirement, show it, and keep it in a folder."""
    from simulator.report.staffed import hints, lead, staffing_tables, sure
    from simulator.report.terminal import paragraphs, table
    from simulator.scenario import load
    from simulator.service.engines import first_use
    from simulator.study.staffing.staff import staff as ask

    loaded = load(scenario, with_)
    found_in, checked_in = _worlds(loaded, worlds, lang)
    if robust is not None and found_in is None:
        raise click.UsageError(say("staff.robust_alone", lang))
    if (said := first_use()) is not None:
        click.echo(say(f"cli.engine.{said}", lang), err=True)
    with progress(loaded.title, lang, quiet=json_ == "-") as told:
        found = ask(
            *(loaded, channel, target, int(step), days, replications, seed, told, workers),
            worlds=found_in,
            robust=robust,
            checked_in=checked_in,
        )
    folder = _save(found, documents, Path(out))
    shown = [paragraphs(lead(found, lang)), *map(table, staffing_tables(found, lang))]
    shown += [paragraphs(sure(found, lang)), paragraphs(hints(found, lang))]
    where = say("cli.saved", lang, path=folder), say("cli.open_report", lang, path=folder / "report.html")
    show(lang, json_, found.as_json(), shown, *where)
    return 0


def _worlds(scenario: "Scenario", typed: str, lang: str) -> "tuple[Worlds | None, Worlds | None]":
    """The worlds to find the requirement in, and those to hold it against: all, where it is found in one."""
    if typed in (ONE, "1"):
        return None, for_scenario(scenario, "all", lang)
    found = for_scenario(scenario, typed, lang)
    return found, found


def _save(found: "Staffing", documents: str, out: Path) -> Path:
    from simulator.report.staffed_page import answer_tables, files
    from simulator.store import save_answer

    name, fingerprint = str(found.scenario["name"]), str(found.manifest["fingerprint"])
    tables = answer_tables(found, documents)
    return save_answer("staff", name, fingerprint, found.as_json(), tables, files(found, documents), out)
