"""Words for what is stored as codes and moments: the filters of the templates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from intents.tickets import format_ticket
from services.access import ROLE_NAMES, Role
from services.audit_log import ACTION_NAMES
from services.calendar import CHINA, say_moment
from services.case_states import OUTCOME_NAMES, STATE_NAMES, Outcome, State
from services.desk import KIND_NAMES, ItemKind
from services.intent_names import INTENT_NAMES

DELIVERY = {
    "ready": ("…", "正在发送"),
    "sending": ("…", "正在发送"),
    "retry": ("↻", "没发出去，稍后自动重试"),
    "waiting": ("⏸", "等待居民下次来信"),
    "sent": ("✓", "已送达"),
    "unknown": ("?", "不确定是否送达"),
    "dead": ("✕", "发送失败"),
}
"""A sign and the words for each state of a message on its way; the sign never stands alone."""

REPLY_STATES = {
    "awaiting": "等待审核",
    "approved": "已通过",
    "rejected": "已退回",
    "withdrawn": "已撤回",
}
EVENT_NAMES = {
    "submitted": "提交",
    "moved": "改状态",
    "assigned": "换负责人",
    "note": "内部备注",
    "reply": "答复居民",
    "added": "居民补充",
    "category": "改类别",
}
MESSAGE_KINDS = {
    "image": "图片",
    "voice": "语音",
    "video": "视频",
    "shortvideo": "小视频",
    "location": "位置",
    "link": "链接",
    "event": "操作",
}
SUBJECTS = {
    "cases": "事项",
    "staff": "人员",
    "residents": "居民",
    "replies": "回复",
    "outbox_messages": "消息",
    "queue_items": "待办",
    "corrections": "纠正",
    "topics": "议题",
    "ballots": "表决",
    "questionnaires": "问卷",
    "registered_people": "名册",
    "process_versions": "流程",
}


def span(length: timedelta) -> str:
    """A length of time in its largest unit: 3 小时, 2 天."""
    minutes = int(abs(length).total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} 分钟"
    return f"{minutes // 60} 小时" if minutes < 48 * 60 else f"{minutes // 1440} 天"


def deadline(due: datetime, now: datetime) -> str:
    """How a deadline stands: 还剩 3 小时, 超期 2 天."""
    return f"超期 {span(now - due)}" if due < now else f"还剩 {span(due - now)}"


def idle(since: datetime, now: datetime) -> str:
    """How long ago something was, as a span: 3 小时."""
    return span(now - since)


def urgency(due: datetime, now: datetime) -> str:
    """The class of a deadline: `late`, `soon` (within four hours), or `calm`."""
    if due < now:
        return "late"
    return "soon" if due - now < timedelta(hours=4) else "calm"


def stamp(moment: datetime) -> str:
    """A moment in full, local: 2026-03-05 18:00."""
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"


def said_at(moment: datetime, now: datetime) -> str:
    """A moment as one says it; see `say_moment`."""
    return say_moment(moment, now)


FILTERS: dict[str, Callable[..., Any]] = {
    "ticket": format_ticket,
    "state": lambda value: STATE_NAMES[State(value)],
    "outcome": lambda value: OUTCOME_NAMES[Outcome(value)] if value else "",
    "kind": lambda value: KIND_NAMES[ItemKind(value)],
    "role": lambda value: ROLE_NAMES[Role(value)],
    "action": lambda value: ACTION_NAMES.get(value, value),
    "subject": lambda value: SUBJECTS.get(value, value),
    "intent": lambda value: INTENT_NAMES.get(value, value),
    "event": lambda value: EVENT_NAMES.get(value, value),
    "message_kind": lambda value: MESSAGE_KINDS.get(value, value),
    "delivery": lambda value: DELIVERY.get(value, ("", value)),
    "reply_state": lambda value: REPLY_STATES.get(value, value),
    "deadline": deadline,
    "idle": idle,
    "urgency": urgency,
    "said_at": said_at,
    "stamp": stamp,
}
