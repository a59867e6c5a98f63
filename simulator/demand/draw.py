"""One simulated year of contacts: who comes, and every random number each of them may ever need.

A draw is keyed by the person, the attempt and what it is for, so that scenarios which differ in one thing give contacts
that differ in that thing alone. Draws that the scenario has no rule for are not made.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.demand.arrivals import MOST_IN_CELL, People, draw_arrivals
from simulator.demand.background import draw_background
from simulator.demand.busyness import busy_factors
from simulator.demand.contacts import AGE_GROUPS, GENDERS, NEVER_MS, NO_LABEL, Contacts
from simulator.demand.errors import DemandError, demand_problem
from simulator.demand.profile import Profile
from simulator.demand.rates import Cells, hourly_rates
from simulator.demand.shipped import shipped_origins
from simulator.demand.streams import NO_TIME, Counters, Recipe, Streams, uniforms
from simulator.evidence import number
from simulator.scenario.calendar import Calendar
from simulator.scenario.model import CHANNELS, LIVE, ChannelRules, Duration, Scenario
from simulator.scenario.order import site_order
from simulator.scenario.problems import Plain

Ints = NDArray[np.int64]
Codes = NDArray[np.int16]

MOST_CONTACTS = 20_000_000
"""Greatest expected number of persons who make one attempt each."""
MOST_ATTEMPTS = 40_000_000
"""Greatest expected number of persons times attempts each may make: about 3 GB of draws."""

_PHONE, _CHAT = LIVE.index("phone"), LIVE.index("chat")
_HOUR_MIN = 60.0
_AGE_SHARES = ("chat-share-age-5-13-2024",)
_GENDER_SHARES = ("chat-share-girls-2024", "chat-share-boys-2024", "chat-share-other-2024")


@dataclass(frozen=True)
class Draws:
    """The random numbers of persons; shapes as in `Contacts`."""

    work_ms: Ints
    wrap_up_ms: Ints
    patience_ms: Ints
    redial_delay_ms: Ints
    return_delay_ms: Ints
    balk_u: NDArray[np.float64]
    closed_u: NDArray[np.float64]
    redial_u: NDArray[np.float64]

    @classmethod
    def empty(cls, n: int, k: int) -> "Draws":
        """Draws of ``n`` persons who may make ``k`` attempts, none of them made yet."""
        once, by_attempt = (n, len(CHANNELS)), (n, k, len(LIVE))
        return cls(
            work_ms=np.zeros(once, np.int64),
            wrap_up_ms=np.zeros(once, np.int64),
            patience_ms=np.full(by_attempt, NEVER_MS),
            redial_delay_ms=np.full(by_attempt, NEVER_MS),
            return_delay_ms=np.full(by_attempt, NEVER_MS),
            balk_u=np.zeros((n, k)),
            closed_u=np.zeros((n, k)),
            redial_u=np.zeros((n, k)),
        )


@dataclass(frozen=True)
class Demand:
    """All that chance does not touch in the drawing of a scenario's years; prepared once, drawn from many times.

    Attributes
    ----------
    scenario, calendar, sites
        Whose demand, its period, and the keys of its sites by code.
    cells
        By channel code: where first attempts are expected.
    origin_steps
        Upper ends, on the unit interval, of the sites after the centre, which takes what is left above.
    """

    scenario: Scenario
    calendar: Calendar
    sites: tuple[str, ...]
    cells: tuple[Cells, ...]
    origin_steps: NDArray[np.float64]

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        profiles: Mapping[str, Profile] | None = None,
        origins: Mapping[str, float] | None = None,
    ) -> "Demand":
        """The demand of a scenario; parameters and errors as in `draw`."""
        calendar = Calendar.of(scenario)
        given = profiles or {}
        cells = tuple(hourly_rates(scenario, name, calendar, given.get(name)) for name in CHANNELS)
        sites = site_order(scenario.sites)
        return cls(scenario, calendar, sites, cells, _origin_steps(scenario, sites, origins))

    def contacts(self, streams: Streams) -> Contacts:
        """One year of contacts.

        Raises
        ------
        DemandError
            If there would be too many.
        """
        people = self._people(streams)
        u = uniforms(streams.key("origin"), people.identity)
        origin = np.searchsorted(self.origin_steps, u, side="right")
        codes = ((origin + 1) % len(self.sites)).astype(np.int16)
        return make_contacts(self.scenario, self.calendar, people, codes, streams)

    def refuse(self, total: float, densest: float) -> None:
        """Raise an error where more contacts are expected than can be drawn.

        Parameters
        ----------
        total, densest
            Expected first attempts of the year, and of its fullest cell.
        """
        most = most_persons(self.scenario)
        if not total <= most or densest > MOST_IN_CELL:
            raise DemandError([demand_problem(self.scenario, ("demand",), "demand.too_many", most=most)])

    def _people(self, streams: Streams) -> People:
        """First attempts on all channels."""
        rules = self.scenario.demand.busyness
        expected = [
            each.mean * busy_factors(rules, name, each, streams)
            for name, each in zip(CHANNELS, self.cells, strict=True)
        ]
        self.refuse(sum(float(each.sum()) for each in expected), max(float(each.max(initial=0)) for each in expected))
        return People.of(
            [(code, *draw_arrivals(cells, expected[code], code, streams)) for code, cells in enumerate(self.cells)]
        )


def most_persons(scenario: Scenario) -> int:
    """How many first attempts may be expected in all."""
    return min(MOST_CONTACTS, MOST_ATTEMPTS // scenario.demand.max_attempts)


def draw(
    scenario: Scenario,
    seed: int = 1,
    replication: int = 0,
    world: int = 0,
    *,
    profiles: Mapping[str, Profile] | None = None,
    origins: Mapping[str, float] | None = None,
) -> Contacts:
    """Everyone who makes a first attempt in the scenario's period.

    Parameters
    ----------
    scenario
        Whose demand, channels (for how long things take and how people wait) and sites.
    seed, replication, world
        Of the study, of the simulated year, of the plausible world.
    profiles
        By channel, instead of the scenario's own rates.
    origins
        Share of persons by site, instead of the shipped ones, for sites that say nothing themselves.

    Raises
    ------
    DemandError
        If the demand is incomplete, the sites' shares exceed 1, or there would be too many contacts.
    ProfileError
        If a profile cannot be read.
    """
    return Demand.of(scenario, profiles, origins).contacts(Streams(seed, world, replication))


def make_contacts(scenario: Scenario, calendar: Calendar, people: People, origin: Codes, streams: Streams) -> Contacts:
    """Give people all they need: draws, labels, and the sites' background work."""
    sites = site_order(scenario.sites)
    draws = make_draws(scenario, people, streams)
    return Contacts(
        epoch_ms=calendar.epoch_ms,
        end_ms=calendar.end_ms,
        sites=sites,
        arrival_ms=people.at_ms,
        channel=people.channel,
        origin=origin,
        identity=people.identity,
        **vars(draws),
        age_group=_labels(people, _AGE_SHARES, len(AGE_GROUPS), streams.key("age_group")),
        gender=_labels(people, _GENDER_SHARES, len(GENDERS), streams.key("gender")),
        background=draw_background(scenario, sites, calendar.end_ms, streams),
    )


