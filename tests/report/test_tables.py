"""The tables: what they show, in which order, with which denominators, and what they withhold."""

import math
from dataclasses import replace

import numpy as np
import pytest

from simulator.report import sentences, tables
from simulator.report.profile import profile_table
from simulator.study.estimates import Estimates, Key, Result

NBSP = "\u00a0"


def plain(table):
    return [[cell.replace(NBSP, " ") for cell in row] for row in table.rows]


def one_row(key, mean, unit="contacts/year", half=0.0):
    numbers = np.array([[mean, mean - half, mean + half, mean, mean, half]])
    return Result({"name": "x", "sites": {}}, {"replications": 2}, Estimates((key,), (unit,), numbers))


def test_every_row_of_every_table_is_as_wide_as_its_head(result):
    everything = [
        *tables.key_tables(result, "nb"),
        tables.by_hour_table(result, "nb", ends=True),
        tables.by_week_table(result, "chat", "nb"),
        tables.sites_table(result, "nb"),
        profile_table(result, "nb"),
        tables.overrides_table(result, "nb"),
        *(tables.assumptions_table(result, status, "nb") for status in tables.STATUSES),
    ]
    assert all(len(row) == len(table.columns) for table in everything for row in table.rows)
    assert all(table.rows for table in everything)


def test_persons_come_first_with_chat_and_phone_together(result):
    rows = plain(tables.persons_table(result, "nb"))
    assert rows[0] == ["Chat og telefon", "50 000", "30 000", "20 000 (19 800–20 200)", "19 400–20 600"]
    assert [row[0] for row in rows] == ["Chat og telefon", "Chat", "Telefon", "SMS", "E-post", "ung.no"]


def test_totals_stand_before_ratios_and_ratios_name_their_denominators(result):
    names = [row[0] for row in tables.attempts_table(result, "nb").rows]
    assert names[0] == "Alle henvendelser"
    assert names.index("Møtte stengt") < names.index("Besvart av dem som møtte åpen kanal")
    assert names.index("Besvart av dem som møtte åpen kanal") < names.index("Besvart av alle henvendelser")
    assert "Besvart innen målet av dem som møtte åpen kanal" in names


def test_the_hours_have_24_rows_and_say_how_long_the_channel_was_open(result):
    table = tables.by_hour_table(result, "nb")
    assert len(table.rows) == 24
    assert [column.group for column in table.columns] == ["", *["Chat"] * 4, *["Telefon"] * 4]
    assert [row[1] for row in table.rows[15:18]] == ["0", "45", "60"]
    assert {row[5] for row in table.rows} == {"60"}


def test_small_counts_are_withheld_where_a_count_is_split(result):
    cells = [cell for row in tables.by_week_table(result, "phone", "en").rows for cell in row[1:]]
    assert "<5" in cells
    assert not {"1", "2", "3", "4"} & set(cells)


@pytest.mark.parametrize(("mean", "shown"), [(0.0, "0"), (0.4, "<5"), (4.9, "<5"), (5.0, "5")])
def test_a_small_count_by_site_hides_its_share_and_wait_too(mean, shown):
    table = tables.sites_table(one_row(Key("answered", "phone", "oslo"), mean), "nb")
    assert plain(table)[0][1:] == [shown, "–", "–"]


def test_small_sites_stand_together_last_with_their_sum_where_it_is_large_enough():
    keys = tuple(Key("answered", "phone", site) for site in ("a", "b", "c"))
    numbers = np.array([[mean, mean, mean, mean, mean, 0.0] for mean in (4.0, 900.0, 3.0)])
    result = Result({"sites": {"b": "Kristiansand"}}, {}, Estimates(keys, ("contacts/year",) * 3, numbers))
    assert plain(tables.sites_table(result, "nb")) == [
        ["Kristiansand", "900", "–", "–"],
        ["Andre svarsteder (2 med under 5 hver)", "ca. 7", "–", "–"],
    ]


def test_what_is_missing_or_has_no_denominator_is_a_dash():
    result = one_row(Key("offered", "chat"), math.nan)
    assert plain(tables.attempts_table(result, "nb")) == [["Alle henvendelser", "–"]]
    assert tables.staffing_table(result, "nb").rows == ()
    assert tables.by_hour_table(result, "nb").rows == ()


def test_an_interval_stays_within_what_the_figure_can_be():
    wait = one_row(Key("wait_p90_min", "chat"), 0.3, "min", half=0.4).measures.get("wait_p90_min", channel="chat")
    share = one_row(Key("occupancy"), 0.98, "share", half=0.04).measures.get("occupancy")
    assert tables.cell(wait, "en").replace(NBSP, " ") == "0.3 min (0.0–0.7)"
    assert tables.cell(share, "en") == "98.0% (94.0–100.0)"


def test_few_simulated_years_do_not_tell_what_nine_of_ten_bring(result):
    few = replace(result, manifest=result.manifest | {"replications": 19})
    table = tables.persons_table(few, "nb")
    assert {row[-1] for row in table.rows} == {"–"}
    assert "fra 20 simulerte år" in table.note
    assert "ni av ti" not in " ".join(sentences.certainty(few, "nb"))
    assert "fra 20 simulerte år" not in tables.persons_table(result, "nb").note


