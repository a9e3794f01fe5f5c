"""What the engine gives back: the answering passage, its fields, source and date, or choices."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from knowledge.documents import Document, Passage
from knowledge.fields import fields_of
from knowledge.language import Language


@dataclass(frozen=True, slots=True)
class Context:
    """What the last answer was about, for a question that goes on from it; plain and storable."""

    document: str
    aspect: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """Where an answer stands. `document` is the title, `section` the headings, `score` 0–1."""

    document: str
    section: str
    score: float
    document_id: str = ""
    issuer: str = ""
    number: str = ""
    issued: date | None = None
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """`answered` with `text`, `fields` and citations; else `choices` (titles), or none at all.

    `fields` maps 条件, 材料, 地点, 时间, 电话 … to text. `source` is the line to show with the
    answer. `confidence` is 0–1. `context` is what to pass with the next question.
    """

    answered: bool
    text: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    citations: tuple[Citation, ...] = ()
    choices: tuple[str, ...] = ()
    source: str = ""
    confidence: float = 0.0
    context: Context | None = None


def section_name(passage: Passage) -> str:
    """The headings above a passage in one line."""
    return " > ".join(passage.path)


def cite(document: Document, passage: Passage, score: float) -> Citation:
    """The citation of one passage."""
    return Citation(
        document=document.title or document.id,
        section=section_name(passage),
        score=round(score, 4),
        document_id=document.id,
        issuer=document.issuer,
        number=document.number,
        issued=document.issued,
        sample=document.sample,
    )


def source_line(document: Document) -> str:
    """Law or title, issuer, number and month, as residents read it under an answer."""
    parts = [document.source or f"《{document.title}》", document.issuer, document.number]
    if document.issued:
        parts.append(f"{document.issued.year}年{document.issued.month}月")
    line = "，".join(part for part in parts if part)
    return f"依据：{line}" + ("（示例文本）" if document.sample else "")


def text_of(document: Document, passage: Passage) -> str:
    """The passage with the name of its matter before it."""
    name = "·".join(part for part in (document.title, *passage.path[-1:]) if part)
    return f"{name}：{passage.text}" if name else passage.text


def part_about(document: Document, aspect: str | None, language: Language) -> Passage | None:
    """The section about the aspect in a document of one matter, or None."""
    if aspect is None or not document.brief:
        return None
    for passage in document.passages:
        if passage.path and language.aspect_of_heading(passage.path[-1]) == aspect:
            return passage
    return None


def answer_of(
    document: Document,
    passage: Passage,
    language: Language,
    *,
    confidence: float = 1.0,
    aspect: str | None = None,
) -> Answer:
    """One passage as an answer."""
    return Answer(
        True,
        text=text_of(document, passage),
        fields=fields_of(document, passage, language),
        citations=(cite(document, passage, confidence),),
        source=source_line(document),
        confidence=confidence,
        context=Context(document.id, aspect),
    )
