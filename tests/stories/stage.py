"""Plays a story: residents write, time passes, staff act, and what was stored is looked at."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from demo.wechat_side import SignedPush, WeChatSide
from intents import Understander
from services import (
    case_merging,
    cases,
    category_keeping,
    handover,
    personal_data,
    return_visit,
)
from services.access import Role
from services.calendar import CHINA
from services.case_states import Actor, Outcome, State
from services.categories import Catalogues
from services.places import import_tree, read_tree
from settings import DEMO_AES_KEY
from storage.aid import AidRequest, Referral
from storage.board import BoardPost
from storage.care import CareRequest
from storage.case_ties import CaseFollower
from storage.cases import Case, CaseEvent
from storage.communities import Place
from storage.desk import QueueItem
from storage.information import Subscription, TipOff
from storage.messages import InboundMessage, Media, OutboxMessage
from storage.residents import Dialog, Resident
from storage.staff import Staff
from tests.desk import WORKDAY_MORNING, Desk, open_desk
from tests.stories import information, points, volunteering
from tests.stories.deeds import DEEDS
from tests.stories.manners import faults

FOLDER = Path(__file__).parent
SECOND = "second"
SECOND_ACCOUNT = {"appid": "wxsecond", "token": "second-token", "original_id": "gh_second"}
OTHER_TREE = {
    "kind": "street",
    "code": "XHJD",
    "name": "新华街道",
    "children": [
        {
            "kind": "community",
            "code": "other",
            "name": "新华社区",
            "children": [{"kind": "building", "code": "X3", "name": "3栋"}],
        }
    ],
}
WORKERS = (
    ("wang", "王敏", Role.COMMUNITY_WORKER, "demo"),
    ("chen", "陈斌", Role.COMMUNITY_WORKER, "demo"),
    ("li", "李强", Role.GRID_WORKER, "G1"),
    ("zhao", "赵蕾", Role.REVIEWER, "demo"),
    ("sun", "孙洁", Role.REVIEWER, "demo"),
)
_SPAN = re.compile(r"(\d+)\s*(h|m|s|d)")
_UNITS = {"h": "hours", "m": "minutes", "s": "seconds", "d": "days"}
_WAY = (State.ACCEPTED, State.WORKING)
"""The states that a case passes before the ones that stories ask for."""


@dataclass(frozen=True, slots=True)
class Story:
    """A story as written in a file of this folder."""

    name: str
    steps: tuple[dict[str, Any], ...]
    at: datetime | None = None
    both: bool = False
    tree: dict[str, Any] | None = None


def read_stories() -> list[Story]:
    """All stories of this folder, in the order of the files."""
    return [
        _story(told)
        for file in sorted(FOLDER.glob("*.yaml"))
        for told in yaml.safe_load(file.read_text(encoding="utf-8"))
    ]


def _story(told: dict[str, Any]) -> Story:
    at = told.get("at")
    local = datetime.strptime(at, "%Y-%m-%d %H:%M").replace(tzinfo=CHINA) if at else None
    unknown = set(told) - {"name", "at", "both", "tree", "steps"}
    assert not unknown, f"{told['name']}: unknown keys {unknown}"
    return Story(
        told["name"], tuple(told["steps"]), local, told.get("both", False), told.get("tree")
    )


@dataclass
class Stage:
    """A desk on which one story is played; `said` keeps every text of the bot."""

    url: str
    understander: Understander
    folder: Path
    desk: Desk
    restart: Callable[[], Any]
    openid: str = "u1"
    said: list[str] = field(default_factory=list)
    number: int = 0

    async def play(self, story: Story) -> None:
        if story.at is not None:
            self.desk.clock.now = story.at
        if story.tree is not None:
            tree = read_tree(story.tree)
            self.desk.do(lambda s: import_tree(s, tree, self.desk.clock()))
        for number, step in enumerate(story.steps, 1):
            try:
                await self._step(dict(step))
            except AssertionError as error:
                raise AssertionError(f"step {number} {step}: {error}\n\n{self.talk()}") from None

    def talk(self) -> str:
        return "\n---\n".join(self.said[-4:])

    async def _step(self, step: dict[str, Any]) -> None:
        self.openid = step.pop("as", self.openid)
        for deed in ("wait", "staff", "restart", "home", "older form", "jobs", *points.DEEDS):
            if deed in step:
                await self._deed(deed, step.pop(deed))
        if "together" in step:
            for reply in await asyncio.gather(*map(self._text, step.pop("together"))):
                self._judge(reply, step)
        else:
            push = self._push(step)
            if push is not None:
                self._judge(await self._send(push), step)
        self._look(step.get("then", {}))
        unknown = set(step) - {"expect", "exact", "never", "silent", "then"}
        assert not unknown, f"unknown words {sorted(unknown)}"

    async def _text(self, text: str) -> str:
        return await self._send(self._side().compose_text(self.openid, text))

    async def _send(self, push: SignedPush) -> str:
        self.desk.clock.forward(seconds=2)
        account = f"/{SECOND}" if push.openid.startswith("b-") else ""
        url = f"{self.desk.url}/wechat{account}"
        reply = await self._side().post(self.desk.session, url, push) or ""
        self.said.append(reply)
        return reply

    def _push(self, step: dict[str, Any]) -> SignedPush | None:
        side, who = self._side(), self.openid
        makers: dict[str, Callable[[Any], SignedPush]] = {
            "say": lambda text: side.compose_text(who, str(text)),
            "invited": lambda by: side.compose_text(who, self._invitation(by)),
            "types": lambda what: side.compose_text(who, self.desk.look(self._shown(what))),
            "long": lambda told: side.compose_text(who, told["text"] * told["times"]),
            "photo": lambda name: side.compose_image(who, str(name)),
            "voice": lambda words: side.compose_voice(who, f"v{len(self.said)}", words or ""),
            "video": lambda name: side.compose_video(who, str(name)),
            "link": lambda title: side.compose_link(who, title, "http://example.invalid/"),
            "location": lambda spot: side.compose_location(who, spot[0], spot[1], spot[2]),
            "click": lambda key: side.compose_click(who, key),
            "scan": lambda scene: side.compose_scan(who, scene),
            "scans": lambda what: side.compose_scan(who, self.desk.look(self._shown(what))),
            "follow": lambda scene: side.compose_subscribe(who, scene or ""),
            "unfollow": lambda _: side.compose_unsubscribe(who),
        }
        for kind, make in makers.items():
            if kind in step:
                return make(step.pop(kind))
        return None

    def _invitation(self, head: str) -> str:
        return self.desk.look(lambda s: points.invitation(s, head))

    def _side(self) -> WeChatSide:
        """The account that the resident follows; names that begin with `b-` follow the second."""
        if not self.openid.startswith("b-"):
            return self.desk.side
        return WeChatSide(
            appid=SECOND_ACCOUNT["appid"],
            token=SECOND_ACCOUNT["token"],
            original_id=SECOND_ACCOUNT["original_id"],
            aes_key=DEMO_AES_KEY,
            clock=self.desk.clock,
        )

    def _judge(self, reply: str, step: dict[str, Any]) -> None:
        if step.get("silent", False):
            assert reply == "", f"expected silence, heard {reply!r}"
            return
        assert reply, "silence"
        wrong = faults(reply)
        assert not wrong, f"{wrong} in {reply!r}"
        if "exact" in step:
            assert reply == step["exact"].strip(), reply
        for words in _listed(step.get("expect", ())):
            assert words in reply, f"{words!r} is not in {reply!r}"
        for words in _listed(step.get("never", ())):
            assert words not in reply, f"{words!r} is in {reply!r}"

    async def _deed(self, deed: str, told: Any) -> None:
        match deed:
            case "wait":
                for count, unit in _SPAN.findall(told):
                    self.desk.clock.forward(**{_UNITS[unit]: float(count)})
            case "restart":
                self.desk = await self.restart()
            case "home":
                self.desk.do(lambda s: setattr(self._me(s), "home_id", _place(s, told).id))
            case "older form":
                self.desk.do(lambda s: _change_form(s.get_one(Dialog, self._me(s).id), told))
            case "jobs":
                self.desk.do(lambda s: volunteering.jobs(s, self.desk.clock()))
            case "staff":
                self.desk.do(lambda s: self._staff(s, told))
            case _:
                act = points.DEEDS[deed]
                self.desk.do(lambda s: act(s, self._me(s), told, self.desk.clock()))

    def _shown(self, what: str) -> Callable[[Session], str]:
        """What somebody else's screen shows just now: a code to type, a QR code to scan."""
        return partial(volunteering.shown, what=what, now=self.desk.clock())

    def _me(self, session: Session) -> Resident:
        return session.scalars(select(Resident).where(Resident.openid == self.openid)).one()

    def _staff(self, session: Session, told: str) -> None:
        now = self.desk.clock()
        deed, _, rest = told.partition(" ")
        worker = session.scalars(select(Staff).where(Staff.login == "wang")).one()
        if deed == "activity":
            volunteering.open_activity(session, worker, rest, now)
            return
        me = self._me(session)
        match deed:
            case "takes":
                handover.take(session, me, now)
            case "ends":
                handover.end(session, me, worker, now)
            case "moves":
                state, _, reason = rest.partition(" ")
                case = cases.cases_of(session, me)[0]
                for step in (*_WAY, State(state)):
                    wish = cases.Move(step, reason, Outcome.FIXED)
                    cases.move(session, case, wish, Actor.STAFF, worker.id, now)
            case "confirms":
                volunteering.confirm(session, worker, now)
            case "names":
                me.name = rest
            case "asks" | "closes":
                code, _, questions = rest.partition(" ")
                keep_category(session, me.community_id, code, questions, deed == "asks", now)
            case _ if deed in DEEDS:
                DEEDS[deed](session, worker, me, rest, now)
            case _:
                self._handle(session, worker, deed, rest)

    def _handle(self, session: Session, worker: Staff, deed: str, rest: str) -> None:
        """What staff do with cases beside moving them."""
        now, me = self.desk.clock(), self._me(session)
        match deed:
            case "announces":
                information.publish(session, rest, now)
            case "visits":
                now = self.desk.workers.hours.add(now, 2 * 540)
                self.desk.clock.now = now
                return_visit.ask_due(session, self.desk.workers.hours, now)
            case "merges":
                case, primary = (
                    session.scalars(select(Case).where(Case.number == int(number))).one()
                    for number in rest.split(" into ")
                )
                case_merging.merge(session, worker, case, primary, "", now)
            case "splits":
                case = cases.cases_of(session, me)[0]
                new = case_merging.SplitOff(rest, case.category)
                case_merging.split(session, worker, case, new, self.desk.workers.hours, now)
            case _:
                raise AssertionError(f"staff cannot {deed!r}")

    def _look(self, then: dict[str, Any]) -> None:
        for what, expected in then.items():
            seen = self.desk.look(partial(self._see, what, expected))
            assert seen == expected, f"{what}: {seen!r} instead of {expected!r}"

    def _see(self, what: str, expected: Any, session: Session) -> Any:
        if what.startswith("kept texts holding "):
            return sum(what.rsplit(" ", 1)[1] in text for text in _kept_texts(session))
        if what in ("form", "handover", "strikes"):
            return getattr(session.get_one(Dialog, self._me(session).id), what)
        if what == "personal data":
            data = personal_data.summary(session, self._me(session))
            return {key: getattr(data, key) for key in expected}
        if what == "case":
            return _newest_case(expected, session)
        return SIGHTS[what](session)


