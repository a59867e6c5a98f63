"""`--dask` as a planner types it: the same document as without, Ctrl-C keeps what is whole, a wrong address is told."""

import os

import pytest
from distributed import LocalCluster

from simulator.study import cluster
from simulator.words import say
from tests.cli.commands import LONG, ctrl_c, everything_in, strict_json


@pytest.fixture(scope="module")
def address():
    """Where a cluster of one worker process listens."""
    with LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        scheduler_kwargs={"dashboard": False},
    ) as running:
        yield running.scheduler_address


def test_the_document_and_the_folder_are_the_same(typed, small, desk, address, without_documents):
    words = ["run", small, "--replications", "40", "--json", "-"]
    here, there = typed(*words, "--out", "here"), typed(*words, "--out", "there", "--dask", address)
    assert (there.status, there.err) == (0, "")
    assert there.out == here.out
    assert everything_in(desk / "there") == everything_in(desk / "here")


@pytest.mark.skipif(os.name == "nt", reason="signals of this kind are not there")
def test_ctrl_c_keeps_what_is_whole(typed, small, desk, address, without_documents):
    said = ctrl_c(desk, 3, small, *LONG, "--engine", "simpy", "--dask", address)
    assert said.status == 130 and "Traceback" not in said.err and "Avbrutt etter" in said.err
    document = strict_json((desk / "result.json").read_text("utf-8"))
    years = document["manifest"]["replications"]
    assert 3 <= years < 100_000 and document["manifest"]["interrupted"]
    whole = typed("run", small, "--replications", years, "--json", "-").document()
    assert whole["measures"] == document["measures"]
    # and the cluster is free for the next one
    assert typed("run", small, "--replications", "3", "--dask", address, "--json", "-").status == 0


@pytest.mark.parametrize("command", ["run", "overview", "backtest"])
@pytest.mark.parametrize("lang", ["nb", "en"])
def test_nobody_at_the_address_is_told_and_nothing_is_left(typed, small, desk, monkeypatch, command, lang):
    monkeypatch.setattr(cluster, "ANSWERS_WITHIN_S", 0.2)
    words = [small] if command == "run" else []
    said = typed(command, *words, "--dask", "tcp://127.0.0.1:9", lang=lang)
    assert (said.status, said.out) == (2, "")
    assert said.err == say("cluster.no_answer", lang, address="tcp://127.0.0.1:9") + "\n"
    assert [path.name for path in desk.iterdir()] == [small]
