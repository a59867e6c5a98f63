"""The demand that was put in: which shapes of the day there are, which one was used, and what it rests on.

A shape that the scenario states itself (``per_hour``, an own file) has no alternatives and is shown alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulator.report import numbers
from simulator.report.tables import LIVE, Column, Table, channel_name
from simulator.study.estimates import Result
from simulator.words import say

REFERENCES = ("day-and-night", "open-up", "smoothness")
OWN = "own"
Day = Mapping[str, Sequence[float]]
"""Channel -> first attempts in each of the 24 clock hours of a mean day."""


@dataclass(frozen=True)
class Shapes:
    """Shapes of the day by name, the one that was used, and its evidence status (empty for the scenario's own)."""

    by_name: Mapping[str, Day]
    used: str
    status: str

    @property
    def channels(self) -> tuple[str, ...]:
        """Channels that any shape holds, in the order of tables."""
        return tuple(channel for channel in LIVE if any(channel in day for day in self.by_name.values()))

    def label(self, name: str, lang: str) -> str:
        """A shape's name; the used one says so, with its status."""
        words = say(f"reference.{name}", lang) if name in (*REFERENCES, OWN) else name
        if name != self.used or not self.status:
            return words
        return say("figure.profile.used", lang, reference=words, status=say(f"status.{self.status}", lang))

    def caption(self, lang: str) -> str:
        """What the figure shows, and how far to trust it."""
        if not self.status:
            return say("figure.profile.own", lang)
        return say("figure.profile.caption", lang, status=say(f"status.{self.status}", lang))


def shapes_of(result: Result) -> Shapes:
    """The shapes of a result; where no reference moves anything they are one, the scenario's own."""
    profiles: Mapping[str, Day] = result.scenario.get("profiles") or {}
    used = str(result.scenario.get("reference"))
    days = [{channel: list(hours) for channel, hours in day.items()} for day in profiles.values()]
    if len(days) > 1 and all(day == days[0] for day in days):
        return Shapes({OWN: days[0]}, OWN, "")
    return Shapes(profiles, used, _reference_status(result))


def _reference_status(result: Result) -> str:
    """Status of the reference that was used; assumed unless the manifest says otherwise."""
    found = [each["status"] for each in result.manifest.get("assumptions", ()) if each["path"] == "demand.reference"]
    return str(found[0]) if found else "assumed"


def profile_table(result: Result, lang: str) -> Table:
    """First attempts per hour of a mean day: every shape, by channel."""
    shapes = shapes_of(result)
    shown = [
        (channel, name, day) for channel in shapes.channels for name, day in shapes.by_name.items() if channel in day
    ]
    rows = tuple(
        (numbers.clock_hour(hour), *(numbers.number(day[channel][hour], lang, 1) for channel, _, day in shown))
        for hour in range(24 if shown else 0)
    )
    heads = [Column(shapes.label(name, lang), channel_name(channel, lang)) for channel, name, _ in shown]
    return Table(say("table.profile", lang), (Column(say("table.hour", lang), is_figure=False), *heads), rows)
