"""What may happen to a command from outside: an interrupt, a reader who leaves, a poor console, a network."""

import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from simulator.report.numbers import number
from simulator.words import LANGUAGES, say
from tests.cli.commands import LONG, ROOT, Said, ctrl_c, environment, everything_in, figure, strict_json

POSIX = pytest.mark.skipif(os.name == "nt", reason="signals and pipes of this kind are not there")
YEAR = ["--replications", "1", "--workers", "1"]
QUICK = """
import sys, simulator.report
simulator.report.report = lambda result, lang: {}
from simulator.cli import main
main(sys.argv[1:])
"""
"""The command line without figures and page, which take seconds and are not asked for here."""

# --- an interrupt -------------------------------------------------------------------------------------------------


def interrupted(*_, **__):
    raise KeyboardInterrupt


PLACES = {
    "while years are simulated": ("simulator.study.run", "replicate"),
    "while the page is made": ("simulator.report", "report"),
    "while the tables are made": ("simulator.store", "tables"),
    "while the folder is renamed": ("simulator.store.whole", "_replace"),
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("place", PLACES)
def test_an_interrupt_leaves_nothing(typed, small, desk, without_documents, monkeypatch, place, lang):
    module, name = PLACES[place]
    monkeypatch.setattr(import_module(module), name, interrupted)
    said = typed("run", small, *YEAR, "--json", "result.json", lang=lang)
    assert (said.status, said.out) == (130, "")
    assert say("cli.interrupted", lang) in said.err and "Traceback" not in said.err
    assert [path.name for path in desk.rglob("*") if path.is_file()] == [small]


def test_an_interrupted_json_file_leaves_the_older_one(typed, small, desk, without_documents, monkeypatch):
    (desk / "result.json").write_text("older", encoding="utf-8")
    replace = Path.replace
    monkeypatch.setattr(Path, "replace", lambda self, to: interrupted() if to.suffix == ".json" else replace(self, to))
    said = typed("run", small, *YEAR, "--json", "result.json")
    assert said.status == 130
    assert (desk / "result.json").read_text("utf-8") == "older"
    assert sorted(path.name for path in desk.iterdir()) == ["result.json", "results", small]


WHO = {
    "threads": ["--workers", "2"],
    "one thread": ["--workers", "1"],
    "processes": ["--workers", "2", "--engine", "simpy"],
    "one process": ["--workers", "1", "--engine", "simpy"],
}


@POSIX
@pytest.mark.parametrize("who", WHO)
def test_ctrl_c_keeps_what_is_whole(desk, typed, small, without_documents, who):
    said = ctrl_c(desk, 3, small, *LONG, *WHO[who])
    assert said.status == 130
    document = strict_json((desk / "result.json").read_text("utf-8"))
    manifest = document["manifest"]
    years = manifest["replications"]
    assert (manifest["asked_replications"], manifest["interrupted"]) == (100_000, True) and 3 <= years < 100_000
    kept = say("cli.interrupted.kept", "nb", done=number(years, "nb"), asked=number(100_000, "nb"))
    assert said.err.strip() == kept  # and no traceback of this program or of a process that was just starting
    (folder,) = (desk / "results").iterdir()
    assert set(everything_in(folder)) == {"manifest.json", "measures.csv", "measures.parquet"}
    whole = typed("run", small, "--replications", years, "--json", "-", "--out", "again").document()
    assert whole["measures"] == document["measures"]
    assert not [path for path in desk.rglob("*.part")]


@POSIX
@pytest.mark.parametrize("who", WHO)
def test_ctrl_c_before_two_years_are_whole_leaves_nothing(desk, small, who):
    said = ctrl_c(desk, 1, small, *LONG, *WHO[who])
    assert (said.status, said.out) == (130, "")
    assert said.err.strip() == say("cli.interrupted", "nb")
    assert [path.name for path in desk.iterdir()] == [small]


@pytest.mark.parametrize("command", ["run", "overview"])
def test_an_interrupt_is_said_and_the_result_is_written(typed, small, without_documents, monkeypatch, command):
    replicate = import_module("simulator.study.replicate")
    take = replicate._take

    def interrupted_after_two(rows, seen, replications, watch, progress):
        if seen.keys[-1].measure.startswith("answered_in_"):  # the overview's first half: not yet
            return take(rows, seen, replications, watch, progress)
        for _, batch in zip(range(2), rows, strict=False):
            seen.append(batch)
        raise KeyboardInterrupt

    monkeypatch.setattr(replicate, "_take", interrupted_after_two)
    words = [small] if command == "run" else ["--worlds", "one"]
    said = typed(command, *words, "--replications", "5", "--workers", "1", "--json", "result.json")
    assert said.status == 130
    assert "Interrupted after 2 of 5 years" in said.err and "The result is in" in said.out
    document = strict_json(Path("result.json").read_text("utf-8"))
    assert document["manifest"]["replications"] == 2 and document["manifest"]["interrupted"]
    if command == "overview":  # the same two years under both
        before, after = ({"measures": document[name]} for name in ("before", "measures"))
        assert figure(before, "persons", "chat")["mean"] == figure(after, "persons", "chat")["mean"]


# --- a reader who leaves ------------------------------------------------------------------------------------------


def with_closed_reader(desk: Path, *words: str) -> tuple[int, str]:
    """Run a command whose standard output nobody reads; its exit status and standard error."""
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-c", QUICK, *words]
    with os.fdopen(writer, "wb") as output:
        done = subprocess.run(
            command, cwd=desk, env=environment(), stdout=output, stderr=subprocess.PIPE, check=False, timeout=120
        )
    return done.returncode, done.stderr.decode()


@POSIX
@pytest.mark.parametrize("words", [["schema"], ["evidence"], ["evidence", "--json", "-"], ["--help"]])
def test_a_reader_who_leaves_is_no_failure(desk, words):
    assert with_closed_reader(desk, *words) == (0, "")


@POSIX
@pytest.mark.parametrize("as_json", [[], ["--json", "-"]])
def test_a_reader_who_leaves_does_not_cost_the_result(desk, small, as_json):
    assert with_closed_reader(desk, "run", small, *YEAR, *as_json) == (0, "")
    (folder,) = (desk / "results").iterdir()
    assert (folder / "measures.parquet").is_file()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize(("lang", "place"), [("nb", "skjermen"), ("en", "standard output")])
def test_a_full_disk_behind_standard_output_is_told(desk, lang, place):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "simulator.cli", "schema", "--lang", lang],
            cwd=desk,
            env=environment(PYTHONIOENCODING="utf-8"),
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )
    assert done.returncode == 2
    assert place in done.stderr and "Traceback" not in done.stderr


