"""Work that calls the outside: a worker claims rows, does what a handler may not do, and notes what came of it."""

from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from quartier.loops import Loop

if TYPE_CHECKING:
    from quartier.service import Runtime

    Function = Callable[[Runtime], Awaitable[int]]

F = TypeVar("F", bound="Function")


class Workers:
    """The workers of one service."""

    def __init__(self) -> None:
        self._functions: list[Function] = []

    def loop(self, function: F) -> F:
        """Run the function after each commit of the service and at least each second, until nothing is left.

        It returns the number of things done. One that raises is run again after a growing pause.
        """
        if any(known.__name__ == function.__name__ for known in self._functions):
            raise ValueError(f"there are two workers named {function.__name__}")
        self._functions.append(function)
        return function

    def __bool__(self) -> bool:
        return bool(self._functions)

    def __iter__(self) -> "Iterator[Function]":
        return iter(self._functions)


class WorkerLoop(Loop):
    """Runs one worker for ever."""

    def __init__(self, runtime: "Runtime", function: "Function") -> None:
        super().__init__(f"{runtime.service.name} {function.__name__}", runtime.bell)
        self.runtime = runtime
        self._function = function

    async def step(self) -> int:
        """Let the worker do a portion."""
        return await self._function(self.runtime)
