"""Servers in containers, for machines where a container engine runs; the same port is kept over a kill and a start."""
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from typing import Any


@cache
def engine_runs() -> bool:
    """Whether a container engine answers on this machine."""
    if shutil.which("docker") is None:
        return False
    try:
        return subprocess.run(["docker", "info"], capture_output=True, timeout=15).returncode == 0
    except subprocess.TimeoutExpired:
        return False


class Container:
    """One container whose port inside is bound to a port of this machine that was chosen beforehand."""

    def __init__(self, image: str, inside: int, outside: int, env: dict[str, str], command: list[str] | None = None) -> None:
        from testcontainers.core.container import DockerContainer

        self._container = DockerContainer(image).with_bind_ports(inside, outside).with_envs(**env)
        if command:
            self._container = self._container.with_command(command)
        self._created = False

    def start(self) -> None:
        if self._created:
            self._container.get_wrapped_container().start()
        else:
            self._container.start()
            self._created = True

    def is_alive(self) -> bool:
        return self._created and self._container.status == "running"

    def kill(self) -> None:
        """SIGKILL, with the container's files kept for the next start."""
        self._each_running(lambda container: container.kill())

    def stop(self) -> None:
        self._each_running(lambda container: container.stop())

    def _each_running(self, act: Callable[[Any], object]) -> None:
        if self.is_alive():
            act(self._container.get_wrapped_container())

    def output(self) -> str:
        return self._container.get_wrapped_container().logs().decode(errors="replace")

    def remove(self) -> None:
        if self._created:
            self._container.stop()