# --- a poor console -----------------------------------------------------------------------------------------------


def on_console(desk: Path, encoding: str, *words: str) -> Said:
    """Run a command on a Norwegian machine whose console has some encoding."""
    done = subprocess.run(
        [sys.executable, "-c", QUICK, *words],
        cwd=desk,
        env=environment(PYTHONIOENCODING=encoding, PYTHONUTF8="0", LANG="nb_NO.UTF-8"),
        capture_output=True,
        check=False,
        timeout=120,
    )
    codec = "utf-8" if encoding.startswith("ascii") else encoding  # some words take no notice of an ASCII console
    return Said(done.returncode, *(stream.decode(codec) for stream in (done.stdout, done.stderr)))


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp850", "ascii:strict"])
def test_a_console_without_the_letters_still_gets_the_words(desk, small, encoding):
    Path("blåbær.yaml").write_text("extends: small.yaml\nchannels: {chat: {balking: 2}}\n", encoding="utf-8")
    said = on_console(desk, encoding, "check", "blåbær.yaml", small)
    assert said.status == 2 and "Traceback" not in said.err
    assert ".yaml:2:28: channels.chat.balking: " in said.err and "i orden." in said.out
    said = on_console(desk, encoding, "evidence", "oslo")
    assert said.status == 0 and said.err == "" and "Oslo" in said.out


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_console_without_the_letters_still_gets_the_tables(typed, desk, small, without_documents, encoding):
    whole = typed("run", small, *YEAR, lang="nb").out
    said = on_console(desk, encoding, "run", small, *YEAR)
    assert (said.status, said.err) == (0, "")
    assert [len(line) for line in said.out.splitlines()] == [len(line) for line in whole.splitlines()]
    assert said.out.count("?") == whole.count("?")  # each letter has a stand-in
    assert "En liten uke" in said.out and "Telefon" in said.out


