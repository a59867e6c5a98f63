"""Rules of the sites by hand: local first, busy, ringing, own duty work, overflow. Times in minutes."""

from typing import Any

import pytest

from simulator.service import make_plan, serve
from tests.service.tracing import (
    answered,
    check,
    clock,
    contacts_of,
    rules,
    service,
    shift,
    time_of,
    trace,
    went,
    with_sites,
)

PHONE = {"phone": rules()}
ALL_DAY = (0, 1440)


# --- sites: 0 is the centre with counsellor 0, 1 is north with counsellor 1 (and more where it has more lines) ------


def network(north: dict[str, Any], *shifts: dict[str, Any], phone: Any = None, **parts: Any) -> Any:
    return service(
        {"phone": rules(**(phone or {}))},
        *(shifts or (shift(*ALL_DAY, "phone"),)),
        sites=with_sites(north=north),
        **parts,
    )


def call(at: float, work: float = 10, **fields: Any) -> dict[str, Any]:
    return {"at": at, "work": work, "origin": "north", **fields}


def test_the_callers_own_site_comes_first() -> None:
    rows = [call(0), {"at": 1, "work": 10}, call(10)]
    check(
        trace(network({}), rows),
        answered(by=1, site=1, start=0, end=10, wait=0),
        answered(by=0, site=0, start=1, end=11, wait=0),
        answered(by=1, site=1, start=10, end=20),
    )


def test_a_closed_site_leaves_its_callers_to_the_centre() -> None:
    rows = [call(29), call(30), call(50), call(90)]
    check(
        trace(network({"open": ["00:00-00:30", "01:30-02:00"]}), rows),
        answered(by=1, site=1, start=29, end=39),
        answered(by=0, site=0, start=30, end=40),
        answered(by=0, site=0, start=50, end=60),
        answered(by=1, site=1, start=90, end=100),
    )


@pytest.mark.parametrize("busy", ["centre", "wait", "centre_after_ring"])
def test_nobody_rings_at_a_closed_site_whoever_is_there(busy: str) -> None:
    roster = {"north": {"all day": shift(*ALL_DAY, "phone")}}
    scenario = network({"open": clock(0, 60), "busy": busy}, roster=roster)
    check(
        trace(scenario, [call(70), call(71, patience=5)]),
        answered(by=0, site=0, start=70, end=80),
        went("abandoned", site=0, wait=5),
    )


def test_busy_site_sends_to_the_centre_by_default() -> None:
    rows = [call(0), call(1), call(2, patience=5), call(3, patience=9)]
    check(
        trace(network({}), rows),
        answered(by=1, site=1, start=0, end=10),
        answered(by=0, site=0, start=1, end=11),
        went("abandoned", wait=5, site=0),  # waits at the centre, although north is free at 10
        answered(by=0, site=0, start=11, end=21, wait=8),
    )


def test_calls_wait_at_a_busy_site_that_keeps_them() -> None:
    rows = [call(0), call(1, work=5), call(2, work=5, patience=3), call(3, work=5)]
    check(
        trace(network({"busy": "wait"}), rows),
        answered(by=1, site=1, start=0, end=10),
        answered(by=1, site=1, start=10, end=15, wait=9),
        went("abandoned", site=1, wait=3),
        answered(by=1, site=1, start=15, end=20, wait=12),  # the centre was free all the time
    )


def test_a_sites_queue_has_its_own_places_and_its_own_door() -> None:
    scenario = network({"busy": "wait"}, phone={"max_waiting": 1, "balking": 0.5})
    rows = [
        call(0),
        {"at": 0, "work": 10},
        call(1, balk_u=0.4),
        call(2, work=1),
        call(3),
        {"at": 4, "work": 1},  # the centre's own place is still free
    ]
    check(
        trace(scenario, rows),
        answered(by=1, site=1, start=0, end=10),
        answered(by=0, site=0, start=0, end=10),
        went("balked", site=1, wait=0),
        answered(by=1, site=1, start=10, end=11),
        went("blocked", site=1, wait=0),
        answered(by=0, site=0, start=10, end=11),
    )


RINGS = {"busy": "centre_after_ring", "ring_s": 120}


def test_a_call_rings_at_its_busy_site_before_it_goes_to_the_centre() -> None:
    rows = [call(0, work=20), call(5, work=10)]
    check(
        trace(network(RINGS), rows),
        answered(by=1, site=1, start=0, end=20),
        answered(by=0, site=0, start=7, end=17, wait=2, attempt=0),
    )


