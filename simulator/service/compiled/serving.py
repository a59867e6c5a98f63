"""Serving contacts that were drawn beforehand: the compiled engine's answer to `reference.serve`."""

from simulator.demand.contacts import Contacts
from simulator.service.compiled.arrays import (
    EndlessRunError,
    ledger_of,
    most_steps,
    nothing,
    people_of,
    rules_of,
    state_of,
)
from simulator.service.compiled.layouts import COUNTS, DEMAND, DONE, ENDLESS, PERSONS, SERVE
from simulator.service.compiled.year import year
from simulator.service.ledger import Ledger
from simulator.service.plan import Plan

SPARE_ROWS = 1024


def serve(contacts: Contacts, plan: Plan) -> Ledger:
    """The ledger of `simulator.service.reference.serve`, to the last bit; parameters and errors as there.

    Raises
    ------
    EndlessRunError
        If the run does not end.
    """
    if contacts.epoch_ms != plan.epoch_ms:
        raise ValueError("contacts and plan start at different instants")
    rules, people, demand, counts = rules_of(plan), people_of(contacts, plan), nothing(DEMAND), nothing(COUNTS)
    rows = 2 * len(contacts) + SPARE_ROWS
    while True:
        state = state_of(rules, len(contacts), rows)
        state.registers[PERSONS] = len(contacts)
        steps = most_steps(rows, contacts.max_attempts, rules.events)
        end = year(demand.words, rules.words, people.words, state.words, counts.words, SERVE, steps)
        if end == DONE:
            return ledger_of(plan, state)
        if end == ENDLESS:
            raise EndlessRunError(f"more than {steps} steps")
        rows *= 2
