"""What a planner writes: scenario files, their checks, and the civil calendar. The public names of the room."""

from simulator.scenario.calendar import Calendar, CivilHours, is_holiday, open_hours, public_holidays
from simulator.scenario.fingerprint import fingerprint
from simulator.scenario.loading import change, changes_of, file_beside, load, unsourced
from simulator.scenario.model import CHANNELS, LIVE, MESSAGES, Scenario, Source
from simulator.scenario.overrides import Change, Override
from simulator.scenario.problems import Problem, ScenarioError
from simulator.scenario.review import review
from simulator.scenario.schema import json_schema, schema_text

__all__ = [
    "CHANNELS",
    "LIVE",
    "MESSAGES",
    "Calendar",
    "Change",
    "CivilHours",
    "Override",
    "Problem",
    "Scenario",
    "ScenarioError",
    "Source",
    "change",
    "changes_of",
    "file_beside",
    "fingerprint",
    "is_holiday",
    "json_schema",
    "load",
    "open_hours",
    "public_holidays",
    "review",
    "schema_text",
    "unsourced",
]
