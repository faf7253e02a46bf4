"""The bare way to accept a request, to compare with: FastAPI, one INSERT, one commit.

`python -m tests.bench.bare --port 8000 --database sqlite+aiosqlite:///bare.db` serves it.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import Column, MetaData, String, Table, insert

from quartier import ids
from quartier.database import Database

asked = Table("asked", MetaData(), Column("id", String, primary_key=True), Column("title", String), Column("body", String))


class Ask(BaseModel):
    """As much of a request as one row holds."""

    title: str
    body: str


def bare_app(database: Database) -> FastAPI:
    """An app with one endpoint. It has SQLite's one writer at a time wait in line, as it would otherwise answer that it is busy."""
    turn = nullcontext() if database.is_postgres else asyncio.Lock()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with database.engine.begin() as connection:
            await connection.run_sync(asked.metadata.create_all)
        yield
        await database.stop()

    app = FastAPI(lifespan=lifespan)

    @app.post("/requests", status_code=201)
    async def create_request(ask: Ask) -> dict[str, Any]:
        id = str(ids.new_id())
        async with turn, database.engine.begin() as connection:
            await connection.execute(insert(asked).values(id=id, title=ask.title, body=ask.body))
        return {"id": id}

    return app


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, required=True)
    arguments.add_argument("--database", required=True, help="The database's address.")
    chosen = arguments.parse_args()
    uvicorn.run(bare_app(Database(chosen.database)), port=chosen.port, log_level="warning")
