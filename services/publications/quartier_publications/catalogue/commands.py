"""Writing the catalogue: entering a dataset, preparing a version, letting it out."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, select

from quartier import clock
from quartier.auth import Actor
from quartier.contracts import publications as contracts
from quartier.contracts.requests import Visibility
from quartier.contracts.wishes import Coverage
from quartier.contracts.words import Texts
from quartier.problems import FieldError, Forbidden, Problem, Stale
from quartier.uow import UnitOfWork
from quartier_publications.awaited import queries as requests_known
from quartier_publications.catalogue import queries, schemas
from quartier_publications.catalogue.model import Dataset, Distribution, RequestLink, Version, VersionState, rank
from quartier_publications.catalogue.problems import FirstLookNotHeardOf, NumberNotAbove, RequestNotClaimable, SlugTaken

MOMENT = "2"
"""Seconds after which an event that is on its way should have been heard."""


async def enter(uow: UnitOfWork, actor: Actor, body: schemas.DatasetIn) -> Dataset:
    """Enter a new dataset as a draft, or register one that is out already; that moves no request and mails nobody."""
    person = _person(actor)
    dataset = Dataset(slug=body.slug, title=body.title.model_dump(), description=_texts(body.description), is_registered=body.registered,
                      publisher=body.publisher or uow.settings.city, licence=body.licence, frequency=body.frequency, created_at=clock.now())
    await _add(uow, SlugTaken(f"The short name {body.slug} is taken.", errors=[FieldError("/slug", "taken")]), dataset)
    if body.version:
        await _keep_present_version(uow, dataset, body.version, person)
        dataset.current = body.version.number
        uow.emit(dataset, contracts.DatasetRegistered(
            dataset_id=dataset.id, slug=dataset.slug, title=dataset.titles, version=body.version.number))
    await uow.session.flush()
    return dataset


async def prepare(uow: UnitOfWork, actor: Actor, slug: str, body: schemas.VersionIn) -> Version:
    """Write down a version that is to go out. Nobody hears of it before a second person has approved it."""
    person = _person(actor)
    dataset = await queries.dataset(uow.session, slug, with_drafts=True)
    dataset.accept(body.number, await queries.numbers(uow.session, dataset.id))
    claimed = await _claimed(uow, body.request_ids)
    version = Version(dataset_id=dataset.id, number=body.number, rank=rank(body.number), change_note=body.change_note.model_dump(),
                      coverage=_declared(dataset, body.coverage, body.distributions), prepared_by=person, prepared_at=clock.now())
    await _add(uow, NumberNotAbove(f"There is a version {body.number} already.", errors=[FieldError("/number", "used already")]),
               version, *_distributions(version, body.distributions),
               *(RequestLink(version_id=version.id, request_id=request, claimed_by=person) for request in claimed))
    return version


async def approve(uow: UnitOfWork, actor: Actor, slug: str, number: str, read: int) -> Version:
    """Let a prepared version out, as a second person who has read it in the version `read`: `dataset.published`, once."""
    dataset = await queries.dataset(uow.session, slug, with_drafts=True)
    version = await queries.version(uow.session, dataset, number, with_drafts=True)
    now = clock.now()
    version.approve(dataset, _person(actor), now, now.astimezone(ZoneInfo(uow.settings.zone)).date())
    if version.version != read:
        raise Stale("It has changed since you read it. Read it again and decide on what it says now.", version=version.version)
    contents = await queries.contents(uow.session, [version])
    version.event_id = uow.emit(dataset, _published(uow, dataset, version, now, contents[version.id]))
    uow.session.add(version)
    await _supersede(uow, version)
    await uow.session.flush()
    return version


def _published(uow: UnitOfWork, dataset: Dataset, version: Version, now: datetime,
               contents: queries.Contents) -> contracts.DatasetPublished:
    return contracts.DatasetPublished(
        dataset_id=dataset.id, slug=dataset.slug, title=dataset.titles, version=version.number, is_first=version.is_first,
        released_at=now, licence=dataset.licence, coverage=Coverage.model_validate(version.coverage),
        distributions=[contracts.Distribution(format=one.format, url=one.url) for one in contents.distributions],
        request_ids=[link.request_id for link in contents.links], page_url=f"{uow.settings.public_url}/datasets/{dataset.slug}")


async def _supersede(uow: UnitOfWork, newest: Version) -> None:
    """Versions that wait and are below the one that goes out now will never go out."""
    overtaken = select(Version).where(Version.dataset_id == newest.dataset_id, Version.rank < newest.rank,
                                      Version.state == VersionState.PREPARED)
    for version in (await uow.session.exec(overtaken)).all():
        version.state = VersionState.SUPERSEDED
        uow.session.add(version)


async def _keep_present_version(uow: UnitOfWork, dataset: Dataset, body: schemas.PresentVersionIn, person: UUID) -> None:
    version = Version(dataset_id=dataset.id, number=body.number, rank=rank(body.number), state=VersionState.PUBLISHED,
                      change_note=_texts(body.change_note), coverage=_declared(dataset, body.coverage, body.distributions),
                      prepared_by=person, prepared_at=dataset.created_at, released_on=body.released_on)
    uow.session.add(version)
    await uow.session.flush()
    uow.session.add_all(_distributions(version, body.distributions))


async def _claimed(uow: UnitOfWork, claims: Sequence[UUID | str]) -> list[UUID]:
    """The requests that are named, each once. Known ones must be public; a reference must be known; an id that no event has shown
    yet is taken as it is, and the requests service answers for it."""
    known = await requests_known.named(uow.session, claims)
    by_name = {name: row for row in known for name in (row.request_id, row.ref)}
    seen = {place: by_name[claim].visibility if claim in by_name else None if isinstance(claim, str) else Visibility.PUBLIC
            for place, claim in enumerate(claims)}
    if refused := [place for place, visibility in seen.items() if visibility in (None, Visibility.REQUESTER_ONLY)]:
        raise RequestNotClaimable(
            "A version answers public requests, named by reference or id.",
            errors=[FieldError(f"/request_ids/{place}", "no public request is known by this name") for place in refused])
    # The first look may be done and its event on the way to us: whoever asks again in a moment is not refused twice.
    if waiting := [place for place, visibility in seen.items() if visibility == Visibility.HELD]:
        raise FirstLookNotHeardOf(
            "A version answers requests that everybody may read. If the first look was done just now, try again in a moment.",
            errors=[FieldError(f"/request_ids/{place}", "no first look is known yet") for place in waiting],
            headers={"Retry-After": MOMENT})
    return list(dict.fromkeys(by_name[claim].request_id if claim in by_name else UUID(str(claim)) for claim in claims))


def _declared(dataset: Dataset, coverage: Coverage, distributions: Sequence[schemas.DistributionIn]) -> dict[str, object]:
    """What a version covers; what was not declared for it is the dataset's own licence and frequency, and the formats it comes in."""
    formats = list(dict.fromkeys(one.format for one in distributions))
    return coverage.model_copy(update={
        "licence": coverage.licence or dataset.licence, "frequency": coverage.frequency or dataset.frequency,
        "formats": coverage.formats or formats}).model_dump()


def _distributions(version: Version, distributions: Sequence[schemas.DistributionIn]) -> list[Distribution]:
    return [Distribution(version_id=version.id, position=position, format=one.format, url=one.url)
            for position, one in enumerate(distributions, 1)]


async def _add(uow: UnitOfWork, taken: Problem, first: SQLModel, *others: SQLModel) -> None:
    """Add a row whose name must be free, then what hangs on it; whoever was faster has the name."""
    uow.session.add(first)
    try:
        await uow.session.flush()
    except IntegrityError as error:
        raise taken from error
    uow.session.add_all(others)
    await uow.session.flush()


def _texts(sentences: schemas.Sentences | None) -> dict[str, object]:
    return (sentences or Texts()).model_dump()


def _person(actor: Actor) -> UUID:
    if actor.subject is None:
        raise Forbidden("Only a person can do this: two different people stand behind each version.")
    return actor.subject
