"""A month of mutual help: partners, the board, wishes, two families in hardship.

Each act goes through the same services as the chat and the console, at its moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from functools import partial

from sqlalchemy import select

from demo.life.residents_acts import Act
from demo.life.scene import Scene
from services import (
    aid,
    board,
    board_claims,
    board_keeping,
    moderation,
    organisations,
    referrals,
    staff,
    wishes,
)
from services.access import Role
from services.calendar import CHINA, OfficeHours
from services.moderated import EFFECTS
from storage.aid import AidRequest, Referral
from storage.board import BoardClaim, BoardPost, Wish
from storage.moderation import Submission
from storage.organisations import Organisation
from storage.staff import Staff

PARTNER = "nuanyang"
HOURS = OfficeHours()
POSTS = (
    (27, 19, "feng-xia", "give", "孩子穿小的棉衣、雪地靴，八成新，要的邻居来拿"),
    (24, 20, "li-jianguo", "service", "退休电工，换灯泡、修插座，周末有空，不收钱"),
    (13, 9, "zhou-min", "ask", "周末搬家，想借一辆平板小推车，用两小时"),
    (9, 18, "wu-haiyan", "lend", "人字梯一把，三米，可以借，当天还"),
    (6, 12, "yu-hong", "offer", "周日下午在小广场，教大家用手机挂号，自带手机"),
    (4, 21, "ding-meiling", "give", "多肉分盆，送十来棵，喜欢的来挑"),
    (2, 8, "cao-guihua", "ask", "谁周三去市一院，能捎我一程，我腿脚慢"),
)
ANSWERS = (
    (26, 10, "chen-jing", 0, "家里老二正好穿，晚上七点来拿行吗", True),
    (12, 11, "li-jianguo", 2, "我车棚里有一辆，随时来推", True),
    (3, 9, "lin-shufen", 5, "我想要两棵，下午过去", False),
)
"""Days ago, hour, who, which post, the words, and whether it is settled and rated."""
WISHES = (
    (25, 10, "qin-ayi", "每月来一次磨剪刀、修伞的", ("wang-xiulan", "shi-daye", "cao-guihua")),
    (20, 15, "chen-jing", "寒暑假的小学生晚托班", ("feng-xia", "zhou-min", "yu-hong", "wu-haiyan")),
    (8, 16, "zhang-guilan", "行动不便的老人，有人上门理发", ("wang-xiulan", "lin-shufen")),
)
Deed = Callable[[Scene, datetime], object]


def acts(scene: Scene, now: datetime) -> Iterator[tuple[datetime, Act]]:
    """Every act with its moment before `now`, in no order."""
    for days, hour, deed in _deeds():
        moment = at(now, days, hour)
        yield moment, act(scene, deed, moment)


def at(now: datetime, days: int, hour: int) -> datetime:
    """The hour of a local day in the past, a few minutes after it strikes."""
    day = now.astimezone(CHINA).date() - timedelta(days=days)
    return datetime.combine(day, time(hour, (days * 7 + hour) % 50), CHINA).astimezone(UTC)


def act(scene: Scene, deed: Deed, moment: datetime) -> Act:
    """One deed as an act of the play."""
    deed(scene, moment)
    scene.session.flush()
    yield from ()


def _deeds() -> Iterator[tuple[int, int, Deed]]:
    yield 30, 10, _partners
    for days, hour, who, kind, text in POSTS:
        yield days, hour, partial(_post, who=who, kind=kind, text=text)
    for days, hour, who, text, _ in WISHES:
        yield days, hour, partial(_wish, who=who, text=text)
    for days, hour, _, text, supporters in WISHES:
        yield days - 2, hour, partial(_support, text=text, supporters=supporters)
    yield 5, 20, partial(_post, who="deng-bin", kind="service", text="代办信用卡提额，当天放款")
    yield 4, 10, partial(_moderate, reason="是商业广告，这里只登邻里之间的事")
    for days in (26, 24, 19, 12, 8, 7, 5, 3):
        yield days, 9, partial(_moderate, reason="")
    for days, hour, who, which, words, settled in ANSWERS:
        yield days, hour, partial(_answer, who=who, which=which, words=words)
        if settled:
            yield days - 1, 19, partial(_settle, which=which)
    yield 18, 14, partial(_take_wish, text=WISHES[0][3], plan="每月第一个周六上午，小广场")
    yield (
        5,
        15,
        partial(_finish_wish, text=WISHES[0][3], result="来了两位师傅，磨了41把，修了6把伞"),
    )
    yield from _hardship()
    yield 1, 8, lambda scene, moment: board_keeping.expire(scene.session, moment)


def _hardship() -> Iterator[tuple[int, int, Deed]]:
    yield (
        16,
        11,
        partial(
            _apply,
            who="lin-shufen",
            new=aid.NewAid(
                "family", "illness", "老伴透析一年多，自付的部分快撑不住了", "13900001114"
            ),
        ),
    )
    yield 16, 14, partial(_take, who="lin-shufen")
    yield 15, 10, _refer
    yield 15, 17, _agree
    yield 13, 9, partial(_partner_says, state="accepted", words="周四上午上门，帮忙填大病救助的表")
    yield 9, 16, partial(_partner_says, state="done", words="材料交齐了，街道已受理")
    yield 3, 15, partial(_grant, who="lin-shufen", words="大病救助批了，8600元，本月25日到卡")
    yield (
        1,
        17,
        partial(
            _apply,
            who="he-jun",
            new=aid.NewAid("self", "living", "厂子停了三个月，房租欠了两个月，孩子还在上学"),
        ),
    )


def _partners(scene: Scene, moment: datetime) -> None:
    wang = scene.session.scalars(select(Staff).where(Staff.login == "wang")).one()
    for facts, services in (
        (
            organisations.Facts("暖阳助老服务社", "social", "", "助餐、理发、陪诊"),
            ("上门理发", "陪诊"),
        ),
        (organisations.Facts("和平物业", "property", "", "维修、保洁、门岗"), ("维修", "保洁")),
        (organisations.Facts("邻里志愿队", "volunteers", "", "居民自己的队伍"), ("义修", "探访")),
    ):
        row = organisations.add(scene.session, wang, scene.community, facts, moment)
        for name in services:
            organisations.add_service(scene.session, wang, row, name, "")
    new = staff.NewStaff(PARTNER, staff.DEMO_PASSWORD, Role.PARTNER, "demo", "何暖")
    person = staff.add(scene.session, new, None, moment)
    organisations.assign(scene.session, wang, _firm(scene), person, moment)


def _firm(scene: Scene) -> Organisation:
    wanted = select(Organisation).where(Organisation.name == "暖阳助老服务社")
    return scene.session.scalars(wanted).one()


def _staff(scene: Scene, login: str) -> Staff:
    return scene.session.scalars(select(Staff).where(Staff.login == login)).one()


def _post(scene: Scene, moment: datetime, *, who: str, kind: str, text: str) -> None:
    new = board.NewPost(kind, text)
    board.publish(scene.session, scene.resident(who), new, HOURS, moment)


def _wish(scene: Scene, moment: datetime, *, who: str, text: str) -> None:
    wishes.wish_for(scene.session, scene.resident(who), text, HOURS, moment)


def _wished(scene: Scene, text: str) -> Wish:
    return scene.session.scalars(select(Wish).where(Wish.text == text)).one()


def _support(scene: Scene, moment: datetime, *, text: str, supporters: tuple[str, ...]) -> None:
    for who in supporters:
        wishes.support(scene.session, _wished(scene, text), scene.resident(who), moment)


def _moderate(scene: Scene, moment: datetime, *, reason: str) -> None:
    """The reviewer decides about what waits; with a reason only the newest is refused."""
    kinds = Submission.kind.in_((board.MODERATED_AS, wishes.MODERATED_AS))
    waiting = select(Submission).where(Submission.state == "waiting", kinds)
    found = scene.session.scalars(waiting.order_by(Submission.id.desc())).all()
    for one in found[:1] if reason else found:
        moderation.decide(
            scene.session,
            _staff(scene, "zhao"),
            one,
            one.version,
            publish=not reason,
            reason=reason,
            effects=EFFECTS,
            now=moment,
        )


def _board_post(scene: Scene, which: int) -> BoardPost:
    return scene.session.scalars(select(BoardPost).where(BoardPost.text == POSTS[which][4])).one()


def _answer(scene: Scene, moment: datetime, *, who: str, which: int, words: str) -> None:
    post, neighbour = _board_post(scene, which), scene.resident(who)
    board_claims.answer(scene.session, post, neighbour, words, neighbour.phone, moment)


def _settle(scene: Scene, moment: datetime, *, which: int) -> None:
    post = _board_post(scene, which)
    claim = scene.session.scalars(select(BoardClaim).where(BoardClaim.post_id == post.id)).one()
    author = scene.resident(POSTS[which][2])
    board_claims.agree(scene.session, claim, author.phone, moment)
    board_claims.finish(scene.session, claim, author, moment)
    for side in (author, board_claims.other_side(scene.session, claim, author)):
        board_claims.rate(scene.session, claim, side, 3, moment)


def _take_wish(scene: Scene, moment: datetime, *, text: str, plan: str) -> None:
    partner = _staff(scene, PARTNER)
    wishes.take_up(scene.session, partner, _wished(scene, text), None, plan, moment)


def _finish_wish(scene: Scene, moment: datetime, *, text: str, result: str) -> None:
    wish = _wished(scene, text)
    wishes.complete(scene.session, _staff(scene, PARTNER), wish, result, moment)
    wishes.rate(scene.session, wish, scene.resident("wang-xiulan"), 3, moment)


def _apply(scene: Scene, moment: datetime, *, who: str, new: aid.NewAid) -> None:
    aid.apply(scene.session, scene.resident(who), new, HOURS, moment)


def _case(scene: Scene, who: str) -> AidRequest:
    mine = AidRequest.resident_id == scene.resident(who).id
    return scene.session.scalars(select(AidRequest).where(mine)).one()


def _take(scene: Scene, moment: datetime, *, who: str) -> None:
    aid.take(scene.session, _staff(scene, "wang"), _case(scene, who), HOURS, moment)


def _refer(scene: Scene, moment: datetime) -> None:
    new = referrals.NewReferral("家里有人长期透析，请上门帮忙准备大病救助的材料", with_phone=True)
    found, wang = _case(scene, "lin-shufen"), _staff(scene, "wang")
    referrals.refer(scene.session, wang, found, _firm(scene), new, moment)


def _referral(scene: Scene) -> Referral:
    return scene.session.scalars(select(Referral)).one()


def _agree(scene: Scene, moment: datetime) -> None:
    referrals.consent(scene.session, _referral(scene), agreed=True, now=moment)


def _partner_says(scene: Scene, moment: datetime, *, state: str, words: str) -> None:
    partner = _staff(scene, PARTNER)
    referrals.answer(scene.session, partner, _referral(scene), state, words, moment)


def _grant(scene: Scene, moment: datetime, *, who: str, words: str) -> None:
    aid.close(scene.session, _staff(scene, "wang"), _case(scene, who), words, True, moment)
