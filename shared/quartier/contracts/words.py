"""A person's own words, and texts that the city gives in its two languages."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Ref = Annotated[str, StringConstraints(pattern=r"^R-[0-9]{4}-[0-9]{4,}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"]+$", max_length=2000)]


class Language(StrEnum):
    """The languages of the house."""

    EN = "en"
    FR = "fr"


class Quote(BaseModel):
    """Words as somebody wrote them, with the language they are in."""

    model_config = ConfigDict(frozen=True)
    text: str = Field(max_length=20_000)
    lang: Language


class Texts(BaseModel):
    """One text in English, French or both; a missing language is said, never faked."""

    model_config = ConfigDict(frozen=True)
    en: str | None = Field(None, max_length=20_000)
    fr: str | None = Field(None, max_length=20_000)

    def best(self, lang: str) -> Quote | None:
        """The text in that language, else in the other one, with the language it is really in."""
        other = Language.FR if lang == Language.EN else Language.EN
        for candidate in (Language(lang), other):
            text = getattr(self, candidate.value)
            if text:
                return Quote(text=text, lang=candidate)
        return None


class Precision(StrEnum):
    """How exactly a date is promised; the period ends on its last day."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
