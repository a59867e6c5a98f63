"""Text for Word's XML: what XML cannot hold is left out."""

import re

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """The text without signs that no XML file may hold."""
    return _FORBIDDEN.sub("", text)
