"""The knowledge base: documents indexed, questions answered, chosen between or left open."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from datetime import date

import numpy as np
from numpy.typing import NDArray

from knowledge import followup
from knowledge.answers import Answer, Context, answer_of, part_about
from knowledge.bm25 import largest
from knowledge.documents import Document, Passage, windows
from knowledge.finding import Finder, Hit, Indexes, body, head
from knowledge.language import Language, shipped_language
from knowledge.query import Query, understand
from knowledge.retrieval import Analyser, JoinedIndex, analyser_of
from knowledge.semantic import Embedder, SemanticRanker
from knowledge.wordings import Wordings

_CHOICES = 3
_NEVER = (1, 0)  # first and last day of what is not served


class KnowledgeBase:
    """An immutable index of documents. `build` makes it, `ask` and `rank` read it."""

    def __init__(
        self,
        documents: Sequence[Document],
        indexes: Indexes,
        analyser: Analyser,
        language: Language,
    ) -> None:
        self.documents = tuple(documents)
        self.indexes = indexes
        self.finder = Finder(documents, indexes, analyser, language)
        self._language = language
        self._first = self.finder.first
        self._windows = np.array(windows(documents), dtype=np.int64).reshape(-1, 2)

    @classmethod
    def build(
        cls,
        documents: Sequence[Document],
        *,
        language: Language | None = None,
        embedder: Embedder | None = None,
    ) -> KnowledgeBase:
        """Index `documents`, of which only those with passages can answer.

        With an `embedder` passages are also ranked by meaning.
        """
        chosen = language or shipped_language()
        kept = [document for document in documents if document.passages]
        analyser = analyser_of(chosen)
        texts = [body(passage) for document in kept for passage in document.passages]
        indexes = Indexes(
            JoinedIndex.build(texts, analyser),
            JoinedIndex.build([head(document) for document in kept], analyser),
            Wordings.build([ways_of_asking(document) for document in kept], analyser),
            SemanticRanker.build(texts, embedder) if embedder and texts else None,
        )
        return cls(kept, indexes, analyser, chosen)

    def rank(self, question: str, *, limit: int = 10) -> list[tuple[Document, Passage, float]]:
        """The best passages of all documents with their scores, whatever the day."""
        scores = self.finder.scores(understand(question, self._language))
        best = largest(scores, limit)
        return [(*self._passage(number), float(scores[number])) for number in best]

    def ask(
        self, question: str, *, context: Context | None = None, today: date, area: str = ""
    ) -> Answer:
        """Answer from the documents in force `today` that hold in `area` ("" asks for any).

        `context` is the last answer's; a question without a subject of its own stays with it.
        """
        query = understand(question, self._language)
        served = self._served(today, area)
        last = self._place(context.document, served) if context else None
        if last is not None and followup.stays(query, context):
            return self._answer(self.finder.hit_of(last, query), query)
        asked = followup.inherit(query, context)
        hits = self.finder.hits(asked, served)
        if last is not None and followup.leans(query, context) and not self._sure(hits):
            return self._answer(self.finder.hit_of(last, query), query)
        return self._decide(hits, asked)

    def about(self, document_id: str, question: str, *, today: date) -> Answer:
        """The answer of a document that was chosen, taken as certain: the part asked for, else the
        passage that fits best. Not answered where the document is not in force `today`.
        """
        place = self._place(document_id, self._served(today, ""))
        query = understand(question, self._language)
        return (
            Answer(False)
            if place is None
            else self._answer(self.finder.hit_of(place, query), query)
        )

    def only(self, documents: Sequence[Document]) -> KnowledgeBase:
        """The same index, serving nothing that is not among `documents` word for word."""
        wanted = {document.id: document for document in documents}
        kept = [wanted.get(document.id) == document for document in self.documents]
        other = copy(self)
        other._windows = np.where(np.array(kept, dtype=np.bool_)[:, None], self._windows, _NEVER)
        return other

    def _decide(self, hits: Sequence[Hit], query: Query) -> Answer:
        if self._sure(hits):
            return self._answer(hits[0], query)
        alike = bool(hits) and hits[0].doubtful
        likely = [
            hit
            for hit in hits
            if hit.chance >= self.finder.decision.offer or (alike and hit.doubtful)
        ]
        titles = tuple(self.documents[hit.document].title for hit in likely[:_CHOICES])
        return Answer(False, choices=titles, confidence=hits[0].chance if hits else 0.0)

    def _sure(self, hits: Sequence[Hit]) -> bool:
        clear = bool(hits) and not hits[0].doubtful
        return clear and hits[0].chance >= self.finder.decision.answer

    def _answer(self, hit: Hit, query: Query) -> Answer:
        document = self.documents[hit.document]
        best = document.passages[hit.passage - self._first[hit.document]]
        asked = part_about(document, query.aspect, self._language)
        passage = asked or (best if self._adds(best, document, query) else document.passages[0])
        return answer_of(
            document, passage, self._language, confidence=hit.chance, aspect=query.aspect
        )

    def _adds(self, passage: Passage, document: Document, query: Query) -> bool:
        """Whether the passage has more of the subject than the name of an entry has."""
        subject = self.finder.subject_of(query)
        name = head(document)
        both = f"{name}\n{body(passage)}"
        return not document.brief or subject.share_in(both) > subject.share_in(name)

    def _served(self, today: date, area: str) -> NDArray[np.bool_]:
        day = today.toordinal()
        in_force = (self._windows[:, 0] <= day) & (day <= self._windows[:, 1])
        if not area:
            return np.asarray(in_force)
        here = [area.startswith(document.area) for document in self.documents]
        return np.asarray(in_force & np.array(here, dtype=np.bool_))

    def _place(self, key: str, served: NDArray[np.bool_]) -> int | None:
        for number, document in enumerate(self.documents):
            if document.id == key and served[number]:
                return number
        return None

    def _passage(self, number: int) -> tuple[Document, Passage]:
        owner = int(np.searchsorted(self._first, number, side="right")) - 1
        return self.documents[owner], self.documents[owner].passages[number - self._first[owner]]


def ways_of_asking(document: Document) -> tuple[str, ...]:
    """The names of a document, and how residents ask for it."""
    return (document.title, *document.aliases, *document.asked)
