"""Reading the audit: filtered, by page, inside what the reader may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from services.access import visible_to
from services.calendar import CHINA
from services.scope import communities
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
    "organisation.add": "添加合作单位",
    "organisation.change": "改合作单位",
    "organisation.assign": "归入合作单位",
    "board.take_off": "撤下集市内容",
    "wish.taken": "接心愿",
    "wish.done": "办成心愿",
    "aid.take": "接手帮扶申请",
    "aid.refer": "转介",
    "aid.close": "办结帮扶申请",
    "aid.referral_accepted": "接转介",
    "aid.referral_declined": "没有接转介",
    "aid.referral_done": "办好转介",
    "care.giver": "时间银行帮忙的人",
    "care.match": "时间银行牵线",
    "care.settle": "时间银行定时间",
    "topic.opened": "开议题",
    "topic.stage": "议题换阶段",
    "topic.published": "公布议题内容",
    "topic.decided": "公布决议",
    "topic.done": "办结议题",
    "topic.ended": "终止议题",
    "ballot.planned": "安排表决",
    "ballot.opened": "表决开始",
    "ballot.extended": "表决延期",
    "ballot.closed": "表决截止",
    "ballot.paper_entered": "录入纸质或电话票",
    "ballot.paper_cast": "复录并投出",
    "ballot.paper_differs": "两次录入不一样",
    "questionnaire.planned": "安排问卷",
    "register.imported": "导入名册",
    "register.named": "导入名册人员",
    "register.bound": "绑定名册账号",
    "process.kept": "改议事流程",
    "audit.export": "导出审计",
    "report.make": "做报表",
    "report.read": "看过报表",
    "report.export": "下载报表",
    "topic.propose": "建议成为议题",
    "intent.correct": "纠正意图",
    "category.correct": "纠正类别",
    "category.keep": "改类别设置",
    "dispatch.keep": "改派单规则",
    "dispatch.remove": "删派单规则",
    "api_key.make": "新建接口密钥",
    "api_key.revoke": "停用接口密钥",
    "city.again": "重发市级动态",
    "place_codes.ask": "申请二维码",
    "volunteers.report": "导出志愿月报",
    "occasion_codes.ask": "申请活动二维码",
    "consent.recorded": "登记授权",
    "consent.ended": "收回授权",
    "goods.redeem_for": "代为兑换",
    "activity.sign_up_for": "代为报名",
    "activity.cancel_for": "代为取消报名",
    "care.ask_for": "代为约照料",
    "case.open": "新建事项",
    "model.step_back": "退回模型",
    "ledger.check": "核对账本",
    "points.rule": "改积分规则",
    "points.rule_active": "启停积分规则",
    "points.terms": "改积分办法",
    "points.propose": "提出积分",
    "points.granted": "复核通过积分",
    "points.refused": "退回积分",
    "points.upheld": "维持扣分",
    "points.reversed": "冲回积分",
    "points.proof": "导出积分凭证",
    "points.export": "导出积分表",
    "ledger.reverse": "冲正分录",
    "goods.add": "上架商品",
    "goods.change": "改商品",
    "goods.active": "启停商品",
    "goods.hand_over": "核销兑换",
    "goods.cancel": "代取消兑换",
    "household.join": "加入家庭账户",
    "household.leave": "退出家庭账户",
    "activity.draft": "新建活动",
    "activity.change": "改活动",
    "activity.publish": "发布活动",
    "activity.occasion": "加活动场次",
    "activity.cancel_occasion": "取消场次",
    "activity.cancel": "取消活动",
    "activity.capacity": "改名额",
    "attendance.confirm": "确认签到表",
    "attendance.settle": "核实没签退",
    "hours.backfill": "补录时长",
    "hours.backfill_approved": "通过补录",
    "hours.backfill_rejected": "退回补录",
    "hours.correct": "更正时长",
    "volunteers.export": "导出志愿者",
    "consent.given": "授权代办",
    "consent.revoked": "收回授权",
    "publication.submit": "提交公开",
    "publication.approve": "通过公开",
    "publication.return": "退回公开",
    "publication.withdraw": "撤下公开",
    "notice.write": "写通知",
    "sheet.begin": "新建清单或资金表",
    "tip_off.checking": "开始核查举报",
    "tip_off.settled": "办结举报",
    "tip_off.contact": "查看举报人联系方式",
    "policy.import": "导入政策",
    "policy.publish": "发布政策",
    "policy.withdraw": "撤下政策",
    "policy.write": "写政策条目",
    "policy.submit": "提交政策条目",
    "policy.return": "退回政策条目",
    "policy.question.settle": "了结政策提问",
    "model.train": "训练模型",
    "terms.keep": "改时限与日历",
    "case.summary": "写公开摘要",
    "case.summary_off": "撤下公开摘要",
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
    colleague = aliased(Staff)
    colleagues = select(colleague.id).where(visible_to(reader, colleague.scope_path))
    query = (
        select(AuditEntry, Staff.name)
        .outerjoin(Staff, Staff.id == AuditEntry.staff_id)
        .where(
            or_(
                AuditEntry.community_id.in_(communities(reader)),
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
