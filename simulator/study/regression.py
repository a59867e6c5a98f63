"""Regression of many answers on a few features of not very many worlds, without folds and without overfitting.

Gaussian processes of five shapes, from straight to wavy, of which the marginal likelihood chooses (Rasmussen & Williams
2006, Gaussian Processes for Machine Learning, sections 2.2 and 5.4): that is a ridge regression whose penalty needs no
folds, so 24 features of 400 worlds neither overfit nor need to be thrown away. Nothing here knows what the numbers
mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

KERNELS = ("linear", "additive", "quadratic", "wavy", "smooth")
"""The shapes of regression: a plane; bends of each feature; products of two; any surface, of two length scales."""
_SEPARABLE = ("linear", "additive")
"""Sums of functions of one feature each."""
_LENGTH_SCALES = {"wavy": 0.25, "smooth": 1.0}
"""Of the surfaces, in spreads of all features together."""
_BEND = 0.7
"""Length scale of the bends of one feature, in its own spreads."""
_NOISE_RATIOS = np.logspace(-6, 3, 28)
"""Ratios of noise to signal among which the marginal likelihood chooses; no signal at all is one more."""
_POSITIVE_EVIDENCE = 1.0
"""Gain of log marginal likelihood that a signal must bring over none: Kass & Raftery (1995), Journal of the American
Statistical Association 90: 773-795, call less not worth more than a bare mention."""


def standardised(features: Floats) -> Floats:
    """Features of shape (worlds, features) with mean 0 and spread 1."""
    centred = features - features.mean(axis=0)
    return np.asarray(centred / centred.std(axis=0))


@dataclass(frozen=True)
class Basis:
    """A centred kernel: eigenvalues (worlds,), eigenvectors (worlds, worlds), and what its parts were divided by."""

    kernel: str
    norms: tuple[float, ...]
    values: Floats
    vectors: Floats


@dataclass(frozen=True)
class Regression:
    """Of some answers on one set of features.

    Attributes
    ----------
    residual
        Shape (answers, worlds): answer minus fit.
    leverage
        Shape (answers, worlds), below 1: how much a world's own answer weighs in its fit.
    weights
        Shape (answers, worlds): the fit is a constant plus the kernel times these.
    kernel
        Per answer, the shape that was chosen; "" where no signal was found.
    """

    residual: Floats
    leverage: Floats
    weights: Floats
    kernel: tuple[str, ...]

    @property
    def left_out(self) -> Floats:
        """Answer minus what the other worlds predict: residual / (1 - leverage), with the hyperparameters of all."""
        return self.residual / (1.0 - self.leverage)

    def unexplained(self, features: int) -> Floats:
        """The part of each answer that the features do not tell, were there many worlds.

        A prediction errs by what cannot be told and by what was not learnt. The second is removed as far as it is that
        of a straight regression on as many features, whose residual / sqrt(1 - leverage) has the right variance; more
        is not removed, because a regression with a shape too rich would then seem to explain everything.
        """
        straight = (features + 1) / self.residual.shape[1]
        share = np.minimum(1.0, straight / self.leverage.mean(axis=1, keepdims=True))
        return np.asarray(self.left_out * np.sqrt(1.0 - share * self.leverage))


def regress(prepared: Sequence[Basis], answers: Floats) -> Regression:
    """Regress answers of shape (answers, worlds) on features by the kernel and noise of greatest marginal likelihood.

    With eigenvalues v, and answers t along the eigenvectors, the likelihood of a ratio r of noise to signal, its scale
    profiled out, is -(n - 1) / 2 log sum t^2 / (1 + v / r) - 1 / 2 sum log(1 + v / r) (Rasmussen & Williams 2006,
    equation 5.8; the mean takes one of the n).
    """
    worlds = answers.shape[1]
    centred = answers - answers.mean(axis=1, keepdims=True)
    residual, leverage, weights = centred.copy(), np.full(centred.shape, 1.0 / worlds), np.zeros(centred.shape)
    chosen = [""] * len(answers)
    tiny = np.finfo(np.float64).tiny
    best = -(worlds - 1) / 2.0 * np.log(np.sum(centred**2, axis=1) + tiny) + _POSITIVE_EVIDENCE
    for basis in prepared:
        turned = centred @ basis.vectors
        kept = 1.0 / (1.0 + basis.values / _NOISE_RATIOS[:, np.newaxis])
        evidence = -(worlds - 1) / 2.0 * np.log(turned**2 @ kept.T + tiny) + np.log(kept).sum(axis=1) / 2.0
        better = np.flatnonzero(evidence.max(axis=1) > best)
        best[better] = evidence.max(axis=1)[better]
        ratio = evidence.argmax(axis=1)[better]
        residual[better] = (kept[ratio] * turned[better]) @ basis.vectors.T
        leverage[better] = 1.0 + 1.0 / worlds - kept[ratio] @ (basis.vectors**2).T
        weights[better] = residual[better] / _NOISE_RATIOS[ratio, np.newaxis]
        for answer in better:
            chosen[answer] = basis.kernel
    return Regression(residual, np.minimum(leverage, 1.0 - 1e-9), weights, tuple(chosen))


def bases(features: Floats, kernels: Sequence[str] = KERNELS) -> tuple[Basis, ...]:
    """The kernels of features of shape (worlds, features), ready for any number of answers.

    With one feature, bends are all there is beside a line.
    """
    if features.shape[1] == 0:
        return ()
    wanted = [name for name in kernels if features.shape[1] > 1 or name in _SEPARABLE]
    return tuple(_basis(name, features) for name in wanted)


def _basis(name: str, features: Floats) -> Basis:
    """Each part centred, so that its functions have mean 0 over the worlds, and of mean diagonal 1."""
    total, norms = np.zeros((len(features), len(features))), []
    for part in _parts(name, features, features, _size(features)):
        means = part.mean(axis=0)
        centred = part - means - means[:, np.newaxis] + means.mean()
        norms.append(float(np.trace(centred)) / len(part))
        total += centred / norms[-1]
    values, vectors = np.linalg.eigh(total)
    return Basis(name, tuple(norms), np.maximum(values, 0.0), vectors)


def fit_change(features: Floats, basis: Basis, weights: Floats, feature: int, moved: Floats) -> Floats:
    """By how much fits change when one feature moves and the others stay.

    Parameters
    ----------
    features, basis
        Shape (worlds, features), and one of their `bases`.
    weights
        Shape (answers, worlds): of fits by that kernel.
    feature, moved
        Which one, and where to in each world: shape (worlds,).

    Returns
    -------
    ndarray
        Shape (answers, worlds). The kernel need not be centred: weights sum to 0, and a constant changes nothing.
    """
    after = features.copy()
    after[:, feature] = moved
    kept = [feature] if basis.kernel in _SEPARABLE else list(range(features.shape[1]))
    known, size = features[:, kept], _size(features)
    there, here = (_parts(basis.kernel, rows, known, size) for rows in (after[:, kept], known))
    change = np.zeros((len(features), len(features)))
    for norm, moved_part, part in zip(basis.norms, there, here, strict=True):
        change += (moved_part - part) / norm
    return np.asarray(weights @ change.T)


def _size(features: Floats) -> float:
    """Mean squared length of the features of a world."""
    return float(np.mean(np.sum(features**2, axis=1)))


def _parts(name: str, left: Floats, right: Floats, size: float) -> list[Floats]:
    """The parts of a kernel between worlds of shapes (left, features) and (right, features)."""
    products = left @ right.T / size
    if name == "linear":
        return [products]
    if name == "additive":
        return [products, _bends(left, right)]
    if name == "quadratic":
        return [products, products**2]
    apart = np.sum(left**2, axis=1)[:, np.newaxis] / size + np.sum(right**2, axis=1) / size - 2.0 * products
    return [np.exp(-np.maximum(apart, 0.0) / (2.0 * _LENGTH_SCALES[name] ** 2))]


def _bends(left: Floats, right: Floats) -> Floats:
    """Sum of one-dimensional squared-exponential kernels, each with its feature's variance as weight."""
    total = np.zeros((len(left), len(right)))
    for here, there, variance in zip(left.T, right.T, right.var(axis=0), strict=True):
        total += variance * np.exp(-(np.subtract.outer(here, there) ** 2) / (2.0 * _BEND**2 * variance))
    return total
