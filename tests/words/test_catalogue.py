"""The catalogue holds all that its files say, in both languages, whichever way it is read."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from simulator import words
from simulator.words import LANGUAGES, MissingWordError, catalogue, say

FILES = sorted(Path(words.__file__).parent.glob("*.yaml"))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A catalogue of other files, and what was read before forgotten."""

    def forget():
        for read in (words.catalogue, words._written, words._entry):
            read.cache_clear()

    forget()
    monkeypatch.setattr(words, "files", lambda package: tmp_path)
    yield tmp_path
    forget()


def test_entries_read_one_by_one_are_those_of_the_whole_files():
    """Files are cut by lines and read entry by entry; read whole by the YAML library they say the same."""
    whole = {}
    for file in FILES:
        whole |= YAML(typ="safe", pure=True).load(file.read_text("utf-8")) or {}
    assert catalogue() == whole


def test_long_entries_and_comments_between_them_are_read(folder):
    (folder / "a.yaml").write_text(
        '# head\na.b:\n  nb: "én: {x}"\n\n  # note\n  en: "one: {x}"\n\n# end\nc-d: {nb: "to", en: "two"}', "utf-8"
    )
    assert say("a.b", "nb", x=1) == "én: 1"
    assert say("c-d", "en") == "two"
    assert set(catalogue()) == {"a.b", "c-d"}


def test_a_key_that_stands_twice_or_lacks_a_language_is_refused(folder):
    (folder / "a.yaml").write_text("a: {nb: x, en: y}\n", "utf-8")
    (folder / "b.yaml").write_text("a: {nb: x, en: y}\n", "utf-8")
    with pytest.raises(MissingWordError, match="twice"):
        say("a", "nb")
    (folder / "b.yaml").write_text("b: {nb: x}\n", "utf-8")
    with pytest.raises(MissingWordError, match="lacks"):
        say("b", "nb")
    with pytest.raises(MissingWordError):
        say("c", LANGUAGES[0])
