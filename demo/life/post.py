"""The postman of the demo's life: what the desk sends arrives, unless the script says otherwise."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from services import delivery
from services.calendar import OfficeHours
from services.delivery import Fate, Postman

ERRORS = {
    Fate.UNKNOWN: "Ambiguous 发出后没有等到微信的回音",
    Fate.REFUSED: "Invalid 40003 invalid openid",
    Fate.AGAIN: "Temporary -1 system busy",
    Fate.NO_WINDOW: "OutOfWindow 45015 response out of time limit",
}


class Post:
    """Sends what is due; `fates` holds what happens now to a resident's message."""

    def __init__(self, capabilities: Collection[str], hours: OfficeHours) -> None:
        self._postman = Postman("demo", {"": capabilities}, hours)
        self.fates: dict[str, Fate] = {}

    def deliver(self, session: Session, now: datetime) -> None:
        """Sends everything that is due at `now`."""
        while parcels := delivery.claim(session, self._postman, now):
            for parcel in parcels:
                fate = self.fates.pop(parcel.openid, Fate.SENT)
                delivery.settle(session, parcel.id, fate, ERRORS.get(fate, ""), now)
            session.flush()
