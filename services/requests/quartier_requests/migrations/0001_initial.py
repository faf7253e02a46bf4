"""Requests, their public history, the ledger of promises, the follow-up ledger, and the counter of public numbers."""

import sqlalchemy as sa
from alembic import op

from quartier.database import JsonValue, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_request()
    op.create_table(
        "request_event",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("request_id", sa.Uuid(), sa.ForeignKey("request.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("from_state", sa.String()),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("facts", JsonValue, nullable=False))
    op.create_index("request_event_order", "request_event", ["request_id", "number"])
    op.create_table(
        "slip",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("request_id", sa.Uuid(), sa.ForeignKey("request.id"), nullable=False, index=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("old", sa.Date()),
        sa.Column("old_precision", sa.String()),
        sa.Column("new", sa.Date()),
        sa.Column("new_precision", sa.String()),
        sa.Column("days", sa.Integer()),
        sa.Column("why", JsonValue))
    op.create_table(
        "owed_notice",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("request_id", sa.Uuid(), sa.ForeignKey("request.id"), nullable=False, index=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("correlation_id", sa.Uuid(), nullable=False),
        sa.Column("notice_class", sa.String(), nullable=False),
        sa.Column("kinds", JsonValue, nullable=False),
        sa.Column("event_ids", JsonValue, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("owed_at", UtcDateTime(), nullable=False),
        sa.Column("informed_at", UtcDateTime()),
        sa.Column("unreached_because", sa.String(), index=True),
        sa.Column("unreached_since", UtcDateTime()),
        sa.Column("told_how", sa.Text()),
        sa.UniqueConstraint("person_id", "request_id", "correlation_id", name="owed_notice_one_a_command"))
    op.create_table(
        "request_number",
        sa.Column("year", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("last", sa.Integer(), nullable=False))


def _create_request() -> None:
    words = [sa.Column(name, sa.Text()) for name in ("question", "area", "period", "reuse", "how_today")]
    op.create_table(
        "request",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(), unique=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("twin_hash", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        *words,
        sa.Column("useful_until", sa.Date()),
        sa.Column("wishes", JsonValue, nullable=False),
        sa.Column("themes", JsonValue, nullable=False),
        sa.Column("state", sa.String(), nullable=False, index=True),
        sa.Column("state_since", UtcDateTime(), nullable=False),
        sa.Column("visibility", sa.String(), nullable=False, index=True),
        sa.Column("visibility_reason", sa.Text()),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime()),
        sa.Column("first_look_due", sa.Date()),
        sa.Column("escalations", sa.Integer(), nullable=False),
        sa.Column("triaged_at", UtcDateTime()),
        sa.Column("triaged_by", sa.Uuid()),
        sa.Column("outcome", sa.String()),
        sa.Column("settled_at", UtcDateTime()),
        sa.Column("answer", JsonValue, nullable=False),
        sa.Column("expected_on", sa.Date()),
        sa.Column("precision", sa.String()),
        sa.Column("has_passed", sa.Boolean(), nullable=False),
        sa.Column("slips", sa.Integer(), nullable=False),
        sa.Column("informed_on", sa.Date()),
        sa.Column("is_unreached", sa.Boolean(), nullable=False))
    unsettled = sa.text("settled_at IS NULL")
    op.create_index("request_twin", "request", ["person_id", "twin_hash"], unique=True, sqlite_where=unsettled,
                    postgresql_where=unsettled)
