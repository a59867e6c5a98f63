"""Why a question about hours cannot be answered, as an error that speaks the reader's language. Knows no study."""

from typing import Any

from simulator.scenario.problems import Plain, shown
from simulator.words import say


class HoursError(ValueError):
    """A question that cannot be answered as it was put; `text` says why and what to do."""

    def __init__(self, why: str, **values: Any) -> None:
        super().__init__(why)
        self.why = why
        self._values = values

    def text(self, lang: str) -> str:
        """One sentence or two."""
        return say(
            f"hours.refused.{self.why}", lang, **{name: shown(each, lang) for name, each in self._values.items()}
        )


def amount(nok: float) -> Plain:
    """An amount of money in a refusal: whole kroner, thousands apart."""
    return Plain(f"{nok:,.0f}".replace(",", " ").replace("-", "−"))
