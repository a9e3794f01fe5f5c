"""A small community for the tests of the console: two grids, five roles, cases, a conversation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from sqlalchemy.orm import Session

from services import (
    aid,
    api_keys,
    ballots,
    board,
    care,
    care_givers,
    cases,
    delivery,
    dispatch,
    hall,
    handover,
    hot_topics,
    moderation,
    outbox,
    referrals,
    register,
    replies,
    report_drawing,
    reports,
    residents,
    signups,
    volunteers,
    wishes,
)
from services.access import Role
from services.calendar import OfficeHours
from services.case_states import Actor, State
from services.categories import Catalogue
from services.passwords import hash_password
from services.periods import PeriodKind, containing
from services.places import import_tree, read_tree
from services.processes import Electors
from storage.cases import Case
from storage.city import PlaceCode
from storage.communities import Community, Place
from storage.desk import QueueItem, Reply
from storage.hot_topics import HotTopic
from storage.messages import InboundMessage, Media, OutboxMessage
from storage.moderation import SensitiveWord
from storage.opinions import Proposal
from storage.organisations import Organisation
from storage.residents import Resident
from storage.staff import Staff
from storage.volunteers import Backfill
from tests.console.seed_information import Information, fill_information
from tests.console.seed_points import PointsSeed, fill_points
from tests.volunteers.plans import CLEANING, published

NOW = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)  # 17:30 on a Thursday in China
HOURS = OfficeHours()
PASSWORD = "lamp-and-stairs"
TREE = {
    "kind": "street",
    "code": "st",
    "name": "云河街道",
    "children": [
        {
            "kind": "community",
            "code": "demo",
            "name": "桂园社区",
            "phone": "0000-1000",
            "children": [
                {
                    "kind": "grid",
                    "code": "g1",
                    "name": "第一网格",
                    "children": [
                        {
                            "kind": "building",
                            "code": "b3",
                            "name": "3栋",
                            "children": [{"kind": "unit", "code": "b3u2", "name": "2单元"}],
                        }
                    ],
                },
                {"kind": "grid", "code": "g2", "name": "第二网格"},
            ],
        },
        {"kind": "community", "code": "other", "name": "河西社区"},
    ],
}
UNIT, GRID_1, GRID_2 = "/st/demo/g1/b3/b3u2/", "/st/demo/g1/", "/st/demo/g2/"
COMMUNITY, OTHER = "/st/demo/", "/st/other/"
PEOPLE = (
    ("grid1", "陈网格", Role.GRID_WORKER, GRID_1),
    ("grid2", "周网格", Role.GRID_WORKER, GRID_2),
    ("worker", "李社工", Role.COMMUNITY_WORKER, COMMUNITY),
    ("reviewer", "赵审核", Role.REVIEWER, COMMUNITY),
    ("supervisor", "孙督办", Role.SUPERVISOR, "/st/"),
    ("admin", "钱管理", Role.ADMINISTRATOR, "/st/"),
    ("partner", "郭物业", Role.PARTNER, COMMUNITY),
    ("elsewhere", "吴外区", Role.REVIEWER, OTHER),
    ("otheradmin", "郑外管", Role.ADMINISTRATOR, OTHER),
)


@dataclass(frozen=True)
class Seeded:
    """The numbers of what the tests ask for by name."""

    staff: dict[str, int]
    resident: int
    lamp: int
    private: int
    far: int
    lamp_item: int
    person_item: int
    request_item: int
    reply: int
    failed: int
    picture: int
    private_resident: int
    message: int
    report: int
    hot_topic: int
    points: PointsSeed
    activity: int
    occasion: int
    volunteer: int
    backfill: int
    information: Information
    rule: int
    key: int
    building: int
    submission: int
    word: int
    organisation: int
    post: int
    wish: int
    aid: int
    referral: int
    care: int
    giver: int
    topic: int
    ballot: int
    proposal: int


@cache
def password_hash() -> str:
    """The hash of the one password of all staff; computed once, for it is slow on purpose."""
    return hash_password(PASSWORD)


def fill(session: Session, now: datetime = NOW) -> Seeded:
    """Fills an empty database."""
    import_tree(session, read_tree(TREE), now)
    staff = {
        login: _staff(session, login, name, role, scope, now) for login, name, role, scope in PEOPLE
    }
    community = session.query(Community).filter_by(code="demo").one()
    wang = _resident(session, community, "o-wang", "王秀兰", "13800001234", now)
    zhao = _resident(session, community, "o-zhao", None, None, now)
    lamp = _lamp(session, community, wang, now)
    picture = _picture(session, wang, lamp, now)
    private = _case(session, community, zhao, "邻里纠纷求助", now, private=True)
    far = _case(session, community, zhao, "广场舞音响太吵", now, path=GRID_2)
    move = cases.Move(State.ACCEPTED)
    cases.move(session, far, move, Actor.STAFF, staff["grid2"].id, now)
    _talk(session, zhao, "叫个人来跟我说", now - timedelta(minutes=20))
    dialog = residents.dialog_of(session, zhao, now)
    handover.hand_over(session, zhao, dialog, "叫个人来跟我说", HOURS, now - timedelta(minutes=20))
    words = _talk(session, wang, "老年证怎么办", now - timedelta(minutes=8))
    handover.leave_word(
        session, wang, "老年证怎么办", HOURS, now, intent="policy_question", inbound_id=words.id
    )
    reply = _reply(session, staff["worker"], wang, lamp, now)
    failed = _failed(session, wang, now)
    activity, occasion, volunteer, backfill = _volunteering(session, staff["worker"], wang, now)
    return Seeded(
        staff={login: row.id for login, row in staff.items()},
        resident=wang.id,
        lamp=lamp.id,
        private=private.id,
        far=far.id,
        lamp_item=_item(session, cases.source_of(lamp)),
        person_item=_item(session, handover.source_of(zhao)),
        request_item=_item(session, f"request:{words.id}"),
        reply=reply.id,
        failed=failed.id,
        picture=picture.id,
        private_resident=zhao.id,
        message=words.id,
        report=_report(session, now),
        hot_topic=_hot_topic(session, community, lamp, far, now),
        points=fill_points(session, staff["worker"], wang, zhao, now),
        activity=activity,
        occasion=occasion,
        volunteer=volunteer,
        backfill=backfill,
        information=fill_information(session, community, staff, wang, now),
        **_kept(session, staff["admin"], now),
        **_moderation(session, community, wang, now),
        **_help(session, community, wang, now),
        **_hall(session, staff["worker"], wang, now),
    )


def _volunteering(
    session: Session, worker: Staff, resident: Resident, now: datetime
) -> tuple[int, int, int, int]:
    """An activity of yesterday with one who never checked out, and time that waits for a second."""
    long_ago, start = now - timedelta(days=3), now - timedelta(hours=26)
    activity, occasion = published(session, worker, CLEANING, start, long_ago)
    volunteer = volunteers.register(session, resident, long_ago, interests=["clean"], team="邻里队")
    row = signups.sign_up(session, occasion.id, resident, long_ago)
    row.checked_in_at = start
    proposed = Backfill(
        community_id=resident.community_id,
        resident_id=resident.id,
        minutes=300,
        served_on=now.date(),
        reason="台风天搬沙袋，没有网络签到",
        state="awaiting",
        proposed_by=worker.id,
        created_at=now,
    )
    session.add(proposed)
    session.flush()
    return activity.id, occasion.id, volunteer.id, proposed.id


def _kept(session: Session, admin: Staff, now: datetime) -> dict[str, int]:
    """A dispatch rule that wins nowhere, a key, and the QR code of a building."""
    place = session.query(Place).filter_by(code="b3").one()
    grid = session.query(Place).filter_by(code="g2").one()
    assert place.community_id is not None
    code = PlaceCode(
        place_id=place.id,
        community_id=place.community_id,
        url="http://weixin.qq.com/q/b3",
        next_at=now,
        created_at=now,
    )
    session.add(code)
    worker = session.query(Staff).filter_by(login="grid2").one()
    new = dispatch.NewRule("noise.square", grid.id, staff_id=worker.id)
    rule = dispatch.add(session, admin, place.community_id, new, now)
    key, _ = api_keys.make(session, admin, place.community_id, "城管平台", now)
    return {"rule": rule.id, "key": key.id, "building": place.id}


def _hall(session: Session, worker: Staff, resident: Resident, now: datetime) -> dict[str, int]:
    """A topic with an open named ballot, six homes in the register, one proposal."""
    community = resident.community_id
    lines = [
        register.HomeLine(f"h{n}", f"3栋2单元{n}01", "b3u2", "80", (f"P{n}",), (f"P{n}",))
        for n in range(1, 7)
    ]
    register.import_homes(session, worker, community, lines, now)
    draft = hall.Draft(community, "东门换道闸", "旧道闸常坏，换一台要八千元。", "poll")
    topic = hall.open_topic(session, worker, draft, now)
    hall.enter(topic, hall.process_of(topic).stage("ballot"), now)
    new = ballots.NewBallot("换不换道闸", now, now + timedelta(days=3), electorate=Electors.PERSONS)
    ballot = ballots.plan(session, worker, topic, new, now)
    ballots.open_ballot(session, ballot, now)
    proposal = Proposal(
        community_id=community,
        resident_id=resident.id,
        title="楼下加一盏灯",
        text="晚上看不清",
        state="open",
        needed=5,
        base=6,
        created_at=now,
    )
    session.add(proposal)
    session.flush()
    return {"topic": topic.id, "ballot": ballot.id, "proposal": proposal.id}


def _staff(session: Session, login: str, name: str, role: Role, scope: str, now: datetime) -> Staff:
    row = Staff(
        login=login,
        name=name,
        role=role.value,
        scope_path=scope,
        password_hash=password_hash(),
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _resident(
    session: Session,
    community: Community,
    openid: str,
    name: str | None,
    phone: str | None,
    now: datetime,
) -> Resident:
    row = residents.meet(session, community.id, "main", openid, now - timedelta(days=40))
    row.name, row.phone = name, phone
    return row


def _talk(
    session: Session, resident: Resident, text: str, at: datetime, reply: str = ""
) -> InboundMessage:
    row = InboundMessage(
        account="main",
        key=f"{resident.id}-{at.timestamp()}",
        community_id=resident.community_id,
        resident_id=resident.id,
        kind="text",
        text=text,
        sent_at=at,
        received_at=at,
        reply=reply or None,
    )
    session.add(row)
    resident.last_message_at, resident.sent_since_message = at, 1
    session.flush()
    return row


def _lamp(session: Session, community: Community, resident: Resident, now: datetime) -> Case:
    at = now - timedelta(hours=3)
    _talk(
        session,
        resident,
        "3栋2单元三楼的灯坏了好几天，我妈晚上下楼看不见",
        at,
        "记下了，您看对不对：\n【楼道照明】3栋2单元3楼，灯坏了好几天\n1 提交　2 修改　0 取消",
    )
    case = _case(session, community, resident, "3栋2单元3楼楼道灯坏了好几天", at, path=UNIT)
    _talk(session, resident, "1", at + timedelta(minutes=1), "已受理，编号 1001-0。")
    return case


def _case(
    session: Session,
    community: Community,
    resident: Resident,
    title: str,
    now: datetime,
    *,
    path: str = GRID_1,
    private: bool = False,
) -> Case:
    place = session.query(Place).filter_by(path=path).one()
    new = cases.NewCase(
        community_id=community.id,
        category="lighting.stairwell",
        title=title,
        description=f"{title}，老人夜间出行不便",
        place_path=path,
        place_id=place.id,
        contact_phone="13900005678",
        private=private,
    )
    return cases.submit(session, new, resident, HOURS, now)


def _picture(session: Session, resident: Resident, case: Case, now: datetime) -> Media:
    row = Media(
        community_id=resident.community_id,
        resident_id=resident.id,
        case_id=case.id,
        kind="image",
        account="main",
        state="stored",
        file="lamp.png",
        content_type="image/png",
        next_at=now,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _reply(session: Session, author: Staff, resident: Resident, case: Case, now: datetime) -> Reply:
    new = replies.NewReply(
        "王女士您好，师傅明天上午9点到，维修费用由社区承担。",
        replies.newest_inbound_id(session, resident),
        case,
    )
    return replies.propose(session, author, resident, new, now)


def _failed(session: Session, resident: Resident, now: datetime) -> OutboxMessage:
    row = outbox.post(session, resident, "您反映的事有了进展", source="test:failed", now=now)
    row.state, row.attempts = "sending", delivery.MAX_ATTEMPTS
    delivery.settle(session, row.id, delivery.Fate.AGAIN, "45015 out of window", now)
    return row


def _moderation(
    session: Session, community: Community, author: Resident, now: datetime
) -> dict[str, int]:
    """A text that waits for a reviewer, and the sensitive word that it has."""
    word = SensitiveWord(community_id=community.id, word="电话")
    session.add(word)
    session.flush()
    wanted = moderation.Wanted("note", 1, "出借人字梯", "出借人字梯，电话联系", author)
    submission = moderation.submit(session, wanted, community.id, HOURS, now)
    return {"submission": submission.id, "word": word.id}


def _help(session: Session, community: Community, wang: Resident, now: datetime) -> dict[str, int]:
    """A partner, a post on the board, a wish with one supporter."""
    partner = Organisation(
        community_id=community.id, name="桂园物业", kind="property", created_at=now
    )
    person = session.query(Staff).filter_by(login="partner").one()
    session.add(partner)
    session.flush()
    person.organisation_id = partner.id
    post = board.publish(session, wang, board.NewPost("lend", "人字梯可以借"), HOURS, now)
    post.state, post.published_at, post.expires_at = "open", now, now + board.LIFE
    wish = wishes.wish_for(session, wang, "每月来一次磨剪刀", HOURS, now)
    wish.state = "open"
    lin = _resident(session, community, "o-lin", "林某", None, now)
    need = aid.apply(
        session,
        lin,
        aid.NewAid("self", "living", "失业半年，房租交不起", "13800001234"),
        HOURS,
        now,
    )
    worker = session.query(Staff).filter_by(login="worker").one()
    aid.take(session, worker, need, HOURS, now)
    wanted = referrals.NewReferral("需要找工作的指导", with_phone=True)
    referral = referrals.refer(session, worker, need, partner, wanted, now)
    referrals.consent(session, referral, agreed=True, now=now)
    helper = care_givers.volunteer(session, wang, "能陪诊", None, HOURS, now)
    zhao = session.query(Resident).filter_by(openid="o-zhao").one()
    asked = care.NewCare("escort", "周三上午", 120, "有心脏病，走得慢")
    escort = care.request(session, zhao, zhao, asked, HOURS, now)
    return {
        "care": escort.id,
        "giver": helper.id,
        "organisation": partner.id,
        "post": post.id,
        "wish": wish.id,
        "aid": need.id,
        "referral": referral.id,
    }


def _item(session: Session, source: str) -> int:
    return session.query(QueueItem).filter_by(source=source).one().id


def _report(session: Session, now: datetime) -> int:
    place = session.query(Place).filter_by(path=COMMUNITY).one()
    month = containing(PeriodKind.MONTH, now.date())
    data = report_drawing.draw_up(session, place, month, Catalogue.shipped().name, now)
    report = reports.publish(session, data, HOURS, now)
    assert report is not None
    return report.id


def _hot_topic(session: Session, community: Community, one: Case, two: Case, now: datetime) -> int:
    row = HotTopic(
        community_id=community.id,
        week=hot_topics.week_of(now),
        rank=1,
        heat=9.9,
        summary="楼道灯坏了好几天",
        category=one.category,
        place_path=GRID_1,
        size=2,
        case_ids=[one.id, two.id],
        started_at=one.created_at,
        ended_at=two.created_at,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row.id
