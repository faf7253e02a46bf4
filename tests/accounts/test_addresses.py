"""What is one e-mail address, and when two are the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quartier_accounts.addresses import parse_address


@pytest.mark.parametrize("given_, text", [
    ("ada@example.org", "ada@example.org"),
    ("  Ada.Lovelace+open@Example.ORG\t", "Ada.Lovelace+open@example.org"),
    ("rené@example.org".replace("é", "e"), "rene@example.org"),
    ("o'neill@sub.example.co.uk", "o'neill@sub.example.co.uk"),
    ("ada@bücher.example", "ada@xn--bcher-kva.example"),
    ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
    ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
    ("ａｄａ@example.org", "ada@example.org"),
])
def test_an_address_is_kept_as_a_mail_server_takes_it(given_: str, text: str) -> None:
    assert parse_address(given_).text == text


@pytest.mark.parametrize("bad", [
    "", "ada", "@example.org", "ada@", "ada@@example.org", "ada@localhost", "ada@example..org", "ada@.example.org", "ada@example.org.",
    "ada@192.0.2.1", "ada@[192.0.2.1]", "ada@-example.org", "ada@exa_mple.org", ".ada@example.org", "a..da@example.org", "ada.@example.org",
    "ada@example.org, bob@example.org", "ada@example.org;bob@example.org", "ada@example.org bob@example.org",
    "Ada <ada@example.org>", "<ada@example.org>", '"ada lovelace"@example.org', "ada(comment)@example.org", "ada:bob@example.org;",
    "ada@example.org\r\nBcc: bob@example.org", "ada\n@example.org", "ada@example.org\r", "ada@example.org\u2028", "ada\u2029@example.org",
    "ada\x00@example.org", "ada\u200b@example.org", "ada\u202e@example.org", "rené@example.org", "ada@" + "a" * 64 + ".org",
    "a" * 65 + "@example.org", "ada@" + "a." * 160 + "org", "x" * 321,
])
def test_what_is_not_one_address_is_refused_with_a_sentence(bad: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        parse_address(bad)


def test_people_find_themselves_again_whatever_the_capitals_and_the_way_of_writing_the_domain() -> None:
    ways = ["Ada@bücher.example", "ada@xn--bcher-kva.EXAMPLE", " ADA@BÜCHER.example "]
    assert {parse_address(way).lookup for way in ways} == {"ada@xn--bcher-kva.example"}


def test_a_hint_shows_its_owner_enough_and_nobody_else_the_address() -> None:
    assert parse_address("ada.lovelace@example.org").hint == "a…@example.org"


@given(st.text(max_size=340))
def test_nothing_that_is_accepted_can_break_out_of_a_mail_header(anything: str) -> None:
    try:
        address = parse_address(anything)
    except ValueError:
        return
    assert address.text.isascii() and address.text.isprintable()
    assert address.text.count("@") == 1 and not set(address.text) & set(' ,;<>"()[]\\:')
    assert len(address.text) <= 320 and parse_address(address.text) == address


@given(st.from_regex(r"\A[a-z0-9]([a-z0-9.+-]{0,30}[a-z0-9])?@[a-z]{2,20}\.(org|example|fr)\Z"))
def test_ordinary_addresses_are_accepted_unless_dots_stand_wrong(text: str) -> None:
    local = text.split("@")[0]
    if ".." in local:
        with pytest.raises(ValueError):
            parse_address(text)
    else:
        assert parse_address(text).text == text
