"""How a command shows what it found: one JSON document, or tables and last lines. Knows no command."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click


def show(lang: str, json_: str | None, document: Any, tables: Sequence[Any], *last: str) -> None:
    """Print the JSON document, or tables and last lines; write the document where a file is named."""
    text = json.dumps(document, allow_nan=False, separators=(",", ":")) if json_ else ""
    if json_ == "-":
        click.echo(text)
        return
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=False)
    for table in tables:
        console.print(table)
    if json_:
        from simulator.store import write_text_whole

        write_text_whole(Path(json_), text + "\n")
    for line in last:
        click.echo(line)
