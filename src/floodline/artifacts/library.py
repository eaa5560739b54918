"""Compiled contracts by name, each read when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from floodline.artifacts.linking import digest_of, is_digest
from floodline.chain.abi import ContractInterface
from floodline.foundation.errors import ToolchainError
from floodline.foundation.suggest import suggestion
from floodline.toolchain.artifact import Artifact


@dataclass(frozen=True)
class Place:
    """Where one compiled contract is to be had.

    Attributes
    ----------
    name : str
        The contract's.
    source : str
        Tells contracts of one name apart, as ``contracts/misc/AaveOracle.sol``.
    read : callable
        Returns the artifact.

    """

    name: str
    source: str
    read: Callable[[], Artifact]


class ArtifactLibrary(Mapping[str, Artifact]):
    """Contracts of one origin; ``Pool``, or ``contracts/Pool.sol:Pool`` where there are several.

    Parameters
    ----------
    origin : str
        Where they come from, for people.
    places : iterable of Place
        In any order.
    digest : callable
        Returns what the contents are known by.

    """

    def __init__(self, origin: str, places: Iterable[Place], digest: Callable[[], str]) -> None:
        self.origin = origin
        self._digest = digest
        self._by_name: dict[str, list[Place]] = {}
        for place in sorted(places, key=lambda place: (place.name, place.source)):
            self._by_name.setdefault(place.name, []).append(place)
        self._read: dict[tuple[str, str], Artifact] = {}
        self._interfaces: dict[str, ContractInterface] = {}

    @property
    def digest(self) -> str:
        """What the contents are known by."""
        return self._digest()

    def __getitem__(self, name: str) -> Artifact:
        source, _, simple = name.rpartition(":")
        places = [
            place
            for place in self._by_name.get(simple, [])
            if not source or place.source == source or place.source.endswith(f"/{source}")
        ]
        if not places:
            near = suggestion(simple, list(self._by_name))
            raise KeyError(f"no contract is called {name} in {self.origin}{near}")
        if len(places) > 1:
            names = ", ".join(f"{place.source}:{place.name}" for place in places)
            raise KeyError(f"{len(places)} contracts are called {name} in {self.origin}: {names}")
        (place,) = places
        key = (place.source, place.name)
        if key not in self._read:
            self._read[key] = place.read()
        return self._read[key]

    def __iter__(self) -> Iterator[str]:
        for name, places in self._by_name.items():
            if len(places) == 1:
                yield name
            else:
                yield from (f"{place.source}:{name}" for place in places)

    def __len__(self) -> int:
        return sum(len(places) for places in self._by_name.values())

    def artifact(self, name: str) -> Artifact:
        """Return a contract, with an error for people where there is none.

        Raises
        ------
        ToolchainError
            If there is none of that name, or several.

        """
        try:
            return self[name]
        except KeyError as error:
            raise ToolchainError(
                str(error.args[0]), "name a contract that is there, with its source where needed"
            ) from None

    def interface(self, name: str) -> ContractInterface:
        """Return a contract's functions, events and errors."""
        if name not in self._interfaces:
            self._interfaces[name] = ContractInterface(self.artifact(name).abi)
        return self._interfaces[name]

    def libraries_of(self, name: str) -> list[str]:
        """Return the names of the libraries that a contract is linked with, sorted.

        Raises
        ------
        ToolchainError
            If a library is known by its digest only and no contract here has that digest.

        """
        return sorted(self._library(name, link) for link in self.artifact(name).links)

    def linked(self, name: str, libraries: Mapping[str, bytes]) -> bytes:
        """Return a contract's creation code with libraries' 20-byte addresses put in.

        Raises
        ------
        ToolchainError
            If a library is not given, or the contract has no code.

        """
        artifact = self.artifact(name)
        if not artifact.bytecode:
            raise ToolchainError(
                f"{name} of {self.origin} has no code: it is abstract or an interface",
                "deploy a contract that implements it",
            )
        addresses = {
            link: libraries[library]
            for link in artifact.links
            if (library := self._library(name, link)) in libraries
        }
        return artifact.link(addresses)

    def error_abi(self, names: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """Return every custom error of these contracts, or of all; each once."""
        found: dict[str, dict[str, Any]] = {}
        for name in names if names is not None else list(self):
            for item in self.artifact(name).abi:
                if item["type"] == "error":
                    inputs = ",".join(str(part["type"]) for part in item["inputs"])
                    found.setdefault(f"{item['name']}({inputs})", item)
        return [found[signature] for signature in sorted(found)]

    def _library(self, contract: str, link: str) -> str:
        if not is_digest(link):
            return link
        for name, places in self._by_name.items():
            for place in places:
                if link == digest_of(place.source, name):
                    return name
        for name in self:
            if link == digest_of(self[name].source_path, self[name].name):
                return name
        raise ToolchainError(
            f"{contract} is to be linked with a library of digest {link} that is not in "
            f"{self.origin}",
            "build it together with its libraries",
        )
