"""How wide the columns of a table are on paper, by what they hold. Knows no format."""

from simulator.report.tables import Table

_SHORT_TEXT = 14
"""Letters of a text that want a place of their own; what is longer folds."""
_LONGEST_WORD = 30
_BETWEEN = 3


def widths(table: Table, room: float, widest: float) -> list[float]:
    """Widths of the columns: figures stay on one line where there is room, long texts share what is left.

    Parameters
    ----------
    room
        Between the margins, in any unit of length.
    widest
        For a letter, in that unit: a table of few short columns does not fill the page.
    """
    needed = []
    for place, column in enumerate(table.columns):
        cells = [row[place] for row in table.rows]
        word = max((len(part) for text in (column.head, *cells) for part in text.split(" ")), default=1)
        whole = max(map(len, cells), default=1)
        is_text = not (column.is_figure and place)
        length = min(whole, _SHORT_TEXT) + max(whole - _SHORT_TEXT, 0) ** 0.6 if is_text else whole
        needed.append(max(length, min(word, _LONGEST_WORD)) + _BETWEEN)
    scale = min(room / sum(needed), widest)
    return [each * scale for each in needed]
