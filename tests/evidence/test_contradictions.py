"""Where the sources disagree, every reading stands with its arithmetic, and the chosen one is the one in use."""

import ast
import operator
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from simulator.evidence import Evidence, all_evidence, evidence

CONTRADICTIONS = [entry for entry in all_evidence() if entry.id.startswith("contradiction-")]
OPERATIONS: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def computed(text: str) -> Decimal:
    """The value of an arithmetic expression of numbers."""

    def walk(node: ast.expr) -> Decimal:
        if isinstance(node, ast.BinOp):
            return OPERATIONS[type(node.op)](walk(node.left), walk(node.right))
        assert isinstance(node, ast.Constant)
        return Decimal(str(node.value))

    return walk(ast.parse(text, mode="eval").body)


def readings(entry: Evidence) -> dict[str, Any]:
    value: Any = entry.value
    return dict(value["readings"])


def test_all_known_contradictions_are_here():
    assert {entry.id.removeprefix("contradiction-") for entry in CONTRADICTIONS} == {
        "phone-answered-2024",
        "phone-answered-2023",
        "phone-per-day-2024",
        "chat-per-day-2024",
        "chat-per-day-march-2024",
        "chat-start",
        "chat-hours-closed",
        "grant-2023",
    }


@pytest.mark.parametrize(
    ("name", "values"),
    {
        "phone-answered-2024": [14242, 14252],
        "phone-answered-2023": [12983, 12958, 13092],
        "phone-per-day-2024": [38.9, 39.5],
        "chat-per-day-2024": [24.0, 24.5],
        "chat-per-day-march-2024": [31.4, 32.5],
        "chat-start": ["2020-04-07", "2009-04-09"],
        "chat-hours-closed": [10140, 10380],
        "grant-2023": [19605000, 19535000],
    }.items(),
)
def test_the_readings(name: str, values: list[float | str]):
    assert [reading["value"] for reading in readings(evidence(f"contradiction-{name}")).values()] == values


@pytest.mark.parametrize("entry", CONTRADICTIONS, ids=lambda entry: entry.id)
def test_a_contradiction_is_complete(entry: Evidence):
    value: Any = entry.value
    assert set(value) == {"readings", "chosen", "used_as", "why"}
    assert len(value["readings"]) >= 2
    assert len({reading["value"] for reading in value["readings"].values()}) == len(value["readings"])
    assert all(set(reading) == {"value", "where", "arithmetic"} for reading in value["readings"].values())
    assert len(value["why"].split()) > 8


@pytest.mark.parametrize("entry", CONTRADICTIONS, ids=lambda entry: entry.id)
def test_the_chosen_reading_is_the_one_in_use(entry: Evidence):
    value: Any = entry.value
    used = evidence(value["used_as"])
    assert used.value == value["readings"][value["chosen"]]["value"]
    assert used.unit == entry.unit


@pytest.mark.parametrize(
    "arithmetic",
    [
        reading["arithmetic"]
        for entry in CONTRADICTIONS
        for reading in readings(entry).values()
        if reading["arithmetic"] != "none"
    ],
)
def test_the_arithmetic_holds_to_its_last_digit(arithmetic: str):
    left, right = (side.strip() for side in arithmetic.split("="))
    written = Decimal(right)
    assert computed(left).quantize(written, rounding=ROUND_HALF_UP) == written


def test_only_the_two_dates_go_without_arithmetic():
    without = [
        entry.id for entry in CONTRADICTIONS for reading in readings(entry).values() if reading["arithmetic"] == "none"
    ]
    assert without == ["contradiction-chat-start"] * 2
