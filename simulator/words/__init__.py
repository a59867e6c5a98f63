"""The one catalogue of words that people read, in Norwegian bokmål (nb) and English (en).

Every sentence a planner meets has a key in one of the YAML files beside this module. Nothing here knows
what the words are about; the caller passes the language, so there is no current language to forget.
"""

import locale
import os
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

LANGUAGES = ("nb", "en")
LIBRARY_WORDS = files(__package__) / "locale"
"""Where gettext finds what the command-line library says of its own."""


_ENTRY = re.compile(r"^([\w.-]+):(.*\n(?:(?:[ #].*)?\n)*)", re.MULTILINE)
"""A key at the beginning of a line, and all that is written under it."""


class MissingWordError(KeyError):
    """A key or a language that the catalogue does not hold: a defect of the program, never of a scenario."""


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """All entries of all catalogue files: key -> language -> sentence.

    Raises
    ------
    MissingWordError
        If a key stands in two files or lacks a language.
    """
    return {key: _entry(key) for key in _written()}


@cache
def _written() -> Mapping[str, str]:
    """Every entry as it is written, by its key.

    Files are cut where a line begins with a key, and read entry by entry when somebody asks for one: to read them all
    takes a second, and a command needs a few.
    """
    found: dict[str, str] = {}
    for file in sorted(files(__package__).iterdir(), key=lambda each: each.name):
        if not file.name.endswith(".yaml"):
            continue
        for key, entry in _ENTRY.findall(file.read_text("utf-8") + "\n"):
            if key in found:
                raise MissingWordError(f"{file.name}: {key}: stands twice")
            found[key] = entry
    return found


@cache
def _entry(key: str) -> Mapping[str, str]:
    """An entry of the catalogue: language -> sentence."""
    if key not in _written():
        raise MissingWordError(key)
    entry = YAML(typ="safe", pure=True).load(_written()[key])
    if not isinstance(entry, Mapping) or set(entry) != set(LANGUAGES):
        raise MissingWordError(f"{key}: lacks one of {LANGUAGES}")
    return entry


def say(key: str, lang: str, **values: Any) -> str:
    """The sentence of ``key`` in ``lang`` with ``{names}`` filled from ``values``.

    Raises
    ------
    MissingWordError
        If the catalogue has no such key or language.
    """
    entry = _entry(key)
    if lang not in entry:
        raise MissingWordError(f"{key} ({lang})")
    return entry[lang].format(**values)


def machine_language(environment: Mapping[str, str] = os.environ) -> str:
    """``nb`` where the machine's locale is Norwegian, else ``en``.

    The variables are asked in gettext's order; on Windows, which sets none, the user's locale is asked.
    """
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name, "")
        if value:
            return "nb" if value.lower()[:2] in {"nb", "no", "nn"} else "en"
    system = locale.getlocale()[0] or ""
    return "nb" if system.lower().startswith(("nb", "nn", "no_", "norwegian")) else "en"
