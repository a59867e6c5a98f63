"""The guides say what the program does: every block of every page is followed as a reader would, in order.

How blocks are marked stands in `tests.docs.guides`, what is added to be quick in `tests.docs.desk`. No test here is
statistical.
"""

import ast
import json
import re
import shutil
from base64 import b64decode
from importlib import import_module
from pathlib import Path
from textwrap import dedent

import pytest
from docx import Document

from simulator.cli import command_line
from simulator.evidence import read_evidence
from simulator.report.numbers import interval
from simulator.scenario import ScenarioError, load, review
from simulator.study.sweep.plan import read_study
from tests.cli.commands import KEY, LOCALE, Said
from tests.docs.desk import WHOLE, Desk, is_exact, parsed, quickened, words_in, words_of
from tests.docs.guides import (
    DOCS,
    PAGES,
    ROOT,
    Block,
    anchors,
    blocks,
    code_spans,
    is_cut,
    language_of,
    sayings,
    unsaid,
)

FIRST_PAGE, REPORT_PAGE = DOCS / "kom-i-gang.md", DOCS / "sporsmal" / "rapport.md"
"""Pages that have tests of their own."""
TEXTS = {page: page.read_text("utf-8") for page in PAGES}
BLOCKS = {page: blocks(text) for page, text in TEXTS.items()}
FOLLOWED = [page for page in PAGES if any(block.is_typed for block in BLOCKS[page])]


def called(page: Path) -> str:
    """A page by its way from the project's folder."""
    return page.relative_to(ROOT).as_posix()


def every(*marks: str, language: str = "") -> pytest.MarkDecorator:
    """Every block with one of these marks or in this language."""
    chosen = [
        pytest.param(page, block, id=f"{called(page)}:{block.line}")
        for page in PAGES
        for block in BLOCKS[page]
        if set(marks) & set(block.marks) or block.language == language != ""
    ]
    return pytest.mark.parametrize(("page", "block"), chosen)


