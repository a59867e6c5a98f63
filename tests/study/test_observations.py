"""What was written is read back exactly, however it came and however it is asked for."""

import errno
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.service.keys import Key
from simulator.study import observations
from simulator.study.intervals import estimate
from simulator.study.observations import STRIPE, Observations
from simulator.study.years import Rows

FIGURES = 7
KEYS = tuple(Key(f"figure_{number}") for number in range(FIGURES))
UNITS = ("1",) * FIGURES


def numbers(years, seed=0):
    """Tops and bottoms of shape (figures, years); some bottoms are 1 for good, some for a while, some never."""
    rng = np.random.default_rng(seed)
    top, bottom = rng.normal(size=(FIGURES, years)), np.ones((FIGURES, years))
    bottom[2] = rng.normal(size=years)
    bottom[5, years // 2 :] = 0.0
    return top, bottom


def rows_of(top, bottom):
    years = top.shape[1]
    return Rows.of_years(zip(top.T, bottom.T, strict=True), FIGURES, years)


def written(top, bottom, sizes):
    """Observations of years that came in batches of some sizes."""
    seen = Observations(KEYS, UNITS)
    first = 0
    for size in sizes:
        there = slice(first, first + size)
        seen.append(rows_of(top[:, there], bottom[:, there]))
        first += size
    return seen


def whole(seen):
    return [np.concatenate(each) for each in zip(*(block[1:] for block in seen.blocks()), strict=True)]


@given(sizes=st.lists(st.integers(0, 3 * STRIPE), min_size=1, max_size=6), at_once=st.integers(1, 500), kept=st.data())
def test_what_was_written_is_read_back(sizes, at_once, kept):
    years = sum(sizes)
    top, bottom = numbers(years)
    with pytest.MonkeyPatch.context() as patch, written(top, bottom, sizes) as seen:
        patch.setattr(observations, "NUMBERS_AT_ONCE", at_once)
        assert seen.years == years
        assert all(map(np.array_equal, whole(seen), (top, bottom)))
        some = [KEYS[5], KEYS[0], KEYS[2]]
        assert all(map(np.array_equal, seen.of(some), (top[[5, 0, 2]], bottom[[5, 0, 2]])))
        few = kept.draw(st.integers(0, years))
        seen.keep(few)
        assert all(map(np.array_equal, whole(seen), (top[:, :few], bottom[:, :few])))
        seen.append(rows_of(top[:, few:], bottom[:, few:]))
        assert all(map(np.array_equal, whole(seen), (top, bottom)))


def test_blocks_are_all_figures_each_once_and_no_larger_than_said(monkeypatch):
    monkeypatch.setattr(observations, "NUMBERS_AT_ONCE", 300)
    with written(*numbers(100), [100]) as seen:
        blocks = [(figures.start, figures.stop, top.shape) for figures, top, _ in seen.blocks()]
    assert blocks == [(0, 3, (3, 100)), (3, 6, (3, 100)), (6, 7, (1, 100))]


def test_estimates_do_not_depend_on_how_much_is_read_at_once(monkeypatch):
    found = set()
    for at_once in (1, 150, 10**6):
        monkeypatch.setattr(observations, "NUMBERS_AT_ONCE", at_once)
        with written(*numbers(100), [3] * 33 + [1]) as seen:
            found.add(estimate(seen)._numbers.tobytes())
    assert len(found) == 1


def test_more_years_than_there_are_cannot_be_kept():
    with written(*numbers(5), [5]) as seen, pytest.raises(ValueError, match="5 years, not 6"):
        seen.keep(6)


def test_the_file_is_gone_at_the_end(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with written(*numbers(100), [100]) as seen:
        file = seen._file
        assert file is not None and not file.closed
    assert file.closed
    assert list(tmp_path.iterdir()) == []


class Full:
    """A file on a disk that takes nothing more."""

    def __init__(self, refuse):
        self._refuse = refuse

    def seek(self, place):
        return place

    def write(self, content):
        raise self._refuse

    def close(self):
        raise self._refuse


@pytest.mark.parametrize("place", [Path("some") / "folder"])
def test_a_full_disk_is_told_with_its_place(monkeypatch, place):
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(place))
    monkeypatch.setattr(
        tempfile, "TemporaryFile", partial(lambda refuse, prefix: Full(refuse), OSError(errno.ENOSPC, "No space left"))
    )
    with pytest.raises(OSError, match="No space left") as told, written(*numbers(100), [100]):
        pass
    assert (told.value.errno, told.value.filename) == (errno.ENOSPC, str(place))


def test_an_interrupt_while_writing_loses_no_year(monkeypatch):
    top, bottom = numbers(2 * STRIPE)
    with written(top[:, : STRIPE + 8], bottom[:, : STRIPE + 8], [STRIPE, 8]) as seen:
        write, file = seen._file.write, seen._file

        class Interrupted:
            def write(self, content):
                write(bytes(content)[: len(content) // 2])
                raise KeyboardInterrupt

            def __getattr__(self, name):
                return getattr(file, name)

        seen.append(rows_of(top[:, STRIPE + 8 :], bottom[:, STRIPE + 8 :]))
        seen._file = Interrupted()
        with pytest.raises(KeyboardInterrupt):
            seen.append(rows_of(top, bottom))
        assert seen.years == 2 * STRIPE
        assert all(map(np.array_equal, whole(seen), (top, bottom)))
        seen._file = file
        seen.append(rows_of(top, bottom))
        assert all(map(np.array_equal, whole(seen), (np.hstack([top, top]), np.hstack([bottom, bottom]))))
