"""What the catalogue refuses, and why."""

from quartier.problems import Conflict, Forbidden, Invalid, NotFound


class NoSuchDataset(NotFound):
    """No dataset of that name that this reader may see."""

    slug, title = "no-such-dataset", "There is no such dataset"


class NoSuchVersion(NotFound):
    """No version of that number that this reader may see."""

    slug, title = "no-such-version", "There is no such version"


class SlugTaken(Conflict):
    """Another dataset has the name already."""

    slug, title = "slug-taken", "Another dataset has this short name"


class NumberNotAbove(Invalid):
    """Version numbers go up, and none is used twice."""

    slug, title = "version-number-used", "This version number cannot be used"


class FourEyes(Forbidden):
    """Whoever prepared a version may not be the one who approves it."""

    slug, title = "four-eyes", "A second person has to approve this"


class NotPrepared(Conflict):
    """The version is out already, or a newer one is."""

    slug, title = "version-not-prepared", "This version is not waiting for approval"


class RequestNotClaimable(Invalid):
    """A request that is named by a version is unknown here, or not public."""

    slug, title = "request-not-claimable", "A version cannot answer this request"


class FirstLookNotHeardOf(Conflict):
    """A request that is named by a version has had no first look, as far as this service has heard; it may hear of one in a moment."""

    slug, title = "first-look-not-heard-of", "This request is waiting for its first look"
