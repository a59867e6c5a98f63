"""run.py decides rightly what to install and when; the installers themselves are stood in for."""

import importlib.util
import runpy
import sys
import sysconfig
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "run.py"


class Machine:
    """A folder with run.py's project in it, and installers that note what they were told."""

    def __init__(self, folder, monkeypatch):
        spec = importlib.util.spec_from_file_location("run", SCRIPT)
        self.run = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.run)
        self.folder, self.commands, self.uv_works, self.pip_works = folder, [], False, True
        venv = folder / ".venv"
        self.packages = Path(sysconfig.get_path("purelib", "venv", {"base": venv, "platbase": venv}))
        for name in self.run.RECIPE:
            (folder / name).write_text(name, encoding="utf-8")
        for name, value in {"ROOT": folder, "VENV": venv, "STAMP": venv / "made-from"}.items():
            monkeypatch.setattr(self.run, name, value)
        monkeypatch.setattr(self.run, "succeeds", self.install)
        monkeypatch.setattr(self.run, "find_uv", lambda: ["uv"])

    def install(self, *command):
        self.commands.append(command)
        self.packages.mkdir(parents=True, exist_ok=True)
        return self.uv_works if command[0] == "uv" else self.pip_works

    def prepare(self, with_tests):
        """Prepare the environment; return the commands that it took."""
        self.commands.clear()
        self.run.prepare(with_tests=with_tests)
        return list(self.commands)

    def leave_something(self):
        """Put a file into the environment; it is gone when the environment is made anew."""
        left = self.packages / "left.py"
        left.touch()
        return left


@pytest.fixture
def machine(tmp_path, monkeypatch):
    return Machine(tmp_path, monkeypatch)


def test_a_second_start_installs_nothing(machine):
    assert machine.prepare(with_tests=True)
    assert machine.prepare(with_tests=True) == []
    assert machine.prepare(with_tests=False) == []


def test_the_test_tools_are_added_to_what_is_there(machine):
    machine.prepare(with_tests=False)
    left = machine.leave_something()
    *_, pip = machine.prepare(with_tests=True)
    assert pip[-1] == ".[test]"
    assert left.exists()


@pytest.mark.parametrize("name", ["pyproject.toml", "uv.lock", "requirements.lock"])
def test_a_changed_recipe_makes_the_environment_anew(machine, name):
    machine.prepare(with_tests=True)
    left = machine.leave_something()
    (machine.folder / name).write_text("changed", encoding="utf-8")
    assert machine.prepare(with_tests=True)
    assert not left.exists()


def test_another_python_makes_the_environment_anew(machine, monkeypatch):
    machine.prepare(with_tests=False)
    left = machine.leave_something()
    monkeypatch.setattr(sys, "version", "another")
    assert machine.prepare(with_tests=False)
    assert not left.exists()


def test_a_project_that_has_moved_gets_its_environment_anew(machine, monkeypatch):
    machine.prepare(with_tests=False)
    left = machine.leave_something()
    elsewhere = machine.folder / "elsewhere"
    elsewhere.mkdir()
    for name in machine.run.RECIPE:
        (elsewhere / name).write_text(name, encoding="utf-8")
    monkeypatch.setattr(machine.run, "ROOT", elsewhere)
    assert machine.prepare(with_tests=False)
    assert not left.exists()


def test_an_installation_that_failed_is_said_in_words_and_tried_again(machine):
    machine.pip_works = False
    with pytest.raises(SystemExit, match="could not be installed"):
        machine.prepare(with_tests=False)
    machine.pip_works = True
    assert machine.prepare(with_tests=False)


def test_uv_is_enough_where_it_works(machine):
    machine.uv_works = True
    ((*words,),) = machine.prepare(with_tests=False)
    assert words[:2] == ["uv", "sync"]
    assert "--locked" in words


def test_pip_takes_over_from_uv_in_words(machine, capsys):
    commands = machine.prepare(with_tests=False)
    assert [command[0] for command in commands][:2] == ["uv", machine.run.PYTHON]
    assert "pip does" in capsys.readouterr().err


def test_a_python_without_venv_is_told_what_to_install(machine, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match="sudo apt install python3-venv"):
        machine.prepare(with_tests=False)


def test_an_older_python_is_told_so(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer, and this is Python 3\.10"):
        runpy.run_path(str(SCRIPT))


def test_the_environment_finds_the_sources_by_a_path_in_ascii(machine):
    machine.prepare(with_tests=False)
    (link,) = (machine.folder / ".venv").rglob("simulator-sources.pth")
    target = link.read_text(encoding="ascii").strip()
    assert (link.parent / target).resolve() == machine.folder.resolve()
    assert not Path(target).is_absolute()


def test_one_failed_check_fails_the_run_and_the_others_still_run(machine, monkeypatch, capsys):
    ran = []
    monkeypatch.setattr(machine.run, "call", lambda program, *options: ran.append(program) or program == "mypy")
    assert machine.run.main(["test", "-k", "evidence"]) == 1
    assert ran == ["ruff", "ruff", "mypy", "lint-imports", "pytest"]
    assert "Failed: types." in capsys.readouterr().err


def test_options_go_to_the_overview(machine, monkeypatch):
    calls = []
    monkeypatch.setattr(machine.run, "call", lambda *words: calls.append(words) or 0)
    assert machine.run.main(["--json", "-"]) == 0
    assert machine.run.main([]) == 0
    assert calls == [("simulator", "overview", "--json", "-"), ("simulator", "overview")]


def test_nothing_is_written_on_standard_output(machine, monkeypatch, capsys):
    monkeypatch.setattr(machine.run, "call", lambda *words: 0)
    machine.run.main([])
    assert capsys.readouterr().out == ""


def test_programs_are_found_on_windows_too(machine, monkeypatch):
    with monkeypatch.context() as windows:
        windows.setattr(machine.run.os, "name", "nt")
        program = machine.run.in_environment("simulator")
    assert program.parts[-3:] == (".venv", "Scripts", "simulator.exe")
