"""A node's own mempool in the place of the model: the same questions, answered by the node.

What the node holds is known from its answers to what is offered and, after each block, from its
pool's content: what has left without being included was evicted, and the node does not say why.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final, Protocol

from floodline.campaign.execution import ExecutedBlock, Included
from floodline.campaign.ledger import Ledger
from floodline.chain.accounts import AccountBook
from floodline.chain.feemarket import effective_tip
from floodline.chain.node import SealedBlock
from floodline.chain.rpc import RpcFailure
from floodline.chain.rpc_node import JsonRpcNode
from floodline.chain.signing import SignedTransaction, sign_transaction
from floodline.chain.transaction import DynamicFeeTransaction
from floodline.foundation.errors import SubmissionError
from floodline.mempool.builder import BlockPlan, Predict
from floodline.mempool.limits import PoolLimits
from floodline.mempool.pool import TransactionPool
from floodline.mempool.refusals import reason_of
from floodline.mempool.states import Departure, Reason, TxState
from floodline.mempool.transaction import PooledTransaction

_LOOKS_AT_A_FULL_POOL: Final = 20
_BETWEEN_LOOKS_S: Final = 0.001


class PoolingNode(Protocol):
    """A node that tells what its pool holds, and builds blocks from it."""

    @property
    def chain_id(self) -> int:
        """The chain's id."""

    def offer(self, raw: bytes) -> tuple[bytes | RpcFailure, tuple[int, int]]:
        """Hand over a transaction; its hash or why not, and how many are pending and queued."""

    def pool_depth(self) -> tuple[int, int]:
        """Return how many transactions are pending and queued."""

    def pool_hashes(self) -> set[bytes]:
        """Return the hashes of all transactions that the pool holds."""


def sign_pooled(
    transaction: PooledTransaction, accounts: AccountBook, ledger: Ledger, chain_id: int
) -> SignedTransaction:
    """Return a transaction as it is sent."""
    call = ledger.call_of(transaction.tx_id)
    return sign_transaction(
        DynamicFeeTransaction(
            chain_id,
            transaction.nonce,
            transaction.tip,
            transaction.max_fee,
            transaction.gas_limit,
            call.to,
            call.value,
            call.data,
        ),
        accounts[transaction.sender].private_key,
    )


