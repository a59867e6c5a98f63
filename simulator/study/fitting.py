"""What own data say of demand and behaviour: profile, busyness, handling times, and patience with censoring.

Every figure has its 95 % interval. Counts are of attempts that met an open channel: who tries again counts again. Knows
nothing of files.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, t

from simulator.demand.own import OwnCounts, OwnLog
from simulator.demand.own.data import OUTCOMES
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
    demand = _Demand(counts.calendar, counts.offered, counts.open_share)
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
    """Counts of the hours that are known, and their expectation by clock hour x weekday x month x open share."""

    def __init__(self, calendar: Calendar, offered: Floats, open_share: Floats) -> None:
        known = ~np.isnan(offered)
        hours = calendar.hours
        self.count, self.open = offered[known], open_share[known]
        self.hour, self.weekday, self.month = hours.hour[known], hours.weekday[known], hours.month[known] - 1
        service_day = hours.day - (hours.hour < SERVICE_DAY_STARTS_H)
        _, self.day = np.unique(service_day[known], return_inverse=True)
        self.days = int(self.day.max(initial=-1)) + 1
        self.mean = self._expected()

    def _expected(self) -> Floats:
        """Product of factors of clock hour, weekday and month that meets all their margins (Deming & Stephan 1940)."""
        mean = self.open * (self.count.sum() / self.open.sum() if len(self.count) else 0.0)
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
            mine = self.hour == clock
            counts, is_open = self.count[mine], self.open[mine]
            if len(counts) < 2 or counts.sum() == 0:
                continue
            rate[clock] = counts.sum() / is_open.sum()
            # no fewer than a Poisson count has: a few days that happen to be alike know nothing
            spread = np.std(counts - rate[clock] * is_open, ddof=1)
            se[clock] = max(spread, np.sqrt(counts.mean())) * np.sqrt(len(counts)) / counts.sum()
            half = float(t.ppf((1 + LEVEL) / 2, len(counts) - 1)) * se[clock]
            low[clock], high[clock] = rate[clock] * np.exp(-half), rate[clock] * np.exp(half)
        return Profile24(rate, se, low, high)

    def factors(self, axis: Ints, size: int) -> tuple[Fit, ...]:
        """Factors of weekdays or months: what they bring over what their hours would bring on a mean day."""
        held = self.count.mean() if len(self.count) else 0.0
        by_hour = np.bincount(self.hour, self.count, 24) / np.maximum(np.bincount(self.hour, self.open, 24), 1e-9)
        expected = by_hour[self.hour] * self.open if held else np.zeros(len(self.count))
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
        2004; Oreshkin, Regnard & L'Ecuyer 2016). Days lie closer to a mean that was fitted to them, which `_moments`
        puts right. Intervals by a bootstrap over days.
        """
        if self.days < FEWEST_DAYS:
            return None, None
        by_day = self._moments()
        draws = np.random.default_rng(_SEED).integers(self.days, size=(_RESAMPLES, self.days))
        found = _variances(by_day.sum(axis=1))
        again = np.array([_variances(by_day[:, rows].sum(axis=1)) for rows in draws])
        floors = _floors(by_day.sum(axis=1))
        day, hour = (_shape(found[i], again[:, i], floors[i], self.days) for i in (0, 1))
        return day, hour

    def _moments(self) -> Floats:
        """Squares and means by service day, shape (5, days).

        Squared deviation of the day, squared deviations of its hours, its mean, its hours' squared means, its squared
        mean; the deviations unbiased.

        Of s factors of weekdays and months and H of hours, fitted to D days of n hours: the day's square lies low by
        s / D of itself, the hours' by (H - 1) / (D n) of themselves and by s / D of the day's times sum(mu^2) / m^2.
        """
        off = self.count - self.mean
        spent = len(np.unique(self.weekday)) + len(np.unique(self.month)) - 1
        cells = len(self.count)
        mean, squares = self._daily(self.mean), self._daily(self.mean**2)
        day = self._daily(off) ** 2 * (self.days / max(self.days - spent, 1))
        own_hours = self._daily(off**2) * (cells / max(cells - len(np.unique(self.hour)) + 1, 1))
        shared = np.divide(squares, mean**2, out=np.zeros(self.days), where=mean > 0) * day * (spent / self.days)
        return np.array([day, own_hours + shared, mean, squares, mean**2])


def _variances(sums: Floats) -> tuple[float, float]:
    """Variances A and B of the factors of day and hour."""
    days, hours, means, squares, squared_days = sums
    pairs = squared_days - squares
    day = (days - hours) / pairs if pairs > 0 else 0.0
    both = (hours - means) / squares if squares > 0 else 0.0
    return float(day), float((both - day) / (1 + max(day, 0.0)))


def _floors(sums: Floats) -> tuple[float, float]:
    """What a day's and an hour's count would vary, over their means squared, without a factor of its own."""
    _, hours, means, squares, squared_days = sums
    pairs = squared_days - squares
    return float(hours / pairs) if pairs > 0 else 0.0, float(means / squares) if squares > 0 else 0.0


def _shape(variance: float, again: Floats, floor: float, days: int) -> Fit:
    """A shape is one over a variance; the interval is symmetric in the logarithm of all that a count varies.

    What is seen is the factor's variance above a floor of chance; such a sum of squares is skewed like a chi-square
    number, whose logarithm is nearly normal.
    """
    whole = max(variance, 0.0) + floor
    reach = float(t.ppf((1 + LEVEL) / 2, days - 1)) * float(np.std(again)) / whole if whole > 0 else 0.0
    middle = variance + floor if variance + floor > 0 else whole
    ends = [middle * np.exp(sign * reach) - floor for sign in (-1, 1)]
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
