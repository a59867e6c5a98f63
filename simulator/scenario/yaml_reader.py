"""YAML text to a plain tree (mappings, lists, text, numbers, truth values) that knows where every entry stands.

YAML 1.2, so ``22:00`` and ``no`` are text. Only data: tags are refused, and size, depth and aliases are bounded.
Nothing here knows what a scenario is.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path as FilePath
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from simulator.scenario.problems import Mark, Path, Plain, Position, Problem, dotted

LARGEST_BYTES = 1_000_000
DEEPEST = 32
MOST_ENTRIES = 50_000

_NULL = {"~", "null", "Null", "NULL"}
_TRUTH = {**dict.fromkeys(("true", "True", "TRUE"), True), **dict.fromkeys(("false", "False", "FALSE"), False)}
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")

# What ruamel says -> the sentence for a planner, and whether to point at where the thing began.
_SYNTAX = (
    (r"character '\\t'|found a tab|tab character", "problem.tab", False),
    (r"end of stream.*quoted scalar|quoted scalar.*end of stream", "problem.quote_not_closed", True),
    (r"expected ',' or '[}\]]'", "problem.bracket_not_closed", True),
    (r"the node content, but found '<stream end>'", "problem.bracket_not_closed", True),
    (r"node content, but found", "problem.stray_sign", False),
    (r"mapping values are not allowed", "problem.colon", False),
    (r"could not find expected ':'", "problem.no_colon", True),
    (r"expected <block end>|expected '<document start>'", "problem.not_aligned", False),
    (r"character '.' that cannot start", "problem.bad_start", False),
    (r"chomping or indentation", "problem.bad_start", True),
    (r"escape", "problem.escape", False),
)


@dataclass(frozen=True)
class Reading:
    """What a file says.

    Attributes
    ----------
    tree
        The top mapping; None where the file could not be read to its end.
    positions
        Where the key and the value of every entry stand; ``()`` is the top mapping itself.
    problems
        What is wrong with the file as a file.
    """

    tree: Mapping[str, Any] | None
    positions: Mapping[Path, Position]
    problems: tuple[Problem, ...] = ()


class _UnreadableError(Exception):
    """Nothing after this can be read."""

    def __init__(self, mark: Mark, word: str, **values: Any) -> None:
        self.problem = Problem(*mark, "", word, values)
        super().__init__(word)


@dataclass
class _Node:
    """An entry while it is being read: text, a list of nodes, or key -> (where the key stands, node)."""

    mark: Mark
    value: Any
    missing: bool = False
    in_braces: bool = False


def read_file(path: FilePath, shown_as: str) -> Reading:
    """Read a file of UTF-8 text with or without a byte-order mark, whatever its line ends."""
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_BYTES + 1)
    except OSError as error:
        why = {"why": Plain(error.strerror or error)}
        return Reading(None, {}, (Problem(shown_as, 0, 0, "", "problem.unreadable", why),))
    if len(content) > LARGEST_BYTES:
        return Reading(None, {}, (_too_large(shown_as),))
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return Reading(None, {}, (Problem(shown_as, 1, 1, "", "problem.not_utf8", {"found": Plain("UTF-16")}),))
    try:
        return read_text(content.decode("utf-8-sig"), shown_as)
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig")
        found = {"found": Plain(f"0x{content[error.start]:02X}")}
        return Reading(None, {}, (Problem(*_place(before, shown_as), "", "problem.not_utf8", found),))


def read_text(text: str, shown_as: str) -> Reading:
    """Read YAML text."""
    if len(text) > LARGEST_BYTES:
        return Reading(None, {}, (_too_large(shown_as),))
    builder = _Builder(shown_as)
    try:
        root = builder.read(text.removeprefix("\ufeff"))
        tree, positions = _flattened(root)
    except _UnreadableError as stop:
        return Reading(None, {}, (*builder.problems, stop.problem))
    return Reading(tree, positions, tuple(builder.problems))


def read_mapping(mapping: Mapping[Any, Any], shown_as: str) -> Reading:
    """The same for data that a program made; its entries have no line."""
    nowhere = Mark(shown_as, 0, 0)
    try:
        tree, positions = _flattened(_node_of(mapping, nowhere, 0))
    except _UnreadableError as stop:
        return Reading(None, {}, (stop.problem,))
    return Reading(tree, positions)


def _too_large(shown_as: str) -> Problem:
    return Problem(shown_as, 1, 1, "", "problem.too_large", {"limit": LARGEST_BYTES})


def _node_of(value: Any, nowhere: Mark, depth: int) -> _Node:
    if depth > DEEPEST:
        raise _UnreadableError(nowhere, "problem.too_deep", limit=DEEPEST)
    if isinstance(value, Mapping):
        entries = {
            _checked(str(key), nowhere): (nowhere, _node_of(each, nowhere, depth + 1)) for key, each in value.items()
        }
        return _Node(nowhere, entries)
    if isinstance(value, list | tuple):
        return _Node(nowhere, [_node_of(each, nowhere, depth + 1) for each in value])
    if isinstance(value, str):
        return _Node(nowhere, _checked(value, nowhere))
    if value is None or isinstance(value, bool):
        return _Node(nowhere, value)
    if isinstance(value, date):
        return _Node(nowhere, value.isoformat())
    if isinstance(value, int) and abs(value) < 10**18:
        return _Node(nowhere, int(value))
    try:
        return _Node(nowhere, float(value))
    except OverflowError:
        return _Node(nowhere, float("inf"))
    except (TypeError, ValueError):
        raise _UnreadableError(nowhere, "problem.not_data", found=type(value).__name__) from None


def _checked(text: str, mark: Mark) -> str:
    """The text, unless it holds what cannot be written (half a character) or would steer the screen it is shown on."""
    if _UNSAFE.search(text):
        raise _UnreadableError(mark, "problem.strange_sign")
    return text


@dataclass
class _Builder:
    """Puts the nodes of one file together from the parser's events, on its own stack: depth cannot exhaust Python's."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    _anchors: dict[str, _Node] = field(default_factory=dict)
    _open: list[tuple[_Node, str | None]] = field(default_factory=list)
    _keys: list[_Node | None] = field(default_factory=list)
    _root: _Node | None = None
    _entries: int = 0

    def read(self, text: str) -> _Node:
        """The top mapping of a text."""
        documents = 0
        for event in self._events(text):
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _UnreadableError(self._mark(event), "problem.several_documents")
            else:
                self._take(event)
        if self._root is None or self._root.missing:
            raise _UnreadableError(Mark(self.file, 1, 1), "problem.empty_file")
        if not isinstance(self._root.value, dict):
            raise _UnreadableError(self._root.mark, "problem.not_a_mapping")
        return self._root

    def _events(self, text: str) -> Iterator[Event]:
        try:
            yield from YAML(typ="safe", pure=True).parse(text)
        except ReaderError as error:
            raise _UnreadableError(_place(text[: error.position], self.file), "problem.strange_sign") from None
        except YAMLError as error:
            raise self._plainly(error, text) from None
        except (ValueError, OverflowError, IndexError, AttributeError, TypeError, AssertionError):
            # ruamel lets some malformed escapes, directives and tags through to Python's own errors.
            raise _UnreadableError(Mark(self.file, 1, 1), "problem.syntax") from None

    def _plainly(self, error: YAMLError, text: str) -> _UnreadableError:
        context, at = getattr(error, "context_mark", None), getattr(error, "problem_mark", None)
        said = f"{getattr(error, 'problem', '')} {getattr(error, 'context', '')}"
        word, begins = next((row[1:] for row in _SYNTAX if re.search(row[0], said)), ("problem.syntax", False))
        mark = context if begins and context else at or context
        if mark is None:
            return _UnreadableError(Mark(self.file, 1, 1), word)
        lines = text.splitlines()
        line = lines[mark.line] if mark.line < len(lines) else ""
        if "\t" in line[: len(line) - len(line.lstrip())]:
            word = "problem.tab"
        found = Plain(line[mark.column : mark.column + 1])
        return _UnreadableError(Mark(self.file, mark.line + 1, mark.column + 1), word, found=found)

    def _mark(self, event: Event) -> Mark:
        return Mark(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _take(self, event: Event) -> None:
        if isinstance(event, MappingStartEvent | SequenceStartEvent):
            self._check_tag(event)
            value: Any = {} if isinstance(event, MappingStartEvent) else []
            self._open.append((_Node(self._mark(event), value, in_braces=bool(event.flow_style)), event.anchor))
            self._keys.append(None)
            if len(self._open) > DEEPEST:
                raise _UnreadableError(self._mark(event), "problem.too_deep", limit=DEEPEST)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            node, anchor = self._open.pop()
            self._keys.pop()
            self._add(node, anchor)
        elif isinstance(event, ScalarEvent):
            self._check_tag(event)
            self._add(self._scalar(event), event.anchor)
        elif isinstance(event, AliasEvent):
            if event.anchor not in self._anchors:
                raise _UnreadableError(self._mark(event), "problem.unknown_alias", found=Plain(event.anchor))
            self._add(self._anchors[event.anchor], None)

    def _check_tag(self, event: MappingStartEvent | SequenceStartEvent | ScalarEvent) -> None:
        if event.tag is not None:
            found = str(event.tag).replace("tag:yaml.org,2002:", "!!")
            self._report(self._mark(event), "problem.tag", found=found)

    def _report(self, mark: Mark, word: str, **values: Any) -> None:
        path = tuple(str(node.value) for node in self._keys if node is not None)
        self.problems.append(Problem(*mark, dotted(path), word, values))

    def _scalar(self, event: ScalarEvent) -> _Node:
        mark = self._mark(event)
        text = _checked(event.value, mark)
        is_plain = event.implicit[0] and event.style in (None, "")
        return (
            _Node(mark, text, missing=is_plain and not text)
            if not is_plain or self._awaits_key()
            else _plain(mark, text)
        )

    def _awaits_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1][0].value, dict) and self._keys[-1] is None

    def _add(self, node: _Node, anchor: str | None) -> None:
        self._entries += 1
        if self._entries > MOST_ENTRIES:
            raise _UnreadableError(node.mark, "problem.too_many", limit=MOST_ENTRIES)
        if anchor:
            self._anchors[anchor] = node
        if not self._open:
            self._root = node
        elif self._awaits_key():
            if not isinstance(node.value, str):
                raise _UnreadableError(node.mark, "problem.key_not_text")
            self._keys[-1] = node
        elif isinstance(self._open[-1][0].value, dict):
            self._add_entry(self._open[-1][0], node)
        else:
            self._add_item(self._open[-1][0].value, node)

    def _add_item(self, into: list[_Node], node: _Node) -> None:
        if node.missing:
            self._report(node.mark, "problem.empty_item")
        else:
            into.append(node)

    def _add_entry(self, into: _Node, node: _Node) -> None:
        key = self._keys[-1]
        assert key is not None
        if key.value in into.value:
            self._report(key.mark, "problem.duplicate", line=into.value[key.value][0].line)
        elif node.missing and not self._is_decimal_comma(into, key):
            word = "problem.empty_in_braces" if into.in_braces else "problem.empty_value"
            self._report(key.mark, word, found=key.value)
        elif not node.missing:
            into.value[key.value] = (key.mark, node)
        self._keys[-1] = None

    def _is_decimal_comma(self, into: _Node, key: _Node) -> bool:
        """Whether ``{mean_min: 7,5}`` was meant as one number: YAML reads the 5 as a key without a value."""
        before = list(into.value.values())[-1][1] if into.value else None
        if before is None or not (into.in_braces and key.value.isdecimal()) or type(before.value) is not int:
            return False
        self._keys[-1] = _Node(key.mark, list(into.value)[-1])
        right = Plain(f"{before.value}.{key.value}")
        self._report(before.mark, "problem.decimal_comma", found=f"{before.value},{key.value}", right=right)
        return True


