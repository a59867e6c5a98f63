"""The exact cases and how each is put to the yardsticks: one function per case id, parameters in, metrics out."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from simulator.service.theory import (
    blended,
    busyness,
    chat,
    chat_evenings,
    closed,
    drain,
    erlang,
    evenings,
    fitting,
    general_service,
    infinite,
    laws,
    overflow,
    patience,
    retrial,
    smooth,
)

CASES: dict[str, dict[str, Any]] = {
    case["id"]: case
    for case in json.loads((Path(__file__).parent.parent / "cases" / "public.json").read_text(encoding="utf-8"))
}

# Cases that no formula answers: an event list, the calendar, and the roster's integer programme.
ELSEWHERE = {"CAL-1", "TRACE-1", "TRACE-3", "ROST-1"}

Params = Mapping[str, Any]
Answer = Callable[[Params], Mapping[str, Any]]


def attributes(measures: object, **more: Any) -> dict[str, Any]:
    """Fields of a result, with metrics that the case names differently or reckons from them."""
    assert is_dataclass(measures) and not isinstance(measures, type)
    return {**asdict(measures), **more}


def loss(p: Params) -> dict[str, Any]:
    return attributes(erlang.markov_queue(p["lambda"], 1 / p["mean_service"], p["servers"], places=p["servers"]))


def delay(p: Params) -> dict[str, Any]:
    return attributes(erlang.markov_queue(p["lambda"], 1 / p["mean_service"], p["servers"], target_wait=p["sl_time"]))


def finite_room(p: Params) -> dict[str, Any]:
    return attributes(erlang.markov_queue(p["lambda"], p["mu"], p["servers"], places=p["places_total"]))


def abandonment(p: Params) -> dict[str, Any]:
    return attributes(
        erlang.erlang_a(
            p["lambda"],
            p["mu"],
            p["theta"],
            p["servers"],
            balking=p.get("p_balk", 0.0),
            target_wait=p.get("sl_time", 0.0),
        )
    )


def law_of(p: Params) -> laws.Law:
    if p["dist"] == "deterministic":
        return laws.deterministic(p["value"])
    return {"lognormal": laws.lognormal, "gamma": laws.gamma, "weibull": laws.weibull_with_cv}[p["dist"]](
        p["mean"], p["cv"]
    )


def general_patience(p: Params) -> dict[str, Any]:
    return attributes(
        patience.patience_queue(p["lambda"], p["mu"], p["servers"], law_of(p["patience"]), target_wait=p["sl_time"])
    )


def wrap_up(p: Params) -> dict[str, Any]:
    return attributes(
        general_service.wrap_up_queue(p["lambda"], p["mean_talk"], p["mean_wrapup"], p["servers"], p["theta"])
    )


def one_server(p: Params) -> dict[str, Any]:
    law = law_of({"dist": p["service_dist"], "mean": p["mean_service"], "cv": p["service_cv"]})
    return attributes(general_service.pollaczek_khinchine(p["lambda"], law))


def endless_servers(p: Params) -> dict[str, Any]:
    load = infinite.sinusoidal_load(p["lambda_mean"], p["amplitude"], p["period"], laws.exponential(p["mean_service"]))
    return {
        "m_t": load.mean_at(np.array(p["t"])),
        "peak_time": load.peak_time,
        "peak_value": load.peak_value,
        "p_empty_at_18": 1 - infinite.poisson_at_least(1, float(load.mean_at(18.0))),
        "p_ge_4_at_7": infinite.poisson_at_least(4, float(load.mean_at(7.0))),
    }


def phone_evening(p: Params) -> dict[str, Any]:
    segments = [evenings.Segment(*segment) for segment in p["segments_hours_lambda_servers"]]
    return attributes(evenings.evening(segments, p["mu"], p["theta"], end_rule=p["end_rule"]))


def sinusoid(p: Params) -> dict[str, Any]:
    return attributes(
        smooth.smooth_queue(
            smooth.sinusoid(p["lambda_mean"], p["amplitude"], p["omega"]),
            p["servers"],
            p["mu"],
            p["theta"],
            window=tuple(p["cycle"]),
            sample_times=p["sample_t"],
        )
    )


def call_centre_day(p: Params) -> dict[str, Any]:
    segments = [
        evenings.Segment(1.0, rate, servers)
        for rate, servers in zip(p["lambda_per_hour"], p["servers_per_hour"], strict=True)
    ]
    day = evenings.busy_evening(
        segments,
        p["busyness"]["shape"],
        3600 / p["service"]["mean_s"],
        3600 / p["patience"]["otherwise_exp_mean_s"],
        balking=p["patience"]["p_zero"],
        end_rule="serve_out_queue",
        target_wait_hours=20 / 3600,
    )
    return {
        "expected_calls": day.arrivals,
        "lost_share": day.lost / day.arrivals,
        "wait_seconds_per_call": 60 * day.queue_minutes_total / day.arrivals,
        "share_wait_below_20s": (day.balked + day.served_within + day.abandoned_within) / day.arrivals,
        "share_that_find_all_busy": day.had_to_wait / day.arrivals,
    }


def call_centre_minutes(p: Params) -> dict[str, Any]:
    segment = evenings.Segment(p["open_minutes"] / 60, 60 * p["lambda"], p["servers"])
    day = evenings.evening(
        [segment], 60 * p["mu"], 0.0, end_rule="serve_out_queue", target_wait_hours=p["sl_time"] / 60
    )
    return {
        "expected_arrivals": day.arrivals,
        "served_within_20s": day.served_within,
        "share_served_within_20s_of_arrivals": day.served_within / day.arrivals,
        "wait_minutes_per_arrival": day.queue_minutes_total / day.arrivals,
        "occupancy_while_open": day.occupancy_while_open,
    }


def overdispersed_counts(p: Params) -> dict[str, Any]:
    mean, shape, shares = p["mean_per_day"], p["shape"], p["hour_shares"]
    moments = busyness.count_moments([mean * share for share in (*shares, 1 - sum(shares))], shape)
    largest = busyness.busiest_day([mean] * 365, shape)
    return {
        "day_variance": moments.day_variance,
        "day_vmr": moments.day_vmr,
        "hour1_vmr": moments.hour_vmr[0],
        "hour_covariance": moments.covariance[0, 1],
        "hour_correlation": moments.correlation[0, 1],
        "p_day_ge_80": busyness.p_at_least(80, mean, shape),
        "p_day_le_30": busyness.count_cdf(30, mean, shape),
        "expected_max_of_365_days": largest.expected,
        "median_max_of_365_days": largest.median,
    }


def mixed_abandonment(p: Params) -> dict[str, Any]:
    return attributes(
        busyness.abandonment_over_days(
            lambda factor: erlang.erlang_a(factor * p["lambda"], p["mu"], p["theta"], p["servers"]).p_abandon,
            p["shape"],
        )
    )


def orbit(p: Params) -> dict[str, Any]:
    rules = retrial.RetrialRules(p["mu"], p["servers"], p["retry_rate"], p_retry=p["p_retry"])
    return attributes(retrial.retrial_queue(p["lambda"], rules))


def redials(p: Params) -> dict[str, Any]:
    rules = retrial.RetrialRules(
        p["mu"], p["servers"], p["redial_rate"], p["theta"], waiting=None, p_redial=p["p_redial"]
    )
    return attributes(retrial.retrial_queue(p["lambda"], rules))


def closed_hours(p: Params) -> dict[str, Any]:
    return attributes(
        closed.closed_flow(
            p["closed_first_attempts_per_day"],
            p["p_return"],
            p["p_phone"],
            p["return_delay_after_opening"]["mean"],
            p["open_hours_per_day"],
        )
    )


def two_pools(p: Params) -> dict[str, Any]:
    site = overflow.Site(p["lambda"], p["n_primary"], p["mu"])
    found = overflow.overflow_network([site], overflow.Centre(0.0, p["n_secondary"], p["mu"]))
    load = overflow.overflow_load(p["lambda"] / p["mu"], p["n_primary"])
    return {
        "p_primary_full": found.p_site_full[0],
        "p_class1_lost": found.lost_share_of_site[0],
        "en_primary": found.en_site[0],
        "en_secondary": found.en_centre,
        "overflow_mean_load": load.mean,
        "overflow_peakedness": load.peakedness,
    }


def local_first(p: Params) -> dict[str, Any]:
    sites = [overflow.Site(p[f"lambda_site{i}"], p[f"n_site{i}"], p["mu"]) for i in (1, 2)]
    centre = overflow.Centre(p["lambda_centre_own"], p["n_centre"], p["mu"], p["theta"], waiting=None)
    found = overflow.overflow_network(sites, centre)
    return attributes(
        found,
        share_served_site1=found.share_served_site[0],
        share_served_site2=found.share_served_site[1],
    )


def chat_pool(p: Params) -> dict[str, Any]:
    rules = chat.ChatRules(
        p["work_mean_hours_alone"],
        tuple(p["speed_by_level"]),
        p["theta"],
        p.get("routing", "least_loaded"),
    )
    assert rules.slots == p["slots"]
    return attributes(chat.chat_pool(p["lambda"], p["counsellors"], rules))


def chat_evening(p: Params) -> dict[str, Any]:
    rules = chat.ChatRules(p["work_mean_hours_alone"], tuple(p["speed_by_level"]), p["theta"])
    segments = [evenings.Segment(*segment) for segment in p["segments_hours_lambda_counsellors"]]
    return attributes(chat_evenings.chat_evening(segments, rules))


def margins(p: Params) -> dict[str, Any]:
    return attributes(fitting.fit_margins(p["seed"], p["row_totals"], p["col_totals"]))


def common_numbers(p: Params) -> dict[str, Any]:
    return attributes(busyness.paired_difference(p["mean_a"], p["mean_b"], p["busyness_shape"]))


def staffing(p: Params) -> dict[str, Any]:
    found = [
        erlang.servers_for_service_level(rate, p["mu"], p["theta"], p["target_share_of_all_within"], p["sl_time"])
        for rate in p["lambda_per_hour"]
    ]
    return {"servers": [servers for servers, _ in found], "sl_attained": [share for _, share in found]}


def shared_counsellors(p: Params) -> dict[str, Any]:
    found = blended.blended_pool(
        p["lambda_phone"],
        p["lambda_chat"],
        p["mu_phone"],
        p["chat_work_mean_alone"],
        p["speed_by_level"],
        p["counsellors"],
    )
    return attributes(found, p_one_chat=found.p_one_chat, p_two_chats=found.p_two_chats)


def draining(p: Params) -> dict[str, Any]:
    start = drain.holding([1] * p["in_progress"], slots=1)
    times = drain.drain(start, p["mean_service"], (1.0,))
    return {
        "minutes_until_last": times.until_last,
        "counsellor_minutes": times.counsellor_time,
        "p_any_left_after_90": drain.p_any_left(start, p["mean_service"], 90.0),
    }


ANSWERS: dict[str, Answer] = {
    "EB-1": loss,
    "EC-1": delay,
    "MMNK-1": finite_room,
    "EA-1": abandonment,
    "EA-2": abandonment,
    "BALK-1": abandonment,
    "MMNG-1": general_patience,
    "MMNG-2": general_patience,
    "PH-1": wrap_up,
    "MG1-1": one_server,
    "INF-1": endless_servers,
    "DAY-1": phone_evening,
    "DAY-2": phone_evening,
    "SIN-1": sinusoid,
    "SSJ-1": call_centre_day,
    "CC-1": call_centre_minutes,
    "OD-1": overdispersed_counts,
    "OD-3": mixed_abandonment,
    "RET-1": orbit,
    "RET-3": redials,
    "CLOSED-1": closed_hours,
    "OVF-1": two_pools,
    "OVF-3": local_first,
    "CHAT-1": chat_pool,
    "CHAT-2": chat_pool,
    "CHAT-3": chat_pool,
    "CHATDAY-1": chat_evening,
    "IPF-1": margins,
    "CRN-1": common_numbers,
    "STAFF-1": staffing,
    "BLEND-1": shared_counsellors,
    "DRAIN-1": draining,
}


def relative_errors(case_id: str) -> dict[str, float]:
    """Largest relative error per metric of a case; a metric that is expected to be 0 is compared absolutely."""
    case = CASES[case_id]
    found = ANSWERS[case_id](case["params"])
    errors = {}
    for metric, value in case["expected"].items():
        wanted, got = np.asarray(value, float), np.asarray(found[metric], float)
        assert wanted.shape == got.shape, metric
        scale = np.where(wanted == 0, 1.0, np.abs(wanted))
        errors[metric] = float(np.max(np.abs(got - wanted) / scale))
    return errors
