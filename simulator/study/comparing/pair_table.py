"""The contact-by-contact table of a plan: persons gained, lost and kept over all years, by hour and by site.

Whole numbers over all simulated years stand beside means per year, so that a total equals the difference of a key
figure exactly: persons reached = gained + new - lost - gone, answered chats = chats gained - chats lost. Knows how the
counts are kept; nothing of how persons are paired.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.service.keys import HOURS, Key
from simulator.study.comparing.pairing import Part
from simulator.study.comparing.pairs import AT_SITE, CHATS, CLASSES, KINDS, PARTS, WAITS
from simulator.study.estimates import Estimate, Estimates, rounded
from simulator.study.layers import layers

SAME, CHANGED, NONE = "same", "changed", "none"
"""Whether the persons under both plans are all the same, some of them, or none: then nobody can be paired."""
COUNTED = (*CLASSES, *PARTS, *CHATS)
"""What is counted; `WAITS` are times."""
_SHARED = ("both", "gained", "lost", "neither", "still_out")
_MS_PER_MINUTE = 60_000.0


@dataclass(frozen=True)
class PairTable:
    """What became of the persons under a plan, beside what became of them under the base.

    Attributes
    ----------
    plan
        Which plan.
    years
        Simulated years in all.
    by_hour
        Kind -> shape (24,): totals over all years, by the civil hour of the first attempt.
    by_site
        Site -> kind -> total over all years, by the site that answered.
    yearly
        By kind: what one expected year brings and how sure that is.
    """

    plan: str
    years: int
    by_hour: Mapping[str, tuple[int, ...]]
    by_site: Mapping[str, Mapping[str, int]]
    yearly: Mapping[str, Estimate]

    def total(self, kind: str) -> int:
        """Over all simulated years."""
        return sum(self.by_hour[kind])

    def mean(self, kind: str) -> float:
        """Per year."""
        return self.total(kind) / self.years

    @property
    def shares_demand(self) -> str:
        """`SAME`, `CHANGED` or `NONE`."""
        shared = sum(self.total(kind) for kind in _SHARED)
        alone = sum(self.total(kind) for kind in CLASSES if kind not in _SHARED)
        return SAME if not alone else CHANGED if shared else NONE

    def change_min(self, part: str) -> float:
        """By how many minutes those who ``waited_longer`` or ``waited_shorter`` did so in the mean; nan if nobody."""
        number = self.total(part)
        return self.total(f"{part.removeprefix('waited_')}_ms") / number / _MS_PER_MINUTE if number else float("nan")

    def as_json(self) -> dict[str, Any]:
        """Means per year by kind, totals, and the tables by hour and by site."""
        yearly = {
            kind: {"low": rounded(each.low), "high": rounded(each.high), "noise": rounded(each.noise)}
            for kind, each in self.yearly.items()
        }
        return {
            "plan": self.plan,
            "shares_demand": self.shares_demand,
            **{kind: self.mean(kind) for kind in COUNTED},
            "waited_longer_mean_min": rounded(self.change_min("waited_longer")),
            "waited_shorter_mean_min": rounded(self.change_min("waited_shorter")),
            "intervals": yearly,
            "totals": {"years": self.years, **{kind: self.total(kind) for kind in (*COUNTED, *WAITS)}},
            "by_hour": [
                {"hour": hour, **self._both({kind: self.by_hour[kind][place] for kind in COUNTED})}
                for place, hour in enumerate(HOURS)
            ],
            "by_site": [{"site": site, **self._both(counts)} for site, counts in self.by_site.items()],
            "unit": "persons/year; chats_* are contacts/year",
        }

    def _both(self, totals: Mapping[str, int]) -> dict[str, Any]:
        return {**{kind: total / self.years for kind, total in totals.items()}, "totals": dict(totals)}


def pair_table(plan: str, part: Part, sites: tuple[str, ...]) -> PairTable:
    """Sum the counts of all years.

    Parameters
    ----------
    plan
        Name of the plan.
    part
        Its counts, as `simulator.study.comparing.pairing.pair_keys` names them.
    sites
        Keys of the sites.
    """
    by_hour: dict[str, tuple[int, ...]] = {}
    numbers = []
    for kind in KINDS:
        top, _ = part.of([Key(kind, hour=hour) for hour in HOURS])
        by_hour[kind] = tuple(_whole(top.sum(axis=(1, 2))))
        whole = top.sum(axis=0, keepdims=True)
        numbers.append(layers(whole, np.ones_like(whole)).columns())
        years = whole.size
    by_site = {site: _of_site(part, site) for site in sites}
    units = tuple("contacts/year" if kind in CHATS else "persons/year" for kind in KINDS)
    table = Estimates(tuple(map(Key, KINDS)), units, np.concatenate(numbers))
    return PairTable(plan, years, by_hour, by_site, {kind: table[Key(kind)] for kind in COUNTED})


def _of_site(part: Part, site: str) -> dict[str, int]:
    top, _ = part.of([Key(kind, site=site) for kind in AT_SITE])
    return dict(zip(AT_SITE, _whole(top.sum(axis=(1, 2))), strict=True))


def _whole(sums: Any) -> list[int]:
    return [int(each) for each in sums]
