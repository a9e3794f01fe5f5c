"""Terms of the desk kept by each community; cases by their day; national 小类."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import storage.types
from storage.guards import guard_append_only

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None


_COUNT_REOPENED = """
UPDATE cases SET reopened = (
    SELECT count(*) FROM case_events
    WHERE case_events.case_id = cases.id AND case_events.to_state = 'working'
      AND case_events.from_state IN ('resolved', 'review', 'archived')
)
"""
"""What cases of before the counter was kept have in their history."""


def upgrade() -> None:
    op.create_table(
        "desk_terms",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.Column("promises", sa.JSON(), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", storage.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.CheckConstraint(
            "opens >= 0 AND opens < closes AND closes < 1440", name="ck_desk_terms_hours"
        ),
        sa.CheckConstraint("version > 0", name="ck_desk_terms_version"),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["communities.id"],
            name=op.f("fk_desk_terms_community_id_communities"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["staff.id"], name=op.f("fk_desk_terms_made_by_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_terms")),
        sa.UniqueConstraint(
            "community_id", "version", name=op.f("uq_desk_terms_community_id_version")
        ),
    )
    with op.batch_alter_table("desk_terms", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_desk_terms_community_id"), ["community_id"], unique=False
        )

    guard_append_only(op.get_bind(), "desk_terms")
    op.execute(_COUNT_REOPENED)

    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("terms_version", sa.Integer(), server_default="0", nullable=False)
        )
        batch_op.create_index("ix_cases_created_at", ["created_at"], unique=False)

    with op.batch_alter_table("category_settings", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("national_minor", sa.String(length=32), server_default="", nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("category_settings", schema=None) as batch_op:
        batch_op.drop_column("national_minor")

    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index("ix_cases_created_at")
        batch_op.drop_column("terms_version")

    with op.batch_alter_table("desk_terms", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_desk_terms_community_id"))

    op.drop_table("desk_terms")
