"""One message, one transaction: from the stored push to the stored reply.

A repeat of a message finds its first copy and gets the same reply; the resident's row is locked
meanwhile, so that copies and quick thumbs are handled in order, whichever process they reach.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot import events, stages
from bot.talk import Talk, short_word, text_of, visible
from bot.wechat.replies import TEXT_BYTES, fit_text
from dialogue.forms import Heard
from dialogue.messages import Incoming, Kind
from handlers.kit import Say, Turn, World
from handlers.registry import Registry
from services import arrivals, inbound, media, outbox, residents
from services.arrivals import Arrival, Sender
from storage.communities import Community

LATE = timedelta(seconds=13)
"""After this WeChat repeats a push no more: the reply goes out by itself."""
SORRY = "刚才出了点小问题。您的话已经记下，工作人员会看到。"
CALL = "\n急事请打社区电话 {phone}。"
LATE_VOTE = "刚才回得慢了，您的选择没有投出。请回复“表决”再投一次。"
_COMMUNITY = select(Community).where(Community.code == bindparam("code"))
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
        arrival = self._arrive(session, incoming)
        known = arrival.known if arrival else inbound.find(session, incoming.account, incoming.key)
        if known is not None:
            return _outcome(known)
        now = self._clock()
        if incoming.kind is Kind.EVENT and not events.is_of_resident(incoming.event):
            inbound.keep_notice(session, incoming, self._community(session, incoming).id, now)
            return Outcome("", now)
        arrival = arrival or self._meet(session, incoming, now)
        talk = self._talk(session, incoming, arrival, now)
        row = talk.turn.inbound
        said = self._answer(talk, incoming)
        if incoming.event in events.FAREWELLS:
            return Outcome("", now)
        late = self._clock() - incoming.sent_at > LATE
        reply = self._word(talk, said, arrival, late=late)
        row.reply, row.late, row.trace = reply, late, talk.trace
        if talk.sealed:
            inbound.seal(session, row)
            media.discard(session, talk.turn.media_id)
        inbound.answered(session, row)
        residents.keep_dialog(session, arrival.dialog)
        return Outcome(reply, now, late)

    def take_failed(self, session: Session, incoming: Incoming, error: BaseException) -> Outcome:
        """Keeps a message whose handling failed, shows it to the staff, answers politely."""
        known = inbound.find(session, incoming.account, incoming.key)
        if known is not None:
            return _outcome(known)
        now = self._clock()
        arrival = self._arrive(session, incoming) or self._meet(session, incoming, now)
        community, resident = arrival.community, arrival.resident
        form = self._registry.forms.get(arrival.dialog.form or "")
        if form is not None and form.sealed:
            incoming = replace(incoming, text=inbound.SEALED)
        row = inbound.new(incoming, resident, now)
        row.reply = SORRY + (CALL.format(phone=community.phone) if community.phone else "")
        row.trace = [["failed", type(error).__name__]]
        inbound.report_failure(session, resident, row, error, now)
        return Outcome(row.reply, now)

    def _arrive(self, session: Session, incoming: Incoming) -> Arrival | None:
        code = self._communities[incoming.account]
        sender = Sender(code, incoming.account, incoming.openid)
        return arrivals.arrive(session, sender, incoming.key)

    def _meet(self, session: Session, incoming: Incoming, now: datetime) -> Arrival:
        community = self._community(session, incoming)
        resident = residents.meet(session, community.id, incoming.account, incoming.openid, now)
        return Arrival(community, resident, residents.dialog_of(session, resident, now))

    def _community(self, session: Session, incoming: Incoming) -> Community:
        code = self._communities[incoming.account]
        return session.scalars(_COMMUNITY, {"code": code}).one()

    def _talk(self, session: Session, incoming: Incoming, arrival: Arrival, now: datetime) -> Talk:
        community, resident, dialog = arrival.community, arrival.resident, arrival.dialog
        row = inbound.keep(session, incoming, resident, now)
        medium = None
        if incoming.kind in MEDIA and incoming.media_id:
            medium = media.note(session, resident, row, incoming.media_id, now).id
        turn = Turn(session, now, self._world, community, resident, dialog, row, medium)
        return Talk(turn, self._registry, _heard(incoming, medium))

    def _answer(self, talk: Talk, incoming: Incoming) -> Say:
        resident, now = talk.turn.resident, talk.turn.now
        if incoming.kind is Kind.EVENT:
            if events.open_window(talk.turn.session, resident, incoming.event, now):
                outbox.reopen_waiting(talk.turn.session, resident, now)
            key = incoming.event_key or incoming.detail.get("ScanCodeInfo.ScanResult", "")
            return events.answer_event(talk, incoming.event, key)
        residents.wrote(talk.turn.session, resident, now)
        return stages.answer(talk)

    def _word(self, talk: Talk, said: Say, arrival: Arrival, *, late: bool) -> str:
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
        if not arrival.waits or not events.shows_reply(turn.inbound.event):
            return text
        waited = outbox.take_waiting(
            turn.session, turn.resident, TEXT_BYTES - len(text.encode()) - 8, turn.now
        )
        return "\n\n".join(part for part in (*waited, text) if part)

    def _follow(self, turn: Turn, pieces: list[str], why: str) -> None:
        for number, piece in enumerate(pieces):
            source = f"{why}:{turn.inbound.id}:{number}"
            outbox.post(turn.session, turn.resident, piece, source=source, now=turn.now)


def _outcome(known: inbound.Known) -> Outcome:
    return Outcome(known.reply or "", known.received_at, known.late)


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
