"""Every published case that is simulated, as a `Case`. `docs/cases.md` shows their scenarios in YAML."""

from collections.abc import Mapping
from typing import Any

from tests.cases import chats, days, networks, pools
from tests.cases.case import Case

SAID = pools.CASES | days.CASES | networks.CASES | chats.CASES


def cases(published: Mapping[str, Any]) -> dict[str, Case]:
    """All simulated cases by id; ``published`` are their records, for the parameters."""
    return {name: said(published[name]["params"]) for name, said in SAID.items()}