def test_the_json_document_is_ascii_for_every_console(typed, desk, small, without_documents):
    Path("blåbær.yaml").write_text("extends: small.yaml\ntitle: Åpent på kvelden\n", encoding="utf-8")
    said = typed("run", "blåbær.yaml", *YEAR, "--json", "-")
    assert said.out.isascii()
    assert said.document()["scenario"]["title"] == "Åpent på kvelden"


@pytest.mark.parametrize("columns", ["20", "40", "250"])
def test_every_width_of_console_will_do(typed, small, without_documents, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    said = typed("run", small, *YEAR, lang="nb")
    assert (said.status, said.err) == (0, "")


@pytest.mark.parametrize("columns", ["80", "100"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_hours_stand_on_one_line_each(typed, small, without_documents, monkeypatch, lang, columns):
    monkeypatch.setenv("COLUMNS", columns)
    lines = typed("run", small, *YEAR, lang=lang).out.splitlines()
    hours = [line.split()[0] for line in lines if line[:2].isdigit() and line[2:3] in "–-"]
    assert hours == [f"{hour:02d}–{hour + 1:02d}" for hour in range(24)]


# --- a network to keep off ----------------------------------------------------------------------------------------

GUARD = """
import os, sys

def refuse(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.sendmsg"}:
        os.write(2, f"{event} {arguments}".encode())
        os._exit(77)

sys.addaudithook(refuse)
"""


def guarded(desk: Path, code: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python where every use of the network ends the process with 77."""
    command = [sys.executable, "-c", GUARD + code, *words]
    spoken = environment(PYTHONIOENCODING="utf-8")
    return subprocess.run(command, cwd=desk, env=spoken, capture_output=True, encoding="utf-8", check=False)


def test_a_run_never_touches_the_network_and_gives_the_same_bytes_in_every_process(typed, desk, small):
    words = ["run", small, *YEAR, "--json", "-"]
    done = guarded(desk, "from simulator.cli import main; main(sys.argv[1:])", *words)
    assert (done.returncode, done.stderr) == (0, "")
    (folder,) = (desk / "results").iterdir()
    assert (folder / "report.html").is_file()
    commit = re.compile(r'"commit":"[^"]*"')  # a file of the project may be saved between the two
    assert commit.sub("", done.stdout) == commit.sub("", typed(*words, "--out", "here").out)
    there, here = everything_in(folder), everything_in(desk / "here" / folder.name)
    assert set(there) == set(here)
    assert all(there[name] == here[name] for name in there if name.startswith("measures"))


@pytest.mark.parametrize(
    "use", ["connect_ex(('127.0.0.1', 9))", "connect(('127.0.0.1', 9))", "sendto(b'', ('127.0.0.1', 9))"]
)
def test_the_guard_would_notice(desk, use):
    kind = "SOCK_DGRAM" if "sendto" in use else "SOCK_STREAM"
    assert guarded(desk, f"import socket; socket.socket(socket.AF_INET, socket.{kind}).{use}").returncode == 77
    assert guarded(desk, "import socket; socket.getaddrinfo('localhost', 9)").returncode == 77


def test_a_command_works_from_anywhere(started, desk):
    assert not desk.is_relative_to(ROOT)
    said = started("check", "2024-actual")
    assert (said.status, said.out) == (0, "2024-actual: in order.\n")
