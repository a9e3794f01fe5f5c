"""What is known when a message arrives, in one statement: every message asks it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from services import outbox
from services.inbound import Known, reply_of
from storage.communities import Community
from storage.messages import InboundMessage
from storage.residents import Dialog, Resident

_ARRIVAL = (
    select(
        Community,
        Resident,
        Dialog,
        InboundMessage.id,
        InboundMessage.reply,
        InboundMessage.received_at,
        InboundMessage.late,
        outbox.waits_for(Resident.id).label("waits"),
    )
    .select_from(Resident)
    .join(Dialog, Dialog.resident_id == Resident.id)
    .join(Community, Community.code == bindparam("community"))
    .outerjoin(
        InboundMessage,
        and_(InboundMessage.account == Resident.account, InboundMessage.key == bindparam("key")),
    )
    .where(Resident.account == bindparam("account"), Resident.openid == bindparam("openid"))
    # other transactions may still refer to the resident, so that a new row about them never waits
    .with_for_update(of=(Resident, Dialog), key_share=True)
)


@dataclass(frozen=True, slots=True)
class Sender:
    """Where a message comes from: the code of the community, the account, the openid."""

    community: str
    account: str
    openid: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """The sender of a message and their conversation, locked for this transaction.

    `known` is what is stored of the message where it is a repeat; `waits` says that a text waits
    for this resident.
    """

    community: Community
    resident: Resident
    dialog: Dialog
    known: Known | None = None
    waits: bool = False


def arrive(session: Session, sender: Sender, key: str) -> Arrival | None:
    """What is known of a sender and of their message with this key; None for somebody new.

    The lock puts the messages of one resident in a row, whichever process receives them.
    """
    wanted = {
        "community": sender.community,
        "account": sender.account,
        "openid": sender.openid,
        "key": key,
    }
    for home, resident, dialog, stored, reply, at, late, waits in session.execute(_ARRIVAL, wanted):
        known = None if stored is None else Known(reply_of(session, stored, reply), at, late)
        return Arrival(home, resident, dialog, known, waits)
    return None
