"""What every answer carries and what no other site can do: security headers, cookies, forms of our own, tokens."""

import re
from datetime import timedelta
from itertools import product

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


NOTHING = "default-src 'none'; frame-ancestors 'none'; sandbox"
PAGE = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
        "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
        "trusted-types quartier")
DOCUMENTATION = "default-src 'none'; style-src 'self'; frame-ancestors 'none'"
MAIL_IN_A_FRAME = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
"""What the four kinds of answers may load, whole: a directive more is as wrong as one less."""
STAFF_PAGES = ["/en/desk", "/fr/desk", "/en/desk/queues/first_look", "/en/desk/requests/R-1999-0001", "/en/desk/datasets/new",
               "/en/desk/versions/new", "/en/desk/versions", "/en/desk/deliveries", "/en/desk/gallery", "/en/ops",
               "/fr/ops/services/requests", "/en/ops/services/nobody", "/en/ops/deliveries",
               "/en/ops/mailbox", "/en/ops/traces", "/en/", "/en/nowhere"]


def check_headers(answer: httpx.Response, policy: str | None = None) -> None:
    """What everything that the city answers has to carry."""
    where = f"{answer.request.method} {answer.url} {answer.status_code}"
    is_page = answer.headers.get("content-type", "").startswith("text/html")
    expected = policy or (DOCUMENTATION if answer.url.path.endswith("/docs") and is_page else PAGE if is_page else NOTHING)
    assert answer.headers["content-security-policy"] == expected, where
    assert answer.headers["x-content-type-options"] == "nosniff", where
    assert answer.headers["referrer-policy"] in ("no-referrer", "same-origin"), where
    assert answer.headers["cross-origin-opener-policy"] == "same-origin", where
    assert answer.headers["strict-transport-security"] == "max-age=31536000", where
    if is_page and expected == PAGE:
        assert answer.headers["cache-control"] == "no-store", where
        assert answer.headers["permissions-policy"] == "camera=(), geolocation=(), microphone=()", where


async def test_every_answer_carries_the_security_headers(city: City):
    seen = set()
    for method, path in addresses():
        answer = await city.http.request(method, path)
        seen.add(answer.status_code // 100)
        check_headers(answer)
    assert seen >= {2, 3, 4}


async def test_the_pages_of_people_who_are_signed_in_carry_them_too(city: City):
    await signed_in(city)
    seen = set()
    for path in STAFF_PAGES:
        answer = await city.http.get(path)
        seen.add(answer.status_code)
        assert "/sign-out" in answer.text, path
        check_headers(answer)
    assert seen == {200, 404}
    for path in ("/en/desk/datasets/new", "/en/desk/versions/new", "/en/desk/requests/R-1999-0001/acts/request.answered"):
        check_headers(await city.http.post(path, headers=OURS))
    mail = (await city.http.get("/api/notify/v1/mailbox", headers=city.bearer(Role.OPERATOR))).json()["items"][0]["id"]
    check_headers(await city.http.get(f"/en/ops/mailbox/{mail}"), f"{PAGE}; frame-src 'self'")
    check_headers(await city.http.get(f"/en/ops/mailbox/{mail}/html"), MAIL_IN_A_FRAME)
    check_headers(await city.http.get(f"/en/ops/mailbox/{mail}/raw"))
    check_headers(await city.http.post("/en/sign-out", headers=OURS))


async def test_secret_pages_tell_no_other_site_their_address(city: City):
    for path in ("/en/l/nothing", "/fr/l/nothing"):
        answer = await city.http.get(path)
        check_headers(answer)
        assert (answer.headers["referrer-policy"], answer.headers["x-robots-tag"]) == ("no-referrer", "noindex")


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
    """The answer that signs Ada in, who works at the desk and at the console."""
    for role in (Role.OFFICER, Role.OPERATOR):
        granted = await city.http.post("/api/accounts/v1/grants", json={"address": "ada@example.org", "role": role},
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


SITES = ["same-origin", "none", "same-site", "cross-site", None]


@pytest.mark.parametrize("is_signed_in", [True, False], ids=["signed in", "a visitor"])
async def test_only_our_own_pages_send_forms(city: City, is_signed_in: bool):
    if is_signed_in:
        await signed_in(city)
    for site, origin in product(SITES, ORIGINS):
        headers = {"sec-fetch-site": site} if site else {}
        headers |= {"origin": ORIGINS[origin]} if ORIGINS[origin] else {}
        allowed = site in ("same-origin", "none") if site else origin == "own" or (origin == "absent" and not is_signed_in)
        answer = await city.http.post("/en/requests/R-1999-0001/follow", headers=headers)  # A form that everybody has.
        assert answer.status_code == (404 if allowed else 403), (site, origin)
        if not allowed:
            assert "Open the page here and send its form again." in answer.text
            check_headers(answer)


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