def test_a_line_that_comes_free_while_it_rings_takes_the_call() -> None:
    rows = [call(0, work=6), call(5, work=10)]
    check(
        trace(network(RINGS), rows),
        answered(by=1, site=1, start=0, end=6),
        answered(by=1, site=1, start=6, end=16, wait=1),
    )


def test_patience_and_wait_count_from_the_first_ring() -> None:
    rows = [call(0, work=60), {"at": 0, "work": 30}, call(5, patience=10), call(6, patience=24), call(8, patience=1)]
    check(
        trace(network(RINGS), rows),
        answered(by=1, site=1, start=0, end=60),
        answered(by=0, site=0, start=0, end=30),
        went("abandoned", wait=10, site=0),  # rang until 7, then waited at the centre
        answered(by=0, site=0, start=30, end=40, wait=24),
        went("abandoned", wait=1, site=1),  # gone while it still rang
    )


def test_a_call_that_rang_out_joins_the_centres_queue_at_its_end() -> None:
    rows = [call(0, work=60), {"at": 0, "work": 30}, call(5, work=3), {"at": 6, "work": 2}]
    check(
        trace(network(RINGS), rows),
        answered(by=1, site=1, start=0, end=60),
        answered(by=0, site=0, start=0, end=30),
        answered(by=0, site=0, start=32, end=35, wait=27),  # at the centre from 7
        answered(by=0, site=0, start=30, end=32, wait=24),  # at the centre from 6
    )


def test_a_call_that_rang_out_needs_a_place_at_the_centre() -> None:
    rows = [call(0, work=60), {"at": 0, "work": 30}, {"at": 1, "work": 1}, call(5)]
    check(
        trace(network(RINGS, phone={"max_waiting": 1}), rows),
        answered(by=1, site=1, start=0, end=60),
        answered(by=0, site=0, start=0, end=30),
        answered(by=0, site=0, start=30, end=31),
        went("blocked", wait=2, site=0, attempt=0),
    )


def test_nobody_turns_in_the_door_twice_for_one_call() -> None:
    rows = [call(0, work=60), {"at": 0, "work": 30}, call(5, balk_u=0.6), call(6, balk_u=0.4)]
    check(
        trace(network(RINGS, phone={"balking": 0.5}), rows),
        answered(by=1, site=1, start=0, end=60),
        answered(by=0, site=0, start=0, end=30),
        answered(by=0, site=0, start=30, end=40, wait=25),
        went("balked", wait=0, site=1),
    )


@pytest.mark.parametrize("busy", ["wait", "centre_after_ring"])
def test_a_site_that_closes_gives_its_waiting_calls_to_the_centre(busy: str) -> None:
    north = {"busy": busy, "ring_s": 3600, "open": clock(0, 60)}
    rows = [
        call(50, work=20),
        call(55, work=10),
        call(56, work=10),
        call(57, work=10, patience=5),
        call(58, patience=30),
    ]
    ledger = trace(network(north), rows)
    check(
        ledger,
        answered(by=1, site=1, start=50, end=70),  # finished after the site's own closing
        answered(by=0, site=0, start=60, end=70, wait=5),
        answered(by=0, site=0, start=70, end=80, wait=14),
        went("abandoned", wait=5, site=0),
        answered(by=0, site=0, start=80, end=90, wait=22),
    )
    assert time_of(ledger, "overtime") == [0, 10]


def test_calls_moved_at_a_sites_closing_do_not_balk_again() -> None:
    north = {"busy": "wait", "open": clock(0, 60)}
    rows = [call(50, work=20), {"at": 50, "work": 30}, call(55, balk_u=0.5)]
    check(
        trace(network(north, phone={"balking": 0.5}), rows),
        answered(by=1, site=1, start=50, end=70),
        answered(by=0, site=0, start=50, end=80),
        answered(by=0, site=0, start=80, end=90, wait=25),
    )


def test_closing_of_the_phone_also_empties_the_sites_queues() -> None:
    scenario = network({"busy": "wait"}, phone={"open": clock(0, 60)})
    rows = [call(50, work=20), call(55)]
    check(
        trace(scenario, rows),
        answered(by=1, site=1, start=50, end=70),
        went("turned_away_at_closing", wait=5, site=1),
    )


def test_all_calls_go_to_the_centre_where_local_is_not_first() -> None:
    scenario = network({}, network={"local_first": False})
    check(
        trace(scenario, [call(0), call(1)]),
        answered(by=0, site=0, start=0, end=10),
        answered(by=0, site=0, start=10, end=20, wait=9),
    )


