"""A few documents of a community, and how they are brought in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.documents import Document, Passage
from services import policies, staff
from services.access import Role
from services.places import import_tree, read_tree
from storage.communities import Community
from storage.engine import Database
from storage.policies import PolicyDocument
from storage.staff import Staff
from tests.conftest import NOW

TODAY = date(2026, 3, 4)


def paper(title: str, *sections: str, **known: object) -> Document:
    """A document with sections written as `heading：text`."""
    pairs = [section.partition("：") for section in sections]
    passages = tuple(Passage(text, (heading,)) for heading, _, text in pairs)
    return replace(Document(title, title, passages), **known)  # type: ignore[arg-type]


SENIOR = paper(
    "老年人优待证",
    "条件：年满六十周岁的老年人，本地户籍或者持本地居住证的均可办理。",
    "材料：本人居民身份证；近期一寸免冠照片2张。",
    "地点：社区服务大厅2号窗口。",
    "时间：工作日9:00—17:00，当场受理。",
    "电话：社区服务大厅 0000-1234。",
    "办理流程：一、登记；二、制证；三、领取。",
    issuer="民政局",
    number="示例〔2025〕30号",
    issued=date(2025, 3, 1),
    effective=date(2025, 3, 1),
    source="《老年人权益保障法》",
    aliases=("老年证", "敬老卡"),
    sample=True,
)
ALLOWANCE = paper(
    "高龄津贴",
    "条件：本地户籍、年满八十周岁的老年人。",
    "材料：本人居民身份证、户口簿；银行卡。",
    "标准：80—89周岁每月100元，90周岁以上每月200元。",
    "地点：户籍地社区服务大厅。",
    issued=date(2025, 1, 10),
)
CARE = paper(
    "养老服务补贴",
    "条件：经济困难的失能老年人。",
    "材料：身份证；失能评估报告。",
    "标准：每月300元服务券。",
    issued=date(2025, 1, 10),
)
DOG = paper(
    "养犬登记",
    "条件：一户限养一只，烈性犬不得饲养。",
    "材料：养犬人身份证；犬只免疫证明。",
    "地点：派出所户籍窗口。",
    issued=date(2025, 6, 1),
)
ALL = (SENIOR, ALLOWANCE, CARE, DOG)


def community_of(session: Session, code: str = "demo") -> Community:
    """The community of that code; a new one where there was none."""
    found = session.scalar(select(Community).where(Community.code == code))
    if found is None:
        found = Community(code=code, name=code, created_at=NOW)
        session.add(found)
        session.flush()
    return found


def worker_of(session: Session, role: Role) -> Staff:
    """Somebody with that role over the first community."""
    tree = {
        "kind": "street",
        "code": "S",
        "name": "街道",
        "children": [{"kind": "community", "code": "demo", "name": "和平里"}],
    }
    import_tree(session, read_tree(tree), NOW)
    new = staff.NewStaff(role.value, "a long password 42", role, "demo")
    return staff.add(session, new, None, NOW)


def bring_in(database: Database, *documents: Document, draft: bool = False) -> list[int]:
    """Imports documents into the first community; the numbers of the rows."""

    def work(session: Session) -> list[int]:
        mine = community_of(session)
        taken = [policies.bring_in(session, mine, one, NOW, draft=draft) for one in documents]
        return [found.row.id for found in taken]

    return database.write_now(work)


def in_force(database: Database, day: date = TODAY, code: str = "demo") -> list[tuple[str, int]]:
    """Title and version of what may be served on a day."""

    def work(session: Session) -> list[tuple[str, int]]:
        rows = policies.in_force(session, community_of(session, code).id, day)
        return [(row.title, row.version) for row in rows]

    return database.read_now(work)


def row(session: Session, number: int) -> PolicyDocument:
    """The stored version of that number."""
    return session.get_one(PolicyDocument, number)
