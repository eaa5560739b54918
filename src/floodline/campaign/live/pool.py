"""The node's pool where nobody waits for its answers: what is under way counts as held."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from floodline.campaign.live.clock import ScheduleLag
from floodline.campaign.live.outbox import Parcel
from floodline.campaign.node_pool import NodePool, sign_pooled
from floodline.chain.rpc import RpcFailure
from floodline.chain.signing import SignedTransaction
from floodline.mempool.refusals import reason_of
from floodline.mempool.states import Departure, Reason, TxState
from floodline.mempool.transaction import PooledTransaction


class LivePool(NodePool):
    """A node's pool, fed by an outbox.

    Parameters
    ----------
    now_us : callable
        Tells the wall clock's time since genesis.
    send : callable
        Takes a parcel to the outbox.
    lag : ScheduleLag
        Takes how late each transaction is handed over.
    drop_after_us : int
        A transaction that is later than this is not sent any more, and counted.

    """

    def __init__(
        self,
        *args: Any,
        now_us: Callable[[], int],
        send: Callable[[Parcel], None],
        lag: ScheduleLag,
        drop_after_us: int,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._now_us = now_us
        self._send = send
        self._lag = lag
        self._drop_after_us = drop_after_us
        self._under_way: dict[int, tuple[PooledTransaction, bytes]] = {}
        self._signed: dict[int, tuple[tuple[int, ...], SignedTransaction]] = {}
        self._asked: frozenset[int] = frozenset()
        self._still: set[bytes] = set()
        self.late = 0
        """Transactions that were too late to be sent."""
        self.presigned = 0
        """Transactions whose signature was ready when they were due."""

    def sign_ahead(self, transactions: Iterable[PooledTransaction]) -> None:
        """Sign transactions that are due soon, as they are now expected to be sent."""
        for transaction in transactions:
            if transaction.tx_id not in self._signed:
                self._signed[transaction.tx_id] = (_terms(transaction), self._sign(transaction))

    def add(self, tx: PooledTransaction, now_us: int) -> Reason | None:
        """Send one transaction on its way; None unless it is too late for that."""
        lag_us = self._now_us() - now_us
        self._lag.add(max(lag_us, 0))
        ready = self._signed.pop(tx.tx_id, None)
        if lag_us > self._drop_after_us:
            self.late += 1
            return Reason.GENERATOR_LATE
        if ready is not None and ready[0] == _terms(tx):
            self.presigned += 1
            signed = ready[1]
        else:
            signed = self._sign(tx)
        self._under_way[tx.tx_id] = (tx, signed.tx_hash)
        self._by_hash[signed.tx_hash] = tx
        self._by_nonce.setdefault(tx.sender, {}).setdefault(tx.nonce, tx)
        self._send(Parcel(tx.tx_id, tx.sender, signed.raw, now_us))
        return None

    def answered(self, parcel: Parcel, failure: RpcFailure | None) -> None:
        """Take the node's answer to a parcel."""
        found = self._under_way.pop(parcel.tx_id, None)
        if found is None:
            return  # a block has held it already
        tx, tx_hash = found
        if failure is None:
            self.accepted(tx, tx_hash)
        else:
            self._withdraw_parcel(tx, tx_hash, reason_of(failure.message))

    def lost(self, parcel: Parcel, maybe_there: bool) -> None:
        """Take note that a parcel met no answer; one that may be there is looked for later."""
        if maybe_there:
            return
        found = self._under_way.pop(parcel.tx_id, None)
        if found is not None:
            self._withdraw_parcel(*found, Reason.NODE_UNREACHABLE)

    def asked(self) -> None:
        """Note whom the node holds, as it is being asked for its pool's content."""
        self._asked = frozenset(self._held)

    def told(self, still: set[bytes], depth: tuple[int, int]) -> None:
        """Take the node's answer: the hashes that its pool holds, and how many are where."""
        self._still, self._depth = still, depth

    def on_block(
        self,
        included: Sequence[PooledTransaction],
        *,
        base_fee: int,
        now_us: int,
        block_gas_limit: int | None = None,
    ) -> None:
        """Follow a new block, by what the node has told of its pool last."""
        del base_fee, now_us, block_gas_limit
        for transaction in included:
            self._forget(transaction)
        for tx_id in sorted(self._asked & self._held.keys()):
            transaction, tx_hash = self._held[tx_id]
            if tx_hash in self._still:
                continue
            if transaction.nonce < self._nonce_of(transaction.sender):
                self._depart(transaction, TxState.DROPPED, Reason.NONCE_PASSED)
            else:
                self._depart(transaction, TxState.EVICTED, Reason.LOST_BY_NODE)
        self._asked = frozenset()

    def reconcile(self, still: set[bytes]) -> None:
        """At the end: what is under way and not in the node's pool never got there."""
        for tx, tx_hash in tuple(self._under_way.values()):
            del self._under_way[tx.tx_id]
            if tx_hash in still:
                self.accepted(tx, tx_hash)
            else:
                self._withdraw_parcel(tx, tx_hash, Reason.NODE_UNREACHABLE)
        self._asked = frozenset(self._held)
        self._still = still
        self.on_block((), base_fee=0, now_us=0)

    def _sign(self, tx: PooledTransaction) -> SignedTransaction:
        return sign_pooled(tx, self._accounts, self._ledger, self._node.chain_id)

    def _withdraw_parcel(self, tx: PooledTransaction, tx_hash: bytes, reason: Reason) -> None:
        self._by_hash.pop(tx_hash, None)
        own = self._by_nonce.get(tx.sender, {})
        if own.get(tx.nonce) is tx:
            del own[tx.nonce]
        self._left.append(Departure(tx.tx_id, TxState.REJECTED, reason))

    def _forget(self, tx: PooledTransaction) -> None:
        found = self._held.pop(tx.tx_id, None) or self._under_way.pop(tx.tx_id, None)
        if found is None:
            return
        self._by_hash.pop(found[1], None)
        own = self._by_nonce.get(tx.sender, {})
        if own.get(tx.nonce) is tx:
            del own[tx.nonce]


def _terms(tx: PooledTransaction) -> tuple[int, ...]:
    return (tx.sender, tx.nonce, tx.max_fee, tx.tip, tx.gas_limit, tx.value)
