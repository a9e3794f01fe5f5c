"""Reading the audit: filtered, by page, inside what the reader may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from services.access import visible_to
from services.calendar import CHINA
from storage.communities import Place
from storage.staff import AuditEntry, Staff

ACTION_NAMES = {
    "staff.sign_in": "登录",
    "staff.sign_out": "退出",
    "staff.locked": "登录被锁",
    "staff.add": "添加人员",
    "staff.change": "改角色或范围",
    "staff.enable": "启用账号",
    "staff.disable": "停用账号",
    "staff.password": "改密码",
    "staff.second_factor_on": "开启动态码",
    "staff.second_factor_off": "关闭动态码",
    "case.move": "改事项状态",
    "case.reassign": "换负责人",
    "case.merge": "合并事项",
    "case.split": "拆出事项",
    "case.confide": "改保密",
    "case.mediator": "指定调解员",
    "case.supervise": "督办",
    "case.answer_order": "答复督办",
    "reply.propose": "提交回复",
    "reply.approve": "通过回复",
    "reply.reject": "退回回复",
    "reply.withdraw": "撤回回复",
    "resident.unmask": "查看居民信息",
    "handover.end": "结束人工对话",
    "outbox.resend": "重发消息",
    "outbox.settle": "了结未送达",
    "item.done": "了结待办",
    "moderation.published": "公开内容",
    "moderation.refused": "不公开内容",
    "moderation.appeal": "作者申诉",
    "words.add": "添加敏感词",
    "words.remove": "删除敏感词",
    "audit.export": "导出审计",
    "intent.correct": "纠正意图",
    "category.correct": "纠正类别",
    "category.keep": "改类别设置",
    "dispatch.keep": "改派单规则",
    "dispatch.remove": "删派单规则",
    "api_key.make": "新建接口密钥",
    "api_key.revoke": "停用接口密钥",
    "city.again": "重发市级动态",
    "place_codes.ask": "申请二维码",
    "case.open": "新建事项",
    "model.step_back": "退回模型",
    "model.train": "训练模型",
}


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are wanted; empty means all. Days are local and both included."""

    staff_id: int | None = None
    action: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class AuditRow:
    """An entry with the name of who did it; 系统 for the program itself."""

    entry: AuditEntry
    actor: str


def search(
    session: Session, reader: Staff, wanted: AuditFilter, *, offset: int = 0, limit: int = 50
) -> tuple[list[AuditRow], int]:
    """A page of entries, the newest first; and how many in all."""
    query = _filtered(reader, wanted)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = session.execute(query.order_by(AuditEntry.id.desc()).offset(offset).limit(limit))
    return [AuditRow(entry, name or "系统") for entry, name in page], total


def _filtered(reader: Staff, wanted: AuditFilter) -> Select[AuditEntry, str]:
    communities = select(Place.community_id).where(
        Place.kind == "community", visible_to(reader, Place.path)
    )
    colleague = aliased(Staff)
    colleagues = select(colleague.id).where(visible_to(reader, colleague.scope_path))
    query = (
        select(AuditEntry, Staff.name)
        .outerjoin(Staff, Staff.id == AuditEntry.staff_id)
        .where(
            or_(
                AuditEntry.community_id.in_(communities),
                and_(AuditEntry.community_id.is_(None), visible_to(reader, Staff.scope_path)),
                and_(
                    AuditEntry.staff_id.is_(None),
                    AuditEntry.subject_kind == Staff.__tablename__,
                    AuditEntry.subject_id.in_(colleagues),
                ),
            )
        )
    )
    if wanted.staff_id is not None:
        query = query.where(AuditEntry.staff_id == wanted.staff_id)
    if wanted.action:
        query = query.where(AuditEntry.action == wanted.action)
    if wanted.first:
        query = query.where(AuditEntry.at >= _midnight(wanted.first))
    if wanted.last:
        query = query.where(AuditEntry.at < _midnight(wanted.last + timedelta(days=1)))
    return query


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)
