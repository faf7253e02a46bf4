"""Running a city: all of it in one process, or one service of it."""

import asyncio
import errno
import fcntl
import logging
import os
import socket
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from quartier import clock, keys, telemetry
from quartier.app import create_app
from quartier.cli.demo import welcome
from quartier.cli.terminal import console, refuse, service_named
from quartier.migrations import upgrade
from quartier.service import installed
from quartier.serving import serving
from quartier.settings import Settings
from quartier.traces import TraceRing
from quartier.transport import prepare_topics


def up(
    host: Annotated[str, typer.Option(help="Address to listen at; people reach the city on this machine alone by default.")] = "localhost",
    port: Annotated[int, typer.Option(help="Port to listen at.", min=1, max=65535)] = 8000,
    demo: Annotated[bool, typer.Option("--demo", help="Fill an empty city with a few requests in different states.")] = False,
) -> None:
    """Run the whole city in this process: SQLite files, the built-in log and a local mailbox in one folder."""
    os.environ.setdefault("QUARTIER_PUBLIC_URL", f"http://localhost:{port}")  # mails lead to where the city really is
    settings = Settings()
    if settings.kafka or settings.database_url:
        refuse("`quartier up` runs everything embedded. With QUARTIER_KAFKA or QUARTIER_DATABASE_URL, run `quartier serve <service>`.")
    _log_plainly()
    _only_if_free(host, port)
    with _only_one(settings.folder):
        services = installed()
        keys.create(keys.folder_of(settings), [service.name for service in services])
        _prepare(settings, "city", processor=TraceRing(settings.folder / "traces.db") if not settings.otlp else None)
        application = create_app(services)
        asyncio.run(_make_ready(application, settings))
        _serve(application, host, port, after_start=lambda: welcome(application, f"http://localhost:{port}", demo=demo))


def serve(
    name: Annotated[str, typer.Argument(help="The service to run, such as requests.")],
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "localhost",
    port: Annotated[int, typer.Option(help="Port to listen at.", min=1, max=65535)] = 8000,
) -> None:
    """Run one service, on the database and the brokers that the settings name. `quartier migrate` and `topics apply` come first."""
    service = service_named(name)
    settings = service.settings_class()
    _log_plainly()
    _only_if_free(host, port)
    _prepare(settings, name)
    _serve(create_app([service]), host, port)


def _log_plainly() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")


def _prepare(settings: Settings, process: str, processor: TraceRing | None = None) -> None:
    clock.use_clock_file(settings.clock_file)
    telemetry.start(process, processor=processor, otlp=settings.otlp, bus="kafka" if settings.kafka else "quartier_log")


def _only_if_free(host: str, port: int) -> None:
    """Say in a sentence that somebody else listens there, before anything is made ready."""
    try:
        for family, kind, protocol, _, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE):
            with socket.socket(family, kind, protocol) as trial:
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                trial.bind(place)
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        refuse(f"Port {port} at {host} cannot be used: {error.strerror}. Another one works: --port {port + 1} (make run PORT={port + 1}).")


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Hold the folder for this process: two writers of one embedded log would each believe they are alone."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            refuse(f"Another `quartier up` is at work in {folder.resolve()}. Stop it first, or set QUARTIER_FOLDER to another folder.")
        yield


async def _make_ready(application: FastAPI, settings: Settings) -> None:
    await prepare_topics(settings)
    for runtime in application.state.runtimes.values():
        await upgrade(runtime.database, runtime.service)
        await runtime.database.stop()


def _serve(application: ASGIApp, host: str, port: int, after_start: Callable[[], Coroutine[Any, Any, None]] | None = None) -> None:
    """Serve until a signal comes; open event streams are not waited for longer than a moment."""
    config = uvicorn.Config(application, host=host, port=port, log_level="warning", timeout_graceful_shutdown=2, server_header=False)

    async def run() -> None:
        async with serving(config) as server:
            if after_start and not server.done():
                await after_start()
            await server

    try:
        asyncio.run(run())
    except KeyboardInterrupt:
        console.print("Stopped.")
    finally:
        telemetry.stop()
