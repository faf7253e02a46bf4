"""What one act says besides that it happened: kept in the history, told in the letter, shown to whoever may read the request."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from quartier.contracts.requests import Ground, Outcome
from quartier.contracts.wishes import WishCell
from quartier.contracts.words import Precision, Texts


class Facts(BaseModel):
    """The facts of one act, under the names that the letter about it gives them."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    outcome: Outcome | None = None
    answer: Texts | None = None
    links: list[str] = Field(default_factory=list)
    motive: Texts | None = None
    ground: Ground | None = None
    article: str | None = None
    redress: Texts | None = None
    appeal_by: date | None = None
    expected_on: date | None = None
    precision: Precision | None = None
    previous_on: date | None = None
    previous_precision: Precision | None = None
    dataset_title: Texts | None = None
    dataset_url: str | None = None
    dataset_slug: str | None = None
    dataset_version: str | None = None
    wishes: list[WishCell] = Field(default_factory=list, description="What was wished beside what the dataset gives.")

    def kept(self) -> dict[str, object]:
        """As JSON values, without what is not said."""
        return self.model_dump(mode="json", exclude_defaults=True)
