"""What a planner may write in a scenario file: the closed list of keys, their units, limits and defaults.

Defaults are neutral (nobody balks, nobody redials, no busyness): the world of 116 111 is in `scenarios/`, with a
status on every number. Checks that need two parts of a scenario at once live in `review`.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr
from pydantic_core import PydanticCustomError

from simulator.scenario.schedule import ALWAYS, Schedule, parse_window

LIVE = ("phone", "chat")
"""Channels where somebody waits, in the order of their codes."""
MESSAGES = ("sms", "email", "ung")
"""Channels where nobody waits: written questions, answered when there is time."""
CHANNELS = LIVE + MESSAGES
"""All channels in the order of their codes in contacts, plans and ledgers."""

Channel = Literal["phone", "chat", "sms", "email", "ung"]
Share = Annotated[float, Field(ge=0, le=1)]
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


def _written_day(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip()):
        raise PydanticCustomError("date_parsing", "not a date such as 2024-12-31")
    return value


Day = Annotated[date, BeforeValidator(_written_day)]
"""A calendar date; a bare number is none, though it could be read as seconds since 1970."""


class Part(BaseModel):
    """Base of every part of a scenario: frozen, unknown keys refused, docstrings in the published schema."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Duration(Part):
    """A random length of time."""

    mean_min: Positive
    """Mean in minutes."""
    cv: NonNegative | None = None
    """Coefficient of variation (standard deviation / mean); needed for lognormal, gamma and Weibull."""
    distribution: Literal["exponential", "lognormal", "gamma", "weibull", "fixed"] = "exponential"
    """Exponential unless said otherwise; ``fixed`` is always the mean."""


class WrapUp(Duration):
    """A length of time that may be none at all."""

    mean_min: NonNegative
    """Mean in minutes; 0: there is none."""


class Redial(Part):
    """What those do who leave unanswered (gave up, turned in the door, or found no place in the queue)."""

    probability: Share
    """Share of them who try the same channel again."""
    mean_min: Positive
    """Mean minutes until they do (exponential)."""


class WhenClosed(Part):
    """What those do who meet a closed channel or are turned away at closing; the rest are lost to the service."""

    phone_instead: Share = 0.0
    """Share who phone at once."""
    come_back: Share = 0.0
    """Share who come back after the next opening."""
    mean_hours_after_opening: Positive = 4.0
    """Mean hours from that opening until they do (exponential); who then meets a closed channel decides anew."""


class Closing(Part):
    """How a window of opening ends."""

    conversations: Literal["finish", "hard_stop"] = "finish"
    """``finish`` them as overtime, or stop them at closing."""
    serve_out_queue: bool = False
    """True: those waiting at closing are still answered by those on duty; false: they are turned away."""
    last_admission_min: NonNegative = 0.0
    """Nobody new is let in during the last minutes before closing."""


class ChannelRules(Part):
    """One channel: its hours, how long things take, how people wait, and how it closes."""

    open: Schedule = ALWAYS
    """When the channel is open; for written questions, when they are worked on."""
    work: Duration
    """Handling time of one contact if the counsellor does nothing else."""
    wrap_up: WrapUp | None = None
    """Work after the contact has gone; it holds the counsellor (in chat: a place). None: there is none."""
    patience: Duration | None = None
    """How long people wait before they give up. None: for ever."""
    balking: Share = 0.0
    """Share who leave at once on seeing that they must wait."""
    max_waiting: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    """Places in the queue; who finds them taken is blocked. None: no limit."""
    redial: Redial | None = None
    when_closed: WhenClosed = WhenClosed()
    closing: Closing = Closing()
    answer_target_s: NonNegative = 120.0
    """Answered within this wait counts in ``answered_within_target_share``."""
    speed_by_level: Annotated[list[Annotated[float, Field(gt=0, le=1)]], Field(min_length=1, max_length=20)] = [1.0]
    """Chat: pace of each conversation when the counsellor holds 1, 2, 3 ...; the last value holds for more."""
    routing: Literal["least_loaded", "most_loaded"] = "least_loaded"
    """Chat: who of those with a free place takes the next one."""


