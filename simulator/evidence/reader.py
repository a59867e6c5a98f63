"""From YAML files to checked entries, with every fault of every file told at once.

Owns the reading of evidence files and what entries must agree on. Must not know what an entry means.
"""

from collections.abc import Container, Iterator, Mapping
from importlib.resources.abc import Traversable
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from simulator.evidence.model import STATUSES, Evidence


class EvidenceError(ValueError):
    """The evidence files contradict their own rules; the message has one line per fault."""


def read_evidence(folder: Traversable) -> tuple[Evidence, ...]:
    """Read every ``.yaml`` file of a folder; each is a mapping of id -> entry.

    Returns
    -------
    tuple of Evidence
        All entries, sorted by id.

    Raises
    ------
    EvidenceError
        If a file is not UTF-8 YAML 1.2, an id occurs twice, an entry is incomplete, or it is computed from
        one that does not exist, from itself, or from a weaker one than its own status admits.
    """
    faults: list[str] = []
    entries: dict[str, Evidence] = {}
    homes: dict[str, str] = {}
    yaml_files = (file for file in folder.iterdir() if file.name.endswith(".yaml"))
    for file in sorted(yaml_files, key=lambda file: file.name):
        for key, outcome in _outcomes(file):
            if key in homes:
                faults.append(f"{file.name}: {key}: already in {homes[key]}; an id occurs once")
            elif isinstance(outcome, Evidence):
                entries[key] = outcome
            else:
                faults += [f"{file.name}: {fault}" for fault in outcome]
            homes.setdefault(key, file.name)
    for entry in entries.values():
        faults += [f"{homes[entry.id]}: {entry.id}: {fault}" for fault in _bonds(entry, entries, homes)]
    if faults:
        raise EvidenceError("\n".join(faults))
    return tuple(sorted(entries.values(), key=lambda entry: entry.id))


def _outcomes(file: Traversable) -> Iterator[tuple[str, Evidence | list[str]]]:
    """Yield each key of a file with its entry, or with all that is wrong with it; a broken file is one such key."""
    try:
        document = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8-sig"))
    except (YAMLError, UnicodeDecodeError) as error:
        yield file.name, [" ".join(str(error).split())]
        return
    if not isinstance(document, Mapping):
        yield file.name, ["must be a mapping of id -> entry"]
        return
    for key, body in document.items():
        yield str(key), _entry(str(key), body)


def _entry(key: str, body: Any) -> Evidence | list[str]:
    if not isinstance(body, Mapping):
        return [f"{key}: must be a mapping with label, value, unit, year, source and status"]
    if "id" in body:
        return [f"{key}: the key is the id; remove 'id'"]
    try:
        return Evidence.model_validate({**body, "id": key})
    except ValidationError as error:
        return [f"{key}: {'.'.join(map(str, part['loc'])) or 'entry'}: {part['msg']}" for part in error.errors()]


def _bonds(entry: Evidence, entries: Mapping[str, Evidence], known: Container[str]) -> Iterator[str]:
    """Yield what is wrong between an entry and those it is computed from."""
    for origin in entry.derived_from:
        if origin not in known:
            yield f"derived_from: {origin!r} does not exist"
        elif origin in entries and STATUSES.index(entries[origin].status) > STATUSES.index(entry.status):
            yield f"status: {entry.status!r} is stronger than {origin!r}, which is {entries[origin].status!r}"
    if entry.id in _ancestors(entry, entries):
        yield "derived_from: leads back to the entry itself"


def _ancestors(entry: Evidence, entries: Mapping[str, Evidence]) -> set[str]:
    found: set[str] = set()
    ahead = list(entry.derived_from)
    while ahead:
        origin = ahead.pop()
        if origin in entries and origin not in found:
            found.add(origin)
            ahead += entries[origin].derived_from
    return found
