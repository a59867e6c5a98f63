"""Cases of whole days: rates that change through the day, staffing that follows them, closing time."""

import math
from typing import Any

import numpy as np

from simulator.service.ledger import ABANDONED, BALKED
from simulator.service.measures import Year
from tests.cases import reading as read
from tests.cases.case import Case, Full, calls, minutes, phone, pool, staffed, world

HOUR_OF_SECOND = 1 / 3600
HOUR_OF_MINUTE = 1 / 60

OPENS_HOUR, CLOSES_HOUR = 16.25, 22.75
EVENING = "16:15-22:45"


def _sinusoid(mean: float, amplitude: float, steps: int = 288) -> list[float]:
    """A sinusoidal rate over the day, averaged over each step."""
    edges = 2 * math.pi * np.arange(steps + 1) / steps
    return list(mean + amplitude * -np.diff(np.cos(edges)) * steps / (2 * math.pi))


def inf_1(params: Any) -> Case:
    conversations = read.conversations_at
    figures = {f"m_t:{i}": read.at_clock(hour, conversations, np.asarray) for i, hour in enumerate(params["t"])}
    figures["p_empty_at_18"] = read.at_clock(18, conversations, lambda number: number == 0)
    figures["p_ge_4_at_7"] = read.at_clock(7, conversations, lambda number: number >= 4)
    rates = _sinusoid(params["lambda_mean"], params["amplitude"])
    scenario = world(days=80, demand=calls(rates), channels=phone(minutes(0.8)), roster=pool(30))
    return Case(scenario, 14, figures, Full(days=3000, runs=66), tolerance=0.12, absolute=0.06)


def day_1(params: Any) -> Case:
    rules = {"work": minutes(1 / params["mu"]), "patience": minutes(1 / params["theta"])}
    return _evening(params["segments_hours_lambda_servers"], 15, Full(days=9700, runs=70), "phone", rules)


def day_2(params: Any) -> Case:
    """The exhaustive rule of levels: the first who is free leaves."""
    rules = {"work": minutes(1 / params["mu"]), "patience": minutes(1 / params["theta"])}
    segments = params["segments_hours_lambda_servers"]
    return _evening(segments, 28, Full(days=2700, runs=100), "phone", rules, shift_end="first_free_leaves")


def chatday_1(params: Any) -> Case:
    rules = {
        "work": minutes(params["work_mean_hours_alone"]),
        "patience": minutes(1 / params["theta"]),
        "speed_by_level": params["speed_by_level"],
    }
    segments = params["segments_hours_lambda_counsellors"]
    return _evening(segments, 18, Full(days=6000, runs=75), "chat", rules, {"chats_at_once": params["slots"]})


def _evening(
    segments: list[list[float]],
    runs: int,
    full: Full,
    channel: str,
    rules: dict[str, Any],
    shift: dict[str, Any] | None = None,
    **more: Any,
) -> Case:
    """One evening a day; a segment is (hours, rate per hour, people)."""
    rates, edges = [0.0] * 24, [OPENS_HOUR]
    for length, rate, _ in segments:
        rates[int(edges[-1])] = rate
        edges.append(edges[-1] + length)
    scenario = world(
        days=60,
        warm_up_days=0,
        demand={channel: {"per_hour": rates}},
        channels={channel: {"open": EVENING, **rules}},
        roster=staffed([int(people) for _, _, people in segments], edges, channel, **(shift or {})),
        **more,
    )
    return Case(scenario, runs, read.evening(CLOSES_HOUR * 60), full, tolerance=0.10, absolute=0.06)


