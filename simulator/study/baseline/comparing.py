"""A baseline held against the stored one: what moved, by how much, where the first event differs, and what may be why.

What fails: another digest of contacts or of a ledger, a figure that moved by more than its rounding, a tie, an engine
that differs from the other, evidence, worlds or profiles that are not what they were, another recipe, and a scenario
without a baseline or a baseline without its scenario. What only explains: keys of a scenario, versions of libraries,
evidence that is new. The document of ``regress --json`` is `Comparison.as_json`.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from simulator.study.baseline.contents import NUMBERS, ONE_WORLD, Baseline, Cut, Entry, Figure
from simulator.study.baseline.figures import LABELS, in_noise, is_counted, moved_column, same
from simulator.study.baseline.first_difference import FirstDifference, first_difference
from simulator.study.baseline.input_changes import InputChange, compare_inputs, leaf_changes, named_changes
from simulator.study.baseline.making import Made, Ties


@dataclass(frozen=True)
class Moved:
    """A figure that is not what it was.

    Attributes
    ----------
    measure, channel, site
        Which.
    by
        Empty for the whole year, else where in a cut it moved most, such as ``hour 22``; ``week_hours`` where only
        some hours of some weekdays moved.
    table
        ``one_world`` (the default world) or ``worlds``.
    column
        ``mean``, or the first other number of it that moved; ``new`` and ``gone`` where only one side has it.
    was, now, change
        The number before and now, and the change; None where there is none.
    noise
        Half-width of the 95 % interval of simulation noise that the baseline's figure has; None where it has none.
    in_noise
        The change in such half-widths.
    unit
        As in a long table.
    """

    measure: str
    channel: str
    site: str
    by: str
    table: str
    column: str
    was: float | None
    now: float | None
    change: float | None
    noise: float | None
    in_noise: float | None
    unit: str

    @property
    def badness(self) -> tuple[bool, bool, float]:
        """What is worse sorts first: whole years before cuts, no noise before much."""
        return bool(self.by), self.in_noise is not None, -abs(self.in_noise or 0.0)


@dataclass(frozen=True)
class DayMoved:
    """The first civil day that differs: its attempts and how many of them were answered; None where there is no day."""

    date: str
    attempts_was: int | None
    attempts_now: int | None
    answered_was: int | None
    answered_now: int | None


@dataclass(frozen=True)
class EntryCompared:
    """One scenario.

    Attributes
    ----------
    name
        Of the scenario.
    contacts_equal, ledger_equal
        Whether the digests of a year are what they were.
    first_contacts_day, first_ledger_day
        The first days that differ.
    moved
        Figures that moved, the worst first.
    first
        The first differing event, if it lies in the days that are kept in full.
    scenario
        Keys of the scenario that are not what they were.
    """

    name: str
    contacts_equal: bool
    ledger_equal: bool
    first_contacts_day: DayMoved | None
    first_ledger_day: DayMoved | None
    moved: tuple[Moved, ...]
    first: FirstDifference | None
    scenario: tuple[InputChange, ...]

    @property
    def agrees(self) -> bool:
        """Whether it gives what it gave."""
        return self.contacts_equal and self.ledger_equal and not self.moved


@dataclass(frozen=True)
class TieCompared:
    """A rule of what comes first that an engine no longer keeps, and where that shows."""

    name: str
    engine: str
    first: FirstDifference


@dataclass(frozen=True)
class Comparison:
    """Everything.

    Attributes
    ----------
    entries
        Of the scenarios that were asked for and have a baseline.
    ties
        Those that differ, by engine; ``new_ties`` and ``gone_ties`` by name.
    inputs
        What differs in inputs.
    new, gone
        Scenarios without a baseline, and baselines without a scenario.
    """

    entries: tuple[EntryCompared, ...]
    ties: tuple[TieCompared, ...]
    tied: int
    inputs: tuple[InputChange, ...]
    new: tuple[str, ...]
    gone: tuple[str, ...]
    new_ties: tuple[str, ...]
    gone_ties: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether nothing is amiss."""
        return not (self.moves or self.faults or self.new or self.gone or self.new_ties or self.gone_ties)

    @property
    def faults(self) -> tuple[InputChange, ...]:
        """Changes of inputs that are not only there to explain."""
        return tuple(each for each in self.inputs if each.is_fault)

    @property
    def moves(self) -> bool:
        """Whether a number of somebody's result moved, so that the changelog must say so."""
        differ = any(not each.agrees for each in self.entries) or bool(self.ties)
        return differ or any(each.moves_a_number for each in self.inputs)

    def as_json(self) -> dict[str, Any]:
        """The document of ``simulator regress --json``.

        ``agrees``; ``moves_numbers`` (the changelog must say so); ``entries``, ``ties``, ``tied`` (how many ties there
        are), ``inputs``, ``new``, ``gone``, ``new_ties`` and ``gone_ties`` with the attributes of the classes above,
        and ``agrees`` in every entry. What is not there is null.
        """
        return {"agrees": self.agrees, "moves_numbers": self.moves, **asdict(self)} | {
            "entries": [{"agrees": each.agrees, **asdict(each)} for each in self.entries]
        }


