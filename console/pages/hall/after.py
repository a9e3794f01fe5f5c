"""What comes of a topic: its decision, tasks with their progress, statements put up by staff."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.orm import Session

from console.downloads import attachment
from console.forms import day_or_none, number_or_none
from console.pages.hall import shared
from console.pages.hall.topic import Form, act
from console.visits import Visit, number_in_path, visit_of
from services import hall_minutes, hall_outcome, hall_reading, statements
from services.hall_outcome import NewTask
from services.hall_stages import NotYet
from storage.hall import Topic

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


async def decide(request: web.Request) -> web.Response:
    """Writes the decision and its reasons."""

    def work(session: Session, visit: Visit, topic: Topic, form: Form) -> None:
        outcome, reasons = form.get("outcome", ""), form.get("reasons", "")
        hall_outcome.decide(session, visit.staff, topic, outcome, reasons, visit.now)

    return await act(request, "decision", work, "decided")


async def add_task(request: web.Request) -> web.Response:
    """Sets a task with its owner and date."""

    def work(session: Session, visit: Visit, topic: Topic, form: Form) -> None:
        due = day_or_none(form.get("due"))
        if due is None:
            raise NotYet(["请选做完的日期"])
        new = NewTask(form.get("title", ""), form.get("owner", ""), due)
        hall_outcome.add_task(session, visit.staff, topic, new, visit.now)

    return await act(request, "tasks", work, "added")


async def progress(request: web.Request) -> web.Response:
    """Notes how far a task is."""

    def work(session: Session, visit: Visit, topic: Topic, form: Form) -> None:
        task = hall_reading.task_of(session, topic, number_or_none(form.get("task")))
        percent = number_or_none(form.get("percent"))
        if task is None or percent is None:
            raise NotYet(["请选任务，并填 0 到 100 的进度"])
        words = form.get("words", "")
        hall_outcome.progress(session, visit.staff, task, percent, words, visit.now)

    return await act(request, "tasks", work)


async def seed(request: web.Request) -> web.Response:
    """Puts up a statement for residents to answer."""

    def work(session: Session, visit: Visit, topic: Topic, form: Form) -> None:
        statements.seed(session, visit.staff, topic, form.get("words", ""), visit.now)

    return await act(request, "opinions", work, "added")


async def minutes(request: web.Request) -> web.Response:
    """The minutes of a topic as a document of Word."""
    visit = visit_of(request)
    number = number_in_path(request)

    def work(session: Session) -> bytes:
        topic = shared.find_topic(session, visit, number)
        return hall_minutes.document(session, topic, visit.now)

    return attachment(await visit.read(work), DOCX, f"topic-{number}.docx")
