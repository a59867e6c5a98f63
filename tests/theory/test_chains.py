"""The chain machinery against dense linear algebra, and the small chains built directly on it."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, linalg

from simulator.service.theory import chains, drain
from simulator.service.theory.chains import Move, State
from tests.theory.examples import few, many


def ring(size: int, seed: int, spread: float = 1.0) -> chains.Chain:
    """A random irreducible chain: a one-way ring with random chords."""
    rng = np.random.default_rng(seed)
    rates = rng.gamma(0.5, spread, (size, size)) * (rng.random((size, size)) < 0.4)

    def moves(state: State) -> Iterator[Move]:
        (i,) = state
        yield "round", 0.3, ((i + 1) % size,)
        for j in range(size):
            yield "chord", float(rates[i, j]), (j,)

    return chains.explore([(0,)], moves)


@many
@given(size=st.integers(2, 12), seed=st.integers(0, 10_000), spread=st.floats(0.1, 30.0))
def test_stationary_distribution_balances(size: int, seed: int, spread: float) -> None:
    chain = ring(size, seed, spread)
    generator = chain.generator().toarray()
    assert generator.sum(axis=1) == pytest.approx(np.zeros(size), abs=1e-10)
    shares = chains.stationary(chain.generator())
    assert shares.sum() == pytest.approx(1.0)
    assert shares @ generator == pytest.approx(np.zeros(size), abs=1e-11 * np.abs(generator).max())


@many
@given(size=st.integers(2, 10), seed=st.integers(0, 10_000), duration=st.floats(0.0, 40.0))
def test_evolution_is_the_matrix_exponential(size: int, seed: int, duration: float) -> None:
    chain = ring(size, seed)
    generator = chain.generator()
    start = np.zeros(size)
    start[0] = 1.0
    passage = chains.evolve(generator, start, duration)
    assert passage.final == pytest.approx(linalg.expm(generator.toarray() * duration)[0], abs=1e-11)
    # The integral of the exponential is a corner of the exponential of a bordered matrix (Van Loan 1978).
    bordered = np.block([[generator.toarray(), np.eye(size)], [np.zeros((size, 2 * size))]]) * duration
    assert passage.occupied == pytest.approx(linalg.expm(bordered)[0, size:], rel=1e-9, abs=1e-11)
    assert passage.occupied.sum() == pytest.approx(duration)


@many
@given(size=st.integers(2, 10), seed=st.integers(0, 10_000), duration=st.floats(0.0, 40.0))
def test_looking_back_and_forward_give_one_answer(size: int, seed: int, duration: float) -> None:
    chain = ring(size, seed)
    start, value = np.eye(size)[0], np.random.default_rng(seed).random((size, 2))
    forward = chains.evolve(chain.generator(), start, duration).final @ value
    assert start @ chains.look_back(chain.generator(), value, duration) == pytest.approx(forward, rel=1e-10)


def test_scaling_an_event_scales_its_rates_and_self_moves_only_count() -> None:
    def moves(state: State) -> Iterator[Move]:
        (n,) = state
        if n < 2:
            yield "in", 1.0, (n + 1,)
        else:
            yield "refused", 1.0, state
        yield "out", float(n), (n - 1,)

    chain = chains.explore([(0,)], moves)
    shares = chains.stationary(chain.generator({"in": 3.0, "refused": 3.0}))
    assert shares == pytest.approx(np.array([1, 3, 4.5]) / 8.5)
    assert chain.rate("refused") == pytest.approx([0, 0, 1])
    assert chain.rate("unheard of") == pytest.approx([0, 0, 0])


def test_time_to_absorption_of_a_line_of_exponentials() -> None:
    chain = chains.explore([(4,)], lambda state: [("down", 2.0 * state[0], (state[0] - 1,))])
    done = chain.column(0) == 0
    occupied = chains.until_absorbed(chain.generator(), chain.vector({(4,): 1.0}), done)
    assert occupied.sum() == pytest.approx(sum(1 / (2 * n) for n in range(1, 5)))


def test_an_unstable_line_is_refused() -> None:
    with pytest.raises(ValueError, match="does not end"):
        chains.widen(lambda caps: caps[0], lambda found, caps: (1.0,), (4,))
    with pytest.raises(ValueError, match="negative"):
        chains.explore([(0,)], lambda state: [("odd", -1.0, (1,))])
    with pytest.raises(ValueError, match="states"):
        chains.explore([(0,)], lambda state: [("up", 1.0, (state[0] + 1,))])


@few
@given(conversations=st.lists(st.integers(0, 3), min_size=1, max_size=5), second=st.floats(0.5, 1.0))
def test_drain_is_the_area_under_the_chance_that_any_is_left(conversations: list[int], second: float) -> None:
    speeds = (1.0, second, second * 0.8)
    start = drain.holding(conversations, slots=3)
    times = drain.drain(start, 0.8, speeds)
    area, _ = integrate.quad(lambda t: drain.p_any_left(start, 0.8, t, speeds), 0, 60, limit=200, points=[1.0, 5.0])
    assert times.until_last == pytest.approx(area, rel=1e-7, abs=1e-9)
    one_by_one = [drain.drain(drain.holding([number], 3), 0.8, speeds).until_last for number in conversations]
    assert times.counsellor_time == pytest.approx(sum(one_by_one), rel=1e-10)
    assert max(one_by_one) - 1e-9 <= times.until_last <= times.counsellor_time + 1e-9


def test_more_conversations_than_slots_are_refused() -> None:
    with pytest.raises(ValueError, match="2 slots"):
        drain.holding([3], slots=2)
    with pytest.raises(ValueError, match="must not fall"):
        drain.drain({(1, 0): 1.0}, 1.0, (1.0, 0.4))
