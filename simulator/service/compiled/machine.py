"""Machine code for plain Python functions: the only place that knows numba.

Three things that numba lacks or gets wrong are settled here, once:

- Records. A compiled function that takes forty arrays one by one copies hundreds of words at every call, and numba's
  own structures count references at every access. A `Layout` is a table of addresses behind one pointer: reaching a
  field is one load. Whoever makes a record keeps its arrays alive while the code runs.
- Stale code. A cached function does not notice that one it calls has changed in another file. Machine code is kept in a
  folder named by a hash of all sources that are compiled together, so it is either right or not there.
- Absence. Where numba cannot be installed, or is switched off, the same functions run as plain Python, slowly.
"""

import os
import sys
from collections.abc import Callable, Mapping
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from shutil import rmtree
from typing import Any, TypeVar, cast

import numpy as np

F = TypeVar("F", bound=Callable[..., Any])

try:
    import numba
    from llvmlite import ir  # type: ignore[import-untyped]
    from numba.core import types
    from numba.core.typing.templates import AttributeTemplate
    from numba.extending import infer_getattr, intrinsic, lower_getattr_generic, models, register_model
    from numba.np.arrayobj import make_array, populate_array

    IS_COMPILED = not numba.config.DISABLE_JIT  # type: ignore[attr-defined]  # set while numba starts
except ImportError:
    IS_COMPILED = False

SOURCES = Path(__file__).parent
FROZEN_IN = (
    "demand/arrivals.py",
    "demand/contacts.py",
    "demand/quantiles.py",
    "demand/streams.py",
    "scenario/calendar.py",
    "scenario/model.py",
    "service/events.py",
    "service/ledger.py",
    "service/plan.py",
    "service/tally.py",
)
"""Files of other rooms whose constants end as numbers in machine code."""
CACHE_NAME = "opening-hours-simulator"
MOST_CACHES = 5
"""Machine code of so many versions of the sources is kept."""
KINDS = {"i8": np.int64, "u8": np.uint64, "f8": np.float64, "i4": np.int32, "i2": np.int16}


