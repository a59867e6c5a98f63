"""Help, version, languages, and what is said to whoever mistypes."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from simulator import __version__
from simulator.cli import command_line, options
from simulator.service.engines import ENGINES
from simulator.words import LANGUAGES, say
from tests.cli.commands import environment, squeezed

COMMANDS = (
    *("overview", "run", "compare", "backtest", "replay", "check", "schema", "evidence", "solve"),
    *("calibrate", "wanted", "coverage", "reconstruct", "import", "export", "sweep"),
    *("cost", "explain", "hours", "roster", "staff"),
    *("regress", "report"),
)
USAGE = {"nb": "Bruk: simulator", "en": "Usage: simulator"}
OTHER_WORDS = {
    "nb": re.compile(r"\b(Usage|Options:|Commands|Show this|default|Error|Try|Missing|Invalid|No such)\b"),
    "en": re.compile(r"\b(Bruk|Valg|Kommandoer|ellers|Feil|Skriv|mangler)\b|[æøåÆØÅ]"),
}


def test_every_command_is_known_here():
    assert set(command_line("en").commands) == set(COMMANDS)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("option", ["--help", "-h"])
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_in_both_languages(typed, command, option, lang):
    said = typed(command, option, lang=lang)
    assert (said.status, said.err) == (0, "")
    assert said.out.startswith(f"{USAGE[lang]} {command}")
    assert say(f"cli.{command}.help", lang) in squeezed(said.out)
    assert not OTHER_WORDS[lang].search(said.out), said.out


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_option_is_explained(typed, lang):
    for name, command in command_line(lang).commands.items():
        help_text = squeezed(typed(name, "--help", lang=lang).out)
        options = [parameter for parameter in command.params if parameter.opts[0].startswith("--")]
        for option in options:
            assert option.opts[0] in help_text
            assert squeezed(option.help) in help_text, (name, option.opts)


def test_the_engines_are_those_there_are_and_the_first_is_the_default(typed):
    assert options.ENGINES == ENGINES
    assert f"[default: {ENGINES[0]}]" in squeezed(typed("run", "--help").out)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_help_of_all_lists_every_command(typed, lang):
    said = typed("--help", lang=lang)
    assert (said.status, said.err) == (0, "")
    listed = re.findall(r"^  ([a-z]+)  ", said.out.partition("\n\n")[2], re.MULTILINE)
    assert set(COMMANDS) <= set(listed)
    assert say("cli.help", lang) in squeezed(said.out)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_typed_gets_help_and_is_no_success(typed, lang):
    said = typed(lang=lang)
    assert said.status == 2
    assert said.out == ""
    assert USAGE[lang] in said.err and "overview" in said.err


def test_the_version(typed):
    said = typed("--version")
    assert (said.status, said.err) == (0, "")
    assert said.out.split()[-1] == __version__


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("lang", [["--lang", "nb"], ["--lang=nb"]])
def test_the_language_may_stand_anywhere(typed_whole, place, lang):
    words = ["run", "scenario-that-is-not-there", "--replications", "3"]
    said = typed_whole(*words[:place], *lang, *words[place:])
    assert said.status == 2
    assert "Det finnes ikke noe scenario" in said.err


@pytest.mark.parametrize("command", ["--help", "check --help", "run --help", "evidence --help"])
def test_help_follows_the_language_wherever_it_stands(typed_whole, command):
    first, last = typed_whole("--lang", "nb", *command.split()), typed_whole(*command.split(), "--lang", "nb")
    assert first == last
    assert first.status == 0 and "Bruk:" in first.out


@pytest.mark.parametrize("words", [["--lang", "de", "schema"], ["schema", "--lang=de"]])
def test_an_unknown_language_is_refused_in_words(typed_whole, words):
    said = typed_whole(*words)
    assert (said.status, said.out) == (2, "")
    assert "de" in said.err and "nb" in said.err and "en" in said.err


def test_a_language_left_out_is_refused(typed_whole):
    said = typed_whole("schema", "--lang")
    assert (said.status, said.out) == (2, "")
    assert "nb" in said.err and "en" in said.err


@pytest.mark.parametrize(
    ("variables", "lang"),
    [
        ({"LANG": "nb_NO.UTF-8"}, "nb"),
        ({"LANG": "nn_NO.UTF-8"}, "nb"),
        ({"LANG": "no_NO"}, "nb"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "nb_NO.UTF-8"}, "nb"),
        ({"LANG": "nb_NO.UTF-8", "LANGUAGE": "en"}, "en"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "nb:en"}, "nb"),
    ],
)
def test_the_words_follow_the_locale_of_the_machine(started, variables, lang):
    said = started("check", "--help", **variables)
    assert said.status == 0
    assert said.out.startswith(USAGE[lang])
    assert not OTHER_WORDS[lang].search(said.out)


def test_the_language_asked_for_beats_the_locale(started):
    assert started("--help", "--lang", "en", LANG="nb_NO.UTF-8").out.startswith(USAGE["en"])
    assert started("--help", "--lang", "nb", LANG="en_US.UTF-8").out.startswith(USAGE["nb"])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["runn"], "Kommandoen 'runn' finnes ikke. Mente du 'run'?"),
        (["run"], "Argument mangler 'SCENARIO'."),
        (["check"], "Argument mangler 'SCENARIOS...'."),
        (["replay", "log.csv"], "Argument mangler 'SCENARIO'."),
        (["run", "a", "b"], "Ett argument for mye: b"),
        (["schema", "b", "c"], "For mange argumenter: b c"),
        (["run", "a", "--seed"], "Valget '--seed' må ha en verdi."),
        (["run", "a", "--sed", "1"], "Valget '--sed' finnes ikke."),
        (["run", "a", "--seed", "x"], "'x' er ikke et gyldig tall"),
        (["run", "a", "--seed", "1,5"], "'1,5' er ikke et gyldig tall"),
        (["run", "a", "--replications", "0"], "0 er ikke i området"),
        (["run", "a", "--replications", "-3"], "-3 er ikke i området"),
        (["run", "a", "--replications", "2.5"], "'2.5' er ikke et gyldig tall"),
        (["run", "a", "--replications", "1000001"], "1000001 er ikke i området"),
        (["run", "a", "--workers", "0"], "0 er ikke i området"),
        (["run", "a", "--engine", "quick"], "'quick' er ikke en av 'compiled', 'simpy'."),
        (["run", "a", "--precision", "1"], "«1» er ikke en presisjon. Skriv for eksempel 1% eller 0.01"),
        (["run", "a", "--precision", "litt"], "«litt» er ikke en presisjon."),
        (["run", "a", "--precision", "-1%"], "«-1%» er ikke en presisjon."),
        (["run", "a", "--precision", "100 %"], "«100 %» er ikke en presisjon."),
        (["run", "a", "--precision-of", "answered"], "hvor sikre de skal bli, sier --precision"),
        (["run", "a", "--workers", "2", "--dask", "x"], "--workers og --dask går ikke sammen"),
        (["overview", "--workers", "2", "--dask", "x"], "--workers og --dask går ikke sammen"),
        (["backtest", "--workers", "2", "--dask", "x"], "--workers og --dask går ikke sammen"),
        (["backtest", "--replications", "0"], "0 er ikke i området"),
        (["overview", "--replications", "0"], "0 er ikke i området"),
        (["evidence", "oslo", "trondheim"], "Ett argument for mye: trondheim"),
        (["schema", "--json=-"], "Valget '--json' finnes ikke."),
    ],
)
def test_a_mistyped_command_is_explained_in_norwegian(typed, desk, words, told):
    said = typed(*words, lang="nb")
    assert (said.status, said.out) == (2, "")
    assert told in said.err
    assert not OTHER_WORDS["nb"].search(said.err), said.err
    assert list(desk.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        ["runn"],
        ["run"],
        ["run", "a", "--replications", "0"],
        ["run", "a", "b"],
        ["run", "a", "--precision", "1"],
        ["run", "a", "--precision-of", "answered"],
        ["run", "a", "--workers", "2", "--dask", "x"],
    ],
)
def test_a_mistyped_command_is_explained_in_english(typed, words):
    said = typed(*words, lang="en")
    assert (said.status, said.out) == (2, "")
    assert "Error: " in said.err and not OTHER_WORDS["en"].search(said.err)


def test_the_installed_command_is_the_same(desk):
    program = shutil.which("simulator", path=Path(sys.executable).parent)
    if program is None:
        pytest.skip("the project is not installed beside this Python")
    done = subprocess.run(
        [program, "--version"], cwd=desk, env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.split()[-1] == __version__
