"""What rosters cost, as a user asks for it."""

import csv
import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from simulator.cli import pricing
from tests.cli.commands import everything_in, squeezed, strict_json

SHIPPED = Path(__file__).parents[2] / "scenarios"
BASE, PLAN = SHIPPED / "2024-actual.yaml", SHIPPED / "round-the-clock.yaml"
QUICK = ("--replications", 1, "--workers", 1)


def test_a_roster_and_what_is_had_for_it(typed, small):
    said = typed("cost", small, *QUICK, lang="nb")
    assert said.status == 0
    told = squeezed(said.out)
    for words in ("Årsverk", "Grunnlønn", "Kroner per hjelpesøk som fikk svar", "bare simuleringsstøy"):
        assert words in told
    phone = 7 * 24 * 500_000 / 1_500
    assert f"{phone:,.0f}".replace(",", " ") in said.out.replace("\u00a0", " ")


def test_the_document_adds_up_to_the_øre(typed, small):
    document = typed("cost", small, *QUICK, "--json", "-").document()
    (plan,) = document["scenarios"]
    whole = plan["sheet"]["whole"]
    assert sum(Decimal(str(each)) for each in whole["parts_nok"].values()) == Decimal(str(whole["cost_nok"]))
    assert plan["figures"]["cost_nok"]["mean"] == pytest.approx(whole["cost_nok"], rel=1e-5)
    assert document["against"] is None and document["differences"] == [] and plan["named_sum"] is None


def test_beside_a_base_over_worlds(typed, desk):
    document = typed("cost", PLAN, "--against", BASE, "--worlds", 3, *QUICK, "--json", "-").document()
    (extra,) = document["differences"]
    ratio = extra["ratios"]["nok_per_extra_person"]
    assert (extra["plan"], document["against"]) == ("round-the-clock", "2024-actual")
    assert ratio["reason"] == "" and ratio["estimate"]["low"] <= ratio["estimate"]["mean"] <= ratio["estimate"]["high"]
    named = document["scenarios"][1]["named_sum"]
    parts = [named["roster_nok"], *(step["nok"] for step in named["steps"]), named["left_nok"]]
    assert sum(Decimal(str(each)) for each in parts) == Decimal(str(named["named_nok"])) == 21_300_000


@pytest.mark.parametrize("lang", ["nb", "en"])
def test_the_named_sum_is_explained_with_sign_and_status(typed, desk, lang):
    told = squeezed(typed("cost", PLAN, "--worlds", 3, *QUICK, lang=lang).out)
    expected = {
        "nb": ("21,3 mill. kr", "mer enn de", "plasser døgnet rundt", "publisert", "antatt", "ikke kjent"),
        "en": ("NOK 21.3 million", "more than the", "seats round the clock", "published", "assumed", "not known"),
    }
    for words in expected[lang]:
        assert words in told


def test_overrides_are_plans_of_their_own(typed, small):
    words = ("cost", small, "--with", "one-more", "--against", small, "--replications", 20, "--workers", 1)
    document = typed(*words, "--json", "-").document()
    assert [each["name"] for each in document["scenarios"]] == ["small", "small+one-more"]
    (extra,) = document["differences"]
    assert extra["changes"]["cost_nok"]["mean"] == pytest.approx(7 * 24 * 500_000 / 1_500, rel=1e-5)


def test_the_folder(typed, small, desk):
    typed("cost", small, *QUICK, "--json", "told.json", "--out", "out")
    (folder,) = (desk / "out").iterdir()
    assert folder.name.startswith("cost-small-")
    files = everything_in(folder)
    assert set(files) == {"cost.json", "cost.xlsx", "roster.csv", "figures.csv", "report.html"}
    document = strict_json(files["cost.json"].decode())
    assert document == strict_json((desk / "told.json").read_text("utf-8"))
    rows = list(csv.DictReader(io.StringIO(files["roster.csv"].decode("utf-8-sig")), delimiter=";"))
    lines = document["scenarios"][0]["sheet"]["lines"]
    assert [(row["shift"], float(row["nok"].replace(",", "."))) for row in rows] == [
        (line["shift"], line["cost_nok"]) for line in lines
    ]
    page = files["report.html"].decode()
    assert "<html" in page and "Hva koster det" in page and "<script" not in page
    with zipfile.ZipFile(io.BytesIO(files["cost.xlsx"])) as book:
        cells = book.read("xl/worksheets/sheet1.xml").decode()
        assert "SUM(" in cells and f"<v>{lines[0]['parts_nok']['basic']}</v>" in cells
    typed("cost", small, *QUICK, "--out", "again")
    (other,) = (desk / "again").iterdir()
    assert other.name == folder.name and everything_in(other) == files, "same question, same bytes"


def test_a_name_of_a_shift_is_text_wherever_it_goes(typed, small, desk):
    text = (desk / small).read_text("utf-8").replace("    phone: {hours", '    "=1+1 <b>": {hours')
    (desk / "odd.yaml").write_text(text.replace("overrides:", "x-overrides:").split("x-overrides")[0], "utf-8")
    assert typed("cost", "odd.yaml", *QUICK, "--out", "out").status == 0
    (folder,) = (desk / "out").iterdir()
    assert b"<b>" not in (folder / "report.html").read_bytes()
    assert ";'=1+1 <b>;" in (folder / "roster.csv").read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (("pay:", "why2:"), "why2"),
        (("pay: {basic_nok_per_year: 500000, hours_per_year: 1500}\n", ""), "pay"),
        (("hours_per_year: 1500", "hours_per_year: 1500, absence_share: 1"), "absence_share"),
        (("hours_per_year: 1500", "hours_per_year: 1500, paid_break_min: -5"), "paid_break_min"),
    ],
)
def test_wrong_input_is_told_and_nothing_is_written(typed, small, desk, changed, told):
    text = (desk / small).read_text("utf-8").replace(*changed)
    (desk / "wrong.yaml").write_text(text, "utf-8")
    said = typed("cost", "wrong.yaml", *QUICK, lang="nb")
    assert said.status == 2 and told in said.err and "Traceback" not in said.err
    assert not (desk / "results").exists()


def test_two_plans_of_one_name(typed, small, desk):
    (desk / "other").mkdir()
    (desk / "other" / "small.yaml").write_text((desk / small).read_text("utf-8").replace("1500", "1400"), "utf-8")
    said = typed("cost", small, "other/small.yaml", *QUICK)
    assert said.status == 2 and "small" in said.err


def test_it_takes_as_many_years_as_other_comparisons():
    assert pricing.YEARS_ALONE == 20
    assert json.dumps(pricing.YEARS_OF_EACH) == "4"
