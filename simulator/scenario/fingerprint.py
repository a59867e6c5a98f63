"""A short name for all that a scenario says and that can move a figure: the same whatever the order of its keys."""

import hashlib
import json
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from simulator.scenario.model import Scenario
from simulator.scenario.schedule import parse_dates

_PROSE = {"title", "why", "expect"}
_LENGTH = 16


def fingerprint(scenario: Scenario, extra: bytes = b"") -> str:
    """Hexadecimal digits of SHA-256 over the scenario without its prose.

    Parameters
    ----------
    scenario
        A validated scenario.
    extra
        What else the outcome rests on, such as the content of a profile of one's own.
    """
    content = _canonical(scenario.model_dump(mode="json", exclude=_PROSE))
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode() + b"\0" + extra).hexdigest()[:_LENGTH]


def _canonical(value: Any) -> Any:
    """The same content with ``dates`` as pairs: of two ranges that hold, the later written wins, so order matters."""
    if isinstance(value, Mapping):
        return {
            key: _dates(each) if key == "dates" and isinstance(each, Mapping) else _canonical(each)
            for key, each in value.items()
        }
    return [_canonical(each) for each in value] if isinstance(value, list) else value


def _dates(windows: Mapping[str, Any]) -> list[tuple[list[str], Any]]:
    ranges = [parse_dates(text) for text in windows]
    pairs = [([str(first), str(last)], each) for (first, last), each in zip(ranges, windows.values(), strict=True)]
    in_order = sorted(ranges)
    overlap = any(first <= end for (_, end), (first, _) in pairwise(in_order))
    return pairs if overlap else sorted(pairs, key=lambda pair: pair[0])
