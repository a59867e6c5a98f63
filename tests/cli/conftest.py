"""Commands as a user types them: in this process where that is enough, else in a process of their own."""

import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from simulator.cli import main, run_command
from simulator.scenario import load
from simulator.study import simulate
from tests.cli.commands import HERE, LOCALE, Said, environment


@pytest.fixture(scope="session", autouse=True)
def compiled() -> None:
    """Compile the engine where nothing has yet, so that no command has to say that it does."""
    simulate(load(HERE / "small.yaml"))


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, on a machine whose language and width are known."""
    folder = tmp_path / "desk"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in LOCALE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.setenv("COLUMNS", "100")
    return folder


@pytest.fixture
def small(desk: Path) -> str:
    """The small scenario on the desk."""
    return Path(shutil.copy(HERE / "small.yaml", desk)).name


@pytest.fixture
def evening(desk: Path) -> str:
    """The hour of the published trace on the desk."""
    return Path(shutil.copy(HERE / "evening.yaml", desk)).name


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str]):
    """Run a command in this process and in a language."""

    def run(*words: object, lang: str = "en") -> Said:
        capsys.readouterr()
        status = run_command([str(word) for word in words], lang)
        return Said(status, *capsys.readouterr())

    return run


@pytest.fixture
def typed_whole(capsys: pytest.CaptureFixture[str]):
    """Run a whole command line in this process, ``--lang`` and all."""

    def run(*words: object) -> Said:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main([str(word) for word in words])
        return Said(int(left.value.code or 0), *capsys.readouterr())

    return run


@pytest.fixture
def started(desk: Path):
    """Run a command in a process of its own, on the desk, with some environment variables."""

    def run(*words: object, encoding: str = "utf-8", **variables: str) -> Said:
        command = [sys.executable, "-m", "simulator.cli", *map(str, words)]
        spoken = environment(**{"PYTHONIOENCODING": encoding, **variables})
        done = subprocess.run(command, cwd=desk, env=spoken, capture_output=True, check=False, timeout=120)
        return Said(done.returncode, done.stdout.decode(encoding), done.stderr.decode(encoding))

    return run


@pytest.fixture
def without_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the figures and the page out: drawing them takes seconds, and not every test looks at them."""
    monkeypatch.setattr(import_module("simulator.report"), "report", lambda result, lang: {})
