"""Things that hold something and let go of it: closed by ``with``, or by `close`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Self


class Closing(ABC):
    """A context manager that calls `close` at the end of its block, however that ends."""

    @abstractmethod
    def close(self) -> None:
        """Let go; a second call does nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
