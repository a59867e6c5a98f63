"""A folder that grows: every file in it is whole, whoever writes at the same time and whatever is killed."""

import os
import threading
import time

import pytest

from simulator.store import GrowingFolder, StoreError, csv, parquet


def test_a_file_is_there_whole_and_nothing_else_is(tmp_path):
    folder = GrowingFolder(tmp_path / "out" / "a", ("units",))
    assert folder.get("units/x") is None and not folder.path.exists()
    folder.put("units/x", b"one")
    folder.put("units/x", b"two")
    assert folder.get("units/x") == b"two"
    assert [path.name for path in (tmp_path / "out").rglob("*")] == ["a", "units", "x"]


def test_what_fails_halfway_leaves_the_old_file(tmp_path, monkeypatch):
    from pathlib import Path

    folder = GrowingFolder(tmp_path / "a", ("units",))
    folder.put("units/x", b"old")

    def full(self, content):
        with self.open("wb") as stream:
            stream.write(content[:2])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(Path, "write_bytes", full)
        with pytest.raises(StoreError, match="No space left"):
            folder.put("units/x", b"new content")
    assert folder.get("units/x") == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_many_writers_at_once_leave_whole_files(tmp_path):
    content = {name: bytes([name]) * 200_000 for name in range(20)}

    def write():
        folder = GrowingFolder(tmp_path / "a", ("units",))
        for name, each in content.items():
            folder.put(f"units/{name}", each)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for each in writers:
        each.start()
    folder = GrowingFolder(tmp_path / "a", ("units",))
    while any(each.is_alive() for each in writers):
        for name, each in content.items():
            assert folder.get(f"units/{name}") in (None, each)
    assert all(folder.get(f"units/{name}") == each for name, each in content.items())
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_folder_that_is_not_ours_is_refused(tmp_path):
    (tmp_path / "a").mkdir()
    GrowingFolder(tmp_path / "a", ("units",))  # an empty one is nobody's
    (tmp_path / "a" / "mine.txt").write_text("x")
    with pytest.raises(StoreError):
        GrowingFolder(tmp_path / "a", ("units",))


def test_what_a_killed_writer_left_goes_after_an_hour_and_what_another_writes_now_stays(tmp_path):
    left, fresh = tmp_path / ".a.0000.part", tmp_path / ".a.1111.part"
    for part in (left, fresh):
        part.mkdir()
        (part / "x").write_bytes(b"half")
    long_ago = time.time() - 4000
    os.utime(left, (long_ago, long_ago))
    folder = GrowingFolder(tmp_path / "a", ("units",))
    folder.put("units/y", b"whole")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".a.1111.part", "a"]


def test_names_are_safe_and_pruning_touches_one_folder_alone(tmp_path):
    folder = GrowingFolder(tmp_path / "a", ("units",))
    for name in ("units/x", "figures/a.svg", "figures/b.svg", "figures/con.svg"):
        folder.put(name, b"x")
    folder.prune("figures", {"a.svg"})
    folder.prune("nowhere", set())
    assert sorted(path.name for path in folder.path.rglob("*")) == ["a.svg", "figures", "units", "x"]


def test_the_same_table_is_the_same_bytes():
    table = (["name", "number"], [["a", 1.5], ["b", None]])
    assert parquet(*table) == parquet(*table) and parquet(*table) != parquet(table[0], [["a", 1.5], ["b", 2.0]])
    assert csv(*table).decode("utf-8-sig") == "name;number\r\na;1,5\r\nb;\r\n"
