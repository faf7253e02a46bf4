"""The shapes of the mailbox and of previews."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from quartier.contracts.notices import Letter, NoticeClass, NoticeKind
from quartier.contracts.words import Language
from quartier.web import Body, Out


class MailOut(Out):
    """One mail in the local mailbox, as a list shows it."""

    id: UUID
    at: datetime
    to: str
    subject: str
    language: str | None
    trace_id: str | None


class MailShown(MailOut):
    """One mail as its reader sees it: headers, plain text, HTML, and the links in it."""

    headers: list[tuple[str, str]]
    text: str
    html: str
    links: list[str]


class MailsOut(Out):
    """A page of mails."""

    items: list[MailOut]
    next: str | None
    server: str | None = Field(description="The mail server to which mails go instead, where there is one.")


class PreviewIn(Body):
    """The facts of a letter that is not owed yet."""

    letter: Letter
    kinds: list[NoticeKind] = Field(min_length=1, max_length=10)
    language: Language
    notice_class: NoticeClass = Field(NoticeClass.OWNER, alias="class")


class Preview(Out):
    """What the person would read."""

    subject: str
    text: str
    html: str
