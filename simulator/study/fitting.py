"""What own data say of demand and behaviour: profile, busyness, handling times, and patience with censoring.

Every figure has its 95 % interval. Counts are of attempts that met an open channel: who tries again counts again. Knows
nothing of files.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, t

from simulator.demand.own import OwnCounts, OwnLog
from simulator.demand.own.reading import OUTCOMES
from simulator.scenario.calendar import Calendar
from simulator.study.unslowed import Unslowed, work_alone

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEVEL = 0.95
FEWEST_DAYS = 28
"""Fewer days say nothing of busyness."""
SERVICE_DAY_STARTS_H = 6
_ROUNDS = 50
_RESAMPLES = 1000
_SEED = 20240111
_LEAST_VARIANCE = 1e-4
"""Variance of a gamma factor below which there is as good as none; its shape is reported as at least 1 / this."""


@dataclass(frozen=True)
class Fit:
    """One figure with its 95 % interval.

    Attributes
    ----------
    value, low, high
        In ``unit``; ``high`` may be infinite.
    contacts
        How many contacts, or days, it rests on.
    """

    value: float
    low: float
    high: float
    unit: str
    contacts: int


@dataclass(frozen=True)
class Profile24:
    """Attempts per open hour by clock hour, with the standard error of their logarithms; nan where never open."""

    per_hour: Floats
    se_log: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Found:
    """All that one file says.

    Attributes
    ----------
    profile
        By clock hour, of a mean day.
    weekdays, months
        Factors with mean 1 over the days there are, as fits; those the file does not hold are nan.
    day_shape, hour_shape
        Gamma shapes of busyness, None where there are too few days.
    handling_min, handling_cv, wrap_up_min
        Of the answered, as long as they were held; None where the file does not say.
    work
        Of the answered, as long as they would take one at a time; None without codes of counsellors.
    patience_min
        With censoring; None where nobody left or waits are not told.
    leavers_only_min
        Mean wait of those who left: too short a patience, because the patient were answered.
    balking
        Share of those who would have waited that left at once.
    attempts, answered
        In the file.
    """

    profile: Profile24
    weekdays: tuple[Fit, ...]
    months: tuple[Fit, ...]
    day_shape: Fit | None
    hour_shape: Fit | None
    handling_min: Fit | None
    handling_cv: Fit | None
    wrap_up_min: Fit | None
    work: Unslowed | None
    patience_min: Fit | None
    leavers_only_min: float | None
    balking: Fit | None
    attempts: int
    answered: int


def fit(data: OwnCounts | OwnLog) -> Found:
    """Everything that own data say."""
    counts = data.counts if isinstance(data, OwnLog) else data
    demand = _Demand(counts.calendar, counts.offered)
    day_shape, hour_shape = demand.busyness()
    log = data if isinstance(data, OwnLog) else None
    handling = _answered(log, log.handling_s) if log is not None else np.empty(0)
    wrap_up = _answered(log, log.wrap_up_s) if log is not None else np.empty(0)
    waits = _Waits(log) if log is not None and not np.all(np.isnan(log.wait_s)) else None
    return Found(
        profile=demand.profile(),
        weekdays=demand.factors(demand.weekday, 7),
        months=demand.factors(demand.month, 12),
        day_shape=day_shape,
        hour_shape=hour_shape,
        handling_min=_mean_min(handling),
        handling_cv=_cv(handling),
        wrap_up_min=_mean_min(wrap_up),
        work=work_alone(log) if log is not None else None,
        patience_min=waits.patience() if waits else None,
        leavers_only_min=waits.leavers_only() if waits else None,
        balking=waits.balking() if waits else None,
        attempts=int(np.nansum(counts.offered)),
        answered=int(np.nansum(counts.answered)),
    )


# --- demand --------------------------------------------------------------------------------------------------------


class _Demand:
    """Counts of the hours that are known, and their expectation by clock hour x weekday x month."""

    def __init__(self, calendar: Calendar, offered: Floats) -> None:
        known = ~np.isnan(offered)
        hours = calendar.hours
        self.count = offered[known]
        self.hour, self.weekday, self.month = hours.hour[known], hours.weekday[known], hours.month[known] - 1
        service_day = hours.day - (hours.hour < SERVICE_DAY_STARTS_H)
        _, self.day = np.unique(service_day[known], return_inverse=True)
        self.days = int(self.day.max(initial=-1)) + 1
        self.mean = self._expected()

    def _expected(self) -> Floats:
        """Product of factors of clock hour, weekday and month that meets all their margins (Deming & Stephan 1940)."""
        mean = np.full(len(self.count), self.count.mean() if len(self.count) else 0.0)
        for _ in range(_ROUNDS):
            for axis in (self.hour, self.weekday, self.month):
                held, told = np.bincount(axis, mean), np.bincount(axis, self.count)
                with np.errstate(invalid="ignore", divide="ignore"):
                    mean = mean * np.nan_to_num(told / held)[axis]
        return mean

    def _daily(self, values: Floats) -> Floats:
        return np.asarray(np.bincount(self.day, values, self.days), np.float64)

    def profile(self) -> Profile24:
        """Rates by clock hour; their spread is that of the days, so busyness is in it."""
        rate, se = np.full(24, np.nan), np.full(24, np.nan)
        low, high = rate.copy(), rate.copy()
        for clock in range(24):
            counts = self.count[self.hour == clock]
            if len(counts) < 2 or counts.sum() == 0:
                continue
            rate[clock] = counts.mean()
            # no fewer than a Poisson count has: a few days that happen to be alike know nothing
            error = max(counts.std(ddof=1), np.sqrt(counts.mean())) / np.sqrt(len(counts))
            se[clock] = error / rate[clock]
            half = float(t.ppf((1 + LEVEL) / 2, len(counts) - 1)) * se[clock]
            low[clock], high[clock] = rate[clock] * np.exp(-half), rate[clock] * np.exp(half)
        return Profile24(rate, se, low, high)

    def factors(self, axis: Ints, size: int) -> tuple[Fit, ...]:
        """Factors of weekdays or months: what they bring over what their hours would bring on a mean day."""
        held = self.count.mean() if len(self.count) else 0.0
        by_hour = np.bincount(self.hour, self.count, 24) / np.maximum(np.bincount(self.hour, minlength=24), 1)
        expected = by_hour[self.hour] if held else np.zeros(len(self.count))
        fits = []
        for value in range(size):
            mine = axis == value
            days = self._daily(np.where(mine, self.count, 0.0)), self._daily(np.where(mine, expected, 0.0))
            present = days[1] > 0
            fits.append(_ratio(days[0][present], days[1][present]))
        return tuple(fits)

    def busyness(self) -> tuple[Fit | None, Fit | None]:
        """Gamma shapes of a day's and an hour's factor, by moments.

        Of two hours i, j of one day E[(x_i - mu_i)(x_j - mu_j)] = mu_i mu_j A, with A the variance of the day's factor;
        of one hour E[(x - mu)^2 - x] = mu^2 (A + B + A B), with B that of the hour's (Avramidis, Deslauriers & L'Ecuyer
        2004; Oreshkin, Regnard & L'Ecuyer 2016). Intervals by a bootstrap over days.
        """
        if self.days < FEWEST_DAYS:
            return None, None
        off, squares = self.count - self.mean, self.mean**2
        own = off**2 - self.count
        cross = self._daily(off) ** 2 - self._daily(off**2)
        pairs = self._daily(self.mean) ** 2 - self._daily(squares)
        by_day = np.array([cross, pairs, self._daily(own), self._daily(squares)])
        spent = len(np.unique(self.weekday)) + len(np.unique(self.month)) - 1
        unbiased = self.days / max(self.days - spent, 1)
        found = _variances(by_day.sum(axis=1), unbiased)
        draws = np.random.default_rng(_SEED).integers(self.days, size=(_RESAMPLES, self.days))
        again = np.array([_variances(by_day[:, rows].sum(axis=1), unbiased) for rows in draws])
        return tuple(_shape(found[i], again[:, i], self.days) for i in (0, 1))  # type: ignore[return-value]


def _variances(sums: Floats, unbiased: float) -> tuple[float, float]:
    """Variances A and B of the factors of day and hour."""
    cross, pairs, own, squares = sums
    day = unbiased * cross / pairs if pairs > 0 else 0.0
    both = own / squares if squares > 0 else 0.0
    return float(day), float((both - day) / (1 + max(day, 0.0)))


def _shape(variance: float, again: Floats, days: int) -> Fit:
    """A shape is one over a variance; the interval is the bootstrap's, turned round (Davison & Hinkley 1997, 5.2)."""
    spread = float(np.std(again))
    reach = float(t.ppf((1 + LEVEL) / 2, days - 1)) * spread
    ends = (variance - reach, variance + reach)
    low, value, high = (1 / max(each, _LEAST_VARIANCE) for each in (ends[1], variance, ends[0]))
    return Fit(value, low, np.inf if ends[0] < _LEAST_VARIANCE else high, "gamma shape", days)


