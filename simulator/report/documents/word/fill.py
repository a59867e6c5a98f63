"""A planner's template filled in: placeholders in body, head and foot, and the place where the report goes.

Word cuts a text into pieces as it likes, so a placeholder is looked for across the pieces of a paragraph. Only known
names are filled in, as plain text; nothing in a template is run.
"""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from io import BytesIO
from typing import Any

from simulator.report.documents.answer import ReportError
from simulator.report.documents.template import Template
from simulator.report.documents.text import clean

NAMES = {
    "tittel": "title", "title": "title",
    "stempel": "stamp", "stamp": "stamp",
    "versjon": "version", "version": "version",
    "fingeravtrykk": "fingerprint", "fingerprint": "fingerprint",
    "svar": "answer", "answer": "answer",
}  # fmt: skip
"""Names that a template may ask for, and what they mean."""
MARKERS = ("[[rapport]]", "[[report]]")
_ASKED = re.compile(r"\{\{\s*(.*?)\s*\}\}|\{%\s*(.*?)\s*%\}", re.DOTALL)


def opened(template: Template) -> Any:
    """A template as a document.

    Raises
    ------
    ReportError
        If Word's format does not hold.
    """
    from docx import Document

    try:
        return Document(BytesIO(template.content))
    except (KeyError, ValueError, SyntaxError, AttributeError) as error:  # lxml's errors of syntax are SyntaxErrors
        raise ReportError("template_kind", path=template.path) from error


def fill(made: Any, values: Mapping[str, str], template: Template) -> None:
    """Fill the placeholders of a document in.

    Raises
    ------
    ReportError
        If it asks for a name that nobody knows.
    """
    for part in _parts(made):
        for paragraph in _paragraphs(part):
            _fill(paragraph, values, template)


def _parts(made: Any) -> Iterator[Any]:
    """Body, heads and feet."""
    yield made.element.body
    for relation in made.part.rels.values():
        if relation.reltype.rpartition("/")[2] in ("header", "footer"):
            yield relation.target_part.element


def _paragraphs(part: Any) -> list[Any]:
    from docx.oxml.ns import qn

    return list(part.iter(qn("w:p")))


def _texts(paragraph: Any) -> list[Any]:
    from docx.oxml.ns import qn

    return list(paragraph.iter(qn("w:t")))


def text_of(paragraph: Any) -> str:
    """The text of a paragraph."""
    return "".join(each.text or "" for each in _texts(paragraph))


def _fill(paragraph: Any, values: Mapping[str, str], template: Template) -> None:
    for found in reversed(list(_ASKED.finditer(text_of(paragraph)))):
        name = found[1] if found[1] is not None else found[2]
        if found[1] is None or name not in NAMES:
            raise _unknown(found[0], name, template)
        _replace(_texts(paragraph), found.start(), found.end(), clean(values[NAMES[name]]))


def _unknown(found: str, name: str, template: Template) -> ReportError:
    near = get_close_matches(name, NAMES, 1, 0.6)
    allowed = ", ".join(f"{{{{ {each} }}}}" for each in NAMES)
    told = {"path": template.path, "found": found, "allowed": allowed}
    if not near:
        return ReportError("template_name", **told)
    return ReportError("template_near", **told, near=f"{{{{ {near[0]} }}}}")


def _replace(texts: list[Any], start: int, end: int, value: str) -> None:
    """Replace a stretch of the joined text: the value goes into the first piece, the rest is cut out of the others."""
    from docx.oxml.ns import qn

    place = 0
    for each in texts:
        text = each.text or ""
        first, last = max(start - place, 0), min(end - place, len(text))
        if first < last:
            each.text = text[:first] + (value if place <= start else "") + text[last:]
            each.set(qn("xml:space"), "preserve")
        place += len(text)


def marker(made: Any) -> Any:
    """The paragraph of the body where the report goes, or None for the end."""
    from docx.oxml.ns import qn

    for each in made.element.body.iterchildren(qn("w:p")):
        if text_of(each).strip().casefold() in MARKERS:
            return each
    return None
