"""The STRESS-DES statement of an answer: all 20 items, each written from the scenario, the manifest and the evidence.

The checklist is that of Monks, Currie, Onggo, Robinson, Kunc & Taylor (2019), "Strengthening the reporting of empirical
simulation studies: introducing the STRESS guidelines", Journal of Simulation 13: 55-67. Where a scenario is not known
whole, its items say so instead of guessing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from simulator.report import numbers, sentences
from simulator.report.documents.asked import Asked
from simulator.report.documents.method import (
    assumptions,
    counts,
    counts_text,
    evidence_or_none,
    spanned,
    unsourced,
)
from simulator.report.documents.rules import changes_tables, differing, roster_table, rules_tables
from simulator.report.figures.flow import flow_table
from simulator.report.page import Picture, Section
from simulator.report.tables import LIVE, MESSAGES, STATUSES, Column, Table
from simulator.words import say

FLOW = "flow-of-an-attempt"
"""Name of the diagram."""
ITEMS = {
    "1": ("1.1", "1.2", "1.3"),
    "2": ("2.1", "2.2", "2.3", "2.4", "2.5.1", "2.5.2", "2.5.3", "2.5.4", "2.5.5"),
    "3": ("3.1", "3.2", "3.3", "3.4"),
    "4": ("4.1", "4.2", "4.3"),
    "5": ("5.1", "5.2", "5.3", "5.4"),
    "6": ("6.1",),
}
"""Items by part; 2.5 is one item of five sub-items, so there are 20."""
DEFINED = (
    *("persons", "persons_reached", "unanswered", "answered", "met_open", "met_closed", "abandoned"),
    *("answered_share_of_open", "answered_share_of_offered", "wait_mean_min", "phoned_instead"),
    *("staffed_hours", "cost_nok"),
)
"""Figures that are defined here; those that a report shows are its maker's to say."""
_PAIRED = ("compare", "explain", "hours", "cost")
Data = Mapping[str, Any]


def stress_section(asked: Asked, shown: Iterable[str], lang: str) -> Section:
    """The whole statement.

    Parameters
    ----------
    shown
        Names of the figures that the report shows; of those in `DEFINED` the formula is told.
    """
    said = _Statement(asked, tuple(shown), lang).items()
    extra = _pictured(asked, lang)
    parts = tuple(
        Section(
            say(f"stress.part.{part}", lang),
            facts=tuple((say(f"stress.{item}", lang), said[item]) for item in items),
            figures=(Picture(FLOW, say("figure.flow.label", lang)),) if part == "2" else (),
            tables={"2": extra, "3": (sources_table(asked, lang),)}.get(part, ()),
        )
        for part, items in ITEMS.items()
    )
    return Section(say("stress.heading", lang), (say("stress.about", lang),), parts=parts)


def _pictured(asked: Asked, lang: str) -> tuple[Any, ...]:
    """The diagram as a table, the rules and the roster of the first scenario, and what the others have otherwise."""
    tables = [flow_table(lang)]
    for name in asked.names[:1]:
        if name in asked.described:
            tables += [*rules_tables(asked, name, lang), roster_table(asked, name, lang)]
    return (*tables, *changes_tables(asked, lang))


