"""A known line from its block totals: the promised closeness on Open Up, honest bands elsewhere, and hard inputs."""

from pathlib import Path

import numpy as np
import pytest
from scipy.interpolate import PchipInterpolator

from simulator.cli import line as command
from simulator.demand.errors import ReconstructionError
from simulator.demand.family import FAMILY, known_shape, random_shape
from simulator.demand.hour_counts import HourCountsError, read_hour_counts
from simulator.evidence import evidence
from simulator.report.line import line_sentences, line_tables
from simulator.scenario.schedule import ScheduleRule
from simulator.study import line as study
from simulator.study.line import default_blocks, reconstruct_line, seen_by, total_variation

OPEN_UP = np.array(evidence("openup-arrivals-by-hour").value, float)

# Lines invented around what is published of them (hours_elsewhere.yaml): relative rates at some times of the day.
LINES = {
    "Samaritans": {0: 6, 1.5: 5.6, 3: 4, 5: 2.4, 7: 1.9, 9: 2.5, 12: 3.9, 15: 4.2, 18: 4.6, 20: 5.4, 22: 6.2},
    "Crisis Text Line": {0: 8, 2: 5, 4: 2.6, 6: 1.4, 8: 1.6, 11: 3, 12.5: 3.6, 15: 4.2, 18: 6, 21: 9.5, 23: 9.5},
    "Childline": {0: 3.2, 1: 1.6, 3: 0.75, 5: 0.5, 7: 1, 9: 2.5, 12: 5, 15.5: 7.2, 17: 8, 19: 8.6, 21: 8, 22.5: 6},
    "krisenchat": {
        0: 2.6,
        2: 1.2,
        4: 0.6,
        6: 0.55,
        8: 1.5,
        10: 2.8,
        12: 3.8,
        14: 4.9,
        16: 6,
        18: 7.8,
        20: 9.8,
        23: 5.6,
    },
    "daytime phone": {0: 1.6, 3: 1, 5: 1, 7: 2, 9: 5.5, 11: 7.4, 13: 6.8, 15: 6.8, 17: 5.4, 19: 4.8, 21: 4.2, 23: 2.4},
    "owls": {0: 9.5, 1: 8.5, 2.5: 6, 4: 3, 6: 1, 8: 0.7, 12: 1.4, 16: 3, 18: 4, 20: 6, 22: 9, 23: 10},
}


def invented(name):
    """The line's day, with an unevenness of 4 % in each hour."""
    times, rates = np.array(sorted(LINES[name].items())).T
    around = [times + turn for turn in (-24, 0, 24)]
    curve = PchipInterpolator(np.concatenate(around), np.tile(np.log(rates), 3))
    noise = np.random.default_rng(sum(map(ord, name))).normal(size=24)
    return np.exp(curve(np.arange(24) + 0.5) + 0.04 * noise)


@pytest.fixture(scope="module")
def open_up():
    return reconstruct_line(OPEN_UP)


def test_open_up_is_found_from_three_totals_by_shapes_that_never_saw_it(open_up):
    assert open_up.left_out == ("open-up",)
    assert open_up.distance < 0.08
    assert open_up.held.sum() >= 20
    assert open_up.good
    assert open_up.distance < min(total_variation(each, open_up.true) for each in open_up.single.values())
    assert total_variation(open_up.single["smoothness"], open_up.true) == pytest.approx(0.094, abs=0.002)


def test_another_design_finds_the_same(open_up):
    other = reconstruct_line(OPEN_UP, seed=2)
    assert total_variation(other.median, open_up.median) < 0.01
    assert not np.array_equal(other.low, open_up.low)
    again = reconstruct_line(OPEN_UP)
    assert np.array_equal(again.low, open_up.low) and np.array_equal(again.median, open_up.median)


def test_the_median_has_the_block_totals(open_up):
    hours = study.block_hours(study._YEAR, default_blocks()).sum(axis=(1, 2))
    parts = hours / hours.sum(axis=0)
    assert parts @ open_up.median == pytest.approx(parts @ open_up.true, rel=1e-9)
    assert parts @ open_up.median == pytest.approx(list(open_up.blocks.values()), rel=1e-9)
    assert open_up.median.sum() == pytest.approx(1)


def test_nothing_but_block_totals_is_used():
    """Two days with the same totals give the same reconstruction, however they differ within blocks."""
    swapped = OPEN_UP.copy()
    swapped[[6, 13]] = OPEN_UP[[13, 6]]
    here, there = (reconstruct_line(day, leave_out=["open-up"], draws=64) for day in (OPEN_UP, swapped))
    assert np.array_equal(here.median, there.median) and np.array_equal(here.high, there.high)
    assert here.distance < there.distance


