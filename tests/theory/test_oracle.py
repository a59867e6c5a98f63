"""The offered-wait recursion against a tick-by-tick simulation that shares nothing with it, and against Erlang A."""

from collections import deque

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.service.theory import erlang, laws, oracle, patience
from tests.theory.examples import many

Row = tuple[int, int, int, int]
rows = st.lists(st.tuples(st.integers(0, 25), st.integers(0, 12), st.integers(0, 10), st.integers(0, 3)), max_size=25)


def tick_by_tick(contacts: list[Row], servers: int) -> tuple[list[int], list[int]]:
    """Start and wait of each contact; every tick: ends, head of the line, abandonments, arrivals one by one."""
    start, wait = [-1] * len(contacts), [0] * len(contacts)
    line: deque[int] = deque()
    free_at: list[int] = []  # of servers held

    def assign(tick: int) -> None:
        while line and len(free_at) < servers:
            i = line.popleft()
            start[i], wait[i] = tick, tick - contacts[i][0]
            held = contacts[i][1] + contacts[i][3]
            if held:
                free_at.append(tick + held)

    for tick in range(400):
        free_at[:] = [end for end in free_at if end > tick]
        assign(tick)
        for i in [i for i in line if tick == contacts[i][0] + contacts[i][2]]:
            line.remove(i)
            wait[i] = contacts[i][2]
        for i, (arrival, _, limit, _) in enumerate(contacts):
            if arrival == tick:
                line.append(i)
                assign(tick)
                if start[i] < 0 and limit == 0:
                    line.remove(i)
    return start, wait


@many
@given(contacts=rows, servers=st.integers(0, 4))
def test_the_recursion_is_the_simulation(contacts: list[Row], servers: int) -> None:
    contacts.sort(key=lambda row: row[0])
    arrival, work, limit, gap = (np.array([row[i] for row in contacts], dtype=np.int64) for i in range(4))
    found = oracle.offered_wait(arrival, work, limit, servers, gap)
    start, wait = tick_by_tick(contacts, servers)
    assert found.start_ms.tolist() == start
    assert found.wait_ms.tolist() == wait
    ends = [begin + row[1] if begin >= 0 else row[0] + row[2] for begin, row in zip(start, contacts, strict=True)]
    assert found.end_ms.tolist() == ends


def test_a_server_freed_in_time_beats_patience_and_an_arrival() -> None:
    found = oracle.offered_wait([0, 2, 10, 10], [10, 5, 5, 5], [0, 8, 4, 5], servers=1)
    assert found.start_ms.tolist() == [0, 10, -1, 15]
    assert found.wait_ms.tolist() == [0, 8, 4, 5]
    assert found.end_ms.tolist() == [10, 15, 14, 20]
    assert found.start_ms.dtype == np.int64


def test_wrap_up_holds_the_server_but_not_the_contact() -> None:
    found = oracle.offered_wait([0, 1], [10, 10], [100, 100], servers=1, gap_ms=5)
    assert found.start_ms.tolist() == [0, 15]
    assert found.end_ms.tolist() == [10, 25]


@pytest.mark.parametrize(
    "law", [laws.exponential(0.2), laws.gamma(0.2, 1.6), laws.weibull(0.2, 2.0), laws.deterministic(0.2)]
)
def test_a_long_run_lies_where_the_formula_says(law: laws.Law) -> None:
    """Batch means over 40 batches; the band of 4 standard errors raises a false alarm about once in 3 800 tests."""
    rng = np.random.default_rng(116_111)
    size, hour = 120_000, 3_600_000
    arrival = np.cumsum(rng.exponential(hour / 6.0, size)).astype(np.int64)
    work = rng.exponential(hour / 1.5, size).astype(np.int64)
    # Patience by inversion of the law's own distribution on a fine grid.
    grid = np.linspace(0, 6, 60_001)
    limit = (np.interp(rng.random(size), law.cdf(grid), grid) * hour).astype(np.int64)
    found = oracle.offered_wait(arrival, work, limit, servers=4)
    wanted = patience.patience_queue(6.0, 1.5, 4, law, target_wait=1 / 30)
    within = (found.start_ms >= 0) & (found.wait_ms <= hour // 30)
    for values, value in (
        (found.start_ms < 0, wanted.p_abandon),
        (found.wait_ms / hour, wanted.ew_all),
        (within, wanted.sl),
    ):
        batches = np.asarray(values, float).reshape(40, -1).mean(axis=1)
        error = batches.std(ddof=1) / np.sqrt(40)
        assert abs(batches.mean() - value) < 4 * error
        assert error < 0.004


def test_nobody_on_duty_answers_nobody_and_plenty_answer_all() -> None:
    arrival = np.arange(50)
    assert np.all(oracle.offered_wait(arrival, 9, 3, servers=0).start_ms == -1)
    assert np.all(oracle.offered_wait(arrival, 9, 0, servers=9).wait_ms == 0)
    assert oracle.offered_wait([], 1, 1, servers=2).start_ms.size == 0


def test_bad_times_are_refused() -> None:
    with pytest.raises(ValueError, match="never fall"):
        oracle.offered_wait([3, 2], 1, 1, 1)
    with pytest.raises(ValueError, match="work_ms"):
        oracle.offered_wait([1, 2], 1.5, 1, 1)
    with pytest.raises(ValueError, match="patience_ms"):
        oracle.offered_wait([1, 2], 1, -1, 1)
    with pytest.raises(ValueError, match="servers"):
        oracle.offered_wait([1, 2], 1, 1, -1)


def test_exponential_case_agrees_with_erlang_a() -> None:
    assert patience.patience_queue(6.0, 1.5, 4, laws.exponential(0.2)).p_abandon == pytest.approx(
        erlang.erlang_a(6.0, 1.5, 5.0, 4).p_abandon, rel=1e-9
    )
