"""Frozen dataclasses made again of plain data, by the types of their fields. Knows no class in particular."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

Made = TypeVar("Made")


def made(cls: type[Made], data: Mapping[str, Any], **given: Any) -> Made:
    """A dataclass of plain data.

    Parameters
    ----------
    data
        Fields by name; a number that is None is nan, what is not a field is left.
    given
        Fields that are given as they are.

    Raises
    ------
    KeyError
        If a field without a value of its own is missing.
    TypeError, ValueError
        If a value cannot be that of its field.
    """
    hints: dict[str, Any] = _hints(cls)  # type: ignore[arg-type]  # mypy does not see that a class is hashable
    known = {each.name: each for each in fields(cls)}  # type: ignore[arg-type]
    found = {name: value(hints[name], data[name]) for name in known if name not in given and name in data}
    return cls(**found, **given)


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def value(hint: Any, data: Any) -> Any:
    """Plain data as a value of a type; see `made`."""
    origin, inside = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return None if data is None else value(next(each for each in inside if each is not NoneType), data)
    if hint is float:
        return float("nan") if data is None else float(data)
    if origin is tuple:
        one_kind = len(inside) == 2 and inside[1] is Ellipsis
        hints = [inside[0]] * len(data) if one_kind else inside
        return tuple(value(each, part) for each, part in zip(hints, data, strict=True))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {key: value(inside[1], each) for key, each in data.items()}
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return tuple(value(inside[0], each) for each in data)
    return made(hint, data) if is_dataclass(hint) and isinstance(hint, type) else data
