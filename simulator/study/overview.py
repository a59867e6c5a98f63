"""What the opening hours of 2024 cost: the chats of 2023 split by them, and the same persons under both."""

from dataclasses import dataclass
from typing import Any

from simulator.evidence import number
from simulator.scenario import load
from simulator.service.keys import Key
from simulator.study.blocks import CLOSED_KEY, NIGHT, WINDOW, BlockYardstick, block_key
from simulator.study.estimates import Estimate, Estimates, Result, rounded
from simulator.study.intervals import estimate
from simulator.study.layers import estimate_over_worlds
from simulator.study.replicate import Progress, replicate
from simulator.study.run import run
from simulator.study.worlds.world import Worlds

BEFORE, AFTER = "2023-actual", "2023-demand-2024-hours"

ROWS = (
    ("all", Key("answered", "chat"), "chat-answered-2023"),
    ("window", block_key(WINDOW), "chat-answered-2023-window"),
    ("closed", CLOSED_KEY, "chat-answered-2023-hours-closed-2024"),
    ("night", block_key(NIGHT), "chat-answered-2023-00-04"),
)
"""Name, the model's figure, the published one."""


@dataclass(frozen=True)
class Overview:
    """The answer of the main job.

    Attributes
    ----------
    blocks
        (name, published, the model's estimate) of the chats answered in 2023, whole and by block.
    before
        Estimates under the hours of 2023.
    after
        The result under the hours of 2024, on the same persons.
    """

    blocks: tuple[tuple[str, float, Estimate], ...]
    before: Estimates
    after: Result

    def as_json(self) -> dict[str, Any]:
        """The document of ``simulator overview --json``."""
        blocks = [{"block": name, "published": published, **_rounded(model)} for name, published, model in self.blocks]
        return {"blocks": blocks, "before": list(self.before.rows()), **self.after.as_json()}


def _rounded(model: Estimate) -> dict[str, Any]:
    return {name: rounded(value) if isinstance(value, float) else value for name, value in vars(model).items()}


def overview(
    replications: int = 20,
    seed: int = 1,
    progress: Progress | None = None,
    workers: int | None = None,
    dask: str | None = None,
    keep_interrupted: bool = False,
    worlds: Worlds | None = None,
) -> Overview:
    """Simulate the persons of 2023 under the hours of both years.

    Parameters
    ----------
    replications
        Simulated years under each (in each world).
    seed
        Of the study.
    progress
        Called after each batch, of both together; see `simulator.study.replicate.Progress`.
    workers, dask
        Who simulates; see `simulator.study.replicate.replicate`.
    keep_interrupted
        On Ctrl-C compare the years that are whole under both, where there are at least two, instead of raising.
    worlds
        Plausible worlds; None: the default world alone.
    """
    kept = () if worlds is None else worlds.worlds
    years = replications * max(1, len(kept))

    def told(done: int, before: int) -> None:
        if progress is not None:
            progress(before + done, 2 * years, None)

    with replicate(
        load(BEFORE),
        replications,
        seed,
        BlockYardstick,
        lambda done, *_: told(done, 0),
        workers,
        dask=dask,
        worlds=kept,
    ) as study:
        after = run(
            load(AFTER),
            replications,
            seed,
            progress=lambda done, *_: told(done, years),
            workers=workers,
            dask=dask,
            keep_interrupted=keep_interrupted,
            worlds=worlds,
        )
        each = after.manifest["replications"]
        study.seen.keep(after.manifest["worlds"] * each)
        before = estimate(study.seen) if worlds is None else estimate_over_worlds(study.seen, each)
    blocks = tuple((name, number(published), before[key]) for name, key, published in ROWS)
    return Overview(blocks, before, after)
