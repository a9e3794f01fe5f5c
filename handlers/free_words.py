"""Slots that take a resident's own words: told at once where they are plainly no other matter.

What sounds like a question or a call for a person is first offered to the other services.
"""

from __future__ import annotations

import re

from dialogue.forms import Heard, Misheard, Parser, Question, Slot, Values
from handlers.words import has_words

_ELSE = re.compile(r"[?？]|怎么|什么时候|多少|哪里|哪儿|能不能|可不可以|[吗呢]$|人工|工作人员")


def free(name: str, question: Question, problem: str, *, longest: int = 300) -> Slot:
    """A slot of free words; `problem` says what is wanted where there are none."""
    return Slot(name, question, _reader(problem, longest, sure=True), _reader(problem, longest))


def _reader(problem: str, longest: int, *, sure: bool = False) -> Parser:
    def read(heard: Heard, _values: Values) -> str:
        words = heard.text.strip()
        if not has_words(words) or (sure and _ELSE.search(words)):
            raise Misheard(problem)
        if len(words) > longest:
            raise Misheard(f"太长了，请在{longest}个字以内说。")
        return words

    return read
