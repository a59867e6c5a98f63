"""The demand put in: alternatives named with their status, and a scenario's own demand never dressed as a reference."""

from dataclasses import replace

import pytest

from simulator.report.profile import profile_table, shapes_of


def with_profiles(result, **profiles):
    return replace(result, scenario=result.scenario | {"profiles": profiles})


@pytest.mark.parametrize(
    ("assumptions", "status"),
    [([], "assumed"), ([{"path": "demand.reference", "status": "literature"}], "literature")],
)
def test_the_used_shape_has_the_status_of_the_manifest(result, assumptions, status):
    shapes = shapes_of(replace(result, manifest={"assumptions": assumptions}))
    assert (shapes.used, shapes.status) == ("day-and-night", status)


def test_the_used_shape_and_its_alternatives_are_named(result):
    shapes = shapes_of(result)
    assert shapes.label("day-and-night", "nb") == "døgnkurve med topp nær midnatt (brukt, antatt)"
    assert shapes.label("open-up", "nb") == "Open Up (Hongkong)"
    assert shapes.label("my own", "nb") == "my own"
    assert "antatt" in shapes.caption("nb")


def test_the_table_has_every_shape_for_every_channel(result):
    table = profile_table(result, "nb")
    assert [column.group for column in table.columns] == ["", *["Chat"] * 3, *["Telefon"] * 3]
    assert table.rows[22][:3] == ("22–23", "6,6", "6,9")


def test_a_demand_that_no_reference_moves_is_the_scenarios_own(result):
    day = {"chat": [1.0] * 24}
    shapes = shapes_of(with_profiles(result, **{"day-and-night": day, "open-up": day, "smoothness": dict(day)}))
    assert list(shapes.by_name) == ["own"]
    assert shapes.label("own", "nb") == "oppgitt i scenarioet"
    assert "antatt" not in shapes.caption("nb") and "scenarioet oppgir" in shapes.caption("nb")


def test_shapes_that_differ_in_one_channel_stay_apart(result):
    day = {"chat": [1.0] * 24, "phone": [1.0] * 24}
    shapes = shapes_of(with_profiles(result, **{"day-and-night": day, "open-up": day | {"phone": [2.0] * 24}}))
    assert list(shapes.by_name) == ["day-and-night", "open-up"]


def test_no_profiles_no_table(result):
    assert profile_table(with_profiles(result), "nb").rows == ()
