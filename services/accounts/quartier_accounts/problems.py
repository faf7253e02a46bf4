"""What accounts refuses, in words that the person reads."""

from quartier.problems import Invalid, Problem, TooMany


class BadAddress(Invalid):
    """What was typed is not one e-mail address."""

    slug, title = "bad-address", "This is not an e-mail address that we can write to"


class TooManyContacts(TooMany):
    """One address was given again and again."""

    slug, title = "too-many-contacts", "This address has been given very often within the last hour; please try again later"


class RoleNotGrantable(Invalid):
    """Some roles are not given by anybody."""

    slug, title = "role-not-grantable", "This role cannot be granted"


class RolesBeyondYours(Problem):
    """An API token can do no more than its maker."""

    status, slug, title = 403, "roles-beyond-yours", "A token may have only roles that you have"


class LinkExpired(Problem):
    """The link's time is over; `purpose` and `subject` let the page offer a new one."""

    status, slug, title = 410, "link-expired", "This link has run out"


class LinkUsed(Problem):
    """The link did its one work already."""

    status, slug, title = 410, "link-used", "This link has been used"


class CodeNeeded(Problem):
    """The link was opened in another browser than the one that asked for it."""

    status, slug, title = 403, "code-needed", "Type the code that the other browser shows"


class CodeWrong(Problem):
    """The code is not the one that the asking browser shows; `tries_left` says how often one may try again."""

    status, slug, title = 403, "code-wrong", "This is not the code"


class CodeSpent(Problem):
    """Too many wrong codes: the attempt is over, for the right one too."""

    status, slug, title = 410, "code-spent", "Too many wrong codes; please ask for a new link"


class SessionEnded(Problem):
    """The session was ended, or nobody used it for too long."""

    status, slug, title = 401, "session-ended", "You are signed out"


class ApiTokenRefused(Problem):
    """The API token is mistyped, unknown, expired or revoked."""

    status, slug, title = 401, "api-token-refused", "This API token cannot be used"
