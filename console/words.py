"""Words for what is stored as codes and moments: the filters of the templates."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from intents.tickets import format_ticket
from services.access import ROLE_NAMES, Role
from services.audit_log import ACTION_NAMES
from services.calendar import CHINA, say_moment
from services.case_states import OUTCOME_NAMES, STATE_NAMES, Outcome, State
from services.confidence import CONFIDENCE_NAMES, Confidence
from services.desk import KIND_NAMES, ItemKind
from services.intent_names import INTENT_NAMES
from services.money import say_yuan
from services.policy_shelf import STANDING_NAMES
from services.publishing import STAGE_NAMES, Stage
from services.residents import display_name
from services.return_visit import SATISFACTION_NAMES
from services.subscriptions import TOPICS
from services.tip_offs import STATE_NAMES as TIP_STATES
from services.tip_offs import shown
from storage.communities import Community

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
    "opened": "工作人员登记",
    "moved": "改状态",
    "assigned": "换负责人",
    "note": "内部备注",
    "reply": "答复居民",
    "added": "居民补充",
    "category": "改类别",
    "corrected": "居民更正",
    "followed": "邻居也遇到",
    "merged": "并入",
    "split": "拆出一件",
    "paused": "期限暂停",
    "resumed": "期限继续",
    "escalated": "催办",
    "supervised": "督办",
    "answered": "答复督办",
    "rated": "居民评价",
    "confided": "改保密",
    "mediator": "调解员",
    "terms": "时限更新",
    "summary": "公开摘要",
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
    "reports": "报表",
    "hot_topics": "热点",
    "point_rules": "积分规则",
    "points_terms": "积分办法",
    "point_awards": "积分",
    "goods": "商品",
    "redemptions": "兑换",
    "households": "家庭账户",
    "ledger_entries": "分录",
    "activities": "活动",
    "occasions": "活动场次",
    "sign_ups": "报名",
    "backfills": "补录",
    "hour_entries": "时长",
    "notices": "通知",
    "public_sheets": "清单资金",
    "tip_offs": "举报",
    "policy_documents": "政策",
    "policy_questions": "政策提问",
    "category_settings": "类别",
    "desk_terms": "时限与日历",
    "dispatch_rules": "派单规则",
    "api_keys": "接口密钥",
    "consents": "授权",
    "submissions": "待审内容",
    "care_requests": "时间银行",
    "care_givers": "帮忙的人",
    "aid_requests": "帮扶申请",
    "referrals": "转介",
    "board_posts": "集市",
    "wishes": "心愿",
    "organisations": "合作单位",
    "communities": "社区",
    "sensitive_words": "敏感词",
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


def community_options(communities: Iterable[Community]) -> list[tuple[int, str]]:
    """Communities as the options of a select."""
    return [(one.id, one.name) for one in communities]


def day(value: date | None) -> str:
    """A day as 2026-03-05; empty for none."""
    return value.isoformat() if value else ""


FILTERS: dict[str, Callable[..., Any]] = {
    "ticket": format_ticket,
    "state": lambda value: STATE_NAMES[State(value)],
    "outcome": lambda value: OUTCOME_NAMES[Outcome(value)] if value else "",
    "kind": lambda value: KIND_NAMES[ItemKind(value)],
    "confidence": lambda value: CONFIDENCE_NAMES[Confidence(value)] if value else "公开",
    "satisfaction": lambda value: SATISFACTION_NAMES.get(value, ""),
    "resident": display_name,
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
    "day": day,
    "yuan": say_yuan,
    "topic": lambda value: TOPICS.get(value, value),
    "stage": lambda value: STAGE_NAMES[Stage(value)],
    "standing": lambda value: STANDING_NAMES[value],
    "tip_state": lambda value: TIP_STATES.get(value, value),
    "receipt": shown,
}
