"""Points by rule: versions, caps, a second person, appeals; expiry, households, publication."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services import (
    award_appeals,
    awards,
    households,
    ledger_chain,
    ledger_proof,
    personal_data,
    point_rules,
    points_expiry,
    points_jobs,
    redemptions,
    solvency,
)
from services.awards import AwardRefusal, Wish
from services.goods import Label
from services.households import HouseholdRefusal
from services.ledger import Unit
from services.point_rules import Wording
from services.points_terms import Terms, expiry, set_terms
from storage.desk import QueueItem
from storage.engine import Database
from storage.ledger import LedgerAccount, LedgerEntry
from storage.messages import OutboxMessage
from storage.points import Goods, PointAward, PointRuleVersion, Redemption
from storage.signing import fits, public_key
from tests.services.points_world import (
    HOURS,
    NOW,
    earn,
    have,
    home,
    person,
    rule_of,
    shelve,
    worker,
)

CLEAN = Wording("清洁楼道", "每次半小时", 10, cap_occasion=20, cap_day=30, cap_year=40)
JUNK = Wording("楼道堆物", "劝了不清", -5)


def award(session: Session, source: str, occasion: str = "", days: int = 0) -> int:
    """Points by the cleaning rule; how many."""
    rule = rule_of(session, "clean", CLEAN)
    wish = Wish(rule, person(session), source, occasion)
    return awards.award(session, None, wish, HOURS, NOW + timedelta(days=days)).amount


def test_caps_of_occasion_day_and_year(database: Database) -> None:
    """What a cap leaves is given, then nothing more; the next day there is room again."""

    def work(session: Session) -> None:
        assert [award(session, f"a{n}", "周六") for n in range(2)] == [10, 10]
        with pytest.raises(AwardRefusal, match="这次活动最多 20 分"):
            award(session, "a2", "周六")
        assert award(session, "a3", "周日") == 10
        with pytest.raises(AwardRefusal, match="一天最多 30 分"):
            award(session, "a4", "又一次")
        assert award(session, "a5", "明天", days=1) == 10
        with pytest.raises(AwardRefusal, match="一年最多 40 分"):
            award(session, "a6", "后天", days=2)
        assert have(session) == 40

    database.write_now(work)


def test_a_change_of_a_rule_leaves_what_was_given(database: Database) -> None:
    """The old entry keeps its version; the new version holds for what comes."""

    def work(session: Session) -> list[tuple[int, int]]:
        award(session, "old")
        rule = rule_of(session, "clean", CLEAN)
        point_rules.change(session, worker(session), rule, Wording("清洁楼道", "", 3), NOW)
        award(session, "new")
        query = (
            select(PointRuleVersion.version, LedgerEntry.amount)
            .join(LedgerEntry, LedgerEntry.rule_version_id == PointRuleVersion.id)
            .order_by(LedgerEntry.number)
        )
        return [(version, amount) for version, amount in session.execute(query)]

    assert database.write_now(work) == [(1, 10), (2, 3)]


def test_above_the_limit_a_second_person_decides(database: Database) -> None:
    """The one who proposed cannot; refused or granted, the queue is empty afterwards."""

    def work(session: Session) -> None:
        proposer, other = worker(session), worker(session, "chen")
        set_terms(session, proposer, home(session).id, Terms(approval_above=5), NOW)
        rule = rule_of(session, "clean", CLEAN)
        wish = Wish(rule, person(session), "big")
        made = awards.award(session, proposer, wish, HOURS, NOW)
        assert (made.state, have(session)) == ("waiting", 0)
        assert session.scalars(select(QueueItem.link)).all() == [
            f"/console/points/awards/{made.id}"
        ]
        with pytest.raises(AwardRefusal, match="请换一位同事"):
            awards.decide(session, proposer, made, True, "", NOW)
        with pytest.raises(AwardRefusal, match="写明原因"):
            awards.decide(session, other, made, False, "", NOW)
        awards.decide(session, other, made, True, "", NOW)
        assert (made.state, have(session)) == ("granted", 10)
        with pytest.raises(AwardRefusal, match="刚刚已有同事处理"):
            awards.decide(session, other, made, True, "", NOW)
        open_items = select(func.count(QueueItem.id)).where(QueueItem.state == "open")
        assert session.scalar(open_items) == 0

    database.write_now(work)


def test_a_deduction_is_told_appealed_once_and_decided_by_another(database: Database) -> None:
    """With its reason; upheld or given back, the resident hears why."""

    def work(session: Session) -> list[str]:
        earn(session, 20, "start")
        who, me = worker(session), person(session)
        rule = rule_of(session, "junk", JUNK)
        with pytest.raises(AwardRefusal, match="扣分要写明原因"):
            awards.award(session, who, Wish(rule, me, "j"), HOURS, NOW)
        made = awards.award(session, who, Wish(rule, me, "j", note="纸箱"), HOURS, NOW)
        assert have(session) == 15
        award_appeals.appeal(session, me, made.id, "不是我的", HOURS, NOW)
        with pytest.raises(AwardRefusal, match="不能再申诉"):
            award_appeals.appeal(session, me, made.id, "再说", HOURS, NOW)
        with pytest.raises(AwardRefusal, match="没有经手过"):
            award_appeals.settle_appeal(session, who, made, True, "是的", NOW)
        award_appeals.settle_appeal(session, worker(session, "chen"), made, False, "查实", NOW)
        assert (made.state, have(session)) == ("reversed", 20)
        return list(session.scalars(select(OutboxMessage.text).order_by(OutboxMessage.id)))

    first, second = database.write_now(work)
    assert "积分 −5：楼道堆物（纸箱）" in first
    assert "积分申诉" in first
    assert second == "您的积分申诉有结果了：5 分已经退回。理由：查实"


def test_a_wrong_award_is_taken_back_by_a_new_entry(database: Database) -> None:
    """Nothing is removed: the entry and its reversal are both there."""

    def work(session: Session) -> list[tuple[str, int]]:
        award(session, "a")
        made = session.scalars(select(PointAward)).one()
        award_appeals.take_back(session, worker(session), made, "登记错人", NOW)
        assert have(session) == 0
        query = select(LedgerEntry.kind, LedgerEntry.amount).order_by(LedgerEntry.number)
        return [(kind, amount) for kind, amount in session.execute(query)]

    assert database.write_now(work) == [("credit", 10), ("reverse", 10)]


def test_warned_30_and_7_days_ahead_then_expired(database: Database) -> None:
    """Two words, each once, then an entry; what was earned later stays."""

    def work(session: Session) -> list[str]:
        earn(session, 30, "old")
        end = expiry(12, NOW)
        assert end is not None
        for days, expected in ((40, 0), (29, 1), (28, 0), (6, 1), (5, 0)):
            assert points_expiry.warn_due(session, end - timedelta(days=days)) == expected
        late = end - timedelta(days=5)
        me = person(session)
        rule = rule_of(session, "clean", CLEAN)
        awards.award(session, None, Wish(rule, me, "late"), HOURS, late)
        assert points_expiry.expire_due(session, end - timedelta(seconds=1)) == 0
        assert points_expiry.expire_due(session, end) == 1
        assert points_expiry.expire_due(session, end) == 0
        assert have(session) == 10
        return list(session.scalars(select(OutboxMessage.text).order_by(OutboxMessage.id)))

    words = database.write_now(work)
    assert words[0] == words[1] == "您有 30 分 3月31日到期，到期后不能再用。回复“兑换”看能换什么。"


@given(st.integers(1, 60), st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)))  # noqa: DTZ001
def test_points_end_at_midnight_after_a_last_day_of_a_month(months: int, at: datetime) -> None:
    """In China, the given number of months on."""
    end = expiry(months, at.replace(tzinfo=UTC))
    assert end is not None
    local = end + timedelta(hours=8)
    assert (local.day, local.hour, local.minute) == (1, 0, 0)
    start = at + timedelta(hours=8)
    ended = (local.year * 12 + local.month) - (start.year * 12 + start.month)
    assert ended == months + 1


def test_joining_and_leaving_a_household(database: Database) -> None:
    """Points come along, with the day they end; they stay, but for the last one who leaves."""

    def work(session: Session) -> None:
        one, two = person(session, "o1"), person(session, "o2")
        earn(session, 30, "a", "o1")
        earn(session, 12, "b", "o2")
        house = households.create(session, one, "301", NOW)
        code, until = households.invite(session, one, NOW)
        community = home(session).id
        assert households.by_invitation(session, community, code, NOW) is house
        assert households.by_invitation(session, community, code, until) is None
        households.join(session, two, house, NOW)
        assert have(session, "o1") == have(session, "o2") == 42
        with pytest.raises(HouseholdRefusal, match="只有户主"):
            households.invite(session, two, NOW)
        with pytest.raises(HouseholdRefusal, match="要先退出"):
            households.create(session, two, "302", NOW)
        households.leave(session, one, NOW)
        assert (have(session, "o1"), have(session, "o2")) == (0, 42)
        assert households.invite(session, two, NOW)[0]
        households.leave(session, two, NOW)
        assert have(session, "o2") == 42
        ledger_chain.check(session, community)

    database.write_now(work)


def test_what_comes_back_finds_its_way_into_the_household(database: Database) -> None:
    """A reservation made before joining is returned to where the points lie now."""

    def work(session: Session) -> int:
        one = person(session)
        earn(session, 30, "a")
        row = shelve(session, Label("洗衣液", 20, 3))
        made = redemptions.reserve(session, one, row.id, "r", NOW)
        households.create(session, one, "301", NOW)
        redemptions.cancel(session, made, NOW)
        return have(session)

    assert database.write_now(work) == 30


def test_months_are_published_once_and_signed(database: Database) -> None:
    """Each month that is over, with the figures that add up, the last hash and a signature."""

    def work(session: Session) -> None:
        community = home(session).id
        earn(session, 30, "march")
        row = shelve(session, Label("洗衣液", 20, 3))
        made = redemptions.reserve(session, person(session), row.id, "r", NOW)
        redemptions.hand_over(session, worker(session), made, NOW + timedelta(days=30))
        later = NOW + timedelta(days=70)
        assert points_jobs.expiry(session, later) > 0
        assert points_jobs.expiry(session, later) == 0
        months = solvency.published(session, community, Unit.POINTS)
        told = [(m.month, m.issued, m.redeemed, m.reserved, m.outstanding) for m in months]
        assert told == [("2026-04", 0, 20, 0, 10), ("2026-03", 30, 0, 20, 10)]
        assert [m.number for m in months] == [3, 2]
        for month in months:
            signed = solvency.signed_text(community, "points", solvency.figures_of(month))
            assert fits(public_key(session), signed, month.signature)
            assert not fits(public_key(session), signed.replace("10", "11"), month.signature)

    database.write_now(work)


def test_who_is_forgotten_leaves_the_books_whole(database: Database) -> None:
    """Reserved goods go back, points expire, the chain still holds, no word of theirs is left."""

    def work(session: Session) -> None:
        me = person(session)
        earn(session, 60, "a")
        rule = rule_of(session, "junk", JUNK)
        wish = Wish(rule, me, "j", note="三楼王家纸箱")
        awards.award(session, worker(session), wish, HOURS, NOW)
        row = shelve(session, Label("洗衣液", 20, 3))
        redemptions.reserve(session, me, row.id, "r", NOW)
        personal_data.forget(session, me, NOW)
        assert session.scalars(select(Goods.stock)).one() == 3
        assert session.scalars(select(Redemption.state)).one() == "cancelled"
        assert session.scalars(select(PointAward.reason)).one() == ""
        kept = session.scalars(select(LedgerEntry.reason)).all()
        assert not any("王家" in reason for reason in kept)
        personal = select(func.sum(LedgerAccount.balance)).where(LedgerAccount.kind == "resident")
        assert session.scalar(personal) == 0
        ledger_chain.check(session, home(session).id)

    database.write_now(work)


def test_ones_own_entries_are_handed_out_signed(database: Database) -> None:
    """The statement checks out; with an entry missing, changed, or another key it does not."""

    def work(session: Session) -> str:
        earn(session, 30, "a")
        earn(session, 5, "b")
        data = personal_data.export(session, person(session))
        return json.dumps(data, ensure_ascii=False)

    text = database.write_now(work)
    key = database.read_now(public_key)
    assert ledger_proof.is_proof(text)
    assert ledger_proof.check(text, [key]) == 2
    with pytest.raises(ledger_proof.BrokenProof, match="another key"):
        ledger_proof.check(text, ["AAAA"])
    with pytest.raises(ledger_proof.BrokenProof, match="signature"):
        ledger_proof.check(text.replace('"amount": 5', '"amount": 500'))
    with pytest.raises(ledger_proof.BrokenProof, match="not a statement"):
        ledger_proof.check('{"format": "shuoshitai-ledger-1"}')
