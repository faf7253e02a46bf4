"""What the city publishes: datasets and their versions, as events on `quartier.publications`, key dataset id."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from quartier.contracts.wishes import Coverage
from quartier.contracts.words import Slug, Texts, Url
from quartier.events import Event

TOPIC = "quartier.publications"


class Distribution(BaseModel):
    """One form in which a dataset version can be fetched."""

    model_config = ConfigDict(frozen=True)
    format: str = Field(max_length=50)
    url: Url


class DatasetFact(Event):
    """What every event of a dataset says."""

    dataset_id: UUID
    slug: Slug
    title: Texts


class DatasetRegistered(DatasetFact, topic=TOPIC, type="org.quartier.dataset.registered.v1", key="dataset_id",
                        audience="public"):
    """A dataset that the city had published before is now known here. It moves no request and mails nobody."""

    version: str


class DatasetPublished(DatasetFact, topic=TOPIC, type="org.quartier.dataset.published.v1", key="dataset_id",
                       audience="public"):
    """A version of a dataset is out: approved by a second person, with what it covers and whom it answers."""

    version: str
    is_first: bool = Field(description="True for the first version of a dataset that was never registered before.")
    released_at: datetime
    licence: str | None = None
    coverage: Coverage
    distributions: list[Distribution] = Field(min_length=1, max_length=20)
    request_ids: list[UUID] = Field(default_factory=list, max_length=50)
    page_url: str = Field(description="The dataset's page in the city's portal.")
