"""Speed and memory as ratios, all measured in one run: ``python -m benchmarks``.

Prints one table, each ratio with the bound that is asked of it and whether it holds, and writes nothing, unless
``--json FILE`` asks for the rows as a document. ``--quick`` measures next to nothing: for a test of the benchmarks.
"""

import argparse
import json
import platform
from collections.abc import Callable
from pathlib import Path

from benchmarks import memory, pairing, pool, scaling, spreading, starting, worlds, year
from benchmarks.size import FULL, QUICK, Size
from benchmarks.table import Row, lines

SECTIONS: dict[str, tuple[Callable[[Size], str], Callable[[Size], list[Row]]]] = {
    "year": (lambda _: year.TITLE, year.rows),
    "pool": (lambda _: pool.TITLE, pool.rows),
    "scaling": (lambda _: scaling.TITLE, scaling.rows),
    "spreading": (spreading.title, spreading.rows),
    "worlds": (lambda _: worlds.TITLE, worlds.rows),
    "pairing": (lambda _: pairing.TITLE, pairing.rows),
    "memory": (lambda _: memory.TITLE, memory.rows),
    "starting": (lambda _: starting.TITLE, starting.rows),
}


def measured(size: Size, names: list[str]) -> dict[str, list[Row]]:
    """The rows of some sections, by title."""
    return {title(size): rows(size) for title, rows in (SECTIONS[name] for name in names)}


def main(arguments: list[str] | None = None) -> None:
    """Measure, print, and write what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="next to nothing of everything")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there")
    parser.add_argument("--only", action="append", choices=list(SECTIONS), help="this section, and others so named")
    asked = parser.parse_args(arguments)
    found = measured(QUICK if asked.quick else FULL, asked.only or list(SECTIONS))
    print(f"Python {platform.python_version()}, {platform.machine()}; best of the rounds, taken in turn")
    for line in lines(found):
        print(line)
    if asked.json:
        document = {title: [row.as_json() for row in rows] for title, rows in found.items()}
        asked.json.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