def compare_baselines(was: Baseline, made: Made, limited: bool = False) -> Comparison:
    """What differs between a stored baseline and what the program gives now.

    Parameters
    ----------
    was, made
        The stored baseline, and what was made now.
    limited
        Whether only some scenarios were made: then no baseline is without its scenario.
    """
    now = made.baseline
    both = [name for name in now.entries if name in was.entries]
    return Comparison(
        entries=tuple(compare_entries(was.entries[name], now.entries[name]) for name in both),
        ties=tuple(_ties_broken(was, made.served)),
        tied=len(made.served),
        inputs=(*named_changes("recipe", was.recipe, now.recipe), *compare_inputs(was.inputs, now.inputs)),
        new=tuple(sorted(now.entries.keys() - was.entries.keys())),
        gone=() if limited else tuple(sorted(was.entries.keys() - now.entries.keys())),
        new_ties=tuple(sorted(now.ties.keys() - was.ties.keys())),
        gone_ties=tuple(sorted(was.ties.keys() - now.ties.keys())),
    )


def _ties_broken(was: Baseline, served: Ties) -> Iterator[TieCompared]:
    for name in (name for name in served if name in was.ties):
        for engine, trace in served[name].items():
            if (first := first_difference(was.ties[name], trace)) is not None:
                yield TieCompared(name, engine, first)


# --- one scenario --------------------------------------------------------------------------------------------------


def compare_entries(was: Entry, now: Entry) -> EntryCompared:
    """What differs of one scenario."""
    contacts_equal, ledger_equal = was.contacts == now.contacts, was.ledger == now.ledger
    first_day = None if ledger_equal else _first_day(was, now, "ledger")
    moved = sorted((*_tables_moved(was, now), *_cuts_moved(was, now)), key=lambda each: each.badness)
    return EntryCompared(
        name=now.name,
        contacts_equal=contacts_equal,
        ledger_equal=ledger_equal,
        first_contacts_day=None if contacts_equal else _first_day(was, now, "contacts"),
        first_ledger_day=first_day,
        moved=tuple(moved),
        first=None if ledger_equal else _first(was, now, first_day),
        scenario=tuple(leaf_changes("scenario", "", was.model, now.model)),
    )


def _first(was: Entry, now: Entry, first_day: DayMoved | None) -> FirstDifference | None:
    """The first difference in the days kept in full; counsellors' time only where no day differs."""
    found = first_difference(was.trace, now.trace)
    return None if found is not None and found.time is not None and first_day is not None else found


def _first_day(was: Entry, now: Entry, what: str) -> DayMoved | None:
    before, after = ({day.date: day for day in each.days} for each in (was, now))
    for date in sorted(before.keys() | after.keys()):
        mine, theirs = before.get(date), after.get(date)
        if mine is None or theirs is None or getattr(mine, what) != getattr(theirs, what):
            counts = [getattr(day, name, None) for name in ("attempts", "answered") for day in (mine, theirs)]
            return DayMoved(date, *counts)
    return None


def _tables_moved(was: Entry, now: Entry) -> Iterator[Moved]:
    for table in sorted(was.tables.keys() | now.tables.keys()):
        before, after = was.tables.get(table, {}), now.tables.get(table, {})
        for name in dict.fromkeys((*before, *after)):
            if (moved := _figure_moved(name, table, before.get(name), after.get(name))) is not None:
                yield moved


def _figure_moved(name: str, table: str, was: Figure | None, now: Figure | None) -> Moved | None:
    if was is None:
        return None if now is None else _moved(name, "", table, "new", None, now.mean, now)
    if now is None:
        return _moved(name, "", table, "gone", was.mean, None, was)
    column_moved = moved_column(was, now)
    if column_moved is None:
        return None
    place = 0 if column_moved == "unit" else NUMBERS.index(column_moved)
    return _moved(name, "", table, column_moved, was.numbers[place], now.numbers[place], was)


def _moved(
    name: str, by: str, table: str, column: str, was: float | None, now: float | None, noisy: Figure
) -> Moved:  # fmt: skip
    measure, channel, site = name.split("/")
    change = None if was is None or now is None else now - was
    part = None if change is None else in_noise(change, noisy)
    noise = None if part is None else noisy.noise
    return Moved(measure, channel, site, by, table, column, was, now, change, noise, part, noisy.unit)


def _cuts_moved(was: Entry, now: Entry) -> Iterator[Moved]:
    """Of each cut that moved the place where it moved most; of hours by weekday only that they moved."""
    for name in dict.fromkeys((*was.cuts, *now.cuts)):
        before, after = was.cuts.get(name), now.cuts.get(name)
        if before is not None and after is not None:  # else the whole year is new or gone as well
            yield from _cut_moved(name, before, after)
    for name in was.week_hours.keys() & now.week_hours.keys():
        if was.week_hours[name] != now.week_hours[name]:
            figure = was.tables[ONE_WORLD].get(name) or Figure("", ())
            yield _moved(name, "week_hours", ONE_WORLD, "mean", None, None, figure)


def _cut_moved(name: str, was: Cut, now: Cut) -> Iterator[Moved]:
    figure, axis = name.rsplit("/", 1)
    counted = is_counted(now.unit)
    pairs = enumerate(zip(was.means, now.means, strict=False))
    differing = [(place, *pair) for place, pair in pairs if not same(*pair, counted)]
    if len(was.means) != len(now.means) or not differing:
        return
    place, before, after = max(differing, key=lambda each: abs((each[2] or 0.0) - (each[1] or 0.0)))
    yield _moved(figure, f"{axis} {LABELS[axis][place]}", ONE_WORLD, "mean", before, after, Figure(now.unit, (None,)))
