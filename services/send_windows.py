"""What WeChat lets an account send to a resident: windows opened by their acts, with quotas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.residents import Resident

MESSAGE_WINDOW, MESSAGE_QUOTA = timedelta(hours=48), 5
TOUCH_WINDOW, TOUCH_QUOTA = timedelta(minutes=1), 3


@dataclass(frozen=True, slots=True)
class Window:
    """What WeChat lets the account send to one resident right now."""

    left: int
    until: datetime | None


def window(resident: Resident, now: datetime) -> Window:
    """Customer-service messages left, and until when: 5 within 48 hours of the resident's last
    message, 3 within a minute of a menu click, a follow or a scan.
    """
    best = Window(0, None)
    for at, sent, span, quota in (
        (resident.last_message_at, resident.sent_since_message, MESSAGE_WINDOW, MESSAGE_QUOTA),
        (resident.last_touch_at, resident.sent_since_touch, TOUCH_WINDOW, TOUCH_QUOTA),
    ):
        if at is not None and now < at + span and quota - sent > best.left:
            best = Window(quota - sent, at + span)
    return best


def count_sent(resident: Resident, now: datetime) -> None:
    """Counts a customer-service message in the window that lets it through."""
    if _touched(resident, now) and resident.sent_since_touch < TOUCH_QUOTA:
        resident.sent_since_touch += 1
    else:
        resident.sent_since_message += 1


def count_back(resident: Resident, now: datetime) -> None:
    """What was counted and not sent is not counted."""
    if _touched(resident, now) and resident.sent_since_touch:
        resident.sent_since_touch -= 1
    elif resident.sent_since_message:
        resident.sent_since_message -= 1


def exhaust(resident: Resident) -> None:
    """Where WeChat says that nothing is left, believe it."""
    resident.sent_since_message = MESSAGE_QUOTA
    resident.sent_since_touch = TOUCH_QUOTA


def _touched(resident: Resident, now: datetime) -> bool:
    touch = resident.last_touch_at
    return touch is not None and now < touch + TOUCH_WINDOW