class Channels(Part):
    """The channels of the service; leave one out and it does not exist."""

    phone: ChannelRules | None = None
    chat: ChannelRules | None = None
    sms: ChannelRules | None = None
    email: ChannelRules | None = None
    ung: ChannelRules | None = None


class ChannelDemand(Part):
    """First attempts of persons on one channel, had it been open round the clock."""

    profile: str | None = None
    """Name of a shipped profile (``chat-2023``) or a CSV file beside the scenario."""
    per_hour: NonNegative | Annotated[list[NonNegative], Field(min_length=1, max_length=1440)] | None = None
    """First attempts per hour instead of a profile: one number, or equal steps through the day (24, 48, 96 ...)."""
    weekday_factors: Annotated[list[NonNegative], Field(min_length=7, max_length=7)] | None = None
    """Seven factors on ``per_hour``, Monday first."""
    month_factors: Annotated[list[NonNegative], Field(min_length=12, max_length=12)] | None = None
    """Twelve factors on ``per_hour``, January first."""
    per_year: NonNegative | None = None
    """Scale the rates so that a whole calendar year holds this many first attempts."""
    factor: NonNegative = 1.0
    """Multiplies this channel's demand."""


class Busyness(Part):
    """Gamma factors, mean 1, that make some days and hours busier than others (Avramidis et al. 2004)."""

    day_shape: Positive | None = None
    """Shape of the day's factor; its variance is 1/shape. None: every day alike."""
    hour_shape: Positive | None = None
    """Shape of the hour's factor. None: every hour alike."""
    correlation: Share = 0.0
    """Correlation between channels of the day's factor (Gaussian copula)."""
    day_starts: str = "06:00"
    """When a service day begins: an evening and the night after it share their factor."""

    def day_starts_min(self) -> int:
        """`day_starts` in minutes after midnight."""
        return parse_window(f"{self.day_starts}-24:00")[0]


class Surge(Part):
    """A stretch of days with more (or fewer) first attempts, such as a campaign."""

    first_day: Day
    last_day: Day
    factor: NonNegative
    channels: list[Channel] = ["phone", "chat"]


class Demand(Part):
    """Who would make contact, and when."""

    reference: Literal["day-and-night", "open-up", "smoothness"] = "day-and-night"
    """Which reference shape the shipped profiles are tilted from."""
    trend: NonNegative = 1.0
    """Multiplies the demand of every channel."""
    busyness: Busyness = Busyness()
    surges: dict[str, Surge] = {}
    max_attempts: Annotated[int, Field(ge=1, le=200)] = 8
    """Attempts a person makes at most; whoever fails in the last one is lost."""
    phone: ChannelDemand | None = None
    chat: ChannelDemand | None = None
    sms: ChannelDemand | None = None
    email: ChannelDemand | None = None
    ung: ChannelDemand | None = None


class Background(Part):
    """The site's own duty work, which holds one of its people at a time."""

    busy_share: Annotated[float, Field(ge=0, lt=1)]
    """Share of all time."""
    mean_min: Positive = 30.0
    """Mean minutes of one such spell (exponential)."""


class Site(Part):
    """A place where calls are answered."""

    name: str | None = None
    """Name in tables; the key where there is none."""
    centre: bool = False
    """The one site with a queue, to which all that no other site answers comes."""
    open: Schedule = ALWAYS
    share: Share | None = None
    """Share of all persons who live in the site's municipalities. None: the solved share, or 0 for a new site."""
    lines: Annotated[int, Field(ge=0, le=1000)] = 1
    """People who answer whenever the site is open, where the roster names nobody there."""
    busy: Literal["centre", "wait", "centre_after_ring"] = "centre"
    """A call that finds nobody free goes to the centre, waits here, or rings here before it goes to the centre."""
    ring_s: NonNegative = 30.0
    """Seconds it rings before it goes on (``centre_after_ring``)."""
    background: Background | None = None


class Network(Part):
    """How calls find a site."""

    local_first: bool = True
    """Calls ring the caller's own site first, when it is open; false: all go to the centre."""
    centre_overflow: Literal["none", "any_open_site"] = "none"
    """A call that finds nobody free at the centre goes to the first open site with a free line, or waits."""


