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
from simulator.demand.rates import hourly_rates
from simulator.demand.shipped import shipped_origins
from simulator.demand.streams import Counters, Streams, draw_duration_ms, uniforms
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
    calendar = Calendar.of(scenario)
    streams = Streams(seed, world, replication)
    people = _people(scenario, calendar, streams, profiles or {})
    sites = site_order(scenario.sites)
    u = uniforms(streams.key("origin"), people.identity)
    origin = np.searchsorted(_origin_steps(scenario, sites, origins), u, side="right")
    return make_contacts(scenario, calendar, people, ((origin + 1) % len(sites)).astype(np.int16), streams)


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


def _people(scenario: Scenario, calendar: Calendar, streams: Streams, profiles: Mapping[str, Profile]) -> People:
    """First attempts on all channels."""
    cells = {name: hourly_rates(scenario, name, calendar, profiles.get(name)) for name in CHANNELS}
    rules = scenario.demand.busyness
    expected = {name: each.mean * busy_factors(rules, name, each, streams) for name, each in cells.items()}
    total = sum(float(each.sum()) for each in expected.values())
    densest = max(float(each.max(initial=0)) for each in expected.values())
    most = min(MOST_CONTACTS, MOST_ATTEMPTS // scenario.demand.max_attempts)
    if not total <= most or densest > MOST_IN_CELL:
        raise DemandError([demand_problem(scenario, ("demand",), "demand.too_many", most=most)])
    groups = [(code, *draw_arrivals(cells[name], expected[name], code, streams)) for code, name in enumerate(CHANNELS)]
    return People.of(groups)


def _origin_steps(
    scenario: Scenario, sites: tuple[str, ...], origins: Mapping[str, float] | None
) -> NDArray[np.float64]:
    """Upper ends, on the unit interval, of the sites after the centre; what is left above belongs to the centre.

    A site without persons has no width, so adding one moves nobody.
    """
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


def _draw_handling(draws: Draws, rows: Ints, used: int, rules: ChannelRules, people: People, streams: Streams) -> None:
    """Fill in what some persons need on one channel: work, and on live ones how they wait and when they try again."""
    name = CHANNELS[used]
    once = people.counters(rows, 1)[:, 0]
    draws.work_ms[rows, used] = draw_duration_ms(rules.work, streams.key(f"work/{name}"), once, 1)
    if rules.wrap_up is not None:
        draws.wrap_up_ms[rows, used] = draw_duration_ms(rules.wrap_up, streams.key(f"wrap_up/{name}"), once)
    if name not in LIVE:
        return
    counters = people.counters(rows, draws.balk_u.shape[1])
    redial = None if rules.redial is None else Duration(mean_min=rules.redial.mean_min)
    back = Duration(mean_min=rules.when_closed.mean_hours_after_opening * _HOUR_MIN)
    for array, duration, what in (
        (draws.patience_ms, rules.patience, "patience"),
        (draws.redial_delay_ms, redial, "redial_delay"),
        (draws.return_delay_ms, back, "return_delay"),
    ):
        if duration is not None:
            array[rows, :, used] = draw_duration_ms(duration, streams.key(f"{what}/{name}"), counters)


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
