"""Where trials run: the interface that this machine's processes and a Dask cluster both keep."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

J = TypeVar("J")
R = TypeVar("R")

ATTEMPTS: Final = 3
"""Times that a job is tried where its worker dies under it."""


@dataclass(frozen=True)
class Done(Generic[J, R]):
    """A job that has come to its end.

    Attributes
    ----------
    job : J
        The job.
    result : R or None
        What its function returned; None where it could not.
    error : str
        Why there is no result.
    attempts : int
        Workers that it took.

    """

    job: J
    result: R | None
    error: str = ""
    attempts: int = 1


class Executor(Protocol):
    """Runs jobs, each in a process other than this one, and never more than it has workers."""

    @property
    def workers(self) -> int:
        """How many jobs run at one time."""

    @property
    def shares_disk(self) -> bool:
        """Whether the workers see this machine's folders."""

    def run(self, function: Callable[[J], R], jobs: Sequence[J]) -> Iterator[Done[J, R]]:
        """Yield each job as it comes to its end, in any order.

        A job whose worker dies is given to another one, `ATTEMPTS` times in all; the others go on.
        """

    def close(self) -> None:
        """Let go of the workers."""
