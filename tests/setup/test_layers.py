"""The house stays as drawn: a room uses only the rooms below it, and a heavy library has one home."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

# Library -> the modules, or rooms with all their modules, that may import it; and all of them do.
HOMES = {
    "babel": {"simulator.report.numbers"},
    "click": {"simulator.cli"},
    "distributed": {"simulator.study.cluster"},
    "docx": {"simulator.report.documents.word"},
    "holidays": {"simulator.scenario.calendar"},
    "jinja2": {"simulator.report"},
    "joblib": {"simulator.study.workers"},
    "matplotlib": {"simulator.report.figures"},
    "numba": {"simulator.service.compiled"},
    "polars": {"simulator.store"},
    "openpyxl": {"simulator.demand.own.sheets"},
    "pydantic": {"simulator.evidence", "simulator.scenario", "simulator.study.sweep.written"},
    "rich": {"simulator.cli", "simulator.report.terminal"},
    "ruamel": {"simulator.evidence.reader", "simulator.scenario.yaml_reader", "simulator.words"},
    "typst": {"simulator.report.documents.pdf"},
    "xlsxwriter": {"simulator.report.workbook"},
    "simpy": {"simulator.service.conversations", "simulator.service.events", "simulator.service.reference"},
}
# Published with another library, to be used through it.
PART_OF = {"llvmlite": "numba", "markupsafe": "jinja2", "pydantic_core": "pydantic"}
# Imported by another name than they are published by.
PUBLISHED_AS = {"docx": "python-docx"}

# Loaded where they are used and not before: together they would add seconds to the start of every command.
SLOW_TO_LOAD = (
    "distributed",
    "docx",
    "joblib",
    "matplotlib",
    "numba",
    "numpy",
    "polars",
    "pydantic",
    "scipy",
    "scipy.stats",
    "simpy",
    "typst",
)
EXTRAS_OF_A_RUN = ("dask",)
"""Extras that the simulator uses where they are installed; the others are for those who work on it."""


def imported(source: str) -> set[str]:
    """Return the libraries of every absolute import, also of those inside functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module)
    return {PART_OF.get(top, top) for top in (name.split(".")[0] for name in names)}


@cache
def modules() -> tuple[tuple[str, set[str]], ...]:
    """Return every module of the simulator by its dotted name, with what it imports."""
    found = []
    for path in sorted((ROOT / "simulator").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found.append((name, imported(path.read_text(encoding="utf-8"))))
    return tuple(found)


def home_of(module: str, homes: set[str]) -> str:
    """Return the home that a module belongs to, or the module itself if it belongs to none."""
    return next((home for home in homes if f"{module}.".startswith(f"{home}.")), module)


def check_layers(folder: Path) -> subprocess.CompletedProcess[str]:
    """Hold the package in a folder against the contracts of the project."""
    program = shutil.which("lint-imports", path=Path(sys.executable).parent)
    assert program, "import-linter is not installed beside this Python"
    command = [program, "--no-logo", "--no-cache", "--config", str(ROOT / "pyproject.toml")]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)


def test_every_folder_of_modules_is_a_package():
    folders = {path.parent for path in (ROOT / "simulator").rglob("*.py")}
    assert [folder.name for folder in folders if not (folder / "__init__.py").is_file()] == []  # else not checked


def test_every_room_uses_only_the_rooms_below_it():
    result = check_layers(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("words/__init__.py", "import simulator.cli"),
        ("service/upward.py", "from simulator.study import replicate"),
        ("report/upward.py", "def late():\n    import simulator.store"),
        ("unlisted_room.py", ""),
    ],
)
def test_a_planted_breach_of_the_layers_is_caught(tmp_path, module, line):
    shutil.copytree(ROOT / "simulator", tmp_path / "simulator", ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "simulator" / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    result = check_layers(tmp_path)
    assert result.returncode == 1
    assert "BROKEN" in result.stdout


@pytest.mark.parametrize("library", HOMES)
def test_a_heavy_library_lives_in_its_home_alone(library):
    homes = HOMES[library]
    assert {home_of(module, homes) for module, names in modules() if library in names} == homes


def test_imports_are_seen_wherever_they_stand():
    source = "import a.b as c\ndef f():\n    from d.e import f\nif c:\n    import g\nelse:\n    from . import h"
    assert imported(source) == {"a", "d", "g"}


def test_what_is_imported_is_declared_and_what_is_declared_is_imported():
    extras = PROJECT["project"]["optional-dependencies"]
    lines = PROJECT["project"]["dependencies"] + [line for extra in EXTRAS_OF_A_RUN for line in extras[extra]]
    declared = {re.split(r"[.<>=\[ ]", line)[0] for line in lines}
    outside = set.union(*(names for _, names in modules())) - set(sys.stdlib_module_names) - {"simulator"}
    published = {PUBLISHED_AS.get(name, name) for name in outside}
    assert published == declared - {"tzdata"}  # tzdata is data: zoneinfo reads it where the machine has none


def loaded_by(code: str, *words: str) -> set[str]:
    """Return which of the slow libraries a piece of Python has loaded at its end."""
    code += f"\nimport sys; print('loaded:', *sorted(set({SLOW_TO_LOAD}) & set(sys.modules)))"
    command = [sys.executable, "-c", code, *words]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    return set(result.stdout.rpartition("loaded:")[2].split())


@pytest.mark.parametrize("words", [[], ["--help"], ["run", "--help"], ["--version"], ["run", "--precision", "x"]])
def test_a_command_starts_without_the_libraries_that_are_slow_to_load(words):
    code = "import sys; from simulator.cli import run_command; sys.argv[1:] and run_command(sys.argv[1:], 'nb')"
    assert loaded_by(code, *words) == set()


def test_questions_of_many_years_load_no_engine_and_nobody_to_spread_them_over():
    slow = loaded_by("import simulator.study.overview, simulator.study.backtest, simulator.study.replay")
    assert slow == {"numpy", "pydantic", "scipy"}


def test_the_slow_libraries_are_seen():
    assert loaded_by("import joblib, scipy.special") >= {"joblib", "numpy", "scipy"}