def test_contacts_of_a_site_the_plan_does_not_have_belong_to_the_centre() -> None:
    with_north, without = network({}), service(PHONE, shift(*ALL_DAY, "phone"))
    contacts = contacts_of(with_north, [call(0), call(1)])
    check(
        serve(contacts, make_plan(without)),
        answered(by=0, site=0, start=0, end=10),
        answered(by=0, site=0, start=10, end=20),
    )


def test_sites_are_matched_by_name_not_by_place_in_the_list() -> None:
    with_north = network({})
    more = service(PHONE, shift(*ALL_DAY, "phone"), sites=with_sites(alta={}, north={}))
    contacts = contacts_of(with_north, [call(0)], spells={"north": [(20, 30)]})
    check(serve(contacts, make_plan(more)), answered(by=2, site=2, start=0, end=10))


def test_the_roster_replaces_a_sites_lines() -> None:
    scenario = network({"lines": 3}, roster={"north": {"late": shift(30, 60, "phone")}})
    assert len(make_plan(scenario).counsellors) == 2
    check(
        trace(scenario, [call(29, work=40), call(30), call(31)]),
        answered(by=0, site=0, start=29, end=69),  # north is open with nobody on shift
        answered(by=1, site=1, start=30, end=40),
        answered(by=0, site=0, start=69, end=79),
    )


def test_a_call_that_waits_at_its_site_is_taken_when_a_shift_starts_there() -> None:
    scenario = network({"busy": "wait"}, roster={"north": {"late": shift(30, 60, "phone")}})
    check(trace(scenario, [call(20)]), answered(by=1, site=1, start=30, end=40, wait=10))


# --- the site's own duty work ---------------------------------------------------------------------------


def test_own_duty_work_holds_the_only_line() -> None:
    spells = {"north": [(0, 30), (50, 60)]}
    rows = [call(5), call(30), call(49, work=5), call(50), call(54.5), call(60)]
    ledger = trace(network({}), rows, spells=spells)
    check(
        ledger,
        answered(by=0, site=0, start=5, end=15),
        answered(by=1, site=1, start=30, end=40),
        answered(by=1, site=1, start=49, end=54),  # a call in hand is not interrupted by a spell
        answered(by=0, site=0, start=50, end=60),
        answered(by=0, site=0, start=60, end=70),
        answered(by=1, site=1, start=60, end=70),
    )
    assert time_of(ledger, "busy") == [30, 25], "own duty work is not work for 116 111"


def test_a_call_that_waits_is_taken_when_the_spell_ends() -> None:
    rows = [call(5), call(6, patience=3), call(7)]
    check(
        trace(network({"busy": "wait"}), rows, spells={"north": [(0, 30)]}),
        answered(by=1, site=1, start=30, end=40, wait=25),
        went("abandoned", wait=3, site=1),
        answered(by=1, site=1, start=40, end=50, wait=33),
    )


def test_a_spell_that_begins_during_a_call_keeps_the_line_after_it() -> None:
    rows = [call(5, work=10), call(6)]
    check(
        trace(network({"busy": "wait"}), rows, spells={"north": [(10, 30)]}),
        answered(by=1, site=1, start=5, end=15),
        answered(by=1, site=1, start=30, end=40, wait=24),
    )


def test_a_waiting_call_sits_out_several_spells() -> None:
    rows = [call(5, work=27), call(6, work=20), call(7)]
    check(
        trace(network({"busy": "wait"}), rows, spells={"north": [(10, 30), (31, 40), (50, 70)]}),
        answered(by=1, site=1, start=5, end=32),
        answered(by=1, site=1, start=40, end=60, wait=34),
        answered(by=1, site=1, start=70, end=80, wait=63),
    )


def test_a_spell_holds_one_person_not_the_site() -> None:
    scenario = network({"lines": 2})
    check(
        trace(scenario, [call(5), call(6), call(30)], spells={"north": [(0, 30)]}),
        answered(by=1, site=1, start=5, end=15),
        answered(by=0, site=0, start=6, end=16),
        answered(by=1, site=1, start=30, end=40),
    )


def test_ringing_reaches_the_line_that_own_duty_work_lets_go() -> None:
    check(
        trace(network(RINGS), [call(29, work=5), call(10, work=5)], spells={"north": [(0, 30)]}),
        answered(by=0, site=0, start=12, end=17, wait=2),
        answered(by=1, site=1, start=30, end=35, wait=1),
    )


def test_own_duty_work_of_a_site_the_plan_lacks_touches_nobody() -> None:
    scenario, other = network({}), service(PHONE, shift(*ALL_DAY, "phone"), sites=with_sites(south={}))
    contacts = contacts_of(scenario, [call(0)], spells={"north": [(0, 30)]})
    check(serve(contacts, make_plan(other)), answered(by=0, site=0, start=0, end=10))


