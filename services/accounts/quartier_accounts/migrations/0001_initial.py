"""People, their addresses and roles; attempts to sign in, sessions, secret links and API tokens."""

import sqlalchemy as sa
from alembic import op

from quartier.database import JsonValue, UtcDateTime

revision = "0001"
down_revision = None


def _person() -> sa.Column:
    return sa.Column("person_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, UtcDateTime(), nullable=nullable)


def _id() -> sa.Column:
    return sa.Column("id", sa.Uuid(), primary_key=True)


def upgrade() -> None:
    _create_people()
    _create_ways_in()


def _create_people() -> None:
    op.create_table("person", _id(), sa.Column("language", sa.String(2), nullable=False), _time("created_at"))
    op.create_table(
        "identifier", _id(), _person(), sa.Column("digest", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False), _time("created_at"), _time("verified_at", nullable=True))
    op.create_index("ix_identifier_person_id", "identifier", ["person_id"])
    op.create_table("contact", _id(), _person(), _time("given_at"))
    op.create_index("contact_of_person", "contact", ["person_id", "given_at"])
    op.create_index("ix_contact_given_at", "contact", ["given_at"])
    op.create_table(
        "role_grant", _id(), _person(), sa.Column("role", sa.String(20), nullable=False), sa.Column("granted_by", sa.Uuid()),
        _time("created_at"), _time("expires_at", nullable=True), _time("ended_at", nullable=True), sa.Column("ended_by", sa.Uuid()))
    op.create_index("one_running_grant", "role_grant", ["person_id", "role"], unique=True,
                    sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL"))


def _create_ways_in() -> None:
    op.create_table(
        "sign_in", _id(), sa.Column("version", sa.Integer(), nullable=False), sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("address_digest", sa.LargeBinary(), nullable=False), sa.Column("language", sa.String(2), nullable=False),
        sa.Column("browser_digest", sa.LargeBinary(), nullable=False), sa.Column("code_digest", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False), _time("asked_at"), _time("expires_at"), sa.Column("person_id", sa.Uuid()),
        sa.Column("notice_id", sa.Uuid(), unique=True), _time("used_at", nullable=True))
    op.create_index("sign_in_of_address", "sign_in", ["address_digest", "asked_at"])
    op.create_index("ix_sign_in_expires_at", "sign_in", ["expires_at"])
    op.create_table(
        "session", _id(), _person(), sa.Column("digest", sa.LargeBinary(), nullable=False, unique=True), _time("created_at"),
        _time("used_at"), _time("ended_at", nullable=True))
    op.create_index("ix_session_person_id", "session", ["person_id"])
    op.create_index("ix_session_used_at", "session", ["used_at"])
    op.create_table(
        "link", _id(), sa.Column("digest", sa.LargeBinary(), nullable=False, unique=True), _person(),
        sa.Column("purpose", sa.String(20), nullable=False), sa.Column("subject", sa.String(100), nullable=False),
        _time("created_at"), _time("expires_at"))
    op.create_index("ix_link_person_id", "link", ["person_id"])
    op.create_index("ix_link_expires_at", "link", ["expires_at"])
    op.create_table(
        "api_token", _id(), _person(), sa.Column("digest", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("prefix", sa.String(16), nullable=False), sa.Column("name", sa.String(100), nullable=False),
        sa.Column("roles", JsonValue, nullable=False), _time("created_at"), _time("expires_at"),
        _time("last_used_at", nullable=True), _time("revoked_at", nullable=True))
    op.create_index("ix_api_token_person_id", "api_token", ["person_id"])
