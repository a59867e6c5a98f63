"""How the theory tests draw their examples: the same ones every time, and no clock (a slow machine is not a fault)."""

from hypothesis import settings

many = settings(derandomize=True, deadline=None, max_examples=80)
few = settings(derandomize=True, deadline=None, max_examples=20)
