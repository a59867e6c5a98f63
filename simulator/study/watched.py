"""Which figures a study must know precisely: what was asked for, by name, found among those that are read.

A figure is named ``measure/channel/site`` as in the long table, over all hours, weekdays and months; what is left out
is ``all``. Nothing here decides when to stop.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.scenario.problems import nearest, shown
from simulator.service.keys import ALL, Key
from simulator.words import say

HEADLINES = (
    Key("persons_reached"),
    Key("unanswered"),
    Key("answered", "chat"),
    Key("answered", "phone"),
)
"""Watched where nothing else is asked for, as far as a scenario has them: what the first lines of a report say."""


class PrecisionError(Exception):
    """Figures that cannot be watched, because the scenario has none of that name; `text` says which there are."""

    def __init__(self, unknown: Sequence[str], known: Sequence[str]) -> None:
        super().__init__(", ".join(unknown))
        self._unknown, self._known = tuple(unknown), tuple(known)

    def text(self, lang: str) -> str:
        """One line for every name: that there is no such figure, the nearest right spelling, and what a name is."""
        return "\n".join(self._sentence(name, lang) for name in self._unknown)

    def _sentence(self, name: str, lang: str) -> str:
        said = [say("precision.unknown", lang, found=shown(name, lang))]
        near = nearest(name, self._known) or nearest(name.partition("/")[0], self._known)
        if near:
            said.append(say("problem.did_you_mean", lang, nearest=shown(near, lang)))
        return " ".join([*said, say("precision.names", lang)])


@dataclass(frozen=True)
class Precision:
    """How well a study must know some figures.

    Attributes
    ----------
    share
        Greatest half-width of a figure's 95 % interval, as a share of the figure: 0.01 is one per cent.
    of
        The figures by name, such as ``unanswered`` or ``answered/chat``; empty for `HEADLINES`.
    """

    share: float
    of: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0.0 < self.share < 1.0:
            raise ValueError("a precision is a share between 0 and 1")


def name_of(key: Key) -> str:
    """A figure's name, without the ``all`` at its end."""
    parts = [key.measure, key.channel, key.site]
    while parts[-1] == ALL:
        parts.pop()
    return "/".join(parts)


def watched(precision: Precision, keys: Sequence[Key]) -> tuple[Key, ...]:
    """The figures that are watched, each once, in the order asked for.

    Parameters
    ----------
    precision
        What was asked for.
    keys
        All figures that are read.

    Raises
    ------
    PrecisionError
        If a figure is not read.
    """
    known = {name_of(key): key for key in keys if (key.hour, key.weekday, key.month) == (ALL, ALL, ALL)}
    if not precision.of:
        return tuple(key for key in HEADLINES if name_of(key) in known)
    typed = {name: name.removesuffix(f"/{ALL}").removesuffix(f"/{ALL}") for name in precision.of}
    unknown = [name for name, plain in typed.items() if plain not in known]
    if unknown:
        raise PrecisionError(unknown, list(known))
    return tuple(dict.fromkeys(known[plain] for plain in typed.values()))
