"""Each published case as a `Case`: the scenario that says it, and its figures. `docs/cases.md` shows them in YAML."""

import math
from typing import Any

import numpy as np

from simulator.service.ledger import ABANDONED, ANSWERED, BALKED, BLOCKED
from tests.cases import worlds as w
from tests.cases.worlds import Case, minutes, pool, world

HOUR_OF_SECOND = 1 / 3600
HOUR_OF_MINUTE = 1 / 60


def phone(work: dict[str, Any], patience: dict[str, Any] | None = None, **rules: Any) -> dict[str, Any]:
    """The phone channel."""
    return {"phone": {"work": work, **({"patience": patience} if patience else {}), **rules}}


def chat(work_hours: float, patience_hours: float, speeds: list[float], **rules: Any) -> dict[str, Any]:
    """The chat channel with slowing."""
    return {
        "chat": {"work": minutes(work_hours), "patience": minutes(patience_hours), "speed_by_level": speeds, **rules}
    }


def calls(per_hour: Any, **more: Any) -> dict[str, Any]:
    """Demand for the phone."""
    return {"phone": {"per_hour": per_hour}, **more}


def chats(per_hour: Any, **more: Any) -> dict[str, Any]:
    """Demand for chat."""
    return {"chat": {"per_hour": per_hour}, **more}


def from_segments(params: list[list[float]], first_hour: float = 16.25) -> tuple[list[float], list[float]]:
    """Twenty-four hourly rates, and the edges of the segments in hours after midnight."""
    rates, edges = [0.0] * 24, [first_hour]
    for length, rate, _ in params:
        rates[int(edges[-1])] = rate
        edges.append(edges[-1] + length)
    return rates, edges


def clock(hour: float) -> str:
    """Hours after midnight as HH:MM."""
    return f"{int(hour):02d}:{round(hour % 1 * 60):02d}"


def staffed(levels: list[int], edges: list[float], channel: str, **shift: Any) -> dict[str, Any]:
    """A roster with so many on duty in each segment: person n is on duty while the level is at least n."""
    people: dict[str, Any] = {}
    for person in range(1, max(levels) + 1):
        start = None
        windows = []
        for i, level in enumerate([*levels, 0]):
            if level >= person and start is None:
                start = edges[i]
            elif level < person and start is not None:
                windows.append(f"{clock(start)}-{clock(edges[i])}")
                start = None
        people[f"person {person}"] = {"hours": windows, "counsellors": 1, "answers": [channel], **shift}
    return {"centre": people}


DAY_EDGES = "16:15-22:45"
CLOSE_MIN = 22.75 * 60


def evening_of(segments: list[list[float]], runs: int, channel: str = "phone", **more: Any) -> Case:
    """One evening 16:15-22:45 a day."""
    rates, edges = from_segments(segments)
    shift = more.pop("shift", {})
    rules = more.pop("rules", {"work": minutes(1 / 1.5), "patience": minutes(7 / 60)})
    figures = w.evening(channel, CLOSE_MIN)
    scenario = world(
        days=60,
        warm_up_days=0,
        demand={channel: {"per_hour": rates}},
        channels={channel: {"open": DAY_EDGES, **rules}},
        roster=staffed([int(s[2]) for s in segments], edges, channel, **shift),
        **more,
    )
    return Case(scenario, runs, figures, tolerance=0.10, absolute=0.06)


def sinusoid(mean: float, amplitude: float, steps: int = 288) -> list[float]:
    """A sinusoidal rate over the day, averaged over each step."""
    edges = 2 * math.pi * np.arange(steps + 1) / steps
    return list(mean + amplitude * -np.diff(np.cos(edges)) * steps / (2 * math.pi))


def retry(probability: float, mean_hours: float) -> dict[str, Any]:
    """Redial."""
    return {"redial": {"probability": probability, "mean_min": mean_hours * 60}}


