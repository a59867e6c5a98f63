"""The published JSON Schema of scenario files, for editors: completion, spelling and limits while one types.

It is looser than `load` in one way: a file that extends another may leave out what the other says, so no key is
required below the top. The committed file beside this module is this module's text.
"""

import json
from collections.abc import Mapping
from typing import Any

from simulator.scenario.model import Scenario, Source

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]

_EXTENDS = "A file that this one builds on, with or without .yaml: relative to this file, or the name of a shipped one."
_OVERRIDES = "Named changes to choose from with --with; null removes a key."
_CHANGES = "Keys of a scenario with new values; null removes one."
_SOURCED = "The value together with where it comes from."


def schema_text() -> str:
    """The schema as the committed file holds it."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


def json_schema() -> Schema:
    """JSON Schema (2020-12) of a scenario file."""
    model = Scenario.model_json_schema()
    definitions = {name: _part(part) for name, part in model["$defs"].items()}
    source = Source.model_json_schema()
    scenario = _part(model)
    changes = {"$ref": "#/$defs/Changes"}
    return {
        "$schema": DIALECT,
        "title": "Scenario",
        **scenario,
        "properties": {
            "extends": {"type": "string", "description": _EXTENDS},
            "overrides": {"type": "object", "additionalProperties": changes, "description": _OVERRIDES},
            **scenario["properties"],
        },
        "if": {"not": {"required": ["extends"]}},
        "then": {"required": model["required"]},
        "$defs": {
            **definitions,
            "Changes": {**scenario, "description": _CHANGES},
            "Status": source["properties"]["status"],
        },
    }


def _part(schema: Schema) -> Schema:
    """One part of the model, with what files may do on top: leave keys out, remove them, and give values a source."""
    required = schema.get("required", ())
    properties = {name: _entry(entry, removable=name not in required) for name, entry in schema["properties"].items()}
    kept = {key: each for key, each in schema.items() if key in ("type", "description", "additionalProperties")}
    return {**kept, "properties": properties}


def _entry(schema: Schema, removable: bool) -> Schema:
    """One value: its own alternatives, the same with a source, and null where it may be removed."""
    notes = {key: schema[key] for key in ("description", "default") if schema.get(key) is not None}
    bare = {key: value for key, value in schema.items() if key not in ("title", "description", "default")}
    alternatives = [_inside(each) for each in bare.get("anyOf", [bare])]
    leaves = [each for each in alternatives if _is_leaf(each)]
    if leaves:
        alternatives.append(_sourced(leaves))
    if removable and {"type": "null"} not in alternatives:
        alternatives.append({"type": "null"})
    return {**(alternatives[0] if len(alternatives) == 1 else {"anyOf": alternatives}), **notes}


def _inside(schema: Schema) -> Schema:
    """An alternative with its items or entries treated likewise: single numbers of a list may have a source too."""
    if isinstance(schema.get("additionalProperties"), Mapping):
        return {**schema, "additionalProperties": _entry(schema["additionalProperties"], removable=True)}
    if schema.get("items", {}).get("type") == "number":
        return {**schema, "items": {"anyOf": [schema["items"], _sourced([schema["items"]])]}}
    return schema


def _is_leaf(schema: Schema) -> bool:
    return "$ref" not in schema and schema.get("type") not in ("object", "null")


def _sourced(leaves: list[Schema]) -> Schema:
    return {
        "type": "object",
        "description": _SOURCED,
        "properties": {
            "value": leaves[0] if len(leaves) == 1 else {"anyOf": leaves},
            "status": {"$ref": "#/$defs/Status"},
            "source": {"type": "string"},
            "note": {"type": "string"},
        },
        "required": ["value", "status"],
        "additionalProperties": False,
    }
