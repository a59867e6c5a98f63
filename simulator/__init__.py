"""Opening-hours impact simulator for the helpline 116 111: the public names, nothing else.

The names below are loaded on first use, so that ``import simulator`` (and ``simulator --help``) stays cheap.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "load": "simulator.scenario",
    "Scenario": "simulator.scenario",
    "ScenarioError": "simulator.scenario",
    "open_hours": "simulator.scenario",
    "draw": "simulator.demand",
    "replay_contacts": "simulator.demand",
    "Contacts": "simulator.demand",
    "make_plan": "simulator.service",
    "Plan": "simulator.service",
    "serve": "simulator.service",
    "Ledger": "simulator.service",
    "Yardstick": "simulator.service",
    "Year": "simulator.service",
    "change": "simulator.scenario",
    "simulate": "simulator.study",
    "overview": "simulator.study",
    "run": "simulator.study",
    "backtest": "simulator.study",
    "replay": "simulator.study",
    "compare": "simulator.study",
    "best_hours": "simulator.study.hours",
    "calibrate": "simulator.study.worlds.calibrate",
    "shipped_worlds": "simulator.study.worlds",
    "Worlds": "simulator.study.worlds",
    "read_own_data": "simulator.demand.own",
    "fit": "simulator.study.fitting",
    "sweep": "simulator.study.sweep.sweeping",
    "cost_sheet": "simulator.service.cost",
    "price": "simulator.study.price",
    "explain": "simulator.study.explain",
    "Key": "simulator.service.keys",
    "what_is_wanted": "simulator.study.worlds.wanted",
    "contact_log": "simulator.study.exporting",
    "report": "simulator.report",
    "roster": "simulator.study.rostering.answer",
    "cover_shifts": "simulator.study.rostering.cover",
    "staff": "simulator.study.staffing.staff",
    "Requirement": "simulator.study.staffing.requirement",
    "read_requirement": "simulator.study.staffing.reading",
    "servers_for_service_level": "simulator.service.theory.erlang",
}

__all__ = ["__version__", *sorted(_HOMES)]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'simulator' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
