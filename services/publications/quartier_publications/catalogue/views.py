"""Datasets and versions as the API shows them."""

from collections.abc import Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from quartier.contracts.wishes import Coverage
from quartier.contracts.words import Texts
from quartier_publications.catalogue import queries
from quartier_publications.catalogue.model import Dataset, Version
from quartier_publications.catalogue.schemas import DatasetOut, DatasetWithVersionsOut, VersionOut


async def show_versions(session: AsyncSession, versions: Sequence[tuple[Version, Dataset]], *, to_staff: bool) -> list[VersionOut]:
    """Versions with all that hangs on them; who prepared one is for staff."""
    contents = await queries.contents(session, [version for version, _ in versions])
    return [_version(version, dataset, contents[version.id], to_staff) for version, dataset in versions]


async def show_datasets(session: AsyncSession, datasets: Sequence[Dataset], public_url: str) -> list[DatasetOut]:
    """Datasets, each with the version that is out."""
    current = await queries.current(session, datasets)
    shown = await show_versions(session, [(current[one.id], one) for one in datasets if one.id in current], to_staff=False)
    by_slug = {version.slug: version for version in shown}
    return [DatasetOut(**_dataset(one, public_url), current=by_slug.get(one.slug)) for one in datasets]


async def show_dataset(session: AsyncSession, dataset: Dataset, public_url: str, *, to_staff: bool) -> DatasetWithVersionsOut:
    """One dataset with all its versions that this reader may see."""
    versions = await queries.versions(session, [dataset.id], with_drafts=to_staff)
    shown = await show_versions(session, [(version, dataset) for version in versions], to_staff=to_staff)
    return DatasetWithVersionsOut(**_dataset(dataset, public_url), versions=shown,
                                  current=next((version for version in shown if version.number == dataset.current), None))


def _dataset(dataset: Dataset, public_url: str) -> dict[str, Any]:
    return {"id": dataset.id, "slug": dataset.slug, "title": dataset.titles, "description": Texts.model_validate(dataset.description),
            "publisher": dataset.publisher, "licence": dataset.licence, "frequency": dataset.frequency,
            "registered": dataset.is_registered, "page_url": f"{public_url}/datasets/{dataset.slug}", "version": dataset.version}


def _version(version: Version, dataset: Dataset, contents: queries.Contents, to_staff: bool) -> VersionOut:
    return VersionOut(
        slug=dataset.slug, title=dataset.titles, number=version.number, state=version.state,
        change_note=Texts.model_validate(version.change_note), coverage=Coverage.model_validate(version.coverage),
        distributions=[{"format": one.format, "url": one.url} for one in contents.distributions],
        request_ids=[link.request_id for link in contents.links], refs=contents.refs, is_first=version.is_first,
        prepared_at=version.prepared_at, prepared_by=version.prepared_by if to_staff else None, released_at=version.released_at,
        released_on=version.released_on, version=version.version)
