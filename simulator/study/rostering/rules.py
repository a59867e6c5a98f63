"""The rules a roster must keep, as data: what each says by law, tariff or agreement or as a policy, and its numbers.

Numbers come from the evidence; nothing here knows how a rule is checked or kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from simulator.evidence import Status, evidence

OFF, OWN = "off", "own"
"""A rule that does not hold; and one with the planner's own numbers."""
_WEAKEST_FIRST = ("assumed", "literature", "derived", "published")


@dataclass(frozen=True)
class Range:
    """What a number of a rule may be."""

    low: float
    high: float
    whole: bool = False


@dataclass(frozen=True)
class Terms:
    """A rule's numbers by one of its bases, and the evidence they come from."""

    numbers: Mapping[str, float] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """One kind of rule.

    Attributes
    ----------
    key
        Its name in rules files and JSON.
    terms
        By basis (``law``, ``agreement``, ``policy`` ...); the first is the strictest that usually holds.
    default
        The basis that holds unless the planner says otherwise.
    eased
        The basis that the rule is eased to when it is asked what it costs: another of `terms`, or `OFF`.
    ranges
        What its numbers may be, by name.
    """

    key: str
    terms: Mapping[str, Terms]
    default: str
    eased: str = OFF
    ranges: Mapping[str, Range] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """A rule that holds: its kind, on what basis, and its numbers."""

    key: str
    by: str
    numbers: Mapping[str, float]
    evidence: tuple[str, ...]
    status: Status

    def __getitem__(self, number: str) -> float:
        return self.numbers[number]

    def as_json(self) -> dict[str, Any]:
        """The rule as plain data."""
        return {
            "rule": self.key,
            "by": self.by,
            "numbers": dict(self.numbers),
            "status": self.status,
            "evidence": list(self.evidence),
        }


@dataclass(frozen=True)
class Rules:
    """The rules that hold, by key, in the order of `kinds`."""

    by_key: Mapping[str, Rule]

    def get(self, key: str) -> Rule | None:
        """A rule, or None where it does not hold."""
        return self.by_key.get(key)

    def __contains__(self, key: str) -> bool:
        return key in self.by_key

    def __iter__(self) -> Any:
        return iter(self.by_key.values())

    def without(self, *keys: str) -> "Rules":
        """The others."""
        return Rules({key: rule for key, rule in self.by_key.items() if key not in keys})

    def with_basis(self, key: str, by: str) -> "Rules":
        """The same, with one rule on another basis."""
        if by == OFF:
            return self.without(key)
        return Rules({**self.by_key, key: rule_of(kinds()[key], by)})


def rule_of(kind: Kind, by: str, numbers: Mapping[str, float] | None = None) -> Rule:
    """A rule on one of its bases, or with some numbers of the planner's own: those are then assumed."""
    terms = kind.terms[by if by != OWN else kind.default]
    if numbers:
        return Rule(kind.key, OWN, {**terms.numbers, **numbers}, terms.evidence, "assumed")
    statuses = [evidence(each).status for each in terms.evidence]
    return Rule(kind.key, by, terms.numbers, terms.evidence, min(statuses, key=_WEAKEST_FIRST.index, default="assumed"))


def usual_rules() -> Rules:
    """The rules that hold where the planner says nothing."""
    return Rules({key: rule_of(kind, kind.default) for key, kind in kinds().items()})


def with_lengths(rules: Rules, shortest_h: float, longest_h: float) -> Rules:
    """The rules with other lengths of shifts."""
    numbers = {"shortest_h": shortest_h, "longest_h": longest_h}
    own = rule_of(kinds()["shift_length"], OWN, numbers)
    return replace(rules, by_key={**rules.by_key, "shift_length": own})


