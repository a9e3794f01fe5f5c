"""The minutes of a topic as a Word document: seats, sign-in sheets, each stage's record, results.

Every step has a date, a person and a document, as 关于加强城乡社区协商的意见 (2015) asks.
Nothing of a ballot that is not closed stands in it but its turnout.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime

import docx
from docx.document import Document
from docx.oxml.ns import qn
from sqlalchemy.orm import Session

from services import (
    ballot_reading,
    hall,
    hall_outcome,
    hall_reading,
    hall_seats,
    place_names,
)
from services.calendar import CHINA
from services.processes import Stage
from services.result_words import headline, tests, totals
from storage.ballots import Ballot
from storage.hall import Attendance, Topic

FONT = "宋体"


def document(session: Session, topic: Topic, now: datetime) -> bytes:
    """The minutes as they stand at `now`, as the bytes of a .docx file."""
    paper = docx.Document()
    _set_font(paper)
    paper.core_properties.title = topic.title
    paper.core_properties.created = paper.core_properties.modified = now.replace(tzinfo=None)
    paper.add_heading(f"{topic.title}  议事纪要", level=0)
    _facts(paper, session, topic)
    _seats(paper, session, topic)
    for stage in hall.process_of(topic).stages:
        _stage(paper, session, topic, stage)
    _ballots(paper, session, topic)
    _outcome(paper, session, topic)
    paper.add_paragraph(f"导出时间：{_at(now)}")
    file = io.BytesIO()
    paper.save(file)
    return file.getvalue()


def _set_font(paper: Document) -> None:
    for name in ("Normal", "Title", "Heading 1", "Heading 2"):
        style = paper.styles[name]
        style.font.name = FONT
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"


def _table(paper: Document, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = paper.add_table(rows=1, cols=len(head), style="Table Grid")
    for cell, words in zip(table.rows[0].cells, head, strict=True):
        cell.text = words
    for row in rows:
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = words


def _facts(paper: Document, session: Session, topic: Topic) -> None:
    process = hall.process_of(topic)
    paper.add_paragraph(topic.text)
    paper.add_paragraph(f"范围：{place_names.name_of(session, topic.place_path)}")
    paper.add_paragraph(f"流程：{process.name}（第 {process.version} 版）。依据：{process.source}")
    paper.add_paragraph(f"状态：{hall.STATE_NAMES[topic.state]}，{hall.stage_of(topic).name}")


def _seats(paper: Document, session: Session, topic: Topic) -> None:
    seats = hall_seats.seats_of(session, topic)
    if not seats:
        return
    paper.add_heading("席位", level=1)
    states = hall_seats.SEAT_STATES
    rows = [(seat.title, seat.holder, states[seat.state]) for seat in seats]
    _table(paper, ("席位", "参加人", "情况"), rows)


def _stage(paper: Document, session: Session, topic: Topic, stage: Stage) -> None:
    events = [event for event in hall.events_of(session, topic) if event.stage == stage.key]
    if not events:
        return
    paper.add_heading(stage.name, level=1)
    names = hall_reading.staff_names(session, (event.staff_id for event in events))
    for event in events:
        who = names.get(event.staff_id or 0, "系统")
        paper.add_paragraph(f"{_at(event.at)}  {event.title}（{who}）")
        if event.text:
            paper.add_paragraph(event.text)
    present = hall_seats.sheet(session, topic, stage.key)
    if present or stage.sign_in:
        paper.add_paragraph(attendance(session, topic, stage, present))
        rows = [(one.name, _at(one.signed_at), "") for one in present]
        _table(paper, ("姓名", "签到时间", "签字"), rows)


def attendance(session: Session, topic: Topic, stage: Stage, present: Sequence[Attendance]) -> str:
    """应到, 实到 and their ratio: of the vote of a meeting, else of the seats; where a meeting has
    neither, who came.
    """
    voting = [b for b in ballot_reading.ballots_of(session, topic) if b.stage == stage.key]
    meeting = next((b for b in reversed(voting) if b.in_meeting and b.state != "planned"), None)
    if meeting is not None:
        due = len(hall_reading.electors_of(session, meeting))
        came = len(hall_seats.present_electors(session, meeting))
    else:
        due = len(hall_seats.seats_of(session, topic))
        came = sum(one.seat_id is not None for one in present)
    if not due:
        return f"实到 {len(present)} 人"
    share = f"{came * 1000 // due / 10:.1f}%"
    return f"应到 {due}，实到 {came}，到会率 {share}，签到共 {len(present)} 人"


def _ballots(paper: Document, session: Session, topic: Topic) -> None:
    for ballot in ballot_reading.ballots_of(session, topic):
        paper.add_heading(f"表决：{ballot.title}", level=1)
        for line in _ballot(session, ballot):
            paper.add_paragraph(line)


def _ballot(session: Session, ballot: Ballot) -> list[str]:
    turnout = ballot_reading.turnout(session, ballot)
    eligible = f"/{turnout.eligible.persons}" if turnout.eligible else ""
    kind = "无记名" if ballot.secret else "实名"
    lines = [
        f"{kind}，{_at(ballot.opens_at)} 至 {_at(ballot.closes_at)}",
        f"已投 {turnout.voted.persons}{eligible} 票",
    ]
    if ballot.extended:
        lines.append(f"延期一次，原因：{ballot.extended}")
    if ballot.state != "closed":
        return [*lines, "结果截止后公布"]
    counted = "、".join(f"{name} {number}" for name, number in totals(ballot))
    heads = [f"名单校验码 {ballot.electorate_hash}", f"日志首条 {ballot.head_opened}"]
    return [
        *lines,
        headline(ballot),
        counted,
        *tests(ballot),
        *heads,
        f"日志末条 {ballot.head_closed}",
    ]


def _outcome(paper: Document, session: Session, topic: Topic) -> None:
    if topic.decided_at:
        paper.add_heading("决议", level=1)
        paper.add_paragraph(topic.outcome)
        paper.add_paragraph(f"理由：{topic.reasons}")
    tasks = hall_outcome.tasks_of(session, topic)
    if tasks:
        paper.add_heading("任务", level=1)
        rows = [(t.title, t.owner, t.due.isoformat(), f"{t.progress}%") for t in tasks]
        _table(paper, ("做什么", "谁负责", "期限", "进度"), rows)
