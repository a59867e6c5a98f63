"""Comparisons: exactly zero where nothing differs, certain where contacts are shared, and precise when asked."""

import json
from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from simulator.scenario import change, load
from simulator.service.keys import Key
from simulator.study.compare import compare, distinct
from simulator.study.comparing.pair_table import NONE, SAME
from simulator.study.comparing.pairing import Paired, PairedYears
from simulator.study.comparing.per_reached import BETTER, PER_MORE, SAVED_PER_FEWER, UNKNOWN, WORSE
from simulator.study.replicate import replicate
from simulator.study.watched import Precision, PrecisionError
from simulator.study.worlds.world import shipped_worlds
from tests.study.samples import SMALL
from tests.support import SHIPPED

REACHED = Key("persons_reached")
NUMBERS = ("mean", "low", "high", "year_low", "year_high", "noise")


def zero(found):
    """Everything is exactly zero, and nobody gained, lost, or waited longer."""
    assert len(found.differences) > 1000
    for each in found.differences:
        row = each.as_json()
        assert [row[name] for name in NUMBERS] == [0] * 6 and row["base"] == row["other"]
        assert row["share_of_worlds_better"] in (None, 0.5) and row["variance_ratio"] is None
    for table in found.contacts:
        assert table.shares_demand == SAME
        quiet = {"gained", "lost", "waited_longer", "waited_shorter", "answered_elsewhere", "chats_gained"}
        assert all(table.total(kind) == 0 for kind in quiet) and table.total("both") > 0
    assert all(each.expected == each.high == 0 for each in found.consequences)


def test_a_plan_with_itself_is_exactly_zero():
    plan = load("2024-actual")
    found = compare(plan, [plan, plan], 2, worlds=shipped_worlds().first(2))
    assert found.plans == ("2024-actual (2)", "2024-actual (3)") and found.base == "2024-actual"
    zero(found)
    assert found.per_reached[0].kind == UNKNOWN


def backwards(value):
    """The same document with the keys of every mapping in the other order."""
    return {key: backwards(value[key]) for key in reversed(value)} if isinstance(value, dict) else value


def test_a_copy_that_restates_every_key_in_another_order_is_exactly_zero(tmp_path):
    yaml = YAML(typ="safe")
    yaml.default_flow_style = False
    document = yaml.load(SMALL.read_text("utf-8"))
    with (tmp_path / "restated.yaml").open("w", encoding="utf-8") as file:
        yaml.sort_base_mapping_type_on_output = False
        yaml.dump(backwards(document), file)
    assert next(iter(yaml.load((tmp_path / "restated.yaml").read_text("utf-8")))) == "overrides"
    found = compare(load(SMALL), [load(tmp_path / "restated.yaml")], 6)
    assert found.plans == ("restated",)
    zero(found)


def test_figures_are_those_of_each_plan_alone():
    """What is read off paired years is what `replicate` reads off the years of each plan."""
    worlds = shipped_worlds().first(2)
    plans = [load("2024-actual"), load("open-to-02")]
    question = Paired(plans[0], "compiled", 5, worlds=worlds.worlds, each=3, others=(plans[1],), make_reader=_reader())
    with PairedYears(question, 2, None) as years:
        years.add(1)
        years.add(2)  # in two rounds: the same years
        assert (years.each, years.worlds) == (3, 2)
        for plan, part in zip(plans, [years.base, *years.plans], strict=True):
            with replicate(plan, 3, 5, worlds=worlds.worlds, workers=1) as study:
                top, bottom = study.seen.of(part.keys)
            mine = part.of(part.keys)
            assert np.array_equal(mine[0].reshape(top.shape), top, equal_nan=True)
            assert np.array_equal(mine[1].reshape(top.shape), bottom, equal_nan=True)


def _reader():
    from simulator.service.measures import Yardstick

    return Yardstick


@pytest.mark.parametrize("crew", [{"workers": 2}, {"engine": "simpy", "workers": 1}])
def test_neither_workers_nor_engine_move_a_number(crew):
    plans = load(SMALL), [load(SMALL, ["late-chat"]), load(SMALL, ["one-more"])]
    first, second = (compare(*plans, 5, **each) for each in ({"workers": 1}, crew))
    strip = [json.dumps({**each.as_json(), "manifests": None}) for each in (first, second)]
    assert strip[0] == strip[1]


def test_pairing_is_worth_it_on_the_shipped_scenarios():
    """Each against the one it expects something of, in three worlds; two different years cannot be paired."""
    plans = [plan for plan in map(load, SHIPPED) if plan.expect is not None and plan.expect.than]
    seen = {}
    for base in ("2023-actual", "2024-actual"):
        mine = [plan for plan in plans if plan.expect.than == base]
        found = compare(load(base), mine, 4, worlds=shipped_worlds().first(3))
        for saving, table in zip(found.savings, found.contacts, strict=True):
            assert (saving.plan, saving.key, saving.years) == (table.plan, REACHED, 12)
            seen[table.plan] = (table.shares_demand, saving.variance_ratio)
    assert len(seen) == len(plans) == 13
    demand, ratio = seen.pop("2024-actual")
    assert demand == NONE and ratio < 2
    assert {name: ratio for name, (_, ratio) in seen.items() if not ratio > 4} == {}
    assert {name for name, (demand, _) in seen.items() if demand != SAME} == {"campaign-surge"}


def test_names_are_each_used_once():
    assert distinct(["a", "a", "b", "a"]) == ["a", "a (2)", "b", "a (3)"]
    assert distinct(["a", "a (2)", "a"]) == ["a", "a (2)", "a (3)"]
    with pytest.raises(ValueError, match="other"):
        compare(load(SMALL), [])


