"""The catalogue of a community: the shipped tree with what it keeps of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.community import open_community
from services import category_keeping
from services.access import Forbidden, Role
from services.categories import Catalogue, Catalogues
from services.category_keeping import BadCategory, Wanted
from services.national import NATIONAL_NAMES
from services.places import import_tree, read_tree
from services.questions import BadQuestions, Kind, read_lines, write_lines
from storage.city import CategorySetting
from storage.communities import Community, Place
from storage.engine import Database
from storage.staff import AuditEntry, Staff
from tests.stories.stage import OTHER_TREE

NOW = datetime(2026, 3, 4, 2, 30, tzinfo=UTC)
LAMP = Wanted("lighting.stairwell", "lighting", "楼道灯", "物业一部", "planned", national="C01")
OWN = Wanted("", "lighting", "节日彩灯", "居委会", "planned", questions="挂在哪里？")


def open_two(session: Session) -> tuple[int, int, Staff]:
    open_community(session, NOW)
    import_tree(session, read_tree(OTHER_TREE), NOW)
    one, two = (
        session.scalars(select(Community).where(Community.code == code)).one().id
        for code in ("demo", "other")
    )
    scope = session.scalars(select(Place.path).where(Place.code == "demo")).one()
    staff = Staff(
        login="zhao",
        name="赵",
        role=Role.REVIEWER,
        scope_path=scope,
        password_hash="-",
        created_at=NOW,
    )
    session.add(staff)
    session.flush()
    return one, two, staff


def keep(session: Session, staff: Staff, community: int, wanted: Wanted) -> CategorySetting:
    catalogue = Catalogues()(session, community)
    return category_keeping.keep(session, staff, community, wanted, catalogue, NOW)


def test_a_change_holds_in_its_community_only(database: Database) -> None:
    def work(session: Session) -> tuple[Catalogue, Catalogue]:
        one, two, staff = open_two(session)
        keep(session, staff, one, LAMP)
        return Catalogues()(session, one), Catalogues()(session, two)

    changed, other = database.write_now(work)
    code = LAMP.code
    assert (changed.name(code), changed.sla(code)) == ("楼道灯", "planned")
    assert (other.name(code), other.sla(code)) == ("楼道照明", "normal")
    assert [c.code for c in changed.all()] == [c.code for c in other.all()]


def test_a_category_of_its_own_stands_in_its_group_and_keeps_its_code(database: Database) -> None:
    def work(session: Session) -> tuple[str, str, Catalogue, Catalogue, Catalogue]:
        one, two, staff = open_two(session)
        first = keep(session, staff, one, OWN).code
        again = keep(session, staff, one, replace(OWN, code=first, name="彩灯")).code
        staff.scope_path = "/"
        wide = Catalogues().in_scope(session, staff)
        return first, again, Catalogues()(session, one), Catalogues()(session, two), wide

    first, again, mine, other, wide = database.write_now(work)
    assert first == again
    assert first.startswith("lighting.")
    assert mine.name(first) == wide.name(first) == "彩灯"
    assert other.name(first) == "其他"
    group = next(members for name, members in mine.grouped() if name == "照明用电")
    assert group[-1].code == first
    assert [one.text for one in mine.questions(first)] == ["挂在哪里？"]


def test_what_is_switched_off_keeps_its_name_and_is_offered_to_nobody(database: Database) -> None:
    def work(session: Session) -> Catalogue:
        one, _, staff = open_two(session)
        keep(session, staff, one, replace(LAMP, active=False))
        return Catalogues()(session, one)

    catalogue = database.write_now(work)
    assert LAMP.code not in catalogue
    assert catalogue.name(LAMP.code) == "楼道灯"
    assert LAMP.code not in [one.code for one in catalogue.all()]
    assert LAMP.code in [one.code for _, group in catalogue.everything() for one in group]


WRONG: tuple[tuple[str, dict[str, str]], ...] = (
    ("name", {"name": " "}),
    ("name", {"name": "很长很长很长很长很长很长的名称"}),
    ("name", {"name": "路灯"}),
    ("department", {"department": ""}),
    ("sla", {"sla": "tomorrow"}),
    ("national", {"national": "X9"}),
    ("code", {"code": "no.such"}),
    ("group", {"code": "", "group": "no-such", "name": "新的"}),
    ("questions", {"questions": "一楼？\n二楼？\n三楼？\n四楼？"}),
)


def test_what_cannot_be_names_its_field(database: Database) -> None:
    """And nothing is stored."""

    def work(session: Session) -> int:
        one, _, staff = open_two(session)
        for field, changes in WRONG:
            with pytest.raises(BadCategory) as caught:
                keep(session, staff, one, replace(LAMP, **changes))  # type: ignore[arg-type]
            assert caught.value.field == field
        return len(session.scalars(select(CategorySetting)).all())

    assert database.write_now(work) == 0


def test_nobody_keeps_the_categories_of_another_community(database: Database) -> None:
    def work(session: Session) -> None:
        _, two, staff = open_two(session)
        keep(session, staff, two, LAMP)

    with pytest.raises(Forbidden):
        database.write_now(work)


def test_each_change_is_in_the_audit(database: Database) -> None:
    def work(session: Session) -> list[AuditEntry]:
        one, _, staff = open_two(session)
        keep(session, staff, one, LAMP)
        keep(session, staff, one, replace(LAMP, department="物业二部"))
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))

    first, second = database.write_now(work)
    assert first.before == {}
    assert (second.before["department"], second.after["department"]) == ("物业一部", "物业二部")


def test_the_shipped_classes_of_the_national_standard_exist() -> None:
    shipped = Catalogue.shipped()
    assert {one.national for one in shipped.all()} - {""} <= set(NATIONAL_NAMES)
    assert shipped.get("water.manhole").national == "C01"  # type: ignore[union-attr]
    assert all(one.code.split(".")[0] == one.group for one in shipped.all())


def test_a_question_keeps_its_code_while_its_words_stay() -> None:
    before = read_lines("停了多久？\n几楼？")
    after = read_lines("几楼？ | 一楼/二楼\n有老人吗？", before)
    assert [(one.code, one.kind) for one in after] == [("q2", Kind.ONE), ("q3", Kind.TEXT)]


@pytest.mark.parametrize(
    "text", ["问", "几楼？\n几楼？", "几楼？|一楼", "几楼？|一楼/一楼", "几楼？|一/", "问" * 41]
)
def test_what_is_no_question_is_refused(text: str) -> None:
    with pytest.raises(BadQuestions, match="第"):
        read_lines(text)


_WORDS = st.text("停了多久几楼有老人吗", min_size=2, max_size=10)
_LINES = st.lists(
    st.tuples(
        _WORDS,
        st.sampled_from(["", " | 数字", " | 有/没有", " | 可多选：一楼/二楼/三楼"]),
    ),
    max_size=3,
    unique_by=lambda pair: pair[0],
)


@given(_LINES)
def test_questions_are_read_back_as_they_are_written(lines: list[tuple[str, str]]) -> None:
    text = "\n".join(words + rest for words, rest in lines)
    questions = read_lines(text)
    assert read_lines(write_lines(questions), questions) == questions


def test_the_shipped_questions_fit_into_a_report() -> None:
    """One for a category at most, so that a report stays within five turns; all known codes."""
    shipped = Catalogue.shipped()
    asking = [one for one in shipped.all() if shipped.questions(one.code)]
    assert len(asking) >= 15
    for category in asking:
        [question] = shipped.questions(category.code)
        assert read_lines(write_lines([question]), [question]) == (question,)
        assert not all(question.is_told(example) for example in category.examples)


@pytest.mark.parametrize(
    ("code", "text", "told"),
    [
        ("elevator.fault", "3栋的电梯又坏了", False),
        ("elevator.fault", "3栋二号电梯停在五楼了", True),
        ("noise.renovation", "楼上半夜还在装修", True),
        ("noise.neighbour", "楼上天天跳绳", False),
        ("parking.illegal", "浙A12345堵在门口", True),
        ("parking.illegal", "有车堵在单元门口", False),
        ("water.supply", "整栋楼都没水了", True),
        ("water.supply", "家里没水", False),
        ("water.manhole", "污水井盖破了个洞", True),
        ("lighting.street", "门口的路灯一闪一闪", False),
    ],
)
def test_what_was_told_is_not_asked_again(code: str, text: str, told: bool) -> None:
    [question] = Catalogue.shipped().questions(code)
    assert question.is_told(text) is told


def test_a_community_may_do_without_the_shipped_question(database: Database) -> None:
    """What it keeps of a category takes the place of all of it; a kept question keeps its words."""

    def work(session: Session) -> None:
        one, _, staff = open_two(session)
        shipped = Catalogue.shipped().questions("lighting.street")
        wanted = Wanted("lighting.street", "lighting", "路灯", "市政", "normal", "C01", "路灯")
        keep(session, staff, one, replace(wanted, questions=write_lines(shipped)))
        kept = Catalogues()(session, one)
        assert kept.questions("lighting.street") == shipped
        found = kept.get("lighting.street")
        assert found is not None
        assert (found.national, found.national_minor) == ("C01", "路灯")
        keep(session, staff, one, replace(wanted, questions=""))
        assert Catalogues()(session, one).questions("lighting.street") == ()
        with pytest.raises(BadCategory) as wrong:
            keep(session, staff, one, replace(wanted, national=""))
        assert wrong.value.field == "national_minor"

    database.write_now(work)
