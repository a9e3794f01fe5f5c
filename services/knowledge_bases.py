"""The knowledge base of each community: kept in the process, built anew when documents change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock, Thread
from typing import Any

from sqlalchemy.orm import Session

from knowledge.answers import Answer, Context, answer_of, text_of
from knowledge.documents import Document
from knowledge.engine import KnowledgeBase
from knowledge.language import shipped_language
from knowledge.query import understand
from services.policies import change_mark, to_serve

_AT_ONCE = 1500
"""Passages that are indexed in less than about a second, and so while a question waits."""


@dataclass(frozen=True, slots=True)
class _Built:
    mark: tuple[Any, ...]
    base: KnowledgeBase


class KnowledgeBases:
    """Builds and keeps one base for each community; safe to call from many threads.

    Every call asks the database, by one small query, whether the documents have changed, so no
    process serves what another has withdrawn. A large library is built beside the questions:
    until it is ready they are answered from the one before, without what has changed in it, or
    go to a person where there is none.
    """

    def __init__(self, at_once: int = _AT_ONCE) -> None:
        self._at_once = at_once
        self._built: dict[int, _Built] = {}
        self._interim: dict[int, _Built] = {}
        self._under_way: dict[int, Thread] = {}
        self._lock = Lock()

    def __call__(self, session: Session, community_id: int, today: date) -> KnowledgeBase:
        """The base of the documents published in the community that are not over `today`."""
        mark = change_mark(session, community_id)
        kept = self._kept(community_id, mark)
        if kept is not None:
            return kept
        with self._lock:  # the others of that moment wait for the one that reads, or builds
            kept = self._kept(community_id, mark)
            return kept or self._renew(community_id, mark, to_serve(session, community_id, today))

    def settle(self) -> None:
        """Waits until what is being built is ready."""
        for thread in list(self._under_way.values()):
            thread.join()

    def _kept(self, community_id: int, mark: tuple[Any, ...]) -> KnowledgeBase | None:
        for kept in (self._built, self._interim):
            known = kept.get(community_id)
            if known and known.mark == mark:
                return known.base
        return None

    def _renew(
        self, community_id: int, mark: tuple[Any, ...], documents: Sequence[Document]
    ) -> KnowledgeBase:
        # the documents are read after the mark: at worst newer than it says, then built once more
        if sum(len(document.passages) for document in documents) <= self._at_once:
            self._built[community_id] = _Built(mark, KnowledgeBase.build(documents))
            return self._built[community_id].base
        before = self._built.get(community_id)
        base = before.base if before else KnowledgeBase.build([])
        self._interim[community_id] = _Built(mark, base.only(documents))
        thread = Thread(target=self._build, args=(community_id, mark, documents), daemon=True)
        self._under_way[community_id] = thread
        thread.start()
        return self._interim[community_id].base

    def _build(
        self, community_id: int, mark: tuple[Any, ...], documents: Sequence[Document]
    ) -> None:
        base = KnowledgeBase.build(documents)
        with self._lock:
            wanted = self._interim.get(community_id)
            if wanted and wanted.mark == mark:  # else another change came meanwhile
                self._built[community_id] = _Built(mark, base)
                del self._interim[community_id]


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
