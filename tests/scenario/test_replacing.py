"""Numbers are replaced by where they come from, and a planner's own numbers stay hers."""

import pytest

from simulator.scenario import load
from simulator.scenario.replacing import resting_on_evidence, with_values

HEAD = {
    "title": "x",
    "period": {"first_day": "2024-01-01", "last_day": "2024-01-07"},
    "channels": {
        "chat": {
            "work": {"mean_min": {"value": 42, "status": "assumed", "source": "evidence: default-chat-work"}},
            "patience": {"mean_min": 7},
            "balking": {"value": 0.1, "status": "published", "source": "own count"},
        }
    },
    "demand": {"chat": {"per_hour": 1}},
    "roster": {
        "centre": {
            "late. night": {
                "hours": "20:00-02:00",
                "counsellors": {"value": 2, "status": "assumed", "source": "evidence: default-chat-counsellors"},
                "answers": ["chat"],
            }
        }
    },
}
WORK, SHIFT = ("channels", "chat", "work", "mean_min"), ("roster", "centre", "late. night", "counsellors")


def test_only_numbers_that_name_their_evidence_are_found():
    assert resting_on_evidence(load(HEAD)) == {WORK: "default-chat-work", SHIFT: "default-chat-counsellors"}


def test_values_are_replaced_and_nothing_else_changes():
    before = load(HEAD)
    after = with_values(before, {WORK: 30.0, SHIFT: 5})
    assert after.channels.chat is not None and after.channels.chat.work.mean_min == 30.0
    assert after.roster["centre"]["late. night"].counsellors == 5
    assert before.channels.chat is not None and before.channels.chat.work.mean_min == 42.0
    back = with_values(after, {WORK: 42.0, SHIFT: 2})
    assert back.model_dump() == before.model_dump()
    assert back.name == before.name and back.sources == before.sources


def test_nothing_to_replace_gives_the_same_scenario():
    scenario = load(HEAD)
    assert with_values(scenario, {}).model_dump() == scenario.model_dump()


def test_a_path_that_leads_nowhere_is_refused():
    with pytest.raises((KeyError, AttributeError)):
        with_values(load(HEAD), {("channels", "chat", "nothing", "mean_min"): 1.0})
