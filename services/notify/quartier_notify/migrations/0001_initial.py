"""The ledger of notices, messages and deliveries; subscriptions and what can be followed; feeds; the local mailbox."""

import sqlalchemy as sa
from alembic import op

from quartier.database import JsonValue, UtcDateTime

revision = "0001"
down_revision = None


def _id(name: str = "id") -> sa.Column:
    return sa.Column(name, sa.Uuid(), primary_key=True)


def _uuid(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(), nullable=nullable)


def _number(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, UtcDateTime(), nullable=nullable)


def _json(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, JsonValue, nullable=nullable)


def upgrade() -> None:
    _create_ledger()
    _create_following()
    op.create_table("feed_entry", _id("event_id"), _text("subject_kind"), _uuid("subject_id"), _text("kind"), _time("at"),
                    _json("facts"))
    op.create_index("feed_entry_of_subject", "feed_entry", ["subject_id", "at"])
    op.create_table("mailbox_mail", _id(), _text("recipient"), _time("at"), _text("trace_id", nullable=True),
                    sa.Column("content", sa.LargeBinary(), nullable=False))
    op.create_index("ix_mailbox_mail_recipient", "mailbox_mail", ["recipient"])


def _create_ledger() -> None:
    op.create_table(
        "message", _id(), _uuid("recipient"), _text("subject_kind"), _uuid("subject_id"), _text("ref", nullable=True),
        _text("notice_class"), _text("language", nullable=True), _uuid("correlation_id"), _uuid("root_id", nullable=True),
        _text("link_purpose"), _text("link_subject"))
    op.create_index("message_of_command", "message", ["subject_id", "correlation_id"])
    op.create_index("ix_message_recipient", "message", ["recipient"])
    op.create_table(
        "notice", _id(), _uuid("recipient"), _text("subject_kind"), _uuid("subject_id"), _text("ref", nullable=True),
        _text("event_source"), _uuid("event_id"), _json("kinds"), _text("notice_class"), _json("reasons"), _uuid("correlation_id"),
        _text("owed_by"), _json("facts", nullable=True),
        sa.Column("message_id", sa.Uuid(), sa.ForeignKey("message.id"), nullable=False), _time("noted_at"),
        sa.UniqueConstraint("recipient", "subject_id", "event_source", "event_id", name="notice_once"))
    for column in ("recipient", "subject_id", "message_id"):
        op.create_index(f"ix_notice_{column}", "notice", [column])
    op.create_table(
        "delivery", _id(), _number("version"), _number("sequence"),
        sa.Column("message_id", sa.Uuid(), sa.ForeignKey("message.id"), nullable=False), _text("channel"), _text("state"),
        _number("lane"), _text("policy"), _number("attempts"), _time("queued_at"), _time("next_at"), _time("give_up_at"),
        _time("claimed_until", nullable=True), _number("epoch"), _json("evidence"), _text("traceparent", nullable=True),
        sa.UniqueConstraint("message_id", "channel", name="delivery_once_a_channel"))
    op.create_index("delivery_due", "delivery", ["state", "lane", "next_at"])


def _create_following() -> None:
    op.create_table("followable", _id("subject_id"), _text("subject_kind"), _text("ref"), _json("title", nullable=True),
                    _text("state"))
    op.create_table(
        "subscription", _id(), _number("version"), _number("sequence"), _uuid("person_id"), _text("subject_kind"),
        _uuid("subject_id"), _text("channel"), _text("state"), _time("asked_at", nullable=True),
        _time("confirmed_at", nullable=True), _time("ended_at", nullable=True), _text("ended_by", nullable=True),
        _json("proof", nullable=True),
        sa.UniqueConstraint("person_id", "subject_kind", "subject_id", name="subscription_once"))
    op.create_index("ix_subscription_person_id", "subscription", ["person_id"])
    op.create_index("ix_subscription_subject_id", "subscription", ["subject_id"])
