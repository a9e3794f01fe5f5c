"""Finding the documents that may answer a question, and how likely each is the right one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from knowledge.bayes import Bayes
from knowledge.bm25 import Floats, largest
from knowledge.decision import Decision, Signs, shipped_decision
from knowledge.documents import Document, Passage
from knowledge.language import Language
from knowledge.query import Query, understand
from knowledge.retrieval import Analyser, Asked, JoinedIndex
from knowledge.semantic import SemanticRanker
from knowledge.subject import Subject
from knowledge.text import normalise
from knowledge.wordings import Wordings, other_matters

HEAD_WEIGHT = 1.5  # of a document's name and aliases, beside the passage
_LOOKED_AT = 20  # passages whose score is raised by how much of the subject they have
_COVERAGE_WEIGHT = 0.4
_WEIGHED = 5  # documents by their texts, and as many by their wordings
_SAID = 0.95  # chance of the one document that has the question word for word
_NEAR = 0.6  # of the best one's score, from which a shared name makes doubtful
_TEXTS = 1024  # kept in one form of writing


@dataclass(frozen=True, slots=True)
class Hit:
    """A document found: its place among the documents, its best passage, the chance it is right.

    A `doubtful` one is offered, however likely: the question names a matter that it has in passing
    only, or is no more than a word that names of several documents share.
    """

    document: int
    passage: int
    chance: float
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Indexes:
    """What is searched: passages, names and wordings of documents, and meaning if wanted."""

    passages: JoinedIndex
    heads: JoinedIndex
    wordings: Wordings
    semantic: SemanticRanker | None = None

    @property
    def nbytes(self) -> int:
        """Bytes held by the arrays of terms."""
        return self.passages.nbytes + self.heads.nbytes


@dataclass(frozen=True, slots=True)
class _Search:
    """One question in the forms in which it is compared."""

    query: Query
    subject: Subject
    scores: Floats
    best: Floats
    near: Floats
    nearest: Floats
    heard: Floats
    other: tuple[Subject, float]


class Finder:
    """Reads the indexes of documents; nothing in it changes."""

    def __init__(
        self,
        documents: Sequence[Document],
        indexes: Indexes,
        analyser: Analyser,
        language: Language,
        decision: Decision | None = None,
    ) -> None:
        self.documents = tuple(documents)
        self.indexes = indexes
        self.decision = decision or shipped_decision()
        self.first = np.cumsum([0, *(len(document.passages) for document in documents)])
        self._owner = np.repeat(np.arange(len(documents)), np.diff(self.first))
        self._analyser = analyser
        self._language = language
        self._others = other_matters(language)
        self._bayes = Bayes.learn(indexes.wordings, self._others)
        self._said = _said(documents)
        self._text = lru_cache(maxsize=_TEXTS)(self._all_of)

    def scores(self, query: Query) -> Floats:
        """The score of every passage with its document's name."""
        return self._scored(query, self._analyser.ask(query))

    def _scored(self, query: Query, asked: dict[str, Asked]) -> Floats:
        heads = self.indexes.heads.scores(asked)
        scores = np.asarray(self.indexes.passages.scores(asked) + HEAD_WEIGHT * heads[self._owner])
        semantic = self.indexes.semantic
        return semantic.raised(query.text, scores) if semantic else scores

    def hits(self, query: Query, served: NDArray[np.bool_]) -> list[Hit]:
        """The documents of those served that may be right, the likeliest first."""
        found = self.weighed(query, served)
        chances = self.decision.chances([signs for _, _, signs in found])
        shared = sum(signs.named == 1 and signs.found > _NEAR for _, _, signs in found) > 1
        said = self._said.get(_bare(query.text), set())
        hits = [
            Hit(place, passage, _SAID)
            if said == {place}
            else Hit(place, passage, chance, self._doubtful(place, passage, query, shared, signs))
            for (place, passage, signs), chance in zip(found, chances, strict=True)
        ]
        return sorted(hits, key=lambda hit: -hit.chance)

    def _doubtful(self, place: int, passage: int, query: Query, shared: bool, signs: Signs) -> bool:
        document = self.documents[place]
        names = "\n".join((head(document), *map(normalise, document.asked)))
        text = self._text(place, passage)
        in_passing = document.brief and self.subject_of(query).incidental_to(text, names)
        return in_passing or (shared and signs.named == 1 and not signs.is_name)

    def weighed(self, query: Query, served: NDArray[np.bool_]) -> list[tuple[int, int, Signs]]:
        """The few documents worth a look, each with its best passage and what speaks for it."""
        if not len(self._owner) or not served.any():
            return []
        search = self._search(query, served)
        places = {*largest(search.best, _WEIGHED), *largest(search.nearest, _WEIGHED)}
        kept = sorted(n for n in places if search.best[n] > 0 or search.nearest[n] > 0)
        return [
            (place, self._passage(place, search.scores), self._signs(place, search))
            for place in kept
        ]

    def hit_of(self, document: int, query: Query) -> Hit:
        """The document that the conversation is about, taken as certain."""
        return Hit(document, self._passage(document, self.scores(query)), 1.0)

    def subject_of(self, query: Query) -> Subject:
        """The subject of a question, weighted by what the passages have."""
        return Subject.of(query, self.indexes.passages.parts["pairs"])

    def _search(self, query: Query, served: NDArray[np.bool_]) -> _Search:
        asked = self._analyser.ask(query)
        subject = self.subject_of(query)
        scores = np.where(served[self._owner], self._scored(query, asked), 0)
        scores = self._raised(scores, subject)
        wordings = self.indexes.wordings
        near = wordings.nearness(asked)
        return _Search(
            query,
            subject,
            scores,
            np.maximum.reduceat(scores, self.first[:-1]),
            near,
            np.where(served, wordings.best(near), 0),
            self._bayes.chances(wordings, asked),
            self._other_matter(asked),
        )

    def _other_matter(self, asked: dict[str, Asked]) -> tuple[Subject, float]:
        """The subject of the nearest question about another matter, and how near it is."""
        near = self._others.nearness(asked)
        if not len(near):
            return Subject((), (), (), ()), 0.0
        best = int(near.argmax())
        about = understand(self._language.elsewhere[best], self._language)
        return self.subject_of(about), float(near[best])

    def _signs(self, place: int, search: _Search) -> Signs:
        document = self.documents[place]
        text = self._text(place, self._passage(place, search.scores))
        own = float(search.nearest[place])
        about, near = search.other
        lacking = 1 - about.share_in(text)
        if document.asked:
            lacking = max(lacking, 1 - _beside(own, near))
        both = Signs(
            nearest=_beside(own, float(search.nearest.max())),
            is_name=float(search.subject.is_name_in(head(document))),
            foreign=float(search.subject.foreign_to(text)),
            elsewhere=near * lacking,
        )
        lead = _beside(float(search.best[place]), float(search.best.max()))
        share = search.subject.share_in(text)
        if not document.brief:
            rare = search.subject.matched_in(text)
            return replace(both, long=1.0, lead=lead, passage=share, rare=rare)
        usual = self.indexes.wordings.usual(search.near, place)
        named = search.subject.share_in(head(document))
        known = replace(both, found=lead, named=named, covered=share)
        if document.asked:
            strange = float(search.heard[-1]) * lacking
            return replace(known, asked=usual, heard=float(search.heard[place]), strange=strange)
        return replace(known, unasked=1.0, titled=usual)

    def _passage(self, document: int, scores: Floats) -> int:
        start, end = self.first[document], self.first[document + 1]
        return int(start + np.argmax(scores[start:end]))

    def _raised(self, scores: Floats, subject: Subject) -> Floats:
        """The scores, the best passages' raised by the share of the subject they have."""
        raised = scores.copy()
        for number in largest(scores, _LOOKED_AT):
            text = self._text(int(self._owner[number]), number)
            raised[number] *= 1 + _COVERAGE_WEIGHT * subject.share_in(text)
        return raised

    def _all_of(self, document: int, passage: int) -> str:
        """The text a subject may be found in: a short document as a whole, else one passage."""
        found = self.documents[document]
        parts = found.passages
        if not found.brief:
            parts = (parts[passage - self.first[document]],)
        return "\n".join((head(found), *map(body, parts), *map(normalise, found.asked)))


def _said(documents: Sequence[Document]) -> dict[str, set[int]]:
    """Which documents have a wording, by its characters alone."""
    said: dict[str, set[int]] = {}
    for place, document in enumerate(documents):
        for words in document.asked:
            said.setdefault(_bare(normalise(words)), set()).add(place)
    return said


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _beside(one: float, best: float) -> float:
    return one / best if best > 0 else 0.0


def body(passage: Passage) -> str:
    """A passage as it is indexed: the headings above it, then its text."""
    return normalise("\n".join((*passage.path, passage.text)))


def head(document: Document) -> str:
    """A document's names as they are indexed."""
    return normalise("\n".join((document.title, *document.aliases)))