def cases(published: dict[str, Any]) -> dict[str, Case]:
    """All simulated cases by id; ``published`` are their records, for the parameters."""
    p = {key: record["params"] for key, record in published.items()}
    made: dict[str, Case] = {}
    made["EB-1"] = Case(
        world(days=300, demand=calls(3.6), channels=phone(minutes(0.75), max_waiting=0), roster=pool(4)),
        8,
        {
            "p_block": w.share(w.fate(BLOCKED)),
            "en_service": w.mean_in_service,
            "occupancy": w.per(4, w.mean_in_service),
        },
    )
    # A second of the case is a hundredth of an hour here: only ratios of times matter, and a run is shorter.
    made["EC-1"] = Case(
        world(days=40, demand=calls(20), channels=phone(minutes(2.4)), roster=pool(55)),
        10,
        w.stationary("p_wait", "ew_all", "sl", "occupancy", "eq", servers=55, sl_hours=0.15, unit_hours=0.01),
        tolerance=0.25,
        absolute=0.05,
    )
    made["MMNK-1"] = Case(
        world(days=200, demand=calls(5), channels=phone(minutes(1 / 3), max_waiting=3), roster=pool(2)),
        8,
        {
            "p_block": w.share(w.fate(BLOCKED)),
            "p_wait": w.share(lambda year: w.not_at_once(year) & (year.ledger.fate == ANSWERED)),
            "throughput": lambda year: (
                float(((year.ledger.fate == ANSWERED) & year.counted).sum()),
                w.span_hours(year),
            ),
            "eq": w.mean_in_queue,
            "ew_all": w.wait_hours(w.fate(ANSWERED)),
            "time_in_system": lambda year: (
                w.wait_hours(w.fate(ANSWERED))(year)[0] + w.conversation_hours(year)[0],
                w.conversation_hours(year)[1],
            ),
            "occupancy": w.per(2, w.mean_in_service),
        },
    )
    for n in range(6):
        made["MMNK-1"].figures[f"p_n:{n}"] = lambda year, n=n: (  # type: ignore[index]
            float((w.in_system_at(year, w.every_minute(year)) == n).sum()),
            float(len(w.every_minute(year))),
        )
    for name, rate, days, runs in (("EA-1", 48.0, 12, 14), ("EA-2", 10 / 3, 180, 12)):
        params = p[name]  # a minute of the case is an hour here
        made[name] = Case(
            world(
                days=days,
                demand=calls(rate),
                channels=phone(minutes(1 / params["mu"]), minutes(1 / params["theta"])),
                roster=pool(params["servers"]),
            ),
            runs,
            w.stationary(
                *(
                    "p_wait",
                    "p_abandon",
                    "ew_all",
                    "ew_served",
                    "ew_abandoned",
                    "eq",
                    "occupancy",
                    "sl",
                    "sl_of_served",
                ),
                servers=params["servers"],
                sl_hours=params["sl_time"],
            ),
            tolerance=0.25,
            absolute=0.04,
        )
    made["BALK-1"] = Case(
        world(days=200, demand=calls(4.5), channels=phone(minutes(0.8), minutes(0.1), balking=0.25), roster=pool(3)),
        8,
        {
            "p_balk": w.share(w.fate(BALKED)),
            "p_abandon": w.share(w.fate(ABANDONED)),
            "p_served": w.share(w.fate(ANSWERED)),
            "p_find_all_busy": w.share(w.not_at_once),
            "eq": w.mean_in_queue,
            "ew_all": w.wait_hours(),
            "occupancy": w.per(3, w.mean_in_service),
        },
        tolerance=0.06,
    )
    waiting = ("p_wait", "p_abandon", "ew_all", "ew_served", "ew_abandoned", "eq", "occupancy", "sl", "sl_of_served")
    made["MMNG-1"] = Case(
        world(days=200, demand=calls(4), channels=phone(minutes(0.8), minutes(0.1, "fixed")), roster=pool(3)),
        8,
        w.stationary(*waiting, servers=3, sl_hours=1 / 30),
        tolerance=0.06,
    )
    made["MMNG-2"] = Case(
        world(
            days=200, demand=calls(5.5), channels=phone(minutes(0.8), minutes(7 / 60, "lognormal", 1.2)), roster=pool(4)
        ),
        8,
        w.stationary(*waiting, servers=4, sl_hours=1 / 30),
        tolerance=0.06,
    )
    made["PH-1"] = Case(
        world(
            days=250,
            demand=calls(2.6),
            channels=phone(minutes(2 / 3), minutes(7 / 60), wrap_up=minutes(1 / 6)),
            roster=pool(2),
        ),
        8,
        {
            **w.stationary("p_wait", "p_abandon", "ew_all", "eq"),
            "en_phase1": w.mean_in_service,
            "en_phase2": w.mean_in_wrap_up,
            "occupancy": w.per(2, w._plus(w.mean_in_service, w.mean_in_wrap_up)),
        },
        tolerance=0.06,
    )
    made["MG1-1"] = Case(
        world(days=600, demand=calls(0.9), channels=phone(minutes(0.8, "lognormal", 0.745)), roster=pool(1)),
        12,
        w.stationary("p_wait", "ew_all", "occupancy", servers=1),
        tolerance=0.12,
    )
    made["INF-1"] = _infinite(p["INF-1"])
    made["DAY-1"] = evening_of(p["DAY-1"]["segments_hours_lambda_servers"], 15)
    made["DAY-2"] = evening_of(p["DAY-2"]["segments_hours_lambda_servers"], 24, shift_end="first_free_leaves")
    made["SIN-1"] = _sinusoidal()
    made["SSJ-1"] = _ssj(p["SSJ-1"])
    made["CC-1"] = _call_centre()
    made["RET-1"] = Case(
        world(
            days=200,
            warm_up_days=3,
            demand=calls(1.2, max_attempts=60),
            channels=phone(minutes(0.5), max_waiting=0, **retry(1.0, 2 / 3)),
            roster=pool(1),
        ),
        10,
        {"p_first_attempt_blocked": w.blocked_first, "e_orbit": w.mean_in_orbit, "en_service": w.mean_in_service},
        tolerance=0.08,
        absolute=0.015,
    )
    made["RET-3"] = Case(
        world(
            days=200,
            demand=calls(3.0, max_attempts=25),
            channels=phone(minutes(1 / 1.5), minutes(0.1), **retry(0.5, 1 / 3)),
            roster=pool(2),
        ),
        10,
        {
            "attempts_per_hour": lambda year: (float(year.counted.sum()), w.span_hours(year)),
            "share_of_attempts_abandoned": w.share(w.fate(ABANDONED)),
            "share_of_persons_served": w.persons_served,
            "attempts_per_person": w.attempts_per_person,
            "e_orbit": w.mean_in_orbit,
            "eq": w.mean_in_queue,
        },
        tolerance=0.06,
    )
    made["CLOSED-1"] = _closed(p["CLOSED-1"])
    made["OVF-1"] = Case(
        world(
            days=300,
            demand=calls(3.0),
            channels=phone(minutes(1 / 1.5), max_waiting=0),
            sites={"centre": {"centre": True}, "primary": {"share": 1.0, "lines": 2}},
            roster=pool(3),
        ),
        8,
        {
            "p_primary_full": w.share(lambda year: year.ledger.site == 0),
            "p_class1_lost": w.share(w.fate(BLOCKED)),
            "en_primary": _in_service_at(1),
            "en_secondary": _in_service_at(0),
        },
        tolerance=0.08,
        absolute=0.005,
    )
    made["OVF-3"] = Case(
        world(
            days=250,
            demand=calls(2.4),
            channels=phone(minutes(1 / 2.4), minutes(1 / 15)),
            sites={"centre": {"centre": True}, "site 1": {"share": 0.5 / 2.4}, "site 2": {"share": 0.9 / 2.4}},
            roster=pool(2),
        ),
        8,
        {
            "share_served_site1": w.site_share(1),
            "share_served_site2": w.site_share(2),
            "share_served_centre": w.site_share(0),
            "share_abandoned": w.share(w.fate(ABANDONED)),
            "centre_share_of_answered": w.share(
                lambda year: (year.ledger.site == 0) & (year.ledger.fate == ANSWERED),
                lambda year: year.counted & (year.ledger.fate == ANSWERED),
            ),
            "centre_offered_per_hour": lambda year: (
                float(((year.ledger.site == 0) & year.counted).sum()),
                w.span_hours(year),
            ),
        },
        tolerance=0.06,
        absolute=0.006,
    )
    made["CHAT-1"] = Case(
        world(
            days=250,
            demand=chats(3.0),
            channels=chat(2 / 3, 7 / 60, [1.0, 0.8, 0.65]),
            roster=pool(1, "chat", chats_at_once=3),
        ),
        8,
        w.chat_pool(1, 3),
        tolerance=0.06,
    )
    for name in ("CHAT-2", "CHAT-3"):
        made[name] = Case(
            world(
                days=200,
                demand=chats(5.0),
                channels=chat(5 / 6, 0.1, [1.0, 0.75], routing=p[name]["routing"]),
                roster=pool(3, "chat", chats_at_once=2),
            ),
            8,
            w.chat_pool(3, 2),
            tolerance=0.06,
        )
    made["CHATDAY-1"] = evening_of(
        p["CHATDAY-1"]["segments_hours_lambda_counsellors"],
        15,
        "chat",
        rules={"work": minutes(0.8), "patience": minutes(7 / 60), "speed_by_level": [1.0, 0.8]},
        shift={"chats_at_once": 2},
    )
    made["BLEND-1"] = Case(
        world(
            days=300,
            demand={"phone": {"per_hour": 0.8}, "chat": {"per_hour": 1.5}},
            channels={
                "phone": {"work": minutes(0.5), "max_waiting": 0},
                "chat": {"work": minutes(0.8), "max_waiting": 0, "speed_by_level": [1.0, 0.8]},
            },
            roster={
                "centre": {
                    "both": {"hours": "always", "counsellors": 1, "answers": ["phone", "chat"], "chats_at_once": 2}
                }
            },
        ),
        8,
        {
            "p_phone_refused": w.share(w.fate(BLOCKED), lambda year: year.counted & (year.ledger.channel == 0)),
            "p_chat_refused": w.share(w.fate(BLOCKED), lambda year: year.counted & (year.ledger.channel == 1)),
        },
    )
    made["OD-3"] = Case(
        # Busyness holds for a day; stationary within it but for an hour or so after midnight, a bias below 1 %.
        world(
            days=700,
            demand={**calls(3.6), "busyness": {"day_shape": 6, "day_starts": "00:00"}},
            channels=phone(minutes(0.8), minutes(7 / 60)),
            roster=pool(3),
        ),
        10,
        {"abandon_share_of_arrivals": w.share(w.fate(ABANDONED))},
    )
    return made


