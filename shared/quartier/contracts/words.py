"""A person's own words, and texts that the city gives in its two languages."""

import unicodedata
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that change the direction of the text around them (Unicode UAX 9): a title could read as something else."""


def readable(text: str) -> str:
    """The same text. Raises PydanticCustomError, a ValueError, for a sign that is not for reading, which a database may refuse besides."""
    for sign in text:
        if sign in TURNING:
            raise PydanticCustomError("turning_sign",
                                      "This holds an invisible sign that turns the direction of the text. Please type it anew.")
        if unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\r\t":
            raise PydanticCustomError("control_character", "This holds an invisible control character. Please type it anew.")
    return text


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
