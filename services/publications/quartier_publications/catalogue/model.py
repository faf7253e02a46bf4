"""Datasets and versions, and the rules that a version keeps on its way out."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from quartier.contracts.words import Texts
from quartier.database import Entity, Utc, json_field
from quartier.problems import FieldError
from quartier_publications.catalogue.problems import FourEyes, NotPrepared, NumberNotAbove

STEP = 1_000_000
"""Each part of a version number is below this, so that a number sorts as one integer."""


class VersionState(StrEnum):
    """Where a version stands: waiting for a second person, out, or overtaken while it waited."""

    PREPARED = "prepared"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class Dataset(Entity, table=True):
    """A dataset of the city. `current` is the number of its newest version that is out; without one it is a draft."""

    __tablename__ = "dataset"

    slug: str = Field(unique=True, max_length=80)
    title: dict[str, Any] = json_field(nullable=False)
    description: dict[str, Any] = json_field(nullable=False)
    publisher: str = Field(max_length=200)
    licence: str | None = Field(default=None, max_length=200)
    frequency: str | None = Field(default=None, max_length=200)
    is_registered: bool = False
    current: str | None = Field(default=None, max_length=30)
    created_at: Utc

    @property
    def titles(self) -> Texts:
        """The title in the languages that it has."""
        return Texts.model_validate(self.title)

    @property
    def is_first(self) -> bool:
        """Whether the next version is the first of a dataset that the city had never published before."""
        return self.current is None

    def accept(self, number: str, used: set[str]) -> None:
        """Raise NumberNotAbove unless the number is new and above the version that is out."""
        if number in used:
            raise NumberNotAbove(f"There is a version {number} already.", errors=[FieldError("/number", "used already")])
        if self.current and rank(number) < rank(self.current):
            raise NumberNotAbove(f"Version {self.current} is out: the next number must be above it.",
                                 errors=[FieldError("/number", f"must be above {self.current}")])


class Version(Entity, table=True):
    """One state of a dataset, as it was or will be given out. Once it is out, nothing about it changes."""

    __tablename__ = "dataset_version"
    __table_args__ = (UniqueConstraint("dataset_id", "number"),)

    dataset_id: UUID = Field(foreign_key="dataset.id")
    number: str = Field(max_length=30)
    rank: int = Field(sa_type=BigInteger)
    state: str = Field(default=VersionState.PREPARED, index=True, max_length=20)
    change_note: dict[str, Any] = json_field(nullable=False)
    coverage: dict[str, Any] = json_field(nullable=False)
    is_first: bool = False
    prepared_by: UUID
    prepared_at: Utc
    approved_by: UUID | None = None
    released_at: Utc | None = None
    released_on: date | None = None
    event_id: UUID | None = Field(default=None, index=True)

    def approve(self, dataset: Dataset, by: UUID, at: datetime, on: date) -> None:
        """Let it go out. Raises NotPrepared when it is out or overtaken, FourEyes for whoever prepared it."""
        if self.state != VersionState.PREPARED:
            raise NotPrepared(f"Version {self.number} is {self.state}.")
        if by == self.prepared_by:
            raise FourEyes("You prepared this version: another approver has to look at it.")
        self.is_first = dataset.is_first
        self.state, self.approved_by, self.released_at, self.released_on = VersionState.PUBLISHED, by, at, on
        dataset.current = self.number


class Distribution(SQLModel, table=True):
    """One form in which a version can be fetched; `position` is its place in the list."""

    __tablename__ = "distribution"

    version_id: UUID = Field(foreign_key="dataset_version.id", primary_key=True)
    position: int = Field(primary_key=True)
    format: str = Field(max_length=50)
    url: str = Field(sa_type=Text)


class RequestLink(SQLModel, table=True):
    """That a version claims to answer a request; the requests service compares and decides."""

    __tablename__ = "request_link"

    version_id: UUID = Field(foreign_key="dataset_version.id", primary_key=True)
    request_id: UUID = Field(primary_key=True)
    claimed_by: UUID


def rank(number: str) -> int:
    """A version number as one integer that sorts as versions do."""
    major, minor, patch = (int(part) for part in number.split("."))
    return (major * STEP + minor) * STEP + patch
