"""Two plans person by person: of the same persons, who got an answer under both, who gained one, who lost one.

A person is known by her identity, so she is the same under every plan that leaves her in the demand. Counted are those
whom the key figure ``persons_reached`` counts on all live channels together: first attempt by phone or chat, after the
warm-up. Everything is a whole number, so that totals equal differences exactly. Knows one simulated year at a time.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.model import CHANNELS, LIVE
from simulator.service import ledger as book
from simulator.service.ledger import Ledger
from simulator.service.measures import Year
from simulator.service.tally import NEXT_KINDS, HourTable

Ints = NDArray[np.int64]
Codes = NDArray[np.int16]
Flags = NDArray[np.bool_]

CLASSES = ("both", "gained", "lost", "neither", "still_out", "new", "gone", "new_unreached", "gone_unreached")
"""Each person under either plan is in one of them. Of those who come under both plans: answered under both, under the
plan alone, under the base alone, and under none; of the last, ``still_out`` may yet get an answer when the period ends.
``new`` and ``new_unreached`` come under the plan alone, ``gone`` and ``gone_unreached`` under the base alone."""
PARTS = ("waited_longer", "waited_shorter", "answered_elsewhere", "other_channel", "other_site")
"""Parts of ``both``: how long until the answer, and on which channel and at which site; the last two may overlap."""
WAITS = ("longer_ms", "shorter_ms")
"""By how much those who waited longer, or shorter, did so in all."""
CHATS = ("chats_gained", "chats_lost", "chats_from_phone", "chats_to_phone")
"""Answered chats, not persons: more under the plan, more under the base, and how many of each are with somebody who got
an answer by phone instead under the other plan."""
KINDS = (*CLASSES, *PARTS, *WAITS, *CHATS)
AT_SITE = ("stayed", "moved_in", "moved_out", "gained", "lost", "new", "gone")
"""By the site that answered: under both plans here, under the plan alone, under the base alone; and as `CLASSES`."""
HOURS_OF_DAY = 24

_PHONE, _CHAT = CHANNELS.index("phone"), CHANNELS.index("chat")
_NOWHERE = -1


@dataclass(frozen=True)
class Outcomes:
    """What became of the persons of one year; arrays of shape (persons,), in one order for the same demand.

    Attributes
    ----------
    identity
        Who.
    hour
        Civil hour of the first attempt.
    reached, out
        Answered at least once; not answered, and at the end still waiting or yet to try again.
    channel, site
        Codes of the channel and the site that answered, -1 where nobody did.
    wait_ms
        Of the attempt that was answered, from the attempt or the first ring; 0 where none was.
    """

    identity: NDArray[np.uint64]
    hour: Ints
    reached: Flags
    out: Flags
    channel: Codes
    site: Codes
    wait_ms: Ints

    def __len__(self) -> int:
        return len(self.identity)

    def of(self, rows: Ints) -> "Outcomes":
        """Those of some persons."""
        return Outcomes(**{name: values[rows] for name, values in vars(self).items()})


def outcomes(year: Year, hours: HourTable, sites: Codes) -> Outcomes:
    """What became of everybody who counts in a year.

    Parameters
    ----------
    year
        As an engine gives it; it is read before the next one is simulated.
    hours
        Of the year's calendar.
    sites
        Code under which each site of the plan is known here: the plans that are paired may have other sites.
    """
    came, ledger = year.came, year.ledger
    row, out = _answers(len(came.identity), ledger)
    counted = np.flatnonzero((came.arrival_ms >= year.plan.measure_from_ms) & (came.channel < len(LIVE)))
    chosen = row[counted]
    reached = chosen >= 0
    return Outcomes(
        identity=came.identity[counted],
        hour=hours.week_hour[hours.place(came.arrival_ms[counted])] % HOURS_OF_DAY,
        reached=reached,
        out=out[counted] & ~reached,
        channel=np.where(reached, ledger.channel[chosen], _NOWHERE),
        site=np.where(reached, sites[ledger.site[chosen]], _NOWHERE),
        wait_ms=np.where(reached, ledger.wait_ms[chosen], 0),
    )


def _answers(persons: int, ledger: Ledger) -> tuple[Ints, Flags]:
    """The attempt of each person that was answered, -1 where none was; and whether she goes on after every attempt."""
    row = np.full(persons, _NOWHERE, np.int64)
    answered = np.flatnonzero(ledger.fate == book.ANSWERED)
    row[ledger.person[answered]] = answered  # nobody tries again once she has got an answer
    goes_on = (ledger.fate == book.UNFINISHED) | np.isin(ledger.next, tuple(NEXT_KINDS.values()))
    attempts = np.bincount(ledger.person, minlength=persons)
    return row, attempts == np.bincount(ledger.person[goes_on], minlength=persons)


@dataclass(frozen=True)
class Counts:
    """One year of a plan beside the same year of the base.

    Attributes
    ----------
    by_hour
        Shape (`KINDS`, 24): by the civil hour of the first attempt.
    by_site
        Shape (`AT_SITE`, sites).
    """

    by_hour: Ints
    by_site: Ints


def pair(base: Outcomes, plan: Outcomes, sites: int) -> Counts:
    """Count persons by what became of them under two plans.

    Parameters
    ----------
    base, plan
        The same year under each, with site codes that mean the same sites.
    sites
        How many sites there are.
    """
    mine, theirs, new, gone = _same_persons(base, plan)
    both = mine.reached & theirs.reached
    alike = [both, theirs.reached & ~mine.reached, mine.reached & ~theirs.reached, _neither(mine, theirs)]
    alike.append(~(mine.reached | theirs.reached) & ~alike[-1])
    longer_ms = np.where(both, theirs.wait_ms - mine.wait_ms, 0)
    other_channel = both & (mine.channel != theirs.channel)
    other_site = both & (mine.site != theirs.site)
    flags = {
        **{name: (mine.hour, flag) for name, flag in zip(CLASSES[:5], alike, strict=True)},
        **_alone(new, "new"),
        **_alone(gone, "gone"),
        "waited_longer": (mine.hour, longer_ms > 0),
        "waited_shorter": (mine.hour, longer_ms < 0),
        "answered_elsewhere": (mine.hour, other_channel | other_site),
        "other_channel": (mine.hour, other_channel),
        "other_site": (mine.hour, other_site),
        "longer_ms": (mine.hour, np.maximum(longer_ms, 0)),
        "shorter_ms": (mine.hour, np.maximum(-longer_ms, 0)),
    }
    by_hour = np.array([_by_hour(*flags[kind]) for kind in (*CLASSES, *PARTS, *WAITS)])
    chats = _chats(mine, theirs, new, gone)
    return Counts(np.concatenate([by_hour, chats]), _by_site(mine, theirs, new, gone, sites))


def _neither(mine: Outcomes, theirs: Outcomes) -> Flags:
    return ~(mine.reached | theirs.reached | mine.out | theirs.out)


def _alone(only: Outcomes, name: str) -> dict[str, tuple[Ints, Flags]]:
    return {name: (only.hour, only.reached), f"{name}_unreached": (only.hour, ~only.reached)}


def _same_persons(base: Outcomes, plan: Outcomes) -> tuple[Outcomes, Outcomes, Outcomes, Outcomes]:
    """Those of both, once under each plan and in one order; those of the plan alone; those of the base alone."""
    nobody = np.empty(0, np.int64)
    if np.array_equal(base.identity, plan.identity):
        return base, plan, plan.of(nobody), base.of(nobody)
    _, here, there = np.intersect1d(base.identity, plan.identity, assume_unique=True, return_indices=True)
    new = np.delete(np.arange(len(plan)), there)
    gone = np.delete(np.arange(len(base)), here)
    return base.of(here), plan.of(there), plan.of(new), base.of(gone)


def _by_hour(hour: Ints, values: Flags | Ints) -> Ints:
    """Sum of flags or whole numbers in each hour, shape (24,); exact below 2**53."""
    if values.dtype == np.bool_:
        return np.bincount(hour[values], minlength=HOURS_OF_DAY)
    return np.bincount(hour, values, minlength=HOURS_OF_DAY).astype(np.int64)


def _chats(mine: Outcomes, theirs: Outcomes, new: Outcomes, gone: Outcomes) -> Ints:
    """Answered chats in the order of `CHATS`, shape (4, 24)."""
    before, after = mine.channel == _CHAT, theirs.channel == _CHAT
    more, fewer = after & ~before, before & ~after
    return np.array(
        [
            _by_hour(mine.hour, more) + _by_hour(new.hour, new.channel == _CHAT),
            _by_hour(mine.hour, fewer) + _by_hour(gone.hour, gone.channel == _CHAT),
            _by_hour(mine.hour, more & (mine.channel == _PHONE)),
            _by_hour(mine.hour, fewer & (theirs.channel == _PHONE)),
        ]
    )


def _by_site(mine: Outcomes, theirs: Outcomes, new: Outcomes, gone: Outcomes, sites: int) -> Ints:
    """Persons by the site that answered, in the order of `AT_SITE`."""
    both = mine.reached & theirs.reached
    moved = both & (mine.site != theirs.site)
    chosen = (
        mine.site[both & ~moved],
        theirs.site[moved],
        mine.site[moved],
        theirs.site[theirs.reached & ~mine.reached],
        mine.site[mine.reached & ~theirs.reached],
        new.site[new.reached],
        gone.site[gone.reached],
    )
    return np.array([np.bincount(each, minlength=sites) for each in chosen])
