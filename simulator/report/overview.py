"""What the opening hours of 2024 cost, as tables: published beside simulated, and persons under both years' hours."""

from simulator.report import numbers
from simulator.report.tables import Column, Table, cell
from simulator.study.estimates import Key
from simulator.study.overview import Overview
from simulator.words import say

PERSONS = (
    ("persons", Key("persons", "chat")),
    ("reached", Key("persons_reached", "chat")),
    ("unanswered", Key("unanswered", "chat")),
    ("met_closed", Key("met_closed", "chat")),
    ("phoned", Key("phoned_instead", "chat")),
)


def overview_tables(found: Overview, lang: str) -> tuple[Table, ...]:
    """The chats of 2023 by the hours of 2024, then the same persons under both years' hours."""
    model = "model_worlds" if found.after.manifest.get("worlds", 1) > 1 else "model"
    heads = [say(f"overview.column.{name}", lang) for name in ("what", "published", model)]
    blocks = tuple(
        (say(f"overview.row.{name}", lang), numbers.number(published, lang), cell(seen, lang))
        for name, published, seen in found.blocks
    )
    persons = tuple(
        (say(f"overview.row.{name}", lang), cell(found.before[key], lang), cell(found.after.measures[key], lang))
        for name, key in PERSONS
    )
    names = [say(f"overview.column.{name}", lang) for name in ("count", "hours2023", "hours2024")]
    return (
        Table(say("overview.blocks.caption", lang), _columns(heads), blocks),
        Table(say("overview.persons.caption", lang), _columns(names), persons, say("overview.note", lang)),
    )


def _columns(heads: list[str]) -> tuple[Column, ...]:
    return (Column(heads[0], is_figure=False), *map(Column, heads[1:]))
