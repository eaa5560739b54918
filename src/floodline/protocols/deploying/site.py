"""Where a plan is carried out: contracts by name, on a chain that is being set up."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from floodline.artifacts.library import ArtifactLibrary
from floodline.chain.abi import Abi, ContractInterface
from floodline.chain.rpc import Refused
from floodline.foundation.errors import CampaignError
from floodline.foundation.suggest import suggestion
from floodline.protocols.deploying.plan import (
    Behind,
    Bind,
    CallStep,
    Deploy,
    Need,
    Plan,
    Read,
    Step,
)
from floodline.protocols.deploying.values import resolve
from floodline.protocols.interface import Call, SetupChain, View
from floodline.toolchain.artifact import Artifact

OUR_OWN: Final = "floodline:"
"""Before the name of a contract that is one of ours, as ``floodline:MockUSDC``."""


class Site:
    """Contracts that were deployed, by the names that plans gave them.

    Parameters
    ----------
    library : ArtifactLibrary
        The contracts under test.
    ours : Mapping[str, Artifact]
        Our own, for doubles.
    standing : Mapping[str, bytes], optional
        Addresses of contracts that stand already: a step that would deploy one of that name takes
        it as it is, and calls that would configure it are left out.

    """

    def __init__(
        self,
        library: ArtifactLibrary,
        ours: Mapping[str, Artifact],
        standing: Mapping[str, bytes] | None = None,
    ) -> None:
        self._library = library
        self._ours = ours
        self.standing = dict(standing or {})
        """Contracts that stood before, by the names that plans give them."""
        self._contracts: dict[str, str] = {}
        self._interfaces: dict[str, ContractInterface] = {}
        self.outputs: dict[str, Any] = {}
        """Everything that has a name."""
        self.bytecode_hashes: dict[str, str] = {}
        """SHA-256 of the creation code of each contract that was deployed, by its own name."""

    def annex(self) -> Site:
        """Return a site with all that stands here, whose further names are its own."""
        found = Site(self._library, self._ours, self.standing)
        found.outputs.update(self.outputs)
        found._contracts.update(self._contracts)
        found._interfaces = self._interfaces
        found.bytecode_hashes = self.bytecode_hashes
        return found

    # ---- what stands ----------------------------------------------------------------------------

    def address(self, name: str) -> bytes:
        """Return the address of a contract by its name in the plan."""
        return bytes(self.outputs[name])

    def interface(self, name: str) -> ContractInterface:
        """Return the interface of what stands under a name, or of a contract by its own."""
        contract = self._contracts.get(name, name)
        if contract not in self._interfaces:
            self._interfaces[contract] = ContractInterface(self._artifact(contract).abi)
        return self._interfaces[contract]

    def bind(self, name: str, contract: str, address: bytes) -> None:
        """Give a name to what stands at an address."""
        self.outputs[name] = address
        self._contracts[name] = contract

    def call(self, name: str, function: str, *arguments: Any, gas: int, kind: str = "") -> Call:
        """Return a call of what stands under a name."""
        data = self._encode(name, function, arguments)
        return Call(self.address(name), data, gas, kind or f"{name}.{function}")

    def read(self, view: View, name: str, function: str, *arguments: Any) -> Any:
        """Return what a view of a contract answers."""
        interface = self.interface(name)
        try:
            answer = view(self.address(name), interface.encode(function, *arguments))
        except Refused:
            if not self._stands(name):
                raise
            answer = b""
        if not answer and self._stands(name):
            raise CampaignError(
                f"protocol.addresses: there is no {self._contracts[name]} at "
                f"0x{self.address(name).hex()}: {function} is not answered",
                "give the address of one on the chain that chain.node names",
            )
        return interface.decode_output(function, answer)

    def _stands(self, name: str) -> bool:
        """Whether a contract's address is somebody's word and not our own doing."""
        return self.address(name) in self.standing.values()

    def read_many(
        self, view: View, reads: Sequence[tuple[str, str, Sequence[Any]]], chunk: int = 100
    ) -> list[Any]:
        """Return what many views answer, through the `ReadBatch` that stands under ``batch``.

        Parameters
        ----------
        view : View
            Reads the chain.
        reads : sequence of (name, function, arguments)
            What to ask.
        chunk : int
            Reads in one call.

        """
        batch, found = self.interface("batch"), []
        for start in range(0, len(reads), chunk):
            part = reads[start : start + chunk]
            asked = [
                (self.address(name), self.interface(name).encode(function, *arguments))
                for name, function, arguments in part
            ]
            data = view(self.address("batch"), batch.encode("read", asked))
            answers = batch.decode_output("read", data)
            for (name, function, _), answer in zip(part, answers, strict=True):
                found.append(self.interface(name).decode_output(function, answer))
        return found

    # ---- carrying out ---------------------------------------------------------------------------

    def run(self, plan: Plan, chain: SetupChain, **given: Any) -> None:
        """Carry out a plan.

        Parameters
        ----------
        plan : Plan
            What to do.
        chain : SetupChain
            Where.
        **given : Any
            Values by their names, besides ``$deployer`` and ``$now_s``.

        Raises
        ------
        CampaignError
            If a step names what is not there.
        ToolchainError
            If a contract is not there or cannot be linked.

        """
        self.outputs.update({"deployer": chain.deployer, "now_s": chain.now_s, **given})
        for where, step in plan:
            self._step(where, step, chain)
        chain.flush()

    def deploy(self, chain: SetupChain, name: str, contract: str, *arguments: Any) -> bytes:
        """Deploy a contract under a name, unless one stands there already; return its address."""
        self._deploy(contract, Deploy(deploy=contract, as_=name, args=_literal(arguments)), chain)
        return self.address(name)

    def _step(self, where: str, step: Step, chain: SetupChain) -> None:
        if isinstance(step, Deploy):
            self._deploy(where, step, chain)
        elif isinstance(step, Bind):
            self.bind(step.as_, step.contract, self._value(where, step.bind))
        elif isinstance(step, Read):
            chain.flush()
            arguments = self._value(where, step.args)
            self._known(where, step.read)
            found = self.read(chain.view, step.read, step.function, *arguments)
            self.outputs[step.as_] = found
            if step.contract:
                self.bind(step.as_, step.contract, found)
        elif isinstance(step, Need):
            self._need(where, step, chain)
        elif step.call not in self.standing or step.always or step.by is not None:
            self._send(where, step, chain)

    def _send(self, where: str, step: CallStep, chain: SetupChain) -> None:
        self._known(where, step.call)
        arguments = self._value(where, step.args)
        call = self.call(step.call, step.function, *arguments, gas=step.gas)
        if step.by is None:
            chain.send(chain.deployer, call)
        else:
            chain.send_as(self._value(where, step.by), call)

    def _need(self, where: str, step: Need, chain: SetupChain) -> None:
        chain.flush()
        self._known(where, step.need)
        arguments, wanted = self._value(where, step.args), self._value(where, step.is_)
        found = self.read(chain.view, step.need, step.function, *arguments)
        if found != wanted:
            raise CampaignError(
                f"the {self._contracts[step.need]} at 0x{self.address(step.need).hex()} answers "
                f"{found} to {step.function}, not {wanted}",
                step.else_,
            )

    def _deploy(self, where: str, step: Deploy, chain: SetupChain) -> None:
        name = step.as_ or step.deploy.removeprefix(OUR_OWN)
        if name in self.standing:
            self.bind(name, step.deploy, self.standing[name])
            return
        libraries = {
            library: self._value(where, address) for library, address in step.libraries.items()
        }
        arguments = self._value(where, step.args)
        address = self._create(chain, step.deploy, arguments, libraries)
        if step.behind is not None:
            address = self._put_behind(where, step.deploy, step.behind, address, chain)
        self.bind(name, step.deploy, address)

    def _put_behind(
        self, where: str, contract: str, behind: Behind, implementation: bytes, chain: SetupChain
    ) -> bytes:
        """Deploy a proxy for an implementation and return its address."""
        first = behind.initialise
        initializer = b""
        if first is not None:
            arguments = self._value(where, first.args)
            initializer = self.interface(contract).encode(first.function, *arguments)
        more = {"implementation": implementation, "initializer": initializer}
        proxy = self._create(chain, behind.proxy, self._value(where, behind.args, more), {})
        if behind.then is not None:
            data = self.interface(behind.proxy).encode(
                behind.then.function, *self._value(where, behind.then.args, more)
            )
            kind = f"{behind.proxy}.{behind.then.function}"
            chain.send(
                chain.deployer, Call(proxy, data, CallStep.model_fields["gas"].default, kind)
            )
            chain.flush()
        return proxy

    def _create(
        self,
        chain: SetupChain,
        contract: str,
        arguments: Sequence[Any],
        libraries: Mapping[str, bytes],
    ) -> bytes:
        chain.flush()
        if contract.startswith(OUR_OWN):
            own = contract.removeprefix(OUR_OWN)
            self.bytecode_hashes[own] = self._artifact(contract).bytecode_hash
            return chain.deploy(own, *arguments)
        linked = dict(libraries)
        for library in self._library.libraries_of(contract):
            if library not in linked:
                linked[library] = self._library_address(chain, library)
        code = self._library.linked(contract, linked)
        self.bytecode_hashes[contract] = hashlib.sha256(code).hexdigest()
        constructor = self.interface(contract).encode_constructor(*arguments)
        return chain.create(code + constructor, contract)

    def _library_address(self, chain: SetupChain, library: str) -> bytes:
        """Return a library that was deployed before, or deploy it now."""
        if library not in self.outputs:
            self.bind(library, library, self._create(chain, library, [], {}))
        return self.address(library)

    # ---- looking up -----------------------------------------------------------------------------

    def _value(self, where: str, raw: Any, more: Mapping[str, Any] | None = None) -> Any:
        outputs = {**self.outputs, **(more or {})}
        return resolve(where, raw, outputs, self._encode)

    def _encode(self, name: str, function: str, arguments: Sequence[Any]) -> bytes:
        interface = self.interface(name)
        return interface.encode(function, *_in_order(interface.abi, function, arguments))

    def _known(self, where: str, name: str) -> None:
        if name not in self._contracts:
            raise CampaignError(
                f"{where}: no contract stands under the name {name}"
                f"{suggestion(name, list(self._contracts))}",
                "deploy or bind it in a step before",
            )

    def _artifact(self, contract: str) -> Artifact:
        if not contract.startswith(OUR_OWN):
            return self._library.artifact(contract)
        own = contract.removeprefix(OUR_OWN)
        if own not in self._ours:
            raise CampaignError(
                f"none of our contracts is called {own}{suggestion(own, list(self._ours))}",
                "name one of contracts/",
            )
        return self._ours[own]


def _in_order(abi: Abi, function: str, arguments: Sequence[Any]) -> Sequence[Any]:
    """Return arguments with structs that are given by name as tuples in the interface's order."""
    if not any(isinstance(argument, Mapping) for argument in arguments):
        return arguments
    inputs = next(
        item["inputs"]
        for item in abi
        if item.get("name") == function and len(item["inputs"]) == len(arguments)
    )
    return [_tuple(item, value) for item, value in zip(inputs, arguments, strict=True)]


def _tuple(item: Mapping[str, Any], value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    names = [str(part["name"]) for part in item["components"]]
    if set(names) != set(value):
        odd = ", ".join(sorted(set(names) ^ set(value)))
        raise CampaignError(
            f"the struct {item['name']} has the fields {', '.join(names)}; missing or unknown: "
            f"{odd}",
            "name each field once",
        )
    return tuple(_tuple(part, value[part["name"]]) for part in item["components"])


def _literal(value: Any) -> Any:
    """Return a value as a plan writes it, so that it stands for itself."""
    if isinstance(value, str) and value.startswith("$"):
        return f"${value}"
    return [_literal(item) for item in value] if isinstance(value, tuple | list) else value
