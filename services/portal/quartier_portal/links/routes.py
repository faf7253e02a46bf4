"""`/{lang}/l/{token}`: one address for all secret links; accounts says what each is for."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Response
from fastapi.responses import HTMLResponse

from quartier import i18n
from quartier.auth import public
from quartier.client import Answered
from quartier.contracts.notices import Purpose
from quartier_portal.register.parts import parts
from quartier_portal.sessions import attempts
from quartier_portal.sessions.attempts import Attempt
from quartier_portal.sessions.routes import first_page, keep_session
from quartier_portal.visit import OurOwnPage, Visit, Visiting, from_our_own_page

router = APIRouter()
Token = Annotated[str, Path(max_length=200)]
WHY = "the token in the address is the proof"


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link is for: a purpose, and `request/<id>`, `subscription/<id>` or `sign-in/<id>`."""

    purpose: Purpose
    kind: str
    id: str
    needs_code: bool

    @property
    def words(self) -> str:
        """The texts of this kind of link."""
        return f"link-{self.purpose.value}-{self.kind}"


@router.get("/{lang}/l/{token}", response_class=HTMLResponse, **public(WHY))
async def show_link(visit: Visiting, token: Token) -> Response:
    """Say what the link does and show its button; the status page shows itself."""
    try:
        opened = await _look(visit, token)
    except Answered as problem:
        return _over(visit, problem)
    if opened.purpose is Purpose.STATUS:
        return await _status(visit, token, opened)
    following = await _following(visit, token, opened) if opened.purpose is Purpose.UNSUBSCRIBE else None
    if following and following["state"] == "ended":
        return _unsubscribed(visit, following, is_news=False)
    return _act(visit, opened, following)


@router.post("/{lang}/l/{token}", response_class=HTMLResponse, **public(WHY))
async def act_on_link(visit: Visiting, token: Token, code: Annotated[str, Form(max_length=40)] = "",
                      one_click: Annotated[str | None, Form(alias="List-Unsubscribe", max_length=40)] = None) -> Response:
    """Do what the link is for. A mail program's one click (RFC 8058) comes without a browser's headers and gets a plain answer."""
    try:
        opened = await _look(visit, token)
        if opened.purpose in (Purpose.STATUS, Purpose.NONE):  # There is nothing to do, only something to see.
            return visit.go(f"/l/{token}")
        if opened.purpose is not Purpose.UNSUBSCRIBE:
            await from_our_own_page(visit.request)
        exchanged = await _exchange(visit, token, code)
    except Answered as problem:
        if problem.slug in ("code-needed", "code-wrong") and problem.extensions.get("tries_left") != 0:
            return _act(visit, opened, error=visit.t("link-code-wrong"))
        return _over(visit, problem)
    match opened.purpose, opened.kind:
        case Purpose.SIGN_IN, _:
            wanted = Attempt.of(visit.request).wanted
            response: Response = visit.go(wanted or first_page(visit.runtime.verifier.actor(exchanged["token"])))
            keep_session(response, exchanged["session"])
            attempts.forget(response)
            return response
        case Purpose.CONFIRM, "request":
            request = await visit.post("requests", f"/requests/{opened.id}/confirmation", token=exchanged["token"])
            return _private(visit.page("links/request_confirmed.html", visit.t("request-confirmed-title"), request=request))
        case Purpose.CONFIRM, _:
            following = await visit.post("notify", f"/subscriptions/{opened.id}/confirmation", token=exchanged["token"])
            return _private(visit.page("links/following.html", visit.t("following-title"), following=following))
        case Purpose.UNSUBSCRIBE, _:
            by = "one-click" if one_click else "page"
            await visit.runtime.client.delete("notify", f"/subscriptions/{opened.id}", params={"by": by}, token=exchanged["token"])
            return _unsubscribed(visit, await _following(visit, token, opened), is_news=True)
    raise AssertionError(opened.purpose)


@router.post("/{lang}/l/{token}/withdrawal", response_class=HTMLResponse, dependencies=[OurOwnPage], **public(WHY))
async def withdraw_by_link(visit: Visiting, token: Token, version: Annotated[str, Form(max_length=20)] = "") -> Response:
    """Take one's own request back, from its status page."""
    opened = await _look(visit, token)
    exchanged = await _exchange(visit, token, "")
    await visit.post("requests", f"/requests/{opened.id}/withdrawal", token=exchanged["token"], headers={"if-match": f'"{version}"'})
    return visit.go(f"/l/{token}")


