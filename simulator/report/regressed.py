"""A comparison with the baseline in words: what moved, the first event that differs, and what may lie behind.

Whoever reads this works on the model: all figures are of simulated persons, and none is withheld.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from simulator.report import numbers
from simulator.report.tables import Column, Table, channel_name
from simulator.study.baseline.comparing import Comparison, DayMoved, EntryCompared, Moved, TieCompared
from simulator.study.baseline.first_difference import FirstDifference, Told
from simulator.study.baseline.input_changes import InputChange
from simulator.words import say

MOST_ROWS = 8
MOST_NAMES = 4
MOST_SHOWN = 2
"""Broken rules of what comes first of which the first event is shown."""
_MS_PER_MIN = 60_000.0
_LONGEST = 40
"""Characters of a value of an input."""
_ATTEMPT = ("person", "attempt", "channel", "time", "fate", "next", "site", "counsellor", "wait_ms", "start", "end")


def moved_table(entry: EntryCompared, worlds: int, lang: str) -> Table:
    """Figures of a scenario that moved, the worst first."""
    heads = ("measure", "over", "was", "now", "change", "in_noise")
    columns = tuple(Column(say(f"regress.column.{name}", lang), is_figure=name not in heads[:2]) for name in heads)
    rows = tuple(_row(each, worlds, lang) for each in entry.moved[:MOST_ROWS])
    left = len(entry.moved) - len(rows)
    note = say("regress.moved.more", lang, count=left) if left else say("regress.moved.all", lang)
    return Table(say("regress.moved.caption", lang, scenario=entry.name), columns, rows, note)


def _row(each: Moved, worlds: int, lang: str) -> tuple[str, ...]:
    table = say(f"regress.over.{each.table}", lang, count=worlds)
    return (moved_name(each, lang), table, *_change(each, lang), _times(each.in_noise, lang))


def moved_name(each: Moved, lang: str) -> str:
    """A figure's name, channel, site and place in the year."""
    name = say(f"measure.{each.measure}", lang)
    parts = [] if each.channel == "all" else [channel_name(each.channel, lang).lower()]
    parts += [] if each.site == "all" else [each.site]
    if each.by:
        axis, _, label = each.by.partition(" ")
        parts.append(say(f"regress.by.{axis}", lang, label=label))
    return say(f"regress.number.{each.column}", lang, name=f"{name} ({', '.join(parts)})" if parts else name)


def _change(each: Moved, lang: str) -> tuple[str, str, str]:
    """Before, now and the change, with the digits that show the change."""
    if each.was is None or each.now is None or each.change is None:
        return _plain(each.was, each, lang), _plain(each.now, each, lang), numbers.MISSING
    size = abs(each.change) or abs(each.now)
    sides = (numbers.as_written(_shown(side, size), lang, each.unit) for side in (each.was, each.now))
    sign = "+" if each.change > 0 else ""
    return (*sides, sign + numbers.as_written(_shown(each.change, size), lang, each.unit))  # type: ignore[return-value]


def _shown(value: float, size: float) -> float:
    """A number rounded so that a change of a size is seen with two digits."""
    return round(value, 1 - _exponent(size)) if size else value


def _exponent(value: float) -> int:
    return int(f"{value:e}".partition("e")[2])


def _plain(value: float | None, each: Moved, lang: str) -> str:
    return numbers.MISSING if value is None else numbers.as_written(value, lang, each.unit)


def _times(value: float | None, lang: str) -> str:
    """A change in half-widths of noise, with two digits."""
    if value is None:
        return numbers.MISSING
    return say("regress.times", lang, value=numbers.number(value, lang, max(0, 1 - _exponent(value)) if value else 0))


# --- what happened -------------------------------------------------------------------------------------------------


