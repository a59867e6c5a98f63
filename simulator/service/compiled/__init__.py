"""The compiled engine: the reference engine's rules as functions over arrays, compiled by numba where it is there.

It must give the same ledger as `reference.serve` to the last bit, the same persons as `demand.draw` and the same counts
as `tally.count`; tests hold it to that. The public names, nothing else.
"""

from simulator.service.compiled.arrays import EndlessRunError
from simulator.service.compiled.machine import IS_COMPILED, needs_compiling
from simulator.service.compiled.serving import serve
from simulator.service.compiled.simulation import CompiledSimulation

__all__ = ["IS_COMPILED", "CompiledSimulation", "EndlessRunError", "needs_compiling", "serve"]
