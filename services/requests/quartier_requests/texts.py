"""What people may type: any language and any sign, but no control characters, and nothing that turns the direction of text.

HTML stays what it is, text: whoever shows it escapes it.
"""

import re
import unicodedata
from typing import Annotated, Self

from pydantic import AfterValidator, ConfigDict, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from quartier.contracts.words import Texts, readable

YEARS_OR_DAYS = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


def one_line(text: str) -> str:
    """The same text. Raises PydanticCustomError when it has several lines or a sign that is not for reading."""
    if "\n" in text or "\r" in text or "\t" in text:
        raise PydanticCustomError("several_lines", "Please write this on one line.")
    return readable(text)


def forward(period: str) -> str:
    """The same period. Raises PydanticCustomError when it is an interval that ends before it begins."""
    start, slash, end = period.partition("/")
    if slash and YEARS_OR_DAYS.fullmatch(start) and YEARS_OR_DAYS.fullmatch(end) and end[:len(start)] < start[:len(end)]:
        raise PydanticCustomError("period_reversed", "The period ends before it begins.")
    return period


class TextsIn(Texts):
    """What the city says, in English, in French, or in both."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @field_validator("en", "fr")
    @classmethod
    def _for_reading(cls, text: str | None) -> str | None:
        return readable(text) if text else None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.en or self.fr):
            raise PydanticCustomError("says_nothing", "Write this in English, in French, or in both.")
        return self


def plain_words(text: str) -> str:
    """What two texts have in common that differ only in spelling variants, case, or white space at their ends."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


Line = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(one_line)]
Paragraphs = Annotated[str, StringConstraints(min_length=1, max_length=5_000), AfterValidator(readable)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=200), AfterValidator(one_line)]
Story = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000), AfterValidator(readable)]
Theme = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^|]+$"), AfterValidator(one_line)]
Period = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(one_line), AfterValidator(forward)]
