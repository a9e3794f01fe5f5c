"""The knowledge base: documents indexed, questions answered, chosen between or left open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from knowledge import followup
from knowledge.answers import Answer, Context, answer_of, part_about
from knowledge.bm25 import Floats, largest
from knowledge.confidence import ANSWER, CHOOSE, GROUNDED, Evidence, Subject
from knowledge.documents import Document, Passage, windows
from knowledge.language import Language, shipped_language
from knowledge.query import Query, understand
from knowledge.retrieval import Analyser, JoinedIndex, analyser_of
from knowledge.semantic import Embedder, SemanticRanker
from knowledge.text import normalise

HEAD_WEIGHT = 1.5  # of a document's name and aliases, beside the passage
_CHOICES = 3
_LOOKED_AT = 20  # passages whose score is raised by how much of the subject they have
_COVERAGE_WEIGHT = 0.4
_CLEAR = 0.4  # ahead of others of the same name, from which a document answers all the same


@dataclass(frozen=True, slots=True)
class Hit:
    """A document found: its place among the documents, its best passage, score and evidence."""

    document: int
    passage: int
    score: float
    evidence: Evidence


class KnowledgeBase:
    """An immutable index of documents. `build` makes it, `ask` and `rank` read it."""

    def __init__(
        self,
        documents: Sequence[Document],
        passages: JoinedIndex,
        heads: JoinedIndex,
        analyser: Analyser,
        language: Language,
        semantic: SemanticRanker | None = None,
    ) -> None:
        self.documents = tuple(documents)
        self.passages = passages
        self.heads = heads
        self.semantic = semantic
        self._analyser = analyser
        self._language = language
        self._first = np.cumsum([0, *(len(document.passages) for document in documents)])
        self._owner = np.repeat(np.arange(len(documents)), np.diff(self._first))
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
        passages = JoinedIndex.build(texts, analyser)
        heads = JoinedIndex.build([head(document) for document in kept], analyser)
        semantic = SemanticRanker.build(texts, embedder) if embedder and texts else None
        return cls(kept, passages, heads, analyser, chosen, semantic)

    def rank(self, question: str, *, limit: int = 10) -> list[tuple[Document, Passage, float]]:
        """The best passages of all documents with their scores, whatever the day."""
        scores = self._scores(understand(question, self._language))
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
            return self._answer(self._hit_of(last, query), query)
        asked = followup.inherit(query, context)
        hits = self._hits(asked, served)
        if last is not None and followup.leans(query, context) and not _sure(hits):
            return self._answer(self._hit_of(last, query), query)
        return self._decide(hits, asked)

    def about(self, document_id: str, question: str, *, today: date) -> Answer:
        """The answer of a document that was chosen, taken as certain: the part asked for, else the
        passage that fits best. Not answered where the document is not in force `today`.
        """
        place = self._place(document_id, self._served(today, ""))
        query = understand(question, self._language)
        return Answer(False) if place is None else self._answer(self._hit_of(place, query), query)

    def _decide(self, hits: Sequence[Hit], query: Query) -> Answer:
        if _sure(hits):
            return self._answer(hits[0], query)
        confidence = hits[0].evidence.confidence() if hits else 0.0
        related = [hit for hit in hits if hit.evidence.related] if confidence >= CHOOSE else []
        titles = tuple(self.documents[hit.document].title for hit in related)
        return Answer(False, choices=titles, confidence=confidence)

    def _answer(self, hit: Hit, query: Query) -> Answer:
        document = self.documents[hit.document]
        best = document.passages[hit.passage - self._first[hit.document]]
        asked = part_about(document, query.aspect, self._language)
        passage = asked or (best if self._adds(best, document, query) else document.passages[0])
        sure = hit.evidence.confidence()
        return answer_of(document, passage, self._language, confidence=sure, aspect=query.aspect)

    def _adds(self, passage: Passage, document: Document, query: Query) -> bool:
        """Whether the passage has more of the subject than the name of an entry has."""
        subject = Subject.of(query, self.passages.parts["pairs"])
        name = head(document)
        both = f"{name}\n{body(passage)}"
        return not document.brief or subject.share_in(both) > subject.share_in(name)

    def _hits(self, query: Query, served: NDArray[np.bool_]) -> list[Hit]:
        """The best documents of those served, best first, each with what speaks for it."""
        if not len(self._owner) or not served.any():
            return []
        subject = Subject.of(query, self.passages.parts["pairs"])
        scores = np.where(served[self._owner], self._scores(query), 0)
        scores = self._raised(scores, subject)
        best = np.maximum.reduceat(scores, self._first[:-1])
        order = [number for number in largest(best, _CHOICES + 1) if best[number] > 0]
        behind = [*(float(best[number]) for number in order[1:]), 0.0]
        hits = [
            self._hit(number, scores, subject, float(best[number]), behind[place])
            for place, number in enumerate(order[:_CHOICES])
        ]
        if hits:
            shared = self._named_alike(hits, subject)
            outnamed = self._outnamed(hits, query, subject)
            evidence = replace(hits[0].evidence, shared=shared, outnamed=outnamed)
            hits[0] = replace(hits[0], evidence=evidence)
        return hits

    def _outnamed(self, hits: Sequence[Hit], query: Query, subject: Subject) -> bool:
        """Whether the name of another document found fits the question better than the best one's:
        by its score, and with a fair share of the subject in it.
        """
        if not self.documents[hits[0].document].brief:
            return False
        named = self.heads.scores(self._analyser.ask(query))
        return any(
            named[hit.document] > named[hits[0].document]
            and subject.share_in(head(self.documents[hit.document])) >= GROUNDED
            for hit in hits[1:]
        )

    def _named_alike(self, hits: Sequence[Hit], subject: Subject) -> bool:
        """Whether names of several documents have all of the subject, and it is none by itself."""
        heads = [head(self.documents[hit.document]) for hit in hits]
        if not heads or subject.is_name_in(heads[0]):
            return False
        first, *others = (
            subject.share_in(name) == 1 and _near(hit, hits[0])
            for name, hit in zip(heads, hits, strict=True)
        )
        return first and any(others)

    def _raised(self, scores: Floats, subject: Subject) -> Floats:
        """The scores, the best passages' raised by the share of the subject they have."""
        raised = scores.copy()
        for number in largest(scores, _LOOKED_AT):
            around = self._text_around(int(self._owner[number]), number)
            raised[number] *= 1 + _COVERAGE_WEIGHT * subject.share_in(around)
        return raised

    def _hit(
        self, document: int, scores: Floats, subject: Subject, score: float, behind: float
    ) -> Hit:
        start, end = self._first[document], self._first[document + 1]
        passage = int(start + np.argmax(scores[start:end]))
        around = self._text_around(document, passage)
        brief = self.documents[document].brief
        name = head(self.documents[document]) if brief else around
        evidence = Evidence(
            named=subject.share_in(name),
            matched=subject.matched_in(around),
            ahead=1 - behind / score,
            foreign=subject.foreign_to(around),
            covered=subject.share_in(around),
            incidental=subject.incidental_to(around, name),
        )
        return Hit(document, passage, score, evidence)

    def _hit_of(self, document: int, query: Query) -> Hit:
        """The document that the conversation is about, taken as certain."""
        scores = self._scores(query)
        start, end = self._first[document], self._first[document + 1]
        passage = int(start + np.argmax(scores[start:end]))
        return Hit(document, passage, float(scores[passage]), Evidence(1.0, 1.0, 1.0))

    def _scores(self, query: Query) -> Floats:
        asked = self._analyser.ask(query)
        heads = self.heads.scores(asked)
        scores = np.asarray(self.passages.scores(asked) + HEAD_WEIGHT * heads[self._owner])
        return self.semantic.raised(query.text, scores) if self.semantic else scores

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

    def _text_around(self, document: int, passage: int) -> str:
        """The text a subject may be found in: a short document as a whole, else one passage."""
        found = self.documents[document]
        parts = found.passages
        if not found.brief:
            parts = (parts[passage - self._first[document]],)
        return "\n".join((head(found), *map(body, parts)))

    def _passage(self, number: int) -> tuple[Document, Passage]:
        owner = int(self._owner[number])
        return self.documents[owner], self.documents[owner].passages[number - self._first[owner]]


def body(passage: Passage) -> str:
    """A passage as it is indexed: the headings above it, then its text."""
    return normalise("\n".join((*passage.path, passage.text)))


def head(document: Document) -> str:
    """A document's names as they are indexed."""
    return normalise("\n".join((document.title, *document.aliases)))


def _sure(hits: Sequence[Hit]) -> bool:
    return bool(hits) and hits[0].evidence.confidence() >= ANSWER


def _near(hit: Hit, best: Hit) -> bool:
    return hit.score > best.score * (1 - _CLEAR)
