"""What a call says of itself is believed when one of our own services makes it, and of nobody else."""

import pytest

from quartier import telemetry
from quartier.contracts.accounts import Role
from quartier.testing.app import City

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CONTINUED = {"quartier-traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}


@pytest.fixture
def traced():
    """Spans are made, as in a running city."""
    telemetry.start("test")
    yield
    telemetry.stop()


async def trace_of(city: City, proof: str | None) -> str:
    """The trace in which the city answers a call that wants to continue another one."""
    proved = CONTINUED if proof is None else {**CONTINUED, "quartier-caller": proof}
    answer = await city.http.get("/api/requests/v1/requests", headers=proved)
    assert answer.status_code == 200, answer.text
    return answer.headers["trace-id"]


async def test_a_stranger_joins_no_trace_of_ours_whatever_he_shows(city: City, traced):
    foreign = city.service_token("portal")[:-4] + "AAAA"
    for proof in (None, "nonsense", "\u00e9", foreign, city.token(Role.OPERATOR), f"Bearer {city.service_token('portal')}"):
        assert await trace_of(city, proof and proof.encode("latin-1")) not in ("", TRACE), proof


async def test_a_service_of_ours_continues_its_trace(city: City, traced):
    assert await trace_of(city, city.service_token("portal")) == TRACE
