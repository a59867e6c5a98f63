"""A page of `simulator.report.page` read back into what it says: the way out for answers that nothing else remembers.

The page's own elements are all it knows: headings, sentences, figures with their labels, tables with their groups of
columns, and the facts at its foot. It says the same in the language in which it was made, and in no other.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from simulator.report.page import Block, Paper, Picture, Section
from simulator.report.tables import Column, Table

_VOID = {"meta", "br", "link", "img", "hr", "input"}
_DEEPEST = 60
"""Elements inside each other: our pages have a dozen."""


@dataclass
class _Element:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: "list[_Element | str]" = field(default_factory=list)

    def all(self, *tags: str) -> "Iterator[_Element]":
        """Elements of some tags below this one, in order."""
        for child in self.children:
            if isinstance(child, _Element):
                if child.tag in tags:
                    yield child
                yield from child.all(*tags)

    def inside(self, *tags: str) -> "list[_Element]":
        """Children of some tags."""
        return [child for child in self.children if isinstance(child, _Element) and child.tag in tags]

    @property
    def text(self) -> str:
        parts = (child if isinstance(child, str) else child.text for child in self.children)
        return "".join(parts).strip()

    def has(self, name: str) -> bool:
        """Whether it is of a class."""
        return name in self.attributes.get("class", "").split()


class _Tree(HTMLParser):
    """The page as a tree; what lies in a figure's drawing is left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Element("page")
        self._open = [self.root]
        self._drawing = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._drawing or tag == "svg":
            self._drawing += tag == "svg"
            if self._drawing > 1 or tag != "svg":
                return
        made = _Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(made)
        if tag not in _VOID and not self._drawing and len(self._open) < _DEEPEST:
            self._open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._drawing:
            self._open[-1].children.append(_Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if self._drawing:
            self._drawing -= tag == "svg"
            return
        places = [place for place, each in enumerate(self._open) if each.tag == tag]
        if places and places[-1]:
            del self._open[places[-1] :]

    def handle_data(self, data: str) -> None:
        if not self._drawing:
            self._open[-1].children.append(data)


def read_page(text: str, names: tuple[str, ...]) -> tuple[Paper, str]:
    """What a page says, and in which language.

    Parameters
    ----------
    names
        Of its figures, in the order in which they were drawn; a picture is known by its drawing's ids.

    Raises
    ------
    ValueError
        If it is no such page.
    """
    tree = _Tree()
    tree.feed(text)
    tree.close()
    page = next(tree.root.all("html"), None)
    heading = next(tree.root.all("h1"), None)
    body = next(tree.root.all("main"), None)
    if page is None or heading is None or body is None:
        raise ValueError("no page of the simulator")
    sections = body.inside("section")
    answer = next((each for each in sections if each.has("answer")), None)
    reader = _Reader(_ids(text, names))
    foot = next(tree.root.all("footer"), _Element("footer"))
    paper = Paper(
        title=heading.text,
        lead=(),
        sections=tuple(reader.section(each) for each in sections if each is not answer),
        facts=_facts(foot),
        answer=() if answer is None else _blocks(answer),
    )
    return paper, page.attributes.get("lang", "nb")


def _ids(text: str, names: tuple[str, ...]) -> list[str]:
    """The names of the figures in the order in which they stand on the page."""
    places = {name: text.find(f'id="{name}-') for name in names}
    return sorted((name for name, place in places.items() if place >= 0), key=places.__getitem__)


def _blocks(answer: _Element) -> tuple[Block, ...]:
    blocks: list[Block] = []
    heading = ""
    for child in answer.inside("h3", "h4", "ul", "p"):
        if child.tag in ("h3", "h4"):
            heading = child.text
        else:
            said = tuple(each.text for each in child.inside("li")) if child.tag == "ul" else (child.text,)
            blocks.append(Block(heading, said))
    return tuple(blocks)


def _facts(element: _Element) -> tuple[tuple[str, str], ...]:
    for each in element.all("dl"):
        names, values = each.inside("dt"), each.inside("dd")
        return tuple((name.text, value.text) for name, value in zip(names, values, strict=False))
    return ()


class _Reader:
    """Reads sections; figures get their names in the order in which they stand."""

    def __init__(self, names: list[str]) -> None:
        self._names = iter(names)

    def section(self, element: _Element) -> Section:
        heading = next(iter(element.inside("h2", "h3", "h4", "h5")), _Element("h2")).text
        holders = [element, *element.inside("div")]
        return Section(
            heading,
            paragraphs=tuple(each.text for each in element.inside("p")),
            figures=tuple(picture for each in element.inside("figure") for picture in self._picture(each)),
            tables=tuple(_table(each) for holder in holders for each in _tables(holder)),
            notes=tuple(item.text for each in element.inside("ul") for item in each.inside("li")),
            facts=_facts(_Element("div", children=[*element.inside("dl")])),
            parts=tuple(self.section(each) for each in element.inside("section")),
        )

    def _picture(self, figure: _Element) -> Iterator[Picture]:
        for drawing in figure.inside("svg"):
            name = next(self._names, None)
            if name is not None:
                yield Picture(name, drawing.attributes.get("aria-label", ""))


def _tables(holder: _Element) -> list[_Element]:
    """The frames of tables that lie in a part of the page itself."""
    if holder.has("scroll"):
        return [holder]
    return [each for each in holder.inside("div") if each.has("scroll")] if holder.tag == "div" else []


def _table(frame: _Element) -> Table:
    table = next(frame.all("table"))
    caption = next(table.all("caption"), _Element("caption")).text
    head, body = next(table.all("thead")), next(table.all("tbody"))
    rows = head.inside("tr")
    if len(rows) > 1:
        first = _column(rows[0].inside("th")[0])
        groups = [
            name.text for name in rows[0].inside("th")[1:] for _ in range(int(name.attributes.get("colspan", "1")))
        ]
        columns = [first, *(_column(each, group) for each, group in zip(rows[1].inside("th"), groups, strict=True))]
    else:
        columns = [_column(each) for each in rows[0].inside("th")]
    cells = tuple(tuple(cell.text for cell in row.inside("th", "td")) for row in body.inside("tr"))
    note = next((each.text for each in frame.inside("p") if each.has("note")), "")
    return Table(caption, tuple(columns), cells, note)


def _column(cell: _Element, group: str = "") -> Column:
    return Column(cell.text, group, cell.has("figure"))
