"""The planners' page says what the program does: every block is tried, every key, default and figure is looked up.

A comment before a block or a table says what it is: ``file``, ``over`` (a fragment over a shipped scenario), ``wrong``,
``profile``, ``log``; ``keys`` (of a class of the scenario's model), ``choices``, ``measures`` and so on.
"""

import csv
import io
import re
import types
import typing
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import click
import pytest
from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo
from ruamel.yaml import YAML

from simulator.cli import command_line, run_command, split_language
from simulator.demand import ProfileError, RecordedError, parse_profile, replay_contacts, shipped_names
from simulator.demand.rates import hourly_rates
from simulator.scenario import ScenarioError, change, load, review
from simulator.scenario.calendar import Calendar, public_holidays
from simulator.scenario.model import CHANNELS, Scenario, Source
from simulator.scenario.review_hours import MARGIN_MIN
from simulator.scenario.schedule import ALWAYS, WEEKDAYS, Schedule, ScheduleRule
from simulator.service.ledger import FATES, NEXT
from simulator.service.measures import RATIOS, Yardstick
from simulator.service.planning import make_plan
from simulator.words import catalogue, say

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "scenarier.md").read_text("utf-8")
DESIGN = (ROOT / "docs" / "design.md").read_text("utf-8")
REQUIRED = "**må stå**"
A_MONDAY = date(2024, 1, 8)
OF_FILES = {"extends", "overrides"}


class Block(NamedTuple):
    """A fenced block: its line, its language, the mark before it (kind and name), and what it holds."""

    line: int
    language: str
    kind: str
    name: str
    text: str


class Table(NamedTuple):
    """A table of the page: the mark before it, its head, and its rows of cells."""

    kind: str
    name: str
    head: list[str]
    rows: list[list[str]]


def blocks() -> list[Block]:
    found = re.finditer(r"(?:<!-- (\w+): (\S+) -->\n)?^```(\w*)\n(.*?)^```$", PAGE, re.M | re.S)
    return [
        Block(PAGE[: each.start(3)].count("\n") + 1, each[3], each[1] or "", each[2] or "", each[4]) for each in found
    ]


def tables() -> list[Table]:
    found = re.finditer(r"^<!-- (\w+)(?:: (\S+))? -->\n((?:\|.*\n)+)", PAGE, re.M)
    return [Table(each[1], each[2] or "", *_rows(each[3])) for each in found]


def _rows(text: str) -> tuple[list[str], list[list[str]]]:
    cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.splitlines()]
    assert {len(row) for row in cells} == {len(cells[0])}, f"not as many cells in every row: {cells[0]}"
    return cells[0], cells[2:]


def the_table(kind: str, name: str = "") -> Table:
    (found,) = (each for each in tables() if (each.kind, each.name) == (kind, name))
    return found


