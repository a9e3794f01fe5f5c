"""What the base could not answer: alike questions together, one answer for all, word to askers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hotspots.clusters import groups
from hotspots.likeness import Likeness
from hotspots.terms import terms_of
from services import audit, desk, outbox
from services.calendar import CHINA
from services.policy_content import as_document
from services.policy_questions import Stage, unanswered
from storage.desk import QueueItem
from storage.policies import PolicyAnswer, PolicyDocument, PolicyQuestion
from storage.residents import Resident
from storage.staff import Staff

ALIKE = 0.3
MOST = 400
TOLD = 220
"""Characters of an answer in the message to those who asked."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Open questions that are alike, the newest first; `title` is the one most like the others."""

    title: str
    questions: tuple[PolicyQuestion, ...]
    week: date

    @property
    def askers(self) -> int:
        """How many residents asked."""
        return len({question.resident_id for question in self.questions})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a resident thought of an answer, with the text that was served."""

    question: PolicyQuestion
    document: PolicyDocument
    served: str


def gaps(session: Session, community_id: int) -> list[Gap]:
    """The open questions that nobody is writing an answer to, grouped; the latest week first,
    within a week the most asked. A group belongs to the week (its Monday) of its newest question.
    """
    written = set(session.scalars(select(PolicyAnswer.question_id)))
    asked = unanswered(session, community_id, limit=MOST)
    opened = [question for question in asked if question.id not in written]
    found = [_gap([opened[place] for place in members]) for members in _alike(opened)]
    return sorted(found, key=lambda gap: (-gap.week.toordinal(), -gap.askers, gap.title))


def link(session: Session, questions: Sequence[PolicyQuestion], document: PolicyDocument) -> None:
    """Notes that a draft will answer these questions; one that has its answer keeps it."""
    for question in questions:
        if session.get(PolicyAnswer, question.id) is None:
            answer = PolicyAnswer(
                community_id=document.community_id,
                question_id=question.id,
                document_id=document.id,
            )
            session.add(answer)
    session.flush()


def questions_for(session: Session, document: PolicyDocument) -> list[PolicyQuestion]:
    """The questions that a draft will answer, or an entry has answered."""
    query = (
        select(PolicyQuestion)
        .join(PolicyAnswer, PolicyAnswer.question_id == PolicyQuestion.id)
        .where(PolicyAnswer.document_id == document.id)
    )
    return list(session.scalars(query.order_by(PolicyQuestion.id)))


def open_questions(
    session: Session, community_id: int, numbers: Sequence[int]
) -> list[PolicyQuestion]:
    """Those of the numbers that are open questions of the community."""
    wanted = set(numbers)
    return [one for one in unanswered(session, community_id, limit=MOST) if one.id in wanted]


def tell(session: Session, document: PolicyDocument, now: datetime) -> int:
    """Tells everybody whose question a published entry answers, once each; how many."""
    told: dict[int, PolicyQuestion] = {}
    for question in questions_for(session, document):
        if question.state == Stage.SETTLED or not question.text:
            continue
        question.state, question.document_id = Stage.SETTLED.value, document.id
        question.passage = 0
        told.setdefault(question.resident_id, question)
        _finish_items(session, question, now)
    for resident_id, question in told.items():
        resident = session.get_one(Resident, resident_id)
        source = f"policy-answer:{question.id}"
        outbox.post(session, resident, _words(question, document), source=source, now=now)
    return len(told)


def dismiss(
    session: Session, staff: Staff, questions: Sequence[PolicyQuestion], now: datetime
) -> None:
    """Takes questions off the list without an entry: answered by hand, or no question at all."""
    for question in questions:
        question.state = Stage.SETTLED.value
        audit.record(session, now, staff, "policy.question.settle", question)


def verdicts(session: Session, community_id: int, limit: int = 100) -> list[Verdict]:
    """What residents thought of answers, wrong ones first, each with what they were told."""
    query = (
        select(PolicyQuestion, PolicyDocument)
        .join(PolicyDocument, PolicyDocument.id == PolicyQuestion.document_id)
        .where(PolicyQuestion.community_id == community_id, PolicyQuestion.feedback != "")
        .order_by(PolicyQuestion.feedback.desc(), PolicyQuestion.id.desc())
    )
    found = session.execute(query.limit(limit)).all()
    return [
        Verdict(question, document, _served(document, question)) for question, document in found
    ]


def _served(document: PolicyDocument, question: PolicyQuestion) -> str:
    place = question.passage or 0
    return str(document.passages[place][1]) if place < len(document.passages) else ""


def _alike(opened: Sequence[PolicyQuestion]) -> list[list[int]]:
    """Places of questions that belong together; one that is like no other is alone."""
    if not opened:
        return []
    terms = [terms_of(question.text) for question in opened]
    nowhere: list[tuple[str, ...]] = [()] * len(opened)
    likeness = Likeness.of(terms, nowhere, [0.0] * len(opened))
    found = [[int(place) for place in members] for members in groups(likeness, alike=ALIKE)]
    together = {place for members in found for place in members}
    return [*found, *([place] for place in range(len(opened)) if place not in together)]


def _gap(questions: Sequence[PolicyQuestion]) -> Gap:
    newest = max(question.asked_at for question in questions).astimezone(CHINA).date()
    title = min((question.text for question in questions), key=lambda text: (len(text), text))
    ordered = sorted(questions, key=lambda question: question.id, reverse=True)
    return Gap(title, tuple(ordered), newest - timedelta(days=newest.weekday()))


def _finish_items(session: Session, question: PolicyQuestion, now: datetime) -> None:
    """The requests in the queue that ask the same need no reply by hand any more."""
    titles = (question.text[:160], f"没答对：{question.text}"[:160])
    session.execute(
        update(QueueItem)
        .where(
            QueueItem.resident_id == question.resident_id,
            QueueItem.kind == desk.ItemKind.REQUEST.value,
            QueueItem.state == "open",
            QueueItem.title.in_(titles),
        )
        .values(state="done", done_at=now, version=QueueItem.version + 1),
        execution_options={"synchronize_session": False},
    )


def _words(question: PolicyQuestion, row: PolicyDocument) -> str:
    document = as_document(row)
    first = document.passages[0].text
    text = first if len(first) <= TOLD else f"{first[: TOLD - 1]}…"
    asked = question.text if len(question.text) <= 40 else f"{question.text[:39]}…"
    sample = "（示例文本）" if row.sample else ""
    return f"您问过“{asked}”，现在有答案了：\n【{row.title}】{text}{sample}\n还想问，直接说就行。"
