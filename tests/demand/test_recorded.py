"""Logs of recorded contacts: read as spreadsheets write them, kept free of persons, replayed as recorded."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.demand import RecordedError, replay_contacts
from simulator.demand.contacts import NEVER_MS
from simulator.scenario.calendar import HOUR_MS
from simulator.scenario.model import CHANNELS
from tests.support import minutes, scenario_of

RULES = {
    "chat": {"work": {"mean_min": 42}, "wrap_up": {"mean_min": 5}, "patience": {"mean_min": 7}},
    "phone": {"work": {"mean_min": 12}, "redial": {"probability": 0.5, "mean_min": 20}},
    "sms": {"work": {"mean_min": 10}},
}
SITES = {"kristiansand": {"centre": True}, "oslo": {"name": "Oslo kommune", "share": 0.1}, "site 06": {}}


def world(days=366, first_day="2024-01-01", **parts):
    parts = {"timezone": "Europe/Oslo", "channels": RULES, "sites": SITES, **parts}
    return scenario_of(days, first_day, **parts)


def refused(text, lang="en", **parts):
    with pytest.raises(RecordedError) as wrong:
        replay_contacts(text, world(**parts))
    assert "{" not in wrong.value.text("nb") + wrong.value.text("en")
    return [(each.line, each.column, each.key) for each in wrong.value.problems], wrong.value.text(lang)


def test_a_log_is_replayed_as_recorded():
    log = (
        "time,channel,origin,handling_min,patience_min,wrap_up_min,id\n"
        "2024-01-11 20:03:05.250,chat,,30.5,4,2,b2\n"
        "2024-01-11 20:03,phone,oslo,12,,,a1\n"
        "2024-07-01T09:00,sms,site 06,0,1,,\n"
    )
    contacts, labels = replay_contacts(log, world())
    assert labels == ("a1", "b2", "4")
    assert contacts.channel.tolist() == [CHANNELS.index(name) for name in ("phone", "chat", "sms")]
    at = (10 * 24 + 20) * HOUR_MS + minutes(3)
    assert contacts.arrival_ms.tolist()[:2] == [at, at + 5250]
    assert contacts.arrival_ms[2] == (182 * 24 + 9 - 1) * HOUR_MS, "summer time"
    assert contacts.origin.tolist() == [1, 0, 2]
    assert contacts.work_ms[[0, 1, 2], contacts.channel].tolist() == [minutes(12), minutes(30.5), 1]
    assert contacts.wrap_up_ms[[0, 1, 2], contacts.channel].tolist() == [0, minutes(2), 0]
    assert np.all(contacts.patience_ms[0, :, 0] == NEVER_MS)
    assert np.all(contacts.patience_ms[1, :, 1] == minutes(4))
    assert np.all(contacts.patience_ms[2] == NEVER_MS)


def test_what_the_log_has_no_column_for_is_as_the_scenario_says():
    log = "time,channel,handling_s\n" + "2024-01-11 20:03,chat,600\n" * 400
    contacts, labels = replay_contacts(log, world())
    assert np.all(contacts.work_ms[:, 1] == 600_000)
    assert contacts.wrap_up_ms[:, 1].mean() == pytest.approx(minutes(5), rel=0.25)
    assert contacts.patience_ms[:, :, 1].mean() == pytest.approx(minutes(7), rel=0.1)
    assert len(set(contacts.work_ms[:, 0].tolist())) > 390, "each row has its own draws, should they phone instead"
    assert labels == tuple(str(line) for line in range(2, 402))
    assert np.all(contacts.origin == 0)
    assert len(np.unique(contacts.identity)) == 400


def test_a_row_keeps_its_draws_when_rows_are_added():
    rows = ["2024-01-11 20:03,chat,10", "2024-01-11 20:05,phone,10", "2024-01-10 08:00,chat,5"]
    few, _ = replay_contacts("time,channel,handling_min\n" + "\n".join(rows[:2]), world())
    many, _ = replay_contacts("time,channel,handling_min\n" + "\n".join(rows), world())
    assert np.array_equal(many.redial_delay_ms[1:], few.redial_delay_ms)
    assert np.array_equal(many.closed_u[1:], few.closed_u)
    other, _ = replay_contacts("time,channel,handling_min\n" + "\n".join(rows), world(), seed=2)
    assert not np.any(many.closed_u == other.closed_u)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_norwegian_spreadsheets_are_read(tmp_path, encoding):
    lines = [
        "Tidspunkt;Kanal;Svarsted;Varighet_min;Tålmodighet_min;Etterarbeid_min;ID",
        "11.01.2024 20:03;Telefon;Oslo kommune;12,5;3;1,5;x7",
        "5.2.2024 9.30;chat;;20;;;",
    ]
    path = tmp_path / "logg.csv"
    path.write_bytes("\r\n".join([*lines, ""]).encode(encoding))
    for source in (path, str(path)):
        contacts, labels = replay_contacts(source, world())
        assert labels == ("x7", "3")
        assert contacts.work_ms[0, 0] == minutes(12.5)
        assert contacts.patience_ms[0, 0, 0] == minutes(3)
        assert contacts.wrap_up_ms[0, 0] == minutes(1.5)
        assert contacts.origin.tolist() == [1, 0]
        assert contacts.arrival_ms[1] == (35 * 24 + 9) * HOUR_MS + minutes(30)


def test_civil_time_on_the_days_the_clocks_change():
    log = "time,channel,handling_min\n2024-03-31 03:00,chat,1\n2024-10-27 02:30,chat,1\n2024-10-27 03:00,chat,1\n"
    contacts, _ = replay_contacts(log, world())
    assert contacts.arrival_ms[0] == (90 * 24 + 2) * HOUR_MS
    assert contacts.arrival_ms[2] - contacts.arrival_ms[1] == minutes(90), "of the doubled hour, the first"
    places, text = refused("time,channel,handling_min\n2024-03-31 02:30,chat,1\n")
    assert places == [(2, 1, "time")] and "went forward" in text


def test_everything_wrong_is_told_at_once():
    log = (
        "time,channel,origin,handling_min,patience_min,id\n"
        "2023-12-31 23:59,chat,,1,1,a1\n"
        "in the evening,fax,Bergen,long,-2,a2\n"
        "2024-02-30 10:00,chat,,1,1,a3\n"
        "2024-01-11 24:00,chat,,,1,a4\n"
        "2025-01-01 00:00,chat,,1e20,1,a5\n"
    )
    places, text = refused(log)
    assert places == [
        (2, 1, "time"),
        (3, 1, "time"),
        (3, 2, "channel"),
        (3, 3, "origin"),
        (3, 4, "handling_min"),
        (3, 5, "patience_min"),
        (4, 1, "time"),
        (5, 1, "time"),
        (5, 4, "handling_min"),
        (6, 1, "time"),
        (6, 4, "handling_min"),
    ]
    assert "log:3:2: channel: The cell is not a channel" in text
    assert "2024-01-01 to 2024-12-31" in text
    assert "in the evening" not in text and "Bergen" not in text


@pytest.mark.parametrize(
    "label",
    [
        "Kari", "kari", "OLA", "Kari2009", "Ola Nordmann", "98765432", "+4798765432", "tlf98765432", "01020312345",
        "kari@post.no", "ring meg", "a-b", "abcdefghijklm1", "12345678", "x 1", "sp;lit", "Åse",
    ],
)  # fmt: skip
def test_what_may_be_about_a_person_is_refused_and_not_repeated(label):
    log = f'time;channel;handling_min;id\n2024-01-11 20:03;chat;1;"{label}"\n'
    places, text = refused(log)
    assert places == [(2, 4, "id")]
    assert label not in text and "may be about a person" in text
    assert "gjelde en person" in refused(log, "nb")[1]


@pytest.mark.parametrize("label", ["a1", "A17", "123456", "c", "xy", "chat12", "2024b", "Æ1"])
def test_short_labels_are_kept(label):
    assert replay_contacts(f"time,channel,handling_min,id\n2024-01-11 20:03,chat,1,{label}\n", world()).labels == (
        label,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("time,channel\n2024-01-11 20:03,chat\n", "handling_min (or handling_s) is missing"),
        ("time,channel,handling_min,handling_s\n2024-01-11 20:03,chat,1,60\n", "Keep one"),
        ("channel,handling_min\nchat,1\n", "“time” is missing"),
        ("time,channel,handling_min,phone_number\n2024-01-11 20:03,chat,1,98765432\n", "column 4 is unknown"),
        ("time,chanel,handling_min\n2024-01-11 20:03,chat,1\n", "Did you mean “channel”"),
        ("time,channel,handling_min\n2024-01-11 20:03,chat,1,5\n", "4 cells"),
        ("\n\n", "empty"),
    ],
)
def test_logs_that_lack_something_are_refused(text, expected):
    assert expected in refused(text)[1]


def test_a_file_that_is_not_there_is_refused(tmp_path):
    for source in (tmp_path / "none.csv", str(tmp_path), "a\0b"):
        with pytest.raises(RecordedError, match="cannot be read"):
            replay_contacts(source, world())


def test_a_log_without_rows_is_told():
    assert "line" in refused("time,channel,handling_min\n")[1]


def test_more_rows_than_there_is_room_for_are_refused():
    many = {"max_attempts": 200}
    log = "time,channel,handling_min\n" + "2024-01-11 20:03,chat,1\n" * 200_001
    assert "more than 200000 lines" in refused(log, demand=many)[1]


CELLS = st.sampled_from(
    [
        "2024-01-11 20:03",
        "11.01.2024 20:03",
        "0001-01-01 00:00",
        "9999-12-31 23:59",
        "chat",
        "phone",
        "3",
        "-1",
        "1e99",
        "",
        "oslo",
        "Kari",
        '"',
        "'",
        "=1+1",
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(CELLS | st.text(max_size=8), min_size=4, max_size=4), max_size=4),
    st.sampled_from([",", ";", "\t"]),
)
def test_no_log_brings_the_reader_down(rows, delimiter):
    text = "\n".join(delimiter.join(row) for row in [["time", "channel", "handling_min", "patience_min"], *rows]) + "\n"
    try:
        contacts, labels = replay_contacts(text, world(days=3, first_day="2024-01-10"))
    except RecordedError as error:
        assert error.text("nb") and error.text("en")
    else:
        assert len(contacts) == len(labels)
