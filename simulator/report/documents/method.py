"""How the figures of an answer were made, in words: method, what was asked for, what it rests on, what it cannot tell.

Every sentence is said because the manifest or the scenario says so. Knows no format of documents.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from simulator.evidence import Evidence, evidence
from simulator.report import numbers, sentences
from simulator.report.documents.asked import Asked
from simulator.report.page import Section
from simulator.report.tables import (
    STATUSES,
    Column,
    Table,
    assumptions_table,
    unsourced_of,
    unsourced_table,
    value_text,
)
from simulator.words import say

DATA = {
    "hourly": ("demand.chat.profile", "demand.reference"),
    "lost": ("channels.chat.patience", "channels.chat.balking", "channels.chat.redial"),
    "monthly": ("demand.busyness",),
    "seats": ("roster.",),
    "lengths": ("channels.chat.work", "channels.chat.wrap_up", "channels.chat.speed_by_level"),
}
"""What the service may know (`wanted.datum`) -> beginnings of the keys that would no longer be assumed."""
_CITED = re.compile(r"evidence: ?([a-z0-9-]+)")


def made_section(asked: Asked, lang: str) -> Section:
    """How the figures were made."""
    parts = (method(asked, lang), asked_section(asked, lang), foundation(asked, lang), limits(asked, lang))
    return Section(say("document.made", lang), parts=tuple(each for each in (*parts, *wanted(asked, lang)) if each))


def spanned(asked: Asked, key: str, lang: str, /, **values: Any) -> str:
    """A sentence with what was counted over filled in."""
    forms = {form: say(f"span.{asked.span}.{form}", lang) for form in ("per", "during", "one", "single", "many", "the")}
    return say(key, lang, **forms, **values)


def method(asked: Asked, lang: str) -> Section:
    """Demand first, then the clock; the same persons; engine, years, worlds, what the intervals mean."""
    made = asked.made
    said = [spanned(asked, "document.made.draw", lang)]
    if asked.same_demand is not None:
        said.append(say(f"document.made.{'same' if asked.same_demand else 'changed'}", lang))
    if made.get("engine") in ("compiled", "simpy"):
        said.append(say(f"document.made.engine.{made['engine']}", lang))
    if asked.each:
        kind = "worlds" if asked.worlds > 1 else "one"
        counts = {"worlds": asked.worlds, "each": asked.each, "total": asked.worlds * asked.each}
        shown = {name: numbers.number(count, lang) for name, count in counts.items()}
        said.append(spanned(asked, f"document.made.years.{kind}", lang, **shown))
    if asked.worlds > 1:
        said.append(say("document.made.intervals.worlds", lang))
    said += _ending(asked, lang)
    said.append(say("document.made.digits", lang, smallest=numbers.SMALLEST_COUNT))
    return Section(say("document.made.how", lang), tuple(said))


def _ending(asked: Asked, lang: str) -> list[str]:
    """What became of a precision, and whether somebody ended it."""
    said = []
    precision = asked.document.get("precision") or asked.made.get("precision")
    if isinstance(precision, Mapping):
        told = {"of": ", ".join(precision["of"]), "asked": numbers.percent(precision["asked"], lang, 1)}
        said.append(say(f"document.made.precision.{'met' if precision['met'] else 'limit'}", lang, **told))
    if asked.made.get("interrupted"):
        total = numbers.number(asked.worlds * asked.each, lang)
        said.append(spanned(asked, "document.made.interrupted", lang, total=total))
    return said


def asked_section(asked: Asked, lang: str) -> Section:
    """The command, the scenarios by fingerprint, and what they change from what they are built on."""
    command = asked.command()
    said = [say("document.asked.command", lang, command=command)] if command else []
    if asked.unknown:
        said.append(say("document.asked.unknown", lang, names=", ".join(asked.unknown)))
    scenarios = tuple(
        say(
            "document.asked.facts.fingerprint", lang,
            title=asked.titles[name], name=name, fingerprint=made.get("scenario_fingerprint", made.get("fingerprint")),
        )
        for name, made in asked.manifests.items()
    )  # fmt: skip
    tables = []
    for name, made in asked.manifests.items():
        table = overrides_of(asked, name, lang)
        if table.rows:
            tables.append(table)
        elif "overrides" in made and name == asked.names[0]:
            said.append(say("document.asked.overrides.none", lang, name=asked.titles[name]))
    return Section(say("document.asked", lang), tuple(said), tables=tuple(tables), notes=scenarios)


def overrides_of(asked: Asked, name: str, lang: str) -> Table:
    """What a scenario changes from what it is built on, each key once; of a plan, what the base does not change so."""
    rows = changes_of(asked.manifests[name])
    first = asked.names[0]
    base = changes_of(asked.manifests[first]) if name != first else {}
    kept = {path: pair for path, pair in rows.items() if path not in base or base[path][1] != pair[1]}
    told = {"name": asked.titles[name], "base": asked.titles[first]}
    caption = say("document.asked.more" if base else "document.asked.overrides", lang, **told)
    columns = text_columns("table.assumption", "table.old", "table.new", lang=lang)
    cells = tuple(
        (path, override_text((base[path][1] if path in base else old), lang), override_text(new, lang))
        for path, (old, new) in kept.items()
    )
    return Table(caption, columns, cells)


def changes_of(made: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """By key: the value that was there first, and the one that was there last."""
    found: dict[str, tuple[Any, Any]] = {}
    for each in made.get("overrides", ()):
        path = str(each["path"])
        found[path] = (found[path][0] if path in found else each["old"], each["new"])
    return {path: pair for path, pair in found.items() if pair[0] != pair[1]}


def override_text(value: Any, lang: str) -> str:
    """A value as it was written; one with a source by its value and its status."""
    if isinstance(value, Mapping) and {"value", "status"} <= set(value):
        status = say(f"status.{value['status']}", lang)
        return say("document.value.with_status", lang, value=value_text(value["value"], lang), status=status)
    return value_text(value, lang)


def assumptions(asked: Asked) -> dict[str, list[Mapping[str, Any]]]:
    """By scenario: figures with a status; of all but the first those that the first has not, or has other than so."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    first: set[str] = set()
    for name, made in asked.manifests.items():
        rows = list(made.get("assumptions", ()))
        found[name] = [row for row in rows if _mark(row) not in first]
        first = first or {_mark(row) for row in rows}
    return found