def sin_1(_: Any) -> Case:
    """A cycle of 2 pi units of time is a day; what two cycles leave of an empty start is less than a millionth.

    So the nine days of a short run are nine draws, nearly: what a day leaves to the next is a thousandth.
    """
    unit = 24 / (2 * math.pi)
    scenario = world(
        days=9,
        warm_up_days=2,
        demand=calls(_sinusoid(100 / unit, 20 / unit)),
        channels=phone(minutes(unit), minutes(unit)),
        roster=pool(105),
    )
    figures = {
        "cycle_p_wait": read.share(read.not_at_once),
        "cycle_p_abandon": read.share(read.fate(ABANDONED)),
        "cycle_ew_all": read.per(unit, read.wait_hours()),
    }
    for i in range(4):
        figures[f"p_delay_at:{i}"] = read.at_clock(6 * i, read.in_system_at, lambda number: number >= 105)
        figures[f"eq_at:{i}"] = read.at_clock(6 * i, read.in_system_at, lambda number: np.maximum(0, number - 105))
    wide = {"cycle_p_abandon": 0.015, "cycle_ew_all": 0.015}
    wide |= {f"p_delay_at:{i}": 0.08 if i in (0, 3) else 0.018 for i in range(4)}
    wide |= {f"eq_at:{i}": 0.12 if i in (0, 3) else 0.026 for i in range(4)}
    loose = {f"p_delay_at:{i}": 0.20 for i in range(4)} | {f"eq_at:{i}": 1.6 for i in range(4)}
    return Case(scenario, 36, figures, Full(days=250, runs=80, wide=wide), tolerance=0.10, absolute=0.03, loose=loose)


def ssj_1(params: Any) -> Case:
    scenario = world(
        days=10,
        warm_up_days=0,
        demand={**calls([0.0] * 8 + params["lambda_per_hour"] + [0.0] * 3), "busyness": {"day_shape": 10}},
        channels=phone(
            {"mean_min": 100 / 60},
            {"mean_min": 1000 / 60},
            balking=0.1,
            open="08:00-21:00",
            closing={"serve_out_queue": True},
        ),
        roster=staffed(params["servers_per_hour"], [8.0 + hour for hour in range(14)], "phone"),
        shift_end="first_free_leaves",
    )
    figures = {
        "lost_share": read.share(lambda year: (year.ledger.fate == ABANDONED) | (year.ledger.fate == BALKED)),
        "wait_seconds_per_call": read.per(HOUR_OF_SECOND, read.wait_hours()),
        "share_wait_below_20s": read.share(lambda year: year.ledger.wait_ms < 20_000),
        "share_that_find_all_busy": read.share(read.not_at_once),
    }
    wide = {"wait_seconds_per_call": 0.05, "lost_share": 0.03, "share_that_find_all_busy": 0.022}
    return Case(scenario, 18, figures, Full(days=100, runs=200, wide=wide), tolerance=0.45, absolute=0.05)


def cc_1(params: Any) -> Case:
    servers, hours = params["servers"], params["open_minutes"] / 60
    scenario = world(
        days=11,
        warm_up_days=0,
        demand=calls([0.0] * 8 + [252.0] * 8 + [0.0] * 8),
        channels=phone({"mean_min": 2.0}, open="08:00-16:00", closing={"serve_out_queue": True}),
        roster={"centre": {"pool": {"hours": "08:00-16:00", "counsellors": servers, "answers": ["phone"]}}},
    )

    def occupancy(year: Year) -> tuple[float, float]:
        ledger = year.ledger
        closes_ms = ledger.at_ms // read.DAY_MS * read.DAY_MS + 16 * read.HOUR_MS
        inside = np.minimum(ledger.end_ms, closes_ms) - ledger.start_ms
        return float(np.maximum(0, inside).sum()) / read.HOUR_MS, read.days_of(year) * hours * servers

    figures = {
        "share_served_within_20s_of_arrivals": read.share(read.within(1 / 180)),
        "served_within_20s": read.a_day(read.within(1 / 180)),
        "wait_minutes_per_arrival": read.per(HOUR_OF_MINUTE, read.wait_hours()),
        "occupancy_while_open": occupancy,
    }
    return Case(scenario, 9, figures, Full(days=70, runs=225), tolerance=0.25, absolute=0.02)


CASES = {
    "INF-1": inf_1,
    "DAY-1": day_1,
    "DAY-2": day_2,
    "SIN-1": sin_1,
    "SSJ-1": ssj_1,
    "CC-1": cc_1,
    "CHATDAY-1": chatday_1,
}
