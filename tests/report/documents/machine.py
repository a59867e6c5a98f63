"""The programs of the machine that open documents: a browser and LibreOffice, and what they say.

A machine that lacks one leaves the tests out that need it; where ``CI`` is set it must be there, for what nobody opened
is not known to open.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "msedge")
OFFICES = ("soffice", "libreoffice")
QUIET = ("--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
"""What axe is asked for: WCAG 2.1 AA, and what it holds for good practice."""


def program(names: tuple[str, ...]) -> str:
    """The first of some programs that is there."""
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None and os.environ.get("CI"):
        pytest.fail(f"none of {', '.join(names)} is installed")
    if found is None:
        pytest.skip(f"none of {', '.join(names)} is installed")
    return found


@contextmanager
def browser() -> Iterator[Any]:
    """A headless browser."""
    from playwright.sync_api import sync_playwright

    path = program(BROWSERS)
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=path, args=list(QUIET))
        yield opened
        opened.close()


def converted(path: Path, kind: str, folder: Path) -> Path:
    """A document opened by LibreOffice and saved as another kind, such as ``pdf`` or ``csv:...``."""
    command = [program(OFFICES), f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", kind]
    done = subprocess.run([*command, "--outdir", str(folder), str(path)], capture_output=True, timeout=180, check=False)
    found = folder / f"{path.stem}.{kind.partition(':')[0]}"
    assert found.is_file(), done.stderr.decode()[-2000:]
    return found


def violations(page: Any) -> list[str]:
    """What axe finds wrong with an open page."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response
    assert found["passes"], "axe looked at nothing"
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found["violations"]]
