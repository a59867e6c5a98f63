"""A plan as a scenario file that extends the scenario it was asked for: to be checked, run, compared and changed.

Writes text; whoever wants a file writes it. Knows nothing of how the plan was found.
"""

import json
from collections.abc import Mapping
from typing import Any

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZæøåÆØÅ0123456789 _.+-")
_SPOKEN_FOR = frozenset(("null", "true", "false", "yes", "no", "on", "off"))


def as_yaml(extends: str, title: str, why: str, changes: Mapping[str, Any]) -> str:
    """YAML text of a scenario file.

    Parameters
    ----------
    extends
        The scenario it changes: a shipped one by name, or a file by its path from where this one is to lie.
    title, why
        What the file says of itself.
    changes
        As of `simulator.study.hours.plans.Setting.changes`.
    """
    return "\n".join(_lines({"extends": extends, "title": title, "why": why, **changes}, 0)) + "\n"


def _lines(tree: Mapping[str, Any], depth: int) -> list[str]:
    """A mapping line by line: outer keys in block form, inner ones, which are short, in braces."""
    found: list[str] = []
    for key, value in tree.items():
        margin = "  " * depth
        if isinstance(value, Mapping) and depth < 2:
            found += [f"{margin}{_text(key)}:", *_lines(value, depth + 1)]
        else:
            found.append(f"{margin}{_text(key)}: {_inline(value)}")
    return found


def _inline(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(key)}: {_inline(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_inline, value)) + "]"
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return _text(str(value), always=":" in str(value))


def _text(text: str, always: bool = False) -> str:
    """Text of YAML, in quotation marks where it could be read as something else."""
    plain = not always and text and set(text) <= _PLAIN and text[0].isalpha() and text == text.strip()
    return text if plain and text.lower() not in _SPOKEN_FOR else json.dumps(text, ensure_ascii=False)
