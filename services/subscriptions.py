"""Subscriptions: residents who want to hear when something on a topic is published."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services import outbox
from storage.information import Subscription
from storage.insert import insert_ignoring
from storage.residents import Resident

TOPICS = {
    "outage": "停水停电",
    "health": "健康义诊",
    "activity": "活动",
    "benefit": "政策福利",
    "safety": "安全提醒",
    "funds": "资金公开",
    "other": "其他通知",
}
"""The topics by code; notices have one, and published funds and lists are of `funds`."""

HEARD = {
    "outage": ("停水", "停电", "停气", "停暖"),
    "health": ("义诊", "体检", "健康", "疫苗", "打针"),
    "activity": ("活动", "讲座", "比赛", "电影"),
    "benefit": ("政策", "福利", "补贴", "津贴"),
    "safety": ("安全", "防骗", "诈骗", "防火", "台风", "天气"),
    "funds": ("资金", "经费", "财务", "账目", "花钱"),
}
"""Words by which residents mean a topic."""


def topics_meant(words: str) -> list[str]:
    """The codes of the topics that the words name, in the order of TOPICS."""
    return [
        code
        for code, name in TOPICS.items()
        if name in words or any(word in words for word in HEARD.get(code, ()))
    ]


def subscribe(session: Session, resident: Resident, topics: Iterable[str], now: datetime) -> None:
    """Adds topics to what the resident hears of; what is there stays."""
    for topic in topics:
        session.execute(
            insert_ignoring(session, Subscription).values(
                community_id=resident.community_id,
                resident_id=resident.id,
                topic=topic,
                created_at=now,
            )
        )


def unsubscribe(session: Session, resident: Resident, topics: Iterable[str] = TOPICS) -> None:
    """Takes topics away, all of them where none are named."""
    session.execute(
        delete(Subscription).where(
            Subscription.resident_id == resident.id, Subscription.topic.in_(list(topics))
        )
    )


def topics_of(session: Session, resident: Resident) -> list[str]:
    """The codes of the topics that a resident hears of, in the order of TOPICS."""
    query = select(Subscription.topic).where(Subscription.resident_id == resident.id)
    mine = set(session.scalars(query))
    return [topic for topic in TOPICS if topic in mine]


def tell(
    session: Session, community_id: int, topic: str, text: str, *, source: str, now: datetime
) -> int:
    """Puts `text` on its way to everybody of the community who asked for the topic; how many.

    The outbox holds it back in quiet hours and until WeChat lets it through.
    """
    query = (
        select(Resident)
        .join(Subscription, Subscription.resident_id == Resident.id)
        .where(
            Subscription.community_id == community_id,
            Subscription.topic == topic,
            Resident.following.is_(True),
        )
    )
    told = session.scalars(query.order_by(Resident.id)).all()
    for resident in told:
        where = f"{source}:{resident.id}"
        outbox.post(
            session,
            resident,
            text,
            source=where,
            now=now,
            template="notice",
            fields={"note": text},
        )
    return len(told)
