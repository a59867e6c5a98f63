"""The best opening hours for a budget.

``space`` says which plans there are, ``plans`` what each means for a scenario and costs; ``screening`` finds the few
worth simulating, ``selecting`` chooses among them with a stated probability of being right; ``judging`` sets finalists
against each other over worlds, ``frontier`` climbs a ladder of budgets, ``turning`` says what would change the answer.
``question`` is what is asked, ``search`` one question on its way, ``best`` puts the steps in order. ``aims`` reads what
hours are chosen for, ``bank`` simulates each year once.
"""

from simulator.study.hours.aims import Aim, read_aim
from simulator.study.hours.answer import BestHours
from simulator.study.hours.best import best_hours
from simulator.study.hours.question import Question
from simulator.study.hours.refusals import HoursError

__all__ = ["Aim", "BestHours", "HoursError", "Question", "best_hours", "read_aim"]
