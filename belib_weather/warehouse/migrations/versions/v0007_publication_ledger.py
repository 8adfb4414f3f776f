"""Remember what Elasticsearch acknowledged, and how its indices were left.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both ledgers, empty: the first audit fills them where the documents are right."""
    op.create_table(
        "publication_ledger",
        sa.Column("alias", sa.String(), nullable=False, comment="Alias that readers know."),
        sa.Column(
            "start",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="UTC hour of the rows; 1970 for what is published as a whole.",
        ),
        sa.Column(
            "content_hash", sa.String(), nullable=False, comment="Hash of the rows published."
        ),
        sa.Column("documents", sa.Integer(), nullable=False, comment="Documents published."),
        sa.Column(
            "refused",
            JSONB(),
            nullable=False,
            server_default="{}",
            comment="Documents that were refused, by id, with the reason.",
        ),
        sa.PrimaryKeyConstraint("alias", "start"),
        comment="What Elasticsearch acknowledged, by index and hour.",
    )
    op.create_table(
        "published_indices",
        sa.Column("name", sa.String(), nullable=False, comment="Physical index."),
        sa.Column("alias", sa.String(), nullable=False, comment="Alias that readers know."),
        sa.Column("uuid", sa.String(), nullable=False, comment="Given when the index was created."),
        sa.Column("history_uuid", sa.String(), nullable=False, comment="Another after a restore."),
        sa.Column(
            "max_seq_no",
            sa.BigInteger(),
            nullable=False,
            comment="Number of our newest operation.",
        ),
        sa.Column(
            "suspicion",
            sa.String(),
            nullable=True,
            comment="Why it must be audited by value; null while it need not.",
        ),
        sa.Column(
            "suspected_from",
            sa.BigInteger(),
            nullable=True,
            comment="Operations after this number may be another's; -1: everything may differ.",
        ),
        sa.Column(
            "audited_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="End of the last audit of everything.",
        ),
        sa.PrimaryKeyConstraint("name"),
        comment="Physical indices of Elasticsearch as we left them.",
    )


def downgrade() -> None:
    """Drop both: every hour is then published again."""
    op.drop_table("published_indices")
    op.drop_table("publication_ledger")
