"""What a planner may write in a study file: the closed list of its keys, their limits and defaults, and its schema.

What an entry means together with a scenario is told by `factors`; here each key is looked at alone.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic_core import ErrorDetails, PydanticCustomError

from simulator.scenario.schema import DIALECT

DESIGNS = ("grid", "one-at-a-time", "latin-hypercube", "sobol")
"""Every combination; one key after another, the rest as it stands; and two ways of spreading points evenly."""
SAMPLES = ("latin-hypercube", "sobol")
MOST_VALUES = 1000
MOST_FACTORS = 20
MOST_MEASURES = 50
MOST_YEARS_OF_A_POINT = 100_000
Finite = Annotated[float, Field(allow_inf_nan=False)]

_KEY = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
_NAMES = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
_VALUES = {"anyOf": [{"type": "array", "minItems": 1}, {"type": "object", "minProperties": 1}]}
_CHANGES = {"type": "object", "description": "Keys of a scenario with new values; null removes one."}


class Part(BaseModel):
    """Base of every part of a study file: frozen, unknown keys refused, docstrings in the published schema."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, populate_by_name=False)


class Vary(Part):
    """What is varied, and its values: ``values``, ``from`` and ``to``, ``low`` and ``high``, or ``one_of``."""

    key: Annotated[Any, WithJsonSchema(_KEY)] = None
    """The scenario's key, dotted or as a list of its parts; left out where the entry's own name is the key."""
    keys: Annotated[Any, WithJsonSchema({"type": "array", "items": _KEY, "minItems": 1})] = None
    """Several keys that always get the same value, such as a channel's hours and those of its shift."""
    values: Annotated[Any, WithJsonSchema(_VALUES)] = None
    """The values, one after another, or name: value."""
    from_: Annotated[Finite | None, Field(alias="from")] = None
    """The first of a row of numbers."""
    to: Finite | None = None
    """The last of the row."""
    step: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    """From one number of the row to the next; 1 unless said."""
    low: Finite | None = None
    """The lowest of a range from which values are drawn."""
    high: Finite | None = None
    """The highest of the range."""
    base: Finite | None = None
    """The value while another key is varied (one-at-a-time); the scenario's own unless said."""
    scale: Literal["linear", "log"] = "linear"
    """Whether values are drawn evenly along the range, or along its logarithm."""
    whole: bool = False
    """Whole numbers only."""
    one_of: Annotated[
        Any,
        WithJsonSchema(
            {
                "anyOf": [
                    {"type": "array", "items": _NAMES, "minItems": 1},
                    {"type": "object", "additionalProperties": {"anyOf": [*_NAMES["anyOf"], _CHANGES]}},
                ]
            }
        ),
    ] = None
    """Alternatives of which each moves several keys: names of the scenario's overrides, or label: changes."""


def _worlds(value: Any) -> Any:
    if value in ("all", "one") or (isinstance(value, str) and value.isdecimal() and int(value) >= 2):
        return value if value in ("all", "one") else int(value)
    raise PydanticCustomError("worlds", "all, one, or how many")


class StudyFile(Part):
    """One study: a scenario, what is varied in it, and what is looked at."""

    title: str
    why: str = ""
    """Which decision the study is for."""
    scenario: str
    """The scenario that is varied: a file relative to this one, or the name of a shipped one."""
    with_: Annotated[list[str], Field(alias="with", max_length=MOST_VALUES)] = []
    """Named overrides of the scenario that hold at all points."""
    against: str | None = None
    """A scenario whose figures are taken off those of every point, on the same contacts."""
    worlds: Annotated[
        Literal["all", "one"] | int,
        BeforeValidator(_worlds),
        WithJsonSchema({"anyOf": [{"enum": ["all", "one"]}, {"type": "integer", "minimum": 2}]}),
    ] = "all"
    """In how many plausible worlds each point is tried."""
    replications: Annotated[int, Field(ge=1, le=MOST_YEARS_OF_A_POINT)] | None = None
    """Simulated years of each point (and world); 4 in each of many worlds and 20 in one unless said."""
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 1
    """Of the random numbers, and of the points that are drawn."""
    measures: Annotated[list[str], Field(min_length=1, max_length=MOST_MEASURES)] = [
        "persons_reached",
        "unanswered",
        "answered chat",
        "answered phone",
    ]
    """Which figures are looked at, the most important first: a measure, or a measure and a channel."""
    design: Literal["grid", "one-at-a-time", "latin-hypercube", "sobol"] = "grid"
    """How points are laid: every combination, one key after another, or drawn evenly."""
    points: Annotated[int, Field(ge=2)] | None = None
    """How many points are drawn (latin-hypercube and sobol)."""
    vary: Annotated[dict[str, Vary], Field(min_length=1, max_length=MOST_FACTORS)]
    """What is varied, by name."""


def parsed(tree: Mapping[str, Any]) -> StudyFile | list[ErrorDetails]:
    """The study that a tree describes, or all that is wrong with its keys one by one."""
    try:
        return StudyFile.model_validate(_as_text(tree, ()))
    except ValidationError as error:
        return error.errors(include_url=False)


def _as_text(value: Any, path: tuple[str, ...]) -> Any:
    """The tree with its numbers and truth values as text, so that the model decides what they are; values stay."""
    if len(path) == 3 and path[0] == "vary" and path[2] in ("values", "one_of", "key", "keys"):
        return value
    if isinstance(value, Mapping):
        return {key: _as_text(each, (*path, key)) for key, each in value.items()}
    if isinstance(value, list):
        return [_as_text(each, (*path, "")) for each in value]
    if isinstance(value, bool):
        return str(value).lower()
    return value if value is None else str(value)


def keys_at(path: tuple[str | int, ...]) -> list[str]:
    """The keys that may stand where a path leads: of the file, or of an entry under ``vary``."""
    model = Vary if len(path) >= 2 and path[0] == "vary" else StudyFile
    return [field.alias or name for name, field in model.model_fields.items()]


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a study file, for editors: completion, spelling and limits while one types."""
    return {"$schema": DIALECT, **StudyFile.model_json_schema(by_alias=True), "title": "Study"}


def schema_text() -> str:
    """The schema as the committed file holds it."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"
