"""Handing a planned block to the node, and finding out what the node made of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from floodline.campaign.gas import GasPredictor
from floodline.campaign.ledger import Ledger
from floodline.chain.accounts import AccountBook
from floodline.chain.feemarket import effective_tip
from floodline.chain.node import Log, Node, Receipt, SealedBlock
from floodline.chain.rpc import RpcFailure
from floodline.chain.signing import sign_transaction
from floodline.chain.transaction import DynamicFeeTransaction
from floodline.foundation.errors import SubmissionError
from floodline.mempool.transaction import PooledTransaction


@dataclass(frozen=True, slots=True)
class Included:
    """A transaction in a block."""

    transaction: PooledTransaction
    tx_hash: bytes
    index: int
    status: int
    gas_used: int
    effective_tip: int


@dataclass(frozen=True)
class ExecutedBlock:
    """A sealed block: what it holds, in order, what was offered in vain, and its events."""

    sealed: SealedBlock
    included: list[Included]
    left_out: list[PooledTransaction]
    logs: list[Log]
    receipts_read: int
    """Receipts that were fetched; the others were inferred and verified by the block's sum."""


class BlockExecutor(Protocol):
    """Makes a block of what a builder chose."""

    def execute(self, planned: list[PooledTransaction], timestamp_s: int) -> ExecutedBlock:
        """Have a block sealed with this timestamp, and find out what it holds."""


class Executor:
    """Signs what a block takes, at the moment it takes it, and reconciles with the mined block.

    Parameters
    ----------
    node : Node
        The node that executes.
    accounts : AccountBook
        Keys by sender index.
    ledger : Ledger
        What each transaction calls.
    predictor : GasPredictor
        Learns from every block.

    """

    def __init__(
        self, node: Node, accounts: AccountBook, ledger: Ledger, predictor: GasPredictor
    ) -> None:
        self._node = node
        self._accounts = accounts
        self._ledger = ledger
        self._predictor = predictor

    def execute(self, planned: list[PooledTransaction], timestamp_s: int) -> ExecutedBlock:
        """Let the node execute transactions in this order as one block.

        Raises
        ------
        SubmissionError
            If the node refuses one, or the block holds anything else, or in another order.

        """
        hashes: list[bytes] = []
        answers = self._node.submit_ordered(self._signed(planned, hashes))
        for transaction, answer in zip(planned, answers, strict=True):
            if isinstance(answer, RpcFailure):
                raise SubmissionError(
                    f"the node refused {transaction!r} "
                    f"({self._ledger.call_of(transaction.tx_id).kind}): {answer}",
                    "this is a fault of the pool model or of the node's version; keep the run "
                    "folder's evidence/ and report it",
                )
        sealed = self._node.seal(timestamp_s)
        places = self._places(sealed, hashes)
        included = [
            (transaction, tx_hash)
            for transaction, tx_hash in zip(planned, hashes, strict=True)
            if tx_hash in places
        ]
        left_out = [
            transaction
            for transaction, tx_hash in zip(planned, hashes, strict=True)
            if tx_hash not in places
        ]
        if left_out:
            self._node.drop_all()
        results, read = self._outcomes(sealed, included)
        logs = self._node.logs(sealed.number)
        return ExecutedBlock(sealed, results, left_out, logs, read)

    def _signed(self, planned: list[PooledTransaction], hashes: list[bytes]) -> Iterator[bytes]:
        chain_id = self._node.chain_id
        accounts = self._accounts
        for transaction in planned:
            call = self._ledger.call_of(transaction.tx_id)
            signed = sign_transaction(
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
            hashes.append(signed.tx_hash)
            yield signed.raw

    def _places(self, sealed: SealedBlock, offered: list[bytes]) -> dict[bytes, int]:
        """Return each included hash's index; the block must hold offered ones in offered order."""
        place_offered = {tx_hash: place for place, tx_hash in enumerate(offered)}
        last = -1
        for index, tx_hash in enumerate(sealed.transaction_hashes):
            place = place_offered.get(tx_hash)
            if place is None or place <= last:
                fault = "was never offered" if place is None else "stands out of its order"
                raise SubmissionError(
                    f"block {sealed.number}: transaction {index} (0x{tx_hash.hex()}) {fault}",
                    "the node does not execute the block that was built; run `floodline doctor` "
                    "and use the Anvil that Floodline installs",
                )
            last = place
        return {tx_hash: index for index, tx_hash in enumerate(sealed.transaction_hashes)}

    def _outcomes(
        self, sealed: SealedBlock, included: list[tuple[PooledTransaction, bytes]]
    ) -> tuple[list[Included], int]:
        """Return what each transaction did, by its own receipt or by its kind's."""
        ledger, predictor = self._ledger, self._predictor
        wanted: list[int] = []
        new_kinds: set[tuple[int, int]] = set()
        for index, (transaction, _) in enumerate(included):
            if ledger.is_watched(transaction.tx_id):
                wanted.append(index)
                continue
            key = (transaction.call_kind, transaction.gas_limit)
            if predictor.bulk(*key) is None and key not in new_kinds:
                new_kinds.add(key)
                wanted.append(index)
        receipts = dict(
            zip(
                wanted,
                self._node.receipts_for([included[index][1] for index in wanted]),
                strict=True,
            )
        )
        for index, receipt in receipts.items():
            self._learn(included[index][0], receipt)
        outcomes: list[tuple[int, int]] = []
        for index, (transaction, _) in enumerate(included):
            receipt_or_none = receipts.get(index)
            if receipt_or_none is not None:
                outcomes.append((receipt_or_none.status, receipt_or_none.gas_used))
            else:
                known = predictor.bulk(transaction.call_kind, transaction.gas_limit)
                outcomes.append(known or (1, transaction.gas_limit))
        read = len(wanted)
        if sum(gas for _, gas in outcomes) != sealed.gas_used:
            everything = self._node.receipts(sealed.number)
            outcomes = [(receipt.status, receipt.gas_used) for receipt in everything]
            read += len(everything)
        base_fee = sealed.base_fee
        return [
            Included(
                transaction,
                tx_hash,
                index,
                status,
                gas_used,
                effective_tip(transaction.max_fee, transaction.tip, base_fee),
            )
            for index, ((transaction, tx_hash), (status, gas_used)) in enumerate(
                zip(included, outcomes, strict=True)
            )
        ], read

    def _learn(self, transaction: PooledTransaction, receipt: Receipt) -> None:
        kind, gas_limit = transaction.call_kind, transaction.gas_limit
        if self._ledger.is_watched(transaction.tx_id):
            self._predictor.observe(kind, gas_limit, receipt.gas_used)
        else:
            self._predictor.observe_bulk(kind, gas_limit, receipt.status, receipt.gas_used)
