"""Tables as files: the same bytes for the same table, Parquet for programs, CSV that a Norwegian Excel opens.

The only home of polars, which is imported when a table is written. Nothing here knows what the figures mean.
"""

import math
from collections.abc import Sequence
from io import BytesIO
from typing import Any


def csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """A table as CSV that a Norwegian Excel opens by double click; a number that is not there is an empty cell."""
    import polars as pl

    def cell(value: Any) -> Any:
        return None if isinstance(value, float) and not math.isfinite(value) else value

    cells = [[cell(row[place]) for row in rows] for place in range(len(columns))]
    return csv_of(pl.DataFrame({name: each for name, each in zip(columns, cells, strict=True)}, strict=False))


def parquet(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """A table as Parquet; the same bytes for the same table."""
    import polars as pl

    content = BytesIO()
    cells = {name: [row[place] for row in rows] for place, name in enumerate(columns)}
    pl.DataFrame(cells, strict=False).write_parquet(content, compression="zstd")
    return content.getvalue()


def csv_of(frame: Any) -> bytes:
    """Semicolon, decimal comma, and a mark that says UTF-8."""
    import polars as pl

    content = BytesIO()
    guarded = frame.with_columns(pl.col(pl.String).map_elements(_no_formula, return_dtype=pl.String))
    how: dict[str, Any] = {"separator": ";", "decimal_comma": True, "include_bom": True, "line_terminator": "\r\n"}
    guarded.write_csv(content, float_scientific=False, **how)
    return content.getvalue()


def _no_formula(text: str) -> str:
    """A text that a spreadsheet takes as text: a name in a planner's file is never a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
