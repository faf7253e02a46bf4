"""What somebody types to ask for data, and what she gets back at once."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import ConfigDict, Field, field_validator

from quartier.contracts.requests import Channel, RequestKind
from quartier.contracts.wishes import Wish
from quartier.contracts.words import Language
from quartier.web import Body, Out
from quartier_requests.texts import Line, Paragraphs, Period, Story, Theme, Title, one_line


class WishIn(Wish):
    """One thing that the dataset has to have, in the terms in which datasets declare what they hold."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("wanted")
    @classmethod
    def _for_reading(cls, wanted: str) -> str:
        return one_line(wanted)


class RequestIn(Body):
    """A request for data. Title and body are needed, the rest helps; everything but the contact becomes public if it is cleared."""

    contact_ticket: str = Field(min_length=1, max_length=4000,
                                description="From POST /api/accounts/v1/contacts; addresses never pass here.")
    kind: RequestKind
    title: Title
    body: Story
    lang: Language
    question: Paragraphs | None = Field(None, description="The question that the data should help to answer.")
    area: Line | None = None
    period: Period | None = Field(None, description="Free text, or an interval such as 2019/2026.")
    reuse: Paragraphs | None = Field(None, description="How the data would be used.")
    how_today: Paragraphs | None = Field(None, description="How she gets by without it.")
    useful_until: date | None = Field(None, description="After this day the data is of no use to her any more.")
    wishes: list[WishIn] = Field(default_factory=list, max_length=20)
    themes: list[Theme] = Field(default_factory=list, max_length=20)
    channel: Channel = Channel.WEB


class DraftOut(Out):
    """Nobody reads it until it is confirmed by the link in the mail; asking for the same twice changes nothing."""

    id: UUID
    state: Literal["awaiting_confirmation"]
