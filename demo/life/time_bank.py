"""A month of the time bank: givers, visits done, one confirmed by one side only, one waiting."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from sqlalchemy import select

from demo.life.neighbours import HOURS, Deed, act, at
from demo.life.residents_acts import Act
from demo.life.scene import Scene
from services import care, care_givers, care_settling, consents
from storage.care import CareGiver, CareRequest
from storage.staff import Staff

GIVERS = (
    (29, "xu-fang", "退休护士，周一周三上午能陪诊、量血压"),
    (22, "liu-guoqiang", "下午有空，能买菜取药、陪人说说话"),
    (2, "yu-hong", "周末能帮老人做顿饭"),
)
VISITS = (
    (21, "sun-defu", "sun-defu", "escort", "周三上午9点去市一院", 180, "xu-fang", 180),
    (14, "zhao-yulan", "zhao-yulan", "errand", "周五下午取药", 60, "liu-guoqiang", 60),
    (7, "chen-jing", "wang-xiulan", "chat", "周日下午", 120, "liu-guoqiang", 0),
    (1, "cao-guihua", "cao-guihua", "haircut", "这周哪天都行", 60, "", 0),
)
"""Days ago, who asks, for whom, what, when, minutes; who comes, and what both confirm, if so."""


def acts(scene: Scene, now: datetime) -> Iterator[tuple[datetime, Act]]:
    """Every act with its moment before `now`, in no order."""
    for days, hour, deed in _deeds():
        moment = at(now, days, hour)
        yield moment, act(scene, deed, moment)


def _deeds() -> Iterator[tuple[int, int, Deed]]:
    for days, who, words in GIVERS:
        yield days, 15, partial(_volunteer, who=who, words=words)
        if days > GIVERS[-1][0]:
            yield days - 1, 10, partial(_welcome, who=who)
    yield 8, 19, _leave
    for days, asker, elder, kind, when, minutes, giver, confirmed in VISITS:
        new = care.NewCare(kind, when, minutes, "腿脚慢，要扶一下", True)
        yield days, 9, partial(_ask, asker=asker, elder=elder, new=new)
        if giver:
            yield days, 16, partial(_match, elder=elder, giver=giver)
            yield days - 2, 18, partial(_confirm, elder=elder, side=giver, minutes=minutes)
        if confirmed:
            yield days - 2, 19, partial(_confirm, elder=elder, side=elder, minutes=confirmed)


def _volunteer(scene: Scene, moment: datetime, *, who: str, words: str) -> None:
    resident = scene.resident(who)
    care_givers.volunteer(scene.session, resident, words, resident.phone, HOURS, moment)


def _giver(scene: Scene, who: str) -> CareGiver:
    mine = CareGiver.resident_id == scene.resident(who).id
    return scene.session.scalars(select(CareGiver).where(mine)).one()


def _worker(scene: Scene) -> Staff:
    return scene.session.scalars(select(Staff).where(Staff.login == "wang")).one()


def _welcome(scene: Scene, moment: datetime, *, who: str) -> None:
    giver = _giver(scene, who)
    care_givers.decide_giver(scene.session, _worker(scene), giver, accept=True, now=moment)


def _leave(scene: Scene, moment: datetime) -> None:
    """王秀兰 lets her daughter's friend 陈静 ask in her name, before a member of staff."""
    principal, agent = scene.resident("wang-xiulan"), scene.resident("chen-jing")
    consents.give(scene.session, principal, agent, consents.Scope.CARE, moment, origin="paper")


def _ask(scene: Scene, moment: datetime, *, asker: str, elder: str, new: care.NewCare) -> None:
    who = scene.resident(asker), scene.resident(elder)
    care.request(scene.session, *who, new, HOURS, moment)


def _visit(scene: Scene, elder: str) -> CareRequest:
    theirs = CareRequest.elder_id == scene.resident(elder).id
    return scene.session.scalars(select(CareRequest).where(theirs)).one()


def _match(scene: Scene, moment: datetime, *, elder: str, giver: str) -> None:
    care.match(scene.session, _visit(scene, elder), _giver(scene, giver), _worker(scene), moment)


def _confirm(scene: Scene, moment: datetime, *, elder: str, side: str, minutes: int) -> None:
    visit = _visit(scene, elder)
    care_settling.confirm(scene.session, visit, scene.resident(side), minutes, HOURS, moment)