def entry_sentences(entry: EntryCompared, lang: str) -> list[str]:
    """Whether other contacts come or the same are met otherwise, and the first event or day that differs."""
    told = [say(f"regress.contacts.{_kind(entry)}", lang, scenario=entry.name, date=_date(entry))]
    if entry.first is not None:
        return [*told, *first_sentences(entry.first, lang)]
    if entry.first_ledger_day is not None:
        told += [day_sentence(entry.first_ledger_day, lang), say("regress.day.beyond", lang)]
    return told


def _kind(entry: EntryCompared) -> str:
    if entry.ledger_equal:
        return "only" if entry.contacts_equal else "unseen"
    return "equal" if entry.contacts_equal else "differ"


def _date(entry: EntryCompared) -> str:
    return entry.first_contacts_day.date if entry.first_contacts_day else numbers.MISSING


def day_sentence(day: DayMoved, lang: str) -> str:
    """What a day that differs had and has."""
    names = ("attempts_was", "answered_was", "attempts_now", "answered_now")
    counts = {name: numbers.MISSING if (count := getattr(day, name)) is None else str(count) for name in names}
    return say("regress.day", lang, date=day.date, **counts)


def first_sentences(first: FirstDifference, lang: str) -> list[str]:
    """The last equal event, and the first ones that differ as they were and as they are."""
    if (time := first.time) is not None:
        sides = {"was": _minutes(time.was_ms, lang), "now": _minutes(time.now_ms, lang)}
        what = say(f"regress.time.{time.what}", lang)
        return [say("regress.first.time", lang, counsellor=time.counsellor, what=what, **sides)]
    told = [] if first.before is None else [say("regress.first.before", lang, event=event_text(first.before, lang))]
    for side, events in (("was", first.was), ("now", first.now)):
        texts = [event_text(each, lang) for each in events] or [say("regress.first.nothing", lang)]
        told += [say(f"regress.first.{side}", lang, event=text) for text in texts]
    return told


def event_text(each: Told, lang: str) -> str:
    """One event in a sentence without its full stop."""
    return say(
        f"regress.event.{each.event}",
        lang,
        time=each.time,
        person=each.person,
        attempt=each.attempt,
        channel=say(f"channel.{each.channel}", lang),
        counsellor=each.counsellor or numbers.MISSING,
        site=each.site or numbers.MISSING,
        wait=_minutes(each.wait_ms, lang),
        fate="" if each.fate is None else say(f"measure.{each.fate}", lang).lower(),
        next="" if each.next is None else say(f"regress.next.{each.next}", lang),
    )


def _minutes(value_ms: int | None, lang: str) -> str:
    return numbers.MISSING if value_ms is None else numbers.as_written(value_ms / _MS_PER_MIN, lang, "min")


def attempt_table(name: str, first: FirstDifference, lang: str) -> Table:
    """The attempt concerned, as it was and as it is; no rows where no attempt differs."""
    sides = [attempts[0] if attempts else {} for attempts in (first.attempts_was, first.attempts_now)]
    fields = _ATTEMPT if any(sides) else ()
    rows = tuple(
        (say(f"regress.attempt.{each}", lang), *(_cell(each, side, lang) for side in sides)) for each in fields
    )
    heads = say("regress.attempt.column", lang), *(say(f"regress.column.{side}", lang) for side in ("was", "now"))
    columns = tuple(Column(head, is_figure=False) for head in heads)
    return Table(say("regress.attempt.caption", lang, name=name), columns, rows)


def _cell(field: str, attempt: Mapping[str, Any], lang: str) -> str:
    value = attempt.get(field)
    if value is None:
        return numbers.MISSING
    words = {"channel": "channel", "fate": "measure", "next": "regress.next"}
    if field in words:
        return say(f"{words[field]}.{value}", lang)
    return _minutes(value, lang) if field == "wait_ms" else str(value)


def ties_table(found: Comparison, lang: str) -> Table:
    """The rules of what comes first that are not kept, and by which engine."""
    heads = ("rule", "name", "engine")
    columns = tuple(Column(say(f"regress.tie.column.{name}", lang), is_figure=False) for name in heads)
    rows = tuple((say(f"regress.tie.{each.name}", lang), each.name, each.engine) for each in found.ties)
    left = len(rows) - 2 * MOST_ROWS
    note = say("regress.rows.more", lang, count=left) if left > 0 else ""
    return Table(say("regress.tie.caption", lang), columns, rows[: 2 * MOST_ROWS], note)


