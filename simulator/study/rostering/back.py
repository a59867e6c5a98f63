"""A roster as a scenario: the shifts of its week in the place of those that answered the channel.

Every week of a cycle has the same people on duty, so the week says it all: one entry of the scenario's roster for each
kind of shift. Who works it is not the simulator's business.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from simulator.scenario import Scenario, change
from simulator.scenario.model import Shift as ScenarioShift
from simulator.scenario.model import Source
from simulator.study.rostering.shifts import Shift
from simulator.study.staffing.requirement import Requirement, shifts_at_centre, written_week

_STATUS = {"status": "assumed", "source": "simulator roster"}


def centre_of(scenario: Scenario) -> str:
    """Key of the one site with a queue."""
    return next(key for key, site in scenario.sites.items() if site.centre)


def replaced(scenario: Scenario, channel: str, entries: Mapping[str, Any]) -> dict[str, Any]:
    """The change that puts some entries in the place of all who answer a channel at the centre."""
    gone = dict.fromkeys(_answering(scenario, channel))
    return {"roster": {centre_of(scenario): {**gone, **entries}}}


def _answering(scenario: Scenario, channel: str) -> dict[str, ScenarioShift]:
    """The shifts at the centre that answer a channel, the one with most people first."""
    found = {name: shift for name, shift in shifts_at_centre(scenario).items() if channel in shift.answers}
    return dict(sorted(found.items(), key=lambda each: -each[1].counsellors))


def _what_they_answer(scenario: Scenario, channel: str) -> list[str]:
    """What those who answer a channel now answer between them, the most urgent first as in their largest shift."""
    shifts = _answering(scenario, channel).values()
    return list(dict.fromkeys(each for shift in shifts for each in shift.answers)) or [channel]


def entries_of(scenario: Scenario, channel: str, codes: Mapping[Shift, str], worked: Counter[Shift]) -> dict[str, Any]:
    """Entries of a scenario's roster for the shifts of a week, by name: the channel, and the code of the kind of shift.

    They answer what those whose place they take answered. A kind of shift that more people work on some days than on
    others has several entries.
    """
    answers = {"answers": _what_they_answer(scenario, channel), "chats_at_once": _chats_at_once(scenario, channel)}
    found: dict[str, Any] = {}
    for code, shifts in groupby(sorted(worked, key=lambda each: (codes[each], each.start_min)), codes.__getitem__):
        mine = list(shifts)
        layers = [
            tuple((each.start_min, each.end_min) for each in mine if worked[each] >= level)
            for level in range(1, max(worked[each] for each in mine) + 1)
        ]
        for place, (windows, alike) in enumerate(groupby(layers)):
            name = f"{channel} {code}" if place == 0 else f"{channel} {code} ({place + 1})"
            people = {"value": len(list(alike)), **_STATUS}
            found[name] = {"hours": written_week(windows), "counsellors": people, **answers}
    return found


def _chats_at_once(scenario: Scenario, channel: str) -> Any:
    """As in the shifts that answer the channel now, with its source; the most of them where they differ."""
    found = [(shift.chats_at_once, name) for name, shift in _answering(scenario, channel).items()]
    if not found:
        return 1
    most, name = max(found, key=lambda each: each[0])
    source = scenario.sources.get(f"roster.{centre_of(scenario)}.{name}.chats_at_once")
    return most if source is None else {"value": most, **_plain(source)}


def _plain(source: Source) -> dict[str, str]:
    return {key: value for key, value in source.model_dump().items() if value}


def as_scenario(scenario: Scenario, channel: str, entries: Mapping[str, Any], name: str) -> Scenario:
    """The scenario with the entries of a roster, under a name of its own."""
    changed = change(scenario, replaced(scenario, channel, entries), name)
    changed._name = name
    return changed


def as_needed(scenario: Scenario, need: Requirement, name: str) -> Scenario:
    """The scenario with just the people that a requirement asks for, as if people came by the quarter of an hour."""
    chats = _chats_at_once(scenario, need.channel)
    plain = chats["value"] if isinstance(chats, dict) else chats
    entries = need.shifts(f"{need.channel} needed", _what_they_answer(scenario, need.channel), plain)
    sourced = {key: {**entry, "chats_at_once": chats} for key, entry in entries.items()}
    return as_scenario(scenario, need.channel, sourced, name)


def as_yaml(base: str, title: str, why: str, changes: Mapping[str, Any]) -> str:
    """A scenario file that extends another and has the roster in it.

    Parameters
    ----------
    base
        What ``extends`` names.
    changes
        As `replaced` gives them.
    """
    lines = [f"extends: {_flow(base)}", f"title: {_flow(title)}", f"why: {_flow(why)}", "roster:"]
    for site, entries in changes["roster"].items():
        lines.append(f"  {_flow(site)}:")
        lines += [f"    {_flow(name)}: {_flow(entry)}" for name, entry in entries.items()]
    return "\n".join(lines) + "\n"


def _flow(value: Any) -> str:
    """A value on one line: JSON is YAML."""
    return json.dumps(value, ensure_ascii=False)


def codes_of(shifts: Sequence[Shift]) -> dict[Shift, str]:
    """A short code for each kind of shift: D by day, A from the afternoon, N at night, numbered by start and length."""
    kinds = sorted({(each.clock_min, each.length_min) for each in shifts})
    letters = {
        (each.clock_min, each.length_min): "N" if each.is_night else "A" if each.clock_min >= 12 * 60 else "D"
        for each in sorted(shifts, reverse=True)
    }
    codes: dict[tuple[int, int], str] = {}
    for letter in "DAN":
        mine = [kind for kind in kinds if letters[kind] == letter]
        codes |= {kind: f"{letter}{number}" for number, kind in enumerate(mine, 1)}
    return {each: codes[each.clock_min, each.length_min] for each in shifts}
