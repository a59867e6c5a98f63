"""What two baselines rest on, compared leaf by leaf, so that a prior that moved is named with its old and new value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.study.baseline.contents import Inputs

EXPLAINING = ("library", "evidence_new", "scenario")
"""Kinds that are no fault alone."""
MOVING = ("evidence", "worlds", "world_prior", "world_published", "profile")
"""Kinds whose change is a number's."""


@dataclass(frozen=True)
class InputChange:
    """Something that results rest on and that is not what it was; ``kind`` says what ``name`` is the name of."""

    kind: str
    name: str
    was: Any
    now: Any

    @property
    def is_fault(self) -> bool:
        """Whether it is amiss even where no figure moved; else it only explains."""
        return self.kind not in EXPLAINING

    @property
    def moves_a_number(self) -> bool:
        """Whether somebody reads another number: a status that is another is told, but no number moves."""
        return self.kind in MOVING and self.now is not None and not self.name.endswith(".status")


def compare_inputs(was: Inputs, now: Inputs) -> tuple[InputChange, ...]:
    """What differs in what all scenarios rest on, named."""
    return (
        *_evidence(was, now),
        *_worlds(was.worlds, now.worlds),
        *named_changes("profile", was.profiles, now.profiles),
        *named_changes("library", was.libraries, now.libraries),
    )


def _evidence(was: Inputs, now: Inputs) -> Iterator[InputChange]:
    for each in named_changes("evidence", was.evidence, now.evidence):
        if each.was is None:
            yield InputChange("evidence_new", each.name, None, each.now)
        elif each.now is None:
            yield each
        else:
            yield from leaf_changes("evidence", each.name, each.was, each.now)


def _worlds(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[InputChange]:
    for name in ("fingerprint", "number", "seed"):
        if was.get(name) != now.get(name):
            yield InputChange("worlds", name, was.get(name), now.get(name))
    for kind, name in (("world_prior", "priors"), ("world_published", "published")):
        yield from named_changes(kind, was.get(name) or {}, now.get(name) or {})


def named_changes(kind: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[InputChange]:
    """Entries of two mappings that differ; None where one has none."""
    for name in sorted(was.keys() | now.keys()):
        if was.get(name) != now.get(name):
            yield InputChange(kind, name, was.get(name), now.get(name))


def leaf_changes(kind: str, path: str, was: Any, now: Any) -> Iterator[InputChange]:
    """Leaves of two nested documents that differ, by dotted path; the order of keys says nothing."""
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        for key in sorted(was.keys() | now.keys()):
            yield from leaf_changes(kind, f"{path}.{key}" if path else key, was.get(key), now.get(key))
    elif was != now:
        yield InputChange(kind, path, was, now)
