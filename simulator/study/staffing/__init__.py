"""How many counsellors each half-hour needs for a target: the requirement, and how it is found by simulation."""

from simulator.study.staffing.reading import RequirementError, read_requirement
from simulator.study.staffing.requirement import Requirement

__all__ = ["Requirement", "RequirementError", "read_requirement"]
