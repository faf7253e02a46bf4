"""What every answer carries and what no other site can do: security headers, cookies, forms of our own, tokens."""

import re
from datetime import timedelta

import httpx
import jwt
import pytest

from quartier import clock, ids, keys
from quartier.contracts.accounts import Audiences, Role
from quartier.probes import openapi_of
from quartier.service import installed
from quartier.settings import Settings
from quartier.testing.app import City

OURS = {"origin": "https://city.test"}
OTHER_PLACES = ["/", "/en/", "/fr/", "/en/dashboard", "/healthz", "/readyz", "/static/nothing.js", "/nowhere", "/en/nowhere",
                "/schemas/org.quartier.request.submitted.v1.json", "/problems/not-found", "/api/nobody/v1/x", "/api/requests/openapi.json",
                "/api/requests/docs", "/api/requests/docs.css"]
STREAMS = {"/api/portal/v1/live"}


def addresses() -> list[tuple[str, str]]:
    """Every method and address of the city, with made-up ids."""
    found = [("GET", place) for place in OTHER_PLACES]
    for service in installed():
        for path, operations in openapi_of(service)["paths"].items():
            if path not in STREAMS:
                filled = re.sub(r"\{[^}]*\}", "nothing", path.replace("{lang}", "en"))
                found += [(method.upper(), filled) for method in operations]
    return found


def csp(answer: httpx.Response) -> dict[str, list[str]]:
    """The directives of an answer's policy."""
    parts = [part.split() for part in answer.headers["content-security-policy"].split(";") if part.strip()]
    return {name: values for name, *values in parts}


async def test_every_answer_carries_the_security_headers(city: City):
    seen = set()
    for method, path in addresses():
        answer = await city.http.request(method, path)
        seen.add(answer.status_code // 100)
        where = f"{method} {path} {answer.status_code}"
        assert answer.headers["x-content-type-options"] == "nosniff", where
        assert answer.headers["referrer-policy"] in ("no-referrer", "same-origin"), where
        policy = csp(answer)
        assert "'unsafe-inline'" not in answer.headers["content-security-policy"], where
        assert policy["default-src"] in (["'none'"], ["'self'"]), where
        if path.startswith("/en") and answer.headers["content-type"].startswith("text/html"):
            assert policy["script-src"] == ["'self'"], where
    assert seen >= {2, 3, 4}


async def test_an_unexpected_error_carries_them_too_and_tells_nothing_of_the_inside(city: City):
    async with city.runtime("requests").database.engine.begin() as connection:
        await connection.exec_driver_sql(
            "CREATE TRIGGER broken BEFORE INSERT ON request BEGIN SELECT RAISE(ABORT, 'the words of the inside'); END")
    contact = (await city.http.post("/api/accounts/v1/contacts", json={"address": "ada@example.org", "language": "en"})).json()
    answer = await city.http.post("/api/requests/v1/requests", headers={"idempotency-key": "k"}, json={
        "contact_ticket": contact["contact_ticket"], "kind": "new", "title": "Trees", "body": "All.", "lang": "en"})
    assert answer.status_code == 500
    assert {"content-security-policy", "x-content-type-options", "referrer-policy"} <= set(answer.headers)
    assert "inside" not in answer.text


async def test_every_refusal_of_the_api_is_a_problem(city: City):
    refused = 0
    for method, path in addresses():
        if path.startswith("/api/"):
            answer = await city.http.request(method, path)
            if answer.status_code >= 400:
                refused += 1
                assert answer.headers["content-type"] == "application/problem+json", f"{method} {path}"
                problem = answer.json()
                assert problem["status"] == answer.status_code
                assert problem["type"].startswith("https://city.test/problems/")
                assert problem["title"] and problem["detail"], f"{method} {path}"
    assert refused > 30


async def signed_in(city: City) -> httpx.Response:
    """The answer that signs Ada in."""
    granted = await city.http.post("/api/accounts/v1/grants", json={"address": "ada@example.org", "role": "officer"},
                                   headers=city.bearer(Role.OPERATOR))
    assert granted.status_code == 201
    await city.http.post("/en/sign-in", data={"address": "ada@example.org"}, headers=OURS)
    await city.quiet()
    return await city.http.post((await city.mails())[-1].secret_path, headers=OURS)


async def test_the_session_cookie_stays_with_this_host_https_and_out_of_scripts(city: City):
    answer = await signed_in(city)
    assert answer.status_code == 303
    cookie = next(value for value in answer.headers.get_list("set-cookie") if "__Host-session=" in value)
    name, *attributes = (part.strip().lower() for part in cookie.split(";"))
    assert name.startswith("__host-session=")
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= set(attributes)
    assert not any(attribute.startswith("domain") for attribute in attributes)


ORIGINS = {"own": "https://city.test", "other": "https://evil.example", "opaque": "null", "absent": None}


@pytest.mark.parametrize("site", ["same-origin", "none", "same-site", "cross-site", None])
@pytest.mark.parametrize("origin", sorted(ORIGINS))
async def test_only_our_own_pages_send_forms(city: City, site, origin):
    headers = {"sec-fetch-site": site} if site else {}
    headers |= {"origin": ORIGINS[origin]} if ORIGINS[origin] else {}
    allowed = site in ("same-origin", "none") if site else origin in ("own", "absent")
    answer = await city.http.post("/en/sign-out", headers=headers)
    assert answer.status_code == (303 if allowed else 403), answer.text


async def test_a_form_of_another_site_ends_nobodys_session(city: City):
    await signed_in(city)
    refused = await city.http.post("/en/sign-out", headers={"sec-fetch-site": "cross-site"})
    assert refused.status_code == 403
    assert (await city.http.get("/en/desk")).status_code == 200
    assert (await city.http.post("/en/sign-out", headers={"sec-fetch-site": "same-origin"})).status_code == 303
    assert (await city.http.get("/en/desk")).status_code == 303


async def asked(city: City, token: str) -> httpx.Response:
    """What the desk's queue answers to the bearer of that token."""
    return await city.http.get("/api/requests/v1/queues/first_look", headers={"authorization": f"Bearer {token}"})


async def test_an_api_token_is_told_where_it_is_exchanged(city: City):
    answer = await asked(city, "qt_something")
    assert answer.status_code == 401
    assert "POST /api/accounts/v1/tokens" in answer.json()["detail"]
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_token_that_has_run_out_is_refused(city: City):
    assert (await asked(city, city.token(Role.OFFICER))).status_code == 200
    assert (await asked(city, city.token(Role.OFFICER, life=timedelta(seconds=-10)))).status_code == 401


async def test_a_service_that_claims_to_be_a_person_is_refused(city: City):
    found = keys.load(Settings(folder=city.folder), "portal")
    now = clock.wall()
    claims = {"sub": str(ids.new_id()), "aud": Audiences.SERVICES, "iat": now, "exp": now + timedelta(seconds=60), "roles": ["officer"]}
    for kid in (found.kid, "accounts"):
        forged = jwt.encode(claims, found.private, algorithm="EdDSA", headers={"kid": kid})
        assert (await asked(city, forged)).status_code == 401, kid
    unsigned = jwt.encode(claims, None, algorithm="none", headers={"kid": "accounts"})
    assert (await asked(city, unsigned)).status_code == 401