def _mark(row: Mapping[str, Any]) -> str:
    return f"{row['path']}={row['value']!r} {row['status']}"


def foundation(asked: Asked, lang: str) -> Section | None:
    """The figures that the answer rests on, the weakest first; of each further scenario what it adds."""
    found = assumptions(asked)
    if not any(found.values()):
        return None
    tables: list[Table] = []
    for place, (name, rows) in enumerate(found.items()):
        result = asked.as_result(name)
        result.manifest["assumptions"] = rows
        unsourced = unsourced_table(result, lang)
        mine = [sourced_table(assumptions_table(result, status, lang), status, lang) for status in STATUSES]
        if place == 0:
            tables += [each for each in (unsourced, *mine) if each.rows]
        elif rows:
            cells = tuple(row for table in mine for row in table.rows)
            tables.append(Table(say("document.rests.only", lang, name=asked.titles[name]), mine[0].columns, cells))
    said = say("document.rests.count", lang, total=sum(counts(asked).values()), counts=counts_text(asked, lang))
    return Section(say("document.rests", lang), (said,), tables=tuple(tables))


def sourced_table(table: Table, status: str, lang: str) -> Table:
    """A table of assumptions that says what each figure is, and who said it instead of where that is kept."""
    rows = []
    for key, value, grounds in table.rows:
        cited = _CITED.match(grounds)
        entry = None if cited is None else evidence_or_none(cited[1])
        if cited is None or entry is None:
            rows.append((numbers.MISSING, key, value, grounds))
            continue
        source = say("document.rests.assumed", lang) if status == "assumed" else str(entry.source).rstrip(".")
        told = say("document.rests.source", lang, source=source, id=cited[1])
        rows.append((getattr(entry.label, lang), key, value, told + grounds[cited.end() :]))
    columns = text_columns("document.column.what", "table.assumption", "table.value", "table.source", lang=lang)
    return Table(table.caption, columns, tuple(rows), table.note)


def evidence_or_none(name: str) -> Evidence | None:
    """A piece of evidence, None where this version has none of that name."""
    try:
        return evidence(name)
    except KeyError:
        return None


def counts(asked: Asked) -> Counter[str]:
    """How many figures of each status, each counted once."""
    return Counter(row["status"] for rows in assumptions(asked).values() for row in rows)


def counts_text(asked: Asked, lang: str) -> str:
    """How many figures of each status, in words, the weakest first."""
    found = counts(asked)
    return ", ".join(
        say("table.status_count", lang, count=found[each], status=say(f"status.{each}", lang))
        for each in STATUSES
        if found[each]
    )


def unsourced(asked: Asked) -> int:
    """How many figures of the first scenario have no source."""
    return len(unsourced_of(asked.as_result(asked.names[0])))


def limits(asked: Asked, lang: str) -> Section:
    """What the figures cannot tell."""
    said = [*sentences.limits(lang)]
    if asked.worlds > 1:
        said.append(say("document.cannot.pinned", lang))
    return Section(say("document.cannot", lang), notes=(*said, say("document.cannot.recommend", lang)))


def wanted(asked: Asked, lang: str) -> Sequence[Section]:
    """Data worth asking for: those of which figures are assumed in this very run."""
    rows = [row for rows in assumptions(asked).values() for row in rows if row["status"] == "assumed"]
    told = []
    for name, beginnings in DATA.items():
        count = len({row["path"] for row in rows if row["path"].startswith(beginnings)})
        if count:
            datum = say(f"wanted.datum.{name}", lang)
            words = f"document.wanted.item.{'one' if count == 1 else 'many'}"
            told.append((count, say(words, lang, datum=datum[0].upper() + datum[1:], count=count)))
    if not told:
        return ()
    ordered = tuple(text for _, text in sorted(told, key=lambda each: -each[0]))
    paragraphs = (say("document.wanted.because", lang),)
    return (Section(say("document.wanted", lang), paragraphs, notes=(*ordered, say("document.wanted.how", lang))),)


def text_columns(*keys: str, lang: str) -> tuple[Column, ...]:
    """Columns of texts."""
    return tuple(Column(say(key, lang), is_figure=False) for key in keys)
