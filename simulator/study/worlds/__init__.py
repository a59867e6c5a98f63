"""Plausible worlds: every set of unpublished quantities under which the model still reproduces the published totals.

``parameters`` and ``priors`` say what may vary; ``design`` draws candidates; ``published`` and ``sight`` what they are
held against; ``solving`` finds each one's demand; ``calibrate`` keeps those that fit; ``world`` is what is kept.
"""

from simulator.study.worlds.world import World, Worlds, WorldsError, shipped_worlds

__all__ = ["World", "Worlds", "WorldsError", "shipped_worlds"]
