"""What the guides hold: the blocks of a page, and what of a page is held against what a command prints.

Knows the form of the pages and no page. Before a block, comments say what it is:

- ``file: PATH``     the reader saves it there (``study``, ``profile`` and ``log`` likewise, at their usual places)
- ``wrong: PATH``    the same, and the file is not in order
- ``word: PATH``     a document that the reader writes in Word, a paragraph for each line
- ``over: NAME``     a fragment to be laid over a shipped scenario
- ``evidence: PATH`` entries of evidence
- ``from: PATH``     quoted from a file of the project, word for word
- ``exit: N``        the commands of the block end so (0 where nothing is said)
- ``makes: GLOB...`` after the block these files are there
- ``output``         a cut of what the commands before it print; a line of ``…`` stands for what was left out; a
  number in the mark says how many of its lines take all worlds to come out with these words in this place
- ``not run: WHY``   commands that no test types, why, and what holds them instead
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
GENERATED = {DOCS / "cases.md"}
"""Written by a program and held to it elsewhere."""
PAGES = [ROOT / "README.md", *sorted(set(DOCS.rglob("*.md")) - GENERATED)]

TYPED = ("powershell", "console", "sh")
"""Languages of blocks that are commands."""
FINGERPRINT = re.compile(r"-[0-9a-f]{12}(?=$|[/\\. ])")


def language_of(page: Path) -> str:
    """Language of a page, and of the machine it is tried on."""
    return "en" if page.parent == ROOT or "developing" in page.parts else "nb"


class Block(NamedTuple):
    """A fenced block: its line, its language, its marks (kind to name), and what it holds."""

    line: int
    language: str
    marks: dict[str, str]
    text: str

    @property
    def is_typed(self) -> bool:
        """Whether it holds commands to be run."""
        return self.language in TYPED or (not self.language and self.text.startswith(("simulator ", "python3 run.py")))

    @property
    def saved_as(self) -> str | None:
        """Where the reader saves it, from the project's folder."""
        places = {"file": "", "wrong": "", "study": "studies/", "profile": "scenarios/", "log": ""}
        return next((places[kind] + name for kind, name in self.marks.items() if kind in places), None)

    @property
    def lines(self) -> list[str]:
        """Its lines, empty ones left out."""
        return [line for line in self.text.splitlines() if line.strip()]


def blocks(text: str) -> list[Block]:
    """All fenced blocks of a page."""
    fenced = re.finditer(r"((?:^<!--[^\n]*-->\n)*)^```(\w*)\n(.*?)^```$", text, re.M | re.S)
    return [Block(text[: each.start(2)].count("\n") + 1, each[2], _marks(each[1]), each[3]) for each in fenced]


def _marks(comments: str) -> dict[str, str]:
    found = re.findall(r"<!-- (not run|\w+):? ?(.*?) ?-->", comments)
    return dict(found)


def prose(text: str) -> str:
    """A page without its blocks."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)


def code_spans(text: str) -> Iterator[str]:
    """What stands between backticks outside blocks."""
    yield from re.findall(r"`([^`\n]+)`", prose(text))


def anchors(text: str) -> set[str]:
    """The heads of a page, as links name them."""
    heads = re.findall(r"^#+ (.*)$", prose(text), re.M)
    return {re.sub(r"[^\w -]", "", head).strip().lower().replace(" ", "-") for head in heads}


# --- output ------------------------------------------------------------------------------------------------------

_NUMBER = re.compile(r"[<+−-]?\d[\d\u00a0]*(?: \d{3})*(?:[.,]\d+)?")
_INTERVAL = re.compile(r"#((?: [a-zæøå]+\.?)*) \(#(?:–| til | to )#\)")
_RULE = re.compile(r"^[\s─━-]*$")
_COLUMNS = re.compile(r"\S( {2,})\S")


def is_cut(line: str) -> bool:
    """Whether a line of a page stands for lines that were left out, or only parts a table's head from its rows."""
    return line.strip() == "…" or bool(_RULE.match(line))


def without_numbers(text: str) -> str:
    """A text on one line, every number and interval as ``#``: few worlds give others, and break lines elsewhere."""
    plain = " ".join(_NUMBER.sub("#", FINGERPRINT.sub("-#", text.replace("\\", "/"))).split())
    return _INTERVAL.sub(r"#\1", plain).replace("# mill. kr", "# kr")


def unsaid(cut: str, printed: str) -> list[str]:
    """What of a cut is not printed, whatever its numbers, behind what stands before it; of heads, in any order."""
    shown, behind, missing = without_numbers(printed), 0, []
    for said, is_head in sayings(cut):
        plain = without_numbers(said)
        at = shown.find(plain, behind)
        if at < 0:
            missing.append(said)
        elif not is_head:
            behind = at + len(plain)
    return missing


def sayings(cut: str) -> list[tuple[str, bool]]:
    """What a cut says, and whether it is a cell of a table's head; else a whole paragraph, or a row."""
    found: list[tuple[str, bool]] = []
    lines = cut.splitlines()
    for at, line in enumerate(lines):
        if not line.strip() or is_cut(line):
            continue
        if _is_head(lines[at:]):
            found += [(cell, True) for cell in re.split(r" {2,}", line.strip())]
        elif at and _goes_on(lines[at - 1], line):
            found[-1] = (f"{found[-1][0]} {line}", False)
        else:
            found.append((line, False))
    return found


def _is_head(lines: list[str]) -> bool:
    """Whether the first of these lines stands above the rule of a table, with lines of columns alone in between."""
    below = next((at for at, line in enumerate(lines) if not _COLUMNS.search(line) and not line.startswith("  ")), 0)
    return below > 0 and "─" in lines[below]


def _goes_on(before: str, line: str) -> bool:
    """Whether a line goes on with the paragraph of the one before."""
    prose = not _COLUMNS.search(before) and not _COLUMNS.search(line)
    return prose and bool(before.strip()) and not is_cut(before) and not line.startswith("- ")