def keep_category(
    session: Session, community_id: int, code: str, questions: str, active: bool, now: datetime
) -> None:
    """Keeps a shipped category as a reviewer would; `/n` stands between the questions."""
    catalogue = Catalogues()(session, community_id)
    category = catalogue.get(code)
    assert category is not None, code
    staff = session.scalars(select(Staff).where(Staff.login == "zhao")).one()
    wanted = category_keeping.Wanted(
        code=code,
        group=category.group,
        name=category.name,
        department=category.department,
        sla=category.sla,
        active=active,
        questions=questions.replace("/n", "\n"),
    )
    category_keeping.keep(session, staff, community_id, wanted, catalogue, now)


def _newest_case(wanted: dict[str, Any], session: Session) -> dict[str, Any]:
    case = session.scalars(select(Case).order_by(Case.id.desc())).first()
    assert case is not None, "there is no case"
    place = session.get(Place, case.place_id) if case.place_id else None
    added = (CaseEvent.case_id == case.id, CaseEvent.kind == "added")
    seen = {
        "at_place": place.code if place else None,
        "photos": _count(session, Media, Media.case_id == case.id),
        "added": _count(session, CaseEvent, *added),
    }
    return {name: seen[name] if name in seen else getattr(case, name) for name in wanted}


def _queue(session: Session) -> dict[str, int]:
    query = select(QueueItem.kind, func.count()).where(QueueItem.state == "open")
    return {kind: count for kind, count in session.execute(query.group_by(QueueItem.kind))}


