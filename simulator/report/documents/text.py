"""Text for documents: signs that no XML file and no font can hold are left out."""

import re

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """The text without control characters and the like."""
    return _FORBIDDEN.sub("", text)
