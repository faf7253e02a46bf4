"""Builds the image of infra/Dockerfile and runs commands in it: with Docker where its engine runs, else with buildah as root.

Without an engine no base image can be pulled, so debootstrap makes one from the machine's own mirror; it is kept in .cache/image.
"""
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from quartier.testing import tiers
from quartier.testing.engine import engine_runs
from quartier.testing.processes import LocalProcess

ROOT = Path(__file__).parents[2]
TAG = "quartier:test"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
# What the Dockerfile expects of a Debian: Python with venv, and certificates.
PACKAGES = "python3,python3-venv,ca-certificates"


class Tool(Protocol):
    """A program that builds images and runs containers which share this machine's network."""

    def build(self, secrets: list[str]) -> None: ...
    def create(self, name: str) -> None: ...
    def command(self, name: str, words: list[str], environment: dict[str, str]) -> list[str]: ...
    def remove(self, name: str) -> None: ...


class Docker:
    def build(self, secrets: list[str]) -> None:
        _call(["docker", "build", *secrets, "-f", "infra/Dockerfile", "-t", TAG, "."])

    def create(self, name: str) -> None:
        _call(["docker", "run", "-d", "--init", "--network", "host", "--name", name, TAG, "sleep", "infinity"])

    def command(self, name: str, words: list[str], environment: dict[str, str]) -> list[str]:
        return ["docker", "exec", *_variables(environment), name, *words]

    def remove(self, name: str) -> None:
        _call(["docker", "rm", "-f", name])


class Buildah:
    """Needs neither an engine nor namespaces: commands run in a chroot, and layers are plain copies."""

    def __init__(self) -> None:
        self.folder = ROOT / ".cache/image"
        self.program = ["buildah", "--root", str(self.folder / "storage"), "--runroot", str(self.folder / "run"), "--storage-driver", "vfs"]

    def build(self, secrets: list[str]) -> None:
        base = f"quartier-base:{_release()}"
        if subprocess.run([*self.program, "inspect", "--type", "image", base], capture_output=True).returncode != 0:
            self._make_base(base)
        _call([*self.program, "build", "--isolation", "chroot", "--build-arg", f"BASE=localhost/{base}", *secrets,
               "-f", "infra/Dockerfile", "-t", TAG, "."])
        _call([*self.program, "rmi", "--prune"])

    def create(self, name: str) -> None:
        _call([*self.program, "from", "--pull-never", "--name", name, f"localhost/{TAG}"])

    def command(self, name: str, words: list[str], environment: dict[str, str]) -> list[str]:
        return [*self.program, "run", "--isolation", "chroot", *_variables(environment), name, "--", *words]

    def remove(self, name: str) -> None:
        _call([*self.program, "rm", name])

    def _make_base(self, name: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="quartier-base-") as folder:
            tree, archive = f"{folder}/tree", f"{folder}/base.tar"
            _call(["debootstrap", "--variant=minbase", f"--include={PACKAGES}", _release(), tree, _mirror(_release())])
            _call(["tar", "-C", tree, "-cf", archive, "."])
            shutil.rmtree(tree)
            container = _call([*self.program, "from", "scratch"]).strip()
            _call([*self.program, "add", "--quiet", container, archive, "/"])
            _call([*self.program, "commit", "--quiet", "--rm", container, name])


class Image:
    """The built image, and one container of it in which a test works."""

    def __init__(self, tool: Tool, folder: Path) -> None:
        self._tool, self._folder = tool, folder
        self._name = f"quartier-{secrets.token_hex(4)}"
        tool.create(self._name)

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """One command in the container, to its end."""
        return subprocess.run(self._tool.command(self._name, list(words), environment), capture_output=True, text=True, cwd=ROOT)

    def start(self, *words: str, **environment: str) -> LocalProcess:
        """One command in the container that goes on; the test kills it."""
        process = LocalProcess(self._tool.command(self._name, list(words), environment), self._folder)
        process.start()
        return process

    def remove(self) -> None:
        self._tool.remove(self._name)


def tool() -> Tool:
    if engine_runs():
        return Docker()
    if shutil.which("buildah") is None or shutil.which("debootstrap") is None:
        tiers.missing("image", "no Docker engine runs, and buildah or debootstrap is not installed")
    if os.geteuid() != 0:
        tiers.missing("image", "no Docker engine runs, and buildah with chroot isolation needs root")
    return Buildah()


def build(chosen: Tool) -> None:
    """Builds the image; how this machine reaches its package index goes in as secrets, which leave no trace in a layer."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder, "pip.conf")
        settings.write_text("[global]\n" + "".join(f"{key} = {value}\n" for key, value in _pip_settings()))
        given = ["--secret", f"id=pip.conf,src={settings}"]
        if CERTIFICATES.exists():
            given += ["--secret", f"id=certificates,src={CERTIFICATES}"]
        chosen.build(given)


def _pip_settings() -> Iterator[tuple[str, str]]:
    listed = subprocess.run([shutil.which("python3") or "python3", "-m", "pip", "config", "list"], capture_output=True, text=True)
    known = dict(line.split("=", 1) for line in listed.stdout.splitlines() if "=" in line)
    for name in ("index-url", "extra-index-url", "trusted-host", "timeout", "default-timeout", "proxy"):
        for origin in (":env:", "global", "user", "site"):
            if value := known.get(f"{origin}.{name}"):
                yield name, value.strip("'")
                break
    if CERTIFICATES.exists():
        yield "cert", "/run/secrets/certificates"


def _release() -> str:
    lines = Path("/etc/os-release").read_text().splitlines()
    return next(line.partition("=")[2].strip('"') for line in lines if line.startswith("VERSION_CODENAME="))


def _mirror(release: str) -> str:
    """Where this machine itself gets the packages of its release."""
    listed = _call(["apt-get", "indextargets", "--format", "$(CODENAME) $(COMPONENT) $(CREATED_BY) $(REPO_URI)"])
    return next(uri for name, component, kind, uri in map(str.split, listed.splitlines())
                if (name, component, kind) == (release, "main", "Packages"))


def _variables(environment: dict[str, str]) -> list[str]:
    return [word for name, value in environment.items() for word in ("--env", f"{name}={value}")]


def _call(words: list[str]) -> str:
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(words)}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}")
    return done.stdout
