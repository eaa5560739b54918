"""A small chain state and a transaction factory for the tests of the pool."""

from floodline.mempool import PooledTransaction, PoolLimits, TransactionPool
from floodline.mempool.transaction import SLOT_BYTES

GAS = 21_000
RICH = 10**30

SMALL = PoolLimits(account_slots=2, global_slots=8, account_queue=3, global_queue=4, lifetime_s=60)
"""Twelve slots in all."""


class World:
    """Balances and nonces after the latest block, and a pool that reads them."""

    def __init__(self, limits=None, base_fee=10, block_gas_limit=30_000_000):
        self.nonces = {}
        self.balances = {}
        self.offered = {}
        self.pool = TransactionPool(
            limits or PoolLimits(),
            base_fee=base_fee,
            block_gas_limit=block_gas_limit,
            balance_of=lambda sender: self.balances.get(sender, RICH),
            nonce_of=lambda sender: self.nonces.get(sender, 0),
        )

    def tx(self, sender, nonce, max_fee=100, tip=5, *, slots=1, gas_limit=GAS, **fields):
        """Make a transaction; its arrival order is the order of making."""
        fields.setdefault("size_bytes", slots * SLOT_BYTES)
        number = len(self.offered)
        tx = PooledTransaction(
            number, sender, nonce, max_fee, tip, gas_limit, order=number, **fields
        )
        self.offered[number] = tx
        return tx

    def add(self, sender, nonce, max_fee=100, tip=5, *, now_us=0, **fields):
        """Make a transaction, offer it, and return it with the pool's answer."""
        tx = self.tx(sender, nonce, max_fee, tip, **fields)
        return tx, self.pool.add(tx, now_us)

    def must_add(self, sender, nonce, max_fee=100, tip=5, **fields):
        """Offer a transaction that the pool has to take."""
        tx, reason = self.add(sender, nonce, max_fee, tip, **fields)
        assert reason is None, reason
        return tx

    def fill(self, count, first_sender=1000, max_fee=100, tip=5):
        """Let `count` accounts send one executable transaction each."""
        return [self.must_add(first_sender + i, 0, max_fee, tip) for i in range(count)]

    def include(self, *transactions, base_fee=None, now_us=0, **fields):
        """Seal a block with these transactions."""
        for tx in transactions:
            self.nonces[tx.sender] = tx.nonce + 1
        self.pool.on_block(
            transactions,
            base_fee=self.pool.base_fee if base_fee is None else base_fee,
            now_us=now_us,
            **fields,
        )

    def pending_nonces(self, sender):
        return [tx.nonce for tx in self.pool.pending_of(sender)]

    def queued_nonces(self, sender):
        return [tx.nonce for tx in self.pool.queued_of(sender)]
