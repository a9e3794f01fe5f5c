"""The hardship lane: confidential, followed up, referred only by consent, told, forgotten."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services import aid, desk, finding, personal_data, referrals
from services.access import Forbidden, visible_talk
from storage.aid import AidRequest, Referral
from storage.desk import QueueItem
from storage.organisations import Organisation
from storage.residents import Resident
from tests.neighbours.village import HOURS, NOW, Village, staff, who

NEED = "丈夫得了癌症，欠了很多债"


def one(session: Session) -> AidRequest:
    return session.scalars(select(AidRequest)).one()


def sent(session: Session) -> Referral:
    return session.scalars(select(Referral)).one()


def firm(session: Session, login: str = "partner") -> Organisation:
    return session.get_one(Organisation, staff(session, login).organisation_id)


@pytest.fixture
def asked(village: Village) -> Village:
    """An application of wang's."""
    new = aid.NewAid("family", "illness", NEED, "13800138000")
    village.do(lambda s: aid.apply(s, who(s, "wang"), new, HOURS, NOW))
    return village


@pytest.fixture
def taken(asked: Village) -> Village:
    """The application, in the hands of a community worker who has proposed a referral."""

    def work(session: Session) -> None:
        worker = staff(session, "wang")
        aid.take(session, worker, one(session), HOURS, NOW)
        new = referrals.NewReferral("需要大病救助的申请指导", with_phone=True)
        referrals.refer(session, worker, one(session), firm(session), new, NOW)

    asked.do(work)
    return asked


def test_it_is_unreadable_at_rest_and_its_title_tells_nothing(asked: Village) -> None:
    raw = asked.see(lambda s: s.execute(text("SELECT need, phone FROM aid_requests")).one())
    assert all(NEED.encode() not in bytes(value) for value in raw)
    title = asked.see(lambda s: s.scalars(select(QueueItem.title)).one())
    assert title == "困难帮扶：看病负担（为家里人）"


@pytest.mark.parametrize(
    ("login", "sees"),
    [("wang", True), ("zhao", True), ("admin", True), ("li", False), ("qian", False)],
)
def test_only_those_with_the_right_to_private_matters_see_it(
    asked: Village, login: str, sees: bool
) -> None:
    """Neither the application, nor its place in the queue, nor what the resident says in chat."""

    def look(session: Session) -> tuple[bool, bool, bool]:
        person, number = staff(session, login), one(session).id
        found = aid.find(session, person, number) is not None
        waiting, _ = desk.waiting(session, person, desk.QueueFilter(kind="aid"), NOW)
        talks = select(Resident.id).where(
            Resident.openid == "wang", visible_talk(person, Resident.id)
        )
        return found, bool(waiting), session.scalar(talks) is not None

    assert asked.see(look) == (sees, sees, sees)


def test_a_partner_sees_only_what_was_referred_to_it_and_agreed(taken: Village) -> None:
    """Nothing before consent; then the words and the phone; nothing for another partner."""

    def seen(login: str) -> list[tuple[str | None, str]]:
        return taken.see(
            lambda s: [
                (row.referral.words, row.phone) for row in referrals.handed_to(s, staff(s, login))
            ]
        )

    assert seen("partner") == []
    taken.do(lambda s: referrals.consent(s, sent(s), agreed=True, now=NOW))
    assert seen("partner") == [("需要大病救助的申请指导", "13800138000")]
    assert seen("partner2") == []
    number = taken.see(lambda s: sent(s).id)
    assert taken.see(lambda s: referrals.find(s, staff(s, "partner2"), number)) is None
    partner_sees = taken.see(
        lambda s: (
            aid.find(s, staff(s, "partner"), one(s).id),
            finding.reads_talk(s, staff(s, "partner"), who(s, "wang").id),
        )
    )
    assert partner_sees == (None, False)


def test_without_consent_nothing_is_handed_on(taken: Village) -> None:
    taken.do(lambda s: referrals.consent(s, sent(s), agreed=False, now=NOW))
    assert taken.see(lambda s: referrals.handed_to(s, staff(s, "partner"))) == []
    with pytest.raises(aid.BadAid):
        taken.do(lambda s: referrals.consent(s, sent(s), agreed=True, now=NOW))


def test_the_partner_answers_and_the_applicant_hears(taken: Village) -> None:
    """Only the partner it was referred to answers, in order, with words."""
    taken.do(lambda s: referrals.consent(s, sent(s), agreed=True, now=NOW))
    for login, state, words in (
        ("partner2", "accepted", "我们来"),
        ("zhao", "accepted", "我们来"),
        ("partner", "done", "太早了"),
        ("partner", "accepted", " "),
    ):
        with pytest.raises(aid.BadAid):
            taken.do(
                lambda s, d=login, t=state, w=words: referrals.answer(  # type: ignore[misc]
                    s, staff(s, d), sent(s), t, w, NOW
                )
            )
    taken.do(lambda s: referrals.answer(s, staff(s, "partner"), sent(s), "accepted", "周三来", NOW))
    assert taken.told("wang")[-1] == "partner社接了：周三来"


def test_the_course_ends_with_words_for_the_applicant(taken: Village) -> None:
    taken.do(lambda s: aid.follow_up(s, staff(s, "wang"), one(s), aid.Note("上门看过"), HOURS, NOW))
    with pytest.raises(aid.BadAid):
        taken.do(lambda s: aid.close(s, staff(s, "wang"), one(s), " ", True, NOW))
    taken.do(lambda s: aid.close(s, staff(s, "wang"), one(s), "临时救助3000元已批", True, NOW))
    assert taken.told("wang")[-1].endswith("临时救助3000元已批")
    assert not any("上门看过" in text for text in taken.told("wang"))
    assert taken.see(lambda s: s.scalars(select(QueueItem.state)).all()) == ["done"]


def test_nobody_acts_without_the_right(asked: Village) -> None:
    with pytest.raises(Forbidden):
        asked.do(lambda s: aid.take(s, staff(s, "li"), one(s), HOURS, NOW))


def test_forgetting_leaves_no_word_of_it(taken: Village) -> None:
    taken.do(lambda s: referrals.consent(s, sent(s), agreed=True, now=NOW))
    taken.do(lambda s: personal_data.forget(s, who(s, "wang"), NOW))
    left = taken.see(one)
    assert (left.need, left.phone, left.outcome, left.state) == (None, None, None, "withdrawn")
    assert all(step.words is None for step in taken.see(lambda s: aid.steps_of(s, one(s))))
    assert (taken.see(sent).words, taken.see(sent).state) == (None, "withdrawn")
