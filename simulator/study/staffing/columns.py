"""What the formulas would staff: Erlang A half-hour by half-hour, and the same with modified offered load.

SIPP takes each half-hour as if it had lasted for ever (Green, Kolesar & Soares 2001). Modified offered load puts in the
place of the half-hour's own arrivals those that would keep the load m(t) of endlessly many servers (Jennings,
Mandelbaum, Massey & Whitt 1996, Management Science 42: 1383), so that work carries over and an opening begins empty.
A counsellor with k chats at once is k servers, each at the pace of k chats. Knows nothing of simulation.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulator.scenario.model import ChannelRules, Duration
from simulator.service.theory import erlang, laws
from simulator.service.theory.infinite import stepped_load
from simulator.study.staffing.requirement import WEEK_MIN, Ints
from simulator.study.staffing.slots import Slots
from simulator.study.staffing.targets import ABANDONED_SHARE, ANSWERED_SHARE, Target
from simulator.study.years import Floats

SIPP, MOL = "erlang_a", "modified_offered_load"
METHODS = (SIPP, MOL)
_LOOKS = 6
"""Instants of a slot at which the load is reckoned."""
_STRICTER = (*np.linspace(0.01, 0.99, 197), *(1 - 10.0 ** -np.linspace(2.05, 6, 80)))
"""Own target levels of a formula, the easiest first."""


@dataclass(frozen=True)
class Server:
    """One channel as the formulas see it. Times in hours.

    Attributes
    ----------
    places
        Servers that one counsellor is: chats at once.
    service
        Law of the time a contact holds one of them, at the pace of all places taken, wrap-up included.
    patience_h
        Mean; None: for ever. Taken as exponential whatever it is.
    balking, max_waiting
        As in a scenario.
    """

    places: int
    service: laws.Law
    patience_h: float | None
    balking: float
    max_waiting: int | None

    @classmethod
    def of(cls, rules: ChannelRules, chats_at_once: int, is_chat: bool) -> "Server":
        """The server of a channel's rules."""
        places = chats_at_once if is_chat else 1
        speeds = rules.speed_by_level
        pace = speeds[min(places, len(speeds)) - 1] if is_chat else 1.0
        wrap_up = rules.wrap_up.mean_min if rules.wrap_up else 0.0
        mean_h = (rules.work.mean_min / pace + wrap_up) / 60
        patience_h = rules.patience.mean_min / 60 if rules.patience else None
        return cls(places, _law(rules.work, mean_h), patience_h, rules.balking, rules.max_waiting)

    def attained(self, per_hour: float, people: int, target: Target) -> float:
        """The target's own measure with so many counsellors; nan where the queue would grow for ever."""
        servers = people * self.places
        try:
            found = erlang.markov_queue(
                per_hour,
                1 / self.service.mean,
                servers,
                abandonment_rate=1 / self.patience_h if self.patience_h else 0.0,
                balking=self.balking,
                places=None if self.max_waiting is None else servers + self.max_waiting,
                target_wait=(target.wait_s or 0.0) / 3600,
            )
        except ValueError:
            return float("nan")
        if target.measure == ANSWERED_SHARE:
            return found.p_served
        return found.p_abandon if target.measure == ABANDONED_SHARE else found.sl


def _law(work: Duration, mean: float) -> laws.Law:
    if work.distribution == "fixed" or work.cv == 0:
        return laws.deterministic(mean)
    makers = {"lognormal": laws.lognormal, "gamma": laws.gamma, "weibull": laws.weibull_with_cv}
    maker = makers.get(work.distribution)
    return laws.exponential(mean) if maker is None else maker(mean, work.cv or 1.0)


@dataclass(frozen=True)
class Column:
    """What one formula would staff, half-hour by half-hour.

    Attributes
    ----------
    method
        `SIPP` or `MOL`.
    per_hour
        Attempts in an hour that each group of half-hours is reckoned with, shape (groups,).
    server, target, most
        The channel, what is asked, and the most people that are tried.
    """

    method: str
    per_hour: tuple[float, ...]
    server: Server
    target: Target
    most: int

    @cached_property
    def attained(self) -> Floats:
        """The target's measure with 1, 2, ... ``most`` counsellors, shape (groups, most)."""
        return np.array(
            [
                [self.server.attained(rate, people, self.target) for people in range(1, self.most + 1)]
                if rate > 0
                else [1.0 if self.target.at_least else 0.0] * self.most
                for rate in self.per_hour
            ]
        )

    def people(self, share: float | None = None, fewest: int = 1) -> Ints:
        """Fewest counsellors with which the formula meets a share (None: the target's own), shape (groups,)."""
        wanted = self.target.share if share is None else share
        meets = self.attained >= wanted if self.target.at_least else self.attained <= wanted
        found = np.where(meets.any(axis=1), np.argmax(meets, axis=1) + 1, self.most)
        return np.asarray(np.maximum(found, fewest), np.int64)

    def staffings(self, fewest: int = 1) -> Iterator[tuple[float, Ints]]:
        """Every staffing that the formula gives for a target level of its own, with that level, the cheapest first."""
        before = b""
        for level in _STRICTER:
            share = round(float(level if self.target.at_least else 1 - level), 9)
            people = self.people(share, fewest)
            if people.tobytes() != before:
                yield share, people
            before = people.tobytes()


def both_columns(slots: Slots, per_hour: Floats, server: Server, target: Target, most: int) -> tuple[Column, Column]:
    """The two columns for attempts per hour of shape (groups,)."""
    loads = offered_load(slots, per_hour, server)
    like = np.asarray(loads / server.service.mean)
    rates: Sequence[tuple[str, Floats]] = ((SIPP, per_hour), (MOL, like))
    sipp, mol = (
        Column(name, tuple(float(f"{rate:.9g}") for rate in each), server, target, most) for name, each in rates
    )
    return sipp, mol


def offered_load(slots: Slots, per_hour: Floats, server: Server) -> Floats:
    """Mean of m(t) over each group's half-hours if nobody ever waited, in a week like all others; shape (groups,).

    m(t) of M_t/G/infinity (Eick, Massey & Whitt 1993) with rates that are constant in each slot and 0 where closed.
    """
    rates = np.where(slots.group >= 0, np.asarray(per_hour)[slots.group], 0.0)
    step = slots.step_min / 60
    edges = np.arange(2 * len(rates) + 1) * step
    looks = WEEK_MIN / 60 + (np.arange(len(rates) * _LOOKS) + 0.5) * step / _LOOKS
    load = stepped_load(edges.tolist(), np.tile(rates, 2).tolist(), server.service, looks)
    return slots.per_group(load.reshape(len(rates), _LOOKS).mean(axis=1))


def hourly_people(per_hour: Sequence[float], server: Server, target: Target, most: int = 200) -> tuple[Ints, Floats]:
    """Stationary staffing of some hours by themselves: counsellors, and the share that the formula says they attain.

    With one place each, exponential times and nobody who balks it is `erlang.servers_for_service_level` hour by hour.
    """
    column = Column(SIPP, tuple(per_hour), server, target, most)
    people = column.people()
    return people, np.asarray(column.attained[np.arange(len(people)), people - 1])
