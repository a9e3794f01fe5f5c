"""A question that goes on from the last answer: 那要带什么材料？ or 那残疾证呢？"""

from __future__ import annotations

import re
from dataclasses import replace

from knowledge.answers import Context
from knowledge.query import Query

_GOES_ON = re.compile(r"^(那|这|它|然后|还有|还要|另外|再问|哦|好的|嗯)")
_SAME_OF_ANOTHER = re.compile(r"呢[?？。!！]*$")


def stays(query: Query, context: Context | None) -> bool:
    """Whether the question names no subject of its own, so that the last document answers it."""
    return context is not None and not query.subject and query.aspect is not None


def leans(query: Query, context: Context | None) -> bool:
    """Whether a weakly understood question may be meant for the last document."""
    return context is not None and query.aspect is not None and bool(_GOES_ON.match(query.text))


def inherit(query: Query, context: Context | None) -> Query:
    """那……呢: another subject, the same part of it as asked before."""
    if context is None or query.aspect is not None or not _SAME_OF_ANOTHER.search(query.text):
        return query
    return replace(query, aspect=context.aspect)