class _Statement:
    """What is said under each item."""

    def __init__(self, asked: Asked, shown: tuple[str, ...], lang: str) -> None:
        self.asked, self.shown, self.lang = asked, shown, lang
        self.about: Data = asked.described.get(asked.names[0], {})
        self.model: Data = self.about.get("model", {})

    def items(self) -> dict[str, str]:
        """By item."""
        makers = {
            "1.1": self._purpose, "1.2": self._outputs, "1.3": self._aims,
            "2.1": lambda: [self._say("diagram")], "2.2": self._rules, "2.3": self._scenarios,
            "2.4": self._algorithms, "2.5.1": self._entities, "2.5.2": self._activities, "2.5.3": self._resources,
            "2.5.4": self._queues, "2.5.5": self._exits,
            "3.1": self._sources, "3.2": self._processed, "3.3": self._inputs, "3.4": self._assumed,
            "4.1": self._start, "4.2": self._length, "4.3": self._estimates,
            "5.1": self._software, "5.2": lambda: [self._say("random", seed=self._made("seed"))],
            "5.3": lambda: [self._say("execution")], "5.4": lambda: [self._say("machine")],
            "6.1": self._sharing,
        }  # fmt: skip
        return {item: " ".join(make()) for item, make in makers.items()}

    def _say(self, key: str, /, **values: Any) -> str:
        return spanned(self.asked, f"stress.{key}", self.lang, **values)

    def _made(self, key: str) -> str:
        return str(self.asked.made.get(key, numbers.MISSING))

    def _channels(self, among: Iterable[str]) -> list[str]:
        known = self.model.get("channels", {})
        return [say(f"channel.{name}", self.lang) for name in among if known.get(name)]

    def _list(self, names: Iterable[str]) -> str:
        named = list(names)
        glue = say("hours.and", self.lang)
        return glue.join([", ".join(named[:-1]), named[-1]]) if len(named) > 1 else "".join(named)

    # --- 1

    def _purpose(self) -> list[str]:
        whys = [
            self._say("why", title=self.asked.titles[name], why=each["why"])
            for name, each in self.asked.described.items()
            if each.get("why")
        ]
        return [self._say("purpose"), *whys]

    def _outputs(self) -> list[str]:
        told = [name for name in DEFINED if name in self.shown]
        if not told:
            return [self._say("outputs.other")]
        names = self._list(_lower(say(f"measure.{name}", self.lang)) for name in told)
        return [self._say("outputs", names=names), *(self._say(f"means.{name}") for name in told)]

    def _aims(self) -> list[str]:
        asked = self.asked
        plans = self._list(
            f"«{asked.titles[name]}»" if self.lang == "nb" else asked.titles[name] for name in asked.names[1:]
        )
        first = asked.titles[asked.names[0]]
        said = [self._say(f"aim.{asked.kind}", title=first, base=first, plans=plans)]
        said += [
            self._say(
                "expected", title=asked.titles[name], expected=_stripped(sentences.expected(each["expect"], self.lang))
            )
            for name, each in asked.described.items()
            if each.get("expect")
        ]
        return said

    # --- 2

    def _rules(self) -> list[str]:
        if not self.model:
            return [self._say("unknown")]
        live, written = self._channels(LIVE), self._channels(MESSAGES)
        said = [self._say("rules.see", live=self._say("rules.live") if live else "")]
        if written:
            said.append(self._say("rules.written", names=self._list(written)))
        network = self.model["network"]
        if self.model["channels"].get("phone"):
            said.append(self._say(f"rules.{'local' if network['local_first'] else 'central'}"))
            if network["centre_overflow"] == "any_open_site":
                said.append(self._say("rules.overflow"))
        return said

    def _scenarios(self) -> list[str]:
        if len(self.asked.names) == 1:
            return [self._say("scenario.alone", asked=say("document.asked", self.lang))]
        if len(self.asked.described) < len(self.asked.names):
            return [self._say("scenario.none", asked=say("document.asked", self.lang))]
        equal = [name for name in self.asked.names[1:] if not differing(self.asked, name)]
        base = self.asked.titles[self.asked.names[0]]
        return [
            self._say("scenario.many"),
            *(self._say("scenario.equal", title=self.asked.titles[name], base=base) for name in equal),
        ]

    def _algorithms(self) -> list[str]:
        said = [self._say("algorithm.rates")]
        if self.model:
            busy = self.model["demand"]["busyness"]
            shapes = {"day": busy.get("day_shape"), "hour": busy.get("hour_shape")}
            told = {
                name: numbers.as_written(shape, self.lang) if shape else numbers.MISSING
                for name, shape in shapes.items()
            }
            said.append(self._say("algorithm.busy", **told) if any(shapes.values()) else self._say("algorithm.no_busy"))
            if _holds_several(self.model):
                said.append(self._say("algorithm.chat"))
            said.append(self._say(f"algorithm.shift_end.{self.model['shift_end']}"))
        if self.asked.worlds > 1:
            said.append(self._say("algorithm.worlds"))
        extra = {"explain": "algorithm.shapley", "hours": "algorithm.select"}.get(self.asked.kind)
        return [*said, self._say(extra)] if extra else said

    def _entities(self) -> list[str]:
        if not self.model:
            return [self._say("unknown")]
        return [self._say("entities", attempts=self.model["demand"]["max_attempts"])]

    def _activities(self) -> list[str]:
        if not self.model:
            return [self._say("unknown")]
        rules = [each for each in self.model["channels"].values() if each]
        wrap = any(each.get("wrap_up") and each["wrap_up"]["mean_min"] for each in rules)
        duty = any(each.get("background") for each in self.model["sites"].values())
        told = {
            "wrap": self._say("activities.wrap") if wrap else "",
            "duty": self._say("activities.duty") if duty else "",
        }
        return [self._say("activities", channels=self._list(self._channels((*LIVE, *MESSAGES))), **told)]

    def _resources(self) -> list[str]:
        if not self.model:
            return [self._say("unknown")]
        shifts = sum(len(each) for each in self.model["roster"].values())
        sites = sum(not each["centre"] for each in self.model["sites"].values())
        return [self._say("resources", count=shifts, sites=sites)]

    def _queues(self) -> list[str]:
        names = self._channels(LIVE)
        if not names:
            return [self._say("unknown")] if not self.model else [self._say("none")]
        return [self._say("queues" if len(names) > 1 else "queues.one", channels=self._list(names))]

    def _exits(self) -> list[str]:
        if not self.model:
            return [self._say("unknown")]
        return [self._say("exits", channels=self._list(self._channels((*LIVE, *MESSAGES))))]

    # --- 3

    def _sources(self) -> list[str]:
        found = counts(self.asked)
        if not found.total():
            return [self._say("unprocessed")]
        told = {"published": found.total() - found["assumed"], "assumed": found["assumed"]}
        return [self._say("sources", **told, rests=say("document.rests", self.lang))]

    def _processed(self) -> list[str]:
        if not self.model:
            return [self._say("unprocessed")]
        shipped = any(
            str(each.get("profile") or "").endswith(("-2023", "-2024"))
            for name in LIVE
            if (each := self.model["demand"].get(name))
        )
        if not shipped:
            return [self._say("given")]
        return [self._say("solved"), *([self._say("solved.worlds")] if self.asked.worlds > 1 else [])]

    def _inputs(self) -> list[str]:
        total = counts(self.asked).total()
        rests = say("document.rests", self.lang)
        said = [
            self._say("inputs", total=total, rests=rests, counts=counts_text(self.asked, self.lang) or numbers.MISSING)
        ]
        if count := unsourced(self.asked):
            said.append(self._say("inputs.unsourced", count=count))
        if self.asked.worlds > 1:
            said.append(self._say("inputs.worlds"))
        return said

    def _assumed(self) -> list[str]:
        return [self._say("assumed", count=counts(self.asked)["assumed"]), *sentences.limits(self.lang)]

    # --- 4 to 6

    def _start(self) -> list[str]:
        period = self.asked.made.get("period")
        if not period:
            return [self._say("unknown")]
        first = numbers.day(date.fromisoformat(str(period["first_day"])), self.lang)
        if not self.model:
            return [self._say("start.unknown", first=first)]
        warm = int(self.model["period"]["warm_up_days"])
        return [self._say("start.warm" if warm else "start.cold", first=first, days=warm)]

    def _length(self) -> list[str]:
        period = self.asked.made.get("period")
        if not period:
            return [self._say("unknown")]
        return [self._say("length", span=sentences.period(period, self.lang), days=self.asked.days)]

    def _estimates(self) -> list[str]:
        asked = self.asked
        total = asked.worlds * asked.each
        told = {
            name: numbers.number(value, self.lang)
            for name, value in {"each": asked.each, "worlds": asked.worlds, "total": total}.items()
        }
        kind = "many" if asked.worlds > 1 else "one" if total > 1 else "single"
        said = [self._say(f"estimate.{kind}", **told)] if asked.each else []
        if asked.kind in _PAIRED and len(asked.names) > 1:
            said.append(self._say("estimate.paired"))
        if asked.document.get("precision") or asked.made.get("precision"):
            said.append(self._say("estimate.precision"))
        return said or [self._say("outputs.other")]

    def _software(self) -> list[str]:
        made = self.asked.made
        libraries = ", ".join(f"{name} {each}" for name, each in sorted(made.get("libraries", {}).items()))
        engine = made.get("engine", "compiled")
        told = {"version": self._made("version"), "python": self._made("python"), "commit": self._commit()}
        return [
            self._say("software", **told, libraries=libraries or numbers.MISSING, engine=self._say(f"engine.{engine}"))
        ]

    def _commit(self) -> str:
        commit = self.asked.made.get("commit")
        return self._say("software.commit", commit=commit) if commit else ""

    def _sharing(self) -> list[str]:
        told = {"version": self._made("version"), "seed": self._made("seed"), "commit": self._commit()}
        return [self._say("sharing", **told)]


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]


