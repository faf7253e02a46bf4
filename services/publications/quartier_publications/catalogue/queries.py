"""Reading the catalogue. Readers see what is out; officers and approvers see drafts too."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier.auth import Actor
from quartier.contracts.accounts import Role
from quartier_publications.awaited.queries import named
from quartier_publications.catalogue.model import Dataset, Distribution, RequestLink, Version, VersionState
from quartier_publications.catalogue.problems import NoSuchDataset, NoSuchVersion


@dataclass(slots=True)
class Contents:
    """What hangs on a version: its distributions in order, and the requests that it claims, with the references known here."""

    distributions: list[Distribution] = field(default_factory=list)
    links: list[RequestLink] = field(default_factory=list)
    refs: list[str] = field(default_factory=list)


def sees_drafts(actor: Actor) -> bool:
    """Whether somebody may see what is not out yet."""
    return actor.purpose is None and actor.has(Role.OFFICER, Role.APPROVER)


def datasets(*, with_drafts: bool) -> Any:
    """All datasets that have a version out, and the drafts if they are asked for."""
    statement = select(Dataset)
    return statement if with_drafts else statement.where(col(Dataset.current).is_not(None))


async def dataset(session: AsyncSession, slug: str, *, with_drafts: bool) -> Dataset:
    """One dataset by its short name. Raises NoSuchDataset."""
    found = (await session.exec(datasets(with_drafts=with_drafts).where(Dataset.slug == slug))).first()
    if found is None:
        raise NoSuchDataset(f"The catalogue has no dataset {slug}.")
    return found


async def version(session: AsyncSession, of: Dataset, number: str, *, with_drafts: bool) -> Version:
    """One version by its number. Raises NoSuchVersion."""
    found = (await session.exec(_versions([of.id], with_drafts).where(Version.number == number))).first()
    if found is None:
        raise NoSuchVersion(f"{of.slug} has no version {number}.")
    return found


async def versions(session: AsyncSession, of: Iterable[UUID], *, with_drafts: bool) -> Sequence[Version]:
    """The versions of these datasets, the newest first."""
    found = await session.exec(_versions(list(of), with_drafts).order_by(col(Version.rank).desc()))
    return found.all()


async def numbers(session: AsyncSession, dataset_id: UUID) -> set[str]:
    """The version numbers that a dataset has used."""
    return set((await session.exec(select(Version.number).where(Version.dataset_id == dataset_id))).all())


def waiting() -> Any:
    """Versions that wait for a second person."""
    return select(Version).where(Version.state == VersionState.PREPARED)


async def current(session: AsyncSession, of: Sequence[Dataset]) -> dict[UUID, Version]:
    """The version that is out of each of these datasets."""
    out = {one.id: one.current for one in of}
    return {found.dataset_id: found for found in await versions(session, out, with_drafts=False) if found.number == out[found.dataset_id]}


async def latest(session: AsyncSession, limit: int) -> Sequence[tuple[Version, Dataset]]:
    """The versions that went out last through this catalogue, the newest first."""
    statement = select(Version, Dataset).join(Dataset, col(Dataset.id) == Version.dataset_id).where(col(Version.event_id).is_not(None))
    return (await session.exec(statement.order_by(col(Version.released_at).desc(), col(Version.id)).limit(limit))).all()


async def contents(session: AsyncSession, of: Iterable[Version]) -> dict[UUID, Contents]:
    """What hangs on each of these versions."""
    found = {one.id: Contents() for one in of}
    files = select(Distribution).where(col(Distribution.version_id).in_(found)).order_by(col(Distribution.position))
    for one in (await session.exec(files)).all():
        found[one.version_id].distributions.append(one)
    links = select(RequestLink).where(col(RequestLink.version_id).in_(found)).order_by(col(RequestLink.request_id))
    for link in (await session.exec(links)).all():
        found[link.version_id].links.append(link)
    known = await named(session, {link.request_id for hanging in found.values() for link in hanging.links})
    refs = {row.request_id: row.ref for row in known}
    for hanging in found.values():
        hanging.refs = sorted(refs[link.request_id] for link in hanging.links if link.request_id in refs)
    return found


def _versions(of: list[UUID], with_drafts: bool) -> Any:
    statement = select(Version).where(col(Version.dataset_id).in_(of))
    return statement if with_drafts else statement.where(Version.state == VersionState.PUBLISHED)
