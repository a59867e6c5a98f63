"""Coverage on invented truths as a table, as plain data, and as the CSV that is kept."""

from typing import Any

from simulator.report import numbers
from simulator.report.tables import Column, Table
from simulator.study.estimates import rounded
from simulator.study.worlds.coverage import Covered, Row
from simulator.words import say

CSV_COLUMNS = ("truth", "outside_family", "question", "true", "low", "median", "high", "worlds", "candidates")


def coverage_table(covered: list[Covered], lang: str) -> Table:
    """How many of the intervals hold the truth, and how wide they are."""
    rows = tuple(
        (
            say(f"coverage.question.{each.question}", lang),
            f"{each.held} / {each.truths}",
            numbers.number(each.median_width, lang, -1),
            numbers.number(each.prior_width, lang, -1),
            numbers.percent(each.median_width / each.prior_width, lang),
        )
        for each in covered
    )
    heads = [say(f"coverage.column.{name}", lang) for name in ("question", "held", "width", "prior", "ratio")]
    columns = (Column(heads[0], is_figure=False), *map(Column, heads[1:]))
    return Table(say("coverage.caption", lang), columns, rows, say("coverage.note", lang))


def coverage_json(rows: list[Row], covered: list[Covered]) -> dict[str, Any]:
    """The document of ``simulator coverage --json``."""
    return {
        "questions": [
            {**vars(each), "held_share": each.held / each.truths, "width_ratio": each.median_width / each.prior_width}
            for each in covered
        ],
        "rows": [
            {**{name: rounded_or_none(value) for name, value in vars(each).items()}, "holds": each.holds}
            for each in rows
        ],
    }


def rounded_or_none(value: Any) -> Any:
    """A number as JSON holds it: None where there is none."""
    return rounded(value) if isinstance(value, float) else value


def coverage_csv(rows: list[Row]) -> str:
    """One line for each truth and question."""
    lines = [",".join((*CSV_COLUMNS, "holds"))]
    for each in rows:
        cells = [getattr(each, name) for name in CSV_COLUMNS]
        lines.append(",".join(_cell(cell) for cell in (*cells, each.holds)))
    return "\n".join(lines) + "\n"


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.0f}" if isinstance(value, float) else str(value)