@pytest.mark.parametrize("name", LINES)
def test_the_band_is_honest_on_lines_of_other_forms(name):
    found = reconstruct_line(invented(name), draws=256)
    assert found.held.sum() >= 20, np.flatnonzero(~found.held)
    assert found.band_width < 1.1, "no wider than half a mean hour to each side"
    assert found.distance < total_variation(found.single["smoothness"], found.true)


def test_over_members_of_the_family_the_band_holds_nine_hours_in_ten():
    rng = np.random.default_rng(7)
    days = [random_shape(rng.uniform(1e-9, 1 - 1e-9, study.SHAPE_DIMENSIONS)) for _ in range(40)]
    held = [reconstruct_line(day, draws=256).held.mean() for day in days]
    assert 0.84 < np.mean(held) < 0.96


def test_chance_widens_the_band_of_few_counts():
    few = np.maximum(np.round(OPEN_UP / 30), 1)
    counted, shares = reconstruct_line(few, draws=256), reconstruct_line(few / few.sum(), draws=256)
    assert counted.counted and not shares.counted
    assert counted.band_width > 1.03 * shares.band_width
    assert np.array_equal(counted.median, shares.median) or counted.median == pytest.approx(shares.median, rel=1e-6)


@pytest.mark.parametrize(
    ("day", "seen"),
    [
        (OPEN_UP, ["open-up"]),
        (OPEN_UP * np.random.default_rng(1).normal(1, 0.01, 24), ["open-up"]),
        (known_shape("telefonseelsorge"), ["telefonseelsorge", "day-and-night"]),
        (known_shape("day-and-night"), ["day-and-night"]),
        (np.ones(24), []),
        (invented("Childline"), []),
    ],
    ids=["Open Up", "nearly", "TelefonSeelsorge", "day-and-night", "flat", "another"],
)
def test_a_shape_that_has_seen_the_line_takes_no_part(day, seen):
    assert list(seen_by(day)) == seen
    assert set(reconstruct_line(day, draws=32).left_out) == set(seen)


def test_shapes_may_be_left_out_by_name(open_up):
    found = reconstruct_line(OPEN_UP, leave_out=["telefonseelsorge"], draws=256)
    assert set(found.left_out) == {"open-up", "telefonseelsorge"} and "telefonseelsorge" not in found.single
    assert total_variation(found.median, open_up.median) > 0.005
    with pytest.raises(ReconstructionError, match="left out"):
        reconstruct_line(OPEN_UP, leave_out=FAMILY[1:] + FAMILY[:1])


def test_more_totals_tell_more(open_up):
    blocks = {f"{h:02d}": ScheduleRule(daily=f"{h:02d}:00-{h + 3:02d}:00") for h in range(0, 24, 3)}
    found = reconstruct_line(OPEN_UP, blocks)
    assert found.distance < 0.8 * open_up.distance and found.band_width < 0.6 * open_up.band_width


def test_one_total_tells_no_shape():
    found = reconstruct_line(OPEN_UP, {"all": None}, draws=256)
    assert list(found.blocks.values()) == [1.0] and found.held.sum() >= 18


def test_a_line_that_is_closed_in_a_block_is_refused():
    day = OPEN_UP.copy()
    day[:4] = 0
    with pytest.raises(ReconstructionError, match="No smooth curve"):
        reconstruct_line(day)


def test_as_json_and_words_tell_the_same(open_up):
    told = open_up.as_json()
    assert told["hours_held"] == sum(each["held"] for each in told["hours"]) == open_up.held.sum()
    assert told["total_variation"]["median"] == pytest.approx(open_up.distance, rel=1e-5)
    assert len(told["hours"]) == 24 and sum(each["true"] for each in told["hours"]) == pytest.approx(1, abs=1e-4)
    for lang, share in (("nb", "5,3"), ("en", "5.3")):
        distances, hours = line_tables(open_up, lang)
        assert share in distances.rows[0][1] and len(hours.rows) == 24
        assert "open-up" in " ".join(line_sentences(open_up, lang))


def test_an_outlandish_line_is_said_to_lie_outside():
    day = np.where(np.arange(24) % 2, 100.0, 900.0)
    found = reconstruct_line(day, draws=256)
    assert not found.good and found.held.sum() < 12
    assert "04–05" in " ".join(line_sentences(found, "en"))


# --- tables ------------------------------------------------------------------------------------------------------


