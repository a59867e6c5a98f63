"""Batches of years spread over the cores of this machine, and taken back in their order.

A crew is anything that takes a batch and promises its rows; `in_order` is the one way of working with it. Threads serve
an engine that lets go of the interpreter's lock, processes one that does not. The only home of joblib, whose `Parallel`
would run ahead of whoever takes the results; its pool of processes is used as it is.
"""

import os
import signal
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker
from typing import Any, Protocol, TypeVar

from simulator.study.years import Bench, Rows, rows_elsewhere

POLL_S = 0.5
"""How often we look up from waiting: on Windows Ctrl-C does not end a wait."""
ITEMS_EACH = 3
"""Items handed out to each process by `spread` and not yet taken back: they differ in how long they take."""
BATCHES_EACH = 2
"""Batches handed out for each worker and not yet taken back: one under way, one that waits for it or for us."""


Item = TypeVar("Item")
Found = TypeVar("Found")


class Promise(Protocol):
    """Rows that are on their way; a future of whichever library."""

    def result(self, timeout: float | None = None) -> Rows:
        """The rows, or what went wrong with them.

        Raises
        ------
        TimeoutError
            If they have not come by then.
        """
        ...

    def done(self) -> bool:
        """Whether they have come, or never will."""
        ...


@dataclass(frozen=True)
class Crew:
    """Who simulates.

    Attributes
    ----------
    size
        How many work at the same time.
    submit
        Hands out a batch.
    """

    size: int
    submit: Callable[[range], Promise]


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def threads(bench: Bench, count: int) -> Iterator[Crew]:
    """Threads of this process; when it is left early, each leaves after the year at hand."""
    pool = ThreadPoolExecutor(count)
    try:
        yield Crew(count, lambda batch: pool.submit(bench.rows, batch))
    finally:
        bench.stop()
        pool.shutdown(cancel_futures=True)


@contextmanager
def processes(question: bytes, count: int) -> Iterator[Crew]:
    """Processes of this machine. They stay for the next question; when it is left early they are ended at once.

    Parameters
    ----------
    question
        See `simulator.study.years.packed`.
    """
    from joblib.externals.loky import get_reusable_executor

    pool = get_reusable_executor(max_workers=count, initializer=_leave_interrupts_to_others)
    given: deque[Future[Rows]] = deque(maxlen=BATCHES_EACH * count)

    def submit(batch: range) -> Promise:
        with _deaf_to_interrupts():
            given.append(pool.submit(rows_elsewhere, question, batch))
        return given[-1]

    try:
        yield Crew(count, submit)
    except BaseException:
        _let_begin(given)
        pool.shutdown(kill_workers=True)
        raise


def _let_begin(given: Iterable[Future[Any]]) -> None:
    """Wait until all that was handed out has reached the processes' queue, which has room for it.

    The pool stumbles over what it has taken and not passed on when it is told to end its processes (joblib 1.6).
    """
    latest = time.monotonic() + POLL_S
    while time.monotonic() < latest and not all(each.running() or each.done() for each in given):
        time.sleep(0.001)


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """What is started in here never hears Ctrl-C, which a terminal sends to all: only we decide what it ends.

    Held back, not ignored: an interrupt in this moment reaches us after it.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # which, when it starts later, lets signals through again (Python 3.11)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _leave_interrupts_to_others() -> None:
    """Where signals cannot be held back from a process that starts, it turns from them as soon as it runs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def in_order(hired: AbstractContextManager[Crew], batches: Iterable[range]) -> Generator[Rows, None, None]:
    """The rows of batches in their order, never more of them handed out than `BATCHES_EACH` for each worker.

    Close it (`contextlib.closing`) where it is not run to its end, so that the crew is sent home.
    """
    with hired as crew:
        waiting: deque[Promise] = deque()
        for batch in batches:
            if len(waiting) == BATCHES_EACH * crew.size:
                yield _kept(waiting.popleft())
            waiting.append(crew.submit(batch))
        while waiting:
            yield _kept(waiting.popleft())


def _kept(promise: Promise) -> Rows:
    while True:
        try:
            return promise.result(timeout=POLL_S)
        except TimeoutError:
            if promise.done():
                return promise.result()


def spread(
    work: Callable[[Item], Found], items: Iterable[Item], count: int | None = None
) -> Generator[Found, None, None]:
    """What a function makes of each item, in their order, from processes of this machine; items may go on for ever.

    Close it (`contextlib.closing`) where it is not run to its end, so that what is under way is ended.

    Parameters
    ----------
    work
        Importable by name, or a `functools.partial` of such a one.
    items
        Plain data.
    count
        How many processes; None for one per core. With one, nothing leaves this process.
    """
    size = count or cores()
    if size == 1:
        yield from map(work, items)
        return
    from joblib.externals.loky import get_reusable_executor

    pool = get_reusable_executor(max_workers=size, initializer=_leave_interrupts_to_others)
    waiting: deque[Future[Found]] = deque()
    try:
        for item in items:
            if len(waiting) == ITEMS_EACH * size:
                yield _result(waiting.popleft())
            with _deaf_to_interrupts():
                waiting.append(pool.submit(work, item))
        while waiting:
            yield _result(waiting.popleft())
    except BaseException:
        _let_begin(waiting)
        pool.shutdown(kill_workers=True)
        raise


def _result(future: "Future[Found]") -> "Found":
    while True:
        try:
            return future.result(timeout=POLL_S)
        except TimeoutError:
            if future.done():
                return future.result()
