"""Evidence is found by its id, by a near id, and by words typed on any keyboard."""

import unicodedata
from importlib.resources import files

import pytest

from simulator.evidence import (
    Evidence,
    UnknownEvidenceError,
    all_evidence,
    evidence,
    number,
    read_evidence,
    search,
)


def ids(found: tuple[Evidence, ...]) -> list[str]:
    return [entry.id for entry in found]


def test_all_evidence_is_the_shipped_files_sorted_and_read_once():
    assert all_evidence() == read_evidence(files("simulator.evidence"))
    assert ids(all_evidence()) == sorted(ids(all_evidence()))
    assert all_evidence() is all_evidence()


def test_an_entry_is_found_by_its_id():
    entry = evidence("chat-answered-2024")
    assert (entry.value, entry.unit, entry.year, entry.status) == (8770, "chats", 2024, "published")


def test_a_number_is_a_float():
    assert isinstance(number("chat-answered-2024"), float)
    assert number("phone-share-kristiansand-2024") == 0.63


@pytest.mark.parametrize("name", ["chat-hours-2024", "samaritans-peak", "default-chat-speed"])
def test_what_is_not_one_number_is_refused_as_one(name: str):
    with pytest.raises(TypeError, match=f"'{name}' is not one number"):
        number(name)


def test_an_unknown_id_names_the_nearest():
    with pytest.raises(UnknownEvidenceError) as caught:
        number("chat-answerd-2024")
    assert isinstance(caught.value, KeyError)
    assert caught.value.nearest[0] == "chat-answered-2024"
    assert str(caught.value).startswith("no evidence has the id 'chat-answerd-2024'; did you mean 'chat-answered-2024'")


def test_an_id_like_no_other_names_none():
    with pytest.raises(UnknownEvidenceError) as caught:
        evidence("§§§§")
    assert str(caught.value) == "no evidence has the id '§§§§'"


@pytest.mark.parametrize("word", ["døgn", "DØGN", "dogn", "doegn", "Døgn", unicodedata.normalize("NFD", "døgn")])
def test_norwegian_letters_are_found_however_they_are_typed(word: str):
    assert "chat-answered-per-day-2024" in ids(search(word))


@pytest.mark.parametrize(
    "word", ["åpningstid", "apningstid", "aapningstid", unicodedata.normalize("NFD", "Åpningstid")]
)
def test_a_ring_above_may_be_left_out_or_written_twice(word: str):
    assert "chat-hours-2024" in ids(search(word))


@pytest.mark.parametrize("word", ["Asker og Bærum", "asker og baerum", "asker-og-barum", "bærum asker"])
def test_hyphens_are_spaces_and_every_part_must_be_there(word: str):
    found = ids(search(word))
    assert "calls-per-day-asker-og-baerum-2024" in found
    assert "calls-per-day-oslo-2024" not in found


@pytest.mark.parametrize(
    ("word", "where"),
    [
        ("chat-peak-day-2024", "chat-peak-day-2024"),  # id
        ("flest besvarte chatter på en dag", "chat-peak-day-2024"),  # label, nb
        ("most chats answered on one day", "chat-peak-day-2024"),  # label, en
        ("11 january", "chat-peak-day-2024"),  # note
        ("cathug", "openup-arrivals-by-hour"),  # source
    ],
)
def test_every_text_of_an_entry_is_searched(word: str, where: str):
    assert where in ids(search(word))


def test_a_status_finds_all_of_its_entries():
    assumed = [entry.id for entry in all_evidence() if entry.status == "assumed"]
    assert set(assumed) <= set(ids(search("assumed")))


def test_what_is_found_is_sorted_and_nothing_is_found_for_nonsense():
    assert ids(search("chat")) == sorted(ids(search("chat")))
    assert search("qwzx") == ()


def test_an_empty_word_finds_everything():
    assert search("") == all_evidence()
