"""What WeChat lets an account send to a resident, and what opens it.

After a message 5 customer-service messages within 48 hours; after a menu click, a follow or a scan
3 within a minute. Allowances do not add up. Tapping an item of a menu message counts as a click,
not as a message (rules in force since June 2023).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from dialogue.messages import Incoming, Kind


class Touch(StrEnum):
    """A contact that is not a message."""

    MENU = "menu"
    FOLLOW = "follow"
    SCAN = "scan"


MESSAGE_SPAN, MESSAGE_ALLOWANCE = timedelta(hours=48), 5
TOUCH_SPAN, TOUCH_ALLOWANCE = timedelta(minutes=1), 3
TOUCHES = {
    "click": Touch.MENU,
    "scancode_push": Touch.MENU,
    "scancode_waitmsg": Touch.MENU,
    "subscribe": Touch.FOLLOW,
    "scan": Touch.SCAN,
}


@dataclass(frozen=True, slots=True)
class Window:
    """A resident's last contacts (aware UTC) and the customer-service messages sent since each."""

    last_message_at: datetime | None = None
    sent_since_message: int = 0
    last_touch_at: datetime | None = None
    touch: Touch | None = None
    sent_since_touch: int = 0


def touch_of(incoming: Incoming) -> Touch | None:
    """The touch that `incoming` is, or None; a message is no touch, nor is a link opened."""
    if incoming.kind is Kind.EVENT:
        return TOUCHES.get(incoming.event)
    return Touch.MENU if "bizmsgmenuid" in incoming.detail else None


def is_message(incoming: Incoming) -> bool:
    """Whether `incoming` is a message that opens the 48 hours."""
    return incoming.kind is not Kind.EVENT and touch_of(incoming) is None


def customer_service_left(window: Window, now: datetime) -> int:
    """How many customer-service messages may be sent at `now`."""
    after_message = _left(
        window.last_message_at, MESSAGE_SPAN, MESSAGE_ALLOWANCE - window.sent_since_message, now
    )
    after_touch = _left(
        window.last_touch_at, TOUCH_SPAN, TOUCH_ALLOWANCE - window.sent_since_touch, now
    )
    return max(after_message, after_touch)


def _left(opened_at: datetime | None, span: timedelta, left: int, now: datetime) -> int:
    return max(left, 0) if opened_at is not None and now - opened_at < span else 0
