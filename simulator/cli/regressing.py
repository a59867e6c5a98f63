"""The command that holds the program against its committed baseline, and refreshes it."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli.options import Options
from simulator.cli.showing import show
from simulator.cli.waiting import progress
from simulator.words import say

if TYPE_CHECKING:
    from simulator.study.baseline.comparing import Comparison
    from simulator.study.baseline.contents import Baseline
    from simulator.study.baseline.refreshing import Refresh

DONE, FELL_SHORT = 0, 1
FOLDER, CHANGELOG = Path("results", "baseline"), Path("CHANGELOG.md")


def parameters(lang: str, options: Options) -> list[click.Parameter]:
    """What ``regress`` takes."""
    words = {name: say(f"cli.option.regress_{name}", lang) for name in ("update", "baseline", "changelog")}
    return [
        click.Argument(["scenarios"], nargs=-1),
        click.Option(["--update"], is_flag=True, help=words["update"]),
        click.Option(["--baseline"], metavar="DIR", help=words["baseline"]),
        click.Option(["--changelog"], metavar="FILE", help=words["changelog"]),
        options.json(),
        options.workers(),
    ]


def regress(
    lang: str,
    scenarios: tuple[str, ...],
    update: bool,
    baseline: str | None,
    changelog: str | None,
    json_: str | None,
    workers: int | None,
) -> int:
    """Make the figures of the shipped scenarios anew and say what is not as in the baseline, or refresh that."""
    from simulator.store import read_baseline
    from simulator.study.baseline.comparing import compare_baselines
    from simulator.study.baseline.contents import Recipe
    from simulator.study.baseline.making import load_shipped, make
    from simulator.study.baseline.refreshing import refresh
    from simulator.study.baseline.written import from_files

    if update and scenarios:
        raise click.UsageError(say("regress.wrong.all_or_none", lang))
    folder = Path(baseline) if baseline else beside_the_program(FOLDER)
    stored = read_baseline(folder)
    was = None if update and not stored else from_files(stored)
    loaded = load_shipped(scenarios)
    _refuse_two_of_one_name([each.name for each in loaded], lang)
    _say_what_the_engine_does(lang)
    with progress(say("regress.progress", lang), lang, quiet=json_ == "-", unit="scenarios") as told:
        made = make(loaded, Recipe(), workers, told)
    found = None if was is None else compare_baselines(was, made, limited=bool(scenarios))
    if found is not None:
        _show(found, made.baseline, json_, lang, asks=not update)
    if update:
        text = _read(file := Path(changelog) if changelog else beside_the_program(CHANGELOG))
        return _write(refresh(made, was, found, text), found, folder, stored, file, lang)
    return DONE if found is not None and found.agrees else FELL_SHORT


def beside_the_program(path: Path) -> Path:
    """A path in the folder that the program's source lies in."""
    import simulator

    return Path(simulator.__file__).parents[1] / path


def _refuse_two_of_one_name(names: Sequence[str], lang: str) -> None:
    name, count = Counter(names).most_common(1)[0]
    if count > 1:
        raise click.UsageError(say("regress.wrong.same_name", lang, name=name))


def _say_what_the_engine_does(lang: str) -> None:
    from simulator.service.engines import first_use

    if (said := first_use()) is not None:
        click.echo(say(f"cli.engine.{said}", lang), err=True)


def _show(found: "Comparison", now: "Baseline", json_: str | None, lang: str, asks: bool) -> None:
    """What differs, and in a last line whether anything does; ``asks``: where it does, how to refresh the baseline."""
    from simulator.report.regressed import verdict

    tables = [] if json_ == "-" else _tables(found, int(now.recipe["worlds"]), lang)
    last = [verdict(found, len(now.inputs.evidence), lang)] if asks or found.agrees else []
    show(lang, json_, found.as_json(), tables, *last)


def _tables(found: "Comparison", worlds: int, lang: str) -> list[Any]:
    """What differs: scenario by scenario, then what comes first, then what lies behind."""
    from simulator.report import regressed
    from simulator.report.terminal import paragraphs, table

    shown: list[Any] = []
    for entry in found.entries:
        if entry.agrees:
            continue
        tables = [regressed.moved_table(entry, worlds, lang), regressed.scenario_table(entry, lang)]
        if entry.first is not None:
            tables.append(regressed.attempt_table(entry.name, entry.first, lang))
        shown.append(paragraphs(regressed.entry_sentences(entry, lang)))
        shown += [table(each) for each in tables if each.rows]
    if found.ties:
        shown.append(table(regressed.ties_table(found, lang)))
        shown += [paragraphs(regressed.tie_sentences(tie, lang)) for tie in found.ties[: regressed.MOST_SHOWN]]
    behind = regressed.inputs_table(found, lang)
    return [*shown, table(behind)] if behind.rows else shown


# --- refreshing ----------------------------------------------------------------------------------------------------


def _write(
    refreshed: "Refresh",
    found: "Comparison | None",
    folder: Path,
    stored: dict[str, bytes],
    changelog: Path,
    lang: str,
) -> int:
    """Write the baseline, unless the engines disagree or the changelog owes an entry; say which, on standard error."""
    from simulator.report.regressed import changelog_line, names_text
    from simulator.store import save_baseline
    from simulator.study.baseline.written import HEAD

    if not refreshed.files:
        if refreshed.owes_entry and found is not None:
            told = [say("regress.update.demands", lang, file=changelog), changelog_line(found)]
        else:
            told = [say("regress.engines", lang, names=names_text(refreshed.disputed, lang))]
        click.echo("\n".join([*told, say("regress.update.nothing", lang)]), err=True)
        return FELL_SHORT
    if refreshed.files == stored:
        click.echo(say("regress.update.same", lang, folder=folder), err=True)
        return DONE
    save_baseline(refreshed.files, folder, HEAD)
    click.echo(say("regress.update.made", lang, folder=folder), err=True)
    return DONE


def _read(changelog: Path) -> str:
    from simulator.study.baseline.written import BaselineError

    try:
        return changelog.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BaselineError("changelog", file=changelog, reason=reason) from error