def _plain(mark: Mark, text: str) -> _Node:
    """Text without quotation marks, by the core schema of YAML 1.2."""
    if not text or text in _NULL:
        return _Node(mark, None, missing=not text)
    if text in _TRUTH:
        return _Node(mark, _TRUTH[text])
    if _INTEGER.fullmatch(text):
        return _Node(mark, int(text))
    if _NUMBER.fullmatch(text):
        return _Node(mark, float(text))
    return _Node(mark, text)


def _flattened(root: _Node) -> tuple[dict[str, Any], dict[Path, Position]]:
    """The plain tree under a node, and where its entries stand; what aliases repeat is counted every time."""
    positions: dict[Path, Position] = {}

    def plain(node: _Node, path: Path, key: Mark) -> Any:
        if len(positions) > MOST_ENTRIES:
            raise _UnreadableError(node.mark, "problem.too_many", limit=MOST_ENTRIES)
        if len(path) > DEEPEST:
            raise _UnreadableError(node.mark, "problem.too_deep", limit=DEEPEST)
        positions[path] = Position(key, node.mark)
        if isinstance(node.value, dict):
            return {name: plain(each, (*path, name), at) for name, (at, each) in node.value.items()}
        if isinstance(node.value, list):
            return [plain(each, (*path, index), each.mark) for index, each in enumerate(node.value)]
        return node.value

    tree = plain(root, (), root.mark)
    return tree, positions


def _place(before: str, file: str) -> Mark:
    """The place right after the text ``before``."""
    lines = re.split(r"\r\n|\n|\r", before)
    return Mark(file, len(lines), len(lines[-1]) + 1)
