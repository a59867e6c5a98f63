"""Every computed entry is computed again here, from the entries it names and from nothing else."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from statistics import fmean
from typing import Any

import pytest

from simulator.evidence import Evidence, EvidenceValue, all_evidence, evidence

SATURDAY = 5


class Inputs(Mapping[str, Any]):
    """Values of the entries a formula may read, noting which of them it did read."""

    def __init__(self, ids: tuple[str, ...]) -> None:
        self._ids = ids
        self.read: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        if key not in self._ids:
            raise KeyError(f"{key} is not in derived_from")
        self.read.add(key)
        return evidence(key).value

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


def open_hours(hours: Mapping[str, str], year: int) -> float:
    def length(text: str) -> float:
        start, end = (int(clock[:2]) + int(clock[3:]) / 60 for clock in text.split("-"))
        return end - start

    first = date(year, 1, 1)
    days = [first + timedelta(n) for n in range((date(year + 1, 1, 1) - first).days)]
    return sum(length(hours["sat" if day.weekday() == SATURDAY else "daily"]) for day in days)


def anchors(x: Mapping[str, Any]) -> dict[str, list[float]]:
    years = (x["telefonseelsorge-share-by-hour-1998"], x["telefonseelsorge-share-by-hour-2000"])
    night = [fmean(year[hour] for year in years) for hour in range(7)]
    evening = x["krisenchat-share-16-24"]
    assert x["crisis-text-line-peak"] == "18:00-01:00"
    assert x["own-chat-peak-2020"] == "around midnight"
    return {
        "telefonseelsorge": [share / fmean(night) for share in night],
        "krisenchat": [evening / (1 - evening - x["krisenchat-share-00-08"])],
        "childline": [7 * x["childline-night-first-hour-share"]],
        "crisis-text-line": [1.0],
        "own-chat": [1.0],
    }


def on_costs(x: Mapping[str, Any], pension: float) -> float:
    wages = 1 + pension + x["on-cost-holiday-pay"] - 5 / 52
    return wages * (1 + x["on-cost-employers-tax"]) - 1


def network_per_day(x: Mapping[str, Any]) -> float:
    return (1 - x["phone-share-kristiansand-2024"]) * x["phone-answered-2024"] / 366


def over(above: str, below: str, scale: float = 1.0) -> Callable[[Mapping[str, Any]], float]:
    return lambda x: scale * x[above] / x[below]


def minus(first: str, second: str) -> Callable[[Mapping[str, Any]], float]:
    return lambda x: x[first] - x[second]


NAMED = tuple(f"calls-per-day-{site}-2024" for site in ("oslo", "asker-og-baerum", "romerike", "trondheim"))
CLOSED = "chat-answered-2023-hours-closed-2024"
WEEK = "hours-per-week-tariff"

FORMULAS: dict[str, Callable[[Mapping[str, Any]], float]] = {
    "calls-per-day-each-other-site-2024": over("calls-per-day-other-13-sites-2024", "sites-without-printed-calls"),
    "calls-per-day-named-sites-2024": lambda x: sum(x[site] for site in NAMED),
    "calls-per-day-network-2024": network_per_day,
    "calls-per-day-other-13-sites-2024": lambda x: network_per_day(x) - x["calls-per-day-named-sites-2024"],
    "bornetelefonen-calls-per-shut-night": lambda x: (
        x["bornetelefonen-calls-while-shut"] / (date(2021, 10, 1) - date(2021, 1, 1)).days
    ),
    "chat-answered-2020": lambda x: x["chat-answered-2021"] / (1 + x["chat-growth-2021"]),
    "chat-answered-2023-other-closed": minus(CLOSED, "chat-answered-2023-00-04"),
    "chat-answered-2023-window": minus("chat-answered-2023", CLOSED),
    "chat-answered-change-2024": lambda x: x["chat-answered-2024"] / x["chat-answered-2023"] - 1,
    "chat-answered-per-day-2023": lambda x: x["chat-answered-2023"] / 365,
    "chat-answered-per-day-2024": lambda x: x["chat-answered-2024"] / 366,
    "chat-answered-per-day-march-2024": lambda x: x["chat-answered-march-2024"] / 31,
    "chat-answered-per-open-hour-2024": over("chat-answered-2024", "chat-open-hours-2024"),
    "chat-answered-per-window-hour-2023": over("chat-answered-2023-window", "chat-window-hours-2023"),
    "chat-change-2021-2023": lambda x: x["chat-answered-2023"] / x["chat-answered-2021"] - 1,
    "chat-month-factor-march-2024": over("chat-answered-march-2024", "chat-answered-2024", 366 / 31),
    "chat-open-hours-2024": lambda x: open_hours(x["chat-hours-2024"], 2024),
    "chat-share-2023-00-04": over("chat-answered-2023-00-04", "chat-answered-2023"),
    "chat-share-2023-other-closed": over("chat-answered-2023-other-closed", "chat-answered-2023"),
    "chat-share-2023-window": over("chat-answered-2023-window", "chat-answered-2023"),
    "chat-window-change-per-open-hour-2024": lambda x: (
        x["chat-answered-per-open-hour-2024"] / x["chat-answered-per-window-hour-2023"] - 1
    ),
    "chat-window-hours-2023": lambda x: open_hours(x["chat-hours-2024"], 2023),
    "childline-night-first-hour-share": over("childline-night-first-hour-sessions", "childline-night-sessions"),
    "childline-night-share": over("childline-night-sessions", "childline-sessions"),
    "concern-reports-per-1000-calls-2024": over("concern-reports-phone-2024", "phone-answered-kristiansand-2024", 1000),
    "concern-reports-per-1000-chats-2024": over("concern-reports-chat-2024", "chat-answered-2024", 1000),
    "grant-2023-planned": lambda x: round(x["grant-2023"] - x["grant-2023-extra"] + x["grant-2023-expected-more"], -5),
    "grant-per-answered-contact-2023": lambda x: (
        x["grant-2023"] / sum(x[f"{channel}-answered-2023"] for channel in ("chat", "phone", "sms", "ung"))
    ),
    "hours-per-man-year-continuous": lambda x: x["hours-per-man-year"] * x[WEEK]["fully continuous"] / x[WEEK]["day"],
    "hours-per-man-year-rota": lambda x: x["hours-per-man-year"] * x[WEEK]["rota"] / x[WEEK]["day"],
    "hours-per-post": lambda x: 5 * round(x["hours-per-man-year-rota"] * (1 - x["absence-share"]) / 5),
    "kirkens-sos-answered-share": over("kirkens-sos-answered", "kirkens-sos-contacts"),
    "man-years-per-seat-round-the-clock": lambda x: 8760 / x["hours-per-man-year-rota"],
    "on-costs": lambda x: on_costs(x, x["on-cost-pension"]),
    "on-costs-high": lambda x: on_costs(x, x["on-cost-pension-range"]["high"]),
    "on-costs-low": lambda x: on_costs(x, x["on-cost-pension-range"]["low"]),
    "openup-arrivals": lambda x: sum(x["openup-arrivals-by-hour"]),
    "openup-chat-work-cv": lambda x: x["openup-chat-work"]["sd"] / x["openup-chat-work"]["mean"],
    "openup-share-00-04": lambda x: sum(x["openup-arrivals-by-hour"][:4]) / sum(x["openup-arrivals-by-hour"]),
    "paid-hours-per-year-rota": lambda x: x[WEEK]["rota"] * 52,
    "pay-basic-2023": lambda x: x["ks-basic-pay-2023"]["10 years"],
    "pay-basic-2024": lambda x: x["ks-basic-pay-2023"]["10 years"] + x["ks-increment-2024"]["lowest"],
    "phone-answered-2023": lambda x: x["phone-answered-2024"] / (1 + x["phone-growth-2024"]),
    "phone-answered-kristiansand-2024": lambda x: x["phone-share-kristiansand-2024"] * x["phone-answered-2024"],
    "phone-answered-network-2024": lambda x: (1 - x["phone-share-kristiansand-2024"]) * x["phone-answered-2024"],
    "phone-answered-per-day-2024": lambda x: x["phone-answered-2024"] / 366,
    "phone-month-factor-june-2024": over("phone-answered-june-2024", "phone-answered-2024", 366 / 30),
    "phone-rise-2024": minus("phone-answered-2024", "phone-answered-2023"),
    "phone-rise-share-of-closed-chats": over("phone-rise-2024", CLOSED),
    "sites-unnamed": lambda x: x["sites-in-network-2024"] - len(x["sites-named"]),
    "sites-without-printed-calls": lambda x: x["sites-in-network-2024"] - len(NAMED),
}

COMPUTED = {entry.id: entry for entry in all_evidence() if entry.derived_from}


def half_a_digit(value: EvidenceValue) -> float:
    """Half a unit of the last digit a value is written with, and a hair for binary fractions."""
    assert isinstance(value, int | float)
    exponent = Decimal(str(value)).as_tuple().exponent if isinstance(value, float) else 0
    assert isinstance(exponent, int)
    return 0.5 * 10.0**exponent * (1 + 1e-9)


def test_every_computed_entry_has_a_formula_here_and_no_other():
    assert set(FORMULAS) | {"day-and-night-anchors"} == set(COMPUTED)


@pytest.mark.parametrize("name", sorted(FORMULAS))
def test_computed_again(name: str):
    entry: Evidence = COMPUTED[name]
    inputs = Inputs(entry.derived_from)
    again = FORMULAS[name](inputs)
    assert again == pytest.approx(entry.value, rel=0, abs=half_a_digit(entry.value))
    assert inputs.read == set(entry.derived_from), "derived_from names what the formula does not use"


def test_anchors_of_the_day_and_night_curve_computed_again():
    entry = COMPUTED["day-and-night-anchors"]
    inputs = Inputs(entry.derived_from)
    value: Any = entry.value
    written = {source: [anchor["ratio"] for anchor in rows] for source, rows in value.items()}
    assert written == {source: pytest.approx(rows, abs=5e-4) for source, rows in anchors(inputs).items()}
    assert inputs.read == set(entry.derived_from)
