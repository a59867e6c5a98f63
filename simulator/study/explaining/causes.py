"""What two scenarios differ in, as causes that can be had one by one: groups of keys, or named overrides.

A cause is an `Override`; a mix is the base with some causes applied. Where a mix is no scenario that can be run, the
causes that need each other are made one. Knows nothing of what a mix leads to.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from simulator.scenario import ScenarioError, change
from simulator.scenario.model import Scenario
from simulator.scenario.overrides import Document, Override, apply, conflicts, is_schedule, is_sourced
from simulator.scenario.problems import Path, Problem
from simulator.scenario.review import errors
from simulator.scenario.translate import validated
from simulator.words import say

HOURS, STAFF, BEHAVIOUR, RULES, DEMAND, NETWORK, PAY = (
    *("hours", "staff", "behaviour", "rules", "demand", "network", "pay"),
)
CAUSES = (HOURS, STAFF, BEHAVIOUR, RULES, DEMAND, NETWORK, PAY)
"""Groups of keys, in the order in which they are told."""
MOST_CAUSES = 7
"""Of n causes there are 2**n mixes, each simulated."""
MIXED = "mixed"
"""Name of the override that a mix is made by."""

_PROSE = ("title", "why", "expect")
_TOP = {
    **dict.fromkeys(("roster",), STAFF),
    **dict.fromkeys(("shift_end",), RULES),
    **dict.fromkeys(("demand", "period", "timezone"), DEMAND),
    **dict.fromkeys(("sites", "network"), NETWORK),
    **dict.fromkeys(("pay",), PAY),
}
_OF_CHANNEL = {
    "open": HOURS,
    **dict.fromkeys(("closing", "routing", "max_waiting", "answer_target_s"), RULES),
    **dict.fromkeys(
        ("work", "wrap_up", "patience", "balking", "redial", "when_closed", "speed_by_level"),
        BEHAVIOUR,
    ),
}
"""The cause of each key; a channel that only one of the two has is a matter of hours: it opens or closes for good."""


@dataclass(frozen=True)
class Cause:
    """Something two scenarios differ in.

    Attributes
    ----------
    names
        What it is: one of `CAUSES` or the name of an override; more than one where they could not be parted.
    override
        What it changes in the base.
    keys
        The keys that differ, dotted.
    """

    names: tuple[str, ...]
    override: Override
    keys: tuple[str, ...]

    @property
    def name(self) -> str:
        """As documents for programs name it."""
        return "+".join(self.names)


@dataclass(frozen=True)
class Joined:
    """Causes that could not be parted: why, in the words of the first mix that was refused."""

    names: tuple[str, ...]
    mix: tuple[str, ...]
    problem: Problem


@dataclass(frozen=True)
class Mixes:
    """All mixes of some causes over a base.

    Attributes
    ----------
    causes
        In order.
    scenarios
        2**n of them: bit i of the place says whether cause i is in; the first is the base, the last the plan.
    joined
        Causes that were made one.
    """

    causes: tuple[Cause, ...]
    scenarios: tuple[Scenario, ...]
    joined: tuple[Joined, ...]


class CausesError(ValueError):
    """There is nothing to explain, or too much of it.

    Attributes
    ----------
    reason
        ``same`` (the two differ in nothing that moves a figure) or ``many`` (more than `MOST_CAUSES`).
    """

    def __init__(self, reason: str, **values: Any) -> None:
        super().__init__(reason)
        self.reason, self.values = reason, values

    def text(self, lang: str) -> str:
        """The message in one language."""
        return say(f"explain.error.{self.reason}", lang, most=MOST_CAUSES, **self.values)


# --- what differs ------------------------------------------------------------------------------------------------


def causes(base: Scenario, plan: Scenario) -> tuple[Cause, ...]:
    """The groups of keys in which a plan differs from a base, each as a change of the base.

    Raises
    ------
    CausesError
        If they differ in nothing that moves a figure.
    """
    before, after = _document(base), _document(plan)
    differing: dict[str, list[Path]] = {}
    for path in _differing(before.tree, after.tree):
        differing.setdefault(_cause_of(path, before.tree, after.tree), []).append(path)
    if not differing:
        raise CausesError("same")
    found: list[Cause] = []
    for name in CAUSES:
        if paths := differing.get(name):
            changes = _only(_change(before.tree, after.tree), paths)
            keys = sorted({".".join(map(str, path)) for path in paths})
            found.append(Cause((name,), Override(name, changes, after.positions), tuple(keys)))
    return tuple(found)


def named_causes(base: Scenario, names: Sequence[str]) -> tuple[Cause, ...]:
    """Named overrides of a scenario as causes, each alone.

    Raises
    ------
    ScenarioError
        If two of them set the same key.
    CausesError
        If there are too many, or none.
    KeyError
        If the scenario has no such override.
    """
    chosen = [_document(base).overrides[name] for name in dict.fromkeys(names)]
    if not chosen:
        raise CausesError("same")
    if len(chosen) > MOST_CAUSES:
        raise CausesError("many", found=len(chosen))
    if clashes := list(conflicts(chosen)):
        raise ScenarioError(clashes)
    return tuple(Cause((each.name,), each, tuple(sorted(each.changes))) for each in chosen)


def _document(scenario: Scenario) -> Document:
    """The document behind a scenario."""
    if scenario._document is None:
        scenario = change(scenario, {})
    document: Document = scenario._document
    return document


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Path]:
    """Where two trees differ in what moves a figure: at the top, and in channels that both have key by key."""
    for key in sorted({*before, *after} - set(_PROSE)):
        if key == "channels" and key in before and key in after:
            for channel in sorted({*before[key], *after[key]}):
                yield from _in_channel(channel, before[key].get(channel), after[key].get(channel))
        elif not _alike(before.get(key), after.get(key)):
            yield (key,)


def _in_channel(channel: str, before: Any, after: Any) -> Iterator[Path]:
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        if not _alike(before, after):
            yield ("channels", channel)
        return
    for key in sorted({*before, *after}):
        if not _alike(before.get(key), after.get(key)):
            yield ("channels", channel, key)


def _alike(one: Any, other: Any) -> bool:
    """Whether two values move every figure alike: a note does not, a source does, for worlds enter by it."""
    if is_sourced(one) and is_sourced(other):
        return _alike(one["value"], other["value"]) and one.get("source") == other.get("source")
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_alike(one[key], other[key]) for key in one)
    return type(one) is type(other) and one == other


def _cause_of(path: Path, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    if path[0] != "channels":
        return _TOP[str(path[0])]
    return _OF_CHANNEL[str(path[2])] if len(path) > 2 else HOURS


def _change(before: Mapping[str, Any], after: Mapping[str, Any], at: Path = ()) -> dict[str, Any]:
    """What makes one tree the other when it is merged onto it; None removes a key."""
    changes: dict[str, Any] = {key: None for key in before if key not in after}
    for key, new in after.items():
        old, here = before.get(key), (*at, key)
        deep = isinstance(old, Mapping) and isinstance(new, Mapping) and not is_schedule(here)
        if deep and not is_sourced(old) and not is_sourced(new):
            if inner := _change(old or {}, new, here):
                changes[key] = inner
        elif key not in before or old != new:
            changes[key] = new
    return changes


def _only(changes: Mapping[str, Any], paths: Iterable[Path]) -> dict[str, Any]:
    """The part of a change that lies at some paths."""
    found: dict[str, Any] = {}
    for path in paths:
        part, into = changes, found
        *above, last = map(str, path)
        for key in above:
            part, into = part[key], into.setdefault(key, {})
        into[last] = part[last]
    return found


# --- mixes -------------------------------------------------------------------------------------------------------


def mixes(base: Scenario, found: Sequence[Cause], plan: Scenario | None = None) -> Mixes:
    """All mixes of some causes over a base, those that cannot be parted made one.

    Parameters
    ----------
    base
        Where they start from.
    found
        The causes, at most `MOST_CAUSES`.
    plan
        Where they end, if it is a scenario of its own.

    Raises
    ------
    ScenarioError
        If all causes together are no scenario that can be run.
    """
    document, parts = _document(base), list(found)
    joined: list[Joined] = []
    while True:
        made = [_mixed(document, parts, place, plan) for place in range(2 ** len(parts))]
        refused = {place: each for place, each in enumerate(made) if not isinstance(each, Scenario)}
        if not refused:
            whole = tuple(each for each in made if isinstance(each, Scenario))
            return Mixes(tuple(parts), whole, tuple(joined))
        if len(parts) < 2 or (2 ** len(parts) - 1) in refused:
            raise ScenarioError([*refused.values()][-1])
        first, second = _inseparable(len(parts), refused)
        place = min(place for place in refused if _parts(place, first, second))
        names = tuple(name for each in _chosen(parts, place) for name in each.names)
        together = _together(parts[first], parts[second])
        joined.append(Joined(together.names, names, refused[place][0]))
        parts[first] = together
        del parts[second]


def _mixed(
    document: Document, parts: Sequence[Cause], place: int, plan: Scenario | None
) -> "Scenario | tuple[Problem, ...]":
    """The mix at a place, or what keeps it from being run."""
    chosen = _chosen(parts, place)
    if plan is not None:
        document = replace(document, folders={**_document(plan).folders, **document.folders})
    problems: list[Problem] = []
    for cause in chosen:
        document, told = apply(document, cause.override)
        problems += told
    scenario, wrong = validated(document, MIXED)
    problems += [*wrong, *(errors(scenario) if scenario is not None else ())]
    return scenario if scenario is not None and not problems else tuple(problems)


def _chosen(parts: Sequence[Cause], place: int) -> list[Cause]:
    return [cause for number, cause in enumerate(parts) if place >> number & 1]


def _parts(place: int, first: int, second: int) -> bool:
    """Whether a mix holds one of two causes and not the other."""
    return (place >> first & 1) != (place >> second & 1)


def _inseparable(count: int, refused: Mapping[int, Any]) -> tuple[int, int]:
    """The two causes that most refused mixes hold one of without the other."""
    pairs = combinations(range(count), 2)
    return max(pairs, key=lambda pair: sum(_parts(place, *pair) for place in refused))


def _together(one: Cause, other: Cause) -> Cause:
    names = (*one.names, *other.names)
    changes = _merged(one.override.changes, other.override.changes)
    positions = {**one.override.positions, **other.override.positions}
    return Cause(names, Override("+".join(names), changes, positions), (*one.keys, *other.keys))


def _merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Two changes in one; they share no key that is not a group."""
    both = {key: _merged(one[key], other[key]) for key in one if key in other}
    return {**one, **other, **both}
