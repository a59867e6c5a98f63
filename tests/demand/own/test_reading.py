"""Own data as people have them: messy headers, Norwegian numbers and dates, gaps, doubled hours, nothing personal."""

from datetime import date, datetime, time
from pathlib import Path

import numpy as np
import pytest
from openpyxl import Workbook

from simulator.demand.own import OwnCounts, OwnDataError, OwnLog, read_own_data
from simulator.demand.own.cells import Clock, clock_in, day_and_clock, length_s, number_in
from simulator.demand.own.headers import find_header
from simulator.demand.own.privacy import may_be_personal
from simulator.demand.own.sheets import SheetRow


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "data.csv"
    file.write_bytes(text.encode(encoding))
    return file


def counts(folder: Path, text: str, **how: str) -> OwnCounts:
    found = read_own_data(written(folder, text), **how)
    assert isinstance(found, OwnCounts)
    return found


def told(folder: Path, text: str) -> list[str]:
    with pytest.raises(OwnDataError) as caught:
        read_own_data(written(folder, text))
    return [problem.text("en") for problem in caught.value.problems]


# --- cells and headers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "number"),
    [("7,5", 7.5), ("7.5", 7.5), ("1 234", 1234), ("1\u202f234,5", 1234.5), (3.0, 3), ("3 per", None), ("", None)],
)
def test_numbers(cell, number):
    assert number_in(cell) == number


@pytest.mark.parametrize(
    ("cell", "day", "minute"),
    [
        ("31.12.2024 18:30", date(2024, 12, 31), 1110),
        ("31.12.24 kl. 18.30", date(2024, 12, 31), 1110),
        ("2024-12-31T18:30:05+01:00", date(2024, 12, 31), 1110),
        ("1/2/2024 7:05", date(2024, 2, 1), 425),
        (datetime(2024, 12, 31, 18, 30), date(2024, 12, 31), 1110),
        ("20241231", date(2024, 12, 31), None),
        (20241231.0, date(2024, 12, 31), None),
        (date(2024, 12, 31), date(2024, 12, 31), None),
    ],
)
def test_dates_and_times(cell, day, minute):
    found = day_and_clock(cell)
    assert found is not None and found[0] == day
    assert (None if found[1] is None else found[1].minute) == minute


@pytest.mark.parametrize("cell", ["31.02.2024", "today", "2024-13-01", "31.12.2024 25:00", 7.0, None])
def test_what_is_no_date(cell):
    assert day_and_clock(cell) is None


@pytest.mark.parametrize(
    ("cell", "clock"),
    [
        ("18", Clock(1080)),
        ("kl. 18.30", Clock(1110)),
        ("18:00-19:00", Clock(1080)),
        ("02B", Clock(120, 0, 1)),
        ("18:30:05+02:00", Clock(1110, 5, None, 120)),
        (18.0, Clock(1080)),
        (0.75, Clock(1080)),
        (time(18, 30), Clock(1110)),
        ("24:00", None),
        ("soon", None),
    ],
)
def test_times_of_day(cell, clock):
    assert clock_in(cell) == clock


@pytest.mark.parametrize(
    ("cell", "unit_s", "seconds"),
    [
        ("02:30", None, 150),
        ("1:02:30", None, 3750),
        ("2,5", 60.0, 150),
        (time(0, 2, 30), None, 150),
        ("2,5", None, None),
        ("-3", 1.0, None),
    ],
)
def test_lengths(cell, unit_s, seconds):
    assert length_s(cell, unit_s) == seconds


@pytest.mark.parametrize(
    ("text", "field", "unit_s"),
    [
        ("Ventetid (sek)", "wait", 1), ("VENTETID [min.]", "wait", 60), ("Ventetid i min", "wait", 60),
        ("Varighet_s", "handling", 1), (" Antall besvarte ", "answered", None), ("Tapte chatter", "lost", None),
        ("Dato / tid", "clock", None), ("Ventetid (mm:ss)", "wait", None), ("Antall tapte henvendelser", "lost", None),
        ("Rådgiver", "counsellor", None), ("Talk time (minutes)", "handling", 60),
    ],
)  # fmt: skip
def test_headers_as_people_write_them(text, field, unit_s):
    header, _ = find_header([SheetRow(1, ("Dato", "Besvart" if field != "answered" else "Tapt", text))], "f")
    if field is None:
        assert text in header.unknown.values()
    else:
        assert field in header.places and header.units_s.get(field) == unit_s


