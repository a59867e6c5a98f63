"""A planner's profile is read however a spreadsheet saves it, and all that is wrong with it is told at once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from simulator.demand import (
    Profile,
    ProfileError,
    parse_profile,
    read_profile,
    shipped_names,
    shipped_origins,
    shipped_profile,
    write_origins,
    write_profile,
)
from simulator.demand.shipped import parse_origins

WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
RATES = np.round(np.random.default_rng(1).uniform(0, 9, (12, 7, 24)), 3)


def tidy_rows(rates=RATES):
    return [
        (month + 1, WEEKDAYS[weekday], hour, rates[month, weekday, hour])
        for month in range(12)
        for weekday in range(7)
        for hour in range(24)
    ]


def words_of(error, lang="en"):
    return error.value.text(lang)


def test_a_profile_goes_through_its_file_and_back(tmp_path):
    path = tmp_path / "deep" / "chat-2023.csv"
    write_profile(Profile(RATES.copy()), path)
    data = path.read_bytes()
    assert b"\r" not in data and data.startswith(b"month,weekday,h00,")
    assert data.count(b"\n") == 85
    assert np.array_equal(read_profile(path).per_hour, RATES)


@settings(max_examples=20, deadline=None)
@given(arrays.arrays(float, (12, 7, 24), elements=st.floats(0, 1e6)))
def test_six_decimals_are_kept(rates):
    again = parse_profile(Profile(rates.copy()).to_csv()).per_hour
    assert again == pytest.approx(rates, abs=5.1e-7)


def test_tidy_rows_in_any_order_are_read():
    rows = tidy_rows()
    np.random.default_rng(2).shuffle(rows)
    text = "hour,month,per_hour,weekday\n" + "".join(f"{h},{m},{rate},{d}\n" for m, d, h, rate in rows)
    assert np.array_equal(parse_profile(text).per_hour, RATES)


def test_norwegian_spreadsheets_are_read(tmp_path):
    """Byte-order mark, CRLF, semicolons, decimal commas, Norwegian headers and weekdays; and Windows-1252."""
    names = dict(zip(WEEKDAYS, ["man", "tir", "ons", "tor", "fre", "lør", "søn"], strict=True))
    lines = ["Måned;Ukedag;Time;Per time"]
    lines += [f"{m};{names[d]};{h};{str(rate).replace('.', ',')}" for m, d, h, rate in tidy_rows()]
    for encoding in ("utf-8-sig", "cp1252", "utf-16"):
        path = tmp_path / f"{encoding}.csv"
        path.write_bytes("\r\n".join(lines).encode(encoding))
        assert np.array_equal(read_profile(path).per_hour, RATES)


def test_a_single_day_holds_for_all_days():
    text = "sep=;\nhour;per_hour\n" + "".join(f"{hour}:00;{hour / 2}\n" for hour in range(24))
    assert np.all(parse_profile(text).per_hour == np.arange(24) / 2)


def test_weekdays_without_months_hold_for_all_months():
    wide = "ukedag\t" + "\t".join(f"t{hour:02d}" for hour in range(24)) + "\n"
    wide += "".join(f"{day}\t" + "\t".join([str(day)] * 24) + "\n" for day in range(1, 8))
    assert np.all(parse_profile(wide).per_hour == np.arange(1, 8)[:, None])


def test_quoted_decimal_commas_between_commas_are_read():
    text = "hour,per_hour\n" + "".join(f'"{hour}","1,5"\n' for hour in range(24))
    assert np.all(parse_profile(text).per_hour == 1.5)


def test_everything_wrong_is_told_at_once_by_row_and_column():
    lines = ["hour,per_hour", *(f"{hour},1" for hour in range(24))]
    lines[3], lines[5], lines[7], lines[9] = "2,-1", "4,many", "25,1", "0,1"
    with pytest.raises(ProfileError) as wrong:
        parse_profile("\n".join(lines), "mine.csv")
    places = [(each.line, each.column, each.key) for each in wrong.value.problems]
    assert places == [(4, 2, "per_hour"), (6, 2, "per_hour"), (8, 1, "hour"), (10, 2, "per_hour")]
    assert words_of(wrong).count("mine.csv:") == 4
    assert "mine.csv:6:2: per_hour: “many”" in words_of(wrong)


def test_lines_that_are_cut_are_told():
    lines = ["hour,per_hour", *(f"{hour},1" for hour in range(24))]
    lines[3], lines[5] = "2", "4,1,5"
    with pytest.raises(ProfileError) as wrong:
        parse_profile("\n".join(lines), "mine.csv")
    assert [(each.line, each.column) for each in wrong.value.problems] == [(4, 1), (6, 1)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hour,per_hour\n" + "".join(f"{h},1\n" for h in range(23)), "hour 23"),
        ("hour,per_hour\n" + "".join(f"{h},1\n" for h in [*range(24), 5]), "more than once"),
        ("month,hour,per_hour\n" + "".join(f"1,{h},1\n" for h in range(24)), "month 12, weekday mon–sun, hour 0–23"),
        ("month,hour,per_hour\n" + "".join(f"13,{h},1\n" for h in range(24)), "not a month"),
        ("weekday,hour,per_hour\n" + "".join(f"8,{h},1\n" for h in range(24)), "not a weekday"),
        ("weekday,h00,h01\nmon,1,1\n", "h23"),
        ("hour,per_hour,h00\n0,1,1\n", "one of the forms"),
        ("hour\n0\n", "per_hour"),
        ("hour,rate\n0,1\n", "column 2 is unknown"),
        ("hour,hours,per_hour\n0,1,1\n", "Did you mean “hour”"),
        ("hour,hour,per_hour\n0,1,1\n", "stands twice"),
        ("", "empty"),
        ("\n\n  \n", "empty"),
        ("hour,per_hour\n" + "0,nan\n" * 24, "not a number"),
        ("hour,per_hour\n" + "0,inf\n" * 24, "not a number"),
        ("hour,per_hour\n" + "0,\n" * 24, "not a number"),
        ("hour,per_hour\n0,1\n" * 1500, "more than 2016 lines"),
    ],
)
def test_bad_tables_are_refused_in_words(text, expected):
    with pytest.raises(ProfileError) as wrong:
        parse_profile(text, "mine.csv")
    assert expected in words_of(wrong)
    assert words_of(wrong, "nb") != words_of(wrong)
    assert "{" not in words_of(wrong, "nb") + words_of(wrong)


def test_a_file_that_is_no_table_is_refused(tmp_path):
    picture = tmp_path / "picture.csv"
    picture.write_bytes(bytes(range(256)) * 10)
    with pytest.raises(ProfileError, match="not a text file"):
        read_profile(picture)
    with pytest.raises(ProfileError, match="cannot be read"):
        read_profile(tmp_path / "missing.csv")
    with pytest.raises(ProfileError, match="cannot be read"):
        read_profile(tmp_path)


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=300) | st.text("hour,;\t\"'.\n0123456789", max_size=300))
def test_no_text_brings_the_reader_down(text):
    try:
        parse_profile(text)
    except ProfileError as error:
        assert error.text("nb") and error.text("en")


@pytest.mark.parametrize("rates", [np.ones((12, 7, 23)), np.full((12, 7, 24), np.nan), np.full((12, 7, 24), -1.0)])
def test_a_profile_refuses_what_it_is_not(rates):
    with pytest.raises(ValueError, match="profile"):
        Profile(rates)


def test_a_profile_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        Profile(RATES.copy()).per_hour[0, 0, 0] = 1


def test_an_unknown_shipped_profile_is_refused():
    with pytest.raises(KeyError):
        shipped_profile("day-and-night", "chat-1999")


@pytest.mark.parametrize("reference", ["day-and-night", "open-up", "smoothness"])
def test_what_is_shipped_can_be_read(reference):
    for name in shipped_names(reference):
        assert shipped_profile(reference, name).per_hour.sum() > 0
    assert sum(shipped_origins(reference).values()) <= 1 + 1e-9


def test_origins_go_through_their_file_and_back(tmp_path):
    shares = {"oslo": 0.123456789, "site 06": 0.02}
    write_origins(shares, tmp_path / "origins.csv")
    assert parse_origins((tmp_path / "origins.csv").read_text("utf-8")) == shares


@pytest.mark.parametrize(
    "text", ["site,share\noslo,1.5\n", "site,share\noslo,x\n", "site,share\na,0.1\na,0.1\n", "a,b\n1,2\n"]
)
def test_wrong_origins_are_refused(text):
    with pytest.raises(ProfileError):
        parse_origins(text)
