"""A sweep that is killed and resumed gives the bytes of one that nobody disturbed: the folder's every file."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from tests.cli.commands import environment, everything_in

STUDY = """
title: To hundre planer
scenario: small.yaml
worlds: one
replications: 3
measures: [persons_reached]
design: latin-hypercube
points: 200
vary:
  roster.kristiansand.chat.counsellors: {from: 1, to: 4}
  channels.chat.patience.mean_min: {low: 1, high: 20, scale: log}
"""
PLANS = 200
SEED = 116111
"""Of the moments of the kills."""


@pytest.fixture
def study(desk, small):
    (desk / "plans.yaml").write_text(STUDY, "utf-8")
    return "plans.yaml"


def begun(desk, study):
    """The command in a process of its own, which leads a group so that all of it can be killed."""
    command = [sys.executable, "-m", "simulator.cli", "sweep", study, "--out", "killed", "--workers", "2"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, cwd=desk, env=environment(), start_new_session=True, **quiet)


def killed_when(desk, study, reached):
    """Kill the command as soon as its folder is so far; False if it had ended before."""
    with begun(desk, study) as process:
        while process.poll() is None and not reached():
            time.sleep(0.001)
        running = process.poll() is None
        if running:
            os.killpg(process.pid, signal.SIGKILL)
    return running


@pytest.mark.skipif(os.name == "nt", reason="no signal ends a process there")
def test_two_hundred_plans_killed_three_times_at_random_and_resumed_are_the_bytes_of_the_undisturbed(
    desk, study, typed
):
    said = typed("sweep", study, "--out", "undisturbed", "--workers", "1")
    assert said.status == 0, said.err
    (folder,) = (desk / "undisturbed").iterdir()
    units = desk / "killed" / folder.name / "units"
    chance = random.Random(SEED)
    moments = sorted(chance.sample(range(1, PLANS), 2))

    def units_are(count):
        return lambda: units.is_dir() and len(list(units.iterdir())) >= count

    kept = []
    for moment in moments:
        assert killed_when(desk, study, units_are(moment))
        kept.append(len(list(units.iterdir())))
    assert 0 < kept[0] < kept[1] < PLANS  # each went on where the one before was killed
    finished = units.parent / chance.choice(["report.html", "figures", "table.csv"])
    killed_when(desk, study, finished.exists)  # in the midst of the final writing, if the machine lets us
    assert len(list(units.iterdir())) == PLANS
    assert typed("sweep", study, "--out", "killed").status == 0
    assert everything_in(units.parent) == everything_in(folder)
    assert [each.name for each in (desk / "killed").iterdir() if not each.name.startswith(".")] == [folder.name]
