"""volunteer hours in the ledger with what they were given for beside it; codes of activities"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import storage.types
from storage.guards import guard_append_only
from storage.migrations import hours_0012

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "service_records",
        sa.Column(
            "entry_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("served_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column(
            "occasion_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "corrects_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["communities.id"],
            name=op.f("fk_service_records_community_id_communities"),
        ),
        sa.ForeignKeyConstraint(
            ["corrects_id"],
            ["ledger_entries.id"],
            name=op.f("fk_service_records_corrects_id_ledger_entries"),
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["ledger_entries.id"],
            name=op.f("fk_service_records_entry_id_ledger_entries"),
        ),
        sa.ForeignKeyConstraint(
            ["occasion_id"], ["occasions.id"], name=op.f("fk_service_records_occasion_id_occasions")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_service_records")),
    )
    with op.batch_alter_table("service_records", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_service_records_community_id"), ["community_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_service_records_corrects_id"), ["corrects_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_service_records_occasion_id"), ["occasion_id"], unique=False
        )

    guard_append_only(op.get_bind(), "service_records")
    hours_0012.take_over(op.get_bind())
    # Dropping a table is no DELETE of a row: what guarded the rows goes with them, and each of
    # them stands in the ledger now, guarded there.
    op.drop_table("hour_entries")

    op.create_table(
        "occasion_codes",
        sa.Column(
            "occasion_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("url", sa.String(length=255), nullable=False),
        sa.Column("error", sa.String(length=200), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", storage.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_at", storage.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["communities.id"],
            name=op.f("fk_occasion_codes_community_id_communities"),
        ),
        sa.ForeignKeyConstraint(
            ["occasion_id"], ["occasions.id"], name=op.f("fk_occasion_codes_occasion_id_occasions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occasion_codes")),
        sa.UniqueConstraint("occasion_id", "kind", name=op.f("uq_occasion_codes_occasion_id_kind")),
    )
    with op.batch_alter_table("occasion_codes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_occasion_codes_community_id"), ["community_id"], unique=False
        )


def downgrade() -> None:
    op.drop_table("occasion_codes")
    op.create_table(
        "hour_entries",
        sa.Column(
            "resident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("served_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column(
            "occasion_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "corrects_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", storage.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.CheckConstraint("kind IN ('credit', 'honour')", name="ck_hour_entries_kind"),
        sa.CheckConstraint("minutes <> 0", name="ck_hour_entries_minutes"),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["communities.id"],
            name=op.f("fk_hour_entries_community_id_communities"),
        ),
        sa.ForeignKeyConstraint(
            ["corrects_id"],
            ["hour_entries.id"],
            name=op.f("fk_hour_entries_corrects_id_hour_entries"),
        ),
        sa.ForeignKeyConstraint(
            ["occasion_id"], ["occasions.id"], name=op.f("fk_hour_entries_occasion_id_occasions")
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["residents.id"], name=op.f("fk_hour_entries_resident_id_residents")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_hour_entries_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hour_entries")),
        sa.UniqueConstraint("source", name=op.f("uq_hour_entries_source")),
    )
    with op.batch_alter_table("hour_entries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_hour_entries_community_id"), ["community_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_hour_entries_occasion_id"), ["occasion_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_hour_entries_resident_id"), ["resident_id"], unique=False
        )
    guard_append_only(op.get_bind(), "hour_entries")
    hours_0012.put_back(op.get_bind())

    op.drop_table("service_records")
