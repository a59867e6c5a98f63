"""The same batches on a Dask cluster that somebody else started. The only home of dask.distributed, an extra.

A worker that dies costs only the batches it had: the scheduler gives them to another, and a batch is the same years
whoever simulates it. The cluster, its security and its workers' packages are its owner's; we look whether they fit.
"""

from asyncio import wait_for
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import simulator
from simulator.study.workers import Crew
from simulator.study.years import rows_elsewhere
from simulator.words import say

ANSWERS_WITHIN_S = 5.0
"""How long we wait for the scheduler, and then for its first worker."""
TRIES = 3
"""How often a batch is tried again where its worker could not do it."""


class ClusterError(Exception):
    """A cluster that cannot be used; `text` says why and what to do."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(say(f"cluster.{key}", "en", **values))
        self._key, self._values = key, values

    def text(self, lang: str) -> str:
        """The message in one language."""
        return say(f"cluster.{self._key}", lang, **self._values)


@contextmanager
def cluster(address: str, question: bytes) -> Iterator[Crew]:
    """The workers of a running cluster; what they have not finished is taken back when it is left.

    Parameters
    ----------
    address
        Of the scheduler, such as ``tcp://10.0.0.5:8786``.
    question
        See `simulator.study.years.packed`.

    Raises
    ------
    ClusterError
        If dask.distributed is not installed here, nobody answers, no worker comes, or a worker has another version of
        the simulator; later, if the cluster is lost or a batch brings down one worker after another.
    """
    with _connected(address) as client:
        size = _workers(client, address)

        def submit(batch: range) -> "_Batch":
            return _Batch(client, address, question, batch)

        yield Crew(size, submit)


class _Batch:
    """A batch on its way; its future is forgotten, on the cluster too, as soon as its rows are here."""

    def __init__(self, client: Any, address: str, question: bytes, batch: range) -> None:
        self._address, self._batch = address, batch
        self._future = client.submit(rows_elsewhere, question, batch, pure=False, retries=TRIES)

    def result(self, timeout: float | None = None) -> Any:
        """The rows; see `simulator.study.workers.Promise`."""
        from distributed import CancelledError, KilledWorker

        try:
            return self._future.result(timeout=timeout)
        except KilledWorker as error:
            years = f"{self._batch.start + 1}-{self._batch.stop}"
            raise ClusterError("workers_die", address=self._address, years=years) from error
        except CancelledError as error:  # how a client tells that its scheduler has gone
            raise ClusterError("lost", address=self._address) from error

    def done(self) -> bool:
        """Whether the rows have come, or never will."""
        return bool(self._future.done())


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterError("not_installed") from error
    if not _is_scheduler(address):
        raise ClusterError("no_answer", address=address)
    client: Any = Client(address, timeout=ANSWERS_WITHIN_S, set_as_default=False)  # type: ignore[no-untyped-call]
    try:
        yield client
    finally:
        with suppress(OSError, TimeoutError):
            client.close()


def _is_scheduler(address: str) -> bool:
    """Whether a Dask scheduler answers; asked before a client is made, which would linger where nobody does."""
    from distributed.core import rpc
    from distributed.utils import LoopRunner

    async def identity() -> Any:
        async with rpc(address, timeout=ANSWERS_WITHIN_S) as remote:  # type: ignore[no-untyped-call]
            return await wait_for(remote.identity(), ANSWERS_WITHIN_S)

    try:
        found = LoopRunner().run_sync(identity)  # type: ignore[no-untyped-call]
    except Exception:  # whatever a stranger at that address may say
        return False
    return bool(found["type"] == "Scheduler")


def _workers(client: Any, address: str) -> int:
    """How many batches the cluster works on at the same time, after a look at what its workers have installed."""
    try:
        client.wait_for_workers(1, timeout=ANSWERS_WITHIN_S)
    except TimeoutError as error:
        raise ClusterError("no_workers", address=address, seconds=f"{ANSWERS_WITHIN_S:.0f}") from error
    for worker, version in client.run(_version_here, on_error="return").items():
        if isinstance(version, Exception):
            raise ClusterError("no_simulator", worker=worker, reason=str(version)) from version
        if version != simulator.__version__:
            raise ClusterError("other_version", worker=worker, theirs=version, ours=simulator.__version__)
    return max(1, sum(map(int, client.nthreads().values())))


def _version_here() -> str:
    return simulator.__version__