def tie_sentences(tie: TieCompared, lang: str) -> list[str]:
    """Where it shows that a rule of what comes first is not kept."""
    told = say("regress.tie.shown", lang, name=tie.name, engine=tie.engine)
    return [told, *first_sentences(tie.first, lang)]


# --- what lies behind ----------------------------------------------------------------------------------------------


def inputs_table(found: Comparison, lang: str) -> Table:
    """What the figures rest on and that differs; those that are a fault first."""
    changes = (*found.faults, *(each for each in found.inputs if each not in found.faults))
    return _changes_table(changes, say("regress.inputs.caption", lang), say("regress.inputs.note", lang), lang)


def scenario_table(entry: EntryCompared, lang: str) -> Table:
    """Keys of a scenario that differ."""
    caption = say("regress.scenario.caption", lang, scenario=entry.name)
    return _changes_table(entry.scenario, caption, say("regress.scenario.note", lang), lang)


def _changes_table(changes: Sequence[InputChange], caption: str, note: str, lang: str) -> Table:
    heads = ("kind", "name", "was", "now")
    columns = tuple(Column(say(f"regress.column.{name}", lang), is_figure=False) for name in heads)
    rows = tuple(
        (say(f"regress.kind.{each.kind}", lang), each.name, _value(each.was), _value(each.now))
        for each in changes[: 2 * MOST_ROWS]
    )
    left = len(changes) - len(rows)
    return Table(caption, columns, rows, f"{note} {say('regress.rows.more', lang, count=left)}" if left else note)


def _value(value: Any) -> str:
    text = numbers.MISSING if value is None else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


# --- in a line -----------------------------------------------------------------------------------------------------


def verdict(found: Comparison, evidence: int, lang: str) -> str:
    """Whether all is as it was, and else what is not."""
    if found.agrees:
        return say(
            "regress.agrees", lang, scenarios=len(found.entries), ties=found.tied, evidence=evidence
        )  # fmt: skip
    return say("regress.differs", lang, what="; ".join(_differing(found, lang)))


def _differing(found: Comparison, lang: str) -> Iterator[str]:
    named = {
        "entries": [each.name for each in found.entries if not each.agrees],
        "ties": list(dict.fromkeys(each.name for each in found.ties)),
        "inputs": [each.name for each in found.faults],
        "new": [*found.new, *found.new_ties],
        "gone": [*found.gone, *found.gone_ties],
    }
    for kind, names in named.items():
        if names:
            yield say(f"regress.differs.{kind}", lang, names=names_text(names, lang))


def names_text(names: Sequence[str], lang: str) -> str:
    """The first few names, and how many more there are."""
    few = ", ".join(names[:MOST_NAMES])
    left = len(names) - MOST_NAMES
    return say("regress.and_more", lang, names=few, count=left) if left > 0 else few


def changelog_line(found: Comparison) -> str:
    """What the changelog is to say, in its own language, with the worst move of the first scenarios."""
    worst = [(each.name, each.moved[0]) for each in found.entries if each.moved]
    said = [
        say("regress.update.figure", "en", measure=_path(move), scenario=name, was=sides[0], now=sides[1])
        for name, move in worst[:MOST_NAMES]
        for sides in [_change(move, "en")]
    ]
    other = [*(each.name for each in found.entries if not each.agrees), *(each.name for each in found.ties)]
    other += [each.name for each in found.faults]
    named = [say("regress.update.other", "en", name=each) for each in dict.fromkeys(other)]
    return say("regress.update.line", "en", what=", ".join(said or named[:MOST_NAMES]))


def _path(move: Moved) -> str:
    return "/".join(part for part in (move.measure, move.channel, move.site) if part != "all")
