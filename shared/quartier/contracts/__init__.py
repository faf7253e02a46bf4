"""What the services share: their events, one module a publisher, and the shapes that they read from one another.

Importing this package registers every event of the house.
"""

from quartier.contracts import accounts, notices, notify, publications, requests

__all__ = ["accounts", "notices", "notify", "publications", "requests"]
