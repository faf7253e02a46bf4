"""What an officer says about a message that she gave in person."""

from pydantic import Field

from quartier.web import Body
from quartier_requests.texts import Paragraphs


class ToldInPersonIn(Body):
    """How the requester was told: by phone, by letter, at the counter. For the staff."""

    how: Paragraphs = Field(min_length=3, max_length=1000)