def desk_on(folder: Path, lang: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    """A desk with what a fresh clone has, on a machine whose language and width are known; the working folder."""
    for name in LOCALE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(folder)
    for shipped in ("scenarios", "studies", "notebooks"):
        shutil.copytree(ROOT / shipped, folder / shipped, ignore=shutil.ignore_patterns("__pycache__", "pages"))
    return Desk(folder, lang, lambda: tuple(capsys.readouterr()))


BLANK = {
    "png": b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg=="),
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1" viewBox="0 0 1 1"/>',
}


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay figures out and leave them blank: drawing takes most of a command's time where worlds are few."""
    canvas = import_module("simulator.report.figures.canvas")
    monkeypatch.setattr(canvas, "_bytes", lambda figure, kind: BLANK[kind])


# --- following a page --------------------------------------------------------------------------------------------


def follow(page: Path, desk: Desk) -> None:
    """Do all that a page asks for, and hold what comes of it against what it says."""
    told: list[Said] = []
    exact = False
    for block in BLOCKS[page]:
        told = desk.follow(block) or told
        if block.is_typed:
            ended_as_said(page, block, told, desk)
            exact = all(map(is_exact, block.lines))
        if "output" in block.marks:
            printed_as_said(page, block, told, exact=exact)


def ended_as_said(page: Path, block: Block, told: list[Said], desk: Desk) -> None:
    """The last command's exit status is the one told, all others ended well, and promised files are there."""
    wanted = [0] * (len(told) - 1) + [int(block.marks.get("exit", "0"))]
    heard = "".join(each.err for each in told)
    assert [each.status for each in told] == wanted, (called(page), block.line, heard[-2000:])
    for pattern in block.marks.get("makes", "").split():
        assert desk.holds(pattern), (called(page), block.line, pattern)


def printed_as_said(page: Path, block: Block, told: list[Said], *, exact: bool) -> None:
    """All of a cut was printed: every line in its order and to the last sign, or its words where worlds are few."""
    streams = ["".join(each.out for each in told), "".join(each.err for each in told)]
    lines = [line.rstrip() for line in block.text.splitlines() if line.strip() and not is_cut(line)]
    assert lines, (called(page), block.line)
    if exact:
        missing = not_in_order(lines, [printed.replace("\\", "/").splitlines() for printed in streams])
    else:
        missing = unsaid(block.text, " ".join(streams))
    expected = 0 if exact else int(block.marks["output"] or 0)
    where = f"{called(page)}, line {block.line}"
    assert len(missing) == expected, (where, missing, f"this is printed:\n{''.join(streams)[:8000]}")


def not_in_order(lines: list[str], streams: list[list[str]]) -> list[str]:
    """Lines that neither of the streams has behind those before; a screen shows both, in the order of time."""
    rest = [[line.rstrip() for line in printed] for printed in streams]
    missing = []
    for line in lines:
        holding = [at for at, printed in enumerate(rest) if line in printed]
        if not holding:
            missing.append(line)
            continue
        at = holding[0]
        rest[at] = rest[at][rest[at].index(line) + 1 :]
    return missing


@pytest.mark.parametrize("page", [page for page in FOLLOWED if page not in (FIRST_PAGE, REPORT_PAGE)], ids=called)
def test_a_page_is_followed(page, undrawn, tmp_path, monkeypatch, capsys):
    """Every command of the page runs as it says, on files that the page gives."""
    follow(page, desk_on(tmp_path, language_of(page), monkeypatch, capsys))


def test_a_newcomer_ends_with_a_word_report_of_an_own_scenario(tmp_path, monkeypatch, capsys):
    """The first page from its first block to its last; the report has the scenario's name, its answer, and pictures."""
    follow(FIRST_PAGE, desk_on(tmp_path, "nb", monkeypatch, capsys))
    own = load(tmp_path / "scenarios" / "min-plan.yaml")
    assert own.title not in {load(path).title for path in (ROOT / "scenarios").glob("*.yaml")}
    (report,) = tmp_path.glob("results/compare-*/report.docx")
    document = Document(str(report))
    assert own.title in document.core_properties.title
    assert len(document.inline_shapes) > 1
    assert f"{own.title}: {more_reached(report.parent)} flere hjelpesøk får svar" in words_in(report)


def test_a_template_of_ones_own_is_filled_in_where_it_asks(undrawn, tmp_path, monkeypatch, capsys):
    """The page on reports: what stands around the placeholders stays where it is."""
    follow(REPORT_PAGE, desk_on(tmp_path, "nb", monkeypatch, capsys))
    (made,) = tmp_path.glob("results/compare-*/report.docx")
    (title, *_), whole = words_in(made).splitlines(), words_in(tmp_path / "sak.docx").splitlines()
    assert whole[0] == f"Saksfremlegg: {title}"
    assert re.fullmatch(r"Laget av 2024-actual · .* · fingeravtrykk( [0-9a-f]{12}){3} · versjon \S+", whole[-1])
    assert whole[1].startswith("Det korte svaret: ") and len(whole[1]) > 100
    assert 2 <= whole.index("Svaret") < whole.index("Om kjøringen") < whole.index("Vår vurdering") == len(whole) - 2


def more_reached(comparison: Path) -> str:
    """How many more persons a comparison found to be reached, as it is written for people."""
    (found,) = (
        row
        for row in json.loads((comparison / "compare.json").read_text("utf-8"))["differences"]
        if row["measure"] == "persons_reached" and {row[key] for key in KEY[1:]} == {"all"}
    )
    return interval(found["mean"], found["low"], found["high"], "nb")


# --- what is not typed -------------------------------------------------------------------------------------------


def test_every_block_is_of_a_kind_that_is_tried():
    """No command hides in a language that nothing runs, and what is not run says so."""
    typed = re.compile(r"^\s*(\$ |\w+=\S+ )*(simulator|python3?|py|pytest|git|pip|uv|\.venv\S*) ", re.M)
    for page in PAGES:
        for block in BLOCKS[page]:
            where = (called(page), block.line)
            known = {"yaml", "csv", "python", "text", "powershell", "console", "sh"}
            assert block.language in known or block.is_typed, where
            hidden = block.language == "text" and typed.search(block.text)
            assert not hidden or "output" in block.marks or block.marks.get("not run"), where
            assert not {"exit", "makes"} & set(block.marks) or block.is_typed, where
        assert TEXTS[page].count("\n```") == 2 * len(BLOCKS[page]), called(page)


@every(language="yaml")
def test_yaml_is_in_order(page, block, tmp_path, monkeypatch, capsys):
    """Scenarios by `simulator check`, studies and evidence by their readers; a wrong file is not in order."""
    if "evidence" in block.marks:
        beside = tmp_path / "evidence"
        shutil.copytree(ROOT / "simulator" / "evidence", beside)
        (beside / block.marks["evidence"]).write_text(block.text, "utf-8")
        read_evidence(beside)
        return
    if "study" in block.marks:
        (tmp_path / "study.yaml").write_text(block.text, "utf-8")
        read_study(tmp_path / "study.yaml")
        return
    if "wrong" in block.marks:
        assert checked(block.text, tmp_path) != "in order"
        return
    over = "" if re.search(r"^(extends|period|vary):", block.text, re.M) else "extends: 2024-actual.yaml\n"
    base = f"extends: {block.marks['over']}.yaml\n" if "over" in block.marks else over
    for place, text in earlier(page, block):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_text(text, "utf-8")
    assert checked(base + block.text, tmp_path / "scenarios") == "in order"


def earlier(page: Path, block: Block) -> list[tuple[str, str]]:
    """The page's files that a scenario may build on or name: its profiles."""
    return [(each.saved_as, each.text) for each in BLOCKS[page] if each.saved_as and each.language == "csv"]


def checked(text: str, folder: Path) -> str:
    """What the check says of a scenario: "in order", or what is wrong or odd."""
    folder.mkdir(exist_ok=True)
    path = folder / "block.yaml"
    path.write_text(text, "utf-8")
    try:
        odd = [problem.text("en") for problem in review(load(path))]
    except ScenarioError as error:
        return error.text("en")
    return "\n".join(odd) or "in order"


@every("from")
def test_quoted_code_stands_where_it_is_quoted_from(page, block):
    source = (ROOT / block.marks["from"]).read_text("utf-8")
    depths = {match[1] for match in re.finditer(r"^( *)\S", source, re.M)}
    quoted = dedent(block.text).rstrip("\n")
    forms = ["\n".join(depth + line if line else line for line in quoted.splitlines()) for depth in depths]
    assert any(f"\n{form}\n" in f"\n{source}\n" for form in forms), f"not in {block.marks['from']}:\n{quoted}"


@every(language="python")
def test_python_is_python_and_what_it_imports_is_there(page, block):
    tree = ast.parse(dedent(block.text)) if "from" not in block.marks else ast.parse("")
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            module = import_module(str(node.module))
            assert all(hasattr(module, name.name) for name in node.names)
    if "python" in block.marks:
        exec(compile(tree, called(page), "exec"), {})


# --- what stands in the text -------------------------------------------------------------------------------------

_ELSEWHERE = ("…", "...", "{", "[")


@pytest.mark.parametrize("page", PAGES, ids=called)
def test_commands_in_the_text_can_be_typed(page):
    """Commands between backticks: there is such a command, with such options."""
    for span in code_spans(TEXTS[page]):
        if not re.match(r"(\.venv\\Scripts\\)?simulator ", span) or any(sign in span for sign in _ELSEWHERE):
            continue
        words = words_of(span)[1:]
        assert words[0] in command_line("nb").commands, span
        options = {option for each in command_line("nb").commands[words[0]].params for option in each.opts}
        asked = {word.partition("=")[0] for word in words if word.startswith("--")} - {"--lang"}
        assert asked <= options, span


@pytest.mark.parametrize("page", PAGES, ids=called)
def test_options_in_the_text_are_options(page):
    """Options between backticks: of the commands typed on the page where there are any, else of some command."""
    commands = command_line("nb").commands
    typed = {
        words_of(line)[1] for block in BLOCKS[page] if block.is_typed for line in block.lines if "simulator " in line
    }
    named = [commands[name] for name in typed & set(commands)] or list(commands.values())
    everywhere = {"--lang", "--help", "--version"}
    options = {option for each in named for param in each.params for option in param.opts} | everywhere
    told = {word for span in code_spans(TEXTS[page]) if span.startswith("--") for word in words_of(span)}
    assert {word.partition("=")[0] for word in told if word.startswith("--")} <= options


def test_messages_that_the_first_page_explains_are_messages_of_the_program():
    told = re.findall(r"^\| «(?:… )?(.*?)» \|", TEXTS[FIRST_PAGE], re.M)
    catalogue = "\n".join(path.read_text("utf-8") for path in (ROOT / "simulator" / "words").glob("*.yaml"))
    assert len(told) > 2
    assert [message for message in told if message not in catalogue] == []


@pytest.mark.parametrize("page", PAGES, ids=called)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", TEXTS[page]):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        to = (page.parent / path).resolve() if path else page
        assert to.exists(), f"{called(page)}: {target}"
        assert not anchor or anchor in anchors(to.read_text("utf-8")), f"{called(page)}: {target}"


@pytest.mark.parametrize("page", [page for page in PAGES if language_of(page) == "en"], ids=called)
def test_files_of_the_project_that_are_named_are_there(page):
    for span in code_spans(TEXTS[page]):
        if re.fullmatch(r"(simulator|tests|docs|scenarios|studies|benchmarks)/[\w./*-]+", span):
            if span in {each.saved_as for each in BLOCKS[page]} or f"Save this as `{span}`" in TEXTS[page]:
                continue
            assert any(ROOT.glob(span.rstrip("/"))), f"{called(page)}: {span}"


def test_every_question_is_in_the_list_of_questions_and_every_page_in_the_index():
    questions = {path.name for path in (DOCS / "sporsmal").glob("*.md")} - {"README.md"}
    assert set(re.findall(r"\]\(([\w-]+\.md)\)", TEXTS[DOCS / "sporsmal" / "README.md"])) == questions
    index = TEXTS[DOCS / "README.md"]
    beside = {path.relative_to(DOCS).as_posix() for path in [*DOCS.glob("*.md"), *(DOCS / "developing").glob("*.md")]}
    assert beside - {"README.md", "developing/README.md"} <= set(re.findall(r"\]\(([\w/-]+\.md)\)", index))


# --- the tests themselves ----------------------------------------------------------------------------------------


def test_quick_settings_are_few_worlds_and_one_year():
    if not WHOLE:
        assert quickened(["run", "x"]) == ["run", "x", "--worlds", "3", "--replications", "2"]
        assert parsed(quickened(["compare", "a", "b", "--worlds", "all"])).params["worlds"] == "3"
        assert not is_exact("simulator run x") and not is_exact(r"simulator report results\run-x-1")
    assert quickened(["check", "x"]) == ["check", "x"] and is_exact("simulator check x")


def test_a_stale_page_is_caught(tmp_path, monkeypatch, capsys):
    """A wrong exit status, a file that is not there, a line that is not printed, a program that nobody knows."""
    desk = desk_on(tmp_path, "nb", monkeypatch, capsys)
    (good,) = blocks("```sh\nsimulator check open-to-02\n```\n")
    told = desk.follow(good)
    ended_as_said(FIRST_PAGE, good, told, desk)
    for marks in ({"exit": "2"}, {"makes": "results/*"}):
        with pytest.raises(AssertionError):
            ended_as_said(FIRST_PAGE, good._replace(marks=marks), told, desk)
    cut = Block(1, "text", {"output": ""}, "open-to-02: i orden.\n")
    printed_as_said(FIRST_PAGE, cut, told, exact=True)
    for stale in (cut._replace(text="open-to-02: i uorden.\n"), cut._replace(text="open-to-04: i orden.\n")):
        with pytest.raises(AssertionError):
            printed_as_said(FIRST_PAGE, stale, told, exact=True)
    with pytest.raises(AssertionError):
        desk.type("rm -rf results")


def test_lines_are_held_in_their_order_in_either_stream():
    assert not_in_order(["a", "x", "b"], [["a", "c", "b "], ["x"]]) == []
    assert not_in_order(["b", "a", "y"], [["a", "b"], []]) == ["a", "y"]


PRINTED = """
- Av omtrent 33 400 hjelpesøk fikk 24 100 svar. 9 400
  (6 400–12 900) fikk aldri svar.

Nøkkeltall          Chat
────────────────────────
Besvart  9 970 (930–1 490)
Kostnad     16,8 mill. kr
"""


def test_where_worlds_are_few_every_word_is_held_and_every_number_is_free():
    told = "- Av omtrent 29 hjelpesøk fikk 21 svar. 8 (7–9) fikk aldri svar."
    few = f"{told}\nNøkkeltall  Chat\nBesvart  7\nKostnad  990 000 kr"
    assert [said for said, is_head in sayings(PRINTED) if is_head] == ["Nøkkeltall", "Chat"]
    assert unsaid(PRINTED, few) == []
    for word, another in (("aldri svar", "sjelden svar"), ("Besvart", "Tapt"), ("Chat", "Telefon"), ("mill. kr", "%")):
        assert len(unsaid(PRINTED.replace(word, another), few)) == 1, word
    swapped = few.replace("Besvart  7\nKostnad  990 000 kr", "Kostnad  990 000 kr\nBesvart  7")
    assert unsaid(PRINTED, swapped) == [PRINTED.splitlines()[-1]]
