"""Whether somebody has changed a document since we made it: what a person wrote into one is never written over."""

import re
import zipfile
from io import BytesIO

from simulator.report.workbook import CREATED

_ABOUT = "docProps/core.xml"
_CHANGED = re.compile(rb"<dcterms:modified[^>]*>([^<]*)<")


def is_touched(content: bytes) -> bool:
    """Whether a Word file or a workbook was saved by another program; other formats are not written in by people.

    Ours say that they were changed at the fixed time at which they say that they were made; Word and Excel put the time
    of saving there.
    """
    if not content.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            changed = _CHANGED.search(packed.read(_ABOUT))
    except (zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError, EOFError):
        return True
    return changed is None or not changed[1].startswith(CREATED.date().isoformat().encode())
