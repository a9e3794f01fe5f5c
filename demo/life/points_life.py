"""A month of points in the demo: rules and a shelf, Saturdays of cleaning, awards, redemptions.

What residents do is told by `stories_7_points.yaml` and goes through the conversation; here is
what staff and the clock do, through the same services as in the console.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta

from sqlalchemy import select

from demo.life.moments import spread
from demo.life.scene import Scene
from services import award_appeals, awards, goods, point_rules, points_jobs, redemptions
from services.awards import Wish
from services.calendar import CHINA, OfficeHours
from services.goods import Label
from services.point_rules import Wording
from storage.points import PointAward, Redemption

HOURS = OfficeHours()
RULES = {
    "clean": Wording("清洁楼道", "每次半小时以上，楼栋长登记", 10, cap_day=20),
    "sorting": Wording("垃圾分类督导", "早晚各一小时", 8, cap_day=16),
    "patrol": Wording("夜间平安巡逻", "一次一个半小时", 15, cap_day=15),
    "elder": Wording("帮老人跑腿", "买菜、取药、陪诊", 6, cap_day=18),
    "hero": Wording("见义勇为", "社区核实后登记", 80),
    "junk": Wording("楼道堆物", "提醒两次仍不清理", -5),
}
SHELF = (
    Label("抽纸一提", 12, 40, 4, "10 包装", "和平里社区服务大厅"),
    Label("洗洁精", 10, 25, 4, "1 千克装"),
    Label("洗衣液", 20, 18, 2, "2 千克装"),
    Label("大米5千克", 40, 10, 1),
    Label("理发券", 15, 12, 1, "小区东门理发店，凭券一次"),
    Label("雨伞", 25, 0, 1, "折叠晴雨伞"),
)
CLEANERS = ("wang-xiulan", "li-jianguo", "zhao-yulan", "sun-defu", "zhang-guilan", "qin-ayi")
SORTERS = ("chen-jing", "wu-haiyan", "lin-shufen", "cao-guihua")
PATROL = ("li-jianguo", "liu-guoqiang", "shi-daye")

Deed = Callable[[Scene], None]


def acts(scene: Scene, now: datetime) -> Iterator[tuple[datetime, Iterator[int]]]:
    """What happens when, up to `now`; each act is one deed."""
    for days, clock, deed in _plan():
        day = (now - timedelta(days=days)).astimezone(CHINA).date()
        moment = datetime.combine(day, clock, CHINA)
        if now - timedelta(days=31) < moment < now:
            yield moment, _once(scene, deed)


def _once(scene: Scene, deed: Deed) -> Iterator[int]:
    deed(scene)
    scene.session.flush()
    yield from ()


def _plan() -> Iterator[tuple[int, time, Deed]]:
    """Days before the present, local time, deed."""
    yield 30, time(9, 40), _open
    for days in (28, 24, 21, 17, 14, 10, 7, 3):
        yield days, time(17, 30), _give("clean", CLEANERS, 2)
    for days in (26, 22, 19, 15, 12, 8, 5, 2):
        yield days, time(10, 20), _give("sorting", SORTERS)
    for days in (25, 18, 11, 4):
        yield days, time(9, 15), _give("patrol", PATROL)
    for days in (20, 13, 6):
        yield days, time(15, 10), _give("elder", ("feng-xia", "xu-fang", "ding-meiling"))
    yield 16, time(14, 0), _propose("hero", "liu-guoqiang", "在东门帮忙救助摔倒老人")
    yield 16, time(16, 30), _approve
    yield 9, time(11, 0), _propose("junk", "zhao-yulan", "3栋1单元5楼门口纸箱")
    yield 7, time(15, 0), _settle_appeal
    for days in range(29, 0, -1):
        yield days, time(16, 0), _counter
    for days in range(30, -1, -1):
        yield days, time(8, 5), _clock
    yield 1, time(16, 40), _propose("hero", "zheng-wei", "深夜发现配电箱冒烟并守到抢修")


def _open(scene: Scene) -> None:
    """Rules and goods, by the community worker."""
    community, keeper = scene.community.id, scene.staff["wang"]
    for code, wording in RULES.items():
        point_rules.add(scene.session, keeper, community, code, wording, scene.now)
    for label in SHELF:
        goods.add(scene.session, keeper, community, label, scene.now)


def _give(code: str, who: tuple[str, ...], times: int = 1) -> Deed:
    """Points for those of a group who came on that day."""

    def deed(scene: Scene) -> None:
        day = scene.now.astimezone(CHINA).date()
        for name in who:
            if spread(f"{name}{day}", 4):  # three in four come
                _award(scene, "chen", code, name, f"{code}-{day}", times=times)

    return deed


def _propose(code: str, who: str, note: str) -> Deed:
    return lambda scene: _award(scene, "wang", code, who, f"{code}-{who}", note)


def _award(
    scene: Scene, by: str, code: str, who: str, cause: str, note: str = "", times: int = 1
) -> None:
    rule = point_rules.by_code(scene.session, scene.community.id, code)
    resident = scene.resident(who)
    if rule is None or resident.forgotten_at is not None:
        return
    wish = Wish(rule, resident, f"demo:{cause}:{who}"[:64], cause, note, times)
    awards.award(scene.session, scene.staff[by], wish, HOURS, scene.now)


def _waiting(scene: Scene, state: str) -> PointAward | None:
    query = select(PointAward).where(PointAward.state == state).order_by(PointAward.id)
    return scene.session.scalars(query).first()


def _approve(scene: Scene) -> None:
    made = _waiting(scene, "waiting")
    if made is not None:
        awards.decide(scene.session, scene.staff["zhao"], made, True, "", scene.now)


def _settle_appeal(scene: Scene) -> None:
    """The boxes were the neighbour's: the points come back."""
    made = _waiting(scene, "appealed")
    if made is not None:
        reviewer, why = scene.staff["zhao"], "到现场看过，纸箱是邻居家的"
        award_appeals.settle_appeal(scene.session, reviewer, made, False, why, scene.now)


def _counter(scene: Scene) -> None:
    """Whoever reserved something before today comes for it."""
    query = select(Redemption).where(
        Redemption.state == "reserved", Redemption.created_at < scene.now - timedelta(hours=4)
    )
    for found in scene.session.scalars(query.order_by(Redemption.id)).all():
        if spread(f"pickup{found.id}", 5):  # one in five lets it lapse
            redemptions.hand_over(scene.session, scene.staff["chen"], found, scene.now)


def _clock(scene: Scene) -> None:
    points_jobs.pickups(scene.session, scene.now)
    points_jobs.expiry(scene.session, scene.now)
