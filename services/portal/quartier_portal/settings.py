"""What may differ from one portal to the next."""

from pydantic import Field

from quartier.settings import Settings


class PortalSettings(Settings):
    """The settings of every service, and the portal's own."""

    traces_url: str | None = Field(None, description="Where operators look at traces when a collector has them (Jaeger's address).")
