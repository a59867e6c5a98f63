"""What one piece of evidence is: a value and everything needed to judge it.

Owns the shape of an entry and what an entry must say for itself. Must not know of files or of other entries.
"""

from collections.abc import Mapping
from math import isfinite
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self, TypeAlias, TypeGuard, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetPydanticSchema,
    PlainSerializer,
    StringConstraints,
    model_validator,
)

Status = Literal["published", "derived", "literature", "assumed"]

STATUSES: tuple[Status, ...] = get_args(Status)
"""The closed list, strongest first.

Printed by the service or an authority; arithmetic on that; a comparable service; our own choice.
"""

EvidenceValue: TypeAlias = "int | float | str | tuple[EvidenceValue, ...] | Mapping[str, EvidenceValue]"
"""A number, a text, or lists and mappings of these; read-only all the way down."""


def freeze(value: Any) -> EvidenceValue:
    """Return a read-only copy of a value as YAML gives it.

    Raises
    ------
    ValueError
        If something in it is neither a finite number, a text, a list nor a mapping with text keys.
    """
    if isinstance(value, str) or _is_number(value):
        return value
    if isinstance(value, list | tuple):
        return tuple(freeze(item) for item in value)
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return MappingProxyType({key: freeze(item) for key, item in value.items()})
    raise ValueError(f"{value!r} is neither finite number, text, list nor mapping with text keys; quote dates")


def _is_number(value: Any) -> TypeGuard[int | float]:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole or (isinstance(value, float) and isfinite(value))


def thaw(value: EvidenceValue) -> Any:
    """Return a value as plain lists and dictionaries, for JSON."""
    if isinstance(value, tuple):
        return [thaw(item) for item in value]
    if isinstance(value, Mapping):
        return {key: thaw(item) for key, item in value.items()}
    return value


def holds_number(value: EvidenceValue) -> bool:
    """Whether there is a number anywhere in a value."""
    if isinstance(value, tuple):
        return any(map(holds_number, value))
    if isinstance(value, Mapping):
        return any(map(holds_number, value.values()))
    return not isinstance(value, str)


# The alias is recursive, which pydantic cannot follow: `freeze` alone decides what a value may be.
_AS_GIVEN = GetPydanticSchema(lambda _source, handler: handler(Any))

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class Label(BaseModel):
    """What an entry is called in the two languages of the reports."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    nb: Text
    en: Text


class Evidence(BaseModel):
    """One entry: what is said, in what unit, of which year, by whom, and how far to trust it.

    ``unit`` may be missing only where the value holds no number. ``derived_from`` and ``formula`` go together:
    a derived entry has them, a published one never.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: Id
    label: Label
    value: Annotated[EvidenceValue, _AS_GIVEN, AfterValidator(freeze), PlainSerializer(thaw)]
    unit: Text | None = None
    year: int | Text
    source: Text
    status: Status
    note: Text | None = None
    derived_from: Annotated[tuple[Id, ...], Field(strict=False)] = ()
    formula: Text | None = None

    @model_validator(mode="after")
    def _number_has_unit(self) -> Self:
        if self.unit is None and holds_number(self.value):
            raise ValueError("a number needs a unit")
        return self

    @model_validator(mode="after")
    def _arithmetic_is_shown(self) -> Self:
        if bool(self.derived_from) != (self.formula is not None):
            raise ValueError("'derived_from' and 'formula' go together")
        if self.status == "derived" and not self.derived_from:
            raise ValueError("a derived entry needs 'derived_from' and 'formula'")
        if self.status == "published" and self.derived_from:
            raise ValueError("a published entry is printed somewhere, not computed: its status is 'derived'")
        return self
