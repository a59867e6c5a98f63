"""Whether a new baseline may take the place of the stored one, and what it then holds."""

from dataclasses import dataclass, replace

from simulator.study.baseline.changelog import accounted_for
from simulator.study.baseline.comparing import Comparison
from simulator.study.baseline.contents import Baseline
from simulator.study.baseline.making import Made
from simulator.study.baseline.written import to_files


@dataclass(frozen=True)
class Refresh:
    """The files of a new baseline, or why there are none.

    Attributes
    ----------
    files
        Content by name; empty where it may not be written.
    disputed
        Ties of which the two engines make different things.
    owes_entry
        Whether figures moved and no new entry of the changelog says so.
    """

    files: dict[str, bytes]
    disputed: tuple[str, ...] = ()
    owes_entry: bool = False


def refresh(made: Made, was: Baseline | None, found: Comparison | None, changelog: str) -> Refresh:
    """The new baseline, if it may be written.

    Parameters
    ----------
    made
        All shipped scenarios.
    was, found
        The stored baseline and what differs from it; None where there is none.
    changelog
        Its text.
    """
    if made.disputed:
        return Refresh({}, made.disputed)
    entries = accounted_for(changelog, None if was is None else was.accounted, found is not None and found.moves)
    if entries is None:
        return Refresh({}, owes_entry=True)
    return Refresh(to_files(replace(made.baseline, accounted=entries)))
