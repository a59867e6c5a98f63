"""From a percent script to an executed page: jupytext reads it, nbclient executes it, and this writes what it showed.

A page begins with the conclusion, though that is computed: code stands folded under what it shows. It also holds what
the same script concludes with few worlds (`TRIAL`), which takes seconds: where that no longer comes out, or the script
has changed, the page is stale, and a test says so.
"""

import asyncio
import html
import json
import re
from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import jupytext
from markdown_it import MarkdownIt
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

FOLDER = Path(__file__).parent
PAGES = FOLDER / "pages"
TRIAL: Mapping[str, int] = {"WORLDS": 8, "YEARS": 1, "ASKED": 20, "NARROWED": 2, "WORKERS": 1, "SEARCHED": 3}
"""Settings of an execution that only has to show that everything works."""
PARAMETERS, CONCLUSION = "parameters", "conclusion"
"""Tags of cells: the settings that an execution may replace, and the one that shows the answer."""
SECONDS = 3600
_ENDS = re.compile(r'(<td class="figure">[^<(]*)(\([^<]*\))')
"""A figure and its interval: where there is no room for both on a line, the interval goes to the next, whole."""
_TITLE = re.compile(r"^# +(.+)$", re.MULTILINE)
_STYLE = """
details { margin: .25rem 0 1.5rem; } summary { color: var(--soft); font-size: .88rem; cursor: pointer; }
tbody th.text { min-width: 12rem; overflow-wrap: break-word; }
td.figure { white-space: normal; } .ends { white-space: nowrap; }
pre { overflow-x: auto; background: var(--tint); padding: .75rem 1rem; font-size: .8rem; line-height: 1.45; }
"""


def scripts() -> list[Path]:
    """The notebooks, in the order of their names."""
    return sorted(FOLDER.glob("[a-z]_*.py"))


def fingerprint(script: Path) -> str:
    """The same for the same script, whatever its line ends."""
    return sha256(script.read_text(encoding="utf-8").encode()).hexdigest()[:16]


def execute(script: Path, settings: Mapping[str, int] | None = None) -> NotebookNode:
    """The notebook with what every cell showed; settings take the place of those of the parameters cell.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        With the traceback of the cell that failed.
    """
    notebook = jupytext.read(script)
    for cell, number in zip(notebook.cells, range(len(notebook.cells)), strict=True):
        cell["id"] = f"{script.stem[:40]}-{number}"  # the same each time
    if settings:
        place = next(i for i, cell in enumerate(notebook.cells) if PARAMETERS in tags(cell))
        known = parameters(notebook.cells[place].source)
        lines = "\n".join(f"{name} = {value}" for name, value in settings.items() if name in known)
        notebook.cells.insert(place + 1, new_code_cell(lines, id="settings"))
    quiet = ["--log-level=ERROR"]
    client = NotebookClient(notebook, timeout=SECONDS, kernel_name="python3", extra_arguments=quiet)
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as loop:  # the one that every system's sockets know
        loop.run(client.async_execute(cwd=str(FOLDER)))
    return notebook


def tags(cell: NotebookNode) -> list[str]:
    """The tags of a cell."""
    return list(cell.metadata.get("tags", []))


def parameters(source: str) -> dict[str, int]:
    """Names and values of the settings in the source of a parameters cell."""
    return {name: int(value) for name, value in re.findall(r"^([A-Z]+) = (\d+)", source, re.MULTILINE)}


def conclusion(notebook: NotebookNode) -> str:
    """What an executed notebook concludes, as plain text."""
    cell = next(cell for cell in notebook.cells if CONCLUSION in tags(cell))
    return "\n".join(output.data["text/plain"] for output in cell.outputs if "data" in output)


def page_of(script: Path) -> bytes:
    """Execute a notebook twice, with few worlds and as it stands, and make its page."""
    return page(execute(script), fingerprint(script), conclusion(execute(script, TRIAL)))


def page(notebook: NotebookNode, mark: str, trial: str) -> bytes:
    """The page of an executed notebook, self-contained and without scripts.

    Parameters
    ----------
    mark, trial
        Fingerprint of the script, and what it concludes with few worlds.
    """
    title = next(found.group(1) for cell in notebook.cells if (found := _TITLE.search(cell.source)))
    css = files("simulator.report").joinpath("report.css").read_text("utf-8") + _STYLE
    head = (
        '<!DOCTYPE html>\n<html lang="nb">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="notebook" content="{mark}">\n<meta name="trial" content="{html.escape(json.dumps(trial))}">\n'
        f"<title>{html.escape(title)}</title>\n<style>{css}</style>\n</head>\n<body>\n"
    )
    kicker = '<p class="kicker">Notat om åpningstidene på 116 111</p>'
    header = f"<header>\n{kicker}\n<h1>{html.escape(title)}</h1>\n</header>\n"
    return f"{head}{header}<main>\n{_cells(notebook)}\n</main>\n</body>\n</html>\n".encode()


def read_marks(page: bytes) -> tuple[str, str]:
    """Fingerprint of the script that a page was made from, and what it then concluded with few worlds."""
    found = dict(re.findall(r'<meta name="(notebook|trial)" content="([^"]*)">', page.decode()))
    return found["notebook"], str(json.loads(html.unescape(found["trial"])))


def _cells(notebook: NotebookNode) -> str:
    """What cells show, one after another; code without anything to show goes with the next that has."""
    parts, code = [], []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(MarkdownIt().enable("table").render(_TITLE.sub("", cell.source)).strip())
            continue
        code.append(cell.source)
        if shown := [_shown(output) for output in cell.outputs]:
            parts += [*shown, _folded("\n\n".join(code))]
            code = []
    return "\n".join(part for part in [*parts, _folded("\n\n".join(code)) if code else ""] if part)


def _shown(output: Any) -> str:
    data = output.get("data", {})
    if "text/html" in data:
        return _ENDS.sub(r'\1<span class="ends">\2</span>', str(data["text/html"]))
    return f"<pre>{html.escape(data.get('text/plain') or output.get('text', ''))}</pre>"


def _folded(code: str) -> str:
    return f"<details><summary>Koden bak</summary>\n<pre>{html.escape(code)}</pre>\n</details>"
