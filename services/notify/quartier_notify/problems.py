"""What notify says no with."""

from quartier.problems import Conflict, NotFound, Problem


class NotInDoubt(Conflict):
    """A decision about a delivery whose outcome is known."""

    slug, title = "delivery-not-in-doubt", "What became of this message is known"


class ConfirmationExpired(Problem):
    """A confirmation that comes after the link's time."""

    status, slug, title = 410, "confirmation-expired", "This link has run out"


class FollowOver(Conflict):
    """A confirmation of a follow that its owner has ended since."""

    slug, title = "follow-over", "This follow has ended"


class NothingToFollow(NotFound):
    """A subject that does not exist, or that not everybody may see: the answer is the same."""

    title = "There is nothing here to follow"
