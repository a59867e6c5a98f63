"""Contacts: each owns its draws, so a change of one thing changes that thing alone.

Seeds are fixed. Each statistical bound is passed by a right program with all but the stated probability, over seeds.
"""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.demand import DemandError, Profile, draw
from simulator.demand.contacts import AGE_GROUPS, GENDERS, NEVER_MS, NO_LABEL, Contacts
from simulator.evidence import number
from simulator.scenario.calendar import HOUR_MS
from simulator.scenario.model import CHANNELS
from tests.support import scenario_of

PHONE, CHAT, SMS = CHANNELS.index("phone"), CHANNELS.index("chat"), CHANNELS.index("sms")
LIVE_RULES = {"patience": {"mean_min": 7}, "redial": {"probability": 0.3, "mean_min": 20}}
RULES = {
    "chat": {
        "work": {"mean_min": 42, "cv": 0.75, "distribution": "lognormal"},
        "wrap_up": {"mean_min": 5},
        **LIVE_RULES,
    },
    "phone": {"work": {"mean_min": 12}, **LIVE_RULES},
    "sms": {"work": {"mean_min": 10, "cv": 0.5, "distribution": "gamma"}},
}
DEMAND = {
    "chat": {"per_hour": 3},
    "phone": {"per_hour": 2},
    "sms": {"per_hour": 0.5},
    "busyness": {"day_shape": 50, "hour_shape": 20, "correlation": 0.4},
}
SITES = {
    "kristiansand": {"centre": True, "lines": 0},
    "oslo": {"share": 0.2, "background": {"busy_share": 0.2}},
    "site 2": {"share": 0.1, "background": {"busy_share": 0.1, "mean_min": 45}},
    "site 10": {"share": 0.05},
}
BY_PERSON = [
    each.name for each in fields(Contacts) if each.name not in ("epoch_ms", "end_ms", "sites", "background", "origin")
]


def world(days=30, first_day="2024-01-15", **parts):
    return scenario_of(days, first_day, **{"channels": RULES, "demand": DEMAND, "sites": SITES, **parts})


def changed(base, **changes):
    return {**base, **changes}


def assert_same(one, other, names=BY_PERSON):
    for name in names:
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


def assert_kept(few, many):
    """Everybody in ``few`` is in ``many``, with every draw."""
    rows = np.flatnonzero(np.isin(many.identity, few.identity))
    assert len(rows) == len(few)
    for name in BY_PERSON:
        assert np.array_equal(getattr(few, name), getattr(many, name)[rows]), name


def origins_by_name(contacts):
    return np.array(contacts.sites)[contacts.origin].tolist()


def test_the_same_year_twice_is_the_same():
    one, other = draw(world()), draw(world())
    assert_same(one, other, [*BY_PERSON, "origin"])
    assert np.array_equal(one.background.start_ms, other.background.start_ms)


@pytest.mark.parametrize("key", [{"seed": 2}, {"replication": 1}, {"world": 1}])
def test_another_year_is_another(key):
    one, other = draw(world()), draw(world(), **key)
    assert not np.array_equal(one.arrival_ms[:50], other.arrival_ms[:50])


def test_identities_are_unique_and_contacts_in_order():
    contacts = draw(world(days=200))
    assert len(np.unique(contacts.identity)) == len(contacts)
    assert np.all(np.diff(contacts.arrival_ms) >= 0)
    assert contacts.arrival_ms[0] >= 0 and contacts.arrival_ms[-1] < contacts.end_ms
    assert not contacts.work_ms.flags.writeable


@pytest.mark.parametrize("factor", [1.0001, 1.5, 4.0])
def test_more_demand_adds_persons_and_keeps_the_rest(factor):
    few = draw(world())
    for many in (
        draw(world(demand=changed(DEMAND, trend=factor))),
        draw(world(demand=changed(DEMAND, chat={"per_hour": 3, "factor": factor}))),
    ):
        assert len(many) >= len(few)
        assert_kept(few, many)


@settings(max_examples=15, deadline=None)
@given(st.floats(0, 3), st.floats(0, 3), st.integers(1, 3))
def test_demand_only_adds_or_takes_away(low, high, seed):
    low, high = sorted((low, high))
    few, many = (draw(world(days=4, demand=changed(DEMAND, trend=trend)), seed) for trend in (low, high))
    assert_kept(few, many)


