"""The operator's way into a running city: whoever can read the keys folder may sign herself a token of a minute."""

from typing import Any

import httpx

from quartier import keys
from quartier.auth import Signer
from quartier.cli.terminal import refuse
from quartier.contracts.accounts import Role
from quartier.demo.player import THE_INSTALLATION
from quartier.settings import Settings


def address_of(settings: Settings, service: str) -> str:
    """Where a service of the running city is reached."""
    return settings.service_urls.get(service, settings.public_url).rstrip("/")


def ask(method: str, service: str, path: str, *roles: Role, **kwargs: Any) -> Any:
    """The JSON answer of `/api/<service>/v1<path>`, asked as an operator with these further roles. Ends the command on a refusal."""
    settings = Settings()
    try:
        token = Signer(keys.load(settings, "accounts")).sign(
            str(THE_INSTALLATION), roles=[Role.OPERATOR, *roles])
        response = httpx.request(method, f"{address_of(settings, service)}/api/{service}/v1{path}", timeout=10, trust_env=False,
                                 headers={"authorization": f"Bearer {token}"}, **kwargs)
    except FileNotFoundError as error:
        refuse(str(error))
    except httpx.HTTPError as error:
        refuse(f"The {service} service does not answer at {address_of(settings, service)}: {error}. Is the city running?")
    if response.status_code >= 400:
        body = response.json()
        refuse(f"{body.get('title')}: {body.get('detail')}")
    return response.json() if response.content else None
