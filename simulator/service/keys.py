"""What a figure is about: the key columns of the long table, and the cuts of an ordinary year."""

from dataclasses import dataclass

from simulator.scenario.schedule import WEEKDAYS

ALL = "all"
KEY_COLUMNS = ("measure", "channel", "site", "hour", "weekday", "month")
HOURS = tuple(f"{hour:02d}" for hour in range(24))
MONTHS = tuple(f"{month:02d}" for month in range(1, 13))


@dataclass(frozen=True)
class Key:
    """One figure of the long table; ``all`` where a dimension is not split.

    Hours are ``00``-``23``, weekdays ``mon``-``sun``, months ``01``-``12``: civil time of the attempt, or of the first
    attempt for figures about persons. Channel ``all`` is phone and chat together: the channels where somebody waits.
    """

    measure: str
    channel: str = ALL
    site: str = ALL
    hour: str = ALL
    weekday: str = ALL
    month: str = ALL


@dataclass(frozen=True)
class Cut:
    """One way of splitting a year: the axes (month, weekday, hour) that stay, and their labels."""

    axes: tuple[str, ...]

    def keys(self, measure: str, channel: str) -> list[Key]:
        """The keys of a measure along this cut, the last axis fastest."""
        keys = [Key(measure, channel)]
        labels = {"month": MONTHS, "weekday": WEEKDAYS, "hour": HOURS}
        for axis in self.axes:
            keys = [Key(**{**vars(key), axis: label}) for key in keys for label in labels[axis]]
        return keys

    @property
    def summed(self) -> tuple[int, ...]:
        """Axes of a (month, weekday, hour) array that this cut sums over."""
        return tuple(i for i, axis in enumerate(("month", "weekday", "hour")) if axis not in self.axes)


WHOLE = Cut(())
BY_HOUR = Cut(("hour",))
BY_WEEKDAY = Cut(("weekday",))
BY_MONTH = Cut(("month",))
BY_WEEKDAY_AND_HOUR = Cut(("weekday", "hour"))
