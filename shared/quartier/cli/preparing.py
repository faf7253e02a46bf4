"""What comes before a service can run, and what says whether everything is in order."""

import asyncio
import shutil
from pathlib import Path
from typing import Annotated

import typer

from quartier import keys
from quartier.bus import BusError
from quartier.cli.terminal import console, refuse, service_named
from quartier.database import Database
from quartier.migrations import pending, upgrade
from quartier.problems import Problem
from quartier.service import Service, installed
from quartier.settings import Settings
from quartier.transport import bus_of, prepare_topics, topics

topics_app = typer.Typer(no_args_is_help=True, help="The topics that events are published on.")
keys_app = typer.Typer(no_args_is_help=True, help="The keys by which services know one another.")

Names = Annotated[list[str] | None, typer.Argument(help="Services; all that are installed, without any.")]


def _chosen(names: list[str] | None) -> list[Service]:
    return [service_named(name) for name in names] if names else installed()


def database_of(service: Service) -> Database:
    """The database that this service's settings name."""
    settings = service.settings_class()
    if settings.database_url:
        return Database(settings.database_url)
    settings.folder.mkdir(parents=True, exist_ok=True)
    return Database.in_file(settings.folder / f"{service.name}.db")


def migrate(names: Names = None) -> None:
    """Bring the databases to the shape that this version expects. Running it again changes nothing."""

    async def run() -> None:
        for service in _chosen(names):
            database = database_of(service)
            await upgrade(database, service)
            await database.stop()
            console.print(f"{service.name}: the database is current.")

    asyncio.run(run())


@topics_app.command("apply")
def apply_topics() -> None:
    """Make the topics that are missing. Existing ones are left as they are: a partition count never changes."""
    asyncio.run(prepare_topics(Settings()))
    console.print(f"{len(topics())} topics are there: {', '.join(topic.name for topic in topics())}.")


@topics_app.command("check")
def check_topics() -> None:
    """Say which topics are missing or differ; exit code 1 when any does."""
    if sentences := asyncio.run(_what_topics_lack(Settings())):
        refuse("\n".join(sentences))
    console.print("All topics are as they should be.")


async def _what_topics_lack(settings: Settings) -> list[str]:
    bus = bus_of(settings)
    try:
        await bus.start()
        return await bus.check(topics())
    except BusError as error:
        return [f"The bus does not answer: {error}"]
    finally:
        await bus.stop()


@keys_app.command("create")
def create_keys(folder: Annotated[Path | None, typer.Option("--out", help="Where; the setting `keys` by default.")] = None) -> None:
    """Make the keys that are missing, for every installed service. Existing keys are never replaced."""
    place = folder or keys.folder_of(Settings())
    made = keys.create(place, [service.name for service in installed()])
    console.print(f"Made keys for {', '.join(made)} in {place}." if made else f"All keys are in {place} already.")


def doctor(names: Names = None) -> None:
    """Look at everything that these services need and say what is missing; exit code 1 when something is."""

    async def look() -> list[str]:
        settings = Settings()
        services = _chosen(names)
        console.print(f"Services: {', '.join(service.name for service in services)}.")
        transport = f"Apache Kafka at {', '.join(settings.kafka)}" if settings.kafka else "the built-in log (one host, one process)"
        console.print(f"Bus: {transport}.")
        missing = [] if (keys.folder_of(settings) / "public.json").exists() else ["There are no keys: run `quartier keys create`."]
        settings.folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(settings.folder).free < 100 * 1024 * 1024:
            missing.append(f"Less than 100 MB are free where {settings.folder.resolve()} is.")
        for service in services:
            database = database_of(service)
            try:
                missing += await pending(database, service)
            except Problem as problem:
                missing.append(f"{service.name}: {problem.detail}")
            finally:
                await database.stop()
        console.print("Sign-in: by mail alone; staff have one factor only until passkeys arrive.")
        return missing + await _what_topics_lack(settings)

    if missing := asyncio.run(look()):
        refuse("\n".join(missing))
    console.print("Everything that this installation needs is there.")
