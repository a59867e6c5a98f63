"""What an answer is an answer to: its scenarios and what they rest on, looked up again where they are as they were.

A scenario is found by its name and known by its fingerprint: one that was changed since is not the one that was run, so
it is left unknown and the report says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from simulator.report.documents.answer import RUN, Answer
from simulator.scenario import ScenarioError, fingerprint, load
from simulator.study.estimates import NUMBER_COLUMNS, Estimates, Result
from simulator.study.provenance import profile_data
from simulator.study.run import describe
from simulator.study.worlds.world import are_shipped, shipped_worlds

Data = Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """A question.

    Attributes
    ----------
    kind
        One of `simulator.report.documents.answer.KINDS`.
    manifests
        Of the scenarios by name, the base first.
    titles
        Of the scenarios by name.
    described
        Those of the scenarios that are known whole, as `simulator.study.run.describe` has them.
    same_demand
        Whether all scenarios met the same persons; None where that cannot be told, or there is one.
    document
        The answer's document.
    """

    kind: str
    manifests: Mapping[str, Data]
    titles: Mapping[str, str]
    described: Mapping[str, Data]
    same_demand: bool | None
    document: Data

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Of the scenarios, the base first."""
        return tuple(self.manifests)

    @property
    def made(self) -> Data:
        """The manifest of the first scenario: what all share."""
        return next(iter(self.manifests.values()))

    @property
    def worlds(self) -> int:
        """How many plausible worlds; 1 for the scenario as it stands."""
        return int(self.made.get("worlds", 1))

    @property
    def each(self) -> int:
        """Simulated years of each world, 0 where the manifest does not say."""
        return int(self.made.get("replications") or 0)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Scenarios that are not known whole."""
        return tuple(name for name in self.names if name not in self.described)

    @property
    def span(self) -> str:
        """``year`` or ``period``, by how long was simulated."""
        days = self.days
        return "year" if days in (365, 366) else "period"

    @property
    def days(self) -> int:
        """Days simulated, 0 where that is not told."""
        period = self.made.get("period") or {}
        if "first_day" not in period:
            return 0
        first, last = (date.fromisoformat(str(period[name])) for name in ("first_day", "last_day"))
        return (last - first).days + 1

    def as_result(self, name: str) -> Result:
        """A scenario with no figures, for the sentences and tables that ask a result what it rests on."""
        import numpy as np

        return Result(
            dict(self.described.get(name, {"model": {}})),
            dict(self.manifests[name]),
            Estimates((), (), np.empty((0, len(NUMBER_COLUMNS)))),
        )

    def command(self) -> str:
        """What gives the same answer again; empty where that is not sure."""
        words = {RUN: "run", "compare": "compare"}.get(self.kind)
        worlds = self._worlds_option()
        if words is None or self.unknown or worlds is None or self.made.get("interrupted"):
            return ""
        if self.kind == RUN and _found(self.names[0], self.made) is None:
            return ""  # overrides were named, or the file has changed since
        options = [*worlds, "--replications", str(self.each), "--seed", str(self.made["seed"])]
        if self.made["engine"] != "compiled":
            options += ["--engine", str(self.made["engine"])]
        return " ".join(["simulator", words, *self.names, *options])

    def _worlds_option(self) -> list[str] | None:
        """How these worlds are asked for; None where they are others than those that come with the program."""
        known = self.made.get("worlds_fingerprint")
        if known is None:
            return ["--worlds", "one"]
        if not are_shipped() or shipped_worlds().first(self.worlds).fingerprint != known:
            return None
        return ["--worlds", "all" if self.worlds >= len(shipped_worlds()) else str(self.worlds)]


def asked_of(answer: Answer) -> Asked:
    """The question behind an answer."""
    document = answer.document
    manifests = _manifests(document)
    described: dict[str, Data]
    if answer.result is not None:
        described = {next(iter(manifests)): answer.result.scenario}
    else:
        described = {name: found for name, made in manifests.items() if (found := _found(name, made)) is not None}
    titles = {name: str(described.get(name, {}).get("title", name)) for name in manifests}
    titles |= {name: title for name, title in _titles(document).items() if name in manifests}
    return Asked(answer.kind, manifests, titles, described, _same_demand(document), document)


def _manifests(document: Data) -> dict[str, Data]:
    """By the names of scenarios."""
    many = document.get("manifests")
    if isinstance(many, Mapping) and many:
        names = {role: each["name"] for role in ("base", "plan") if isinstance(each := document.get(role), Mapping)}
        return {str(names.get(name, name)): made for name, made in many.items()}
    made = document.get("manifest")
    scenario = document.get("scenario") or document.get("study") or "scenario"
    name = scenario["name"] if isinstance(scenario, Mapping) else str(scenario)
    if isinstance(made, Mapping):
        return {name: made}
    return {name: {key: document[key] for key in ("fingerprint", "version", "seed") if key in document}}


def _titles(document: Data) -> dict[str, str]:
    if isinstance(titles := document.get("titles"), Mapping):
        return dict(titles)
    sides: list[Any] = [
        document[role] for role in ("base", "plan", "scenario") if isinstance(document.get(role), Mapping)
    ]
    listed = document.get("scenarios")
    sides += listed if isinstance(listed, list) else []
    found = {each["name"]: each["title"] for each in sides if "name" in each and "title" in each}
    if isinstance(document.get("scenario"), str) and "title" in document and "study" not in document:
        found[document["scenario"]] = document["title"]
    return found


def _found(name: str, made: Data) -> Data | None:
    """A scenario that is still what it was."""
    try:
        scenario = load(name)
        if fingerprint(scenario, profile_data(scenario)) != made.get("scenario_fingerprint"):
            return None
        return describe(scenario, dict(made))
    except (ScenarioError, OSError, KeyError, ValueError):
        return None


def _same_demand(document: Data) -> bool | None:
    tables = document.get("contacts_by_plan")
    if isinstance(tables, list) and tables:
        return all(each.get("shares_demand") == "same" for each in tables)
    return None
