"""From a person's click to her mail: one trace through all services, kept in the embedded city's ring."""

from collections.abc import Iterator

import pytest

from quartier import ids, telemetry, traces
from quartier.contracts.accounts import Role
from quartier.testing.app import City
from quartier.traces import SpanRow, TraceRing
from tests.accounts.house import somebody

ASK = {"kind": "new", "title": "Trees in the streets", "body": "Every tree with its species, please.", "lang": "en"}


@pytest.fixture
def ring(city: City) -> Iterator[TraceRing]:
    """Spans go into the city's ring, as `quartier up` has it."""
    made = TraceRing(city.folder / "traces.db")
    telemetry.start("city", processor=made, bus="quartier_log")
    yield made
    telemetry.stop()


async def test_one_trace_leads_from_the_click_that_confirms_to_the_mail_that_acknowledges(city: City, ring: TraceRing) -> None:
    address = somebody()
    contact = (await city.http.post("/api/accounts/v1/contacts", json={"address": address, "language": "en"})).json()
    asked = await city.http.post("/api/requests/v1/requests", json={**ASK, "contact_ticket": contact["contact_ticket"]},
                                 headers={"idempotency-key": str(ids.new_id())})
    assert asked.status_code == 201, asked.text
    await city.quiet()
    mail, = await city.mails()

    clicked = await city.http.post(mail.secret_path)
    assert clicked.status_code == 200, clicked.text
    await city.quiet()
    assert len(await city.mails()) == 2
    ring.force_flush()
    spans = traces.of_trace(city.folder / "traces.db", clicked.headers["trace-id"])
    tree = {span.span_id: span for span in spans}

    click = only(spans, service="portal", name="POST /{lang}/l/{token}", kind="SERVER")
    assert click.parent_id is None
    confirmed = only(spans, service="requests", name="POST /requests/{key}/confirmation", kind="SERVER")
    owed = [span for span in spans if span.name == "create quartier.requests"
            and span.attributes["cloudevents.event_type"] == "org.quartier.notice.owed.v1"]
    assert [span.service for span in owed] == ["requests"]
    handled = only(spans, service="notify", name="process quartier.requests", event=str(owed[0].attributes["cloudevents.event_id"]))
    assert {span.attributes["messaging.system"] for span in (owed[0], handled)} == {"quartier_log"}
    sent = only(spans, service="notify", name="send mail", kind="CLIENT")
    told = only(spans, service="notify", name="create quartier.notify", kind="PRODUCER")
    assert lineage(tree, told) == [told, sent, handled, owed[0], confirmed, *lineage(tree, confirmed)[1:]]
    assert lineage(tree, told)[-1] == click
    box = (await city.http.get("/api/notify/v1/mailbox", headers=city.bearer(Role.OPERATOR))).json()["items"]
    assert box[0]["trace_id"] == click.trace_id != box[1]["trace_id"]


def only(spans: list[SpanRow], *, service: str, name: str, kind: str | None = None, event: str | None = None) -> SpanRow:
    """The one span that looks like this."""
    found = [span for span in spans if span.service == service and span.name == name and kind in (None, span.kind)
             and event in (None, span.attributes.get("cloudevents.event_id"))]
    assert len(found) == 1, f"{service} {name}: {[(span.service, span.name, span.kind) for span in spans]}"
    return found[0]


def lineage(tree: dict[str, SpanRow], span: SpanRow) -> list[SpanRow]:
    """A span, its parent, and so on up to the first."""
    line = [span]
    while line[-1].parent_id in tree:
        line.append(tree[line[-1].parent_id])
    return line
