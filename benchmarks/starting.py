"""How long a command takes to come to its first word."""

import subprocess
import sys

from benchmarks.size import Size
from benchmarks.table import Row, best_of, same, seconds

TITLE = "A cold start"
HELP, PLOTTING = "simulator --help", "python -c 'import matplotlib.pyplot'"
MOST_OF_PLOTTING = 0.5

_CODE = {
    HELP: ["-c", "from simulator.cli import main; main()", "--help"],
    PLOTTING: ["-c", "import matplotlib.pyplot"],
}


def rows(size: Size) -> list[Row]:
    """Both, and their ratio."""
    timings = [same(name, lambda code=code: _run(code)) for name, code in _CODE.items()]  # type: ignore[misc]
    best = best_of(timings, size)
    value = seconds(best[HELP]) / seconds(best[PLOTTING])
    return [*best.values(), Row(f"time of {HELP} / {PLOTTING}", value=value, most=MOST_OF_PLOTTING)]


def _run(code: list[str]) -> None:
    subprocess.run([sys.executable, *code], capture_output=True, check=True)