# --- as precise as asked -----------------------------------------------------------------------------------------


def test_replications_are_chosen_on_the_paired_difference():
    """One world: stopped by the rule, sooner than unpaired, and the answer is that of as many replications."""
    base, plan = load(SMALL), load(SMALL, ["later-chat"])
    found = compare(base, [plan], 2000, workers=2, precision=Precision(0.2))
    assert found.precision.met and found.precision.of == ("persons_reached",) and found.precision.width <= 0.2
    years = found.contacts[0].years
    assert 3 <= years < 2000 and found.savings[0].years_unpaired > years
    again = compare(base, [plan], years, workers=1)
    assert [each.as_json() for each in again.differences] == [each.as_json() for each in found.differences]
    assert again.contacts[0].as_json() == found.contacts[0].as_json()
    change_ = found.get(found.plans[0], REACHED).change
    assert change_.noise / abs(change_.mean) == pytest.approx(found.precision.width, rel=1e-9)
    shorter = compare(base, [plan], years - 1, workers=1).get(found.plans[0], REACHED).change
    assert shorter.noise / abs(shorter.mean) > 0.2  # else it had stopped there


def test_over_worlds_each_gets_more_years_and_none_is_left_out():
    base, plan = load("2024-actual"), load("one-more-evening-counsellor")
    worlds = shipped_worlds().first(2)
    found = compare(base, [plan], 60, worlds=worlds, precision=Precision(0.03))
    made = found.manifests["2024-actual"]
    assert found.precision.met and made["worlds"] == 2 and 2 < made["replications"] <= 60
    again = compare(base, [plan], made["replications"], worlds=worlds)
    assert [each.as_json() for each in again.differences] == [each.as_json() for each in found.differences]


def test_the_most_years_end_a_precision_that_cannot_be_reached():
    base = load(SMALL)
    nothing = change(base, {"roster": {"kristiansand": {"phone": {"counsellors": 9}}}})
    found = compare(base, [nothing], 8, precision=Precision(0.001, ("answered/phone",)))
    assert not found.precision.met and found.contacts[0].years == 8 and found.precision.width > 0.001


def test_a_difference_of_zero_is_known_at_once():
    base = load(SMALL)
    found = compare(base, [base], 500, precision=Precision(0.01, ("persons_reached", "answered_share_of_open/chat")))
    assert found.precision.met and found.precision.width == 0 and found.contacts[0].years == 3


def test_every_plan_must_have_the_figure():
    base = load(SMALL)
    with pytest.raises(PrecisionError):
        compare(base, [base], 5, precision=Precision(0.01, ("answered/ung",)))


# --- kroner for one more -----------------------------------------------------------------------------------------


def costs(plan, base=None):
    base = base or load(SMALL)
    return compare(base, [plan], 30, workers=1)


def test_what_one_more_person_costs():
    found = costs(load(SMALL, ["late-chat"]))
    (cost,) = found.per_reached
    money, reached = (found.get(cost.plan, Key(name)).change for name in ("cost_nok", "persons_reached"))
    assert cost.kind == PER_MORE
    assert cost.mean == pytest.approx(money.mean / reached.mean, rel=1e-12)
    assert cost.low < cost.mean < cost.high
    (back,) = costs(load(SMALL), load(SMALL, ["late-chat"])).per_reached
    assert back.kind == SAVED_PER_FEWER and back.mean == pytest.approx(cost.mean, rel=1e-12)


def test_no_ratio_where_money_and_answers_go_the_same_way_or_nothing_is_sure():
    base = load(SMALL)
    better = change(load(SMALL, ["late-chat"]), {"pay": {"basic_nok_per_year": 100000}})
    assert [each.kind for each in costs(better).per_reached] == [BETTER]
    dearer = change(base, {"pay": {"basic_nok_per_year": 900000}})
    assert [each.kind for each in costs(base, change(better, {})).per_reached] == [WORSE]
    (unsure,) = costs(dearer).per_reached
    assert unsure.kind == UNKNOWN and unsure.as_json()["mean"] is None
    unpaid = change(load(SMALL, ["late-chat"]), {"pay": None})
    assert costs(unpaid).per_reached[0].kind == UNKNOWN


def test_the_document_keeps_what_was_promised():
    found = compare(load(SMALL), [load(SMALL, ["late-chat"]), load(SMALL, ["one-more"])], 6)
    document = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert document["plans"] == ["small (2)", "small (3)"] and document["base"] == "small"
    rows = {
        (each["plan"], *(each[name] for name in ("measure", "channel", "site", "hour", "weekday", "month"))): each
        for each in document["differences"]
    }
    assert {"mean", "low", "high", "share_of_worlds_better", "variance_ratio"} <= set(next(iter(rows.values())))
    assert document["contacts"] == document["contacts_by_plan"][0]
    for contacts in document["contacts_by_plan"]:
        reached = rows[(contacts["plan"], "persons_reached", "all", "all", "all", "all", "all")]
        assert contacts["gained"] - contacts["lost"] == pytest.approx(reached["mean"], rel=1e-12, abs=1e-12)
        assert contacts["both"] + contacts["gained"] == pytest.approx(reached["other"], rel=1e-12)
        assert contacts["both"] + contacts["lost"] == pytest.approx(reached["base"], rel=1e-12)
        totals = contacts["totals"]
        assert totals["years"] == 6 and all(isinstance(total, int) for total in totals.values())
        for kind in ("both", "gained", "lost", "neither", "waited_longer", "answered_elsewhere"):
            assert contacts[kind] == totals[kind] / 6
            assert sum(hour["totals"][kind] for hour in contacts["by_hour"]) == totals[kind]
    assert Path(SMALL).stem == document["base"]
