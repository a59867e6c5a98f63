"""Every notebook executes, concludes from what it computed, and stands beside a page that is still true."""

import ast
import html
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import jupytext
import pytest
from nbformat import NotebookNode

from notebooks.__main__ import main
from notebooks.paging import (
    CONCLUSION,
    FOLDER,
    PAGES,
    PARAMETERS,
    TRIAL,
    conclusion,
    execute,
    fingerprint,
    page,
    parameters,
    read_marks,
    scripts,
    tags,
)
from simulator import Key, compare, load, shipped_worlds
from simulator.report.numbers import number
from simulator.report.showing import moved
from simulator.study.compare import Comparison

ROOT = Path(__file__).parents[2]
SCRIPTS = {script.stem: script for script in scripts()}
MOST_BYTES = 300_000
AT_ONCE = 2
GIVEN = re.compile(
    r"20\d\d(?:-(?:actual|demand))?|116 111|[Kk]l\. \d\d(?:–(?:\d\d|kl\. \d\d))?|5–95 %|95 %|open-to-\d\d|00–04"
)
"""Numbers that a question is about, and none that is an answer: years, hours, the line's own number, intervals."""

A, B, C, D, E = (next(name for name in SCRIPTS if name.startswith(f"{letter}_")) for letter in "abcde")
REACHED, COST = Key("persons_reached"), Key("cost_nok")
SHORTER, ONE_MORE = "2023-demand-2024-hours", "one-more-evening-counsellor"
CLAIMS = [
    (
        A,
        "2023-actual",
        SHORTER,
        REACHED,
        "Med åpningstidene fra 2024 ville {} av hjelpesøkene på telefon og chat i 2023 f",
    ),
    (
        A,
        "round-the-clock",
        "2024-actual",
        REACHED,
        "Regnet på dem som søkte hjelp i 2024, får {} svar enn med døgnåpen",
    ),
    (A, "2023-actual", SHORTER, COST, "Vaktplanen koster {} i året"),
    (B, "2024-actual", "open-to-02", REACHED, "Chat til kl. 02 gir svar på {} hjelpesøk i et forventet år"),
    (B, "2024-actual", "open-to-04", REACHED, "Chat til kl. 04 gir svar på {} hjelpesøk i et forventet år"),
    (B, "open-to-02", "open-to-04", COST, "Timene fra kl. 02 til kl. 04 gir alene svar på .* og koster {} i året"),
    (C, "2024-actual", ONE_MORE, REACHED, "Én chatrådgiver til gir svar på {} enn i dag"),
    (D, "2024-actual", "no-network", REACHED, "Uten svarnettverket får {} hjelpesøk svar i et forventet år"),
    (D, "2024-actual", "network-round-the-clock", REACHED, "Svarer alle svarstedene hele døgnet, får {} svar"),
    (E, "2024-actual", "open-to-02", REACHED, "Med det som er publisert, er svaret {} hjelpesøk som får svar i et"),
]
"""What is concluded of which plan beside which base."""
FIGURE = re.compile(r"\d(?:[\d\u00a0]*\d)?(?:,\d+)?")
SAME_WITHIN = 0.03
"""Worlds that were found on another processor may differ in their last digit, and what rests on them a little more."""


@lru_cache
def found(base: str, plan: str) -> Comparison:
    """Two shipped scenarios, in the worlds and years of a trial."""
    worlds = shipped_worlds().first(TRIAL["WORLDS"])
    return compare(load(base), [load(plan)], TRIAL["YEARS"], 1, worlds=worlds)


class Executed(dict[str, NotebookNode]):
    """Notebooks by name after a trial, and what was in their folder before."""

    before: set[str]


def beside() -> set[str]:
    return {path.name for path in FOLDER.iterdir()} - {"__pycache__"}


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Executed:
    """Every notebook after a trial, in which nothing is written to the user's own folders."""
    home, before = tmp_path_factory.mktemp("jupyter"), beside()
    found("2024-actual", ONE_MORE)  # on a fresh machine this compiles, so that the kernels need not, each for itself
    with pytest.MonkeyPatch.context() as patch:
        for name in ("JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR"):
            patch.setenv(name, str(home / name.lower()))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            made = list(pool.map(lambda script: execute(script, TRIAL), SCRIPTS.values()))
    notebooks = Executed(zip(SCRIPTS, made, strict=True))
    notebooks.before = before
    return notebooks


