"""The shapes of the catalogue's HTTP API."""

from datetime import date, datetime
from typing import Annotated, Self
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from quartier.contracts.wishes import Coverage
from quartier.contracts.words import Ref, Slug, Texts, Url, readable
from quartier.web import Body, Out

Number = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})$")]
Claim = UUID | Ref
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(readable)]
Paragraph = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000), AfterValidator(readable)]


def _safe(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise ValueError("the address must begin with https://")
    return url


class Sentences(Body):
    """A text in English, French or both."""

    en: Paragraph | None = None
    fr: Paragraph | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.en and not self.fr:
            raise ValueError("write it in at least one language: en, fr")
        return self


class Title(Sentences):
    """A title in English, French or both."""

    en: Line | None = None
    fr: Line | None = None


class CoverageIn(Coverage):
    """What a version holds, as its officer declares it, in DCAT terms."""

    @field_validator("*")
    @classmethod
    def _for_reading(cls, declared: str | list[str] | None) -> str | list[str] | None:
        for text in [declared] if isinstance(declared, str) else declared or ():
            readable(text)
        return declared


class DistributionIn(Body):
    """Where a version can be fetched in one format: an https address (http on localhost alone)."""

    format: Line = Field(max_length=50, examples=["CSV"])
    url: Annotated[Url, AfterValidator(_safe)] = Field(examples=["https://data.city.example/trees-2.1.0.csv"])


class VersionIn(Body):
    """A version that an officer prepares: what changed, what it covers, where it lies, and which requests it answers."""

    number: Number = Field(examples=["2.1.0"], description="Above the version that is out: major.minor.patch.")
    change_note: Sentences
    coverage: CoverageIn = Field(default_factory=CoverageIn, description="What it holds; compared with what the requesters wished.")
    distributions: list[DistributionIn] = Field(min_length=1, max_length=20)
    request_ids: list[Claim] = Field(
        default_factory=list, max_length=50, description="Public requests that it answers, by id or reference (R-2026-0042).")


class PresentVersionIn(Body):
    """The version that the city had published before the dataset was registered here."""

    number: Number = Field(examples=["1.3.0"])
    change_note: Sentences | None = None
    coverage: CoverageIn = Field(default_factory=CoverageIn)
    distributions: list[DistributionIn] = Field(default_factory=list, max_length=20)
    released_on: date | None = Field(None, description="The source's own date, or none: it is never made up.")


class DatasetIn(Body):
    """A new dataset, or (`registered`) one that the city publishes already, with its present version."""

    slug: Slug = Field(examples=["trees"])
    title: Title
    description: Sentences | None = None
    publisher: Line | None = Field(None, description="The publishing body; the city, unless said.")
    licence: Line | None = Field(None, examples=["https://www.etalab.gouv.fr/licence-ouverte"])
    frequency: Line | None = Field(None, examples=["monthly"])
    registered: bool = False
    version: PresentVersionIn | None = None

    @model_validator(mode="after")
    def _is_new_or_was_there_before(self) -> Self:
        if self.registered and self.version is None:
            raise ValueError("a registered dataset comes with the version that is out")
        if not self.registered and self.version is not None:
            raise ValueError("a new dataset has no version yet: prepare one, and let a second person approve it")
        if not self.registered and self.description is None:
            raise ValueError("describe a new dataset in at least one language")
        return self


class DistributionOut(Out):
    """Where a version can be fetched in one format."""

    format: str
    url: str


class VersionOut(Out):
    """A version of a dataset. `version` is its ETag; `prepared_by` is shown to officers and approvers alone."""

    slug: str
    title: Texts
    number: str
    state: str
    change_note: Texts
    coverage: Coverage
    distributions: list[DistributionOut]
    request_ids: list[UUID]
    refs: list[str]
    is_first: bool
    prepared_at: datetime
    prepared_by: UUID | None = None
    released_at: datetime | None
    released_on: date | None
    version: int


class VersionsOut(Out):
    """A page of versions."""

    items: list[VersionOut]
    next: str | None


class DatasetOut(Out):
    """A dataset of the catalogue. `current` is the version that is out; a draft has none yet. `version` is its ETag."""

    id: UUID
    slug: str
    title: Texts
    description: Texts
    publisher: str
    licence: str | None
    frequency: str | None
    registered: bool
    page_url: str
    current: VersionOut | None
    version: int


class DatasetWithVersionsOut(DatasetOut):
    """A dataset with all its versions, the newest first."""

    versions: list[VersionOut]


class DatasetsOut(Out):
    """A page of datasets."""

    items: list[DatasetOut]
    next: str | None
