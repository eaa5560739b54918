"""Naming transactions: by who sent them, what they do, whom they call."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from floodline.foundation.registry import Parameters
from floodline.mempool.builder import Traits
from floodline.mempool.open_runs import Admits
from floodline.mempool.transaction import PooledTransaction

Address = Annotated[str, Field(pattern=r"^0x[0-9a-fA-F]{40}$")]


class SelectionParameters(Parameters):
    """Which transactions are meant: those that fit any of the names."""

    roles: tuple[str, ...] = Field(
        default=(), description="Roles of their actors (`keeper`, `oracle`, `trader`, ...)."
    )
    actors: tuple[str, ...] = Field(default=(), description="Names of their actors.")
    kinds: tuple[str, ...] = Field(
        default=(), description="What they do (`liquidate`, `push_price`, `open`, ...)."
    )
    addresses: tuple[Address, ...] = Field(
        default=(), description="Addresses that send them or that they call, 0x and 40 digits."
    )

    @model_validator(mode="after")
    def _something(self) -> SelectionParameters:
        if not (self.roles or self.actors or self.kinds or self.addresses):
            raise ValueError("name at least one of roles, actors, kinds, addresses")
        return self


def selector(parameters: SelectionParameters, traits: Traits) -> Admits:
    """Return a function that tells whether a transaction is meant; asked once, it remembers."""
    roles, actors = frozenset(parameters.roles), frozenset(parameters.actors)
    kinds = frozenset(parameters.kinds)
    addresses = frozenset(bytes.fromhex(address[2:]) for address in parameters.addresses)
    known: dict[int, bool] = {}

    def meant(tx: PooledTransaction) -> bool:
        return (
            traits.role(tx) in roles
            or traits.actor(tx) in actors
            or traits.kind(tx) in kinds
            or (
                bool(addresses)
                and (traits.sender(tx) in addresses or traits.recipient(tx) in addresses)
            )
        )

    def selected(tx: PooledTransaction) -> bool:
        found = known.get(tx.tx_id)
        if found is None:
            found = known[tx.tx_id] = meant(tx)
        return found

    return selected
