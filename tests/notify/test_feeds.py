"""Atom for a public request: the facts of its events, in either language, without any subscription."""

from datetime import date
from typing import Any
from uuid import UUID

from lxml import etree

from quartier import ids
from quartier.contracts.requests import Outcome, PublicationScheduled, RequestAnswered, RequestWithdrawn, Visibility
from quartier.contracts.words import Precision, Texts

ATOM = {"a": "http://www.w3.org/2005/Atom"}
COMMON = {"ref": "R-2027-0042", "state": "x", "label": "y", "visibility": Visibility.PUBLIC}


async def read(notify: Any, request: UUID, **options: Any) -> Any:
    """The feed as a reader fetches it, without any token."""
    return await notify.city.http.get(f"/api/notify/v1/feeds/requests/{request}.atom", **options)


async def answered(notify: Any, title: str = "Noise by street") -> tuple[UUID, list[Any]]:
    """A public request that has been answered."""
    request = await notify.open_request(title)
    envelopes = await notify.publish(
        PublicationScheduled(request_id=request, expected_on=date(2027, 11, 30), precision=Precision.QUARTER, **COMMON),
        RequestAnswered(request_id=request, outcome=Outcome.ALREADY_AVAILABLE, links=["https://data.city.example/?a=1&b=2"],
                        answer=Texts(fr="Voyez <b>ici</b>."), **COMMON))
    await notify.city.quiet()
    return request, envelopes


async def test_a_feed_tells_each_event_once_the_newest_first_under_the_events_own_id(notify: Any) -> None:
    request, envelopes = await answered(notify)
    answer = await read(notify, request)

    assert answer.headers["content-type"] == "application/atom+xml"
    feed = etree.fromstring(answer.content)
    entries = feed.findall("a:entry", ATOM)
    assert [entry.findtext("a:id", namespaces=ATOM) for entry in entries][:2] == [
        f"urn:uuid:{envelope.id}" for envelope in reversed(envelopes)]
    assert [entry.findtext("a:title", namespaces=ATOM) for entry in entries] == [
        "The city has answered request R-2027-0042.",
        "The data asked for in R-2027-0042 is promised for the fourth quarter of 2027.",
        "Request R-2027-0042 stands on the public register."]
    assert feed.findtext("a:id", namespaces=ATOM) == f"urn:uuid:{request}"
    assert feed.findtext("a:title", namespaces=ATOM) == "Request R-2027-0042: Noise by street"
    assert feed.findtext("a:updated", namespaces=ATOM) == entries[0].findtext("a:updated", namespaces=ATOM)
    content = entries[0].findtext("a:content", namespaces=ATOM)
    assert '<p lang="fr" dir="auto">Voyez &lt;b&gt;ici&lt;/b&gt;.</p>' in content
    assert 'href="https://data.city.example/?a=1&amp;b=2"' in content


async def test_a_feed_speaks_the_language_that_is_asked_for(notify: Any) -> None:
    request, _ = await answered(notify)
    by_header = await read(notify, request, headers={"accept-language": "de, fr;q=0.8, en;q=0.5"})
    by_query = await read(notify, request, params={"lang": "fr"}, headers={"accept-language": "en"})

    assert "La ville a répondu à la demande R-2027-0042." in by_header.text
    assert by_header.text == by_query.text
    assert (await read(notify, request, params={"lang": "de"})).status_code == 422


async def test_a_reader_that_has_the_feed_is_told_so_until_there_is_news(notify: Any) -> None:
    request, _ = await answered(notify)
    tag = (await read(notify, request)).headers["etag"]
    assert (await read(notify, request, headers={"if-none-match": f'"other", W/{tag}'})).status_code == 304
    assert (await read(notify, request, params={"lang": "fr"}, headers={"if-none-match": tag})).status_code == 200

    await notify.publish(RequestWithdrawn(request_id=request, outcome=Outcome.WITHDRAWN, **COMMON))
    await notify.city.quiet()
    assert (await read(notify, request, headers={"if-none-match": tag})).status_code == 200


async def test_a_title_with_markup_and_control_characters_is_still_xml(notify: Any) -> None:
    request, _ = await answered(notify, "A <script>\x0bx & y\u202e")
    feed = etree.fromstring((await read(notify, request)).content)

    assert "A <script>" in feed.findtext("a:title", namespaces=ATOM)
    assert "\u202e" not in feed.findtext("a:title", namespaces=ATOM)


async def test_what_nobody_published_has_no_feed(notify: Any) -> None:
    assert (await read(notify, ids.new_id())).status_code == 404
    assert (await notify.city.http.get("/api/notify/v1/feeds/requests/x.atom")).status_code == 422
