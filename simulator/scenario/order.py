"""The order of things that have names: natural, the same however a file orders its keys."""

import re
from collections.abc import Mapping

from simulator.scenario.model import Site


def natural_order(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key that puts ``shift 2`` before ``shift 10``."""
    parts = re.split(r"(\d+)", name)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part)


def site_order(sites: Mapping[str, Site]) -> tuple[str, ...]:
    """Keys of the sites by code: the centre is 0, the others follow in natural order of their names."""
    return tuple(sorted(sites, key=lambda key: (not sites[key].centre, natural_order(key))))
