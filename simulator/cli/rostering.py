"""The command that makes a roster, or says why there is none."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli.options import MOST_REPLICATIONS, Options
from simulator.cli.showing import show
from simulator.cli.waiting import progress
from simulator.cli.worlds import worlds_of
from simulator.words import say

if TYPE_CHECKING:
    from simulator.study.rostering.answer import Roster
    from simulator.study.rostering.rules import Rules
    from simulator.study.staffing.requirement import Requirement

DONE, NONE_FOUND = 0, 1
CHANNELS = ("chat", "phone")
LEAST = "least"
MOST_PEOPLE, MOST_WEEKS, USUAL_WEEKS = 60, 52, 6
"""As in `simulator.study.rostering`, which would take a moment to load; a test keeps them equal."""
YEARS_ALONE, YEARS_OF_EACH = 10, 2
_LENGTHS = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*[-–]\s*(\d+(?:[.,]\d+)?)\s*")
_LONGEST_FILE = 5_000_000


def parameters(lang: str, options: Options) -> list[click.Parameter]:
    """What ``roster`` takes."""

    def words(name: str, **values: object) -> str:
        return say(f"cli.option.roster_{name}", lang, **values)

    years = words("replications", count=YEARS_ALONE, each=YEARS_OF_EACH)
    shown: dict[str, Any] = {"show_default": True}
    weeks = click.IntRange(1, MOST_WEEKS)
    return [
        click.Argument(["scenario"]),
        click.Option(["--requirement"], metavar="FILE", help=words("requirement")),
        click.Option(["--channel"], type=click.Choice(CHANNELS), default=CHANNELS[0], help=words("channel"), **shown),
        click.Option(["--weeks"], type=weeks, default=USUAL_WEEKS, help=words("weeks"), **shown),
        click.Option(["--people"], type=_people(lang), metavar="N|least", default=LEAST, help=words("people"), **shown),
        click.Option(["--rules"], metavar="FILE", help=words("rules")),
        click.Option(["--shift-lengths"], type=_lengths(lang), metavar="4-9", help=words("lengths")),
        click.Option(["--worlds"], metavar="one|all|N|FILE", default="one", help=words("worlds")),
        click.Option(["--replications"], type=click.IntRange(0, MOST_REPLICATIONS), help=years),
        options.seed(),
        options.json(),
        options.out(),
        options.workers(),
    ]


def _people(lang: str) -> Callable[[str], int]:
    def people(typed: str) -> int:
        if typed == LEAST:
            return 0
        if not typed.isdigit() or not 1 <= int(typed[:9]) <= MOST_PEOPLE:
            raise click.BadParameter(say("roster.people.wrong", lang, found=typed, most=MOST_PEOPLE))
        return int(typed)

    return people


def _lengths(lang: str) -> Callable[[str], tuple[float, float]]:
    def lengths(typed: str) -> tuple[float, float]:
        found = _LENGTHS.fullmatch(typed)
        ends = [float(each.replace(",", ".")) for each in found.groups()] if found else [0.0, 0.0]
        if not 0.25 <= ends[0] <= ends[1] <= 12:
            raise click.BadParameter(say("roster.lengths.wrong", lang, found=typed))
        return ends[0], ends[1]

    return lengths


def roster(
    lang: str,
    documents: str,
    scenario: str,
    requirement: str | None,
    channel: str,
    weeks: int,
    people: int,
    rules: str | None,
    shift_lengths: tuple[float, float] | None,
    worlds: str,
    replications: int | None,
    seed: int,
    json_: str | None,
    out: str,
    workers: int | None,
) -> int:
    """Make the roster, show it, and keep it in a folder; status 1 where there is none."""
    from simulator.report.rostered import lead, roster_tables
    from simulator.report.terminal import paragraphs, table
    from simulator.scenario import load
    from simulator.service.engines import first_use
    from simulator.study.rostering.answer import roster as ask

    loaded = load(scenario)
    need = None if requirement is None else _requirement(requirement, channel, lang)
    held = _rules(rules, shift_lengths)
    over = worlds_of(worlds, lang)
    years = replications if replications is not None else YEARS_ALONE if over is None else YEARS_OF_EACH
    if years and (said := first_use()) is not None:
        click.echo(say(f"cli.engine.{said}", lang), err=True)
    with progress(loaded.title, lang, quiet=json_ == "-") as told:
        found = ask(loaded, need, channel, weeks, people, held, years, seed, over, workers, told)
    folder = _save(found, scenario, documents, Path(out))
    shown = [paragraphs(lead(found, lang)), *map(table, roster_tables(found, lang))]
    where = [say("cli.saved", lang, path=folder), say("cli.open_report", lang, path=folder / "report.html")]
    if found.lines:
        where.append(say("roster.open_workbook", lang, path=folder / "roster.xlsx"))
        where.append(say("roster.run_it", lang, path=folder / "with-roster.yaml"))
    show(lang, json_, found.as_json(), shown, *where)
    return DONE if found.lines else NONE_FOUND


def _requirement(name: str, channel: str, lang: str) -> "Requirement":
    from simulator.study.staffing.reading import read_requirement
    from simulator.study.staffing.requirement import Requirement

    if not name.lower().endswith(".json"):
        return read_requirement(name, channel)
    try:
        with Path(name).open("rb") as stream:
            document = json.loads(stream.read(_LONGEST_FILE).decode("utf-8-sig"))
        return Requirement.from_json(document.get("requirement", document))
    except OSError as error:
        why = error.strerror or str(error)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        why = str(error)[:200] or type(error).__name__
    raise click.UsageError(say("roster.requirement.wrong", lang, file=name, why=why))


def _rules(name: str | None, lengths: tuple[float, float] | None) -> "Rules":
    from simulator.study.rostering.reading import read_rules
    from simulator.study.rostering.rules import usual_rules, with_lengths

    held = usual_rules() if name is None else read_rules(name)
    return held if lengths is None else with_lengths(held, *lengths)


def _save(found: "Roster", scenario: str, documents: str, out: Path) -> Path:
    from simulator.report.figures.rostered import figures
    from simulator.report.page import page
    from simulator.report.rostered import roster_paper
    from simulator.report.rostered_sheets import roster_csv, roster_sheets
    from simulator.report.workbook import workbook
    from simulator.store import save_answer

    drawn = figures(found, documents)
    paper = roster_paper(found, documents)
    files = {"report.html": page(paper, drawn, documents)}
    files["roster.xlsx"] = workbook(roster_sheets(found, documents), paper.title)
    files |= {f"figures/{name}": content for name, content in drawn.items()}
    if found.lines:
        files["with-roster.yaml"] = _written(found, scenario, documents, out).encode()
    return save_answer("roster", found.scenario.name, found.fingerprint, found.as_json(), roster_csv(found), files, out)


def _written(found: "Roster", scenario: str, lang: str, out: Path) -> str:
    """The scenario file with the roster; it extends the scenario that was asked about, wherever that lies."""
    from simulator.report.rostered import counted
    from simulator.report.tables import channel_name
    from simulator.study.rostering.back import as_yaml

    channel = channel_name(found.need.channel, lang).lower()
    title = say("roster.yaml.title", lang, title=found.scenario.title, channel=channel)
    why = say("roster.yaml.why", lang, people=counted(found.people, lang), channel=channel)
    return as_yaml(_base(scenario, out), title, why, found.changes)


def _base(scenario: str, out: Path) -> str:
    """What ``extends`` names from inside the results folder: a shipped scenario by name, another by its path."""
    from simulator.scenario.places import find, shipped_folder

    path = find(scenario)
    if path is None or path.resolve().parent == shipped_folder().resolve():
        return path.name if path else scenario
    try:
        return Path(os.path.relpath(path.resolve(), out.resolve() / "x")).as_posix()
    except ValueError:  # another drive on Windows
        return path.resolve().as_posix()