def _kept_texts(session: Session) -> list[str]:
    texts = [*session.scalars(select(InboundMessage.text)), *session.scalars(select(OUT))]
    return sorted({*texts} - {""})


def _phones(session: Session) -> list[str]:
    return [phone for phone in session.scalars(select(Case.contact_phone)) if phone]


def _sent(session: Session) -> list[str]:
    return list(session.scalars(select(OUT).order_by(OutboxMessage.id)))


OUT = OutboxMessage.text
SIGHTS: dict[str, Callable[[Session], Any]] = {
    "cases": lambda s: _count(s, Case),
    "followers": lambda s: _count(s, CaseFollower),
    "queue": _queue,
    "residents": lambda s: _count(s, Resident, Resident.openid.in_(("u1", "u2"))),
    "kept texts": _kept_texts,
    "contact phones": _phones,
    **points.SIGHTS,
    "sign-ups": volunteering.sign_ups,
    "hours": volunteering.hours,
    "told": volunteering.told,
    "posts": lambda s: list(s.scalars(select(BoardPost.state).order_by(BoardPost.id))),
    "care minutes": lambda s: [n for n in s.scalars(select(CareRequest.settled_minutes)) if n],
    "aid": lambda s: list(s.scalars(select(AidRequest.state).order_by(AidRequest.id))),
    "referrals": lambda s: list(s.scalars(select(Referral.state).order_by(Referral.id))),
    "last told": lambda s: s.scalars(select(OUT).order_by(OutboxMessage.id.desc())).first(),
    "sent": _sent,
    "sent count": lambda s: len(_sent(s)),
    "subscriptions": lambda s: sorted(s.scalars(select(Subscription.topic))),
    "tips": lambda s: [
        ["named" if tip.resident_id else "unnamed", tip.text]
        for tip in s.scalars(select(TipOff).order_by(TipOff.id))
    ],
}