async def _look(visit: Visit, token: str) -> Opened:
    secret = Attempt.of(visit.request).secret
    headers = {"browser-secret": secret} if secret else {}
    link: dict[str, Any] = (await visit.runtime.client.get("accounts", f"/links/{token}", headers=headers)).json()
    kind, _, id_ = link["subject"].partition("/")
    purpose = Purpose(link["purpose"])
    return Opened(purpose, kind, id_, purpose is Purpose.SIGN_IN and link["needs_code"] is not False)


async def _exchange(visit: Visit, token: str, code: str) -> dict[str, Any]:
    sent = {"browser_secret": Attempt.of(visit.request).secret, "code": code or None}
    exchanged: dict[str, Any] = (await visit.runtime.client.post("accounts", f"/links/{token}/exchanges", json=sent)).json()
    return exchanged


async def _status(visit: Visit, token: str, opened: Opened) -> HTMLResponse:
    """The requester's own page: everything about her request, for whoever holds the link."""
    exchanged = await _exchange(visit, token, "")
    response = await visit.runtime.client.get("requests", f"/requests/{opened.id}/status", token=exchanged["token"],
                                              headers={"accept-language": visit.lang})
    request = response.json()
    told = [[visit.t(f"notice-kind-{notice['kinds'][0]}"), i18n.short_date(date.fromisoformat(notice["owed_on"]), visit.lang),
             _became(visit, notice)] for notice in request["notices"]]
    return _private(visit.page("links/status.html", request["title"]["text"], token=token, told_rows=told,
                               **parts(visit, request, request["events"])))


def _became(visit: Visit, notice: dict[str, Any]) -> str:
    """What became of one message, in a few words."""
    on = notice["informed_on"]
    return visit.t(f"notice-{notice['state']}", on=i18n.short_date(date.fromisoformat(on), visit.lang) if on else "")


async def _following(visit: Visit, token: str, opened: Opened) -> dict[str, Any]:
    """What its bearer follows, or followed, as notify tells her."""
    exchanged = await _exchange(visit, token, "")
    following: dict[str, Any] = (await visit.runtime.client.get(
        "notify", f"/subscriptions/{opened.id}", token=exchanged["token"])).json()
    return following


def _act(visit: Visit, opened: Opened, following: dict[str, Any] | None = None, error: str | None = None) -> HTMLResponse:
    """The page with the button; whoever comes from another browser than the one that asked has a code to type."""
    title = "link-code-title" if opened.needs_code else f"{opened.words}-title"
    return _private(visit.page("links/act.html", visit.t(title), status=403 if error else 200, opened=opened, following=following,
                               error=error))


def _unsubscribed(visit: Visit, following: dict[str, Any], *, is_news: bool) -> HTMLResponse:
    """It has ended, now or when the link was used before: what one may want next."""
    title = "unsubscribed-title" if is_news else "unsubscribed-before-title"
    return _private(visit.page("links/unsubscribed.html", visit.t(title), following=following, is_news=is_news))


def _over(visit: Visit, problem: Answered) -> HTMLResponse:
    """A link that has run out, was used, or is none of ours: what now."""
    slug = "code-spent" if problem.slug == "code-wrong" else problem.slug  # The last of the tries.
    known = slug if slug in ("link-expired", "link-used", "code-spent") else "link-unknown"
    subject = str(problem.extensions.get("subject", ""))
    is_draft = problem.extensions.get("purpose") == Purpose.CONFIRM and subject.startswith("request/")
    return _private(visit.page("links/over.html", visit.t(f"{known}-title"), known=known, status=problem.status,
                               draft=subject.removeprefix("request/") if is_draft else None))


@router.post("/{lang}/confirmation-links", response_class=HTMLResponse, dependencies=[OurOwnPage],
             **public("the new link goes to the mailbox that the old one went to"))
async def send_new_link(visit: Visiting, draft: Annotated[str, Form(max_length=40)]) -> HTMLResponse:
    """Send the link that confirms a request once more."""
    await visit.post("requests", f"/requests/{draft}/confirmation-links", token="")
    return _private(visit.page("links/sent_again.html", visit.t("sent-again-title")))


def _private(page: HTMLResponse) -> HTMLResponse:
    """Nobody learns the address of a secret page from another site or a search engine."""
    page.headers["referrer-policy"] = "no-referrer"
    page.headers["x-robots-tag"] = "noindex"
    return page
