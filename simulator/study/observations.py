"""What was seen in each simulated year: written to a temporary file as it comes, read back a few figures at a time.

A year is some five thousand figures, so years are not kept in memory: a hundred thousand take as much of it as a
hundred. The file goes with the process that made it. Nothing here knows what the figures mean.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import IO

import numpy as np

from simulator.service.keys import Key
from simulator.study.years import Floats, Ints, Rows

STRIPE = 32
"""Years that are written together, figure by figure, so that one figure is read in long pieces."""
NUMBERS_AT_ONCE = 2**19
"""Numbers of each of top and bottom that `Observations.blocks` reads at once: 4 MB."""
_BYTES = 8


@dataclass(frozen=True)
class _Stripe:
    """Where a stripe begins in the file, and the figures whose bottoms stand in it."""

    begins: int
    columns: Ints


class Observations:
    """The figures of simulated years, in order; a context manager, at whose end the file is gone.

    Parameters
    ----------
    keys, units
        What the figures are.

    Attributes
    ----------
    years
        How many have been seen.
    """

    def __init__(self, keys: tuple[Key, ...], units: tuple[str, ...]) -> None:
        self.keys, self.units, self.years = keys, units, 0
        self._place = {key: figure for figure, key in enumerate(keys)}
        self._top, self._bottom = np.empty((len(keys), STRIPE)), np.empty((len(keys), STRIPE))
        self._stripes: list[_Stripe] = []
        self._file: IO[bytes] | None = None

    # --- writing -------------------------------------------------------------------------------------------------

    def append(self, rows: Rows) -> None:
        """Add years. One that is interrupted here counts wholly or not at all.

        Raises
        ------
        OSError
            If the temporary folder is full; its name is the error's file name.
        """
        taken = 0
        while taken < rows.years:
            if self._waiting == STRIPE:
                self._write_stripe()
            begin = self._waiting
            piece = min(STRIPE - begin, rows.years - taken)
            here, there = slice(begin, begin + piece), slice(taken, taken + piece)
            self._top[:, here] = rows.top[:, there]
            self._bottom[:, here] = 1.0
            self._bottom[rows.columns, here] = rows.bottom[:, there]
            taken += piece
            self.years += piece

    @property
    def _waiting(self) -> int:
        """Years in memory, not yet in the file."""
        return self.years - STRIPE * len(self._stripes)

    def _write_stripe(self) -> None:
        last = self._stripes[-1] if self._stripes else None
        columns = np.flatnonzero((self._bottom != 1).any(axis=1))
        if last is not None and np.array_equal(columns, last.columns):
            columns = last.columns
        begins = 0 if last is None else last.begins + _BYTES * STRIPE * (len(self.keys) + len(last.columns))
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="simulator-")  # noqa: SIM115 - closed with the rest
            self._file.seek(begins)
            self._file.write(self._top.data)
            self._file.write(self._bottom[columns].data)
            self._file.flush()
        except OSError as error:
            raise OSError(error.errno, error.strerror, tempfile.gettempdir()) from error
        self._stripes.append(_Stripe(begins, columns))

    # --- reading -------------------------------------------------------------------------------------------------

    def keep(self, years: int) -> None:
        """Forget all but the first ``years`` years."""
        if years > self.years:
            raise ValueError(f"there are {self.years} years, not {years}")
        whole = years // STRIPE
        if whole < len(self._stripes):
            top, bottom = self._read_stripe(self._stripes[whole], 0, len(self.keys))
            self._top, self._bottom = top.copy(), bottom
            del self._stripes[whole:]
        self.years = years

    def blocks(self) -> Iterator[tuple[slice, Floats, Floats]]:
        """All figures, some at a time: which ones, their tops and their bottoms of shape (figures, years)."""
        width = max(1, NUMBERS_AT_ONCE // max(1, self.years))
        for first in range(0, len(self.keys), width):
            last = min(first + width, len(self.keys))
            yield slice(first, last), *self._read(first, last)

    def of(self, keys: Sequence[Key]) -> tuple[Floats, Floats]:
        """Tops and bottoms of some figures, both of shape (keys, years).

        Raises
        ------
        KeyError
            If one of them was not observed.
        """
        read = [self._read(self._place[key], self._place[key] + 1) for key in keys]
        empty = np.empty((0, self.years))
        return np.concatenate([empty, *(top for top, _ in read)]), np.concatenate([empty, *(low for _, low in read)])

    def _read(self, first: int, last: int) -> tuple[Floats, Floats]:
        """Tops and bottoms of neighbouring figures; each figure's years lie side by side."""
        top, bottom = np.empty((last - first, self.years)), np.empty((last - first, self.years))
        for number, stripe in enumerate(self._stripes):
            there = slice(number * STRIPE, (number + 1) * STRIPE)
            top[:, there], bottom[:, there] = self._read_stripe(stripe, first, last)
        waiting, there = self._waiting, slice(len(self._stripes) * STRIPE, self.years)
        top[:, there], bottom[:, there] = self._top[first:last, :waiting], self._bottom[first:last, :waiting]
        return top, bottom

    def _read_stripe(self, stripe: _Stripe, first: int, last: int) -> tuple[Floats, Floats]:
        bottom = np.ones((last - first, STRIPE))
        low, high = np.searchsorted(stripe.columns, [first, last])
        if high > low:
            begins = stripe.begins + _BYTES * STRIPE * (len(self.keys) + int(low))
            bottom[stripe.columns[low:high] - first] = self._numbers(begins, int(high - low))
        return self._numbers(stripe.begins + _BYTES * STRIPE * first, last - first), bottom

    def _numbers(self, begins: int, figures: int) -> Floats:
        assert self._file is not None, "a stripe was written, so there is a file"
        self._file.seek(begins)
        return np.frombuffer(self._file.read(_BYTES * STRIPE * figures)).reshape(figures, STRIPE)

    # --- the end -------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Remove the file."""
        if self._file is not None:
            with suppress(OSError):  # what could not be written on a full disk is not wanted any more
                self._file.close()

    def __enter__(self) -> "Observations":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
