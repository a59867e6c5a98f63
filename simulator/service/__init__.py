"""How contacts are met: plan, people, routing, the engines, their ledger and the measures.

The names below are loaded on first use: the reference engine brings SimPy, which the other engine does without.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "Contacts": "simulator.demand.contacts",
    "Ledger": "simulator.service.ledger",
    "Plan": "simulator.service.plan",
    "Scenario": "simulator.scenario.model",
    "Yardstick": "simulator.service.measures",
    "Year": "simulator.service.measures",
    "make_plan": "simulator.service.planning",
    "serve": "simulator.service.reference",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'simulator.service' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
