"""From a scenario to its plan: the only place where the planner's words become arrays on the clock."""

from datetime import timedelta

import numpy as np

from simulator.scenario.calendar import MINUTE_MS, Calendar
from simulator.scenario.model import CHANNELS, ChannelRules, Scenario, Site
from simulator.scenario.order import site_order
from simulator.service.plan import (
    BUSY_CENTRE,
    BUSY_RING,
    BUSY_WAIT,
    FINISH,
    FIRST_FREE_LEAVES,
    HAND_BACK,
    ChannelPlan,
    Plan,
    SitePlan,
)
from simulator.service.roster import make_counsellors

THOUSANDTHS = 1000
WEEK = 7
"""Days after the period whose windows are known: for those who come back when it is over."""
_BUSY = {"centre": BUSY_CENTRE, "wait": BUSY_WAIT, "centre_after_ring": BUSY_RING}
_SHIFT_END = {"finish": FINISH, "hand_back": HAND_BACK, "first_free_leaves": FIRST_FREE_LEAVES}
_ABSENT = ChannelPlan(False, np.empty((0, 2), np.int64), 0.0, -1, 0.0, 0.0, 0.0, False, False, 0, 0)


def make_plan(scenario: Scenario) -> Plan:
    """The plan of a scenario: same scenario, same plan, whatever the order of its keys."""
    calendar = Calendar.of(scenario)
    chat = scenario.channels.chat
    speeds = chat.speed_by_level if chat else [1.0]
    warm = calendar.first_day + timedelta(days=scenario.period.warm_up_days)
    return Plan(
        epoch_ms=calendar.epoch_ms,
        end_ms=_horizon_ms(scenario, calendar),
        measure_from_ms=calendar.instant_ms(warm, 0),
        timezone=scenario.timezone,
        channels=tuple(_channel(scenario.channel(name), calendar) for name in CHANNELS),
        sites=tuple(_site(key, scenario.sites[key], calendar) for key in site_order(scenario.sites)),
        counsellors=make_counsellors(scenario, calendar),
        speed_thousandths=tuple(max(1, round(speed * THOUSANDTHS)) for speed in speeds),
        most_loaded=chat is not None and chat.routing == "most_loaded",
        shift_end=_SHIFT_END[scenario.shift_end],
        local_first=scenario.network.local_first,
        overflow_to_open_site=scenario.network.centre_overflow == "any_open_site",
    )


def _horizon_ms(scenario: Scenario, calendar: Calendar) -> int:
    rules = [rules for name in CHANNELS if (rules := scenario.channel(name)) is not None]
    return max([calendar.end_ms, *(calendar.last_end_ms(each.open) for each in rules)])


def _channel(rules: ChannelRules | None, calendar: Calendar) -> ChannelPlan:
    if rules is None:
        return _ABSENT
    return ChannelPlan(
        exists=True,
        open_ms=calendar.windows_ms(rules.open, days_after=WEEK),
        balking=rules.balking,
        max_waiting=-1 if rules.max_waiting is None else rules.max_waiting,
        redial=rules.redial.probability if rules.redial else 0.0,
        phone_instead=rules.when_closed.phone_instead,
        come_back=rules.when_closed.come_back,
        hard_stop=rules.closing.conversations == "hard_stop",
        serve_out=rules.closing.serve_out_queue,
        last_admission_ms=round(rules.closing.last_admission_min * MINUTE_MS),
        target_ms=round(rules.answer_target_s * 1000),
    )


def _site(key: str, site: Site, calendar: Calendar) -> SitePlan:
    return SitePlan(
        name=key,
        title=site.name or key,
        open_ms=calendar.windows_ms(site.open, days_after=WEEK),
        busy=_BUSY[site.busy],
        ring_ms=round(site.ring_s * 1000),
    )
