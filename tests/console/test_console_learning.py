"""What staff teach the program: categories of cases, intents of messages."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from intents import Example
from intents.examples import read_examples
from intents.sources import EXAMPLES
from services import corrections, personal_data
from services.intent_names import INTENT_NAMES
from storage.cases import Case, CaseEvent
from storage.learning import Correction
from storage.messages import InboundMessage
from storage.residents import Resident
from tests.console.world import CATALOGUES, Console


@pytest.fixture
def case_path(console: Console) -> str:
    return f"/console/cases/{console.seeded.lamp}"


@pytest.fixture
def intent_path(console: Console) -> str:
    return f"/console/messages/{console.seeded.message}/intent"


def learnt(console: Console, kind: str) -> list[Example]:
    return console.read(lambda session: corrections.examples(session, kind))


def case_of(console: Console) -> Case:
    return console.read(lambda session: session.get_one(Case, console.seeded.lamp))


def test_every_intent_has_a_name_of_its_own() -> None:
    """The labels are those of the shipped examples."""
    assert set(INTENT_NAMES) == {example.label for example in read_examples(EXAMPLES)}
    assert len(set(INTENT_NAMES.values())) == len(INTENT_NAMES)


async def test_a_category_is_set_right_and_learnt(console: Console, case_path: str) -> None:
    """Correction, example for the next training, event of the case, audit."""
    visitor = console.visitor("grid1")
    page = (await visitor.get(case_path)).text
    assert '<optgroup label="照明用电">' in page
    assert '<option value="lighting.stairwell" selected>' in page
    answer = await visitor.post(f"{case_path}/category", {"category": "lighting.street"})
    assert answer.location == f"{case_path}?done=learnt"
    case = case_of(console)
    assert case.category == "lighting.street"
    assert learnt(console, "category") == [Example(case.description, "lighting.street")]
    after = (await visitor.get(answer.location)).text
    assert "下次训练时会学到" in after
    assert "楼道照明 → 路灯" in after
    entry = console.audited("category.correct")[0]
    assert entry.before | entry.after == {"label": "lighting.street"}
    audit = (await console.visitor("admin").get("/console/audit?action=category.correct")).text
    assert "楼道照明 → 路灯" in audit


async def test_a_category_event_stays_among_colleagues(console: Console, case_path: str) -> None:
    await console.visitor("worker").post(f"{case_path}/category", {"category": "lighting.street"})
    event = console.read(
        lambda session: session.scalars(select(CaseEvent).where(CaseEvent.kind == "category")).one()
    )
    assert not event.public


@pytest.mark.parametrize("code", ["", "nothing.known", "emergency", "lighting.stairwell"])
async def test_a_category_that_is_none_or_no_change_is_refused(
    console: Console, case_path: str, code: str
) -> None:
    answer = await console.visitor("worker").post(f"{case_path}/category", {"category": code})
    assert answer.status == 422
    assert 'id="category-code-error"' in answer.text
    assert learnt(console, "category") == []


async def test_a_case_becomes_private_with_its_category_and_stays_so(
    console: Console, case_path: str
) -> None:
    """The grid worker who was responsible still sees it; nobody opens it by a second thought."""
    visitor = console.visitor("worker")
    await visitor.post(f"{case_path}/category", {"category": "neighbours.dispute"})
    assert case_of(console).private
    await visitor.post(f"{case_path}/category", {"category": "lighting.street"})
    assert case_of(console).private


async def test_who_may_not_see_the_case_any_more_is_back_at_the_queue(
    console: Console, case_path: str
) -> None:
    def nobody(session: Session) -> None:
        session.get_one(Case, console.seeded.lamp).responsible_id = None

    console.write(nobody)
    form = {"category": "neighbours.dispute"}
    answer = await console.visitor("grid1").post(f"{case_path}/category", form)
    assert answer.location == "/console/?done=learnt"
    assert (await console.visitor("grid1").get(case_path)).status == 404


async def test_an_intent_is_set_right_and_learnt(console: Console, intent_path: str) -> None:
    """From the conversation, back to the conversation; a second thought replaces the first."""
    visitor, seeded = console.visitor("worker"), console.seeded
    back = f"/console/residents/{seeded.resident}"
    page = (await visitor.get(back)).text
    assert f'action="{intent_path}"' in page
    assert "机器人没有判断" in page
    answer = await visitor.post(intent_path, {"intent": "aid", "back": back})
    assert answer.location == f"{back}?done=learnt#said-{seeded.message}"
    assert learnt(console, "intent") == [Example("老年证怎么办", "aid")]
    await visitor.post(intent_path, {"intent": "policy_question", "back": back})
    assert learnt(console, "intent") == [Example("老年证怎么办", "policy_question")]
    message = console.read(lambda session: session.get_one(InboundMessage, seeded.message))
    assert message.intent == "policy_question"
    assert "机器人当作：政策咨询" in (await visitor.get(back)).text
    audit = (await console.visitor("admin").get("/console/audit?action=intent.correct")).text
    assert "困难帮扶 → 政策咨询" in audit


@pytest.mark.parametrize("label", ["", "no_such_intent"])
async def test_an_intent_that_is_none_is_refused_with_a_way_back(
    console: Console, intent_path: str, label: str
) -> None:
    form = {"intent": label, "back": "https://elsewhere.example/"}
    answer = await console.visitor("worker").post(intent_path, form)
    assert (answer.status, "请选一类" in answer.text) == (422, True)
    assert "elsewhere" not in answer.text
    assert learnt(console, "intent") == []


@pytest.mark.parametrize(
    ("login", "status"),
    [("grid1", 303), ("admin", 303), ("supervisor", 403), ("elsewhere", 404), ("grid2", 303)],
)
async def test_who_may_teach_from_a_message(
    console: Console, intent_path: str, login: str, status: int
) -> None:
    """The resident lives in the first grid and has a case in the second."""

    def second_case(session: Session) -> None:
        session.get_one(Case, console.seeded.far).resident_id = console.seeded.resident

    console.write(second_case)
    answer = await console.visitor(login).post(intent_path, {"intent": "aid"})
    assert answer.status == status


async def test_a_message_of_an_invisible_resident_does_not_exist(
    console: Console, intent_path: str
) -> None:
    """As for a number that nothing has."""
    for login, path in (
        ("grid2", intent_path),
        ("otheradmin", intent_path),
        ("admin", "/console/messages/987654/intent"),
    ):
        answer = await console.visitor(login).post(path, {"intent": "aid"})
        assert answer.status == 404, login
    assert learnt(console, "intent") == []


async def test_readers_are_offered_no_way_to_teach(console: Console, case_path: str) -> None:
    page = (await console.visitor("supervisor").get(case_path)).text
    assert "意图不对？" not in page
    assert "类别不对？" not in page


def test_what_a_forgotten_resident_taught_is_gone(console: Console) -> None:
    def teach_and_forget(session: Session) -> None:
        staff, now = console.staff(session, "worker"), console.clock()
        message = session.get_one(InboundMessage, console.seeded.message)
        corrections.correct_intent(session, staff, message, "aid", INTENT_NAMES, now)
        resident = session.get_one(Resident, console.seeded.resident)
        personal_data.forget(session, resident, now)

    console.write(teach_and_forget)
    assert console.read(lambda session: session.scalars(select(Correction)).all()) == []


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("lighting.street", "路灯"),
        ("emergency", "紧急情况"),
        ("gone.long.ago", "其他"),
        ("", "其他"),
    ],
)
async def test_every_code_has_a_chinese_name(
    console: Console, case_path: str, code: str, name: str
) -> None:
    """Also those of an older catalogue."""

    def old(session: Session) -> None:
        session.get_one(Case, console.seeded.lamp).category = code

    console.write(old)
    assert CATALOGUES.shipped.name(code) == name
    for path in (case_path, "/console/cases", "/console/"):
        page = (await console.visitor("worker").get(path)).text
        assert name in page
        assert not code or f">{code}" not in page.replace(f'value="{code}"', "")
