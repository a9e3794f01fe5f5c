"""The demo community: its tree, its staff, the residents one can talk as."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import yaml
from sqlalchemy.orm import Session

from demo.personas import Persona
from services import places, staff
from services.access import Role

TREE = Path(__file__).with_name("tree.yaml")
PASSWORD = staff.DEMO_PASSWORD

PERSONAS = (
    Persona("demo-wang-xiulan", "王秀兰", 72, "3栋2单元三楼，老伴走得早，女儿住对门"),
    Persona("demo-li-jianguo", "李建国", 58, "5栋1单元，退休电工，爱管闲事"),
    Persona("demo-chen-jing", "陈静", 34, "6栋2单元，孩子上小学，常在夜里写消息"),
    Persona("demo-new", "新邻居", about="刚搬来，还没有关注", following=False),
)
STAFF = (
    ("wang", "王敏", Role.COMMUNITY_WORKER, "demo"),
    ("chen", "陈斌", Role.COMMUNITY_WORKER, "demo"),
    ("zhao", "赵蕾", Role.REVIEWER, "demo"),
    ("li", "李强", Role.GRID_WORKER, "G1"),
    ("zhou", "周洁", Role.GRID_WORKER, "G2"),
    ("sun", "孙涛", Role.GRID_WORKER, "G3"),
    ("qian", "钱主任", Role.SUPERVISOR, "HPJD"),
    ("admin", "管理员", Role.ADMINISTRATOR, "HPJD"),
)
LEFT = ("wu", "吴刚", Role.GRID_WORKER, "G3")
"""Worked here before the month begins; the account is kept, disabled."""


def open_community(session: Session, now: datetime) -> None:
    """Imports the tree of the demo community."""
    tree = yaml.safe_load(TREE.read_text(encoding="utf-8"))
    places.import_tree(session, places.read_tree(tree), now)


def add_staff(session: Session, now: datetime) -> None:
    """Adds the staff of the demo community, all with the demo password."""
    for login, name, role, scope in (*STAFF, LEFT):
        new = staff.NewStaff(login, PASSWORD, role, scope, name)
        added = staff.add(session, new, None, now)
        if login == LEFT[0]:
            staff.set_active(session, added, False, None, now)
