"""Words that staff enter about a case, checked the same way everywhere."""

from __future__ import annotations


class BadInput(Exception):
    """What was entered cannot be taken; the message says why."""


def words_of(text: str, what: str, longest: int) -> str:
    """The words without blanks around them; raises BadInput for none, or for too many."""
    words = text.strip()
    if not words:
        raise BadInput(f"{what}没有写")
    if len(words) > longest:
        raise BadInput(f"{what}最多 {longest} 字，现在 {len(words)} 字")
    return words
