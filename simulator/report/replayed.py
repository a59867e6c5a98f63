"""What happened to each contact of a log, as a table."""

from simulator.report import numbers
from simulator.report.tables import Column, Table, channel_name
from simulator.study.replay import Replayed
from simulator.words import say

MOST_ROWS = 60


def contacts_table(replayed: Replayed, lang: str) -> Table:
    """One row per attempt, the first ones of a long log."""
    rows = tuple(
        (
            each["contact"],
            each["time"][:16],
            channel_name(each["channel"], lang),
            say(f"measure.{each['outcome']}", lang),
            each["counsellor"] or numbers.MISSING,
            numbers.number(each["wait_min"], lang, 1),
        )
        for each in replayed.contacts[:MOST_ROWS]
    )
    heads = [say(f"replay.{name}", lang) for name in ("contact", "time", "channel", "outcome", "counsellor", "wait")]
    columns = tuple(Column(head, is_figure=head == heads[-1]) for head in heads)
    left = len(replayed.contacts) - len(rows)
    return Table(say("replay.caption", lang), columns, rows, say("replay.more", lang, left=left) if left else "")
