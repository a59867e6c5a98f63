"""A planner's own Word template: looked at before it is used, and only as data.

A ``.docx`` is a zip of XML. What is in it is never run: of placeholders only the known names are filled in.
"""

import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from simulator.report.documents.answer import ReportError

MOST_MB = 100
_CONTENT = "word/document.xml"
_TYPES = "[Content_Types].xml"
_DOCX = b"wordprocessingml.document.main+xml"


@dataclass(frozen=True)
class Template:
    """A template: where it lies, and what it holds."""

    path: str
    content: bytes


def template_of(path: Path) -> Template:
    """Read a template.

    Raises
    ------
    ReportError
        If it is missing, locked, too large, or no Word document.
    """
    if not path.is_file():
        raise ReportError("template_missing", path=path)
    try:
        if (size := path.stat().st_size / 1e6) > MOST_MB:
            raise ReportError("template_large", path=path, found=round(size), most=MOST_MB)
        content = path.read_bytes()
    except OSError as error:
        raise ReportError("template_locked", path=path, reason=error.strerror or str(error)) from error
    _look_into(path, content)
    return Template(str(path), content)


def _look_into(path: Path, content: bytes) -> None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            size = sum(each.file_size for each in packed.infolist()) / 1e6
            if size > MOST_MB:
                raise ReportError("template_large", path=path, found=round(size), most=MOST_MB)
            if _CONTENT not in packed.namelist() or _DOCX not in packed.read(_TYPES):
                raise ReportError("template_kind", path=path)
    except (zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError, EOFError) as error:
        raise ReportError("template_kind", path=path) from error