def _in_service_at(site: int) -> w.Read:
    def read(year: Any) -> tuple[float, float]:
        rows = (year.ledger.site == site) & (year.ledger.start_ms >= 0)
        return w._overlap(year, year.ledger.start_ms[rows], year.ledger.end_ms[rows]), w.span_hours(year)

    return read


def _infinite(params: dict[str, Any]) -> Case:
    figures: dict[str, w.Read] = {}
    for i, hour in enumerate(params["t"]):
        figures[f"m_t:{i}"] = _at_clock(hour, lambda number: number)
    figures["p_empty_at_18"] = _at_clock(18, lambda number: number == 0)
    figures["p_ge_4_at_7"] = _at_clock(7, lambda number: number >= 4)
    rates = sinusoid(params["lambda_mean"], params["amplitude"])
    scenario = world(days=80, demand=calls(rates), channels=phone(minutes(0.8)), roster=pool(30))
    return Case(scenario, 14, figures, tolerance=0.12, absolute=0.06)


def _at_clock(hour: float, count: Any) -> w.Read:
    def read(year: Any) -> tuple[float, float]:
        at_ms = np.arange(year.plan.measure_from_ms, year.contacts.end_ms, w.DAY_MS) + round(hour * w.HOUR_MS)
        return float(count(w.conversations_at(year, at_ms)).sum()), float(len(at_ms))

    return read


