"""What an installation of notify may set: where mail is handed over, and in whose name it is written."""

from urllib.parse import urlsplit

from pydantic import Field

from quartier.settings import Settings


class NotifySettings(Settings):
    """Settings of notify."""

    smtp: str | None = Field(
        None, pattern=r"^[^\s:/]+:[0-9]{1,5}$",
        description="The mail server that takes our messages on (host:port); without it, they lie in the local mailbox.")
    mail_from: str | None = Field(
        None, description="The city's own address, as mails show it; without it, `city` at the host of public_url.")
    mail_reply_to: str | None = Field(
        None, description="Where people's answers are read, by a person; without it, the address in mail_from.")

    @property
    def host(self) -> str:
        """The city's host name, as message ids and list ids carry it."""
        return urlsplit(self.public_url).hostname or "localhost"

    @property
    def sender(self) -> str:
        """The address that mails come from."""
        return self.mail_from or f"city@{self.host}"

    @property
    def answers(self) -> str:
        """The address that answers go to."""
        return self.mail_reply_to or self.sender
