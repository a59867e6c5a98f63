"""The "Results change" entries of the changelog: what has to be written before moved numbers become the baseline."""

import re
from collections.abc import Sequence

UNRELEASED = re.compile(r"^## \[?Unreleased", re.IGNORECASE)
_SECTION = "## "
_ITEM = re.compile(r"^[-*] ")
_MARK = re.compile(r"^[-*] \*\*Results change\b", re.IGNORECASE)


def results_changes(changelog: str) -> tuple[str, ...]:
    """Every entry of the unreleased section that begins with the two words, each on one line.

    Parameters
    ----------
    changelog
        Text in the form of Keep a Changelog. An entry is a list item and the indented lines below it.
    """
    entries: list[list[str]] = []
    taking = False
    for line in _unreleased(changelog.splitlines()):
        if _ITEM.match(line):
            taking = _MARK.match(line) is not None
            if taking:
                entries.append([line[2:]])
        elif taking and line.startswith((" ", "\t")):
            entries[-1].append(line)
        else:
            taking = False
    return tuple(" ".join(" ".join(lines).split()) for lines in entries)


def _unreleased(lines: list[str]) -> list[str]:
    starts = [number for number, line in enumerate(lines) if UNRELEASED.match(line)]
    if not starts:
        return []
    rest = lines[starts[0] + 1 :]
    ends = [number for number, line in enumerate(rest) if line.startswith(_SECTION)]
    return rest[: ends[0]] if ends else rest


def accounted_for(changelog: str, known: Sequence[str] | None, moved: bool) -> tuple[str, ...] | None:
    """The entries that a new baseline is made with; None where figures moved and no new entry says so.

    Parameters
    ----------
    changelog
        Its text.
    known
        The entries that the stored baseline was made with; None where there is no stored one.
    moved
        Whether a figure moved. If none did, a new entry stays new: it speaks of a move that is still to come.
    """
    entries = results_changes(changelog)
    if known is None:
        return entries
    if not moved:
        return tuple(each for each in entries if each in known)
    return entries if any(each not in known for each in entries) else None
