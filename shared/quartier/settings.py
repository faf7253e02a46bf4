"""What may differ from one installation to the next, read from `QUARTIER_…` environment variables.

The defaults are the embedded city: SQLite files and the built-in log in one folder, no network.
"""

from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _known_zone(name: str) -> str:
    ZoneInfo(name)
    return name


class Settings(BaseSettings):
    """Settings that every service has. A service adds its own by inheriting."""

    model_config = SettingsConfigDict(env_prefix="QUARTIER_", extra="ignore", frozen=True)

    folder: Path = Field(Path("var"), description="Where the embedded city keeps its files.")
    city: str = Field("Quartier", description="The city's name, as people read it.")
    zone: Annotated[str, AfterValidator(_known_zone)] = Field(
        "Europe/Paris", description="The city's time zone (IANA): its days begin and end there.")
    country: str = Field("FR", description="Whose public holidays are no working days (ISO 3166-1, two letters).")
    public_url: str = Field("http://localhost:8000", description="The address at which people reach the portal.")
    database_url: str | None = Field(
        None, description="PostgreSQL address of this service (postgresql+asyncpg://…); without it, SQLite in the folder.")
    kafka: Annotated[list[str], NoDecode] = Field(
        default_factory=list, description="Bootstrap servers, comma separated; without them, the built-in log.")
    kafka_replication: int = Field(1, ge=1, le=9, description="Copies of each topic on the brokers; 3 where data matter.")
    service_urls: dict[str, str] = Field(
        default_factory=dict, description="JSON object: base address of each service that runs elsewhere.")
    keys: Path | None = Field(
        None, description="Folder with this service's private key and the services' public keys; without it, made in `folder`.")
    otlp: str | None = Field(None, description="OpenTelemetry collector (base address, OTLP over HTTP); without it, a local ring.")
    open_acts_an_hour: int = Field(120, ge=1, le=1_000_000, description=(
        "How often an hour the people of one network may do each thing that needs no account, such as asking or following."))
    clock_file: Path | None = Field(None, description="Development only: a file whose instant is the business time.")

    @field_validator("kafka", mode="before")
    @classmethod
    def _split_servers(cls, value: Any) -> Any:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
