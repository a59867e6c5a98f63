"""How contacts are met: plan, people, routing, the reference engine, its ledger and the measures."""

from simulator.demand.contacts import Contacts
from simulator.scenario.model import Scenario
from simulator.service.ledger import Ledger
from simulator.service.measures import Yardstick, Year
from simulator.service.plan import Plan
from simulator.service.planning import make_plan
from simulator.service.reference import serve

__all__ = ["Contacts", "Ledger", "Plan", "Scenario", "Yardstick", "Year", "make_plan", "serve"]