# --- overflow from the centre ---------------------------------------------------------------------------


def overflowing(**parts: Any) -> Any:
    sites = with_sites(north={"open": clock(0, 60)}, south={}, west={"lines": 2})
    network_rules = {"centre_overflow": "any_open_site", **parts.pop("network", {})}
    return service(PHONE, shift(*ALL_DAY, "phone"), sites=sites, network=network_rules, **parts)


def test_the_centre_overflows_to_the_first_open_site_with_a_free_line() -> None:
    rows = [{"at": at, "work": 100} for at in (0, 1, 2, 3, 4)] + [{"at": 5, "work": 10, "patience": 50}]
    check(
        trace(overflowing(), rows),
        answered(by=0, site=0, start=0, end=100),
        answered(by=1, site=1, start=1, end=101, wait=0),
        answered(by=2, site=2, start=2, end=102),
        answered(by=3, site=3, start=3, end=103),
        answered(by=4, site=3, start=4, end=104),
        went("abandoned", wait=50, site=0),
    )


def test_overflow_passes_by_closed_sites_and_those_with_own_duty_work() -> None:
    rows = [{"at": 70, "work": 100}, {"at": 71, "work": 10}, {"at": 72, "work": 10}]
    check(
        trace(overflowing(), rows, spells={"south": [(60, 80)], "west": [(60, 80)]}),
        answered(by=0, site=0, start=70, end=170),
        answered(by=3, site=3, start=71, end=81),  # one of west's two is held
        answered(by=0, site=0, start=170, end=180, wait=98),
    )


def test_overflow_passes_by_a_closed_site_though_people_are_there() -> None:
    roster = {"north": {"all day": shift(*ALL_DAY, "phone")}}
    rows = [{"at": 70, "work": 100}, {"at": 71, "work": 10}]
    check(
        trace(overflowing(roster=roster), rows),
        answered(by=0, site=0, start=70, end=170),
        answered(by=2, site=2, start=71, end=81),
    )


def test_without_overflow_the_centres_calls_wait() -> None:
    rows = [{"at": 0, "work": 10}, {"at": 1, "work": 10}]
    scenario = overflowing(network={"centre_overflow": "none"})
    check(trace(scenario, rows), answered(by=0, start=0, end=10), answered(by=0, start=10, end=20))


def test_overflow_serves_a_call_that_comes_from_a_busy_site() -> None:
    rows = [{"at": 0, "work": 100}, {"at": 0, "work": 100, "origin": "north"}, {"at": 1, "work": 10, "origin": "north"}]
    check(
        trace(overflowing(), rows),
        answered(by=0, site=0, start=0, end=100),
        answered(by=1, site=1, start=0, end=100),
        answered(by=2, site=2, start=1, end=11),
    )


def test_overflow_and_not_local_first_meet() -> None:
    scenario = overflowing(network={"local_first": False})
    rows = [{"at": 0, "work": 10, "origin": "south"}, {"at": 1, "work": 10, "origin": "south"}]
    check(trace(scenario, rows), answered(by=0, site=0, start=0, end=10), answered(by=1, site=1, start=1, end=11))


def test_chats_do_not_overflow() -> None:
    channels = {"phone": rules(), "chat": rules()}
    sites, network_rules = with_sites(north={}), {"centre_overflow": "any_open_site"}
    scenario = service(channels, shift(*ALL_DAY, "chat"), sites=sites, network=network_rules)
    rows = [{"at": 0, "work": 10, "channel": "chat"}, {"at": 1, "work": 10, "channel": "chat", "origin": "north"}]
    check(trace(scenario, rows), answered(by=0, start=0, end=10), answered(by=0, site=0, start=10, end=20, wait=9))


# --- several sites --------------------------------------------------------------------------------------


def test_seventeen_sites_each_answer_their_own() -> None:
    keys = [f"site {number}" for number in range(1, 18)]
    sites = with_sites(**{key: {} for key in sorted(keys)})
    scenario = service(PHONE, shift(*ALL_DAY, "phone"), sites=sites)
    assert [site.name for site in make_plan(scenario).sites] == ["centre", *keys], "site 2 comes before site 10"
    rows = [{"at": number, "work": 100, "origin": key} for number, key in enumerate(keys)]
    expected = [answered(by=number, site=number, start=number - 1, end=number + 99) for number in range(1, 18)]
    check(trace(scenario, rows), *expected)
