"""What is said while years are simulated: a bar on a terminal, one line in a file if it takes long, else nothing."""

import os
import re
import subprocess
import sys
import time

import pytest

from simulator.cli import waiting
from simulator.cli.waiting import span, state
from simulator.service import engines
from simulator.words import LANGUAGES, say
from tests.cli.commands import environment

QUIET = ["--replications", "3", "--workers", "1"]


def on_terminal(desk, *words: str, **variables: str) -> tuple[int, str]:
    """Run a command whose standard error is a terminal; its exit status and what the terminal was sent."""
    pty = pytest.importorskip("pty", reason="no terminals of this kind here")
    ours, theirs = pty.openpty()
    code = "import simulator.report; simulator.report.report = lambda *_: {}; from simulator.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", code, *words],
        cwd=desk,
        env=environment(TERM="xterm", PYTHONIOENCODING="utf-8", **variables),
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        sent = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            sent += part
    os.close(ours)
    return process.returncode, sent.decode("utf-8", "replace")


def test_a_terminal_gets_a_bar_with_the_time_left(desk, small):
    status, shown = on_terminal(
        desk, "run", small, "--replications", "60", "--engine", "simpy", "--workers", "1", "--lang", "nb"
    )
    assert status == 0
    assert "Simulerer «En liten uke»" in shown
    assert re.search(r"\d+ av 60 år", shown) and re.search(r"\d:\d\d:\d\d", shown)


def test_a_terminal_gets_the_precision_reached_so_far(desk, small):
    status, shown = on_terminal(
        desk, "run", small, "--precision", "6%", "--engine", "simpy", "--workers", "1", "--lang", "en"
    )
    assert status == 0
    assert re.search(r"\d+ years, ± \d+\.\d\d%", shown)
    assert "The precision is reached after" in shown


def test_what_is_done_in_a_moment_is_not_worth_a_line(typed, small, without_documents):
    assert typed("run", small, *QUIET).err == ""


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("nb", r"Simulerer «En liten uke»: \d av 3 år, omtrent \d+ s igjen"),
        ("en", r"Simulating “En liten uke”: \d of 3 years, about \d+ s left"),
    ],
)
def test_a_pipe_gets_one_calm_line_when_it_takes_long(typed, small, without_documents, monkeypatch, lang, line):
    monkeypatch.setattr(waiting, "PATIENCE_S", 0.0)
    said = typed("run", small, *QUIET, lang=lang)
    assert said.status == 0 and re.fullmatch(line + "\n", said.err), said.err
    assert typed("run", small, *QUIET, "--json", "-", lang=lang).err == ""


def test_a_pipe_is_told_the_precision_too(typed, small, without_documents, monkeypatch):
    monkeypatch.setattr(waiting, "PATIENCE_S", 0.0)
    said = typed("run", small, "--precision", "20%", "--workers", "1", lang="nb")
    first, second = said.err.splitlines()
    assert re.fullmatch(r"Simulerer «En liten uke»: \d+ år, ± \d+,\d\d\s%", first) and "er nådd" in second


def test_the_line_waits_until_it_has_taken_long(monkeypatch, capsys):
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    with waiting.progress("X", "en", quiet=False) as told:
        now[0] += 60  # to prepare takes its time, which says nothing of the pace
        told(1, 100, None)
        now[0] += 9.5
        told(20, 100, None)
        now[0] += 1000
        told(90, 100, None)
    assert capsys.readouterr().err == "Simulating “X”: 20 of 100 years, about 40 s left\n"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "1 s"), (119, "119 s"), (121, "2 min"), (7100, "118 min"), (7300, "2 h")]
)
def test_a_stretch_of_time_is_told_in_one_unit(seconds, words):
    assert span(seconds, "en").replace("\u00a0", " ") == words


def test_a_width_that_is_not_known_yet_is_a_dash():
    assert state(1, 9, float("inf"), 0.01, "en") == "1 years, ± –"
    assert state(50, 9, 0.01234, 0.01, "en") == "50 years, ± 1.23%"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("first_use", ["compiles", "slow"])
@pytest.mark.parametrize("as_json", [[], ["--json", "-"]])
def test_what_the_engine_is_about_to_do_is_said(typed, small, without_documents, monkeypatch, first_use, lang, as_json):
    monkeypatch.setattr(engines, "first_use", lambda engine: first_use)
    said = typed("run", small, *QUIET, *as_json, lang=lang)
    assert (said.status, said.err) == (0, say(f"cli.engine.{first_use}", lang) + "\n")


def test_the_engine_is_not_talked_of_when_there_is_nothing_to_say(typed, small, without_documents):
    typed("run", small, *QUIET)
    assert typed("run", small, *QUIET).err == ""