def _ratio(top: Floats, bottom: Floats) -> Fit:
    """Ratio of totals over days with its interval (Cochran 1977, section 2.9)."""
    days = len(top)
    if days < 2 or bottom.sum() <= 0:
        return Fit(np.nan, np.nan, np.nan, "ratio", days)
    ratio = top.sum() / bottom.sum()
    error = np.sqrt(((top - ratio * bottom) ** 2).sum() / (days - 1) * days) / bottom.sum()
    half = float(t.ppf((1 + LEVEL) / 2, days - 1)) * error
    return Fit(float(ratio), float(ratio - half), float(ratio + half), "ratio", days)


# --- lengths -------------------------------------------------------------------------------------------------------


def _answered(log: OwnLog, values: Floats) -> Floats:
    return np.asarray(values[(log.outcome == OUTCOMES.index("answered")) & ~np.isnan(values)])


def _mean_min(seconds: Floats) -> Fit | None:
    if len(seconds) < 2:
        return None
    mean, error = seconds.mean() / 60, seconds.std(ddof=1) / 60 / np.sqrt(len(seconds))
    half = float(t.ppf((1 + LEVEL) / 2, len(seconds) - 1)) * error
    return Fit(float(mean), float(mean - half), float(mean + half), "min", len(seconds))


def _cv(seconds: Floats) -> Fit | None:
    """Standard deviation over mean, from the logarithms' spread: the lengths are taken to be lognormal.

    ``cv^2 = exp(s^2) - 1``; the interval is that of the normal variance s^2.
    """
    positive = seconds[seconds > 0]
    if len(positive) < FEWEST_DAYS:
        return None
    variance, freedom = float(np.log(positive).var(ddof=1)), len(positive) - 1
    ends = [variance * freedom / float(chi2.ppf(q, freedom)) for q in ((1 + LEVEL) / 2, 0.5, (1 - LEVEL) / 2)]
    low, value, high = (float(np.sqrt(np.expm1(each))) for each in (ends[0], variance, ends[2]))
    return Fit(value, low, high, "ratio", len(positive))


