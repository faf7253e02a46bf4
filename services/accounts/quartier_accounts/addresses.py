"""What counts as one e-mail address, and when two of them are the same person's.

Stricter than the standard on purpose: a quotation mark, a comment or an address in brackets is legal in a header and is, in a form
of a city, an attack or a slip. What is accepted here can be put into a `To:` line as it is.
"""

import re
import unicodedata
from dataclasses import dataclass
from email.headerregistry import Address

import idna
from pydantic_core import PydanticCustomError

MAX_LENGTH = 320  # RFC 5321: 64 before the sign, 255 after it
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """One mailbox: `text` is what mail servers are given, `lookup` what finds the person again."""

    local: str
    domain: str

    @property
    def text(self) -> str:
        return f"{self.local}@{self.domain}"

    @property
    def lookup(self) -> str:
        """Mail servers may tell `Ada` from `ada`; people do not, and nobody shall have two accounts by a capital letter."""
        return self.text.casefold()

    @property
    def hint(self) -> str:
        """Enough for its owner to recognise it on a screen, too little for anybody else to write to."""
        return f"{self.local[0]}…@{self.domain}"


def parse_address(given: str) -> EmailAddress:
    """The one address in a form's field. Raises PydanticCustomError, a ValueError, with what to change."""
    if len(given) > MAX_LENGTH:
        raise PydanticCustomError("address_long", "An e-mail address has at most 320 characters.")
    text = unicodedata.normalize("NFKC", given.strip(" \t"))
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp", "Zs") for letter in text):
        raise PydanticCustomError("address_spaces", "An e-mail address is one line without spaces.")
    if text.count("@") != 1 or any(mark in text for mark in ',;"<>()[]:\\'):
        raise PydanticCustomError(
            "address_one", "Give one e-mail address, like ada@example.org, without a name, quotation marks or brackets.")
    local, domain = text.split("@")
    if not local.isascii():
        raise PydanticCustomError(
            "address_accents", "Mail servers do not yet agree on accents before the @; give an address without them.")
    if len(local) > 64 or not _LOCAL.fullmatch(local):
        raise PydanticCustomError("address_local", "The part before the @ is not one that a mailbox can have.")
    address = EmailAddress(local, _domain(domain))
    Address(addr_spec=address.text)  # The standard library has the last word on what may stand in a header.
    return address


def one_address(given: str) -> str:
    """What was given, unchanged, once it is sure to be one address: for the shapes of the API."""
    parse_address(given)
    return given


def _domain(name: str) -> str:
    no_domain = PydanticCustomError("address_domain", "The part after the @ is not a name on the internet, like example.org.")
    try:
        ascii_name = idna.encode(name, uts46=True, std3_rules=True).decode("ascii").lower()
    except idna.IDNAError as error:
        raise no_domain from error
    labels = ascii_name.split(".")
    if len(labels) < 2 or not all(labels) or labels[-1].isdigit():
        raise no_domain
    return ascii_name
