"""Processes and ports for tests: servers are started on ports of their own and ended by their own id, never by name."""
import asyncio
import os
import pwd
import secrets
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeVar

import psutil

T = TypeVar("T")

# Below the range from which the kernel takes ports for outgoing connections: a client that calls a server which is
# down could otherwise be given the server's own port, and keep it from coming back.
PORTS = range(15000, 32000)


def free_port() -> int:
    """A port on the loopback address that nobody listens on."""
    for _ in range(100):
        port = secrets.choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port was found in a hundred tries")


def run_apart(work: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine in a loop of its own, so that a synchronous fixture can ask a server while a test's loop is running."""
    outcome: list[Any] = []

    def body() -> None:
        try:
            outcome.extend((True, asyncio.run(work)))
        except BaseException as error:
            outcome.extend((False, error))

    thread = threading.Thread(target=body, name="run-apart")
    thread.start()
    thread.join()
    succeeded, value = outcome
    if not succeeded:
        raise value
    return value


class Runner(Protocol):
    """What holds a server: a process of this machine or a container."""

    def start(self) -> None: ...
    def is_alive(self) -> bool: ...
    def kill(self) -> None: ...
    def stop(self) -> None: ...
    def output(self) -> str: ...


def start_and_wait(runner: Runner, ready: Callable[[], bool], what: str, seconds: float = 120) -> None:
    """Starts a server and waits until it answers; when it ends or stays silent instead, says what it printed."""
    runner.start()
    deadline = time.monotonic() + seconds
    while not ready():
        if not runner.is_alive() or time.monotonic() > deadline:
            raise RuntimeError(f"{what} is not ready; its last words:\n{runner.output()[-3000:]}")
        time.sleep(0.1)


class LocalProcess:
    """A server process of this machine whose output goes to a file beside its data."""

    def __init__(self, command: list[str], folder: Path, *, env: Mapping[str, str] | None = None, user: str | None = None) -> None:
        self.command, self.folder, self.user = command, folder, user
        self.env = dict(os.environ if env is None else env)
        self.log = folder / "output.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError(f"{self.command[0]} was not started")
        return self._process.pid

    def start(self) -> None:
        account = pwd.getpwnam(self.user) if self.user else None
        identity: dict[str, Any] = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(self.command, cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL,
                                             stdout=output, stderr=subprocess.STDOUT, start_new_session=True, **identity)

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """SIGKILL to the process and to all that it started, as when the power goes."""
        if self._process is None or not self.is_alive():
            return
        children = psutil.Process(self.pid).children(recursive=True)
        self._process.kill()
        self._process.wait(10)
        for child in children:
            if child.is_running():
                child.kill()
        psutil.wait_procs(children, timeout=10)

    def stop(self, ending: signal.Signals = signal.SIGTERM, seconds: float = 30) -> None:
        """Asks the process to end, and kills it when it does not."""
        if self._process is None or not self.is_alive():
            return
        os.kill(self.pid, ending)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def output(self) -> str:
        return self.log.read_text(errors="replace")
