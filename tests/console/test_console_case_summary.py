"""公开摘要: written by the staff, passed by a second person, read by everybody; and taken back."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.cases import Case
from storage.moderation import Submission
from tests.console.world import Console

WORDS = "北门路灯线路老化，已报修，本周内换好。"
PUBLIC = "/public/demo/cases"


def newest(console: Console) -> Submission:
    query = select(Submission).where(Submission.kind == "case_text").order_by(Submission.id.desc())
    return console.read(lambda s: s.scalars(query.limit(1)).one())


async def publish(console: Console, login: str) -> int:
    """Somebody passes the newest summary; the status of the answer."""
    one = newest(console)
    fields = {"version": str(one.version)}
    answer = await console.visitor(login).post(f"/console/moderation/{one.id}/publish", fields)
    return answer.status


async def test_a_summary_is_public_once_a_second_person_has_passed_it(console: Console) -> None:
    """Not before, and never by the hand that wrote it; the list says it beside its case."""
    case = f"/console/cases/{console.seeded.lamp}"
    assert (
        await console.visitor("reviewer").post(f"{case}/summary", {"text": WORDS})
    ).status == 303
    assert WORDS not in (await console.anonymous.get(PUBLIC)).text
    assert await publish(console, "reviewer") == 422
    assert WORDS not in (await console.anonymous.get(PUBLIC)).text
    assert await publish(console, "admin") == 303
    assert WORDS in (await console.anonymous.get(PUBLIC)).text
    page = await console.visitor("worker").get(case)
    assert "公开摘要：已公开" in page.text


async def test_a_summary_can_be_taken_back(console: Console) -> None:
    """With a reason; the page shows it no more, and another may be written."""
    case = f"/console/cases/{console.seeded.lamp}"
    worker = console.visitor("worker")
    await worker.post(f"{case}/summary", {"text": WORDS})
    assert (await worker.post(f"{case}/summary", {"text": "换一句"})).status == 422
    assert await publish(console, "reviewer") == 303
    assert (await worker.post(f"{case}/summary/off", {"reason": ""})).status == 422
    assert (await worker.post(f"{case}/summary/off", {"reason": "写错了地方"})).status == 303
    assert WORDS not in (await console.anonymous.get(PUBLIC)).text
    assert (await worker.post(f"{case}/summary", {"text": "换一句说法"})).status == 303


@pytest.mark.parametrize("text", ["", "请打13800001234问", "3栋2单元302的事", "字" * 201])
async def test_what_tells_who_is_no_summary(console: Console, text: str) -> None:
    """Nothing is put before the moderation."""
    case = f"/console/cases/{console.seeded.lamp}"
    answer = await console.visitor("worker").post(f"{case}/summary", {"text": text})
    assert answer.status == 422


async def test_a_private_case_has_no_summary_and_one_made_private_loses_it(
    console: Console,
) -> None:
    """What was published goes with its case out of the public list."""
    private = f"/console/cases/{console.seeded.private}"
    assert (
        await console.visitor("reviewer").post(f"{private}/summary", {"text": WORDS})
    ).status == 422
    case = f"/console/cases/{console.seeded.lamp}"
    await console.visitor("worker").post(f"{case}/summary", {"text": WORDS})
    await publish(console, "reviewer")

    def hide(session: Session) -> None:
        lamp = session.get_one(Case, console.seeded.lamp)
        lamp.private, lamp.confidential = True, "private"

    console.write(hide)
    assert WORDS not in (await console.anonymous.get(PUBLIC)).text
