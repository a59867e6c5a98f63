"""Priors: what each unpublished quantity may be before any published total is held against it.

They are evidence; an analyst's file of the same form takes the place of some of them. Owns the families of
distributions and their quantiles. Knows nothing of worlds.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import exp, inf, isfinite, log, sqrt
from pathlib import Path as FilePath
from typing import Any

from scipy.special import ndtri

from simulator.evidence import all_evidence, thaw
from simulator.scenario.problems import Path, Plain, Position, Problem, ScenarioError, nearest, problem_at
from simulator.scenario.yaml_reader import read_file

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "triangular": ("low", "mode", "high"),
    "uniform": ("low", "high"),
    "loguniform": ("low", "high"),
    "lognormal": ("median", "sigma_log"),
    "discrete": ("probabilities",),
    "fixed": ("value",),
}
"""Families and their terms."""
_LEAST_SCORE, _GREATEST_SCORE = -4.0, 4.0
"""A lognormal prior ends four standard deviations out: nothing absurd is simulated."""
_BOUNDS: Mapping[str, tuple[float, float]] = {
    "min": (0.0, 1e4),
    "h": (0.0, 1e4),
    "probability": (0.0, 1.0),
    "share": (0.0, 0.999),
    "correlation": (0.0, 1.0),
    "gamma shape": (0.01, 1e6),
    "ratio": (0.0, 1e3),
}
"""What a quantity of a unit may be at all."""


class PriorsError(ScenarioError):
    """A file of priors that cannot be used."""


@dataclass(frozen=True)
class Prior:
    """The distribution of one quantity.

    Attributes
    ----------
    family, terms
        One of `FAMILIES` and its numbers; of a discrete one ``terms`` are the values and their probabilities.
    unit, status, source
        As in evidence.
    """

    id: str
    family: str
    terms: Mapping[str, float]
    unit: str
    status: str
    source: str

    def quantile(self, u: float) -> float:
        """The value below which a share ``u`` of the distribution lies, 0 < u < 1."""
        terms = self.terms
        if self.family == "fixed":
            return terms["value"]
        if self.family == "discrete":
            return _discrete(terms, u)
        if self.family == "lognormal":
            score = min(max(float(ndtri(u)), _LEAST_SCORE), _GREATEST_SCORE)
            return terms["median"] * exp(terms["sigma_log"] * score)
        low, high = terms["low"], terms["high"]
        if self.family == "uniform":
            return low + u * (high - low)
        if self.family == "loguniform":
            return exp(log(low) + u * (log(high) - log(low)))
        return _triangular(low, terms["mode"], high, u)

    @property
    def support(self) -> tuple[float, float]:
        """Lowest and highest value."""
        if self.family == "discrete":
            return min(map(float, self.terms)), max(map(float, self.terms))
        return self.quantile(1e-12), self.quantile(1 - 1e-12)

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"family": self.family, "terms": dict(self.terms), "unit": self.unit, "status": self.status}


def _discrete(probabilities: Mapping[str, float], u: float) -> float:
    reached = 0.0
    values = sorted(probabilities, key=float)
    for value in values:
        reached += probabilities[value]
        if u < reached:
            return float(value)
    return float(values[-1])


def _triangular(low: float, mode: float, high: float, u: float) -> float:
    below = (mode - low) / (high - low)
    if u < below:
        return low + sqrt(u * (high - low) * (mode - low))
    return high - sqrt((1 - u) * (high - low) * (high - mode))


def shipped_priors() -> dict[str, Prior]:
    """All priors of the evidence, by id."""
    found = {}
    for entry in all_evidence():
        value = thaw(entry.value)
        if entry.id.startswith("prior-") and isinstance(value, dict) and value.get("distribution") in FAMILIES:
            found[entry.id] = _prior(entry.id, value, entry.unit or "", entry.status, entry.source)
    return found


def _prior(id: str, value: Mapping[str, Any], unit: str, status: str, source: str) -> Prior:
    family = str(value["distribution"])
    terms = value["probabilities"] if family == "discrete" else {name: value[name] for name in FAMILIES[family]}
    return Prior(id, family, {str(name): float(number) for name, number in terms.items()}, unit, status, source)


def read_priors(files: Iterable[FilePath]) -> dict[str, Prior]:
    """The shipped priors, with those of an analyst's files in the place of their namesakes.

    Parameters
    ----------
    files
        YAML as in the evidence: ``prior-chat-work: {value: {distribution: uniform, low: 30, high: 45}, status:
        assumed, source: ...}``. Entries that are no prior, such as a shape of the day, are left to others.

    Raises
    ------
    PriorsError
        If an entry is no prior that the calibration knows, or no distribution; lists all of them with their places.
    """
    priors = shipped_priors()
    problems: list[Problem] = []
    for file in files:
        reading = read_file(file, str(file))
        problems += reading.problems
        for id, entry in (reading.tree or {}).items():
            if str(id).endswith("-shape") and "busyness" not in str(id):
                continue
            wrong = list(_faults(id, entry, priors, reading.positions))
            problems += wrong
            if not wrong:
                value = entry["value"] if isinstance(entry["value"], Mapping) else _fixed(entry["value"])
                status, source = str(entry.get("status", "assumed")), str(entry.get("source", file.name))
                priors[id] = _prior(id, value, priors[id].unit, status, source)
    if problems:
        raise PriorsError(problems)
    return priors


def _fixed(value: Any) -> dict[str, Any]:
    return {"distribution": "fixed", "value": value}


def _faults(id: str, entry: Any, known: Mapping[str, Prior], positions: Mapping[Path, Position]) -> Iterator[Problem]:
    """What is wrong with one entry of an analyst's file."""
    if id not in known:
        yield problem_at(positions, (id,), "worlds.prior_unknown", at_key=True, found=id, nearest=nearest(id, known))
        return
    if not isinstance(entry, Mapping) or "value" not in entry:
        yield problem_at(positions, (id,), "worlds.prior_no_value")
        return
    value = entry["value"] if isinstance(entry["value"], Mapping) else _fixed(entry["value"])
    family, path = str(value.get("distribution")), (id, "value")
    if family not in FAMILIES:
        allowed = Plain(", ".join(FAMILIES))
        yield problem_at(positions, path, "worlds.prior_family", found=family, allowed=allowed)
        return
    wanted = {"distribution", *FAMILIES[family]} - ({"distribution"} if family == "fixed" else set())
    if set(value) - {"distribution"} != wanted - {"distribution"}:
        yield problem_at(positions, path, "worlds.prior_terms", family=family, allowed=Plain(", ".join(sorted(wanted))))
        return
    try:
        prior = _prior(id, value, known[id].unit, "assumed", "")
    except (TypeError, ValueError, AttributeError):
        yield problem_at(positions, path, "worlds.prior_numbers")
        return
    if not _sound(prior):
        yield problem_at(positions, path, "worlds.prior_numbers")
        return
    low, high = _BOUNDS.get(prior.unit, (-inf, inf) if prior.family != "discrete" else (0.0, 20.0))
    if not (low <= prior.support[0] and prior.support[1] <= high):
        limits = Plain(f"{low:g}–{high:g} {prior.unit}")
        yield problem_at(positions, path, "worlds.prior_outside", allowed=limits)


def _sound(prior: Prior) -> bool:
    """Whether the terms make a distribution."""
    terms = prior.terms
    if not all(map(isfinite, terms.values())) or not terms:
        return False
    if prior.family == "discrete":
        try:
            whole = all(float(value) == int(value) for value in terms)
        except ValueError:
            return False
        return whole and min(terms.values()) >= 0 and abs(sum(terms.values()) - 1) < 1e-6
    if prior.family == "lognormal":
        return terms["median"] > 0 and 0 < terms["sigma_log"] < 5
    if prior.family == "loguniform":
        return 0 < terms["low"] < terms["high"]
    if prior.family == "triangular":
        return terms["low"] <= terms["mode"] <= terms["high"] and terms["low"] < terms["high"]
    return prior.family == "fixed" or terms["low"] < terms["high"]
