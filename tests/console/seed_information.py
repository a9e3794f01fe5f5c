"""What the community of the console's tests has made public, and one tip-off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from knowledge.documents import Document, Passage
from services import desk, notices, policies, publishing, sheets, tip_offs
from services.calendar import OfficeHours
from services.sheets import FundLine, ServiceLine
from services.tip_offs import Told
from storage.communities import Community
from storage.residents import Resident
from storage.staff import Staff

HOURS = OfficeHours()
SECRET_WORDS = "有人拿慰问金给自己家买了空调"
FUNDS = [
    FundLine("楼道灯改造", "市级惠民资金", 4_200_000, 4_186_000, date(2026, 2, 20), "已验收"),
    FundLine("=充电棚", "街道以奖代补", 5_500_000, 50),
]


@dataclass(frozen=True)
class Information:
    """The numbers of what was made."""

    policy: int
    notice: int
    funds: int
    services: int
    tip: int


def fill_information(
    session: Session,
    community: Community,
    staff: dict[str, Staff],
    resident: Resident,
    now: datetime,
) -> Information:
    """A published notice with a picture, a list, funds, a policy entry, and a tip-off."""
    author, reviewer = staff["worker"], staff["reviewer"]
    passages = (Passage("本人身份证；一寸照片2张。", ("材料",)), Passage("2号窗口。", ("地点",)))
    senior = Document(
        "senior",
        "老年人优待证",
        passages,
        aliases=("老年证",),
        asked=("给我妈办个敬老卡",),
        sample=True,
    )
    policy = policies.bring_in(session, community, senior, now).row
    until = (now + timedelta(days=20)).date()
    wording = notices.Wording("outage", "明天停水", "9:00到11:00，换水表。", until)
    notice = notices.write(session, author, community, wording, now)
    notices.set_pictures(session, author, notice, [["lamp.png", "停水的楼栋"]], now)
    publishing.submit(session, author, notice, notice.version, "明天停水", HOURS, now)
    notices.publish(session, reviewer, notice, notice.version, now)
    funds = _sheet(session, community, author, reviewer, "funds", FUNDS, now)
    lines = [ServiceLine("居住证明", "开居住情况证明", "2号窗口", "身份证", "服务大厅", "0000-1")]
    services = _sheet(session, community, author, reviewer, "service", lines, now)
    told = Told(SECRET_WORDS, resident, "13900007777")
    tip = tip_offs.leave(session, community, told, HOURS, now)
    desk.finish(session, tip_offs.source_of(tip), now)
    return Information(policy.id, notice.id, funds, services, tip.id)


def _sheet(
    session: Session,
    community: Community,
    author: Staff,
    reviewer: Staff,
    kind: str,
    lines: list[FundLine] | list[ServiceLine],
    now: datetime,
) -> int:
    sheet = sheets.begin(session, author, community, kind, 2026, lines, now)
    publishing.submit(session, author, sheet, sheet.version, kind, HOURS, now)
    sheets.publish(session, reviewer, sheet, sheet.version, now)
    return sheet.id
