"""The pool's model and a real geth, fed the same transactions one by one, compared at each step."""

import random
import time
from dataclasses import dataclass

from floodline.chain.accounts import AccountBook
from floodline.chain.feemarket import effective_tip, minimum_gas_limit, next_base_fee
from floodline.chain.genesis import GenesisAccount
from floodline.chain.geth import GethNode, GethSettings
from floodline.chain.rpc import RpcFailure
from floodline.chain.transaction import DynamicFeeTransaction
from floodline.mempool import PooledTransaction, PoolLimits, PriorityBuilder, TransactionPool
from floodline.mempool.refusals import reason_of

GENESIS_S = 1_767_225_600
SLOT_S = 12
GWEI = 10**9
GAS_LIMIT = 3_000_000
"""142 plain transfers."""
BURNER = bytes.fromhex("bb" * 20)
SINK = bytes.fromhex("55" * 20)
BURN_ALL = bytes.fromhex("5b600056")
"""Runtime code that uses all the gas it is given."""
SMALL = PoolLimits(
    account_slots=16,
    global_slots=96,
    account_queue=6,
    global_queue=24,
    below_base_fee="wrapped",
)


@dataclass
class Wish:
    """A transaction before its nonce is known: offset 0 is the next nonce that the pool expects."""

    sender: int
    offset: int
    max_fee: int
    tip: int
    gas_limit: int = 21_000
    to: bytes = SINK
    value: int = 1
    data: bytes = b""


class PoolTwins:
    """A geth and the model, side by side."""

    def __init__(self, geth_path, log_path, *, senders, limits=SMALL, poor=(), base_fee=10 * GWEI):
        self.accounts = AccountBook(5).accounts("sender", senders)
        self.index = {account.address: n for n, account in enumerate(self.accounts)}
        self.poor = frozenset(poor)
        self.balances = [10**24] * senders
        for sender in poor:
            self.balances[sender] = 10**16
        self.nonces = [0] * senders
        self.base_fee = base_fee
        self.known = {}
        self.hashes = {}
        self.gas_used = {}
        self.sent = []
        self.answers = {}
        self.now_us = 0
        self.slot = 0
        self.node = self.start(geth_path, limits, base_fee, log_path)
        self.pool = TransactionPool(
            limits,
            base_fee=base_fee,
            block_gas_limit=GAS_LIMIT,
            balance_of=self.balances.__getitem__,
            nonce_of=self.nonces.__getitem__,
        )

    def start(self, geth_path, limits, base_fee, log_path):
        """Start the node."""
        alloc = {
            account.address: GenesisAccount(balance=balance)
            for account, balance in zip(self.accounts, self.balances, strict=True)
        }
        alloc[BURNER] = GenesisAccount(code=BURN_ALL)
        flags = {
            "pricelimit": limits.price_limit,
            "pricebump": limits.price_bump,
            "accountslots": limits.account_slots,
            "globalslots": limits.global_slots,
            "accountqueue": limits.account_queue,
            "globalqueue": limits.global_queue,
        }
        return GethNode.start(
            geth_path,
            alloc,
            GethSettings(flags),
            gas_limit=GAS_LIMIT,
            base_fee=base_fee,
            timestamp=GENESIS_S,
            log_path=log_path,
        )

    def offer(self, wish, nonce=None):
        """Offer one transaction to both; they must answer alike and hold as many afterwards."""
        if nonce is None:
            nonce = max(self.pool.pending_nonce(wish.sender) + wish.offset, 0)
        signed, pooled = self.make(wish, nonce)
        self.now_us += 1_000
        expected = self.pool.add(pooled, self.now_us)
        (said,) = self.node.submit_ordered([signed.raw])
        found = reason_of(said.message) if isinstance(said, RpcFailure) else None
        assert found == expected, f"transaction {len(self.sent) - 1}, {pooled}: geth says {said}"
        self.answers[expected] = self.answers.get(expected, 0) + 1
        self.settle()
        return expected

    def make(self, wish, nonce):
        """Return a transaction as it is sent and as the model sees it."""
        self.sent.append((wish, nonce))
        transaction = DynamicFeeTransaction(
            self.node.chain_id,
            nonce,
            wish.tip,
            wish.max_fee,
            wish.gas_limit,
            wish.to,
            wish.value,
            wish.data,
        )
        signed = self.accounts[wish.sender].sign(transaction)
        number = self.hashes.get(signed.tx_hash, len(self.known))
        pooled = PooledTransaction(
            number,
            wish.sender,
            nonce,
            wish.max_fee,
            wish.tip,
            wish.gas_limit,
            wish.value,
            len(signed.raw),
            order=len(self.sent),
            minimum_gas=minimum_gas_limit(wish.data),
        )
        self.hashes[signed.tx_hash] = number
        if not self.pool.contains(number):
            self.known[number] = (signed.tx_hash, pooled)
            burns = wish.to == BURNER
            self.gas_used[number] = wish.gas_limit if burns else minimum_gas_limit(wish.data)
        return signed, pooled

    def fill(self, wishes):
        """Offer many transactions of different senders at once; all must be taken by both."""
        raws = []
        for wish in wishes:
            signed, pooled = self.make(wish, self.nonces[wish.sender])
            self.now_us += 1_000
            assert self.pool.add(pooled, self.now_us) is None
            raws.append(signed.raw)
        assert not [a for a in self.node.submit_ordered(raws) if isinstance(a, RpcFailure)]
        self.settle()

    def offer_again(self, rng):
        """Offer a transaction that was offered before, byte by byte."""
        place = rng.randrange(len(self.sent))
        self.offer(self.sent[place][0], nonce=self.sent[place][1])

    def settle(self):
        """Wait until geth has promoted and trimmed as the model has: it does so a moment later."""
        wanted = (self.pool.pending_count, self.pool.queued_count)
        deadline = time.monotonic() + 3
        while (found := self.node.pool_depth()) != wanted:
            assert time.monotonic() < deadline, f"geth holds {found}, the model {wanted}"
            time.sleep(0.000_5)

    def seal(self):
        """Let both build a block; they must hold the same transactions in the same order."""
        self.slot += 1
        plan = PriorityBuilder().build(
            self.pool,
            base_fee=self.base_fee,
            gas_limit=GAS_LIMIT,
            predict=lambda tx: (self.gas_used[tx.tx_id], self.gas_used[tx.tx_id]),
        )
        sealed = self.node.seal(GENESIS_S + SLOT_S * self.slot)
        assert sealed.base_fee == self.base_fee
        built = [self.hashes[tx_hash] for tx_hash in sealed.transaction_hashes]
        planned = [tx.tx_id for tx in plan.transactions]
        assert built == planned, f"slot {self.slot}: geth built {built}, the model {planned}"
        assert sealed.gas_used == plan.predicted_gas
        for tx in plan.transactions:
            price = self.base_fee + effective_tip(tx.max_fee, tx.tip, self.base_fee)
            self.nonces[tx.sender] += 1
            burnt = self.gas_used[tx.tx_id] == tx.gas_limit and tx.gas_limit > 21_000
            failed = burnt and not tx.value
            self.balances[tx.sender] -= self.gas_used[tx.tx_id] * price
            self.balances[tx.sender] -= 0 if failed else tx.value
        self.base_fee = next_base_fee(self.base_fee, sealed.gas_used, sealed.gas_limit)
        self.now_us += 1_000
        self.pool.on_block(plan.transactions, base_fee=self.base_fee, now_us=self.now_us)
        self.settle()
        self.compare()
        return plan.transactions

    def compare(self):
        """Both must hold the same transactions, executable and gapped, sender by sender."""
        self.left = self.pool.take_departures()
        pending, queued = self.node.pool_content()
        for found, ours in ((pending, self.pool.pending_of), (queued, self.pool.queued_of)):
            for sender, account in enumerate(self.accounts):
                theirs = [self.hashes[tx_hash] for tx_hash in found.get(account.address, [])]
                assert theirs == [tx.tx_id for tx in ours(sender)], f"sender {sender}"

    def close(self):
        self.node.close()


