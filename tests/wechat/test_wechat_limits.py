"""How many customer-service messages a resident's last contacts allow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.wechat.limits import Touch, Window, customer_service_left, is_message, touch_of
from dialogue.messages import Incoming, Kind

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


@pytest.mark.parametrize(
    ("window", "left"),
    [
        (Window(), 0),
        (Window(last_message_at=ago(seconds=1)), 5),
        (Window(last_message_at=ago(hours=47, minutes=59), sent_since_message=3), 2),
        (Window(last_message_at=ago(hours=48)), 0),
        (Window(last_message_at=ago(hours=1), sent_since_message=5), 0),
        (Window(last_message_at=ago(hours=1), sent_since_message=9), 0),
        (Window(last_touch_at=ago(seconds=59), touch=Touch.SCAN), 3),
        (Window(last_touch_at=ago(seconds=60), touch=Touch.SCAN), 0),
        (Window(last_touch_at=NOW, sent_since_touch=3), 0),
        (Window(ago(hours=1), 5, ago(seconds=5), Touch.MENU, 1), 2),
        (Window(ago(hours=1), 1, ago(seconds=5), Touch.MENU, 1), 4),
    ],
)
def test_what_is_left_is_the_larger_allowance(window: Window, left: int) -> None:
    assert customer_service_left(window, NOW) == left


@pytest.mark.parametrize(
    ("event", "touch"),
    [
        ("click", Touch.MENU),
        ("scancode_push", Touch.MENU),
        ("scancode_waitmsg", Touch.MENU),
        ("subscribe", Touch.FOLLOW),
        ("scan", Touch.SCAN),
        ("view", None),
        ("location", None),
        ("templatesendjobfinish", None),
        ("unsubscribe", None),
    ],
)
def test_an_event_is_a_touch_or_nothing_but_never_a_message(
    event: str, touch: Touch | None
) -> None:
    incoming = Incoming("", "o", "k", Kind.EVENT, NOW, event=event)
    assert (touch_of(incoming), is_message(incoming)) == (touch, False)


def test_a_message_opens_two_days_and_a_tapped_menu_item_a_minute() -> None:
    message = Incoming("", "o", "k", Kind.IMAGE, NOW)
    tapped = Incoming("", "o", "k", Kind.TEXT, NOW, detail={"bizmsgmenuid": "0"})
    assert (touch_of(message), is_message(message)) == (None, True)
    assert (touch_of(tapped), is_message(tapped)) == (Touch.MENU, False)
