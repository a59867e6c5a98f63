"""The project's papers are in order: licence, citation, locks, wheel; nothing tells where they were made."""

import ast
import ipaddress
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from simulator import __version__

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
AUTHORS = "The opening-hours impact simulator authors"

MACHINE_PATH = re.compile(r"(?<![\w.:/~-])/(?:home|mnt|opt|root|srv|tmp|work)/[\w.]")
HOST = re.compile(r"\bhttps?://(?:[^\s/@]*@)?(\[[0-9a-fA-F:]+\]|[\w.-]+)")
PRIVATE_NAME = re.compile(r"(^[^.]+|\.(corp|home|internal|intranet|lan|local))$")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def files() -> list[Path]:
    """Return the project's files: what is committed, and what would be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only git knows which files belong to the project")
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def lines() -> Iterator[tuple[str, str]]:
    """Yield every line of the project's text files with its place."""
    for path in files():
        content = path.read_bytes()
        if b"\0" not in content:
            for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), start=1):
                yield f"{path.relative_to(ROOT)}:{number}", line


def is_private(host: str) -> bool:
    """Return whether a host can be reached from one network only; the machine itself does not count."""
    if host == "localhost":
        return False
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return bool(PRIVATE_NAME.search(host))
    return address.is_private and not address.is_loopback


def pins() -> set[tuple[str, str]]:
    """Return the names and versions in requirements.lock, whatever machines they are for."""
    requirements = [line.split(";")[0].strip() for line in text("requirements.lock").splitlines()]
    return {(name, version) for name, version in (line.split("==") for line in requirements)}


def test_the_licence_is_mit():
    assert text("LICENSE").startswith(f"MIT License\n\nCopyright (c) 2026 {AUTHORS}\n")
    assert PROJECT["project"]["license"] == "MIT"


def test_the_citation_names_this_version():
    citation = YAML(typ="safe").load(text("CITATION.cff"))
    assert citation["cff-version"] == "1.2.0"
    assert citation["authors"] == [{"name": AUTHORS}]
    assert citation["version"] == __version__
    assert citation["license"] == "MIT"
    assert {"title", "message", "abstract"} <= citation.keys()


def test_the_changelog_has_this_version_and_says_what_a_results_change_is():
    headings = [line for line in text("CHANGELOG.md").splitlines() if line.startswith("## [")]
    assert __version__ in headings[0]
    assert "**Results change.**" in text("CHANGELOG.md")


def test_the_test_tools_are_the_same_for_pip_and_for_uv():
    assert PROJECT["project"]["optional-dependencies"]["test"] == PROJECT["dependency-groups"]["dev"]


def test_the_lock_is_of_these_requirements():
    (project,) = (package for package in LOCK["package"] if package["name"] == PROJECT["project"]["name"])
    locked = {requirement["name"]: requirement["specifier"] for requirement in project["metadata"]["requires-dist"]}
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = PROJECT["project"]["dependencies"] + [line for lines in extras.values() for line in lines]
    names = {re.split("[<>=]", line)[0]: line for line in wanted}
    assert locked.keys() == {name.replace(".", "-") for name in names}
    for name, line in names.items():
        limits = line.removeprefix(name).split(",")
        assert set(locked[name.replace(".", "-")].split(",")) == set(limits), line


def test_pip_and_uv_install_the_same_versions():
    packages = [package for package in LOCK["package"] if "registry" in package["source"]]
    assert pins() == {(package["name"], package["version"]) for package in packages}


def test_the_locks_name_the_public_index_alone():
    assert {package["source"].get("registry") for package in LOCK["package"]} == {
        "https://pypi.org/simple",
        None,
    }
    assert set(HOST.findall(text("uv.lock"))) == {"pypi.org", "files.pythonhosted.org"}
    assert not HOST.findall(text("requirements.lock"))


def test_nothing_tells_of_the_machine_it_was_made_on():
    found = [f"{place}: {line.strip()}" for place, line in lines() if MACHINE_PATH.search(line)]
    found += [f"{place}: {host}" for place, line in lines() for host in HOST.findall(line) if is_private(host)]
    assert found == []


@pytest.mark.parametrize("place", ["home/kari", "tmp/x", "root/.cache"])
def test_a_machine_path_would_be_found(place):
    assert MACHINE_PATH.search(f"see /{place}")
    assert not MACHINE_PATH.search(f"see https://example.org/{place} and a/{place}")


def test_a_private_host_would_be_found():
    assert all(is_private(host) for host in ("pypi", "mirror.internal", "10.0.0.7", "192.168.1.1", "[fd00::1]"))
    assert not any(is_private(host) for host in ("localhost", "127.0.0.1", "[::1]", "116111.no", "pypi.org"))


def test_the_wheel_holds_every_file_of_the_simulator(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    (wheel,) = tmp_path.glob(f"opening_hours_simulator-{__version__}-*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("simulator/")}
    here = {path for path in (ROOT / "simulator").rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert packed == {path.relative_to(ROOT).as_posix() for path in here}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no executable bit")
def test_the_check_of_a_submission_can_be_started():
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert "\nset -euo pipefail\n" in text(".ci/run")
    assert text(".ci/run").rstrip().endswith("python3 run.py test")


def test_run_py_needs_nothing_but_python():
    tree = ast.parse(text("run.py"), feature_version=(3, 7))  # an older Python must reach the version check
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names
    assert len(text("run.py").splitlines()) < 200