@pytest.mark.parametrize(
    ("value", "nb"),
    [
        (7, "7"),
        (0.75, "0,75"),
        (True, "ja"),
        (None, "ingen"),
        ("day-and-night", "day-and-night"),
        ([1.5, 2], "1,5; 2"),
        ([0.1] * 24, "0,1; 0,1; 0,1; 0,1 … (24 verdier)"),
        ({"mean_min": 7, "cv": None}, "mean_min: 7; cv: ingen"),
        ("x" * 90, "x" * 59 + "…"),
    ],
)
def test_values_of_a_scenario_in_short(value, nb):
    assert tables.value_text(value, "nb") == nb


def test_an_assumption_tells_its_source_and_its_note(result):
    first, _, last = tables.assumptions_table(result, "assumed", "nb").rows
    assert first == ("channels.chat.patience.mean_min", "7", "[see model] – 5-12 min")
    assert last == ("roster.kristiansand.phone.counsellors", "2", "")


def test_the_backtest_keeps_fitted_and_held_out_apart():
    shared = {"status": "published", "verdict": "agrees", "source": "x", "noise": 1.0, "place": 0.4}
    chats = {"figure": "a", "label": {"nb": "Chatter", "en": "Chats"}, "unit": "chats", "published": 8770.0}
    share = {"figure": "b", "label": {"nb": "Andel", "en": "Share"}, "unit": "share", "published": 0.63}
    fitted, held_out = tables.backtest_tables(
        [
            shared | chats | {"mean": 8791.0, "low": 8600.0, "high": 8950.0, "held_out": False},
            shared | share | {"mean": 0.64, "low": 0.62, "high": 0.66, "held_out": True, "verdict": "differs"},
        ],
        "nb",
    )
    assert plain(fitted) == [["Chatter", "8 770", "publisert", "8 790 (8 600–8 950)", "40 %", "stemmer"]]
    assert plain(held_out) == [["Andel", "63 %", "publisert", "64,0 % (62,0–66,0)", "40 %", "avviker"]]
    assert fitted.note and not held_out.note


def test_the_answer_counts_persons_and_names_the_open_channel(result):
    answer = [sentence.replace(NBSP, " ") for sentence in sentences.answer(result, "nb")]
    assert answer[0].startswith("Av 50 000 hjelpesøk på chat og telefon i løpet av et år fikk 30 000 svar.")
    assert "som møtte åpen chat, ble besvart: 66,7 % (66,0–67,4)" in answer[1]


def test_certainty_says_what_the_interval_holds_and_how_much_is_assumed(result):
    said = " ".join(sentences.certainty(result, "nb"))
    assert "20 simulerte år" in said
    assert "3 av de 6 tallene" in said
    many = replace(result, manifest=result.manifest | {"worlds": 200})
    assert "200 mulige verdener" in " ".join(sentences.certainty(many, "nb"))


def test_figures_without_a_source_are_counted_and_listed(result):
    model = {"channels": {"chat": {"balking": 0.1, "speed_by_level": [1.0, 0.8]}}}
    paths = ["channels.chat.balking", "channels.chat.speed_by_level"]
    told = replace(result, scenario=result.scenario | {"model": model}, manifest=result.manifest | {"unsourced": paths})
    said = " ".join(sentences.certainty(told, "nb"))
    assert "3 av de 8 tallene modellen bygger på, er antatt" in said
    assert "2 av de 8 tallene modellen bygger på, står i scenarioet uten oppgitt kilde" in said
    table = tables.unsourced_table(told, "nb")
    assert table.caption.startswith("Uten oppgitt kilde") and "2 tall" in table.caption
    assert table.rows == ((paths[0], "0,1"), (paths[1], "1; 0,8"))
    assert tables.unsourced_table(result, "nb").rows == ()
    assert "uten oppgitt kilde" not in " ".join(sentences.certainty(result, "nb"))


def test_a_scenario_that_gives_no_source_at_all_is_not_said_to_assume_nothing(result):
    told = replace(result, manifest=result.manifest | {"assumptions": [], "unsourced": ["demand.chat.per_hour"]})
    said = " ".join(sentences.certainty(told, "nb"))
    assert "1 av de 1 tallene" in said and "antatt" not in said
    measured = replace(result, manifest=result.manifest | {"assumptions": result.manifest["assumptions"][-2:]})
    assert "0 av de 2 tallene modellen bygger på, er antatt" in " ".join(sentences.certainty(measured, "nb"))


def test_one_simulated_year_claims_no_interval(result):
    single = replace(result, manifest=result.manifest | {"replications": 1})
    said = " ".join(sentences.certainty(single, "nb"))
    assert "Bare ett år er simulert" in said
    assert "parentes" not in said and "ni av ti" not in said


def test_what_was_run_tells_the_week_the_hours_and_the_expectation(result):
    facts = {name: text.replace(NBSP, " ") for name, text in sentences.what_was_run(result, "nb")}
    assert facts["Åpent: chat"] == "man–fre og søn 16:15–22:45, lør 16:15–23:45 (2 431 timer i perioden)"
    assert facts["Periode"] == "1. januar 2024 til 31. desember 2024"
    assert facts["Ventet"] == "sammenlignet med 2023-actual: ubesvart opp; besvart (chat), fikk svar ned"


def test_an_expectation_without_words_stands_as_it_was_written():
    expect = {"than": "base", "up": ["no_such_figure chat"], "down": []}
    assert sentences.expected(expect, "en") == "compared with base: no_such_figure chat up"