def _value(name: str) -> Any:
    return evidence(name).value


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind of rule, by key: rest first, then hours, then nights, then what is policy."""
    return {kind.key: kind for kind in (*_rests(), *_hours(), *_nights(), *_policies())}


def _rests() -> tuple[Kind, ...]:
    day, week = _value("rest-per-day"), _value("rest-per-week")
    law, agreed = _value("sunday-rest-by-law"), _value("sunday-rest-by-agreement")
    whole_day = ("rest-per-week-whole-day", "roster-week-starts")
    return (
        Kind(
            "daily_rest",
            {
                "law": Terms({"rest_h": day["in 24 hours"]}, ("rest-per-day",)),
                "agreement": Terms({"rest_h": day["by agreement not below"]}, ("rest-per-day",)),
            },
            "law",
            "agreement",
            {"rest_h": Range(0, 16)},
        ),
        Kind(
            "weekly_rest",
            {
                "law": Terms({"rest_h": week["in 7 days"]}, ("rest-per-week", *whole_day)),
                "agreement": Terms({"rest_h": week["by agreement not below"]}, ("rest-per-week", *whole_day)),
            },
            "law",
            "agreement",
            {"rest_h": Range(24, 72)},
        ),
        Kind(
            "sundays",
            {
                "law": Terms(
                    {"most": law["most at work"], "of_weeks": law["of weeks"]},
                    ("sunday-rest-by-law", "sunday-work-hours", "sunday-rule"),
                ),
                "agreement": Terms(
                    {
                        "most": agreed["most at work"],
                        "of_weeks": agreed["of weeks"],
                        "rest_every_weeks": agreed["weekly rest on a Sunday every weeks"],
                    },
                    ("sunday-rest-by-agreement", "sunday-rule"),
                ),
            },
            "law",
            "agreement",
            {
                "most": Range(0, 26, True),
                "of_weeks": Range(1, 26, True),
                "rest_every_weeks": Range(1, 26, True),
            },
        ),
    )


def _hours() -> tuple[Kind, ...]:
    day, week = _value("hours-per-day-by-law"), _value("hours-per-week-by-law")
    tariff, averaged = _value("hours-per-week-tariff"), _value("hours-per-week-averaged")
    source = ("hours-per-day-by-law", "roster-day-starts")
    rota_by_law = week["rota round the clock, every third Sunday or mainly nights"]
    return (
        Kind(
            "hours_in_a_day",
            {
                "law": Terms({"most_h": day["ordinary"]}, source),
                "agreement": Terms({"most_h": day["by written agreement"]}, source),
            },
            "law",
            "agreement",
            {"most_h": Range(1, 12)},
        ),
        Kind(
            "hours_a_week",
            {
                "rota": Terms({"mean_h": tariff["rota"]}, ("hours-per-week-tariff",)),
                "continuous": Terms({"mean_h": tariff["fully continuous"]}, ("hours-per-week-tariff",)),
                "day": Terms({"mean_h": tariff["day"]}, ("hours-per-week-tariff",)),
                "law": Terms({"mean_h": rota_by_law}, ("hours-per-week-by-law",)),
                "law_continuous": Terms({"mean_h": week["fully continuous"]}, ("hours-per-week-by-law",)),
            },
            "rota",
            "law",
            {"mean_h": Range(1, 48)},
        ),
        Kind(
            "hours_in_any_week",
            {
                "law": Terms({"most_h": rota_by_law, "mean_of_8_weeks_h": rota_by_law}, ("hours-per-week-by-law",)),
                "agreement": Terms(
                    {"most_h": averaged["any week"], "mean_of_8_weeks_h": averaged["mean over 8 weeks"]},
                    ("hours-per-week-averaged",),
                ),
            },
            "agreement",
            OFF,
            {"most_h": Range(1, 84), "mean_of_8_weeks_h": Range(1, 84)},
        ),
    )


def _nights() -> tuple[Kind, ...]:
    longest, mean = _value("night-shift-longest"), _value("night-worker-mean")
    hours = ("night-work-hours",)
    return (
        Kind("night_only_where_needed", {"law": Terms({}, ("night-work-only-where-needed", *hours))}, "law", ranges={}),
        Kind(
            "night_shift",
            {
                "law": Terms(
                    {"most_h": longest["h in 24 hours"]}, ("night-shift-longest", "roster-night-strain", *hours)
                )
            },
            "law",
            ranges={"most_h": Range(1, 12)},
        ),
        Kind(
            "night_worker_mean",
            {"law": Terms({"mean_h_in_24": mean["h in 24 hours"]}, ("night-worker-mean", *hours))},
            "law",
            ranges={"mean_h_in_24": Range(1, 12)},
        ),
        Kind(
            "nights_in_a_row",
            {"policy": Terms({"most": float(_value("roster-nights-in-a-row"))}, ("roster-nights-in-a-row",))},
            "policy",
            ranges={"most": Range(1, 14, True)},
        ),
    )


def _policies() -> tuple[Kind, ...]:
    lengths, pause = _value("roster-shift-lengths"), _value("break-rule")
    ranges = {"shortest_h": Range(0.25, 12), "longest_h": Range(0.25, 12)}
    shift = {"longest_h": lengths["longest"]}
    source = ("roster-shift-lengths",)
    return (
        Kind(
            "days_in_a_row",
            {"policy": Terms({"most": float(_value("roster-days-in-a-row"))}, ("roster-days-in-a-row",))},
            "policy",
            ranges={"most": Range(1, 14, True)},
        ),
        Kind(
            "shift_length",
            {
                "policy": Terms({"shortest_h": lengths["shortest"], **shift}, source),
                "eased": Terms({"shortest_h": lengths["shortest if eased"], **shift}, source),
            },
            "policy",
            "eased",
            ranges,
        ),
        Kind(
            "breaks",
            {
                "law": Terms(
                    {"one_over_h": pause["one if longer than h"], "total_min": pause["total_min if at least 8 h"]},
                    ("break-rule", "roster-breaks-paid"),
                )
            },
            "law",
            ranges={"one_over_h": Range(0, 12), "total_min": Range(0, 120)},
        ),
    )
