"""Rules of points, what was awarded by them, and the goods that points buy."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Keyed, OfCommunity


class PointsTerms(Base):
    """How a community keeps its points; a change holds for what comes after it.

    `life_months`: points end with the last day of that month after they were earned, 0 for never.
    `approval_above`: awards of more need a second person. `pickup_days`: how long goods are kept.
    """

    __tablename__ = "points_terms"
    __table_args__ = (
        CheckConstraint(
            "life_months >= 0 AND approval_above >= 0 AND pickup_days > 0", "ck_points_terms"
        ),
    )

    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"), primary_key=True)
    life_months: Mapped[int]
    approval_above: Mapped[int]
    pickup_days: Mapped[int]
    updated_at: Mapped[datetime]


class PointRule(Keyed, OfCommunity, Base):
    """A rule by which points are given or taken; what it says is in its newest version."""

    __tablename__ = "point_rules"
    __table_args__ = (Index("uq_point_rules_code", "community_id", "code", unique=True),)

    code: Mapped[str] = mapped_column(String(24))
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int]
    created_at: Mapped[datetime]


class PointRuleVersion(Keyed, OfCommunity, Base):
    """What a rule said from a moment on; never changed, never removed (guarded by triggers).

    `amount` is below zero for a deduction (扣分). The caps are points, 0 for none: `cap_occasion`
    for one person at one occasion, `cap_day` and `cap_year` for one person in a day, a year.
    """

    __tablename__ = "point_rule_versions"
    __table_args__ = (
        Index("uq_point_rule_versions", "rule_id", "version", unique=True),
        CheckConstraint("amount <> 0", "ck_point_rule_versions_amount"),
        CheckConstraint(
            "cap_occasion >= 0 AND cap_day >= 0 AND cap_year >= 0", "ck_point_rule_versions_caps"
        ),
    )

    rule_id: Mapped[int] = mapped_column(ForeignKey("point_rules.id"))
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(40))
    description: Mapped[str] = mapped_column(String(200))
    amount: Mapped[int]
    cap_occasion: Mapped[int]
    cap_day: Mapped[int]
    cap_year: Mapped[int]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]


class PointAward(Keyed, OfCommunity, Base):
    """Points given or taken by a rule, with what was decided about it.

    States: waiting → granted | refused; a granted deduction may be appealed, then upheld or
    reversed. `amount` is what counts, after the caps; below zero for a deduction. `day` is the
    local date `2026-03-04` under which it counts for the caps.
    """

    __tablename__ = "point_awards"
    __table_args__ = (
        Index("uq_point_awards_source", "community_id", "source", unique=True),
        Index("ix_point_awards_caps", "resident_id", "rule_id", "day"),
        Index("ix_point_awards_state", "community_id", "state"),
    )

    rule_id: Mapped[int] = mapped_column(ForeignKey("point_rules.id"))
    rule_version_id: Mapped[int] = mapped_column(ForeignKey("point_rule_versions.id"))
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    source: Mapped[str] = mapped_column(String(64))
    occasion: Mapped[str] = mapped_column(String(48), default="")
    day: Mapped[str] = mapped_column(String(10))
    amount: Mapped[int]
    reason: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(12))
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    decision: Mapped[str] = mapped_column(Text, default="")
    appeal: Mapped[str] = mapped_column(Text, default="")
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entries.id"))
    created_at: Mapped[datetime]


class Goods(Keyed, OfCommunity, Base):
    """Something that points buy; `stock` is what nobody has reserved. 1 point is worth 1 yuan.

    `per_quarter` is how many one purse may have in a quarter, 0 for any number.
    """

    __tablename__ = "goods"
    __table_args__ = (
        CheckConstraint("stock >= 0", "ck_goods_stock"),
        CheckConstraint("price > 0 AND per_quarter >= 0", "ck_goods_price"),
    )

    name: Mapped[str] = mapped_column(String(24))
    description: Mapped[str] = mapped_column(String(120), default="")
    price: Mapped[int]
    stock: Mapped[int]
    per_quarter: Mapped[int]
    place: Mapped[str] = mapped_column(String(80), default="")
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]


class Redemption(Keyed, OfCommunity, Base):
    """One piece of goods reserved with points, until it is handed over or given back.

    States: reserved → handed | cancelled | lapsed. `code` is what the resident says at the
    counter; it is there once among what is reserved.
    """

    __tablename__ = "redemptions"
    __table_args__ = (
        Index(
            "uq_redemptions_code",
            "community_id",
            "code",
            unique=True,
            sqlite_where=text("state = 'reserved'"),
            postgresql_where=text("state = 'reserved'"),
        ),
        Index("uq_redemptions_source", "community_id", "source", unique=True),
        Index("ix_redemptions_limit", "account_id", "goods_id", "quarter"),
        Index("ix_redemptions_state", "state", "until"),
    )

    goods_id: Mapped[int] = mapped_column(ForeignKey("goods.id"), index=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("ledger_accounts.id"))
    source: Mapped[str] = mapped_column(String(64))
    points: Mapped[int]
    quarter: Mapped[str] = mapped_column(String(6))
    code: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(12))
    reserve_entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entries.id"), unique=True)
    final_entry_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entries.id"), unique=True)
    until: Mapped[datetime]
    reminded: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class PointsRanking(Base):
    """A resident who wants to be seen on the ranking, under the name they chose."""

    __tablename__ = "points_ranking"

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"), index=True)
    name: Mapped[str] = mapped_column(String(12))
    joined_at: Mapped[datetime]