def _origin_steps(
    scenario: Scenario, sites: tuple[str, ...], origins: Mapping[str, float] | None
) -> NDArray[np.float64]:
    """Upper ends of the sites on the unit interval. A site without persons has no width: adding one moves nobody."""
    known = shipped_origins(scenario.demand.reference) if origins is None else origins
    given = [(scenario.sites[site].share, known.get(site, 0.0)) for site in sites[1:]]
    steps = np.cumsum([solved if share is None else share for share, solved in given])
    if len(steps) and steps[-1] > 1 + 1e-9:
        told = Plain(f"{steps[-1]:.4g}")
        raise DemandError([demand_problem(scenario, ("sites",), "demand.shares_exceed_one", total=told)])
    return steps


def make_draws(scenario: Scenario, people: People, streams: Streams) -> Draws:
    """Every random number people may need; 0 or `NEVER_MS` where they cannot need any."""
    draws = Draws.empty(len(people.at_ms), scenario.demand.max_attempts)
    for code, name in enumerate(CHANNELS):
        rows = np.flatnonzero(people.channel == code)
        if len(rows) == 0:
            continue
        for used in (code, _PHONE) if code == _CHAT else (code,):
            rules = scenario.channel(CHANNELS[used])
            if rules is not None:
                _draw_handling(draws, rows, used, rules, people, streams)
        if name in LIVE:
            _draw_choices(draws, rows, people, streams)
    return draws


def recipes(channel: str, rules: ChannelRules) -> dict[str, Recipe | None]:
    """How the times of a channel's users are drawn, by what they are for; None for a time that never comes."""
    made: dict[str, Recipe | None] = {
        "work": Recipe.of(rules.work, 1),
        "wrap_up": Recipe.of(rules.wrap_up) if rules.wrap_up and rules.wrap_up.mean_min > 0 else NO_TIME,
    }
    if channel in LIVE:
        back = Duration(mean_min=rules.when_closed.mean_hours_after_opening * _HOUR_MIN)
        made |= {
            "patience": None if rules.patience is None else Recipe.of(rules.patience),
            "redial_delay": None if rules.redial is None else Recipe.of(Duration(mean_min=rules.redial.mean_min)),
            "return_delay": Recipe.of(back),
        }
    return made


def _draw_handling(draws: Draws, rows: Ints, used: int, rules: ChannelRules, people: People, streams: Streams) -> None:
    """Fill in what some persons need on one channel: work, and on live ones how they wait and when they try again."""
    channel = CHANNELS[used]
    counters = people.counters(rows, draws.balk_u.shape[1])
    for what, recipe in recipes(channel, rules).items():
        if recipe is None:
            continue
        key, array = streams.key(f"{what}/{channel}"), getattr(draws, f"{what}_ms")
        if what in ("work", "wrap_up"):
            array[rows, used] = recipe.times_ms(key, counters[:, 0])
        else:
            array[rows, :, used] = recipe.times_ms(key, counters)


def _draw_choices(draws: Draws, rows: Ints, people: People, streams: Streams) -> None:
    """Fill in the uniform numbers that decide what some persons do in each attempt."""
    counters: Counters = people.counters(rows, draws.balk_u.shape[1])
    for array, what in ((draws.balk_u, "balk"), (draws.closed_u, "closed"), (draws.redial_u, "redial")):
        array[rows] = uniforms(streams.key(what), counters)


def _labels(people: People, shares: tuple[str, ...], labels: int, key: tuple[np.uint64, np.uint64]) -> Codes:
    """Label codes of those who chat, by published shares; the last label takes what is left."""
    codes = np.full(len(people.at_ms), NO_LABEL, np.int16)
    chats = people.channel == _CHAT
    steps = np.cumsum([number(share) for share in shares])
    assert len(steps) == labels - 1, "one published share for every label but the last"
    codes[chats] = np.searchsorted(steps, uniforms(key, people.identity[chats]), side="right")
    return codes
