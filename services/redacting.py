"""Public words without what tells who: numbers that may be a phone or an identity number, and the
unit and door behind a building, are struck out wherever a text is shown to everybody.
"""

from __future__ import annotations

import re

_NUMBER = re.compile(r"(?<!\d)\d[\d \-]{5,}[\dXx](?!\d)")
_DOOR = re.compile(r"\d+\s*(?:单元|门|室|号房|房)|(?<=[栋幢单元])\s*\d{3,4}(?!\d)")


def without_numbers(text: str) -> str:
    """The text with such numbers replaced by ＊＊."""
    return _DOOR.sub("＊＊", _NUMBER.sub("＊＊", text))
