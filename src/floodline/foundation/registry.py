"""Declarative registries: plug-ins with a name, typed parameters and a description.

The ``list`` command, the campaign schema and the docs are all made from these entries, so an entry
that lacks a description or a described parameter is refused when it is registered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

T = TypeVar("T")


class Parameters(BaseModel):
    """Base of every plug-in's parameters: strict, frozen, unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


@dataclass(frozen=True)
class Entry(Generic[T]):
    """One registered plug-in: its name, what it does, its parameters, how it is made."""

    name: str
    description: str
    parameters: type[Parameters]
    build: Callable[..., T]
    shorthand: str = ""
    """The parameter that a bare value stands for, as in ``delay: {constant: 0.3}``."""


class Registry(Generic[T]):
    """A named set of plug-ins of one kind.

    Parameters
    ----------
    kind : str
        What is registered, in the singular and in the field's words ("fee strategy").

    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._entries: dict[str, Entry[T]] = {}

    def register(
        self,
        name: str,
        parameters: type[Parameters],
        *,
        description: str,
        shorthand: str = "",
    ) -> Callable[[Callable[..., T]], Callable[..., T]]:
        """Return a decorator that registers a class or function under a name.

        Raises
        ------
        ValueError
            If the name is taken, or a description (of the entry or of a parameter) is missing.

        """
        if name in self._entries:
            raise ValueError(f"{self.kind} {name!r} is registered twice")
        if not description:
            raise ValueError(f"{self.kind} {name!r} has no description")
        for field_name, field in parameters.model_fields.items():
            if not field.description:
                raise ValueError(
                    f"{self.kind} {name!r}: parameter {field_name!r} has no description"
                )

        def decorate(build: Callable[..., T]) -> Callable[..., T]:
            self._entries[name] = Entry(name, description, parameters, build, shorthand)
            return build

        return decorate

    def __getitem__(self, name: str) -> Entry[T]:
        return self._entries[name]

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._entries))

    def entries(self) -> list[Entry[T]]:
        """Return all entries in the order of their names."""
        return [self._entries[name] for name in sorted(self._entries)]

    def create(self, name: str, parameters: Parameters, **context: Any) -> T:
        """Build a plug-in from its parameters and what its kind needs from its surroundings."""
        return self._entries[name].build(parameters, **context)
