"""What the options of several commands are, and how a planner may write a precision. Knows no command."""

import re
from collections.abc import Callable, Sequence

import click

from simulator.words import LANGUAGES, say

MOST_REPLICATIONS = 100_000
"""A year's figures take some 45 kB of the disk until they are read: 4.5 GB in all. Memory does not grow with them."""
MOST_UNTIL_PRECISE = 10_000
"""Years after which a study gives a precision up, unless another number is asked for."""
YEARS_OF_EACH = 4
"""Simulated years of each plausible world unless another number is asked for."""
ENGINES = ("compiled", "simpy")
"""As in `simulator.service.engines`, which would take a moment to load; a test keeps the two equal."""
RESULTS = "results"
_SHARE = re.compile(r"\s*(\d+(?:[.,]\d*)?|[.,]\d+)\s*(%?)\s*")


def share_in(lang: str) -> Callable[[str], float]:
    """What reads a share between 0 and 1, typed as ``1%``, ``0,5 %`` or ``0.01``, and complains in a language."""

    def share(typed: str) -> float:
        found = _SHARE.fullmatch(typed)
        number = float(found[1].replace(",", ".")) / (100 if found[2] else 1) if found else 0.0
        if not 0.0 < number < 1.0:
            raise click.BadParameter(
                say("cli.precision.unreadable", lang, found=say("problem.quoted", lang, text=typed))
            )
        return number

    return share


class Options:
    """The options that commands share, in one language."""

    def __init__(self, lang: str) -> None:
        self._lang = lang

    def _help(self, name: str, **values: object) -> str:
        return say(f"cli.option.{name}", self._lang, **values)

    def language(self) -> click.Option:
        """Of the words on the screen; it may stand anywhere."""
        return click.Option(["--lang"], help=self._help("lang"), type=click.Choice(LANGUAGES))

    def version(self) -> str:
        """What is said of ``--version``."""
        return self._help("version")

    def overrides(self) -> click.Option:
        """Named overrides of a scenario."""
        return click.Option(["--with", "with_"], multiple=True, help=self._help("with"))

    def seed(self) -> click.Option:
        """Of the study."""
        return click.Option(["--seed"], default=1, show_default=True, help=self._help("seed"))

    def engine(self) -> click.Option:
        """Who serves."""
        kind = click.Choice(ENGINES)
        return click.Option(["--engine"], type=kind, default=ENGINES[0], show_default=True, help=self._help("engine"))

    def replications(self, count: int) -> click.Option:
        """How many years."""
        many = click.IntRange(1, MOST_REPLICATIONS)
        return click.Option(
            ["--replications"], type=many, default=count, show_default=True, help=self._help("replications")
        )

    def years(self, count: int) -> click.Option:
        """How many years: so many in one world, fewer in each of many."""
        words = self._help("years", count=count, each=YEARS_OF_EACH)
        return click.Option(["--replications"], type=click.IntRange(1, MOST_REPLICATIONS), help=words)

    def until_precise(self, count: int) -> Sequence[click.Option]:
        """How many years, or how precise."""
        most = self._help("most_replications", count=count, each=YEARS_OF_EACH, most=MOST_UNTIL_PRECISE)
        return (
            click.Option(["--replications"], type=click.IntRange(1, MOST_REPLICATIONS), help=most),
            click.Option(["--precision"], type=share_in(self._lang), metavar="1%", help=self._help("precision")),
            click.Option(["--precision-of"], multiple=True, metavar="MEASURE/CHANNEL", help=self._help("precision_of")),
        )

    def workers(self) -> click.Option:
        """How many years at a time."""
        return click.Option(["--workers"], type=click.IntRange(1, 1024), help=self._help("workers"))

    def crew(self) -> Sequence[click.Option]:
        """Who simulates."""
        return self.workers(), click.Option(["--dask"], metavar="ADDRESS", help=self._help("dask"))

    def json(self) -> click.Option:
        """Where the JSON document goes."""
        return click.Option(["--json", "json_"], metavar="FILE|-", help=self._help("json"))

    def out(self) -> click.Option:
        """Where results go."""
        return click.Option(["--out"], default=RESULTS, show_default=True, help=self._help("out"))
