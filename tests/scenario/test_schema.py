"""The committed schema is the model's, and accepts every file that loads."""

import json
from pathlib import Path

import jsonschema
import pytest

from simulator.scenario import json_schema, schema_text
from simulator.scenario import model as model_module
from simulator.scenario.places import shipped_folder
from simulator.scenario.yaml_reader import read_file, read_text

HERE = Path(__file__).parent
COMMITTED = Path(model_module.__file__).with_name("scenario.schema.json")
VALID = [HERE / "whole.yaml", *sorted(shipped_folder().glob("*.yaml"))]
HEAD = "title: x\nperiod: {first_day: 2024-01-01, last_day: 2024-01-02}\n"


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json_schema(), format_checker=jsonschema.FormatChecker())


def complaints(validator: jsonschema.Draft202012Validator, text: str) -> list[str]:
    return [error.message for error in validator.iter_errors(read_text(text, "f").tree)]


def test_the_committed_schema_is_current():
    hint = "python -c 'from simulator.scenario import schema_text; print(schema_text(), end=\"\")'"
    assert COMMITTED.read_text("utf-8") == schema_text(), f"write it anew: {hint}"


def test_it_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(json_schema())
    assert json.loads(schema_text()) == json_schema()


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_files_that_load_are_valid(validator: jsonschema.Draft202012Validator, path: Path):
    errors = [
        f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(read_file(path, "f").tree)
    ]
    assert errors == []


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "channels: {phone: {work: {mean_min: {value: 12, status: assumed, source: x, note: y}}}}\n",
        HEAD + "channels: {phone: {open: {value: always, status: published}, work: {mean_min: 12}}}\n",
        HEAD + "channels: {}\ndemand: {chat: {per_hour: [1, {value: 2, status: assumed}]}}\n",
        "extends: a.yaml\nroster: {k: {night: null, day: {counsellors: 3}}}\nsites: {oslo: null}\npay: null\n",
        "extends: a.yaml\noverrides: {a: {channels: {chat: {patience: null}}}, b: {sites: {k: {share: 0.2}}}}\n",
    ],
)
def test_what_files_may_say_on_top_of_the_model_is_valid(validator: jsonschema.Draft202012Validator, text: str):
    assert complaints(validator, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "title: x\n",
        HEAD + "channels: {phone: {work: {mean_min: 0}}}\n",
        HEAD + "channels: {phone: {work: {mean_min: {value: 0, status: assumed}}}}\n",
        HEAD + "channels: {phone: {work: {mean_min: {value: 1}}}}\n",
        HEAD + "channels: {phone: {work: {mean_min: {value: 1, status: guessed}}}}\n",
        HEAD + "chanels: {}\nchannels: {}\n",
        HEAD + "channels: {fax: {}}\n",
        HEAD + "channels: {phone: {open: 22.00}}\n",
        HEAD + "channels: {phone: {work: null}}\n",
        "extends: a.yaml\nperiod: {first_day: null}\n",
        "extends: a.yaml\noverrides: {a: {extends: b.yaml}}\n",
        "extends: a.yaml\nroster: {kristiansand: {day: {counsellors: 2.5}}}\n",
    ],
)
def test_what_load_refuses_is_invalid(validator: jsonschema.Draft202012Validator, text: str):
    assert complaints(validator, text)


def test_every_key_of_the_model_is_in_it():
    schema = json_schema()
    assert set(model_module.Scenario.model_fields) | {"extends", "overrides"} == set(schema["properties"])
    assert set(schema["$defs"]["Changes"]["properties"]) == set(model_module.Scenario.model_fields)
    assert set(schema["$defs"]["Shift"]["properties"]) == set(model_module.Shift.model_fields)