class Shift(Part):
    """Some people on the same shift."""

    hours: Schedule
    """When they are on duty."""
    counsellors: Annotated[int, Field(ge=0, le=1000)]
    """How many people."""
    answers: Annotated[list[Channel], Field(min_length=1)]
    """Channels they answer, the most urgent first."""
    chats_at_once: Annotated[int, Field(ge=1, le=20)] = 1
    """Chats one of them may hold at the same time."""


class Pay(Part):
    """What an hour on duty costs."""

    basic_nok_per_year: NonNegative
    hours_per_year: Positive
    """Hours on duty one full-time post gives in a year, absence taken off."""
    absence_share: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Share of the post's hours that was taken off for absence: shows what absence costs, moves no cost."""
    paid_hours_per_year: Positive | None = None
    """Hours a year's basic pay is paid for, which the supplements' shares are of. None: the hours on duty."""
    evening_nok_per_hour: NonNegative = 0.0
    """Supplement 17-21."""
    night_share: NonNegative = 0.0
    """Supplement 21-06, share of basic hourly pay."""
    night_least_nok_per_hour: NonNegative = 0.0
    weekend_share: NonNegative = 0.0
    """Supplement Saturday 00 to Sunday 24, share of basic hourly pay."""
    weekend_least_nok_per_hour: NonNegative = 0.0
    holiday_share: NonNegative = 0.0
    """Supplement on public holidays and the eves that the tariff names, share of basic hourly pay, instead of the
    weekend's."""
    on_cost_share: NonNegative = 0.0
    """Employer's tax, pension and holiday pay on top of all pay."""
    paid_break_min: Annotated[float, Field(ge=0, le=120)] = 0.0
    """Minutes of break within a shift that is long enough for one: shows what breaks cost, moves no cost."""


class Period(Part):
    """The days that are simulated."""

    first_day: Day
    last_day: Day
    warm_up_days: Annotated[int, Field(ge=0, le=3650)] = 0
    """Days at the start that are simulated but not counted."""


class Source(Part):
    """Where a number in a scenario comes from."""

    status: Literal["published", "derived", "literature", "assumed"]
    source: str = ""
    note: str = ""


class Expectation(Part):
    """Which way this alternative should move the figures, so that a test can hold it to its word.

    A figure is a measure (``persons_reached``) or a measure and a channel (``answered chat``).
    """

    than: str
    """Name of the scenario it is compared with."""
    up: list[str] = []
    down: list[str] = []


def _text_keys(value: Any) -> Any:
    return {str(key): each for key, each in value.items()} if isinstance(value, Mapping) else value


Named = BeforeValidator(_text_keys)


class Scenario(Part):
    """One alternative: who would make contact, and how the service meets them."""

    title: str
    why: str = ""
    """Why this alternative matters."""
    expect: Expectation | None = None
    timezone: str = "Europe/Oslo"
    period: Period
    channels: Channels
    demand: Demand = Demand()
    sites: Annotated[dict[str, Site], Named] = {"centre": Site(centre=True, lines=0)}
    network: Network = Network()
    roster: Annotated[dict[str, Annotated[dict[str, Shift], Named]], Named] = {}
    shift_end: Literal["finish", "hand_back", "first_free_leaves"] = "finish"
    """At the end of a shift: ``finish`` what is in hand; ``hand_back`` to a colleague with room (else finish it); or
    ``first_free_leaves``: people stand in for each other, so nobody idle starts while as many are busy as are on duty.
    """
    pay: Pay | None = None
    """What the centre's people cost; None: cost is not reported."""

    _name: str = PrivateAttr(default="scenario")
    _sources: Mapping[str, Source] = PrivateAttr(default_factory=dict)
    _document: Any = PrivateAttr(default=None)

    @property
    def name(self) -> str:
        """File name without its ending."""
        return self._name

    @property
    def sources(self) -> Mapping[str, Source]:
        """Status and source of every number that carries one, by dotted path."""
        return self._sources

    def channel(self, name: str) -> ChannelRules | None:
        """The rules of a channel, or None where the service has no such channel."""
        rules: ChannelRules | None = getattr(self.channels, name)
        return rules

    def demand_of(self, name: str) -> ChannelDemand | None:
        """The demand of a channel, or None where nobody tries it."""
        demand: ChannelDemand | None = getattr(self.demand, name)
        return demand
