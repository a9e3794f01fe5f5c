"""What the staff do in the script: each act goes through the same services as the console."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.life.scene import Scene
from demo.life.script import Step, Story
from services import (
    audit,
    case_work,
    cases,
    desk,
    failed_sends,
    finding,
    handover,
    replies,
    sign_in,
    supervision,
)
from services.access import Permission, require
from services.case_states import Actor, Outcome, State
from services.cases import Move
from services.replies import NewReply
from storage.desk import QueueItem, Reply
from storage.messages import OutboxMessage


class Desk:
    """The staff's side of the script."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._acts: Mapping[str, Callable[[Story, Step], None]] = {
            "to": self._move,
            "note": self._note,
            "reply": self._reply,
            "approve": self._approve,
            "reject": self._reject,
            "withdraw": self._withdraw,
            "reassign": self._reassign,
            "claim": self._claim_only,
            "end": self._end,
            "finish": self._finish,
            "resend": self._decide,
            "settle": self._decide,
            "unmask": self._unmask,
            "sign_in": self._sign_in,
            "supervise": self._supervise,
            "answer": self._answer,
        }

    def act(self, story: Story, step: Step) -> None:
        """Plays a step."""
        self._acts[step.act](story, step)
        self._session.flush()

    @property
    def _session(self) -> Session:
        return self._scene.session

    def _move(self, story: Story, step: Step) -> None:
        scene, case = self._scene, self._scene.case(story)
        to, why = State(step.value), scene.words(step.detail.get("why", ""))
        if case.state == to:  # the clock was first: the return visit, or its seven days
            return
        if step.by == "system":
            cases.move(self._session, case, Move(to, why), Actor.SYSTEM, None, scene.now)
            return
        outcome = Outcome(step.detail["outcome"]) if to is State.RESOLVED else None
        given = step.detail.get("responsible")
        responsible = scene.staff[given].id if given else None
        if to is State.ASSIGNED:
            responsible = responsible or case.responsible_id
        self._claim(step, cases.source_of(case))
        if case.resident_id:
            scene.expect(scene.resident(story.who), step.detail.get("fate"))
        wish = Move(to, why, outcome, responsible)
        person = scene.person(step)
        case_work.move(self._session, person, case, wish, State(case.state), scene.now)

    def _supervise(self, story: Story, step: Step) -> None:
        """Orders that the case be dealt with within `days`."""
        person, case = self._scene.person(step), self._scene.case(story)
        due = self._scene.now + timedelta(days=step.detail.get("days", 3))
        words = self._scene.words(step.value)
        supervision.order(self._session, person, case, words, due, self._scene.now)

    def _answer(self, story: Story, step: Step) -> None:
        person, case = self._scene.person(step), self._scene.case(story)
        supervision.answer(self._session, person, case, step.value, self._scene.now)

    def _note(self, story: Story, step: Step) -> None:
        person, case = self._scene.person(step), self._scene.case(story)
        text = self._scene.words(step.value)
        case_work.note(self._session, person, case, text, self._scene.now)

    def _reassign(self, story: Story, step: Step) -> None:
        person, case = self._scene.person(step), self._scene.case(story)
        to = self._scene.staff[step.value].id
        case_work.reassign(self._session, person, case, to, self._scene.now)

    def _reply(self, story: Story, step: Step) -> None:
        """Writes a reply, about the case of the story where it has one."""
        scene, resident = self._scene, self._scene.resident(story.who)
        case = scene.case(story) if story.name in scene.cases else None
        source = cases.source_of(case) if case else handover.source_of(resident)
        self._claim(step, source)
        newest = replies.newest_inbound_id(self._session, resident)
        new = NewReply(scene.words(step.value), newest, case)
        person = scene.person(step)
        reply = replies.submit(self._session, person, resident, new, "always", scene.now)
        scene.replies[story.name] = reply.id

    def _written(self, story: Story) -> Reply:
        return self._session.get_one(Reply, self._scene.replies[story.name])

    def _approve(self, story: Story, step: Step) -> None:
        reply, scene = self._written(story), self._scene
        scene.expect(scene.resident(story.who), step.detail.get("fate"))
        self._claim(step, replies.source_of(reply))
        replies.approve(self._session, scene.person(step), reply, reply.version, scene.now)

    def _reject(self, story: Story, step: Step) -> None:
        reply, scene = self._written(story), self._scene
        self._claim(step, replies.source_of(reply))
        person = scene.person(step)
        replies.reject(self._session, person, reply, reply.version, step.value, scene.now)

    def _withdraw(self, story: Story, step: Step) -> None:
        reply, scene = self._written(story), self._scene
        replies.withdraw(self._session, scene.person(step), reply, reply.version, scene.now)

    def _claim(self, step: Step, source: str) -> None:
        """Takes what waits under `source`, as one does before working on it."""
        person = self._scene.person(step)
        item = finding.item_of(self._session, person, source)
        if item is not None and item.state == "open":
            self._session.refresh(item)
            desk.claim(self._session, person, item.id, item.version, self._scene.now)
            self._session.refresh(item)

    def _claim_only(self, story: Story, step: Step) -> None:
        self._claim(step, cases.source_of(self._scene.case(story)))

    def _end(self, story: Story, step: Step) -> None:
        resident = self._scene.resident(story.who)
        handover.end(self._session, resident, self._scene.person(step), self._scene.now)

    def _finish(self, story: Story, step: Step) -> None:
        """Declares the open requests and faults of the resident dealt with."""
        person, now = self._scene.person(step), self._scene.now
        for item in self._open_items(story, (desk.ItemKind.REQUEST, desk.ItemKind.FAILURE)):
            require(person, Permission.HANDLE, item.place_path)
            desk.finish(self._session, item.source, now, person)
            audit.record(self._session, now, person, "item.done", item)

    def _decide(self, story: Story, step: Step) -> None:
        """Decides about the messages to the resident whose fate is not known or that failed.

        There are none where holidays came between and the message waited instead.
        """
        person, now = self._scene.person(step), self._scene.now
        for item in self._open_items(story, (desk.ItemKind.FAILED_SEND,)):
            message = self._session.get_one(OutboxMessage, item.outbox_id)
            if step.act == "resend":
                failed_sends.resend(self._session, person, message, now)
            else:
                failed_sends.settle(self._session, person, message, step.value, now)

    def _open_items(self, story: Story, kinds: tuple[desk.ItemKind, ...]) -> list[QueueItem]:
        resident = self._scene.resident(story.who)
        query = select(QueueItem).where(
            QueueItem.resident_id == resident.id,
            QueueItem.kind.in_([kind.value for kind in kinds]),
            QueueItem.state == "open",
        )
        return list(self._session.scalars(query.order_by(QueueItem.id)))

    def _unmask(self, story: Story, step: Step) -> None:
        """Looks at what is masked, with the reason in the audit."""
        person, case = self._scene.person(step), self._scene.cases.get(story.name)
        path = self._scene.case(story).place_path if case else None
        require(person, Permission.UNMASK, path)
        resident = self._scene.resident(story.who)
        now, reason = self._scene.now, step.value
        audit.record(self._session, now, person, "resident.unmask", resident, reason=reason)

    def _sign_in(self, _story: Story, step: Step) -> None:
        stored = sign_in.stored_hash(self._session, step.by)
        attempt = sign_in.Attempt(step.by, stored, fits=True)
        sign_in.sign_in(self._session, attempt, sign_in.SignInRules(), self._scene.now)
