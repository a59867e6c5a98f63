"""What to ask for: against normal worlds with a closed form, bends, products, unequal spreads, and against nothing.

With normal numbers, the width given a datum is sqrt(1 - R^2) of the width now, R^2 the share that the datum with its
error tells. Samples have fixed seeds; means are held against the truth with 4 of their standard errors and a stated
bias, so a check fails by chance once in 16 000.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.study.asking import Datum, as_told, combined, what_to_ask
from simulator.study.regression import Regression, bases, fit_change, regress, standardised

WORLDS = 400
WIDTH = 2 * 1.6448536269514722


def left(make, times=10, **options):
    """Reductions and their standard errors over many samples of worlds."""
    random = np.random.default_rng(1)
    found = []
    for seed in range(times):
        datum, answers = make(random)
        found += [table[0] for table in what_to_ask([datum], np.atleast_2d(answers), seed=seed, **options)]
    return np.array([worth.reduction for worth in found]), np.array([worth.error for worth in found])


def near(reductions, truth, bias):
    error = np.std(reductions, ddof=1) / np.sqrt(len(reductions))
    return abs(np.mean(reductions) - truth) < bias + 4.0 * error


def normal(features, share, error, dependent=False):
    """A datum with an error, and an answer of which it tells a share."""

    def make(random):
        mix = random.normal(size=(features, features)) if dependent else np.eye(features)
        covariance, slopes = mix.T @ mix, random.normal(size=features)
        with_answer = covariance @ slopes
        told = with_answer @ np.linalg.solve(covariance + error**2 * np.eye(features), with_answer)
        rest = told / share - slopes @ covariance @ slopes
        assert rest >= 0
        x = random.normal(size=(WORLDS, features)) @ mix
        return Datum("a", x, error), x @ slopes + np.sqrt(rest) * random.normal(size=WORLDS)

    return make


@pytest.mark.parametrize("features", [1, 3, 24])
def test_a_datum_of_pure_noise_shrinks_nothing(features):
    reductions, _ = left(
        lambda random: (Datum("a", random.normal(size=(WORLDS, features)), 1.0), random.normal(size=(4, WORLDS)))
    )
    assert reductions.mean() <= 0.01
    assert np.quantile(reductions, 0.95) <= 0.05


@pytest.mark.parametrize("share", [0.3, 0.75])
@pytest.mark.parametrize("features", [1, 3, 24])
def test_normal_worlds_have_the_width_of_the_closed_form(features, share):
    reductions, errors = left(normal(features, share, 0.4))
    assert near(reductions, 1.0 - np.sqrt(1.0 - share), bias=0.01)
    assert 0.5 < errors.mean() / reductions.std(ddof=1) < 2.0


def test_twenty_four_dependent_features():
    assert near(left(normal(24, 0.75, 0.4, dependent=True))[0], 0.5, bias=0.015)


def test_a_datum_that_tells_everything():
    reductions, _ = left(
        lambda random: (x := random.normal(size=(WORLDS, 5)), (Datum("a", x), x @ np.arange(5.0)))[1], 4
    )
    assert (reductions > 0.99).all()


def curved(curve, features, rest):
    def make(random):
        x = random.normal(size=(WORLDS, features))
        return Datum("a", x), curve(x) + rest * random.normal(size=WORLDS)

    return make


@pytest.mark.parametrize(
    ("curve", "features", "rest", "bias"),
    [
        pytest.param(lambda x: x[:, 0] ** 2, 1, 0.5, 0.02, id="square"),
        pytest.param(lambda x: np.sin(3.0 * x[:, 0]), 1, 0.3, 0.02, id="wave"),
        pytest.param(lambda x: x[:, 0] * x[:, 1], 3, 0.4, 0.02, id="product"),
        pytest.param(lambda x: np.tanh(x[:, 0] * x[:, 1] + x[:, 2]), 3, 0.2, 0.05, id="surface"),
        pytest.param(lambda x: 2.0 * (x[:, 0] > 0.5) * (x[:, 0] < 9.0), 1, 0.5, 0.09, id="step"),
    ],
)
def test_an_answer_that_bends(curve, features, rest, bias):
    random = np.random.default_rng(2)
    many = curve(random.normal(size=(200_000, features))) + rest * random.normal(size=200_000)
    now = np.subtract(*np.quantile(many, [0.95, 0.05]))
    assert near(left(curved(curve, features, rest))[0], 1.0 - WIDTH * rest / now, bias)


def test_a_datum_that_tells_how_unsure_the_answer_is():
    def make(random):
        x = random.normal(size=(WORLDS, 1))
        return Datum("a", x), np.exp(0.7 * x[:, 0]) * random.normal(size=(8, WORLDS))

    random = np.random.default_rng(3)
    many = np.exp(0.7 * random.normal(size=400_000)) * random.normal(size=400_000)
    truth = 1.0 - np.exp(0.7**2 / 2.0) * WIDTH / np.subtract(*np.quantile(many, [0.95, 0.05]))
    reductions, _ = left(make)  # the mean given the datum is always 0: only the spread tells
    assert near(reductions, truth, bias=0.03)
    assert reductions.mean() > truth / 2.0 > 0.05


def test_more_data_never_hurt_beyond_their_error():
    random = np.random.default_rng(4)
    for seed in range(5):
        x = random.normal(size=(WORLDS, 27))
        answer = x[:, 0] + 0.7 * x[:, 1] * x[:, 0] + 0.5 * x[:, 3] + random.normal(size=WORLDS)
        few, more, noise = Datum("few", x[:, :1], 0.3), Datum("more", x[:, 1:4], 0.3), Datum("noise", x[:, 4:], 1.0)
        data = [few, combined("few more", [few, more]), combined("all", [few, more, noise])]
        found = {worth.name: worth for worth in what_to_ask(data, answer[np.newaxis], seed=seed)[0]}
        assert found["few more"].reduction >= found["few"].reduction - 0.02
        assert found["all"].reduction >= found["few"].reduction - 2.0 * found["all"].error
    finer = [Datum(f"{error}", x[:, :4], error) for error in (2.0, 1.0, 0.5, 0.0)]
    ordered = [worth.name for worth in what_to_ask(finer, answer[np.newaxis])[0]]
    assert ordered == ["0.0", "0.5", "1.0", "2.0"]


def test_simulation_noise_is_in_neither_width():
    def make(random):
        x = random.normal(size=(WORLDS, 1))
        return Datum("a", x), x[:, 0] + random.normal(size=WORLDS) * np.sqrt(1.0 / 3.0 + 1.0)  # the 1 is noise

    assert near(left(make)[0], 1.0 - np.sqrt(4.0 / 7.0), bias=0.02)
    assert near(left(make, noise_variance=np.array([1.0]))[0], 0.5, bias=0.03)


def test_the_best_comes_first_for_each_answer():
    random = np.random.default_rng(5)
    x = random.normal(size=(WORLDS, 3))
    data = [Datum("one", x[:, :1]), Datum("two", x[:, 1:2]), Datum("three", x[:, 2:]), Datum("same", np.ones((400, 2)))]
    tables = what_to_ask(data, np.stack([x @ [3.0, 2.0, 1.0], x @ [1.0, 2.0, 3.0], np.ones(WORLDS)]))
    assert [[worth.name for worth in table] for table in tables[:2]] == [
        ["one", "two", "three", "same"],
        ["three", "two", "one", "same"],
    ]
    best, nothing = tables[0][0], tables[0][3]
    assert best.width_now == pytest.approx(WIDTH * np.sqrt(14), rel=0.1)
    assert best.expected_width == pytest.approx((1.0 - best.reduction) * best.width_now)
    assert nothing.reduction == pytest.approx(0.0, abs=1e-9)
    assert all(np.isnan(worth.reduction) and worth.width_now == 0.0 for worth in tables[2])


def test_one_datum_or_answer_does_not_move_another():
    random = np.random.default_rng(6)
    x, y = random.normal(size=(100, 5)), random.normal(size=(2, 100))
    y += x[:, 0] + x[:, 3]
    data = [Datum("one", x[:, :3], 0.5), Datum("two", x[:, 3:], np.full((100, 1), 0.5))]
    together = {worth.name: worth for worth in what_to_ask(data, y)[1]}
    alone = what_to_ask(data[1:], y[1:])[0][0]
    assert vars(together["two"]) == pytest.approx(vars(alone))


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.sampled_from([1e-3, 1.0, 1e4]))
def test_widths_are_in_the_units_of_the_answer_and_never_grow(seed, features, unit):
    random = np.random.default_rng(seed)
    x = np.round(random.normal(size=(60, features)), 1)
    y = (x[:, 0] + random.standard_t(3, size=60))[np.newaxis]
    worth = what_to_ask([Datum("a", x, 0.3)], y, seed=seed)[0][0]
    assert 0.0 <= worth.reduction <= 1.0
    assert 0.0 <= worth.expected_width <= worth.width_now
    other = what_to_ask([Datum("a", 7.0 * x + 3.0, 2.1)], unit * y - 9.0 * unit, seed=seed)[0][0]
    assert other.reduction == pytest.approx(worth.reduction, abs=1e-6)
    assert other.width_now == pytest.approx(unit * worth.width_now)


@pytest.mark.parametrize(
    ("data", "answers", "words"),
    [
        ([Datum("a", np.ones((19, 1)))], np.ones((1, 19)), "20 worlds"),
        ([Datum("a", np.ones((30, 1)))], np.ones(30), "20 worlds"),
        ([Datum("a", np.ones((30, 1)))], np.full((1, 30), np.nan), "answer is missing"),
        ([Datum("seats", np.ones((29, 1)))], np.ones((1, 30)), "seats"),
        ([Datum("seats", np.full((30, 1), np.nan))], np.ones((1, 30)), "seats"),
        ([Datum("seats", np.ones((30, 1)), -1.0)], np.ones((1, 30)), "seats"),
        ([Datum("a", np.ones((30, 1)))] * 2, np.ones((1, 30)), "one name"),
    ],
)
def test_what_cannot_be_used_is_refused(data, answers, words):
    with pytest.raises(ValueError, match=words):
        what_to_ask(data, answers)


# --- the regression ------------------------------------------------------------------------------------------------


def test_a_feature_weighs_by_its_reliability():
    random = np.random.default_rng(7)
    x = random.normal(size=(100_000, 3)) * [1.0, 2.0, 0.0]
    told = as_told(Datum("a", x, np.array([1.0, 0.0, 5.0])), random)
    assert told.shape == (100_000, 2)  # the third is the same in all worlds
    assert told.std(axis=0) == pytest.approx([np.sqrt(0.5), 1.0], rel=0.02)


def test_what_is_left_out_is_what_a_regression_without_that_world_errs():
    random = np.random.default_rng(8)
    x = standardised(random.normal(size=(40, 2)))
    y = (x[:, 0] + 0.5 * random.normal(size=40))[np.newaxis]
    found = regress(bases(x, ("linear",)), y)
    # the ridge regression that was chosen, fitted without each world in turn
    fit = y - found.residual
    slopes = np.linalg.lstsq(x, (fit - fit.mean())[0], rcond=None)[0]
    penalty = x.T @ (y[0] - y.mean() - x @ slopes) / slopes
    assert penalty == pytest.approx(penalty.mean())
    for world in range(40):
        others = np.delete(np.arange(40), world)
        middle, level = x[others].mean(axis=0), y[0, others].mean()
        inner = x[others] - middle
        again = np.linalg.solve(inner.T @ inner + penalty.mean() * np.eye(2), inner.T @ (y[0, others] - level))
        assert found.left_out[0, world] == pytest.approx(y[0, world] - level - (x[world] - middle) @ again)


def test_what_a_straight_regression_did_not_learn_is_not_held_against_a_datum():
    random = np.random.default_rng(10)
    x = standardised(random.normal(size=(100, 24)))
    y = 3.0 * random.normal(size=(400, 24)) @ x.T + random.normal(size=(400, 100))
    found = regress(bases(x, ("linear",)), y)
    squares = (found.unexplained(24) ** 2).mean(axis=1)
    assert near(squares, 1.0, bias=0.01)
    assert (found.left_out**2).mean() > 1.25


def test_a_shape_too_rich_is_not_believed():
    residual, leverage = np.full((1, 100), 0.1), np.full((1, 100), 0.9)  # left out, it errs by 1
    found = Regression(residual, leverage, residual, ("wavy",))
    assert found.unexplained(3) == pytest.approx(np.sqrt(0.96))


@pytest.mark.parametrize(
    ("curve", "kernel"),
    [
        (lambda x: x @ np.arange(12.0), "linear"),
        (lambda x: x @ np.ones(12) + 3.0 * np.sin(2.0 * x[:, 0]), "additive"),
        (lambda x: x @ np.ones(12) + 3.0 * x[:, 0] * x[:, 1], "quadratic"),
    ],
)
def test_the_shape_that_is_there_is_found_among_many_features(curve, kernel):
    random = np.random.default_rng(11)
    x = standardised(random.normal(size=(WORLDS, 12)))
    truth = curve(x)
    found = regress(bases(x), (truth + 0.3 * truth.std() * random.normal(size=WORLDS))[np.newaxis])
    assert found.kernel == (kernel,)
    assert 1.0 - (found.left_out**2).mean() / truth.var() > 0.7


@pytest.mark.parametrize("kernel", ["linear", "additive", "quadratic", "wavy", "smooth"])
def test_the_change_of_a_fit_is_that_between_worlds(kernel):
    random = np.random.default_rng(9)
    x = standardised(random.normal(size=(60, 3)))
    x[30:, :2] = x[:30, :2]  # world n and n + 30 differ in the third feature alone
    y = (x[:, 2] + x[:, 0] * x[:, 2] + 0.1 * random.normal(size=60))[np.newaxis]
    basis = bases(x, (kernel,))
    found = regress(basis, y)
    assert found.kernel == (kernel,)
    fit = (y - found.residual)[0]
    change = fit_change(x, basis[0], found.weights, 2, np.roll(x[:, 2], 30))
    assert change[0] == pytest.approx(np.roll(fit, 30) - fit, abs=1e-8)
