"""How a reader would try the guides: a desk on which the blocks of a page are saved and typed, in their order.

Each page has a desk of its own with what a fresh clone has (scenarios, studies, notebooks), and commands run in this
process. Settings that make a command quick are added where it takes them, and no page names them: three plausible
worlds, two simulated years of each, a coarser search (`QUICK`). Output must then have all words of the page; where
nothing was added it must be the page's to the last sign. With ``GUIDES=whole`` in the environment nothing ever is.

Programs of the machine are stood in for: `run.py` makes no environment, ``pytest`` finds its tests and runs none,
``pip`` installs nothing, and no window is opened, but the file that it would show must be there, and whole.
"""

import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from simulator.cli import command_line, run_command, split_language
from tests.cli.commands import Said
from tests.docs.guides import FINGERPRINT, ROOT, Block

WHOLE = os.environ.get("GUIDES") == "whole"
"""Whether commands run as they stand."""
QUICK = {
    "*": {"worlds": "3", "replications": "2"},
    "staff": {"worlds": "3", "replications": "1", "step": "60", "days": "every-day"},
    "wanted": {"worlds": "20", "replications": "1"},
    "backtest": {"worlds": "20", "replications": "1"},
    "hours": {
        "worlds": "2",
        "most": "1",
        "grid": "240",
        "days": "alike",
        "shifts": "1",
        "years": "2",
        "exhaustive": "",
    },
}
"""Settings added to each command, where it takes them (``*``: to all others); an empty one is a flag."""

# --- a command ---------------------------------------------------------------------------------------------------


def words_of(line: str) -> list[str]:
    """The words of a command line, whichever way its folders are parted; ``--lang`` stays in its place."""
    first, *rest = shlex.split(line.replace("\\", "/"), comments=True)
    program = first.removeprefix(".venv/Scripts/").removeprefix(".venv/bin/").removesuffix(".exe")
    return [program, *rest]


def parsed(words: list[str]) -> click.Context:
    """What click makes of the words after ``simulator``, without running anything."""
    group = command_line("nb")
    context = group.make_context("simulator", [], resilient_parsing=True)
    typed, _ = split_language(words)
    name, command, rest = group.resolve_command(context, typed)
    assert command is not None, words
    return command.make_context(name, rest, parent=context)


def quickened(words: list[str]) -> list[str]:
    """A command with the quick settings behind it: the last of two options of one name counts."""
    if WHOLE:
        return words
    typed, _ = split_language(words)
    command = command_line("nb").commands.get(typed[0])
    taken = {each.name for each in command.params} if command else set()
    added = QUICK.get(typed[0], QUICK["*"])
    return [*words, *(part for name, value in added.items() if name in taken for part in (f"--{name}", value) if part)]


def is_exact(line: str) -> bool:
    """Whether a line runs as it stands, with nothing added to be quick."""
    program, *rest = words_of(line)
    if any(word.startswith("results/") for word in rest) or rest[:1] == ["run.py"]:
        return WHOLE
    return program != "simulator" or quickened(rest) == rest


# --- a desk ------------------------------------------------------------------------------------------------------


@dataclass
class Desk:
    """A folder with what a fresh clone gives a reader, on which one page is followed; the working folder while it is.

    Attributes
    ----------
    folder
        Where.
    lang
        Language of the machine.
    captured
        Empties what has been printed so far and returns it: standard output, standard error.
    """

    folder: Path
    lang: str
    captured: Callable[[], tuple[str, str]]

    def follow(self, block: Block) -> list[Said]:
        """Do what a block tells the reader to do: save it, or type it; what each line said, if any was typed."""
        if "word" in block.marks:
            written_in_word(self.folder / block.marks["word"], block.lines)
            return []
        if (place := block.saved_as) is not None:
            path = self.folder / place
            path.parent.mkdir(exist_ok=True)
            path.write_text(block.text, "utf-8", newline="\r\n")
            return []
        return [self.type(line) for line in block.lines if not line.startswith("#")] if block.is_typed else []

    def type(self, line: str) -> Said:
        """Run one line as it would be typed."""
        words = words_of(line)
        does = _PROGRAMS.get(words[0])
        assert does is not None, f"no program of the guides: {line}"
        self.captured()
        status = does(self, [self.found(word) for word in words[1:]])
        return Said(status, *self.captured())

    def found(self, word: str) -> str:
        """A word as it is, or the folder of results that it names, whose fingerprint quick settings have changed."""
        if WHOLE or not word.startswith("results/") or not FINGERPRINT.search(word):
            return word
        first, _, rest = word.partition("/")
        named, _, inside = rest.partition("/")
        made = sorted(
            self.folder.glob(f"{first}/{FINGERPRINT.sub('', named)}-*"), key=lambda path: path.stat().st_mtime
        )
        assert made, f"no result is called {word}"
        return "/".join(filter(None, (first, made[-1].name, inside)))

    def holds(self, pattern: str) -> bool:
        """Whether some file on the desk has such a name."""
        return any(self.folder.glob(pattern.replace("\\", "/")))


def _simulator(desk: Desk, words: list[str]) -> int:
    if (quick := quickened(words)) != words:
        parsed(words)  # what is overruled must be in order as well
    typed, asked = split_language(quick)
    return run_command(typed, asked or desk.lang, asked or "nb")


