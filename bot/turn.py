"""One message, one transaction: from the stored push to the stored reply.

A repeat of a message finds its first copy and gets the same reply; the resident's row is locked
meanwhile, so that copies and quick thumbs are handled in order, whichever process they reach.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import events, stages
from bot.talk import Talk, short_word, text_of, visible
from bot.wechat.replies import TEXT_BYTES, fit_text
from dialogue.forms import Heard
from dialogue.messages import Incoming, Kind
from handlers.kit import Say, Turn, World
from handlers.registry import Registry
from services import inbound, media, outbox, residents
from storage.communities import Community
from storage.residents import Dialog, Resident

LATE = timedelta(seconds=13)
"""After this WeChat repeats a push no more: the reply goes out by itself."""
SORRY = "刚才出了点小问题。您的话已经记下，工作人员会看到。"
CALL = "\n急事请打社区电话 {phone}。"
LATE_VOTE = "刚才回得慢了，您的选择没有投出。请回复“表决”再投一次。"
MEDIA = frozenset({Kind.IMAGE, Kind.VOICE, Kind.VIDEO})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a push is answered with: the stored text, and when it was stored.

    With `late` the text travels through the outbox and the push gets only an acknowledgement.
    """

    text: str
    at: datetime
    late: bool = False


class TurnTaker:
    """Answers messages for the accounts of this deployment; `communities` says whose they are."""

    def __init__(
        self,
        registry: Registry,
        world: World,
        communities: Mapping[str, str],
        clock: Callable[[], datetime],
    ) -> None:
        self._registry = registry
        self._world = world
        self._communities = communities
        self._clock = clock

    def take(self, session: Session, incoming: Incoming) -> Outcome:
        """Answers one message, once; the caller commits."""
        # before the resident is met: the repeat of a farewell meets nobody
        known = _recall(session, incoming)
        if known is not None:
            return known
        now = self._clock()
        if incoming.kind is Kind.EVENT and not events.is_of_resident(incoming.event):
            inbound.keep_notice(session, incoming, self._community(session, incoming).id, now)
            return Outcome("", now)
        talk = self._talk(session, incoming, now)
        row = talk.turn.inbound
        said = self._answer(talk, incoming)
        if incoming.event in events.FAREWELLS:
            return Outcome("", now)
        late = self._clock() - incoming.sent_at > LATE
        reply = self._word(talk, said, late=late)
        row.reply, row.late, row.trace = reply, late, talk.trace
        if talk.sealed:
            inbound.seal(session, row)
            media.discard(session, talk.turn.media_id)
        inbound.answered(session, row)
        return Outcome(reply, now, late)

    def take_failed(self, session: Session, incoming: Incoming, error: BaseException) -> Outcome:
        """Keeps a message whose handling failed, shows it to the staff, answers politely."""
        known = _recall(session, incoming)
        if known is not None:
            return known
        now = self._clock()
        community, resident, dialog = self._meet(session, incoming, now)
        form = self._registry.forms.get(dialog.form or "")
        if form is not None and form.sealed:
            incoming = replace(incoming, text=inbound.SEALED)
        row = inbound.new(incoming, resident, now)
        row.reply = SORRY + (CALL.format(phone=community.phone) if community.phone else "")
        row.trace = [["failed", type(error).__name__]]
        inbound.report_failure(session, resident, row, error, now)
        return Outcome(row.reply, now)

    def _meet(
        self, session: Session, incoming: Incoming, now: datetime
    ) -> tuple[Community, Resident, Dialog]:
        code, account, openid = (
            self._communities[incoming.account],
            incoming.account,
            incoming.openid,
        )
        met = residents.met_before(session, code, account, openid)
        if met is not None:
            return met
        community = self._community(session, incoming)
        resident = residents.meet(session, community.id, account, openid, now)
        return community, resident, residents.dialog_of(session, resident, now)

    def _community(self, session: Session, incoming: Incoming) -> Community:
        code = self._communities[incoming.account]
        return session.scalars(select(Community).where(Community.code == code)).one()

    def _talk(self, session: Session, incoming: Incoming, now: datetime) -> Talk:
        community, resident, dialog = self._meet(session, incoming, now)
        row = inbound.keep(session, incoming, resident, now)
        medium = None
        if incoming.kind in MEDIA and incoming.media_id:
            medium = media.note(session, resident, row, incoming.media_id, now).id
        turn = Turn(session, now, self._world, community, resident, dialog, row, medium)
        return Talk(turn, self._registry, _heard(incoming, medium))

    def _answer(self, talk: Talk, incoming: Incoming) -> Say:
        resident, now = talk.turn.resident, talk.turn.now
        if incoming.kind is Kind.EVENT:
            if events.open_window(resident, incoming.event, now):
                outbox.reopen_waiting(talk.turn.session, resident, now)
            key = incoming.event_key or incoming.detail.get("ScanCodeInfo.ScanResult", "")
            return events.answer_event(talk, incoming.event, key)
        resident.last_message_at, resident.sent_since_message = now, 0
        resident.following = True
        return stages.answer(talk)

    def _word(self, talk: Talk, said: Say, *, late: bool) -> str:
        """The reply as text: what waited for this contact first, then the answer itself.

        What does not fit into one message follows through the outbox; a late reply goes that way
        as a whole.
        """
        turn = talk.turn
        pieces = fit_text(text_of(said))
        text = pieces[0] if pieces else ""
        if late:
            self._follow(turn, [LATE_VOTE] if talk.sealed else pieces, "late")
            return text
        self._follow(turn, [] if talk.sealed else pieces[1:], "more")
        if not events.shows_reply(turn.inbound.event):
            return text
        waited = outbox.take_waiting(
            turn.session, turn.resident, TEXT_BYTES - len(text.encode()) - 8, turn.now
        )
        return "\n\n".join(part for part in (*waited, text) if part)

    def _follow(self, turn: Turn, pieces: list[str], why: str) -> None:
        for number, piece in enumerate(pieces):
            source = f"{why}:{turn.inbound.id}:{number}"
            outbox.post(turn.session, turn.resident, piece, source=source, now=turn.now)


def _recall(session: Session, incoming: Incoming) -> Outcome | None:
    known = inbound.find(session, incoming.account, incoming.key)
    return Outcome(known.reply or "", known.received_at, known.late) if known else None


def _heard(incoming: Incoming, medium: int | None) -> Heard:
    found: dict[str, Any] = {}
    if medium is not None and incoming.kind is Kind.IMAGE:
        found["photo"] = medium
    if incoming.kind is Kind.LOCATION and incoming.latitude is not None:
        found["location"] = {
            "latitude": incoming.latitude,
            "longitude": incoming.longitude,
            "label": incoming.text,
        }
    if incoming.kind not in (Kind.TEXT, Kind.VOICE):
        return Heard("", incoming.kind, found)
    words = visible(incoming.text)
    return Heard(words, incoming.kind, found, short_word(words))
