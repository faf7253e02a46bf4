"""The kit's tables, which every service has in its own database."""

import sqlalchemy as sa
from alembic import op

from quartier.database import UtcDateTime
from quartier.outbox import BigNumber

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("seq", BigNumber, primary_key=True, autoincrement=True),
        sa.Column("id", sa.Uuid(), nullable=False, unique=True),
        sa.Column("aggregatetype", sa.String(), nullable=False),
        sa.Column("aggregateid", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer()),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("dataschema", sa.String(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("correlationid", sa.String(), nullable=False),
        sa.Column("causationid", sa.String()),
        sa.Column("tracingspancontext", sa.String()),
        sa.Column("relay_no", sa.BigInteger(), unique=True),
        sa.Column("refused", sa.Text()),
        sa.UniqueConstraint("aggregatetype", "aggregateid", "sequence", name="outbox_one_event_a_sequence"))
    _partial_index("outbox_unnumbered", ["seq"], "relay_no IS NULL")
    _partial_index("outbox_refused", ["topic", "aggregateid"], "refused IS NOT NULL")
    op.create_table(
        "relay_state",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("published", sa.BigInteger(), nullable=False))
    op.create_table(
        "inbox",
        sa.Column("handler", sa.String(), primary_key=True),
        sa.Column("source", sa.String(), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("at", UtcDateTime(), nullable=False, index=True))
    op.create_table(
        "inbox_sequence",
        sa.Column("handler", sa.String(), primary_key=True),
        sa.Column("source", sa.String(), primary_key=True),
        sa.Column("subject", sa.String(), primary_key=True),
        sa.Column("sequence", sa.Integer(), nullable=False))
    op.create_table(
        "parked_key",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("handler", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=False, index=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.UniqueConstraint("handler", "topic", "key", name="parked_key_one_lane"))
    op.create_table(
        "parked_event",
        sa.Column("position", BigNumber, primary_key=True, autoincrement=True),
        sa.Column("handler", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer()),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("off", BigNumber, nullable=False),
        sa.Column("headers", sa.LargeBinary(), nullable=False),
        sa.Column("value", sa.LargeBinary()),
        sa.Column("timestamp_ms", BigNumber),
        sa.UniqueConstraint("handler", "source", "id", name="parked_event_once"))
    op.create_index("parked_event_lane", "parked_event", ["handler", "topic", "key", "position"])
    op.create_table(
        "dead_letter",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("handler", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("off", BigNumber, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("headers", sa.LargeBinary(), nullable=False),
        sa.Column("value", sa.LargeBinary()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("stack_hash", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("died_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False, index=True),
        sa.Column("closed_at", UtcDateTime()),
        sa.Column("closed_by", sa.Uuid()),
        sa.Column("remark", sa.Text()))
    op.create_table(
        "timer",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("due_at", UtcDateTime(), nullable=False, index=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcDateTime()),
        sa.Column("reason", sa.Text()))
    op.create_table(
        "idempotency_key",
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("route", sa.String(300), primary_key=True),
        sa.Column("body_hash", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False, index=True))


def _partial_index(name: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "outbox", columns, postgresql_where=where, sqlite_where=where)
