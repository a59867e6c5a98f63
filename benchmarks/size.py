"""How much is measured: everything, or so little that a test can see every row made."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """How much of each.

    Attributes
    ----------
    rounds, least_s
        Times are the best of so many rounds, in each of which a thing is repeated for at least so many seconds.
    last_day
        Of the scenario's year.
    pool_hours
        Length of the M/M/20+M year.
    factors
        On the demand, with the roster scaled along.
    years_spread
        Years that workers share.
    years_kept
        Few and many years, whose peak memory is compared.
    worlds
        Plausible worlds.
    """

    rounds: int
    least_s: float
    last_day: str
    pool_hours: float
    factors: tuple[int, ...]
    years_spread: int
    years_kept: tuple[int, int]
    worlds: int


FULL = Size(3, 0.2, "2024-12-31", 1950.0, (1, 10, 100), 1_000, (100, 1000), 300)
QUICK = Size(1, 0.0, "2024-01-07", 50.0, (1, 2), 4, (2, 4), 2)
