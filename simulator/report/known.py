"""The evidence as a planner reads it: what is said, by whom, and how far to trust it."""

from collections.abc import Mapping, Sequence
from typing import Any

from simulator.evidence import Evidence
from simulator.report import numbers
from simulator.words import say


def evidence_json(found: Sequence[Evidence]) -> dict[str, Any]:
    """The document of ``simulator evidence --json``."""
    return {"evidence": [entry.model_dump(mode="json") for entry in found]}


def evidence_lines(entry: Evidence, lang: str) -> tuple[str, ...]:
    """One entry in words: name and value; status, year and id; source; note."""
    label = entry.label.nb if lang == "nb" else entry.label.en
    unit = f" {entry.unit}" if entry.unit else ""
    lines = [
        f"{label}: {value_text(entry.value, lang)}{unit}",
        f"    {say(f'status.{entry.status}', lang)}, {entry.year} · {entry.id}",
        f"    {say('cli.evidence.source', lang)}: {entry.source}",
    ]
    if entry.note:
        lines.append(f"    {entry.note}")
    return tuple(lines)


def value_text(value: Any, lang: str) -> str:
    """A value as one line, numbers as the language writes them."""
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {value_text(each, lang)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(value_text(each, lang) for each in value)
    return numbers.as_written(value, lang) if isinstance(value, int | float) else str(value)
