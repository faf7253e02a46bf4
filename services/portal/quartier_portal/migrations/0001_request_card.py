"""The portal's projection of requests."""

import sqlalchemy as sa
from alembic import op

from quartier.database import UtcDateTime

revision = "portal_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "request_card",
        sa.Column("request_id", sa.Uuid(), primary_key=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False, index=True),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("title", sa.String()),
        sa.Column("title_lang", sa.Text()),
        sa.Column("received_at", UtcDateTime()),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("outcome", sa.Text()),
        sa.Column("expected_on", sa.Date()),
        sa.Column("precision", sa.Text()),
        sa.Column("slips", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False, index=True),
        sa.Column("changed_by", sa.String(), nullable=False),
    )


def downgrade() -> None:
    """Drop it; it can be folded from the events again."""
    op.drop_table("request_card")
