"""A block that does not hold what was meant stops the run.

A real node never does this, so these tests alone use a node of their own making.
"""

import pytest

from floodline.actors.fees import Fees
from floodline.campaign.execution import Executor
from floodline.campaign.gas import GasPredictor
from floodline.campaign.ledger import Ledger
from floodline.campaign.record import ActorLabel
from floodline.chain.accounts import AccountBook
from floodline.chain.node import Receipt, SealedBlock
from floodline.chain.rpc import RpcFailure
from floodline.foundation.errors import SubmissionError
from floodline.mempool.transaction import PooledTransaction
from floodline.protocols.interface import Call


class FaultyNode:
    """Takes everything and seals what a test tells it to."""

    chain_id = 31337

    def __init__(self, sealed_from):
        self.sealed_from = sealed_from
        self.dropped = False

    def submit_ordered(self, raws):
        from floodline.chain.keccak import keccak256

        self.hashes = [keccak256(raw) for raw in raws]
        return list(self.hashes)

    def seal(self, timestamp):
        chosen = tuple(self.sealed_from(self.hashes))
        return SealedBlock(1, timestamp, 10, 21_000 * len(chosen), 30_000_000, chosen)

    def receipts_for(self, tx_hashes):
        return [Receipt(tx_hash, 0, 1, 21_000, 11, ()) for tx_hash in tx_hashes]

    def logs(self, number):
        return []

    def drop_all(self):
        self.dropped = True


def execute(node):
    ledger = Ledger([ActorLabel("traders", "trader", "traders")])
    accounts = AccountBook(1)
    planned = []
    for number in range(3):
        account = accounts.account("trader", number)
        call = Call(b"x" * 20, b"", 21_000, "open")
        tx_id = ledger.add(0, call, account.index, 0, Fees(20, 1), 0)
        planned.append(PooledTransaction(tx_id, account.index, 0, 20, 1, 21_000))
    return Executor(node, accounts, ledger, GasPredictor()).execute(planned, 1_000)


def test_what_the_node_left_out_is_returned_and_dropped():
    node = FaultyNode(lambda hashes: [hashes[0], hashes[2]])
    block = execute(node)
    assert [item.transaction.tx_id for item in block.included] == [0, 2]
    assert [transaction.tx_id for transaction in block.left_out] == [1]
    assert node.dropped


def test_a_block_in_another_order_is_refused():
    with pytest.raises(SubmissionError, match="stands out of its order"):
        execute(FaultyNode(reversed))


def test_a_block_with_a_foreign_transaction_is_refused():
    with pytest.raises(SubmissionError, match="was never offered"):
        execute(FaultyNode(lambda hashes: [hashes[0], b"\1" * 32]))


def test_a_refused_transaction_is_told_with_the_nodes_words():
    class Refusing(FaultyNode):
        def submit_ordered(self, raws):
            super().submit_ordered(raws)
            return [self.hashes[0], RpcFailure(-32003, "nonce too low", None), self.hashes[2]]

    with pytest.raises(SubmissionError, match="nonce too low"):
        execute(Refusing(list))
