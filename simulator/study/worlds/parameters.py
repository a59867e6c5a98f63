"""What a plausible world may hold otherwise than the default world: the closed list of unpublished parameters.

Each names the prior it is drawn from and the piece of evidence whose value it takes the place of wherever a scenario
cites that evidence. Knows nothing of how worlds are found.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.evidence import evidence, thaw


@dataclass(frozen=True)
class Parameter:
    """One unpublished quantity.

    Attributes
    ----------
    name
        Its prior is the evidence ``prior-<name>``.
    replaces
        The evidence it takes the place of in scenarios; None where no scenario states it.
    item
        Which number of a list it is; None for a number of its own.
    whole
        Whether it counts people or chats.
    """

    name: str
    replaces: str | None = None
    item: int | None = None
    whole: bool = False

    @property
    def prior(self) -> str:
        """Id of its prior."""
        return f"prior-{self.name}"


def _same(name: str) -> Parameter:
    return Parameter(name, f"default-{name}")


def _people(name: str) -> Parameter:
    return Parameter(name, f"default-{name}", whole=True)


PARAMETERS = (
    _same("chat-work"),
    Parameter("chat-work-cv", "default-chat-cv"),
    _same("chat-wrap-up"),
    _people("chats-at-once"),
    Parameter("chat-speed-2", "default-chat-speed", item=1),
    Parameter("chat-speed-3", "default-chat-speed", item=2),
    _people("chat-counsellors"),
    _people("chat-evening-counsellors"),
    _same("chat-patience"),
    _same("phone-work"),
    _people("phone-counsellors"),
    _same("phone-patience"),
    _same("balking"),
    _same("redial-probability"),
    _same("redial-mean"),
    _same("phone-instead"),
    _same("come-back"),
    _same("come-back-mean"),
    _same("background-share"),
    _same("busyness-day-shape"),
    _same("busyness-hour-shape"),
    _same("busyness-correlation"),
    Parameter("trend-2024-outside-window"),
    Parameter("weekday-spread"),
    Parameter("month-spread"),
)

NAMES = tuple(each.name for each in PARAMETERS)


def settings(values: Mapping[str, float]) -> dict[str, Any]:
    """What scenarios are to hold in the place of pieces of evidence, by the id of the evidence.

    Parameters
    ----------
    values
        A value for each of `NAMES`.
    """
    made: dict[str, Any] = {}
    for each in PARAMETERS:
        if each.replaces is None:
            continue
        value = round(values[each.name]) if each.whole else values[each.name]
        if each.item is None:
            made[each.replaces] = value
        else:
            numbers = made.setdefault(each.replaces, list(thaw(evidence(each.replaces).value)))
            made[each.replaces] = [*numbers[: each.item], value, *numbers[each.item + 1 :]]
    return made


def impossible(values: Mapping[str, float]) -> str | None:
    """Why no service can be like this, None where one can.

    Several chats at once are each no faster than fewer, and get no less done together: v(3) <= v(2) <= 1 and i v(i) not
    falling (Luo & Zhang 2013).
    """
    two, three = values["chat-speed-2"], values["chat-speed-3"]
    if three > two or 2 * two < 1 or 3 * three < 2 * two:
        return "speeds"
    return None
