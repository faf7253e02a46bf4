"""Pages of a list neither skip nor repeat, whatever their rows are ordered by, and nobody builds a cursor of their own."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Field, SQLModel, select

from quartier import clock, ids
from quartier.database import Database, Utc
from quartier.pagination import page
from quartier.problems import Invalid


class Bead(SQLModel, table=True):
    """A row with one column of each kind that lists are ordered by."""

    __tablename__ = "test_bead"

    id: UUID = Field(default_factory=ids.new_id, primary_key=True)
    day: date
    at: Utc
    noted_at: Utc = Field(default_factory=clock.wall)
    name: str
    number: int


ORDERS = {"id": (Bead.id,)} | {column.key: (column, Bead.id) for column in (Bead.day, Bead.at, Bead.noted_at, Bead.name, Bead.number)}
ADDED = 3


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def beads(request, tmp_path):
    url = request.getfixturevalue("postgres_server").database() if request.param == "postgres" else None
    database = Database(url) if url else Database.in_file(tmp_path / "beads.db")
    async with database.engine.begin() as connection:
        await connection.run_sync(Bead.__table__.create)
    async with database.transaction() as session:
        session.add_all(Bead(day=date(2026, 1, 1) + timedelta(days=number % 3), name="ab"[number % 2], number=number % 5,
                             at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number % 4)) for number in range(23))
    yield database
    await database.stop()


@pytest.mark.parametrize("order", sorted(ORDERS))
@pytest.mark.parametrize("descending", [False, True])
async def test_pages_show_each_row_once_and_in_order_while_rows_are_added(beads, order, descending):
    seen, cursor, added = [], None, 0
    while True:
        async with beads.session() as session:
            found = await page(session, select(Bead), order=ORDERS[order], cursor=cursor, limit=4, key=b"k", descending=descending)
        seen += found.items
        if (cursor := found.next) is None:
            break
        if added == ADDED:
            continue
        added += 1
        async with beads.transaction() as session:
            session.add(Bead(day=date(2025, 1, 1) if not descending else date(2030, 1, 1), name="", number=-1,
                             at=datetime(2025 if not descending else 2030, 1, 1, tzinfo=UTC)))
    marks = [tuple(getattr(bead, column.key) for column in ORDERS[order]) for bead in seen]
    assert len({bead.id for bead in seen}) == len(seen) >= 23
    assert marks == sorted(marks, reverse=descending)


@given(st.text(max_size=80))
def test_a_cursor_that_is_not_ours_is_refused_and_never_read(text):
    from quartier.pagination import _opened

    with pytest.raises(Invalid):
        _opened(text, b"key")


@pytest.mark.parametrize("other", ["day", "at", "number"])
async def test_a_cursor_of_another_list_is_refused(beads, other):
    async with beads.session() as session:
        found = await page(session, select(Bead), order=ORDERS["id"], cursor=None, limit=4, key=b"k")
        with pytest.raises(Invalid):
            await page(session, select(Bead), order=ORDERS[other], cursor=found.next, limit=4, key=b"k")
