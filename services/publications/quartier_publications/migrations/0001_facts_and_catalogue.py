"""Facts, awaited datasets, datasets and their versions."""

import sqlalchemy as sa
from alembic import op

from quartier.database import JsonValue, UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    _create_facts()
    _create_awaited()
    _create_catalogue()


def _create_facts() -> None:
    op.create_table(
        "fact", sa.Column("source", sa.String(500), primary_key=True), sa.Column("id", sa.String(100), primary_key=True),
        sa.Column("occurred_at", UtcDateTime(), nullable=False), sa.Column("key", sa.String(100), nullable=False),
        sa.Column("sequence", sa.Integer()), sa.Column("type", sa.String(200), nullable=False),
        sa.Column("data", JsonValue, nullable=False))
    op.create_index("fact_occurred_at", "fact", ["occurred_at"])


def _create_awaited() -> None:
    op.create_table(
        "awaited", sa.Column("request_id", sa.Uuid(), primary_key=True), sa.Column("ref", sa.String(30), nullable=False, unique=True),
        sa.Column("visibility", sa.String(20), nullable=False), sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("title", JsonValue), sa.Column("expected_on", sa.Date()), sa.Column("precision", sa.String(10)),
        sa.Column("first_expected_on", sa.Date()), sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("slip_days", sa.Integer(), nullable=False), sa.Column("is_passed", sa.Boolean(), nullable=False))
    op.create_index("ix_awaited_expected_on", "awaited", ["expected_on"])


def _create_catalogue() -> None:
    op.create_table(
        "dataset", *_entity(), sa.Column("slug", sa.String(80), nullable=False, unique=True), sa.Column("title", JsonValue, nullable=False),
        sa.Column("description", JsonValue, nullable=False), sa.Column("publisher", sa.String(200), nullable=False),
        sa.Column("licence", sa.String(200)), sa.Column("frequency", sa.String(200)),
        sa.Column("is_registered", sa.Boolean(), nullable=False), sa.Column("current", sa.String(30)),
        sa.Column("created_at", UtcDateTime(), nullable=False))
    op.create_table(
        "dataset_version", *_entity(), sa.Column("dataset_id", sa.Uuid(), sa.ForeignKey("dataset.id"), nullable=False),
        sa.Column("number", sa.String(30), nullable=False), sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False), sa.Column("change_note", JsonValue, nullable=False),
        sa.Column("coverage", JsonValue, nullable=False), sa.Column("is_first", sa.Boolean(), nullable=False),
        sa.Column("prepared_by", sa.Uuid(), nullable=False), sa.Column("prepared_at", UtcDateTime(), nullable=False),
        sa.Column("approved_by", sa.Uuid()), sa.Column("released_at", UtcDateTime()), sa.Column("released_on", sa.Date()),
        sa.Column("event_id", sa.Uuid()), sa.UniqueConstraint("dataset_id", "number"))
    op.create_index("ix_dataset_version_state", "dataset_version", ["state"])
    op.create_index("ix_dataset_version_event_id", "dataset_version", ["event_id"])
    op.create_table(
        "distribution", _of_version(), sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("format", sa.String(50), nullable=False), sa.Column("url", sa.Text(), nullable=False))
    op.create_table(
        "request_link", _of_version(), sa.Column("request_id", sa.Uuid(), primary_key=True),
        sa.Column("claimed_by", sa.Uuid(), nullable=False))


def _entity() -> list[sa.Column]:
    return [sa.Column("id", sa.Uuid(), primary_key=True), sa.Column("version", sa.Integer(), nullable=False),
            sa.Column("sequence", sa.Integer(), nullable=False)]


def _of_version() -> sa.Column:
    return sa.Column("version_id", sa.Uuid(), sa.ForeignKey("dataset_version.id"), primary_key=True)
