"""The manifest: what a result says of the numbers it rests on."""

from simulator.scenario import change, load
from simulator.study.provenance import manifest, value_at


def test_every_number_of_the_planner_is_either_an_assumption_or_without_a_source():
    base = load("2024-actual")
    plain = manifest(base, seed=1, replications=2, engine="simpy")
    assert plain["unsourced"] == []
    patience, counsellors = "channels.chat.patience.mean_min", "roster.kristiansand.phone.counsellors"
    changes = {
        "channels": {"chat": {"patience": {"mean_min": 9}}},
        "roster": {"kristiansand": {"phone": {"counsellors": {"value": 3, "status": "assumed"}}}},
        "demand": {"trend": 1.1},
    }
    changed = change(base, changes)
    made = manifest(changed, seed=1, replications=2, engine="simpy")
    assert made["unsourced"] == [patience, "demand.trend"]
    paths = [row["path"] for row in made["assumptions"]]
    assert counsellors in paths and patience not in paths
    assert len(paths) == len(plain["assumptions"]) - 1
    assert value_at(changed.model_dump(mode="json"), patience) == 9
