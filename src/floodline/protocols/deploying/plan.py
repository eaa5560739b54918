"""A deployment as data: what is deployed, called and read, in order, and what comes of it by name.

A value in a step is a number, a text, ``true`` or ``false``, a list, hexadecimal bytes
(``0x...``), or:

====================================  ============================================================
``$name``                             what a step before gave out, or what the adapter gives
``$name.field``                       a field of a struct, or a place in what several values hold
``$$text``                            the text ``$text``
``{wad: 1.5}``, ``{ray: 0.8}``        a number with 18, or 27, decimals
``{units: 5, decimals: 6}``           a number with any decimals
``{bytes32: sETH}``                   a text as 32 bytes, zeros at its end
``{struct: {a: 1, b: $pool}}``        a struct by the names of its fields, in any order
``{encode: f, of: Pool, args: []}``   the calldata of a call, as initialisers take it
====================================  ============================================================
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from floodline.foundation.errors import CampaignError

DEFAULT_GAS: Final = 2_000_000
"""Gas that one call of a deployment may use, where its step says nothing else."""

Raw = Any
"""A value as the plan writes it; `floodline.protocols.deploying.values` says what it is."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Initialise(_Strict):
    """The first call of a contract behind a proxy."""

    function: str = Field(default="initialize", description="The implementation's function.")
    args: list[Raw] = Field(default=[], description="Its arguments.")


class Behind(_Strict):
    """A proxy that an implementation is put behind."""

    proxy: str = Field(description="The proxy's contract, as ERC1967Proxy.")
    args: list[Raw] = Field(
        default=["$implementation", "$initializer"],
        description="The proxy's constructor arguments; $implementation is what was just deployed, "
        "$initializer the calldata of its first call, empty without one.",
    )
    initialise: Initialise | None = Field(
        default=None, description="The implementation's first call."
    )
    then: Initialise | None = Field(
        default=None,
        description="A call of the proxy's own afterwards, for proxies whose constructor takes no "
        "implementation.",
    )


class Deploy(_Strict):
    """Deploy a contract; its libraries, where none are named, are deployed once and linked."""

    deploy: str = Field(description="The contract; floodline:NAME is one of our own.")
    as_: str = Field(default="", alias="as", description="Name of its address; else its own.")
    args: list[Raw] = Field(default=[], description="Constructor arguments.")
    libraries: dict[str, Raw] = Field(
        default={}, description="Addresses of libraries that stand already, by name."
    )
    behind: Behind | None = Field(
        default=None, description="The proxy that it is put behind; the name is the proxy's."
    )


class CallStep(_Strict):
    """Call a function as the deployer, unless the contract stood before the plan began."""

    call: str = Field(description="Name of the contract's address.")
    function: str = Field(description="Name, with its types where it is overloaded.")
    args: list[Raw] = Field(default=[], description="Arguments.")
    gas: int = Field(default=DEFAULT_GAS, gt=21_000, description="Gas that it may use.")
    by: Raw = Field(
        default=None,
        description="Who calls instead, on a chain that goes on from a running devnet: any "
        "account, its key is not needed there. The call is made though the contract stood before.",
    )
    always: bool = Field(
        default=False, description="Whether it is made though the contract stood before."
    )


class Read(_Strict):
    """Read a value and give it a name."""

    read: str = Field(description="Name of the contract's address.")
    function: str = Field(description="A view.")
    args: list[Raw] = Field(default=[], description="Arguments.")
    as_: str = Field(alias="as", description="Name of what it returns.")
    contract: str = Field(default="", description="What stands there, where it is an address.")


class Need(_Strict):
    """Make sure that a view answers what the adapter relies on."""

    need: str = Field(description="Name of the contract's address.")
    function: str = Field(description="A view.")
    args: list[Raw] = Field(default=[], description="Arguments.")
    is_: Raw = Field(default=True, alias="is", description="What it has to answer.")
    else_: str = Field(alias="else", description="What to do where it answers something else.")


class Bind(_Strict):
    """Give a name to a contract that stands already."""

    bind: Raw = Field(description="Its address.")
    contract: str = Field(description="Which contract it is.")
    as_: str = Field(alias="as", description="Name of its address.")


Step = Deploy | CallStep | Read | Need | Bind

_KINDS: Mapping[str, type[Step]] = {
    "deploy": Deploy,
    "call": CallStep,
    "read": Read,
    "need": Need,
    "bind": Bind,
}


class Plan:
    """Steps in their order.

    Parameters
    ----------
    origin : str
        Named in errors.
    steps : list of Step
        What to do.

    """

    def __init__(self, origin: str, steps: list[Step]) -> None:
        self.origin = origin
        self.steps = steps

    def __iter__(self) -> Iterator[tuple[str, Step]]:
        for number, step in enumerate(self.steps, start=1):
            yield f"{self.origin}, step {number}", step

    @classmethod
    def parse(cls, origin: str, items: Any) -> Plan:
        """Return a plan from plain data.

        Raises
        ------
        CampaignError
            If a step is of no kind, or a key is unknown or missing; every fault at once.

        """
        if not isinstance(items, list):
            raise CampaignError(
                f"{origin} holds a {type(items).__name__}, not a list of steps",
                f"write a list; each item has one of: {', '.join(_KINDS)}",
            )
        steps: list[Step] = []
        faults: list[str] = []
        for number, item in enumerate(items, start=1):
            kinds = [kind for kind in _KINDS if isinstance(item, Mapping) and kind in item]
            if len(kinds) != 1:
                faults.append(f"step {number}: needs exactly one of {', '.join(_KINDS)}")
                continue
            try:
                steps.append(_KINDS[kinds[0]].model_validate(item))
            except ValidationError as error:
                faults += [
                    f"step {number} ({kinds[0]} {item[kinds[0]]}): "
                    f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
                    for fault in error.errors()
                ]
        if faults:
            raise CampaignError(
                f"{origin} is no deployment plan:\n  " + "\n  ".join(faults),
                "correct these steps; docs/howto/third-party-contracts.md shows what they hold",
            )
        return cls(origin, steps)

    @classmethod
    def load(cls, path: Path) -> Plan:
        """Return the plan in a YAML file.

        Raises
        ------
        CampaignError
            If it cannot be read or is no plan.

        """
        try:
            items = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        except (OSError, YAMLError) as error:
            raise CampaignError(f"{path} cannot be read: {error}", "check the file") from error
        return cls.parse(path.name, items)
