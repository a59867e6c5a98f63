"""What the tests of sweeps share: a small study, said as a mapping or written as a file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.scenario import ScenarioError
from simulator.study.sweep.plan import Plan, read_study
from tests.study.samples import SMALL

COUNSELLORS = "roster.kristiansand.chat.counsellors"
PATIENCE = "channels.chat.patience.mean_min"


def study(**said: Any) -> Plan:
    """A study of the small scenario: few years of one world, unless said otherwise."""
    usual: dict[str, Any] = {"title": "t", "scenario": str(SMALL), "worlds": "one", "replications": 3}
    usual["measures"] = ["persons_reached", "answered chat", "answered_share_of_open chat"]
    usual["vary"] = {COUNSELLORS: {"from": 0, "to": 2}}
    return read_study({**usual, **said})


@pytest.fixture
def wrong(tmp_path: Path) -> Callable[..., list[str]]:
    """What is said of a study file, line by line, in a language; the file is called ``study.yaml``."""

    def told(text: str, lang: str = "en") -> list[str]:
        path = tmp_path / "study.yaml"
        path.write_text(text.replace("SMALL", str(SMALL)), "utf-8")
        with pytest.raises(ScenarioError) as refused:
            read_study(path)
        return [line.removeprefix(f"{path}:") for line in refused.value.text(lang).splitlines()]

    return told
