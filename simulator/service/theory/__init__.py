"""Analytic yardsticks: exact answers to small queueing questions, to measure the engines against.

Owns formulas, Markov chains and one exact integer recursion. Knows nothing of scenarios, plans, contacts drawn
from demand, the engines or reports: every function takes plain numbers and gives plain numbers back, so a
yardstick can never share a mistake with what it measures.

Nothing is imported here, and nothing imports this package at start-up: import the module that is needed,
for example ``from simulator.service.theory import erlang``.

Units: a function is unit-free (any one unit of time, used for every argument and result) unless its names
carry a unit. Rates are per that unit.
"""
