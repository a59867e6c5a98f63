"""The planners' page on studies says what the program does: every key and default is looked up, every file is tried."""

import re
from pathlib import Path

import pytest

from simulator.study.sweep import sweeping
from simulator.study.sweep.plan import read_study
from simulator.study.sweep.written import DESIGNS, StudyFile, Vary, schema_text

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "studier.md").read_text("utf-8")
REQUIRED = "**må stå**"
MODELS = {"StudyFile": StudyFile, "Vary": Vary}
SCHEMA = ROOT / "simulator" / "study" / "sweep" / "study.schema.json"


def rows(name):
    table = re.search(rf"^<!-- keys: {name} -->\n((?:\|.*\n)+)", PAGE, re.M)[1]
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in table.splitlines()[2:]]


@pytest.mark.parametrize("name", MODELS)
def test_the_table_names_every_key_with_its_default(name):
    fields = {field.alias or key: field for key, field in MODELS[name].model_fields.items()}
    told = {row[0].strip("`"): row[-1] for row in rows(name)}
    assert list(told) == list(fields)
    for key, field in fields.items():
        assert (told[key] == REQUIRED) == field.is_required(), key
        if isinstance(field.default, bool | int | str) and field.default != "":
            assert f"`{str(field.default).lower()}`" == told[key] or key == "replications", key
    if name == "Vary":
        assert "`1`" in told["step"]


def test_the_years_and_designs_of_the_page_are_those_of_the_program():
    told = {row[0].strip("`"): row for row in rows("StudyFile")}
    assert told["replications"][-1] == f"{sweeping.YEARS_OF_EACH} i hver verden, {sweeping.YEARS_ALONE} i én"
    assert re.findall(r"`([\w-]+)`", told["design"][1]) == list(DESIGNS)
    assert re.findall(r"^\| `([\w-]+)` \|", PAGE.split("| `design` | Punktene")[1], re.M)[:4] == list(DESIGNS)


@pytest.mark.parametrize(
    "block", re.findall(r"<!-- study: (\S+) -->\n```yaml\n(.*?)```", PAGE, re.S), ids=lambda b: b[0]
)
def test_the_files_of_the_page_are_studies(tmp_path, block):
    name, text = block
    (tmp_path / name).write_text(text, "utf-8", newline="\r\n")
    assert len(read_study(tmp_path / name)) == {"hvor-lenge.yaml": 6, "hva-betyr-mest.yaml": 7}[name]


def test_every_yaml_block_is_tried_and_the_studies_it_names_are_there():
    assert PAGE.count("```yaml") == PAGE.count("<!-- study:") == 2
    named = re.search(r"Studiene (.*) i mappen `studies`", PAGE)[1]
    assert sorted(re.findall(r"`([\w-]+)`", named)) == sorted(each.stem for each in (ROOT / "studies").glob("*.yaml"))


def test_the_committed_schema_is_current():
    hint = "simulator schema --study"
    assert SCHEMA.read_text("utf-8") == schema_text(), f"write it anew: {hint}"
