"""What the tests of commands share: what a command said, how its document is read, and the machine it runs on."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LOCALE = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LC_CTYPE", "LANG")
KEY = ("measure", "channel", "site", "hour", "weekday", "month")


class Said(NamedTuple):
    """What a command left: its exit status, its standard output and its standard error."""

    status: int
    out: str
    err: str

    def document(self) -> Any:
        """The one JSON document that standard output must be: one line, and nothing else."""
        assert self.out.endswith("\n") and self.out.count("\n") == 1, self.out[:200]
        return strict_json(self.out)


def strict_json(text: str) -> Any:
    """A JSON document without NaN and Infinity, which are no JSON."""
    return json.loads(text, parse_constant=lambda constant: pytest.fail(f"{constant} is not JSON"))


def figures_of(document: Mapping[str, Any]) -> dict[tuple[str, ...], dict[str, Any]]:
    """The rows of the long table by measure, channel, site, hour, weekday and month."""
    return {tuple(row[name] for name in KEY): row for row in document["measures"]}


def figure(document: Mapping[str, Any], measure: str, channel: str = "all", site: str = "all") -> dict[str, Any]:
    """One row of the long table, over all hours, weekdays and months."""
    return figures_of(document)[(measure, channel, site, "all", "all", "all")]


def environment(**variables: str) -> dict[str, str]:
    """The variables of a process that finds the simulator and speaks no language unless ``variables`` say so."""
    plain = {name: value for name, value in os.environ.items() if name not in LOCALE}
    return {**plain, "PYTHONPATH": str(ROOT), "COLUMNS": "100", **variables}


def squeezed(text: str) -> str:
    """Text with every stretch of white space as one space: where a line breaks is not asked here."""
    return " ".join(text.split())


def everything_in(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones too, with its content."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


LONG = ["--replications", "100000", "--json", "result.json", "--lang", "nb"]
STARTED = """
import sys, time, simulator.cli, simulator.report, simulator.study
simulator.report.report = lambda result, lang: {}
study, after = sys.modules["simulator.study.replicate"], int(sys.argv[1])
take = study._take

def taken(rows, seen, replications, watch, progress):
    def told(done, total, width):
        if done >= after:
            print("enough", flush=True)
            if after == 1:
                time.sleep(60)

    take(rows, seen, replications, watch, told)

study._take = taken
simulator.cli.main(sys.argv[2:])
"""
"""The command line; it says when some years are whole, so that a test presses Ctrl-C neither too early nor too late.
After the first year it takes no more until then."""


def ctrl_c(desk: Path, after: int, *words: str) -> Said:
    """Run a command and press Ctrl-C after some years: everyone in the terminal's foreground gets it."""
    with subprocess.Popen(
        [sys.executable, "-c", STARTED, str(after), "run", *words],
        cwd=desk,
        env=environment(PYTHONIOENCODING="utf-8"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        assert process.stdout.readline() == "enough\n", process.communicate()
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=120)
    return Said(process.returncode, out.replace("enough\n", ""), err)