def _sinusoidal() -> Case:
    """A cycle of 2 pi units of time is a day; the third cycle is the third day."""
    unit = 24 / (2 * math.pi)
    scenario = world(
        days=1,
        warm_up_days=2,
        demand=calls(sinusoid(100 / unit, 20 / unit)),
        channels=phone(minutes(unit), minutes(unit)),
        roster=pool(105),
    )

    def at(quarter: float, count: Any) -> w.Read:
        def read(year: Any) -> tuple[float, float]:
            at_ms = np.array([year.plan.measure_from_ms + round(quarter * 6 * w.HOUR_MS)])
            return float(count(w.in_system_at(year, at_ms)).sum()), 1.0

        return read

    figures = {
        "cycle_p_wait": w.share(w.not_at_once),
        "cycle_p_abandon": w.share(w.fate(ABANDONED)),
        "cycle_ew_all": w.per(unit, w.wait_hours()),
    }
    for i in range(4):
        figures[f"p_delay_at:{i}"] = at(i, lambda number: number >= 105)
        figures[f"eq_at:{i}"] = at(i, lambda number: np.maximum(0, number - 105))
    loose = {f"{name}:{i}": 0.20 for i in range(4) for name in ("p_delay_at",)} | {f"eq_at:{i}": 1.6 for i in range(4)}
    return Case(scenario, 160, figures, tolerance=0.10, absolute=0.03, loose=loose)


