"""Rosters: the cheapest shifts that cover a requirement, and people who may lawfully work them.

`shifts` says which shifts there could be and what they cost, `cover` finds the cheapest of them, `rules` says what must
hold, `lines` writes that down for a person's weeks, `assigning` gives shifts to people, `reasons` says which rules bind
or cannot hold together, `back` writes the roster as a scenario, `answer` asks and answers. `programme` alone knows the
solver.
"""
