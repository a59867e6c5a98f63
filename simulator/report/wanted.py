"""What to ask for, as tables: what drives an answer, and by how much each missing figure would narrow it."""

from simulator.report import numbers
from simulator.report.tables import Column, Table
from simulator.report.worlds import parameter_name
from simulator.study.worlds.wanted import Asked
from simulator.words import MissingWordError, say

MOST_DRIVERS = 8


def wanted_tables(asked: tuple[Asked, ...], lang: str) -> tuple[Table, ...]:
    """For each answer: what would narrow it, then what drives it."""
    return tuple(table for each in asked for table in (_worth(each, lang), _drivers(each, lang)))


def _named(each: Asked, lang: str) -> str:
    measure, _, channel = each.figure.partition("/")
    name = say(f"measure.{measure}", lang)
    return f"{name} ({say(f'channel.{channel}', lang)})" if channel else name


def _worth(each: Asked, lang: str) -> Table:
    rows = tuple(
        (
            say(f"wanted.datum.{worth.name}", lang),
            numbers.percent(worth.reduction, lang),
            numbers.percent(worth.error, lang),
            numbers.number(worth.expected_width, lang, _decimals(worth.expected_width)),
        )
        for worth in each.worth
    )
    heads = [say(f"wanted.column.{name}", lang) for name in ("datum", "narrower", "error", "width")]
    interval = numbers.interval(each.median, each.low, each.high, lang)
    caption = say("wanted.worth.caption", lang, figure=_named(each, lang), interval=interval)
    return Table(caption, _columns(heads), rows, say("wanted.worth.note", lang))


def _decimals(width: float) -> int:
    return 3 if abs(width) < 1 else 0 if abs(width) < 1000 else -1


def _drivers(each: Asked, lang: str) -> Table:
    rows = tuple(
        (
            _unknown(driver.name, lang),
            _signed(driver.rank, lang),
            numbers.percent(driver.first, lang),
            f"{numbers.percent(driver.first_low, lang)}–{numbers.percent(driver.first_high, lang)}",
        )
        for driver in each.drivers[:MOST_DRIVERS]
    )
    heads = [say(f"wanted.column.{name}", lang) for name in ("unknown", "rank", "first", "first_interval")]
    caption = say("wanted.drivers.caption", lang, figure=_named(each, lang))
    return Table(caption, _columns(heads), rows, say("wanted.drivers.note", lang))


def _unknown(name: str, lang: str) -> str:
    try:
        return say(f"wanted.unknown.{name}", lang)
    except MissingWordError:
        return parameter_name(name, lang)


def _signed(value: float, lang: str) -> str:
    sign = "+" if value > 0 else ""
    return f"{sign}{numbers.number(value, lang, 2)}"


def _columns(heads: list[str]) -> tuple[Column, ...]:
    return (Column(heads[0], is_figure=False), *map(Column, heads[1:]))
