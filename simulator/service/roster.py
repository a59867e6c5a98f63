"""From shifts in a scenario to people: who is on duty when, in the order in which ties between them are broken."""

from simulator.scenario.calendar import Calendar
from simulator.scenario.model import CHANNELS, LIVE, Scenario
from simulator.scenario.order import natural_order, site_order
from simulator.service.plan import CounsellorPlan

PHONE = CHANNELS.index("phone")


def by_urgency(answers: list[str]) -> tuple[int, ...]:
    """Channel codes in the order of a shift's priority; written questions always come after those who wait."""
    live = [CHANNELS.index(name) for name in answers if name in LIVE]
    written = [CHANNELS.index(name) for name in answers if name not in LIVE]
    return tuple(dict.fromkeys(live + written))


def make_counsellors(scenario: Scenario, calendar: Calendar) -> tuple[CounsellorPlan, ...]:
    """Every person of the roster, site by site, shifts in natural order of their names.

    A site that the roster does not mention has ``lines`` people who answer calls whenever the site is open.
    """
    people: list[CounsellorPlan] = []
    for code, key in enumerate(site_order(scenario.sites)):
        shifts = scenario.roster.get(key, {})
        for name in sorted(shifts, key=natural_order):
            shift = shifts[name]
            hours = calendar.windows_ms(shift.hours)
            answers = by_urgency(list(shift.answers))
            people += [
                CounsellorPlan(f"{name} {number}", True, code, answers, shift.chats_at_once, hours)
                for number in range(1, shift.counsellors + 1)
            ]
        site = scenario.sites[key]
        if not shifts and not site.centre:
            hours = calendar.windows_ms(site.open)
            people += [
                CounsellorPlan(f"{key} {number}", False, code, (PHONE,), 1, hours)
                for number in range(1, site.lines + 1)
            ]
    return tuple(people)
