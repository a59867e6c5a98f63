r"""Set up the opening-hours impact simulator and run it, with nothing but Python 3.11 or newer.

    python3 run.py [OPTION ...]         what the opening hours cost: the overview of the shipped scenarios
    python3 run.py test [OPTION ...]    style, types, layering and every test; the options go to pytest
    python3 run.py check                style, types and layering alone

The first start makes an environment in .venv, with uv where uv is installed and with pip where it is not.
From then on .venv/bin/simulator (on Windows .venv\Scripts\simulator) has every other command.
"""

# Owns .venv and nothing else; knows nothing of what the simulator does. Imports the standard library alone,
# in a syntax that an older Python can read, for the version check. Speaks on standard error, so that the
# standard output of `python3 run.py --json -` is one JSON document.

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - the machine chooses which Python starts this file
    sys.exit("This needs Python 3.11 or newer, and this is Python {}.{}.".format(*sys.version_info[:2]))

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "made-from"
RECIPE = ("pyproject.toml", "uv.lock", "requirements.lock")

# An environment cannot be rebuilt by its own interpreter, only by the one that it was made with.
PYTHON = str(getattr(sys, "_base_executable", None) or sys.executable)

CHECKS = {
    "style": ["ruff", "check", "."],
    "layout": ["ruff", "format", "--check", "."],
    "types": ["mypy"],
    "layering": ["lint-imports", "--no-logo"],
}


def main(arguments: list[str]) -> int:
    """Do what the arguments ask for; return the exit status."""
    command = arguments[0] if arguments else "overview"
    if command in ("-h", "--help"):
        print(__doc__)
        return 0
    if command not in ("test", "check"):
        prepare(with_tests=False)
        return call("simulator", "overview", *arguments)
    prepare(with_tests=True)
    tests = {"tests": ["pytest", "-n", "2", *arguments[1:]]} if command == "test" else {}
    return run_all({**CHECKS, **tests})


def run_all(checks: dict[str, list[str]]) -> int:
    """Run every check, also after one has failed; return 1 if any failed, else 0."""
    failed = []
    for name, command in checks.items():
        say(f"\n[{name}] {' '.join(command)}")
        if call(*command) != 0:
            failed.append(name)
    say(f"\nFailed: {', '.join(failed)}." if failed else f"\nAll is well: {', '.join(checks)}.")
    return 1 if failed else 0


def call(program: str, *options: str) -> int:
    """Run a program of the environment from the project's folder; return its exit status."""
    return subprocess.run([in_environment(program), *options], cwd=ROOT, check=False).returncode


def prepare(with_tests: bool) -> None:
    """Make the environment, or make it anew when what it was made from has changed."""
    recipe = fingerprint()
    made = STAMP.read_text(encoding="ascii").split() if STAMP.is_file() else []
    whole = recipe in made
    if whole and (not with_tests or "tests" in made):
        return
    STAMP.unlink(missing_ok=True)  # an environment that was cut short must not pass for a whole one
    if not whole:
        shutil.rmtree(VENV, ignore_errors=True)
    say("Making the environment in .venv: once, and again when the project needs other packages.")
    if not (install_with_uv(with_tests) or install_with_pip(with_tests)):
        sys.exit(
            "The packages could not be installed; the reason stands above.\n"
            "Often it is the network: pip must reach a package index, perhaps through a proxy."
        )
    link_sources()
    STAMP.write_text(f"{recipe} {'tests' if with_tests else ''}", encoding="ascii")


def fingerprint() -> str:
    """Return a hash of everything that the environment depends on: packages, Python, place."""
    parts = [(ROOT / name).read_bytes() for name in RECIPE]
    parts += [sys.version.encode(), os.fsencode(ROOT)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def install_with_uv(with_tests: bool) -> bool:
    """Install exactly what uv.lock names; return False where there is no uv or it fails."""
    uv = find_uv()
    if not uv:
        return False
    say("uv installs the packages: a few seconds.")
    groups = [] if with_tests else ["--no-dev"]
    done = succeeds(*uv, "sync", "--quiet", "--locked", "--python", PYTHON, *groups)
    if not done:
        say("uv could not do it, so pip does.")
    return done


def find_uv() -> list[str]:
    """Return the words that start uv, or nothing where it is not installed."""
    program = shutil.which("uv")
    if program:
        return [program]
    return [sys.executable, "-m", "uv"] if importlib.util.find_spec("uv") else []


def install_with_pip(with_tests: bool) -> bool:
    """Install the versions that requirements.lock names, from wherever this machine's pip takes packages."""
    if not importlib.util.find_spec("ensurepip"):
        sys.exit(
            "This Python cannot make environments: its venv module is incomplete.\n"
            "On Debian and Ubuntu, sudo apt install python3-venv puts that right."
        )
    say("pip installs the packages: about a minute.")
    pip = (str(in_environment("python")), "-m", "pip", "-qq", "--no-input", "--disable-pip-version-check")
    project = ".[test]" if with_tests else "."
    return succeeds(PYTHON, "-m", "venv", str(VENV)) and succeeds(
        *pip, "install", "--constraint", "requirements.lock", "--editable", project
    )


def link_sources() -> None:
    """Name the project's folder to the environment once more, in ASCII.

    Python 3.11 and 3.12 on Windows misread the installed link where the folder's path is not plain ASCII (a
    user called Bjørn). Seen from the environment, the way to the project is plain dots.
    """
    base = str(VENV)
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": base, "platbase": base}))
    (packages / "simulator-sources.pth").write_text(os.path.relpath(ROOT, packages) + "\n", encoding="ascii")


def in_environment(program: str) -> Path:
    """Return where the environment keeps a program."""
    return VENV / "Scripts" / f"{program}.exe" if os.name == "nt" else VENV / "bin" / program


def succeeds(*command: str) -> bool:
    """Run an installer, its words on standard error, nobody to answer it; return whether it did its work."""
    environment = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(VENV)}
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False
        )
    except OSError as reason:
        say(f"{command[0]}: {reason.strerror}")
        return False
    return done.returncode == 0


def say(words: str) -> None:
    """Tell the person what is happening."""
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