def _python(desk: Desk, words: list[str]) -> int:
    """``python run.py``, ``python -c CODE``, ``python -m MODULE``: each as far as a test may go."""
    if words[0] == "run.py":
        return _run_py(desk, words[1:])
    if words[0] == "-c":
        return _apart(ROOT, *words)
    assert words[0] == "-m", words
    return _MODULES[words[1]](desk, words[2:])


def _run_py(desk: Desk, words: list[str]) -> int:
    """What `run.py` does once the environment is there; style, types and tests are only named, for they run by it."""
    run = runpy.run_path(str(ROOT / "run.py"))
    main, called = run["main"], []
    main.__globals__["prepare"] = lambda with_tests: None
    main.__globals__["call"] = lambda *command: called.append(command) or 0
    status = main(words)
    for program, *options in called:
        if program == "simulator":
            return _simulator(desk, options)
    assert called
    return int(status)


def _pytest(desk: Desk, words: list[str]) -> int:
    """The tests that are named are there; they run in the same suite, and not once more here."""
    paths = [word for word in words if word.startswith("tests")]
    places = [ROOT / path for path in paths]
    files = [file for place in places for file in ([place] if place.is_file() else place.rglob("test_*.py"))]
    texts = [file.read_text("utf-8") for file in files]
    chosen = words[words.index("-k") + 1] if "-k" in words else ""
    named = [name for text in texts for name in re.findall(r"^def (test_\w+)", text, re.M) if chosen in name]
    return int(not named or not all(place.exists() for place in places))


def _pip(desk: Desk, words: list[str]) -> int:
    """Nothing is installed; the extra that is asked for is there."""
    extra = re.fullmatch(r"install -e \.\[(\w+)\]", " ".join(words))
    assert extra, words
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return int(extra[1] not in project["optional-dependencies"])


def _notebooks(desk: Desk, words: list[str]) -> int:
    """The notebooks that are named are there; they take minutes, and have tests of their own."""
    return int(any(not (ROOT / "notebooks" / f"{word}.py").is_file() for word in words))


def _jupytext(desk: Desk, words: list[str]) -> int:
    """On a copy of the notebooks."""
    return _apart(desk.folder, "-m", "jupytext", *words)


_MODULES: dict[str, Callable[[Desk, list[str]], int]] = {
    "pytest": _pytest,
    "pip": _pip,
    "notebooks": _notebooks,
    "jupytext": _jupytext,
}
"""What ``python -m`` may begin."""


def _apart(folder: Path, *words: str) -> int:
    """A Python of its own, in a folder."""
    done = subprocess.run([sys.executable, *words], cwd=folder, capture_output=True, encoding="utf-8", check=False)
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    return done.returncode


def _copy(desk: Desk, words: list[str]) -> int:
    source, target = words
    shutil.copy(desk.folder / source, desk.folder / target)
    return 0


def written_in_word(path: Path, lines: list[str]) -> None:
    """Save a Word document with a paragraph for each line."""
    from docx import Document

    document = Document()
    for line in lines:
        document.add_paragraph(line)
    document.save(str(path))


def words_in(path: Path) -> str:
    """All text of a Word document in its order, a line for each paragraph and each row of a table."""
    from docx import Document
    from docx.table import Table

    parts = Document(str(path)).iter_inner_content()
    rows = [part.rows if isinstance(part, Table) else [part] for part in parts]
    return "\n".join(
        "  ".join(cell.text for cell in row.cells) if hasattr(row, "cells") else row.text
        for part in rows
        for row in part
    )


def _is_whole(path: Path) -> bool:
    """Whether a file is what its name says, for those who would open it."""
    content = path.read_bytes()
    if path.suffix == ".docx":
        return bool(words_in(path)) and not re.search(r"\{\{|\}\}|\[\[|\]\]", words_in(path))
    if path.suffix == ".xlsx":
        from openpyxl import load_workbook

        return all(sheet.max_row > 1 for sheet in load_workbook(path).worksheets)
    if path.suffix == ".pdf":
        from pypdf import PdfReader

        return len(PdfReader(path).pages) > 1
    return path.suffix == ".html" and content.rstrip().endswith(b"</html>")


def _shows(desk: Desk, words: list[str]) -> int:
    """A browser, Word, Excel or the explorer: what it shows is there, and can be opened."""
    (pattern,) = words
    found = sorted(desk.folder.glob(pattern))
    if not found:
        sys.stderr.write(f"nothing to open: {pattern}\n")
    return int(not found or not all(map(_is_whole, found)))


def _edits(desk: Desk, words: list[str]) -> int:
    """Notepad asks whether to make a new file where there is none; its folder must be there."""
    (path,) = words
    assert (desk.folder / path).parent.is_dir()
    return 0


def _sets_path(desk: Desk, words: list[str]) -> int:
    """``$env:Path += ";$pwd/.venv/Scripts"``, so that ``simulator`` is found; here it is found already."""
    assert words == ["+=", ";$pwd/.venv/Scripts"], words
    return 0


_PROGRAMS: dict[str, Callable[[Desk, list[str]], int]] = {
    "simulator": _simulator,
    "python": _python,
    "python3": _python,
    "py": _python,
    "copy": _copy,
    "ii": _shows,
    "notepad": _edits,
    "$env:Path": _sets_path,
}
"""What a line may begin with."""