def _stripped(text: str) -> str:
    return text.rstrip(".")


def _holds_several(model: Data) -> bool:
    return any(
        shift.get("chats_at_once", 1) > 1 and "chat" in shift["answers"]
        for shifts in model["roster"].values()
        for shift in shifts.values()
    )


def sources_table(asked: Asked, lang: str) -> Table:
    """Who said the figures that are not assumed, those that most rest on first."""
    found: dict[str, Counter[str]] = {}
    for rows in assumptions(asked).values():
        for row in rows:
            if row["status"] != "assumed":
                found.setdefault(_source(row, lang), Counter())[row["status"]] += 1
    ordered = sorted(found.items(), key=lambda pair: (-pair[1].total(), pair[0]))
    cells = tuple(
        (
            source.rstrip("."),
            ", ".join(say(f"status.{each}", lang) for each in STATUSES if statuses[each]),
            numbers.number(statuses.total(), lang),
        )
        for source, statuses in ordered
    )
    heads = ("document.column.source", "document.column.status", "stress.source.column.count")
    columns = tuple(Column(say(head, lang), is_figure=place == 2) for place, head in enumerate(heads))
    return Table(say("stress.source.caption", lang), columns, cells)


def _source(row: Data, lang: str) -> str:
    """Who said a figure: the evidence's own source where the figure cites evidence."""
    text = str(row.get("source") or "")
    if not text.startswith("evidence:"):
        return text or say("stress.source.own", lang)
    entry = evidence_or_none(text.removeprefix("evidence:").strip())
    return text if entry is None else str(entry.source)
