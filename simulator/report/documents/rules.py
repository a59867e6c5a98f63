"""Scenarios as tables: the rules of each channel, the roster, and what one scenario has other than another.

Reads the model of a scenario as plain data (`simulator.study.run.describe`); knows no result.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from simulator.report import numbers
from simulator.report.documents.asked import Asked
from simulator.report.hours import in_words
from simulator.report.tables import LIVE, MESSAGES, Column, Table, channel_name, value_text
from simulator.words import say

PROSE = ("title", "why", "expect")
_WINDOW_DAYS = ("weekdays", "weekends", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "holidays", "dates")
Data = Mapping[str, Any]


def rules_tables(asked: Asked, name: str, lang: str) -> tuple[Table, ...]:
    """The rules of the channels where somebody waits, then those of written questions."""
    words = {"stress.rules": LIVE, "stress.rules.written_table": MESSAGES}
    made = (_rules_table(asked, name, key, among, lang) for key, among in words.items())
    return tuple(each for each in made if each.rows)


def _rules_table(asked: Asked, name: str, caption: str, among: Sequence[str], lang: str) -> Table:
    about = asked.described[name]
    channels = [each for each in among if about["model"]["channels"].get(each)]
    rules = {each: _rules(about, each, lang) for each in channels}
    kinds = list(dict.fromkeys(kind for each in rules.values() for kind in each))
    rows = tuple(
        (say(f"stress.rule.{kind}", lang), *(rules[each].get(kind, numbers.MISSING) for each in channels))
        for kind in kinds
    )
    heads = [say("stress.rule", lang), *(channel_name(each, lang) for each in channels)]
    columns = tuple(Column(head, is_figure=False) for head in heads)
    return Table(say(caption, lang, title=asked.titles[name]), columns, rows)


def _rules(about: Data, channel: str, lang: str) -> dict[str, str]:
    """Of a channel, by kind of rule; those that written questions do not have are left out."""
    rules = about["model"]["channels"][channel]
    found = {
        "open": in_words(about["open_windows"][channel], lang),
        "work": duration(rules["work"], lang),
        "wrap_up": duration(rules["wrap_up"], lang),
    }
    if channel not in LIVE:
        return found
    found |= {
        "patience": duration(rules["patience"], lang) if rules["patience"] else say("stress.for_ever", lang),
        "balking": numbers.as_written(rules["balking"], lang, "share"),
        "max_waiting": say("stress.no_limit", lang)
        if rules["max_waiting"] is None
        else numbers.number(rules["max_waiting"], lang),
        "redial": _again(rules["redial"], lang),
        **_closed(rules["when_closed"], lang),
        "closing": _closing(rules["closing"], lang),
        "target": say("stress.seconds", lang, value=numbers.as_written(rules["answer_target_s"], lang)),
    }
    if channel == "chat":
        found["speed"] = " – ".join(numbers.as_written(each, lang) for each in rules["speed_by_level"])
        found["routing"] = say(f"stress.routing.{rules['routing']}", lang)
    return found


def duration(data: Data | None, lang: str) -> str:
    """A random length of time in words."""
    if not data or not data["mean_min"]:
        return say("stress.none", lang)
    law, cv = data["distribution"], data.get("cv")
    told = {"mean": numbers.as_written(data["mean_min"], lang, "min"), "law": say(f"stress.law.{law}", lang)}
    if cv is None or law in ("exponential", "fixed"):
        return say("stress.duration", lang, **told)
    return say("stress.duration.cv", lang, **told, cv=numbers.as_written(cv, lang))


def _again(redial: Data | None, lang: str) -> str:
    if not redial or not redial["probability"]:
        return say("stress.none", lang)
    share = numbers.as_written(redial["probability"], lang, "share")
    return say("stress.again", lang, share=share, mean=numbers.as_written(redial["mean_min"], lang, "min"))


def _closed(rules: Data, lang: str) -> dict[str, str]:
    back = say("stress.none", lang)
    if rules["come_back"]:
        hours = numbers.as_written(rules["mean_hours_after_opening"], lang, "h")
        share = numbers.as_written(rules["come_back"], lang, "share")
        back = say("stress.after_opening", lang, share=share, mean=hours)
    phone = numbers.as_written(rules["phone_instead"], lang, "share")
    return {"phone_instead": phone if rules["phone_instead"] else say("stress.none", lang), "come_back": back}


def _closing(rules: Data, lang: str) -> str:
    said = [say(f"stress.closing.{rules['conversations']}", lang)]
    said.append(say(f"stress.closing.{'serve_out' if rules['serve_out_queue'] else 'turned_away'}", lang))
    if rules["last_admission_min"]:
        mean = numbers.as_written(rules["last_admission_min"], lang, "min")
        said.append(say("stress.closing.last", lang, mean=mean))
    return ", ".join(said)


def roster_table(asked: Asked, name: str, lang: str) -> Table:
    """The roster of a scenario, shift by shift."""
    about = asked.described[name]
    rows = tuple(
        (
            about["sites"].get(site, site),
            shift,
            schedule_text(each["hours"], lang),
            numbers.number(each["counsellors"], lang),
            ", ".join(say(f"channel.{channel}", lang) for channel in each["answers"]),
            numbers.number(each.get("chats_at_once", 1), lang) if "chat" in each["answers"] else numbers.MISSING,
        )
        for site, shifts in about["model"]["roster"].items()
        for shift, each in shifts.items()
    )
    heads = ("site", "shift", "hours", "people", "answers", "chats")
    columns = tuple(
        Column(say(f"stress.roster.column.{each}", lang), is_figure=each in ("people", "chats")) for each in heads
    )
    return Table(say("stress.roster", lang, title=asked.titles[name]), columns, rows)


def schedule_text(data: Any, lang: str) -> str:
    """A schedule in words, as it was written: what is usual first, then the days that differ."""
    if not isinstance(data, Mapping):
        return value_text(data, lang)
    said = [_windows(data["daily"], lang)] if data.get("daily") is not None else []
    for key in _WINDOW_DAYS:
        windows = data.get(key)
        if windows is None:
            continue
        if isinstance(windows, Mapping):
            said += [f"{day} {_windows(each, lang)}" for day, each in windows.items()]
            continue
        name = numbers.weekday(key, lang) if key in numbers.WEEKDAYS else say(f"document.days.{key}", lang)
        said.append(f"{name} {_windows(windows, lang)}")
    return "; ".join(said)


def _windows(windows: Any, lang: str) -> str:
    texts = [windows] if isinstance(windows, str) else list(windows)
    if not texts:
        return say("hours.closed", lang)
    if texts == ["00:00-24:00"]:
        return say("hours.always", lang)
    return say("hours.and", lang).join(text.replace("-", "–") for text in texts)


# --- one beside another ------------------------------------------------------------------------------------------


def differing(asked: Asked, name: str) -> list[tuple[str, Any, Any]]:
    """What a scenario has other than the first: key, there, here; empty where either is not known whole."""
    first = asked.described.get(asked.names[0])
    other = asked.described.get(name)
    if first is None or other is None:
        return []
    return [each for each in _apart(first["model"], other["model"]) if each[0].partition(".")[0] not in PROSE]


def _apart(one: Any, other: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    if one == other:
        return
    if not (isinstance(one, Mapping) and isinstance(other, Mapping)) or _is_schedule(one) or _is_schedule(other):
        yield path, one, other
        return
    for key in dict.fromkeys([*one, *other]):
        yield from _apart(one.get(key), other.get(key), f"{path}.{key}" if path else str(key))


def _is_schedule(data: Mapping[str, Any]) -> bool:
    return {"daily", "weekends", "sun"} <= set(data)


def changes_tables(asked: Asked, lang: str) -> tuple[Table, ...]:
    """Of each further scenario: what it has other than the first."""
    tables = []
    columns = tuple(
        Column(say(key, lang), is_figure=False)
        for key in ("document.column.key", "compare.column.base", "compare.column.plan")
    )
    for name in asked.names[1:]:
        rows = tuple((key, _text(one, lang), _text(other, lang)) for key, one, other in differing(asked, name))
        told = {"title": asked.titles[name], "base": asked.titles[asked.names[0]]}
        if rows:
            tables.append(Table(say("stress.scenario.table", lang, **told), columns, rows))
    return tuple(tables)


def _text(value: Any, lang: str) -> str:
    if isinstance(value, Mapping) and _is_schedule(value):
        return schedule_text(value, lang)
    return (
        value_text({key: each for key, each in value.items() if each is not None}, lang)
        if isinstance(value, Mapping)
        else value_text(value, lang)
    )