# --- counts --------------------------------------------------------------------------------------------------------

LONG = (
    "Rapport chat 2024\n;;\nDato;Time;Antall besvarte;Tapte\n01.03.2024;18:00-19:00;3;1\n01.03.2024;19;4;\nSum;;7;1\n"
)


def test_titles_above_sums_below_and_what_is_not_there(tmp_path: Path):
    found = counts(tmp_path, LONG)
    assert found.answered[18] == 3 and found.lost[18] == 1 and found.offered[18] == 4
    assert np.isnan(found.offered[19]), "the lost are not told, so the offered are not known"
    assert np.isnan(found.answered[[0, 17, 20]]).all()
    assert {note.word for note in found.notes} == {"own.note.sums", "own.note.gaps"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_whatever_a_spreadsheet_saves(tmp_path: Path, encoding: str, delimiter: str):
    file = written(tmp_path, LONG.replace(";", delimiter), encoding)
    found = read_own_data(file)
    assert isinstance(found, OwnCounts) and found.answered[18] == 3


def test_half_hours_are_added(tmp_path: Path):
    found = counts(tmp_path, "tid;besvart;tapt\n2024-03-01 18:00;3;1\n2024-03-01 18:30;2;0\n")
    assert found.offered[18] == 6


def test_a_wide_table(tmp_path: Path):
    hours = ";".join(f"{hour:02d}-{(hour + 1) % 24:02d}" for hour in range(24))
    day = ";".join("1" if hour > 15 else "" for hour in range(24))
    found = counts(tmp_path, f"Dato;{hours}\n01.03.2024;{day}\n")
    assert np.nansum(found.answered) == 8 and "own.note.only_answered" in {note.word for note in found.notes}
    with pytest.raises(OwnDataError, match="lost only"):
        counts(tmp_path, f"Dato;{hours}\n01.03.2024;{day}\n", series="lost")


def test_nights_with_summer_time(tmp_path: Path):
    spring = [f"31.03.2024;{hour:02d};1;0" for hour in range(24) if hour != 2]
    autumn = [f"27.10.2024;{hour};1;0" for hour in ("00", "01", "02A", "02B", *(f"{h:02d}" for h in range(3, 24)))]
    found = counts(tmp_path, "\n".join(["dato;time;besvart;tapt", *spring, *autumn]))
    assert np.nansum(found.answered) == 23 + 25
    lone = [line.replace("02A", "02") for line in autumn if "02B" not in line]
    halved = counts(tmp_path, "\n".join(["dato;time;besvart;tapt", *lone]))
    assert np.nansum(halved.answered) == 24 and list(halved.answered[1:5]) == [1, 0.5, 0.5, 1]
    twice = counts(
        tmp_path,
        "\n".join(["dato;time;besvart;tapt", *(line.replace("02A", "02").replace("02B", "02") for line in autumn)]),
    )
    assert list(twice.answered[1:5]) == [1, 1, 1, 1]
    zero = counts(tmp_path, "\n".join(["dato;time;besvart;tapt", *spring, "31.03.2024;02;0;0"]))
    assert np.nansum(zero.answered) == 23


def test_hours_that_are_never_used_are_closed_and_others_missing(tmp_path: Path):
    lines = ["dato;time;besvart;tapt"]
    for day in range(1, 31):
        lines += [f"{day:02d}.04.2024;{hour:02d};{int(hour >= 16)};0" for hour in range(24) if (day, hour) != (7, 20)]
    found = counts(tmp_path, "\n".join(lines))
    hours = found.calendar.hours
    assert np.isnan(found.offered[hours.hour < 16]).all()
    assert np.isnan(found.offered).sum() == 30 * 16 + 1
    assert {note.word for note in found.notes} == {"own.note.closed", "own.note.gaps"}


def test_everything_that_is_wrong_is_told_by_row(tmp_path: Path):
    wrong = told(
        tmp_path,
        "dato;time;besvart;tapt\n01.03.2024;18;3;1\n32.03.2024;18;3;1\n01.03.2024;25;3;1\n01.03.2024;19;x1;1\n"
        "01.03.2024;20;-2;1\n01.03.2024;18;3;1\n31.03.2024;02;4;0\n",
    )
    assert len(wrong) == 4
    for place in (":3:1:", ":4:2:", ":5:3:", ":6:3:"):
        assert any(place in line for line in wrong), place
    again = told(tmp_path, "dato;time;besvart;tapt\n01.03.2024;18;3;1\n01.03.2024;18;3;1\n31.03.2024;02;4;0\n")
    assert any("twice" in line for line in again) and any("no such hour" in line for line in again)


def test_a_missing_column_is_told_with_what_an_unknown_one_may_have_meant(tmp_path: Path):
    wrong = told(tmp_path, "dato;time;besvarde;ukedag\n01.03.2024;18;3;fre\n")
    assert any("besvarde" in line and "besvart" in line for line in wrong)
    assert any("no counts" in line for line in wrong)


def test_many_mistakes_are_cut_short(tmp_path: Path):
    wrong = told(tmp_path, "dato;time;besvart\n" + "01.03.2024;18;-1\n" * 200)
    assert len(wrong) == 51 and "150 more" in wrong[0] + wrong[-1]


# --- logs ----------------------------------------------------------------------------------------------------------

LOG = (
    "Tidspunkt;Kanal;Utfall;Ventetid (sek);Varighet (min);Rådgiver\n"
    "01.03.2024 18:05:10;Chat;Besvart;12,5;30,25;A1\n"
    "01.03.2024 18:07;telefon;besvart;0;5;A2\n"
    "01.03.2024 18:06;chat;La på;01:30;;\n"
    "01.03.2024 23:59;chat;snudde;0;;\n"
)


def test_a_log(tmp_path: Path):
    found = read_own_data(written(tmp_path, LOG))
    assert isinstance(found, OwnLog)
    assert found.outcome.tolist() == [0, 1, 2]
    assert found.wait_s.tolist() == [12.5, 90.0, 0.0]
    assert found.handling_s[0] == 1815 and np.isnan(found.handling_s[1:]).all()
    assert found.counsellor.tolist() == [0, -1, -1]
    assert found.at_ms.tolist() == [65_110_000, 65_160_000, 86_340_000]
    assert found.counts.answered[18] == 1 and found.counts.lost[18] == 1
    phone = read_own_data(written(tmp_path, LOG), channel="phone")
    assert isinstance(phone, OwnLog) and phone.outcome.tolist() == [0]


def test_a_length_without_a_unit_is_asked_for(tmp_path: Path):
    wrong = told(tmp_path, "tid;utfall;ventetid\n2024-03-01 18:00;besvart;30\n")
    assert len(wrong) == 1 and "which unit" in wrong[0]
    fine = read_own_data(written(tmp_path, "tid;utfall;ventetid\n2024-03-01 18:00;besvart;00:30\n"))
    assert isinstance(fine, OwnLog) and fine.wait_s.tolist() == [30.0]


def test_the_doubled_hour_of_a_log(tmp_path: Path):
    rows = ["2024-10-27 02:50+02:00;besvart", "2024-10-27 02:10+01:00;besvart", "2024-10-27 03:00+01:00;besvart"]
    found = read_own_data(written(tmp_path, "tid;utfall\n" + "\n".join(rows)))
    bare = read_own_data(written(tmp_path, "tid;utfall\n" + "\n".join(row[:16] + row[22:] for row in rows)))
    assert isinstance(found, OwnLog) and isinstance(bare, OwnLog)
    assert np.diff(found.at_ms).tolist() == [20 * 60_000, 50 * 60_000] == np.diff(bare.at_ms).tolist()


# --- Excel ---------------------------------------------------------------------------------------------------------


def test_an_excel_workbook(tmp_path: Path):
    book = Workbook()
    page = book.active
    page.title = "Chat 2024"
    page.append(["Chat 2024, alle henvendelser"])
    page.merge_cells("A1:D1")
    page.append([])
    page.append(["Dato", "Kl.", "Besvarte", "Tapte"])
    page.append([datetime(2024, 3, 1), time(18, 0), 3, "1"])
    page.append([date(2024, 3, 1), "19:00", 4, 0])
    page.append(["Totalt", None, "=SUM(C4:C5)", 1])
    other = book.create_sheet("Annet")
    other.append(["ingenting"])
    file = tmp_path / "data.xlsx"
    book.save(file)
    found = read_own_data(file)
    assert isinstance(found, OwnCounts) and found.offered[18] == 4 and found.offered[19] == 4
    assert read_own_data(file, sheet="Chat 2024") is not None
    with pytest.raises(OwnDataError) as caught:
        read_own_data(file, sheet="Chat")
    assert "Annet" in caught.value.text("nb")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a book", b"\x00\x01\x02", b"just words"])
@pytest.mark.parametrize("name", ["a.xlsx", "a.csv", "a.xls"])
def test_files_that_are_no_tables(tmp_path: Path, content: bytes, name: str):
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(OwnDataError) as caught:
        read_own_data(file)
    assert len(caught.value.problems) == 1


# --- persons -------------------------------------------------------------------------------------------------------

PERSONAL = [
    "Kari Nordmann",
    "Ola",
    "91234567",
    "912 34 567",
    "01010112345",
    "kari@example.no",
    "38.00.00.00",
    "010190-12345",
    "010190.12345",
    "Hun er redd for å gå hjem",
    "Li",
]


@pytest.mark.parametrize("cell", PERSONAL)
@pytest.mark.parametrize("header", ["Rådgiver", "Tema", "Nr"])
def test_a_file_with_anything_that_may_be_about_a_person_is_refused(tmp_path: Path, cell: str, header: str):
    wrong = told(tmp_path, f"tid;utfall;{header}\n2024-03-01 18:00;besvart;{cell}\n")
    assert len(wrong) == 1 and "person" in wrong[0] and ":2:3" in wrong[0]
    assert cell not in wrong[0]


@pytest.mark.parametrize("cell", ["A1", "r12", "0007", "B", "fredag", "12,5", "18:00", "31.12.2024", None, 12.0, "-"])
def test_what_a_service_writes_in_its_tables_is_not_about_a_person(cell):
    assert not may_be_personal(cell)


@pytest.mark.parametrize("header", ["Merknad", "Fullt navn", "Telefonnr", "E-post: kari@example.no", "Kari 91234567"])
def test_a_column_made_for_persons_is_refused_by_its_header(tmp_path: Path, header: str):
    wrong = told(tmp_path, f"tid;utfall;{header}\n2024-03-01 18:00;besvart;\n")
    assert len(wrong) == 1 and ":1:3" in wrong[0] and header not in wrong[0]


def test_an_unknown_header_written_like_a_name_is_told_by_its_number(tmp_path: Path):
    found = read_own_data(written(tmp_path, "tid;utfall;Kari Nordmann;kolonne\n2024-03-01 18:00;besvart;3;4\n"))
    (note,) = found.notes
    assert note.values["names"] == "3, kolonne"


# --- clocks, holes and edges -----------------------------------------------------------------------------------------


def test_times_with_an_offset_are_told_in_local_time(tmp_path: Path):
    rows = ["2024-07-01T18:30:00Z", "2024-07-01T23:30+00:00", "2024-12-01T18:30+01:00", "2024-10-27T01:10Z"]
    found = read_own_data(written(tmp_path, "tid;utfall\n" + "\n".join(f"{row};besvart" for row in rows)))
    assert isinstance(found, OwnLog)
    local = [found.calendar.civil_time(int(at)) for at in found.at_ms]
    assert [f"{at:%d.%m %H:%M}" for at in local] == ["01.07 20:30", "02.07 01:30", "27.10 02:10", "01.12 18:30"]
    assert local[2].fold == 1


def evenings(missing: range = range(0), minutes: tuple[int, ...] = (3, 22, 41, 58)) -> list[str]:
    """Four contacts an hour, 16:15-23:00, on 61 days less the missing ones."""
    days = [date(2024, 3, 1 + day) if day < 31 else date(2024, 4, day - 30) for day in range(61) if day not in missing]
    times = [(hour, minute) for hour in range(16, 23) for minute in minutes if (hour, minute) >= (16, 15)]
    return ["tid;utfall", *(f"{day} {hour:02d}:{minute:02d};besvart" for day in days for hour, minute in times)]


def test_a_hole_in_a_log_is_unknown_and_not_a_week_without_contacts(tmp_path: Path):
    found = read_own_data(written(tmp_path, "\n".join(evenings(missing=range(20, 27)))))
    assert isinstance(found, OwnLog)
    offered = found.counts.offered
    assert np.sum(~np.isnan(offered)) == 54 * 7 and not np.any(offered == 0)
    assert "own.note.gaps" in {note.word for note in found.notes}


def test_a_quiet_hour_of_a_log_is_zero(tmp_path: Path):
    lines = [line for line in evenings() if not line.startswith("2024-03-11 19")]
    found = read_own_data(written(tmp_path, "\n".join(lines)))
    assert isinstance(found, OwnLog) and np.sum(found.counts.offered == 0) == 1


def test_a_channel_that_opens_inside_an_hour_counts_the_open_part(tmp_path: Path):
    found = read_own_data(written(tmp_path, "\n".join(evenings(minutes=tuple(range(0, 60, 5))))))
    assert isinstance(found, OwnLog)
    hour = found.calendar.hours.hour
    assert np.unique(found.counts.open_share[hour == 16]) == pytest.approx([0.75])
    assert np.unique(found.counts.open_share[hour == 22]) == pytest.approx([1.0]), "times are rounded to five minutes"
    assert "own.note.edges" in {note.word for note in found.notes}


def test_a_lone_half_hour_is_not_an_hour(tmp_path: Path):
    half = [f"01.03.2024;{hour}:{minute};1;0" for hour in (18, 19) for minute in ("00", "30")]
    half += ["02.03.2024;18:30;1;0", "02.03.2024;19:00;1;0", "02.03.2024;19:30;1;0"]
    found = counts(tmp_path, "\n".join(["dato;tid;besvart;tapt", *half]))
    assert np.isnan(found.offered[24 + 18]) and found.offered[24 + 19] == 2 == found.offered[18]


def test_rows_of_data_are_not_taken_for_a_header(tmp_path: Path):
    wrong = told(tmp_path, "Når;Hvor\n01.03.2024;18;3;1\n02.03.2024;18;7;1\n")
    assert len(wrong) == 1 and "01.03.2024" not in wrong[0] and "header" in wrong[0]


def test_columns_that_do_not_add_up_are_told(tmp_path: Path):
    found = counts(tmp_path, "dato;time;besvart;tapt;totalt\n01.03.2024;18;3;1;9\n")
    assert found.offered[18] == 9 and "own.note.differing" in {note.word for note in found.notes}


@pytest.mark.parametrize("label", ["Totalsum", "Sum mars", "Sum 2024", "TOTALT:"])
def test_sums_at_the_bottom(tmp_path: Path, label: str):
    assert np.nansum(counts(tmp_path, f"dato;time;besvart;tapt\n01.03.2024;18;3;1\n{label};;3;1\n").offered) == 4


def test_excel_with_hours_as_times_and_formulas_nobody_computed(tmp_path: Path):
    book = Workbook()
    book.active.append(["Dato", *(time(hour) for hour in range(16, 23))])
    book.active.append([datetime(2024, 3, 1), *range(7)])
    book.save(tmp_path / "wide.xlsx")
    wide = read_own_data(tmp_path / "wide.xlsx", series="offered")
    assert isinstance(wide, OwnCounts) and wide.offered[16:23].tolist() == list(range(7))
    book = Workbook()
    for row in (["Dato", "Time", "Besvarte", "Tapte"], [datetime(2024, 3, 1), 18, "=1+2", 1], ["Sum", None, "=C2", 1]):
        book.active.append(row)
    book.save(tmp_path / "formula.xlsx")
    with pytest.raises(OwnDataError) as caught:
        read_own_data(tmp_path / "formula.xlsx")
    (problem,) = caught.value.problems
    assert (problem.line, problem.column, problem.word) == (2, 3, "own.uncomputed")