class NodePool(TransactionPool):
    """A node's pool, asked and fed over JSON-RPC.

    Parameters
    ----------
    node : PoolingNode
        The node.
    accounts : AccountBook
        Keys by sender index.
    ledger : Ledger
        What each transaction calls.
    limits : PoolLimits
        Those that the node was started with.
    base_fee, block_gas_limit : int
        Of the next block, in wei per gas, and of every block.
    balance_of, nonce_of : callable
        Take a sender and return its balance (wei) and nonce after the latest block.

    """

    def __init__(
        self,
        node: PoolingNode,
        accounts: AccountBook,
        ledger: Ledger,
        limits: PoolLimits,
        *,
        base_fee: int,
        block_gas_limit: int,
        balance_of: Callable[[int], int],
        nonce_of: Callable[[int], int],
    ) -> None:
        super().__init__(
            limits,
            base_fee=base_fee,
            block_gas_limit=block_gas_limit,
            balance_of=balance_of,
            nonce_of=nonce_of,
        )
        self._node = node
        self._accounts = accounts
        self._ledger = ledger
        self._held: dict[int, tuple[PooledTransaction, bytes]] = {}
        self._by_hash: dict[bytes, PooledTransaction] = {}
        self._by_nonce: dict[int, dict[int, PooledTransaction]] = {}
        self._left: list[Departure] = []
        self._depth = (0, 0)

    # --- What the pool holds -------------------------------------------------------------------

    @property
    def pending_count(self) -> int:
        """Executable transactions, by the node's own count."""
        return self._depth[0]

    @property
    def pending_gas(self) -> int:
        """Sum of the gas limits of everything that the node has accepted and still holds."""
        return sum(transaction.gas_limit for transaction, _ in self._held.values())

    @property
    def queued_count(self) -> int:
        """Transactions behind a nonce gap, by the node's own count."""
        return self._depth[1]

    def pending_nonce(self, sender: int) -> int:
        """Return the sender's next free nonce."""
        nonce = self._nonce_of(sender)
        held = self._by_nonce.get(sender, {})
        while nonce in held:
            nonce += 1
        return nonce

    def get(self, tx_id: int) -> PooledTransaction | None:
        """Return a pooled transaction, or None."""
        found = self._held.get(tx_id)
        return None if found is None else found[0]

    def contains(self, tx_id: int) -> bool:
        """Return whether the node holds a transaction."""
        return tx_id in self._held

    def by_hash(self, tx_hash: bytes) -> PooledTransaction | None:
        """Return the transaction of a hash, or None if the node was not seen to hold it."""
        return self._by_hash.get(tx_hash)

    def heads(self) -> list[PooledTransaction]:
        """Return each account's next executable transaction."""
        found = (self.pending_of(sender) for sender in self._by_nonce)
        return [run[0] for run in found if run]

    def pending_of(self, sender: int) -> Sequence[PooledTransaction]:
        """Return a sender's executable transactions in nonce order."""
        nonce, held = self._nonce_of(sender), self._by_nonce.get(sender, {})
        run: list[PooledTransaction] = []
        while nonce in held:
            run.append(held[nonce])
            nonce += 1
        return run

    def queued_of(self, sender: int) -> Sequence[PooledTransaction]:
        """Return a sender's gapped transactions in nonce order."""
        following, held = self.pending_nonce(sender), self._by_nonce.get(sender, {})
        return [held[nonce] for nonce in sorted(held) if nonce > following]

    def __len__(self) -> int:
        return len(self._held)

    def __iter__(self) -> Iterator[PooledTransaction]:
        for transaction, _ in self._held.values():
            yield transaction

    def take_departures(self) -> list[Departure]:
        """Return who is known to have left since the last call, other than by inclusion."""
        left, self._left = self._left, []
        return left

    # --- Arrivals ------------------------------------------------------------------------------

    def would_reject(self, max_fee: int, tip: int) -> bool:
        """Return False: only the node knows."""
        del max_fee, tip
        return False

    def add(self, tx: PooledTransaction, now_us: int) -> Reason | None:
        """Offer one transaction to the node; None if it took it, else why it refused."""
        del now_us
        signed = sign_pooled(tx, self._accounts, self._ledger, self._node.chain_id)
        pending, run = self._depth[0], len(self.pending_of(tx.sender))
        answer, self._depth = self._node.offer(signed.raw)
        if isinstance(answer, RpcFailure):
            return reason_of(answer.message)
        self.accepted(tx, signed.tx_hash)
        self._await_promotion(pending + len(self.pending_of(tx.sender)) - run)
        return None

    def _await_promotion(self, pending: int) -> None:
        """Ask again while fewer are pending than should be, for as long as the number moves.

        geth answers a sender before the transaction has left its queue. Where the pool is over
        its limits it cuts again what it has promoted, and the number never comes.
        """
        unmoved = 0
        while self._depth[0] < pending and unmoved < _LOOKS_AT_A_FULL_POOL:
            time.sleep(_BETWEEN_LOOKS_S)
            depth = self._node.pool_depth()
            unmoved = unmoved + 1 if depth == self._depth else 0
            self._depth = depth

    def accepted(self, tx: PooledTransaction, tx_hash: bytes) -> None:
        """Note that the node holds a transaction, in the place of one of the same nonce."""
        own = self._by_nonce.setdefault(tx.sender, {})
        old = own.get(tx.nonce)
        if old is not None and old is not tx:
            self._depart(old, TxState.REPLACED, Reason.OUTBID, tx.tx_id)
            own = self._by_nonce.setdefault(tx.sender, {})
        own[tx.nonce] = tx
        self._held[tx.tx_id] = (tx, tx_hash)
        self._by_hash[tx_hash] = tx

    # --- A new block and the passing of time ---------------------------------------------------

    def on_block(
        self,
        included: Sequence[PooledTransaction],
        *,
        base_fee: int,
        now_us: int,
        block_gas_limit: int | None = None,
    ) -> None:
        """Follow a new block: whom the node no longer holds has left."""
        del base_fee, now_us, block_gas_limit
        for transaction in included:
            self._forget(transaction)
        still = self._node.pool_hashes()
        for transaction, tx_hash in tuple(self._held.values()):
            if tx_hash in still:
                continue
            if transaction.nonce < self._nonce_of(transaction.sender):
                self._depart(transaction, TxState.DROPPED, Reason.NONCE_PASSED)
            else:
                self._depart(transaction, TxState.EVICTED, Reason.LOST_BY_NODE)
        self._depth = self._node.pool_depth()

    def expire(self, now_us: int) -> None:
        """Do nothing: the node looks at its own clock."""

    def _forget(self, tx: PooledTransaction) -> None:
        found = self._held.pop(tx.tx_id, None)
        if found is None:
            return
        del self._by_hash[found[1]]
        own = self._by_nonce[tx.sender]
        del own[tx.nonce]
        if not own:
            del self._by_nonce[tx.sender]

    def _depart(
        self, tx: PooledTransaction, state: TxState, reason: Reason, other_tx_id: int = -1
    ) -> None:
        self._forget(tx)
        self._left.append(Departure(tx.tx_id, state, reason, other_tx_id))