def page_text(name: str) -> bytes:
    path = PAGES / f"{name}.html"
    assert path.is_file(), f"no page: run `python -m notebooks {name}`"
    return path.read_bytes()


def answer_of(page_html: str) -> str:
    """The sentences of a page's conclusion, one on a line."""
    section = re.search(r'<section class="answer".*?</section>', page_html, re.DOTALL)
    assert section is not None
    return "\n".join(html.unescape(each) for each in re.findall(r"<li>(.*?)</li>", section[0], re.DOTALL))


def values_in(text: str) -> list[float]:
    """The numbers in a text, as numbers."""
    return [float(each.replace("\u00a0", "").replace(",", ".")) for each in FIGURE.findall(text)]


def figures_in(text: str) -> list[str]:
    """The numbers in a text, those that are given left out."""
    return re.findall(r"\d[\d\u00a0 ,]*", GIVEN.sub("", text))


def prose_of(script: Path) -> Iterator[str]:
    """All that a notebook says in words that somebody typed: its text, and the pieces of its sentences."""
    for cell in jupytext.read(script).cells:
        if cell.cell_type == "markdown":
            yield cell.source
            continue
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip():
                yield node.value


def test_there_is_a_notebook_for_each_question():
    assert {name[0] for name in SCRIPTS} >= set("abcde")
    assert sorted(path.stem for path in PAGES.glob("*.html")) == sorted(SCRIPTS)


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_notebook_executes_and_shows_its_conclusion_before_anything_else(executed, name):
    cells = executed[name].cells
    outputs = [output for cell in cells for output in cell.get("outputs", ())]
    assert outputs and all(output.output_type in ("display_data", "execute_result") for output in outputs)
    shown = [cell for cell in cells if cell.get("outputs")]
    assert CONCLUSION in tags(shown[0])
    assert len(shown) >= 4
    assert (
        cells[0].source.startswith("# ") and "?" in cells[0].source
    )  # a question, and nothing but code before its answer
    assert all(cell.cell_type == "code" for cell in cells[1 : cells.index(shown[0])])


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_conclusion_says_persons_and_how_sure_with_intervals(executed, name):
    said = conclusion(executed[name])
    assert "hjelpesøk" in said
    assert len(re.findall(r"\([\d\u00a0,]+–[\d\u00a0,]+\)|mellom .* færre og .* flere", said)) >= 3
    assert f"5–95 % over {number(TRIAL['WORLDS'], 'nb')} mulige verdener" in said
    assert "nan" not in said and "–\u00a0%" not in said


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_conclusion_is_computed(executed, name):
    """With other worlds and years the same sentences come with other numbers."""
    page_answer, trial = answer_of(page_text(name).decode()), conclusion(executed[name])
    full, few = figures_in(page_answer), figures_in(trial)
    assert len(full) >= 6
    assert sum(each not in few for each in full) >= len(full) / 3


@pytest.mark.parametrize(("name", "base", "plan", "key", "sentence"), CLAIMS)
def test_a_conclusion_says_what_a_comparison_of_its_own_says(executed, name, base, plan, key, sentence):
    words = ("mer", "mindre") if key is COST else ()
    change = moved(found(base, plan).get(plan, key).change, *words)
    before, after = sentence.split("{}")
    assert re.search(before + re.escape(change) + after, conclusion(executed[name]))


def test_alternatives_for_the_same_kroner_cost_the_same(executed):
    """Shifts and overtime; the closing time is sought in steps of five minutes."""
    shown = "\n".join(
        output.data.get("text/plain", "") for cell in executed[C].cells for output in cell.get("outputs", ())
    )
    rows = re.findall(
        r"^(?:Én chatrådgiver til|Chat til kl\.).* \| ca\.\u00a0([\d\u00a0]+)\u00a0kr \| ", shown, re.MULTILINE
    )
    hands, *hours = (int(kroner.replace("\u00a0", "")) for kroner in rows)
    assert len(hours) == 3
    assert all(0.9 * hands < each < 1.1 * hands for each in hours)


