"""The commands that take own data in, and that show what such data look like."""

from collections.abc import Sequence
from pathlib import Path

import click

from simulator.cli.options import Options
from simulator.cli.showing import show
from simulator.words import say

LIVE = ("chat", "phone")
SERIES = ("answered", "lost", "offered")
KINDS = ("log", "counts")


def import_parameters(lang: str, options: Options) -> list[click.Parameter]:
    """What ``import`` takes."""
    return [
        click.Argument(["file"]),
        _choice("--channel", LIVE, "chat", "own_channel", lang),
        click.Option(["--sheet"], help=_help("sheet", lang)),
        _choice("--series", SERIES, "answered", "series", lang),
        options.json(),
        options.out(),
    ]


def export_parameters(lang: str, options: Options) -> list[click.Parameter]:
    """What ``export`` takes."""
    return [
        click.Argument(["scenario"]),
        _choice("--channel", LIVE, "chat", "own_channel", lang),
        _choice("--kind", KINDS, "log", "kind", lang),
        options.seed(),
        click.Option(["--replication"], type=click.IntRange(0), default=0, help=_help("replication", lang)),
        click.Option(["--out"], required=True, metavar="FILE", help=_help("export_out", lang)),
    ]


def _choice(name: str, allowed: Sequence[str], usual: str, words: str, lang: str) -> click.Option:
    return click.Option([name], type=click.Choice(allowed), default=usual, show_default=True, help=_help(words, lang))


def _help(name: str, lang: str) -> str:
    return say(f"cli.option.{name}", lang)


def import_own(lang: str, file: str, channel: str, sheet: str | None, series: str, json_: str | None, out: str) -> int:
    """Read own data, say how they were understood and what they tell, and keep profile and priors."""
    from simulator.demand.own import read_own_data
    from simulator.report.imported import OWN_DATA, import_files, import_json, import_tables, note_text
    from simulator.report.terminal import table
    from simulator.store import safe_name, save_files
    from simulator.study.fitting import fit

    path = Path(file)
    data = read_own_data(path, sheet, channel, series)
    found = fit(data)
    for note in data.notes:
        click.echo(note_text(note, lang), err=True)
    folder = Path(out) / f"own-data-{safe_name(path.stem)}"
    save_files(folder, import_files(data, found, channel, path.name), OWN_DATA)
    document = import_json(data, found, channel, str(folder))
    shown = [table(each) for each in import_tables(data, found, channel, lang)]
    show(lang, json_, document, shown, say("own.saved", lang, folder=folder, file=folder / OWN_DATA))
    return 0


def export(lang: str, scenario: str, channel: str, kind: str, seed: int, replication: int, out: str) -> int:
    """Write one simulated year as a service's own systems would export it."""
    from simulator.scenario import load
    from simulator.store import write_text_whole
    from simulator.study.exporting import contact_log, hourly_counts

    loaded = load(scenario)
    if loaded.channel(channel) is None:
        raise click.UsageError(say("own.no_channel", lang, channel=channel))
    text = (contact_log if kind == "log" else hourly_counts)(loaded, channel, seed, replication)
    write_text_whole(Path(out), text)
    click.echo(say("own.exported", lang, file=out))
    return 0
