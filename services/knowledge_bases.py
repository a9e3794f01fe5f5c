"""The knowledge base of each community: kept in the process, built anew when documents change."""

from __future__ import annotations

from datetime import date
from threading import Lock
from typing import Any

from sqlalchemy.orm import Session

from knowledge.answers import Answer, Context, answer_of, text_of
from knowledge.documents import Document
from knowledge.engine import KnowledgeBase
from knowledge.language import shipped_language
from knowledge.query import understand
from services.policies import change_mark, to_serve


class KnowledgeBases:
    """Builds and keeps one base for each community; safe to call from many threads.

    Every call asks the database, by one small query, whether the documents have changed, so no
    process serves what another has withdrawn.
    """

    def __init__(self) -> None:
        self._built: dict[int, tuple[tuple[Any, ...], KnowledgeBase]] = {}
        self._building = Lock()

    def __call__(self, session: Session, community_id: int, today: date) -> KnowledgeBase:
        """The base of the documents published in the community that are not over `today`."""
        mark = change_mark(session, community_id)
        return self._kept(community_id, mark) or self._build(session, community_id, mark, today)

    def _kept(self, community_id: int, mark: tuple[Any, ...]) -> KnowledgeBase | None:
        known = self._built.get(community_id)
        return known[1] if known and known[0] == mark else None

    def _build(
        self, session: Session, community_id: int, mark: tuple[Any, ...], today: date
    ) -> KnowledgeBase:
        with self._building:  # the others of that moment wait for the one that builds
            kept = self._kept(community_id, mark)
            if kept is not None:
                return kept
            # read after the mark: at worst newer than it says, and then built once more
            base = KnowledgeBase.build(to_serve(session, community_id, today))
            self._built[community_id] = (mark, base)
            return base


def document_of(
    base: KnowledgeBase, today: date, *, key: str = "", title: str = ""
) -> Document | None:
    """The document of that id or title, if it may be served today."""
    for document in base.documents:
        wanted = document.id == key if key else document.title == title
        if wanted and document.begins() <= today <= document.ends():
            return document
    return None


def place_of(document: Document, answer: Answer) -> int:
    """Which passage of the document an answer gives, counted from 0."""
    for place, passage in enumerate(document.passages):
        if answer.text == text_of(document, passage):
            return place
    return 0


def answer_from(base: KnowledgeBase, document: Document, question: str) -> Answer:
    """The answer of a document that the resident chose: the part asked for, or the nearest."""
    # whoever found it has seen that it holds today; on its first day it is this version as well
    return base.about(document.id, question, today=document.begins())


def answer_at(document: Document, place: int) -> Answer:
    """One passage as an answer, taken as certain."""
    return answer_of(document, document.passages[place], shipped_language())


def names_nothing(words: str) -> bool:
    """Whether a question has no subject of its own, as in: 要带什么材料？"""
    return not understand(words, shipped_language()).subject


def goes_on(base: KnowledgeBase, words: str, context: Context, today: date) -> bool:
    """Whether the document of the last answer answers this too."""
    answer = base.ask(words, context=context, today=today)
    return answer.answered and answer.citations[0].document_id == context.document