def test_what_notebooks_say_in_words_alone_is_so():
    hands = found("2024-actual", ONE_MORE).contacts[0]
    assert hands.yearly["waited_shorter"].mean > 2 * hands.yearly["waited_longer"].mean
    for plan in ("no-network", "network-round-the-clock"):
        network = found("2024-actual", plan)
        assert network.get(plan, COST).change.mean == network.get(plan, Key("answered", "chat")).change.mean == 0
    longer = found("2024-actual", "open-to-04").contacts[0]
    assert longer.yearly["lost"].mean > 0 and longer.yearly["chats_from_phone"].mean > 0


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_number_of_an_answer_is_typed(name):
    typed = {piece: found for piece in prose_of(SCRIPTS[name]) if (found := figures_in(piece))}
    assert typed == {}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_page_is_of_this_script_and_of_numbers_that_still_come_out(executed, name):
    mark, trial = read_marks(page_text(name))
    again = f"run `python -m notebooks {name}`"
    assert mark == fingerprint(SCRIPTS[name]), f"the script has changed since its page was made: {again}"
    now = conclusion(executed[name])
    moved_on = f"what it concludes has moved since its page was made: {again}"
    if "calibrate(" not in SCRIPTS[name].read_text(encoding="utf-8"):
        assert now == trial, moved_on
    assert FIGURE.sub("#", now) == FIGURE.sub("#", trial), moved_on
    assert values_in(now) == pytest.approx(values_in(trial), rel=SAME_WITHIN, abs=1), moved_on


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_page_says_the_settings_of_the_script_and_needs_nothing_else(name):
    content = page_text(name)
    text = content.decode()
    source = SCRIPTS[name].read_text(encoding="utf-8")
    assert len(content) < MOST_BYTES
    assert f"over {number(parameters(source)['WORLDS'], 'nb')} mulige verdener" in answer_of(text)
    assert not re.search(r"<script|<img|<link|@import|(?:src|href)=\"(?!#)", text)
    assert text.count("<h1>") == 1 and "<details>" in text and "<svg" in text
    assert str(ROOT) not in text


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_notebook_uses_the_simulator_and_holds_no_model(name):
    tree = ast.parse(SCRIPTS[name].read_text(encoding="utf-8"))
    modules = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert {module.split(".")[0] for module in modules} - sys.stdlib_module_names == {"simulator"}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ClassDef | ast.While)]
    private = [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr.startswith("_")]
    assert private == []


@pytest.mark.parametrize("name", SCRIPTS)
def test_jupytext_opens_a_script_as_a_notebook_and_gives_it_back(name, tmp_path):
    script = tmp_path / SCRIPTS[name].name
    script.write_bytes(SCRIPTS[name].read_bytes())
    command = [sys.executable, "-m", "jupytext"]
    subprocess.run([*command, "--to", "ipynb", "--quiet", script], check=True, timeout=60)
    opened = jupytext.read(script.with_suffix(".ipynb"))
    written = jupytext.read(script)
    assert [(cell.cell_type, cell.source, tags(cell)) for cell in opened.cells] == [
        (cell.cell_type, cell.source, tags(cell)) for cell in written.cells
    ]
    assert opened.metadata.kernelspec.name == "python3"
    assert opened.metadata.jupytext.formats == "ipynb,py:percent"


def test_a_page_of_the_same_execution_is_the_same_to_the_byte(executed):
    name, notebook = next(iter(executed.items()))
    assert page(notebook, "0", "x") == page(notebook, "0", "x")
    assert read_marks(page(notebook, "0", "a < b & «c»\nd")) == ("0", "a < b & «c»\nd")
    assert PARAMETERS in tags(next(cell for cell in notebook.cells if cell.cell_type == "code"))
    assert name in SCRIPTS


def test_an_unknown_notebook_is_named_with_those_there_are(capsys):
    assert main(["f_finnes_ikke"]) == 2
    said = capsys.readouterr().err
    assert "f_finnes_ikke" in said and all(name in said for name in SCRIPTS)


def test_an_execution_leaves_nothing_beside_the_scripts(executed):
    assert executed.before == beside()
