"""One's own entries to take home (签名凭证): a link that opens for a short while.

The link names the resident and its end and is signed by the deployment (see storage.signing), so
that nothing about it is stored and nobody can make one up.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from deliberation.chain import canonical
from services import ledger_proof
from storage.residents import Resident
from storage.signing import fits, public_key, sign

LIFE = timedelta(minutes=30)
FILE = "points.json"


def ticket(session: Session, resident: Resident, now: datetime) -> str:
    """What stands in the link: number, end in seconds since 1970, signature."""
    end = int((now + LIFE).timestamp())
    text = _text(resident.community_id, resident.id, end)
    signature = base64.b64decode(sign(session, text)).hex()
    return f"{resident.id}-{end}-{signature}"


def document(
    session: Session, community_id: int, typed: str, now: datetime
) -> dict[str, Any] | None:
    """The signed statement that a link opens; None where it is none, or not any more."""
    number, _, rest = typed.partition("-")
    end, _, signature = rest.partition("-")
    if not (number.isdecimal() and end.isdecimal() and len(number) < 16 and len(end) < 12):
        return None
    text = _text(community_id, int(number), int(end))
    try:
        given = base64.b64encode(bytes.fromhex(signature)).decode()
    except ValueError:
        return None
    if not fits(public_key(session), text, given) or now > datetime.fromtimestamp(int(end), UTC):
        return None
    resident = session.get(Resident, int(number))
    if resident is None or resident.community_id != community_id or resident.forgotten_at:
        return None
    return ledger_proof.document(session, resident)


def _text(community_id: int, resident_id: int, end: int) -> str:
    return canonical(
        {"for": "ledger export", "community": community_id, "resident": resident_id, "end": end}
    )