def _ssj(params: dict[str, Any]) -> Case:
    rates = [0.0] * 8 + params["lambda_per_hour"] + [0.0] * 3
    edges = [8.0 + hour for hour in range(14)]
    levels = params["servers_per_hour"]
    scenario = world(
        days=14,
        warm_up_days=0,
        demand={**calls(rates), "busyness": {"day_shape": 10}},
        channels=phone(
            {"mean_min": 100 / 60},
            {"mean_min": 1000 / 60},
            balking=0.1,
            open="08:00-21:00",
            closing={"serve_out_queue": True},
        ),
        roster=staffed(levels, edges, "phone"),
        shift_end="first_free_leaves",
    )
    second = HOUR_OF_SECOND
    figures = {
        "lost_share": w.share(lambda year: (year.ledger.fate == ABANDONED) | (year.ledger.fate == BALKED)),
        "wait_seconds_per_call": w.per(second, w.wait_hours()),
        "share_wait_below_20s": w.share(lambda year: year.ledger.wait_ms < 20_000),
        "share_that_find_all_busy": w.share(w.not_at_once),
    }
    return Case(scenario, 9, figures, tolerance=0.45, absolute=0.05)


def _call_centre() -> Case:
    scenario = world(
        days=11,
        warm_up_days=0,
        demand=calls([0.0] * 8 + [252.0] * 8 + [0.0] * 8),
        channels=phone({"mean_min": 2.0}, open="08:00-16:00", closing={"serve_out_queue": True}),
        roster={"centre": {"pool": {"hours": "08:00-16:00", "counsellors": 12, "answers": ["phone"]}}},
    )

    def occupancy(year: Any) -> tuple[float, float]:
        ledger = year.ledger
        day = ledger.at_ms // w.DAY_MS * w.DAY_MS
        inside = np.minimum(ledger.end_ms, day + 16 * w.HOUR_MS) - ledger.start_ms
        return float(np.maximum(0, inside).sum()) / w.HOUR_MS, 11 * 8 * 12.0

    figures = {
        "share_served_within_20s_of_arrivals": w.share(w.within(1 / 180)),
        "served_within_20s": w.a_day(w.within(1 / 180)),
        "wait_minutes_per_arrival": w.per(HOUR_OF_MINUTE, w.wait_hours()),
        "occupancy_while_open": occupancy,
    }
    return Case(scenario, 9, figures, tolerance=0.25, absolute=0.02)


def _closed(params: dict[str, Any]) -> Case:
    """Only who meets closed matters: demand in the closed hours, a crowd on duty in the open ones."""
    open_hours = 6.5
    rates = [0.0 if 16.5 <= half / 2 < 23 else 1.0 for half in range(48)]
    per_hour = params["closed_first_attempts_per_day"] / (24 - open_hours)
    scenario = world(
        days=200,
        warm_up_days=5,
        demand={"chat": {"per_hour": [rate * per_hour for rate in rates]}, "max_attempts": 12},
        channels={
            "phone": {"work": {"mean_min": 1}},
            "chat": {
                "open": "16:30-23:00",
                "work": {"mean_min": 1},
                "when_closed": {"phone_instead": 0.08, "come_back": 0.10, "mean_hours_after_opening": 3.0},
            },
        },
        roster={
            "centre": {
                "chat": {"hours": "16:30-23:00", "counsellors": 30, "answers": ["chat"]},
                "phone": {"hours": "always", "counsellors": 30, "answers": ["phone"]},
            }
        },
    )
    figures = {
        "closed_attempts_per_day": w.met_closed_a_day,
        "phone_now_per_day": w.PHONED,
        "returns_in_open_hours_per_day": w.RETURNS_OPEN,
        "lost_per_day": w.PERSON_LOST,
        "returns_in_first_open_hour_per_day": w.returns_first_hour(16.5 * 60),
    }
    return Case(scenario, 8, figures, tolerance=0.12, absolute=0.0)