def a_wish(rng, twins, number):
    """Draw a transaction: fees around the base fee, replacements, gaps, now and then a fault.

    Fees differ by a few wei from all others, since geth leaves the order of equals to chance.
    """
    sender = rng.randrange(len(twins.accounts))
    tip = int(GWEI * rng.lognormvariate(0, 0.8)) + number
    cap = tip + int(twins.base_fee * rng.uniform(0.7, 1.6))
    offset = rng.choices([0, 1, 2, 4, -1, -2, -3], [60, 6, 4, 2, 16, 8, 4])[0]
    if sender in twins.poor:
        offset = min(offset, 0)  # whoever fills a gap may owe more than it has: see the named test
    kind = rng.random()
    if kind < 0.70:
        return Wish(sender, offset, cap, tip, rng.choice([21_000, 21_000, 60_000, 900_000]))
    if kind < 0.90:
        return Wish(sender, offset, cap, tip, rng.randint(22_000, 400_000), BURNER, 0)
    if kind < 0.94:
        data = bytes(rng.randint(30_000, 70_000))
        return Wish(sender, offset, cap, tip, minimum_gas_limit(data), data=data)
    faults = (
        Wish(sender, offset, tip - 1, tip),
        Wish(sender, offset, cap, tip, 20_999),
        Wish(sender, offset, cap, 0),
        Wish(sender, offset, cap, tip, GAS_LIMIT + 1),
        Wish(sender, offset, cap, tip, 2**24 + 1),
        Wish(sender, offset, cap, tip, value=2 * 10**24),
        Wish(sender, offset, cap, tip, 2_000_000, data=bytes(132_000)),
    )
    return rng.choice(faults)


def run_random_stream(twins, seed, transactions, per_block):
    """Offer a random stream with blocks in between; both pools are compared after each block."""
    rng = random.Random(seed)
    for number in range(transactions):
        if number and rng.random() < 0.01 and twins.known:
            twins.offer_again(rng)
        twins.offer(a_wish(rng, twins, number))
        if rng.random() < 1 / per_block:
            twins.seal()
    for _ in range(3):
        twins.seal()
