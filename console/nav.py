"""The main pages of the console: what stands in the bar, and what behind 更多."""

from __future__ import annotations

from dataclasses import dataclass

from services.access import Permission


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the navigation; `first` stands in the bar itself."""

    href: str
    name: str
    permission: Permission
    first: bool = False


ENTRIES: tuple[Entry, ...] = (
    Entry("/console/", "待办", Permission.SEE, first=True),
    Entry("/console/cases", "事项", Permission.SEE, first=True),
    Entry("/console/figures", "概况", Permission.SEE, first=True),
    Entry("/console/reports", "报表", Permission.REPORT),
    Entry("/console/hot-topics", "热点", Permission.SEE),
    Entry("/console/points", "积分", Permission.KEEP_POINTS),
    Entry("/console/activities", "活动", Permission.KEEP_ACTIVITIES),
    Entry("/console/volunteers", "志愿者", Permission.KEEP_ACTIVITIES),
    Entry("/console/policies", "政策库", Permission.KEEP_KNOWLEDGE),
    Entry("/console/notices", "通知和公开", Permission.KEEP_NOTICES),
    Entry("/console/tips", "保密举报", Permission.APPROVE),
    Entry("/console/categories", "类别", Permission.KEEP_DESK),
    Entry("/console/dispatch", "派单规则", Permission.KEEP_DESK),
    Entry("/console/terms", "时限与日历", Permission.KEEP_DESK),
    Entry("/console/posters", "二维码", Permission.SEE),
    Entry("/console/city", "市级对接", Permission.KEEP_DESK),
    Entry("/console/keys", "接口密钥", Permission.KEEP_STAFF),
    Entry("/console/moderation", "内容审核", Permission.MODERATE),
    Entry("/console/aid", "困难帮扶", Permission.SEE_PRIVATE),
    Entry("/console/referrals", "转介", Permission.SEE),
    Entry("/console/care", "时间银行", Permission.KEEP_HELP),
    Entry("/console/wishes", "心愿单", Permission.SEE),
    Entry("/console/board", "集市", Permission.KEEP_HELP),
    Entry("/console/organisations", "合作单位", Permission.KEEP_HELP),
    Entry("/console/hall", "议事", Permission.KEEP_TOPICS),
    Entry("/console/audit", "审计", Permission.SEE_AUDIT),
    Entry("/console/staff", "人员", Permission.KEEP_STAFF),
    Entry("/console/model", "模型", Permission.KEEP_MODEL),
)


def current(entry: Entry, path: str) -> bool:
    """Whether the page at `path` belongs to this entry."""
    if entry.href == "/console/":
        return path == entry.href
    return path == entry.href or path.startswith(entry.href + "/")
