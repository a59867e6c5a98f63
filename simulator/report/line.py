"""A reconstructed line beside its known day, as tables and sentences in one language."""

import numpy as np

from simulator.report import numbers
from simulator.report.tables import Column, Table
from simulator.study.line import KnownLine, total_variation
from simulator.words import say


def line_tables(line: KnownLine, lang: str) -> tuple[Table, ...]:
    """How far each reconstruction is from the truth, and the band hour by hour."""
    return _distances(line, lang), _hours(line, lang)


def line_sentences(line: KnownLine, lang: str) -> tuple[str, ...]:
    """The answer, and what it rests on."""
    distance = numbers.percent(line.distance, lang, 1)
    said = [say("line.answer", lang, held=int(line.held.sum()), distance=distance)]
    outside = [numbers.clock_hour(int(hour)) for hour in np.flatnonzero(~line.held)]
    if outside:
        said.append(say("line.hours_outside", lang, hours=", ".join(outside)))
    if line.left_out:
        said.append(say("line.left_out", lang, names=", ".join(line.left_out)))
    else:
        said.append(say("line.nothing_seen", lang))
    total = numbers.number(line.total, lang)
    said.append(say("line.counted", lang, total=total) if line.counted else say("line.not_counted", lang))
    return tuple(said)


def _distances(line: KnownLine, lang: str) -> Table:
    alone = {
        say("line.single", lang, name=name): total_variation(each, line.true) for name, each in line.single.items()
    }
    rows = {say("line.median", lang): line.distance, **alone}
    return Table(
        say("line.distance.caption", lang, blocks=len(line.blocks)),
        _columns(("reconstruction", "distance"), lang),
        tuple((name, numbers.percent(distance, lang, 1)) for name, distance in rows.items()),
        say("line.distance.note", lang),
    )


def _hours(line: KnownLine, lang: str) -> Table:
    def row(hour: int) -> tuple[str, ...]:
        true, middle, low, high = (100 * float(each[hour]) for each in (line.true, line.median, line.low, line.high))
        return (
            numbers.clock_hour(hour),
            numbers.percent(true / 100, lang, 1),
            numbers.percent(middle / 100, lang, 1),
            say("number.percent", lang, value=numbers.span(low, high, lang, 1)),
            say("line.held" if line.held[hour] else "line.outside", lang),
        )

    return Table(
        say("line.hours.caption", lang),
        _columns(("hour", "true", "middle", "band", "held"), lang),
        tuple(map(row, range(len(line.true)))),
        say("line.hours.note", lang, draws=numbers.number(line.draws, lang)),
    )


def _columns(names: tuple[str, ...], lang: str) -> tuple[Column, ...]:
    heads = [say(f"line.column.{name}", lang) for name in names]
    return (Column(heads[0], is_figure=False), *map(Column, heads[1:]))
