"""The command that binds results into a document: a page, Word, Excel or a PDF."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.words import say

if TYPE_CHECKING:
    from simulator.report.documents.answer import Answer

FORMATS = ("html", "docx", "xlsx", "pdf")
"""As in `simulator.report.documents`, which would take a moment to load; a test keeps the two equal."""
NAME = "report"


def parameters(lang: str) -> list[click.Parameter]:
    """What ``report`` takes."""
    kinds = click.Choice(FORMATS)
    told = {each: say(f"cli.option.report_{each}", lang) for each in ("format", "template", "out")}
    return [
        click.Argument(["results"], nargs=-1, required=True, metavar="RESULT..."),
        click.Option(
            ["--format", "formats"], type=kinds, multiple=True, default=["html"], show_default=True, help=told["format"]
        ),
        click.Option(["--template"], metavar="FILE.docx", help=told["template"]),
        click.Option(["--out"], metavar="FILE|FOLDER", help=told["out"]),
    ]


def report(
    lang: str, documents: str, results: tuple[str, ...], formats: tuple[str, ...], template: str | None, out: str | None
) -> int:
    """Read the results, write their document in each of the formats, and say where it is.

    Raises
    ------
    ReportError
        If a result or the template cannot be used, or the options do not go together: before anything is written.
    """
    from simulator.report.documents.binding import bind
    from simulator.report.documents.template import template_of
    from simulator.store import read_answer, write_whole

    kinds = tuple(dict.fromkeys(formats))
    paths = [Path(each) for each in results]
    answers = [read_answer(path) for path in paths]
    places = _places(paths, answers, kinds, out)
    _refuse(kinds, template)
    own = None if template is None else template_of(Path(template))
    made = bind(answers, kinds, documents, own)
    for kind in kinds:
        place = _free(places[kind])
        write_whole(place, made[kind])
        if place != places[kind]:
            click.echo(say("cli.report.touched", lang, path=places[kind]))
        click.echo(say("cli.report.saved", lang, path=place))
    return 0


def _free(place: Path) -> Path:
    """The place, or one beside it where somebody has written in the document that lies there."""
    from simulator.report.documents.touched import is_touched

    number, free = 2, place
    while free.is_file() and is_touched(free.read_bytes()):
        number, free = number + 1, place.with_stem(f"{place.stem} ({number})")
    return free


def _refuse(kinds: tuple[str, ...], template: str | None) -> None:
    """Refuse a template without Word."""
    from simulator.report.documents.answer import ReportError

    if template is not None and "docx" not in kinds:
        raise ReportError("template_alone")


def _places(paths: list[Path], answers: list["Answer"], kinds: tuple[str, ...], out: str | None) -> dict[str, Path]:
    """Where each format goes: into the first result's folder, the folder that is named, or the file."""
    from simulator.report.documents.answer import ReportError

    if out is not None and Path(out).suffix and not Path(out).is_dir():
        if len(kinds) > 1:
            raise ReportError("one_file", out=out, count=len(kinds))
        if Path(out).suffix.lower() != f".{kinds[0]}":
            raise ReportError("ending", out=out, format=kinds[0])
        return {kinds[0]: Path(out)}
    first = paths[0] if paths[0].is_dir() else paths[0].parent
    folder = first if out is None else Path(out)
    is_alone = paths[0].is_file() and answers[0].name == paths[0].name  # a document that ``--json FILE`` wrote
    name = NAME if out is None and not is_alone else f"{NAME}-{Path(answers[0].name).stem}"
    return {kind: folder / f"{name}.{kind}" for kind in kinds}
