"""A Dask cluster gives the bytes of the serial run, also when a worker dies; and what is wrong with one is said.

The clusters are small ones on this machine's loopback, without a dashboard.
"""

import os
import signal
import sys

import pytest
from distributed import LocalCluster

import simulator
from simulator.study import cluster
from simulator.study.cluster import ClusterError
from simulator.study.replicate import replicate, simulate
from simulator.study.watched import Precision
from simulator.words import LANGUAGES

YEARS = 120


def local_cluster(workers):
    """Processes of one thread each; a port of its own choice, so that several clusters may run at once."""
    return LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        scheduler_kwargs={"dashboard": False},
    )


@pytest.fixture(scope="module")
def two():
    """A cluster of two worker processes."""
    with local_cluster(2) as running:
        yield running


def tops(study):
    return study.seen.of(study.seen.keys)[0].tobytes()


@pytest.fixture(scope="module")
def serial(small):
    """The bytes of the serial run."""
    with replicate(small, YEARS, engine="simpy", workers=1) as study:
        return tops(study)


@pytest.mark.skipif(os.name == "nt", reason="no signal ends a process there")
def test_a_worker_killed_midway_changes_no_byte(small, two, serial):
    killed = []

    def kill_one(done, total, width):
        if done >= 10 and not killed:
            victim = two.scheduler_info["workers"][min(two.scheduler_info["workers"])]["id"]
            killed.append(two.workers[victim].process.process.pid)
            os.kill(killed[0], signal.SIGKILL)

    told = []

    def progress(done, total, width):
        kill_one(done, total, width)
        told.append(done)

    with replicate(small, YEARS, engine="simpy", dask=two.scheduler_address, progress=progress) as study:
        assert tops(study) == serial
    assert killed and told == list(range(1, YEARS + 1))  # each year once, in order


def test_the_compiled_engine_gives_the_same_bytes_there(small, two, serial):
    simulate(small)  # compiles where nothing has yet, so that the workers need not, each for itself
    with replicate(small, YEARS, engine="compiled", dask=two.scheduler_address) as study:
        assert tops(study) == serial


def test_precision_is_reached_after_as_many_years_there(small, two):
    how = {"precision": Precision(0.07), "engine": "simpy"}
    with replicate(small, 500, dask=two.scheduler_address, **how) as there, replicate(small, 500, **how) as here:
        assert there.ending == here.ending
        assert tops(there) == tops(here)


def test_an_interrupt_keeps_what_is_whole(small, two):
    def interrupt(done, total, width):
        if done == 7:
            raise KeyboardInterrupt

    how = {"engine": "simpy", "progress": interrupt, "keep_interrupted": True}
    with replicate(small, 5000, dask=two.scheduler_address, **how) as study:
        assert study.ending.interrupted and study.seen.years == 7
        kept = tops(study)
    with replicate(small, 7, engine="simpy", workers=1) as whole:
        assert kept == tops(whole)


class Deadly:
    """Ends whoever reads a year."""

    keys = ()
    units = ()

    def __init__(self, scenario, plan):
        pass

    def observe(self, year):
        os._exit(1)


def refused(small, address, **how):
    with pytest.raises(ClusterError) as told:
        replicate(small, 3, engine="simpy", dask=address, **how)
    return {lang: told.value.text(lang) for lang in LANGUAGES}


def test_a_batch_that_kills_every_worker_is_given_up(small):
    with local_cluster(1) as lonely:
        said = refused(small, lonely.scheduler_address, make_reader=Deadly)
    assert "1-1" in said["nb"] and "minne" in said["nb"] and "memory" in said["en"]


def test_a_cluster_that_is_lost_is_told(small):
    with local_cluster(1) as doomed:
        said = refused(small, doomed.scheduler_address, progress=lambda *_: doomed.close())
    assert all("lost" in said["en"] for _ in said) and "borte" in said["nb"]


def test_a_cluster_without_workers_is_told(small, monkeypatch):
    monkeypatch.setattr(cluster, "ANSWERS_WITHIN_S", 0.5)
    with local_cluster(0) as empty:
        said = refused(small, empty.scheduler_address)
        assert empty.scheduler_address in said["nb"] and "dask worker" in said["en"]


def test_another_version_there_is_told(small, two, monkeypatch):
    theirs = simulator.__version__
    monkeypatch.setattr(simulator, "__version__", "9.9.9")
    said = refused(small, two.scheduler_address)
    assert all(theirs in line and "9.9.9" in line and "tcp://127.0.0.1" in line for line in said.values())


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere", "", "foo://bar", "tcp://[::1"])
def test_nobody_there_is_told(small, address, monkeypatch):
    monkeypatch.setattr(cluster, "ANSWERS_WITHIN_S", 0.5)
    said = refused(small, address)
    assert all(f" {address}" in line and "8786" in line for line in said.values())


def test_a_worker_is_no_scheduler(small, two, monkeypatch):
    monkeypatch.setattr(cluster, "ANSWERS_WITHIN_S", 2.0)
    worker = min(two.scheduler_info["workers"])
    assert worker in refused(small, worker)["en"]


def test_without_the_package_it_says_what_to_install(small, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    said = refused(small, "tcp://127.0.0.1:8786")
    assert all("opening-hours-simulator[dask]" in line for line in said.values())