# --- patience ------------------------------------------------------------------------------------------------------


class _Waits:
    """Waits of a log: of those who were answered or refused, a patience is only known to be longer."""

    def __init__(self, log: OwnLog) -> None:
        known = ~np.isnan(log.wait_s)
        self.wait_s = log.wait_s[known]
        outcome = log.outcome[known]
        self.balked = (outcome == OUTCOMES.index("balked")) | ((outcome == OUTCOMES.index("left")) & (self.wait_s == 0))
        self.left = (outcome == OUTCOMES.index("left")) & ~self.balked
        self.waited = (self.wait_s > 0) & ~self.balked

    def patience(self) -> Fit | None:
        """Mean patience: all time waited over the number who left (Mandelbaum & Zeltyn 2005), exact for exponential."""
        leavers = int(self.left.sum())
        if leavers == 0:
            return None
        total_min = float(self.wait_s[self.waited].sum()) / 60
        ends = [2 * total_min / float(chi2.ppf(q, 2 * leavers)) for q in ((1 + LEVEL) / 2, (1 - LEVEL) / 2)]
        return Fit(total_min / leavers, ends[0], ends[1], "min", leavers)

    def leavers_only(self) -> float | None:
        """Mean wait of those who left."""
        return float(self.wait_s[self.left].mean()) / 60 if self.left.any() else None

    def balking(self) -> Fit | None:
        """Share who left at once among those who had to wait (Clopper & Pearson 1934)."""
        from scipy.stats import beta

        turned, stayed = int(self.balked.sum()), int(self.waited.sum())
        if turned + stayed == 0:
            return None
        tail = (1 - LEVEL) / 2
        low = float(beta.ppf(tail, turned, stayed + 1)) if turned else 0.0
        high = float(beta.ppf(1 - tail, turned + 1, stayed)) if stayed else 1.0
        return Fit(turned / (turned + stayed), low, high, "probability", turned + stayed)
