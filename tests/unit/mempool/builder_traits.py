"""Traits for tests: the sender's number says who it is, the kind of call what it does."""

import numpy as np

from floodline.mempool import BUILDERS, Surroundings

ROLES = ("trader", "keeper", "oracle", "flood")
KINDS = ("open", "liquidate", "push_price", "storage")


class NumberedTraits:
    """Sender n has role n modulo 4, actor `role-n`, address n; kind k calls address 200 + k."""

    def kind(self, tx):
        return KINDS[tx.call_kind]

    def role(self, tx):
        return ROLES[tx.sender % 4]

    def actor(self, tx):
        return f"{self.role(tx)}-{tx.sender}"

    def sender(self, tx):
        return bytes([tx.sender]) * 20

    def recipient(self, tx):
        return bytes([200 + tx.call_kind]) * 20


def made(name, seed=1, private_pool=None, **parameters):
    """Build a registered builder in these surroundings."""
    parameters.setdefault("min_tip_wei", 0)
    entry = BUILDERS[name]
    if "order" in entry.parameters.model_fields:
        least = parameters.pop("min_tip_wei")
        parameters.setdefault("order", {"priority": {"min_tip_wei": least}})
    surroundings = Surroundings(np.random.default_rng(seed), NumberedTraits(), private_pool)
    return entry.build(entry.parameters(**parameters), surroundings=surroundings)


def whole_gas(tx):
    """Every transaction uses its gas limit."""
    return tx.gas_limit, tx.gas_limit


def block(builder, world, gas_limit=30_000_000, predict=whole_gas):
    """Return the transactions that a builder takes."""
    return builder.build(
        world.pool, base_fee=world.pool.base_fee, gas_limit=gas_limit, predict=predict
    ).transactions
