"""积分公示: how many points were issued, used, expired and are out, month by month.

A month that is over is written down once, with the number and hash of its last entry and the
signature of the deployment. Who keeps a published hash can tell any later change before it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from deliberation.chain import GENESIS, canonical
from services.calendar import CHINA
from services.ledger_accounts import Purse, Unit
from storage.ledger import LedgerAccount, LedgerEntry, LedgerHead, LedgerMonth
from storage.signing import sign

SETTLED_AFTER = timedelta(hours=1)
"""How long after its end a month is written down, so that no entry is still on its way."""


@dataclass(frozen=True, slots=True)
class Figures:
    """A month in points (or minutes). `outstanding` is what people have at its end, `reserved`
    what lies ready to be picked up; the others are what moved, reversals taken off.
    """

    month: str
    issued: int = 0
    redeemed: int = 0
    expired: int = 0
    withdrawn: int = 0
    reserved: int = 0
    outstanding: int = 0
    number: int = 0
    hash: str = GENESIS


def month_of(moment: datetime) -> str:
    """The month of a moment in China: 2026-03."""
    return f"{moment.astimezone(CHINA):%Y-%m}"


def following(month: str) -> str:
    """The month after."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12}-{number % 12 + 1:02d}"


def begin_of(month: str) -> datetime:
    """The first moment (aware UTC) of a month in China."""
    return datetime(int(month[:4]), int(month[5:]), 1, tzinfo=CHINA).astimezone(UTC)


def published(session: Session, community_id: int, unit: Unit) -> list[LedgerMonth]:
    """The months that are over, the newest first."""
    query = select(LedgerMonth).where(
        LedgerMonth.community_id == community_id, LedgerMonth.unit == unit.value
    )
    return list(session.scalars(query.order_by(LedgerMonth.month.desc())))


def unpublished(session: Session, community_id: int, unit: Unit, now: datetime) -> list[Figures]:
    """The months that are not written down yet, the running one last; never empty."""
    done = published(session, community_id, unit)
    figures = figures_of(done[0]) if done else Figures("")
    month = following(figures.month) if done else _first_month(session, community_id, unit, now)
    months = []
    while month <= month_of(now):
        figures = _add(session, community_id, unit, month, figures)
        months.append(figures)
        month = following(month)
    return months or [Figures(month_of(now))]


def close_months(session: Session, now: datetime) -> int:
    """Writes down the months that are over, in every community; returns how many."""
    current, closed = month_of(now - SETTLED_AFTER), 0
    for community_id in session.scalars(select(LedgerHead.community_id)).all():
        for unit in Unit:
            closed += _close(session, community_id, unit, current, now)
    return closed


def _close(session: Session, community_id: int, unit: Unit, current: str, now: datetime) -> int:
    done = published(session, community_id, unit)
    figures = figures_of(done[0]) if done else Figures("")
    month = following(figures.month) if done else _first_month(session, community_id, unit, now)
    closed = 0
    while month < current:
        figures = _add(session, community_id, unit, month, figures)
        session.add(
            LedgerMonth(
                community_id=community_id,
                unit=unit.value,
                signature=sign(session, signed_text(community_id, unit.value, figures)),
                closed_at=now,
                **asdict(figures),
            )
        )
        month, closed = following(month), closed + 1
    session.flush()
    return closed


def signed_text(community_id: int, unit: str, figures: Figures) -> str:
    """What is under the signature of a month: canonical JSON of its figures."""
    return canonical({"community": community_id, "unit": unit, **asdict(figures)})


def figures_of(row: LedgerMonth) -> Figures:
    """A published month as plain figures."""
    return Figures(
        row.month,
        row.issued,
        row.redeemed,
        row.expired,
        row.withdrawn,
        row.reserved,
        row.outstanding,
        row.number,
        row.hash,
    )


def _first_month(session: Session, community_id: int, unit: Unit, now: datetime) -> str:
    first = session.scalar(
        select(func.min(LedgerEntry.at)).where(
            LedgerEntry.community_id == community_id, LedgerEntry.unit == unit.value
        )
    )
    return month_of(first or now)


def _add(session: Session, community_id: int, unit: Unit, month: str, before: Figures) -> Figures:
    """The figures of a month, given those at the end of the one before."""
    flows = _flows(session, community_id, unit, month)

    def into(purse: Purse) -> int:
        came = sum(amount for (_, to), amount in flows.items() if to == purse)
        return came - sum(amount for (giver, _), amount in flows.items() if giver == purse)

    number, chain_hash = _last(session, community_id, month)
    return Figures(
        month,
        issued=-into(Purse.ISSUE),
        redeemed=into(Purse.REDEEMED),
        expired=into(Purse.EXPIRED),
        withdrawn=into(Purse.WITHDRAWN),
        reserved=before.reserved + into(Purse.RESERVE),
        outstanding=before.outstanding + into(Purse.RESIDENT) + into(Purse.HOUSEHOLD),
        number=number or before.number,
        hash=chain_hash or before.hash,
    )


def _flows(
    session: Session, community_id: int, unit: Unit, month: str
) -> dict[tuple[str, str], int]:
    """What moved in a month from one kind of account to another."""
    giver, taker = aliased(LedgerAccount), aliased(LedgerAccount)
    query = (
        select(giver.kind, taker.kind, func.sum(LedgerEntry.amount))
        .join(giver, giver.id == LedgerEntry.from_account_id)
        .join(taker, taker.id == LedgerEntry.to_account_id)
        .where(
            LedgerEntry.community_id == community_id,
            LedgerEntry.unit == unit.value,
            LedgerEntry.at >= begin_of(month),
            LedgerEntry.at < begin_of(following(month)),
        )
        .group_by(giver.kind, taker.kind)
    )
    return {(one, other): int(amount) for one, other, amount in session.execute(query)}


def _last(session: Session, community_id: int, month: str) -> tuple[int, str]:
    """Number and hash of the last entry of a month, of any unit; (0, "") where there is none."""
    row = session.execute(
        select(LedgerEntry.number, LedgerEntry.hash)
        .where(
            LedgerEntry.community_id == community_id,
            LedgerEntry.at >= begin_of(month),
            LedgerEntry.at < begin_of(following(month)),
        )
        .order_by(LedgerEntry.number.desc())
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row else (0, "")