def test_a_surge_touches_its_days_alone():
    base = draw(world())
    surge = {"c": {"first_day": "2024-01-20", "last_day": "2024-01-20", "factor": 3, "channels": ["chat"]}}
    surged = draw(world(demand=changed(DEMAND, surges=surge)))
    new = ~np.isin(surged.identity, base.identity)
    assert 80 < new.sum() < 250
    assert np.all(surged.arrival_ms[new] // (24 * HOUR_MS) == 5)
    assert np.all(surged.channel[new] == CHAT)
    assert_kept(base, surged)


def test_a_longer_period_keeps_the_shorter_one():
    short, long = draw(world(days=10)), draw(world(days=20))
    assert_kept(short, long)
    assert np.array_equal(long.arrival_ms[: len(short)], short.arrival_ms)


def test_a_new_parameter_moves_no_other_draw():
    base = draw(world())
    richer = {
        **RULES,
        "phone": {**RULES["phone"], "wrap_up": {"mean_min": 3}, "balking": 0.2},
        "chat": {**RULES["chat"], "when_closed": {"come_back": 0.1, "phone_instead": 0.1}, "max_waiting": 3},
        "email": {"work": {"mean_min": 20}},
    }
    other = draw(world(channels=richer))
    assert_same(base, other, [name for name in BY_PERSON if name != "wrap_up_ms"])
    assert np.array_equal(base.wrap_up_ms[:, CHAT], other.wrap_up_ms[:, CHAT])


def test_another_duration_moves_its_own_draws_alone():
    base = draw(world())
    slower = draw(
        world(
            channels={
                **RULES,
                "chat": {**RULES["chat"], "work": {"mean_min": 84, "cv": 0.75, "distribution": "lognormal"}},
            }
        )
    )
    chats = base.channel == CHAT
    assert slower.work_ms[chats, CHAT] == pytest.approx(2 * base.work_ms[chats, CHAT], abs=1)
    assert_same(base, slower, [name for name in BY_PERSON if name != "work_ms"])
    assert np.array_equal(base.work_ms[:, PHONE], slower.work_ms[:, PHONE])


def test_fewer_attempts_are_the_first_of_many():
    many, few = draw(world()), draw(world(demand=changed(DEMAND, max_attempts=3)))
    assert many.max_attempts == 8 and few.max_attempts == 3
    for name in ("patience_ms", "redial_delay_ms", "return_delay_ms", "balk_u", "closed_u", "redial_u"):
        assert np.array_equal(getattr(many, name)[:, :3], getattr(few, name)), name


def test_a_site_nobody_belongs_to_changes_no_contact():
    base = draw(world())
    for name in ("aaa", "site 1", "site 3", "zzz"):
        more = draw(world(sites={name: {}, **SITES, f"{name} too": {"share": 0.0, "background": {"busy_share": 0.5}}}))
        assert_same(base, more)
        assert origins_by_name(base) == origins_by_name(more)
        for site in SITES:
            assert spells(base, site) == spells(more, site)


def spells(contacts, site):
    code = contacts.sites.index(site)
    here = slice(*contacts.background.offset[code : code + 2])
    return list(
        zip(contacts.background.start_ms[here].tolist(), contacts.background.end_ms[here].tolist(), strict=True)
    )


def test_the_order_of_the_keys_changes_nothing():
    base = draw(world())
    turned = draw(world(sites=dict(reversed(SITES.items())), channels=dict(reversed(RULES.items()))))
    assert_same(base, turned, [*BY_PERSON, "origin"])
    assert base.sites == turned.sites == ("kristiansand", "oslo", "site 2", "site 10")


def test_origins_have_their_shares():
    """Within 4.5 standard errors; false alarm 7e-6 each."""
    contacts = draw(world(days=300))
    n = len(contacts)
    for code, share in enumerate([0.65, 0.2, 0.1, 0.05]):
        assert (contacts.origin == code).mean() == pytest.approx(share, abs=4.5 * (share * (1 - share) / n) ** 0.5)


def test_solved_origins_stand_in_where_a_site_says_nothing():
    sites = {"centre": {"centre": True}, "a": {}, "b": {"share": 0.0}}
    contacts = draw(world(sites=sites), origins={"a": 0.5, "b": 0.5, "elsewhere": 0.3})
    assert (contacts.origin == 1).mean() == pytest.approx(0.5, abs=0.04)
    assert not np.any(contacts.origin == 2)
    none = draw(world(sites={"centre": {"centre": True}, "new": {}}), origins={})
    assert not np.any(none.origin)


def test_shares_of_more_than_all_are_refused():
    with pytest.raises(DemandError, match=r"add up to 1\.1"):
        draw(world(sites={"c": {"centre": True}, "a": {"share": 0.6}, "b": {"share": 0.5}}))
    assert len(draw(world(sites={"c": {"centre": True}, "a": {"share": 0.6}, "b": {"share": 0.4}})))


def test_only_what_can_be_needed_is_drawn():
    contacts = draw(world())
    chats, calls, messages = (contacts.channel == code for code in (CHAT, PHONE, SMS))
    assert np.all(contacts.work_ms[chats][:, [PHONE, CHAT]] > 0)
    assert not np.any(contacts.work_ms[chats][:, SMS:])
    assert np.all(contacts.work_ms[calls, PHONE] > 0) and not np.any(contacts.work_ms[calls][:, CHAT:])
    assert np.all(contacts.work_ms[messages, SMS] > 0) and not np.any(contacts.work_ms[messages][:, :SMS])
    assert np.all(contacts.patience_ms[messages] == NEVER_MS)
    assert np.all(contacts.patience_ms[calls][:, :, CHAT] == NEVER_MS)
    assert contacts.patience_ms[chats].max() < NEVER_MS
    assert contacts.redial_delay_ms[chats].max() < NEVER_MS
    assert not np.any(contacts.wrap_up_ms[:, [PHONE, SMS]])
    patient = draw(world(channels={"chat": {"work": {"mean_min": 5}}}, demand={"chat": {"per_hour": 1}}))
    assert np.all(patient.patience_ms == NEVER_MS) and np.all(patient.redial_delay_ms == NEVER_MS)


def test_people_of_a_channel_the_service_lacks_still_come():
    """Young people do not change when a channel is taken away."""
    base = draw(world())
    without = draw(world(channels={"phone": RULES["phone"], "sms": RULES["sms"]}))
    assert_same(base, without, ["arrival_ms", "channel", "identity", "closed_u"])
    chats = without.channel == CHAT
    assert not np.any(without.work_ms[chats, CHAT])
    assert np.array_equal(without.work_ms[chats, PHONE], base.work_ms[chats, PHONE])


def test_draws_have_their_means():
    """Within 4.5 standard errors; false alarm 7e-6 each."""
    contacts = draw(world(days=300))
    chats = contacts.channel == CHAT
    for array, mean in [
        (contacts.work_ms[chats, CHAT], 42),
        (contacts.work_ms[chats, PHONE], 12),
        (contacts.wrap_up_ms[chats, CHAT], 5),
        (contacts.patience_ms[chats][:, :, 1], 7),
        (contacts.redial_delay_ms[chats][:, :, 1], 20),
        (contacts.return_delay_ms[chats][:, :, 0], 240),
    ]:
        minutes = array / 60_000
        assert minutes.mean() == pytest.approx(mean, abs=4.5 * minutes.std() / minutes.size**0.5)
    for u in (contacts.balk_u, contacts.closed_u, contacts.redial_u):
        live = u[contacts.channel <= CHAT]
        assert live.mean() == pytest.approx(0.5, abs=4.5 * (1 / 12 / live.size) ** 0.5)


def test_a_persons_draws_are_unrelated():
    """Correlations between all pairs of draws of a person; 4.9 standard errors, false alarm 1e-6 each of 91."""
    contacts = draw(world(days=300, demand={"chat": {"per_hour": 3}, "max_attempts": 2}))
    columns = [
        contacts.origin == 0,
        contacts.gender == 0,
        contacts.age_group == 0,
        *np.log(1 + contacts.work_ms[:, :2].T),
        *np.log(1 + contacts.patience_ms.reshape(len(contacts), 4).T),
        *contacts.balk_u.T,
        *contacts.closed_u.T,
        contacts.redial_u[:, 0],
    ]
    found = np.corrcoef(np.array(columns, float))
    np.fill_diagonal(found, 0)
    assert np.abs(found).max() < 4.9 / len(contacts) ** 0.5


def test_labels_have_published_shares_and_are_for_chat_alone():
    """Within 4.5 standard errors; false alarm 7e-6 each."""
    contacts = draw(world(days=300))
    chats = contacts.channel == CHAT
    assert np.all(contacts.age_group[~chats] == NO_LABEL) and np.all(contacts.gender[~chats] == NO_LABEL)
    n = chats.sum()
    shares = [number(f"chat-share-{name}-2024") for name in ("girls", "boys", "other", "not-stated")]
    assert len(shares) == len(GENDERS)
    for code, share in enumerate(shares):
        assert (contacts.gender[chats] == code).mean() == pytest.approx(share, abs=4.5 * (share / n) ** 0.5)
    young = number("chat-share-age-5-13-2024")
    assert AGE_GROUPS[0] == "5-13"
    assert (contacts.age_group[chats] == 0).mean() == pytest.approx(young, abs=4.5 * (young / n) ** 0.5)
    assert set(contacts.age_group[chats].tolist()) == {0, 1}


def test_labels_are_independent_of_the_hour():
    contacts = draw(world(days=300))
    chats = contacts.channel == CHAT
    hours = (contacts.arrival_ms[chats] // HOUR_MS % 24).astype(float)
    for label in (contacts.age_group, contacts.gender):
        assert abs(np.corrcoef(label[chats], hours)[0, 1]) < 4.9 / chats.sum() ** 0.5


def test_background_work_is_busy_as_asked_and_starts_stationary():
    """Busy share of all time at 400 sites within 4.5 standard errors of site means, also in the first hour."""
    sites = {"c": {"centre": True}} | {
        f"site {i}": {"background": {"busy_share": 0.3, "mean_min": 25}} for i in range(400)
    }
    contacts = draw(world(days=5, sites=sites, demand={"chat": {"per_hour": 1}}), origins={})
    for start, end in [
        (0, HOUR_MS),
        (60 * HOUR_MS, 61 * HOUR_MS),
        (0, 5 * 24 * HOUR_MS),
        (contacts.end_ms, contacts.end_ms + 48 * HOUR_MS),
    ]:
        shares = np.array([busy_ms(contacts, site, start, end) / (end - start) for site in contacts.sites[1:]])
        assert shares.mean() == pytest.approx(0.3, abs=4.5 * shares.std() / 20)
    assert spells(contacts, "c") == []


def busy_ms(contacts, site, start, end):
    return sum(max(0, min(b, end) - max(a, start)) for a, b in spells(contacts, site))


def test_spells_of_a_site_do_not_touch():
    sites = {"c": {"centre": True}, "a": {"background": {"busy_share": 0.9, "mean_min": 0.001}}}
    contacts = draw(world(days=1, sites=sites, demand={"chat": {"per_hour": 1}}), origins={})
    background = contacts.background
    assert len(background.start_ms) > 100_000
    assert np.all(background.end_ms > background.start_ms)
    assert np.all(background.start_ms[1:] > background.end_ms[:-1])


def test_spells_beyond_number_are_refused():
    sites = {"c": {"centre": True}, "a": {"background": {"busy_share": 0.9, "mean_min": 1e-9}}}
    with pytest.raises(DemandError, match="longer mean"):
        draw(world(sites=sites), origins={})


@pytest.mark.parametrize(
    "demand",
    [
        {"chat": {"per_hour": 1e9}},
        {"chat": {"per_hour": [0.0] * 23 + [1e6]}},
        {"chat": {"per_hour": 1e300, "factor": 1e300}},
        {"chat": {"per_hour": 30_000}},
        {"chat": {"per_hour": 10_000}, "max_attempts": 200},
    ],
)
def test_more_than_there_is_room_for_is_refused(demand):
    with pytest.raises(ValueError, match="more persons than there is room for"):
        draw(world(demand=demand))


def test_nobody_is_nobody():
    contacts = draw(world(demand={}))
    assert len(contacts) == 0 and contacts.max_attempts == 8


def test_a_profile_may_be_tried_before_it_is_written():
    rates = np.zeros((12, 7, 24))
    rates[0, :, 20] = 5.0
    contacts = draw(world(days=100), profiles={"chat": Profile(rates)})
    chats = contacts.arrival_ms[contacts.channel == CHAT]
    assert set((chats // HOUR_MS % 24).tolist()) == {20}
    assert chats.max() < 17 * 24 * HOUR_MS, "January ends 17 days after the 15th"
    assert np.any(contacts.channel == PHONE)