def sources_digest(folder: Path, *others: Path) -> str:
    """A name for the sources in a folder that are compiled together: another one whenever any of them changes.

    Place and date count too, because numba takes neither code of another place nor code older than its source.

    Parameters
    ----------
    folder
        Its Python files, not those of folders in it.
    *others
        Files whose constants end as numbers in machine code.
    """
    digest = sha256(f"{folder.resolve()}/{sys.version_info}/{version('numba')}".encode())
    for path in (*sorted(folder.glob("*.py")), *others):
        digest.update(f"{path.name}/{path.stat().st_mtime_ns}/".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _cache_folder() -> Path | None:
    """Where machine code is kept: beside the user's other caches, by a hash of all it is made of; None for nowhere."""
    root = SOURCES.parents[1]
    name = f"{CACHE_NAME}-{sources_digest(SOURCES, *(root / each for each in FROZEN_IN))}"
    try:
        if sys.platform == "win32":
            base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
        else:
            base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        return Path(os.environ.get("NUMBA_CACHE_DIR") or base) / name
    except RuntimeError:  # a user without a home
        return None


CACHE_FOLDER = _cache_folder() if IS_COMPILED else None


def compiled(function: F) -> F:
    """Compile a function on first use; leave it as it is where there is no numba."""
    return _compiled(function, forceinline=False)


def inlined(function: F) -> F:
    """As `compiled`, and put the code into every caller: for small functions that are called at every event."""
    return _compiled(function, forceinline=True)


def entry(function: F) -> F:
    """As `compiled`, and keep the machine code, with that of all functions it calls: for the one door from Python."""
    if not IS_COMPILED or not _can_keep_code():
        return compiled(function)
    before = numba.config.CACHE_DIR  # type: ignore[attr-defined]
    numba.config.CACHE_DIR = str(CACHE_FOLDER)  # type: ignore[attr-defined]
    try:
        return _compiled(function, forceinline=False, cache=True)
    finally:
        numba.config.CACHE_DIR = before  # type: ignore[attr-defined]


def _can_keep_code() -> bool:
    """Whether there is a folder for machine code; else it is compiled anew in each process."""
    if CACHE_FOLDER is None:
        return False
    try:
        CACHE_FOLDER.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(CACHE_FOLDER, os.W_OK)


def _compiled(function: F, **options: bool) -> F:
    if not IS_COMPILED:
        return function
    result: Any = numba.njit(nogil=True, error_model="numpy", **options)(function)  # type: ignore[call-overload]
    return cast(F, result)


def needs_compiling() -> bool:
    """Whether the next run must compile first: numba is there, and no machine code of these sources is kept."""
    return IS_COMPILED and (CACHE_FOLDER is None or not any(CACHE_FOLDER.rglob("year.year-*.nbc")))


def forget_old_code() -> None:
    """Remove the machine code of sources that have long since changed."""
    if CACHE_FOLDER is not None:
        pattern = f"{CACHE_NAME}-" + "[0-9a-f]" * 16
        others = [each for each in CACHE_FOLDER.parent.glob(pattern) if each != CACHE_FOLDER]
        others.sort(key=lambda each: each.stat().st_mtime if each.exists() else 0.0, reverse=True)
        for old in others[MOST_CACHES - 1 :]:
            rmtree(old, ignore_errors=True)


class Layout:
    """The fields of a record, by name: ``"i8[]"`` is an array of 64-bit integers, ``"i8"`` one of them.

    Parameters
    ----------
    name
        Of the record.
    **fields
        Kinds (keys of `KINDS`, with ``[]`` for an array of one dimension).

    Attributes
    ----------
    opened
        Compiled functions call it on the words of a record (`Record.words`) and reach the fields by name. An array so
        reached has no length of its own.
    """

    def __init__(self, name: str, **fields: str) -> None:
        if hidden := {"words"} & set(fields):
            raise TypeError(f"{name}: a record has {hidden} of its own")
        self.name = name
        self.fields = fields
        self.opened: Any = _opener(name, fields) if IS_COMPILED else _as_it_is

    def fill(self, values: Mapping[str, Any]) -> "Record":
        """A record of these values; arrays are not copied.

        Raises
        ------
        TypeError
            If a field is missing, unknown, or of another kind.
        """
        if set(values) != set(self.fields):
            raise TypeError(f"{self.name}: {sorted(set(values) ^ set(self.fields))}")
        for field, kind in self.fields.items():
            if not _is_of(kind, values[field]):
                raise TypeError(f"{self.name}.{field}: {_described(values[field])}, expected {kind}")
        return Record(self, dict(values))


class Record:
    """Values laid out as compiled functions reach them; it keeps its arrays alive."""

    def __init__(self, layout: Layout, values: dict[str, Any]) -> None:
        self._values = values
        self.words: Any = self
        if IS_COMPILED:
            self.words = np.array([_word(values[field]) for field in layout.fields], np.int64)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_values"][name]
        except KeyError:
            raise AttributeError(name) from None


def _is_of(kind: str, value: Any) -> bool:
    """Whether a value may stand in a field of a kind."""
    if kind.endswith("[]"):
        is_array = isinstance(value, np.ndarray) and value.ndim == 1 and value.flags.c_contiguous
        return bool(is_array and value.dtype == KINDS[kind[:-2]])
    numbers = (float, np.floating) if kind == "f8" else (int, np.integer)
    return isinstance(value, numbers) and not isinstance(value, bool)


def _described(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.dtype}, {value.ndim} dimensions"
    return type(value).__name__


def _word(value: Any) -> int:
    """An array's address, or a number's 64 bits."""
    if isinstance(value, np.ndarray):
        return int(value.ctypes.data)
    return int(np.array(value, np.float64).view(np.int64)) if isinstance(value, float) else int(value)


def _as_it_is(record: Any) -> Any:
    return record


def _trailing_zeros(word: int) -> int:
    """Index of the lowest bit that is set."""
    return (int(word) & -int(word)).bit_length() - 1


if IS_COMPILED:

    class _RecordType(types.Type):
        """A pointer to a table of addresses and numbers."""

        def __init__(self, name: str, fields: Mapping[str, str]) -> None:
            self.places = {field: (place, _numba_kind(kind)) for place, (field, kind) in enumerate(fields.items())}
            super().__init__(name=f"{name}({','.join(f'{field}:{kind}' for field, kind in fields.items())})")

    @register_model(_RecordType)
    class _RecordModel(models.OpaqueModel):
        pass

    @infer_getattr
    class _RecordFields(AttributeTemplate):
        key = _RecordType

        def generic_resolve(self, record: Any, field: str) -> Any:  # type: ignore[override]
            return record.places[field][1] if field in record.places else None

    @lower_getattr_generic(_RecordType)
    def _load_field(context: Any, builder: Any, record: Any, pointer: Any, field: str) -> Any:
        place, kind = record.places[field]
        table = builder.bitcast(pointer, ir.IntType(64).as_pointer())
        word = builder.load(builder.gep(table, [ir.Constant(ir.IntType(32), place)]))
        word.set_metadata("invariant.load", builder.module.add_metadata([]))  # the table never changes
        if isinstance(kind, types.Array):
            return _bare_array(context, builder, kind, word)
        return builder.bitcast(word, ir.DoubleType()) if isinstance(kind, types.Float) else word

    def _bare_array(context: Any, builder: Any, kind: Any, address: Any) -> Any:
        """An array without owner and length: the length 0 lets the test for negative indices fold away."""
        element = context.get_data_type(kind.dtype)
        array = make_array(kind)(context, builder)
        size = context.get_constant(types.intp, context.get_abi_sizeof(element))
        populate_array(
            array,
            data=builder.inttoptr(address, element.as_pointer()),
            shape=[context.get_constant(types.intp, 0)],
            strides=[size],
            itemsize=size,
            meminfo=None,
        )
        return array._getvalue()

    def _numba_kind(kind: str) -> Any:
        scalar = numba.from_dtype(np.dtype(KINDS[kind.removesuffix("[]")]))
        return types.Array(scalar, 1, "C") if kind.endswith("[]") else scalar

    def _opener(name: str, fields: Mapping[str, str]) -> Any:
        record = _RecordType(name, fields)

        @intrinsic
        def opened(typingctx: Any, words: Any) -> Any:
            def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
                array = make_array(signature.args[0])(context, builder, arguments[0])
                return builder.bitcast(array.data, context.get_value_type(record))

            return record(words), codegen

        return opened

    @intrinsic
    def _count_trailing_zeros(typingctx: Any, word: Any) -> Any:

        def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

        return types.int64(types.int64), codegen


trailing_zeros: Any = _count_trailing_zeros if IS_COMPILED else _trailing_zeros