class NodeBuilder:
    """Leaves the choice to the node."""

    def build(
        self,
        pool: TransactionPool,
        *,
        base_fee: int,
        gas_limit: int,
        predict: Predict,
        min_tip: int = 0,
    ) -> BlockPlan:
        """Choose nothing, and expect nothing."""
        del pool, base_fee, gas_limit, predict, min_tip
        return BlockPlan([], 0)


class NodeExecutor:
    """Has the node build a block from its own pool, and finds out what it holds.

    Parameters
    ----------
    node : JsonRpcNode
        The node.
    seal : callable
        Makes the node build a block with a timestamp.
    pool : NodePool
        What it is known to hold.

    """

    def __init__(
        self, node: JsonRpcNode, seal: Callable[[int], SealedBlock], pool: NodePool
    ) -> None:
        self._node = node
        self._seal = seal
        self._pool = pool

    def execute(self, planned: list[PooledTransaction], timestamp_s: int) -> ExecutedBlock:
        """Have a block built with this timestamp."""
        del planned
        return read_block(self._node, self._seal(timestamp_s), self._pool.by_hash)


def read_block(
    node: JsonRpcNode,
    sealed: SealedBlock,
    find: Callable[[bytes], PooledTransaction | None],
) -> ExecutedBlock:
    """Return what a block holds, by one call for all receipts.

    Parameters
    ----------
    node : JsonRpcNode
        Built it.
    sealed : SealedBlock
        The block.
    find : callable
        Takes a hash and returns the transaction that it is of, None if it is nobody's.

    Raises
    ------
    SubmissionError
        If the block holds a transaction that was never offered.

    """
    receipts = node.receipts(sealed.number) if sealed.transaction_hashes else []
    included: list[Included] = []
    for receipt in receipts:
        transaction = find(receipt.tx_hash)
        if transaction is None:
            raise SubmissionError(
                f"block {sealed.number} holds 0x{receipt.tx_hash.hex()}, which was never offered",
                "let nobody else use this node",
            )
        included.append(
            Included(
                transaction,
                receipt.tx_hash,
                receipt.index,
                receipt.status,
                receipt.gas_used,
                effective_tip(transaction.max_fee, transaction.tip, sealed.base_fee),
            )
        )
    logs = [log for receipt in receipts for log in receipt.logs]
    return ExecutedBlock(sealed, included, [], logs, len(receipts))
