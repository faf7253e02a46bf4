"""The keys of an installation: each service's own signing key, and the public keys by which the others know it.

A folder holds `<service>.pem` (Ed25519, PKCS 8), `public.json` (a JSON Web Key Set of all services) and, for accounts alone, secrets
of its own. `quartier up` makes the folder when there is none; `quartier keys create` does it for the compose file.
"""

import base64
import json
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from quartier.settings import Settings


@dataclass(frozen=True, slots=True)
class ServiceKeys:
    """What one service holds: its private key, everybody's public ones by `kid`, and a folder for its own secrets."""

    kid: str
    private: Ed25519PrivateKey
    public: dict[str, Ed25519PublicKey]
    folder: Path

    def secret(self, name: str) -> bytes:
        """32 bytes that only this service's folder knows, made at first use; where several replicas make it at once, one wins."""
        path = self.folder / f"{name}.secret"
        if not path.exists():
            made = path.with_suffix(f".{secrets.token_hex(8)}")
            _write_private(made, secrets.token_bytes(32))
            with suppress(FileExistsError):
                os.link(made, path)
            made.unlink()
        return path.read_bytes()


def kid_of(service: str) -> str:
    """The key id of a service: accounts signs people as `accounts`, every other one only itself."""
    return "accounts" if service == "accounts" else f"service:{service}"


def folder_of(settings: Settings) -> Path:
    """Where the keys lie: the setting, else a folder of the embedded city."""
    return settings.keys or settings.folder / "keys"


def create(folder: Path, services: list[str]) -> list[str]:
    """Make the keys of these services that are not there yet; the names of those made. What exists is never replaced."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = [service for service in services if not (folder / f"{service}.pem").exists()]
    for service in made:
        private = Ed25519PrivateKey.generate()
        _write_private(folder / f"{service}.pem", private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    published = {path.stem: _private(path).public_key() for path in sorted(folder.glob("*.pem"))}
    (folder / "public.json").write_text(json.dumps(key_set({kid_of(name): key for name, key in published.items()}), indent=1))
    return made


def load(settings: Settings, service: str) -> ServiceKeys:
    """This service's keys. Raises FileNotFoundError with a sentence where `quartier keys create` was never run."""
    folder = folder_of(settings)
    path = folder / f"{service}.pem"
    if not path.exists():
        raise FileNotFoundError(f"{path} is not there: run `quartier keys create` first")
    public = {entry["kid"]: _public(entry["x"]) for entry in json.loads((folder / "public.json").read_text())["keys"]}
    return ServiceKeys(kid_of(service), _private(path), public, folder)


def key_set(keys: dict[str, Ed25519PublicKey]) -> dict[str, list[dict[str, str]]]:
    """Public keys as a JSON Web Key Set (RFC 7517, RFC 8037)."""
    return {"keys": [{"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": kid, "x": _text(key)}
                     for kid, key in keys.items()]}


def _text(key: Ed25519PublicKey) -> str:
    return base64.urlsafe_b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).rstrip(b"=").decode()


def _public(x: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(x + "=" * (-len(x) % 4)))


def _private(path: Path) -> Ed25519PrivateKey:
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{path} holds no Ed25519 key")
    return key


def _write_private(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)