def written(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "day.csv"
    path.write_bytes(text.encode(encoding))
    return path


ROWS = [(hour, int(count)) for hour, count in enumerate(OPEN_UP)]


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("hour,count", "{0},{1}"),
        ("hour,arrivals_in_year,chat_minutes_mean,chat_minutes_sd", "{0},{1},61.8,38.6"),
        ("klokketime;antall;merknad", "{0:02d}:00;{1};stille"),
        ("Kl;Henvendelser;Andel", "kl. {0:02d}-{2:02d};{1};0,5"),
        ("chats\thour", "{1}\t{0:02d}.00"),
        ("hour,something of our own", '{0},"{1}"'),
        ('"year","hour","Count"', '2020,"{0}","{1},0"'),
        ("sep=;\nhour;calls 2023;minutes", "{0:02d}:00-{0:02d}:59;{1},0;3"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_the_tables_that_people_have_are_read(tmp_path, head, row, encoding):
    lines = [row.format(hour, count, (hour + 1) % 24) for hour, count in reversed(ROWS)]
    found = read_hour_counts(written(tmp_path, "\r\n".join([head, *lines]) + "\r\n", encoding))
    assert found.tolist() == OPEN_UP.tolist()


def test_everything_that_is_wrong_is_said_by_row(tmp_path):
    rows = [f"{hour},{count}" for hour, count in ROWS]
    rows[3], rows[5], rows[7], rows[9] = "24,5", "4,700", "7,many", "9,-2"
    with pytest.raises(HourCountsError) as wrong:
        read_hour_counts(written(tmp_path, "\n".join(["hour,count", *rows])))
    assert [(each.line, each.key) for each in wrong.value.problems] == [
        (5, "hour"),
        (7, "hour"),
        (9, "count"),
        (11, "count"),
    ]
    for lang, word in (("nb", "klokketime"), ("en", "hour")):
        assert all("day.csv:" in line for line in wrong.value.text(lang).splitlines())
        assert word in wrong.value.text(lang) or "time" in wrong.value.text(lang)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty"),
        ("hour,count\n", "missing"),
        ("count\n1\n", "clock hour"),
        ("hour,note,remark\n1,2,3\n", "count"),
        ("hour,calls,chats\n1,2,3\n", "calls"),
        ("hour,count\n" + "\n".join(f"{hour},1" for hour in range(23)), "23"),
        ("hour,count\n" + "\n".join(f"{hour},0" for hour in range(24)), "0"),
        ("hour,count\n0,1,2\n", "cells"),
        ("hour,count\n" + "0,1\n" * 2000, "lines"),
    ],
)
def test_tables_that_are_no_day_are_refused(tmp_path, text, told):
    with pytest.raises(HourCountsError) as wrong:
        read_hour_counts(written(tmp_path, text))
    assert told in wrong.value.text("en") and wrong.value.text("nb")


def test_a_file_that_is_not_there_is_said_in_words(tmp_path):
    with pytest.raises(HourCountsError, match="cannot be read"):
        read_hour_counts(tmp_path / "none.csv")


# --- the command ---------------------------------------------------------------------------------------------------


def test_the_command_knows_what_the_rooms_below_know():
    assert FAMILY == command.SHAPES
    assert study.DRAWS == command.DRAWS


def test_blocks_may_be_typed():
    blocks = command.blocks_of("00:00-04:00, 16:15-22:45", "en")
    assert list(blocks) == ["00:00-04:00", "16:15-22:45", "rest"]
    found = reconstruct_line(OPEN_UP, blocks, draws=64)
    assert found.blocks["00:00-04:00"] == pytest.approx(OPEN_UP[:4].sum() / OPEN_UP.sum(), rel=1e-3)


@pytest.mark.parametrize("typed", ["", "0-4", "00:00-04:00,", "closed", "00:00-04:00,00:00-04:00", "night"])
def test_blocks_that_cannot_be_read_are_refused(typed):
    with pytest.raises(command.click.BadParameter, match="16:15-22:45"):
        command.blocks_of(typed, "nb")


def test_the_command_prints_tables_or_one_document(tmp_path, capsys):
    rows = "\n".join(f"{hour};{count}" for hour, count in ROWS)
    path = str(written(tmp_path, f"time;antall\n{rows}\n"))
    asked = {"blocks": None, "draws": 64, "leave_out": (), "seed": 3}
    assert command.reconstruct("nb", path, json_=None, **asked) == 0
    said = capsys.readouterr().out
    assert "Utelatt" in said and "open-up" in said and "22–23" in said.replace("-", "–")
    assert command.reconstruct("en", path, json_="-", **asked) == 0
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1 and '"good":true' in printed
    command.reconstruct("en", path, json_=str(tmp_path / "day.json"), **asked)
    assert (tmp_path / "day.json").read_text("utf-8") == printed