def _open_communities(session: Session) -> None:
    """A second community with the same house numbers, and two people who work in the first."""
    import_tree(session, read_tree(OTHER_TREE), WORKDAY_MORNING)
    for login, name, role, scope in WORKERS:
        session.add(
            Staff(
                login=login,
                name=name,
                role=role,
                scope_path=_place(session, scope).path,
                password_hash="nobody signs in here",
                created_at=WORKDAY_MORNING,
            )
        )


def _count(session: Session, table: Any, *conditions: Any) -> int:
    return int(session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0)


def _place(session: Session, code: str) -> Place:
    place: Place = session.scalars(select(Place).where(Place.code == code)).one()
    return place


def _change_form(dialog: Dialog, without: str) -> None:
    """Makes the open form one of an older version, in which a value was not yet known."""
    values = {k: v for k, v in dialog.progress["values"].items() if k != without}
    dialog.progress = {**dialog.progress, "values": {**values, "gone": "a slot that is no more"}}
    dialog.form_version = 0


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


@asynccontextmanager
async def open_stage(url: str, understander: Understander, folder: Path) -> AsyncIterator[Stage]:
    """A stage on an empty database, with a second account of another community."""
    async with AsyncExitStack() as stack:
        second = {SECOND: {**SECOND_ACCOUNT, "community": "other", "aes_key": DEMO_AES_KEY}}

        async def open_once() -> Desk:
            return await stack.enter_async_context(
                open_desk(url, understander, folder, wechat={"accounts": second})
            )

        async def restart() -> Desk:
            now = stage.desk.clock.now
            await stack.aclose()
            desk = await open_once()
            desk.clock.now = now
            return desk

        stage = Stage(url, understander, folder, await open_once(), restart)
        stage.desk.do(_open_communities)
        yield stage