def code(cell: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`]+)`", cell)


BLOCKS = blocks()
YAML_BLOCKS = [each for each in BLOCKS if each.language == "yaml"]


def of_kind(*kinds: str) -> Any:
    return pytest.mark.parametrize(
        "block", [each for each in BLOCKS if each.kind in kinds], ids=lambda block: f"line {block.line}"
    )


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A planner's folder, the files of the page in it; the working folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").mkdir()
    for block in BLOCKS:
        if block.kind in ("file", "wrong"):
            (tmp_path / block.name).write_text(block.text, "utf-8", newline="\r\n")
        elif block.kind in ("profile", "log"):
            beside = tmp_path / ("scenarios" if block.kind == "profile" else "")
            (beside / block.name).write_text(block.text, "utf-8-sig", newline="\r\n")
    return tmp_path


# --- blocks ------------------------------------------------------------------------------------------------------


def test_every_block_is_tried():
    """No block of YAML or CSV without a mark, and no mark that nothing looks at."""
    kinds = {"yaml": {"file", "over", "wrong"}, "csv": {"profile", "log"}, "powershell": {""}, "text": {""}}
    for block in BLOCKS:
        assert block.kind in kinds[block.language], block.line
    assert PAGE.count("\n```") == 2 * len(BLOCKS)
    assert sum(each.kind == "over" for each in BLOCKS) > 15


def in_order(scenario: Scenario, name: str) -> None:
    """No error, no remark, and demand that can be drawn."""
    assert not [problem.text("nb") for problem in review(scenario)], name
    for channel in CHANNELS:
        cells = hourly_rates(scenario, channel, Calendar.of(scenario))
        assert (scenario.demand_of(channel) is None) == (len(cells.mean) == 0), channel


@of_kind("file")
def test_whole_files_are_in_order(block, folder, capsys):
    name = Path(block.name).stem
    assert run_command(["check", name], "nb") == 0
    assert capsys.readouterr().out.strip() == f"{name}: i orden."
    for chosen in (), *((each,) for each in YAML(typ="safe").load(block.text).get("overrides", {})):
        in_order(load(name, chosen), name)


@of_kind("over")
def test_fragments_are_in_order_and_change_something(block, folder):
    name = f"scenarios/line-{block.line}.yaml"
    Path(name).write_text(f"extends: {block.name}.yaml\n{block.text}", "utf-8")
    changed = load(name)
    in_order(changed, name)
    only_restates = block.text.startswith("period:") or "why:" in block.text
    assert only_restates or changed != load(block.name)


@of_kind("wrong")
def test_what_is_said_of_a_wrong_file_is_what_the_page_says(block, folder):
    said = next(each.text for each in BLOCKS if each.language == "text" and each.line > block.line)
    with pytest.raises(ScenarioError) as error:
        load(Path(block.name))
    assert error.value.text("nb").replace("\\", "/") == said.strip().replace("\\", "/")


def test_the_first_scenario_fits_in_ten_lines_and_opens_two_nights():
    first = next(each for each in BLOCKS if each.kind == "file")
    assert first.text.count("\n") == 10
    changed = load(first.text, base_dir=ROOT / "scenarios")
    assert changed.channels.chat.open == changed.roster["kristiansand"]["chat"].hours
    assert changed.channels.chat.open.fri == ((16 * 60 + 15, 26 * 60),)


@of_kind("profile")
def test_profiles_are_read(block):
    assert parse_profile(block.text).per_hour.min() > 0


def test_all_profiles_say_the_same_of_a_monday():
    monday = [parse_profile(each.text).per_hour[0, 0].tolist() for each in BLOCKS if each.kind == "profile"]
    assert len(monday) == 3
    assert monday[0] == monday[1] == monday[2]


@of_kind("log")
def test_logs_are_read(block, folder):
    recorded = replay_contacts(Path(block.name), load("min-kveld"))
    assert recorded.labels == ("a1", "a2", "a3")
    assert [recorded.contacts.sites[code] for code in recorded.contacts.origin] == [
        "kristiansand",
        "oslo",
        "kristiansand",
    ]


# --- commands ----------------------------------------------------------------------------------------------------


def commands() -> list[str]:
    lines = [line for each in BLOCKS if each.language == "powershell" for line in each.text.splitlines()]
    return [*lines, *(each for each in code(PAGE) if each.startswith("simulator "))]


def parsed(context: click.Context, words: list[str]) -> click.Context:
    """What click makes of a command's words, without running it."""
    assert isinstance(context.command, click.Group)
    name, command, rest = context.command.resolve_command(context, words)
    assert command is not None
    return command.make_context(name, rest, parent=context)


@pytest.mark.parametrize("line", sorted(set(commands())))
def test_every_command_can_be_typed(line, folder):
    if line == "python run.py":
        assert (ROOT / "run.py").is_file()
        return
    program, *words = line.split()
    assert program.removeprefix(".venv\\Scripts\\") == "simulator"
    typed, lang = split_language(words)
    assert lang in (None, "nb")
    group = command_line("nb")
    given = parsed(group.make_context("simulator", [], resilient_parsing=True), typed)
    for name in [given.params.get("scenario"), *(given.params.get("scenarios") or ())]:
        if name is not None:
            load(name, given.params.get("with_") or ())
    if "log" in given.params:
        assert Path(given.params["log"]).is_file()


# --- keys --------------------------------------------------------------------------------------------------------


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Every model class that a type is made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for each in annotation.model_fields.values():
            yield from models(each.annotation)
    for part in typing.get_args(annotation):
        if not isinstance(part, str):
            yield from models(part)


MODELS = {each.__name__: each for each in [*models(Scenario), Source]}
KEY_TABLES = [each for each in tables() if each.kind == "keys"]


def test_every_part_of_a_scenario_has_a_table_of_keys():
    assert {"Scenario", "ScheduleRule", "Shift", "Background", "Surge", "Expectation"} < set(MODELS)
    assert sorted(each.name for each in KEY_TABLES) == sorted(MODELS)


@pytest.mark.parametrize("table", KEY_TABLES, ids=lambda table: table.name)
def test_a_table_has_all_keys_and_no_other(table):
    keys = [key for row in table.rows for key in code(row[0])]
    extra = {"Scenario": OF_FILES, "Source": {"value"}}.get(table.name, set())
    assert len(keys) == len(set(keys))
    assert set(keys) == set(MODELS[table.name].model_fields) | extra


def fields() -> list[Any]:
    return [
        pytest.param(table.name, key, row, id=f"{table.name}.{key}")
        for table in KEY_TABLES
        for row in table.rows
        for key in code(row[0])
        if key in MODELS[table.name].model_fields
    ]


@pytest.mark.parametrize(("model", "key", "row"), fields())
def test_a_row_gives_default_unit_and_choices(model, key, row):
    field = MODELS[model].model_fields[key]
    _, means, unit, without = row
    assert (without == REQUIRED) == field.is_required()
    assert without
    if has_plain_default(field):
        assert same(YAML(typ="safe").load(code(without)[0]), field.default)
    assert unit_of(key, field) in unit
    if ("choices", f"{model}.{key}") not in {(each.kind, each.name) for each in tables()}:
        assert set(choices(field)) <= set(code(f"{means} {unit}"))


def has_plain_default(field: FieldInfo) -> bool:
    """Whether the default is a value to write, and not a part, nothing, or an empty group."""
    return field.default == ALWAYS or (
        isinstance(field.default, bool | int | float | str | list) and field.default not in ("", [])
    )


def same(written: Any, default: Any) -> bool:
    if default == ALWAYS:
        return bool(written == "always")
    return bool(written == default) and isinstance(written, bool) == isinstance(default, bool)


def unit_of(key: str, field: FieldInfo) -> str:
    """What the unit of a key must say, by its name and its limits."""
    endings = {
        "_nok_per_year": "kr per år",
        "_nok_per_hour": "kr per time",
        "hours_per_year": "timer per år",
        "_hours_after_opening": "timer",
        "_share": "andel",
        "_min": "minutter",
        "_s": "sekunder",
        "_days": "dager",
        "_day": "dato",
        "per_hour": "per time",
        "per_year": "per år",
        "_factors": "faktorer",
        "factor": "faktor",
    }
    if is_share(field):
        return "andel"
    return next((unit for ending, unit in endings.items() if key.endswith(ending)), "")


def is_share(field: FieldInfo) -> bool:
    """Whether a number lies between 0 and 1."""
    notes = [*field.metadata, *annotations(field.annotation)]
    low = any(isinstance(note, Ge | Gt) and getattr(note, "ge", getattr(note, "gt", None)) == 0 for note in notes)
    return low and any(
        isinstance(note, Le | Lt) and getattr(note, "le", getattr(note, "lt", None)) == 1 for note in notes
    )


def annotations(annotation: Any) -> Iterator[Any]:
    """Notes on a type, inside lists and alternatives too."""
    for part in typing.get_args(annotation):
        if typing.get_origin(part) is Annotated:
            for note in part.__metadata__:
                yield from getattr(note, "metadata", [note])
        yield from annotations(part)


def choices(field: FieldInfo) -> tuple[str, ...]:
    """The words a key may hold."""
    parts = [field.annotation, *walked(field.annotation)]
    return tuple(word for part in parts if typing.get_origin(part) is Literal for word in typing.get_args(part))


def walked(annotation: Any) -> Iterator[Any]:
    if typing.get_origin(annotation) in (Annotated, typing.Union, types.UnionType, list):
        for part in typing.get_args(annotation):
            yield part
            yield from walked(part)


@pytest.mark.parametrize("table", [each for each in tables() if each.kind == "choices"], ids=lambda table: table.name)
def test_a_table_has_all_choices_in_order(table):
    model, key = table.name.split(".")
    assert [code(row[0])[0] for row in table.rows] == list(choices(MODELS[model].model_fields[key]))


def test_statuses_are_called_as_in_the_report():
    for status, word, means in the_table("choices", "Source.status").rows:
        (key,) = code(status)
        assert (word, means) == (say(f"status.{key}", "nb"), say(f"status.{key}.means", "nb"))


def test_the_checks_of_this_file_can_fail():
    shares = MODELS["ChannelRules"].model_fields
    assert unit_of("balking", shares["balking"]) == unit_of("speed_by_level", shares["speed_by_level"]) == "andel"
    assert unit_of("max_waiting", shares["max_waiting"]) == ""
    assert choices(MODELS["Shift"].model_fields["answers"]) == CHANNELS
    assert not same(True, 1.0)
    assert same("always", ScheduleRule(daily=((0, 1440),)))


# --- schedules, profiles, logs -----------------------------------------------------------------------------------


def test_schedules_mean_as_many_hours_as_the_page_says():
    rule = TypeAdapter(Schedule)
    for written, _, hours in the_table("schedules").rows:
        schedule = rule.validate_python(YAML(typ="safe").load(code(written)[0]))
        week = [schedule.windows_on(A_MONDAY + timedelta(days=day), False) for day in range(7)]
        assert sum(end - start for windows in week for start, end in windows) / 60 == number(hours), written


def number(text: str) -> float:
    return float(text.replace(",", "."))


def test_rules_stand_in_the_order_in_which_they_win():
    order = [code(row[0])[0] for row in the_table("keys", "ScheduleRule").rows]
    assert order == ["dates", "holidays", "mon", "weekdays", "weekends", "daily"]
    assert code(the_table("keys", "ScheduleRule").rows[2][0]) == list(WEEKDAYS)
    year = dict(zip(["dates", "holidays", "wed", "weekdays", "daily"], range(5), strict=True))
    written = {key: f"0{hour}:00-0{hour}:30" for key, hour in year.items()}
    written["dates"] = {"2024-05-01": written["dates"]}
    holiday = next(day for day in public_holidays(2024) if str(day) == "2024-05-01")
    for key, hour in year.items():
        rule = ScheduleRule.model_validate(written)
        assert rule.windows_on(holiday, True)[0][0] == hour * 60
        del written[key]


def test_holidays_are_those_the_page_names():
    named = re.search(r"Helligdager er (.*?)\. Julaften", PAGE, re.S)[1].replace("\n  ", " ")
    dates = {
        "1. januar": ["01-01"],
        "skjærtorsdag": ["03-28"],
        "langfredag": ["03-29"],
        "1. og 2. påskedag": ["03-31", "04-01"],
        "1. mai": ["05-01"],
        "17. mai": ["05-17"],
        "Kristi himmelfartsdag": ["05-09"],
        "1. og 2. pinsedag": ["05-19", "05-20"],
        "1. og 2. juledag": ["12-25", "12-26"],
    }
    assert named.split(", ") == list(dates)
    assert {f"{day:%m-%d}" for day in public_holidays(2024)} == {day for days in dates.values() for day in days}


@pytest.mark.parametrize("row", the_table("shapes").rows, ids=lambda row: row[0])
def test_tables_of_every_shape_are_profiles(row):
    columns = code(row[0])
    over = {"month": range(1, 13), "weekday": WEEKDAYS, "hour": range(24)}
    wide = "h00" in columns
    kept = [name for name in columns if name in over]
    figures = [f"h{hour:02d}" for hour in range(24)] if wide else ["per_hour"]
    rows: list[list[Any]] = [[]]
    for name in kept:
        rows = [[*before, each] for before in rows for each in over[name]]
    text = io.StringIO()
    csv.writer(text).writerows([[*kept, *figures], *([*each, *[1] * len(figures)] for each in rows)])
    assert parse_profile(text.getvalue()).per_hour.sum() == 12 * 7 * 24
    assert len(rows) == int(row[1])


def test_names_of_columns_are_known_and_all_are_named():
    for written in re.findall(r"`(month|måned|weekday|ukedag|hour|per_hour|time|per time|[ht]\d\d)`", PAGE):
        with pytest.raises(ProfileError) as error:
            parse_profile(f"{written},no such column\n1,1\n")
        assert column(error) == 2, written
    table = the_table("columns", "log")
    for names in ([*code(row[0]), *code(row[1])] for row in table.rows):
        for name in names:
            with pytest.raises(RecordedError) as error:
                replay_contacts(f"{name},no such column\n1,1\n", load(SMALL))
            assert column(error) == 2, name
    assert {code(row[0])[0] for row in table.rows} == set(error.value.problems[0].values["allowed"])


SMALL = next(each.text for each in BLOCKS if each.name == "scenarios/fra-bunnen.yaml")


def column(error: Any) -> int:
    """The number of the column that is unknown."""
    (problem,) = error.value.problems
    assert problem.word == "demand.column_unknown"
    return int(problem.values["number"])


def test_empty_cells_and_missing_columns_mean_what_the_page_says():
    needed = {code(row[0])[0] for row in the_table("columns", "log").rows if REQUIRED in row[3]}
    assert needed == {"time", "channel", "handling_min", "handling_s"}
    base = {"time": "2025-01-11 20:03", "channel": "phone", "handling_min": "12"}
    scenario = load(SMALL)
    for column_name in ("time", "channel", "handling_min"):
        for row in ({**base, column_name: ""}, {key: base[key] for key in base if key != column_name}):
            with pytest.raises(RecordedError):
                replay_contacts(",".join(row) + "\n" + ",".join(row.values()) + "\n", scenario)
    empty = {**base, "patience_min": "", "wrap_up_min": "", "origin": "", "id": ""}
    recorded = replay_contacts(",".join(empty) + "\n" + ",".join(empty.values()) + "\n", scenario)
    assert recorded.labels == ("2",)
    assert recorded.contacts.patience_ms[0, 0, 0] > 10**12
    assert recorded.contacts.wrap_up_ms[0, 0] == recorded.contacts.origin[0] == 0


def test_the_shipped_profiles_and_shapes_are_named():
    demand = {code(row[0])[0]: row for row in the_table("keys", "ChannelDemand").rows}
    for reference in choices(MODELS["Demand"].model_fields["reference"]):
        assert set(code(demand["profile"][1])) == set(shipped_names(reference))


# --- words -------------------------------------------------------------------------------------------------------


def test_the_words_of_the_design_are_kept():
    section = DESIGN.split("## 2. Words")[1].split("## 3.")[0]
    words = [word.strip() for row in _rows(table_in(section))[1] for word in row[2].split(",")]
    assert {"hjelpesøk", "avvist ved stenging", "samtaleplass", "antatt"} < set(words)
    defined = {
        word.strip()
        for kind in ("words", "fates", "next")
        for row in the_table(kind).rows
        for word in row[0].split(",")
    }
    assert set(words) - defined == set()


def table_in(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if line.startswith("|"))


def test_fates_and_next_steps_are_the_closed_lists():
    fates = the_table("fates").rows
    assert {code(row[1])[0] for row in fates} == set(FATES)
    assert [code(row[1])[0] for row in fates][-1] == "met_closed"
    for word, key, _ in fates:
        assert word == lower(say(f"measure.{code(key)[0]}", "nb"))
    following = {code(row[1])[0]: row[0] for row in the_table("next").rows}
    assert set(following) == set(NEXT)
    for key, measure in (("redial", "redialled"), ("phone", "phoned_instead"), ("return", "came_back")):
        assert following[key] == lower(say(f"measure.{measure}", "nb"))


def lower(text: str) -> str:
    return text[0].lower() + text[1:]


def test_measures_have_their_names_units_and_denominators():
    scenario = load("2024-actual")
    yardstick = Yardstick(scenario, make_plan(scenario))
    units = {key.measure: unit for key, unit in zip(yardstick.keys, yardstick.units, strict=True)}
    rows = {code(row[1])[0]: row for row in the_table("measures").rows}
    assert set(rows) == set(units)
    called = {
        "persons": "hjelpesøk",
        "contacts": "henvendelser",
        "share": "andel",
        "min": "minutter",
        "h": "timer",
        "hours": "timer",
        "NOK": "kroner",
    }
    for measure, (label, _, unit, denominator) in rows.items():
        kind, _, span = units[measure].partition("/")
        assert label == say(f"measure.{measure}", "nb")
        assert unit == called[kind] + (" per dag" if span == "day" else "")
        assert (denominator == "–") == (kind in ("persons", "contacts", "hours", "NOK")), measure
    labels = {measure: row[0] for measure, row in rows.items()}
    for measure, (_, bottom, _) in RATIOS.items():
        assert rows[measure][3] == labels[bottom], measure
    assert all(row[3] == "–" or row[3].split(" (")[0] in labels.values() for row in rows.values())


# --- the page ----------------------------------------------------------------------------------------------------


def test_figures_in_the_running_text():
    assert f"første og siste {MARGIN_MIN} minuttene" in PAGE
    assert "Fjorten scenarier følger med" in PAGE
    assert len(list((ROOT / "scenarios").glob("*.yaml"))) == 14
    busyness = load("2024-actual").demand.busyness
    assert (busyness.day_shape, busyness.hour_shape) == (50, 20)
    assert f"50 gir et standardavvik på {100 / 50**0.5:.0f} %" in PAGE
    assert f"20 gir {100 / 20**0.5:.0f} %" in PAGE
    assert f"tar {100 / 0.8 - 100:.0f} % lenger tid hver" in PAGE
    assert list(load("2024-actual").roster["kristiansand"]) == ["chat", "chat evening", "phone"]


def test_check_reads_the_profile(folder, capsys):
    assert "`check` leser også CSV-filen." in PAGE
    text = "extends: 2024-actual.yaml\ndemand: {chat: {profile: min-profil.csv}}\n"
    Path("scenarios/own.yaml").write_text(text, "utf-8")
    assert run_command(["check", "own"], "nb") == 0
    Path("scenarios/min-profil.csv").unlink()
    assert run_command(["check", "own"], "nb") == 2
    assert "min-profil.csv" in capsys.readouterr().err


def test_check_reviews_named_changes_as_they_would_be_run(folder, capsys):
    text = (
        "extends: varianter\noverrides:\n  aapen: {channels: {chat: {open: always}}}\n"
        "  kø: {channels: {sms: {max_waiting: 3}}}\n"
    )
    Path("scenarios/own.yaml").write_text(text, "utf-8")
    for chosen, status, said in (
        ((), 0, "own: i orden."),
        (("sen-chat", "en-til"), 0, "own: i orden."),
        (("aapen",), 0, "own: kan kjøres, men se på merknadene over."),
        (("kø",), 2, "channels.sms.max_waiting"),
        (("aapen", "sen-chat"), 2, "De navngitte endringene «aapen» og «sen-chat»"),
        (("sen-chatt",), 2, "Mente du «sen-chat»?"),
    ):
        assert run_command(["check", "own", *(f"--with={each}" for each in chosen)], "nb") == status, chosen
        told = capsys.readouterr()
        assert said in told.out + told.err


def test_the_centre_may_have_the_keys_that_the_page_names():
    sentence = re.search(r"Den kan derfor bare ha (.*?)\.\n", PAGE, re.S)[1]
    kept = {code(each)[0].partition(":")[0] for each in re.findall(r"`[^`]+`", sentence)}
    base = load(SMALL)
    other = {"open": "08:00-16:00", "share": 0.5, "busy": "wait", "ring_s": 10, "lines": 2}
    assert set(other) | kept == set(MODELS["Site"].model_fields)
    assert kept - {"lines"} == set(MODELS["Site"].model_fields) - set(other)
    for key, value in other.items():
        with pytest.raises(ScenarioError):
            change(base, {"sites": {"centre": {"centre": True, key: value}}})
    change(base, {"sites": {"centre": {"centre": True, "lines": 0, "name": "A", "background": {"busy_share": 0.1}}}})


def test_one_spelling_throughout():
    other = re.compile(r"\b(scenariet|klokken|uken)\b|overstyr", re.I)
    said = {key: entry["nb"] for key, entry in catalogue().items()} | {"docs/scenarier.md": PAGE}
    assert {key: found[0] for key, text in said.items() if (found := other.search(text))} == {}
    assert other.search("I uken") and other.search("Scenariet.") and not other.search("ukene, klokkene")


def test_links_lead_somewhere():
    heads = {
        re.sub(r"[^\w -]", "", head).strip().lower().replace(" ", "-") for head in re.findall(r"^#+ (.*)$", PAGE, re.M)
    }
    targets = re.findall(r"\]\(#([^)]+)\)", PAGE)
    assert len(targets) > 20
    assert set(targets) <= heads
