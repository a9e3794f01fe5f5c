"""What the platform refuses in messages, with its codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from demo.fake.state import ApiRefusal, FakeWeChat

TEXT_BYTES = 2048
CHINESE = re.compile(r"[\u4e00-\u9fff]")
VALUE_LIMITS = {"thing": 20, "character_string": 32, "phrase": 5}


def take_service_message(state: FakeWeChat, body: Mapping[str, Any]) -> None:
    """A customer-service message: refused, or recorded."""
    openid, kind = recipient(body), str(body.get("msgtype"))
    content = body.get(kind)
    if kind not in {"text", "image"} or not isinstance(content, dict):
        raise ApiRefusal(40008, "invalid message type")
    if kind == "text" and not content.get("content"):
        raise ApiRefusal(44004, "empty content")
    if len(str(content.get("content", "")).encode()) > TEXT_BYTES:
        raise ApiRefusal(45002, "content size out of limit")
    if kind == "image" and content.get("media_id") not in state.media:
        raise ApiRefusal(40007, "invalid media_id")
    state.take_allowance(openid)
    state.record(openid, kind, content)


def take_template(state: FakeWeChat, body: Mapping[str, Any]) -> int:
    """A template message; its number."""
    openid = recipient(body)
    check_values(body)
    state.record(openid, "template", body)
    return 200_000_000 + len(state.sent)


def take_notice(state: FakeWeChat, body: Mapping[str, Any]) -> None:
    """A subscription notice, against the resident's consent."""
    openid, template_id = recipient(body), str(body.get("template_id"))
    check_values(body)
    if state.consents[openid, template_id] < 1:
        raise ApiRefusal(43101, "user refuse to accept the msg")
    state.consents[openid, template_id] -= 1
    state.record(openid, "subscribe", body)


def recipient(body: Mapping[str, Any]) -> str:
    openid = body.get("touser")
    if not isinstance(openid, str) or not openid:
        raise ApiRefusal(40003, "invalid openid")
    return openid


def check_values(body: Mapping[str, Any]) -> None:
    """The lengths that template fields allow, by the kind that their name begins with."""
    if not body.get("template_id"):
        raise ApiRefusal(40037, "invalid template_id")
    for name, field in dict(body.get("data") or {}).items():
        value = str(field.get("value", "")) if isinstance(field, dict) else ""
        kind = re.sub(r"\d+$", "", name)
        wrong = len(value) > VALUE_LIMITS.get(kind, 10_000) or (
            kind == "character_string" and CHINESE.search(value)
        )
        if wrong or not value:
            raise ApiRefusal(47003, f"argument invalid! data.{name}.value invalid")
