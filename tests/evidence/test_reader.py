"""Evidence files that break a rule are refused, each fault told with its file, its entry and what is wrong."""

from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from simulator.evidence import EvidenceError, read_evidence
from simulator.evidence.model import Evidence, freeze, thaw

GOOD = """\
calls:
  label: {nb: Samtaler, en: Calls}
  value: 12
  unit: calls
  year: 2024
  source: a report, p. 1
  status: published
twice-the-calls:
  label: {nb: To ganger samtalene, en: Twice the calls}
  value: 24
  unit: calls
  year: 2024
  source: a report, p. 1
  status: derived
  derived_from: [calls]
  formula: two times the calls
"""


def read(folder: Path, text: str, name: str = "subject.yaml") -> tuple[Evidence, ...]:
    (folder / name).write_text(text, encoding="utf-8")
    return read_evidence(folder)


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(EvidenceError) as caught:
        read(folder, text)
    return str(caught.value).splitlines()


def test_a_good_file_is_read_sorted_by_id_over_all_files(tmp_path: Path):
    (tmp_path / "another.yaml").write_text(GOOD.split("twice")[0].replace("calls:", "zebras:", 1), "utf-8")
    (tmp_path / "notes.txt").write_text("not evidence", "utf-8")
    entries = read(tmp_path, GOOD)
    assert [entry.id for entry in entries] == ["calls", "twice-the-calls", "zebras"]
    assert entries[1].derived_from == ("calls",)


def test_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path):
    (tmp_path / "subject.yaml").write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert len(read_evidence(tmp_path)) == 2


def test_an_id_twice_in_one_file_is_refused(tmp_path: Path):
    again = GOOD + GOOD.split("twice")[0]
    (fault,) = faults(tmp_path, again)
    assert fault.startswith("subject.yaml: ")
    assert 'duplicate key "calls"' in fault


def test_an_id_in_two_files_is_refused_with_both_names(tmp_path: Path):
    (tmp_path / "another.yaml").write_text(GOOD.split("twice")[0], "utf-8")
    assert faults(tmp_path, GOOD) == ["subject.yaml: calls: already in another.yaml; an id occurs once"]


SOURCE = "  source: a report, p. 1\n"
NOT_PLAIN = "value: Value error, {} is neither finite number, text, list nor mapping"


@pytest.mark.parametrize(
    ("found", "instead", "said"),
    [
        (
            "status: published",
            "status: sure",
            "status: Input should be 'published', 'derived', 'literature' or 'assumed'",
        ),
        ("  unit: calls\n", "", "a number needs a unit"),
        ("  year: 2024\n", "", "year: Field required"),
        (SOURCE, "", "source: Field required"),
        (SOURCE, "  source: ' '\n", "source: String should have at least 1 character"),
        ("{nb: Samtaler, en: Calls}", "{nb: Samtaler}", "label.en: Field required"),
        ("{nb: Samtaler, en: Calls}", "{en: Calls}", "label.nb: Field required"),
        ("{nb: Samtaler, en: Calls}", "{nb: Samtaler, en: Calls, nn: Samtalar}", "label.nn: Extra inputs"),
        ("[calls]", "[cals]", "derived_from: 'cals' does not exist"),
        ("[calls]", "[twice-the-calls]", "leads back to the entry itself"),
        ("  formula: two times the calls\n", "", "'derived_from' and 'formula' go together"),
        ("  derived_from: [calls]\n", "", "'derived_from' and 'formula' go together"),
        ("  derived_from: [calls]\n  formula: two times the calls\n", "", "a derived entry needs"),
        ("status: derived", "status: published", "a published entry is printed somewhere, not computed"),
        ("status: published", "status: assumed", "status: 'derived' is stronger than 'calls', which is 'assumed'"),
        ("status: published", "status: literature", "status: 'derived' is stronger than 'calls'"),
        ("value: 12", "value: 2024-01-11", NOT_PLAIN.format("datetime.date(2024, 1, 11)")),
        ("value: 12", "value: true", NOT_PLAIN.format("True")),
        ("value: 12", "value: {1: 12}", NOT_PLAIN.format("{1: 12}")),
        ("value: 12", "value: .nan", NOT_PLAIN.format("nan")),
        ("value: 12", "value: [1, .inf]", NOT_PLAIN.format("inf")),
        ("value: 12\n", "values: 12\n", "values: Extra inputs are not permitted"),
        ("calls:\n", "Calls_2024:\n", "id: String should match pattern"),
        ("calls:\n", "calls:\n  id: other\n", "the key is the id"),
    ],
)
def test_a_fault_is_told_with_its_file_and_what_is_wrong(tmp_path: Path, found: str, instead: str, said: str):
    assert GOOD.count(found) >= 1
    told = faults(tmp_path, GOOD.replace(found, instead, 1))
    assert all(fault.startswith("subject.yaml: ") for fault in told)
    assert any(said in fault for fault in told), told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- calls\n", "must be a mapping of id -> entry"),
        ("", "must be a mapping of id -> entry"),
        ("calls: 12\n", "calls: must be a mapping with label, value"),
        ("calls: {label: [\n", "subject.yaml: "),
    ],
)
def test_a_file_that_is_no_evidence_is_refused(tmp_path: Path, text: str, said: str):
    (fault,) = faults(tmp_path, text)
    assert said in fault


def test_a_file_in_another_encoding_is_refused(tmp_path: Path):
    (tmp_path / "subject.yaml").write_bytes(GOOD.replace("Samtaler", "Åpent").encode("latin-1"))
    with pytest.raises(EvidenceError, match=r"subject\.yaml: .*utf-8"):
        read_evidence(tmp_path)


def test_all_faults_are_told_at_once_and_once(tmp_path: Path):
    text = GOOD.replace("status: published", "status: certain").replace("unit: calls\n", "unit: ''\n")
    told = faults(tmp_path, text)
    assert [fault.split(": ")[1:3] for fault in told] == [
        ["calls", "unit"],
        ["calls", "status"],
        ["twice-the-calls", "unit"],
    ]


def test_every_broken_file_is_told(tmp_path: Path):
    (tmp_path / "another.yaml").write_text("- calls\n", "utf-8")
    assert [fault.split(": ")[0] for fault in faults(tmp_path, "calls: [\n")] == ["another.yaml", "subject.yaml"]


def test_a_circle_of_entries_is_refused(tmp_path: Path):
    circle = GOOD.replace(
        "status: published", "status: derived\n  derived_from: [twice-the-calls]\n  formula: half of it"
    )
    assert len(faults(tmp_path, circle)) == 2


def test_an_entry_is_read_only_all_the_way_down(tmp_path: Path):
    entry = read(tmp_path, GOOD.replace("value: 12", "value: {days: [1, {hours: 2}]}"))[0]
    with pytest.raises(ValidationError, match="frozen"):
        entry.value = 13  # type: ignore[misc]
    assert isinstance(entry.value, MappingProxyType)
    days = entry.value["days"]
    assert isinstance(days, tuple)
    assert isinstance(days[1], MappingProxyType)


def test_an_entry_becomes_json_as_it_was_written(tmp_path: Path):
    entry = read(tmp_path, GOOD.replace("value: 12", "value: {days: [1, {hours: '22:45'}]}"))[0]
    assert entry.model_dump(mode="json")["value"] == {"days": [1, {"hours": "22:45"}]}


PLAIN = st.recursive(
    st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(PLAIN)
def test_freezing_loses_nothing(value: object):
    assert thaw(freeze(value)) == value
