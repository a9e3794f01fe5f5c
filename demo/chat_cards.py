"""How a message that the account sends by itself looks on the phone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from demo.fake_wechat import Sent

PATHS = {"template": "message/template/send", "subscribe": "message/subscribe/bizsend"}
SERVICE_PATH = "message/custom/send"
NAMES = {"template": "模板消息", "subscribe": "订阅通知"}
LABELS = {
    "thing": "事项",
    "character_string": "编号",
    "phrase": "状态",
    "time": "时间",
    "date": "日期",
    "name": "姓名",
    "number": "数量",
    "amount": "金额",
    "phone_number": "电话",
    "const": "类型",
}


@dataclass(frozen=True, slots=True)
class CardLook:
    """What a template looks like at WeChat: its title, and the label of each of its fields."""

    title: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AccountLook:
    """What the account looks like to residents; `cards` by template id."""

    name: str = "说事台"
    cards: Mapping[str, CardLook] = field(default_factory=dict)


def shown(sent: Sent, cards: Mapping[str, CardLook]) -> tuple[str, str, dict[str, Any]]:
    """What `sent` is called, the API path it came by, and the page's message without its frame."""
    if sent.type in PATHS:
        return NAMES[sent.type], PATHS[sent.type], _card(sent, cards)
    if sent.type == "image":
        url = f"/demo/photo/{sent.content.get('media_id', '')}"
        return "客服消息（图片）", SERVICE_PATH, {"kind": "image", "text": "图片", "url": url}
    return "客服消息", SERVICE_PATH, {"kind": "text", "text": sent.text}


def _card(sent: Sent, cards: Mapping[str, CardLook]) -> dict[str, Any]:
    """A template as a card; an unknown one is labelled by the kind that its field names tell."""
    look = cards.get(str(sent.content.get("template_id")), CardLook("服务通知"))
    data = dict(sent.content.get("data") or {})
    rows = [[_label(key, look), str(value.get("value", ""))] for key, value in data.items()]
    url = str(sent.content.get("url") or "")
    kind = {"kind": "card", "title": look.title, "origin": NAMES[sent.type]}
    return {**kind, "text": "", "rows": rows, "url": url}


def _label(key: str, look: CardLook) -> str:
    return look.labels.get(key) or LABELS.get(re.sub(r"\d+$", "", key), key)
