"""The catalogue over HTTP."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from quartier.auth import allow, public
from quartier.contracts.words import Language
from quartier.pagination import Cursor, Limit, link_next, page
from quartier.problems import Forbidden
from quartier.web import Match, etag
from quartier_publications.catalogue import commands, dcat, feed, queries
from quartier_publications.catalogue.model import Dataset, Version
from quartier_publications.catalogue.schemas import (
    DatasetIn,
    DatasetOut,
    DatasetsOut,
    DatasetWithVersionsOut,
    VersionIn,
    VersionOut,
    VersionsOut,
)
from quartier_publications.catalogue.views import show_dataset, show_datasets, show_versions
from quartier_publications.documents import document
from quartier_publications.service import Here, Once, Person, Reading, Uow

router = APIRouter()
ROOT = "/api/publications/v1"
JSON_LD = {"200": {"content": {"application/ld+json": {}}}, "304": {"description": "The reader has it already."}}
ATOM = {"200": {"content": {"application/atom+xml": {}}}, "304": {"description": "The reader has it already."}}


@router.get("/catalogue.jsonld", responses=JSON_LD, response_class=Response, **public("the catalogue is open data"))
async def get_catalogue(session: Reading, here: Here, request: Request) -> Response:
    """The whole catalogue in DCAT-AP 3 terms as JSON-LD, for harvesters; everything in it has an IRI."""
    datasets = (await session.exec(queries.datasets(with_drafts=False))).all()
    current = await queries.current(session, datasets)
    contents = await queries.contents(session, current.values())
    return document(request, dcat.catalogue(datasets, current, contents, here.settings), "application/ld+json")


@router.get("/datasets.atom", responses=ATOM, response_class=Response, **public("what is published is public"))
async def get_datasets_feed(session: Reading, here: Here, request: Request, lang: Language = Language.EN) -> Response:
    """The fifty versions that went out last, as an Atom feed. An entry's id is that of its event."""
    latest = await queries.latest(session, 50)
    return document(request, feed.atom(latest, here.settings, lang), "application/atom+xml")


@router.get("/datasets", **public("what is published is public"))
async def list_datasets(session: Reading, actor: Person, here: Here, request: Request, response: Response,
                        drafts: Annotated[bool, Query(description="Drafts too, for officers and approvers.")] = False,
                        cursor: Cursor = None, limit: Limit = 50) -> DatasetsOut:
    """The datasets of the city by short name, each with the version that is out."""
    if drafts and not queries.sees_drafts(actor):
        raise Forbidden("Drafts are shown to officers and approvers.")
    found = await page(session, queries.datasets(with_drafts=drafts), order=(Dataset.slug,), cursor=cursor, limit=limit,
                       key=here.keys.secret("cursors"))
    link_next(request, response, found)
    return DatasetsOut(items=await show_datasets(session, found.items, here.settings.public_url), next=found.next)


@router.post("/datasets", status_code=201, response_model=DatasetOut, **allow("dataset.create"))
async def create_dataset(body: DatasetIn, actor: Person, uow: Uow, once: Once) -> Response:
    """Enter a dataset: a new one as a draft, or, with `registered`, one that the city publishes already. Nobody is mailed."""

    async def act() -> DatasetOut:
        dataset = await commands.enter(uow, actor, body)
        return (await show_datasets(uow.session, [dataset], uow.settings.public_url))[0]

    return await once.run(act, DatasetOut, location=lambda made: f"{ROOT}/datasets/{made.slug}")


@router.get("/datasets/{slug}.jsonld", responses=JSON_LD, response_class=Response, **public("the catalogue is open data"))
async def get_dataset_as_linked_data(slug: str, session: Reading, here: Here, request: Request) -> Response:
    """One dataset with all its versions in DCAT-AP 3 terms as JSON-LD."""
    dataset = await queries.dataset(session, slug, with_drafts=False)
    versions = await queries.versions(session, [dataset.id], with_drafts=False)
    contents = await queries.contents(session, versions)
    return document(request, dcat.one_dataset(dataset, versions, contents, here.settings), "application/ld+json")


@router.get("/datasets/{slug}", **public("what is published is public"))
async def get_dataset(slug: str, session: Reading, actor: Person, here: Here, response: Response) -> DatasetWithVersionsOut:
    """One dataset with its versions, the newest first. Officers and approvers see drafts and prepared versions too."""
    to_staff = queries.sees_drafts(actor)
    dataset = await queries.dataset(session, slug, with_drafts=to_staff)
    etag(response, dataset)
    return await show_dataset(session, dataset, here.settings.public_url, to_staff=to_staff)


@router.get("/datasets/{slug}/versions/{number}", **public("what is published is public"))
async def get_version(slug: str, number: str, session: Reading, actor: Person, response: Response) -> VersionOut:
    """One version: what changed, what it covers, where it lies, whom it answers. Its ETag is what an approval names."""
    to_staff = queries.sees_drafts(actor)
    dataset = await queries.dataset(session, slug, with_drafts=to_staff)
    version = await queries.version(session, dataset, number, with_drafts=to_staff)
    etag(response, version)
    return (await show_versions(session, [(version, dataset)], to_staff=to_staff))[0]


@router.post("/datasets/{slug}/versions", status_code=201, response_model=VersionOut, **allow("version.prepare"))
async def prepare_version(slug: str, body: VersionIn, actor: Person, uow: Uow, once: Once) -> Response:
    """Prepare a version and say which requests it answers. It goes out when somebody else approves it."""

    async def act() -> VersionOut:
        version = await commands.prepare(uow, actor, slug, body)
        dataset = await uow.get(Dataset, version.dataset_id)
        return (await show_versions(uow.session, [(version, dataset)], to_staff=True))[0]

    return await once.run(act, VersionOut, location=lambda made: f"{ROOT}/datasets/{made.slug}/versions/{made.number}")


@router.post("/datasets/{slug}/versions/{number}/approval", **allow("version.approve"))
async def approve_version(slug: str, number: str, read: Match, actor: Person, uow: Uow, response: Response) -> VersionOut:
    """Let a prepared version out, as somebody who did not prepare it. The requests that it answers move on, and people are told."""
    version = await commands.approve(uow, actor, slug, number, read)
    etag(response, version)
    dataset = await uow.get(Dataset, version.dataset_id)
    return (await show_versions(uow.session, [(version, dataset)], to_staff=True))[0]


@router.get("/versions", **allow("version.queue"))
async def list_waiting_versions(session: Reading, here: Here, request: Request, response: Response,
                                state: Literal["prepared"] = "prepared", cursor: Cursor = None, limit: Limit = 50) -> VersionsOut:
    """The versions that wait for a second person, the oldest first."""
    found = await page(session, queries.waiting(), order=(Version.prepared_at, Version.id), cursor=cursor, limit=limit,
                       key=here.keys.secret("cursors"))
    link_next(request, response, found)
    datasets = {id_: await session.get(Dataset, id_) for id_ in {version.dataset_id for version in found.items}}
    shown = await show_versions(session, [(version, datasets[version.dataset_id]) for version in found.items], to_staff=True)
    return VersionsOut(items=shown, next=found.next)
