"""How fast the modelled pool admits, evicts and follows blocks, and how fast a block is built.

Nothing here waits for anything, so the clock is this process's own processor time, which other
work on the machine does not lengthen.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable

from floodline.foundation.bench import Measurement
from floodline.mempool import (
    PooledTransaction,
    PoolLimits,
    PriorityBuilder,
    TransactionPool,
    TxState,
)

GWEI = 10**9
BASE_FEE = 20 * GWEI
BLOCK_GAS = 30_000_000
TRANSFER_GAS = 21_000
OPERATIONS = 100_000
PENDING = 100_000
ROUNDS = 3


def run() -> list[Measurement]:
    """Measure the best of a few rounds each; transactions are made before the clock starts."""
    return [*_mixed(), _plain(), _refusals(), _building(), _block()]


def _pool(limits: PoolLimits | None = None) -> tuple[TransactionPool, dict[int, int]]:
    nonces: dict[int, int] = {}
    pool = TransactionPool(
        limits or PoolLimits(),
        base_fee=BASE_FEE,
        block_gas_limit=BLOCK_GAS,
        balance_of=lambda _: 10**24,
        nonce_of=lambda sender: nonces.get(sender, 0),
    )
    return pool, nonces


def _transfer(number: int, sender: int, nonce: int, tip: int, cap: int = 0) -> PooledTransaction:
    return PooledTransaction(
        number, sender, nonce, cap or BASE_FEE + 2 * tip, tip, TRANSFER_GAS, order=number
    )


def _full_pool(rng: random.Random) -> tuple[TransactionPool, dict[int, int]]:
    """Fill the default pool: one account in four has several transactions, some have a gap."""
    pool, nonces = _pool()
    number = sender = 0
    while pool.slots_used < pool.limits.capacity:
        for nonce in rng.choice(((0,), (0,), (0,), range(8), (0, 2))):
            pool.add(_transfer(number, sender, nonce, rng.randrange(1, 4 * GWEI)), 0)
            number += 1
        sender += 1
    pool.take_departures()
    return pool, nonces


def _mixed_offers(rng: random.Random, pool: TransactionPool) -> list[PooledTransaction]:
    """Newcomers at rising and hopeless prices, replacements, followers, and gapped ones."""
    offers: list[PooledTransaction] = []
    pooled = list(pool)
    for i in range(OPERATIONS):
        number = 10**6 + i
        tip = rng.randrange(1, 4 * GWEI) + i * 40_000
        what = rng.random()
        if what < 0.35:
            tx = _transfer(number, number, 0, tip)
        elif what < 0.60:
            tx = _transfer(number, number, 0, rng.randrange(1, GWEI // 100))
        elif what < 0.80:
            old = rng.choice(offers[-2_000:] or pooled)
            tx = _transfer(
                number, old.sender, old.nonce, old.tip * 112 // 100 + 1, old.max_fee * 112 // 100
            )
        elif what < 0.92:
            tx = _transfer(number, rng.choice(pooled).sender, rng.randrange(1, 12), tip)
        else:
            tx = _transfer(number, number, rng.randrange(1, 4), tip)
        offers.append(tx)
    return offers


def _mixed() -> list[Measurement]:
    best = float("inf")
    detail = ""
    for round_number in range(ROUNDS):
        rng = random.Random(round_number)  # noqa: S311
        pool, _ = _full_pool(rng)
        offers = _mixed_offers(rng, pool)
        started = time.process_time()
        answers = [pool.add(tx, 0) for tx in offers]
        elapsed = time.process_time() - started
        if elapsed < best:
            best = elapsed
            left = Counter(departure.state for departure in pool.take_departures())
            taken = answers.count(None)
            detail = (
                f"default pool, full: {taken:,} taken, {OPERATIONS - taken:,} rejected, "
                f"{left[TxState.REPLACED]:,} replaced, {left[TxState.EVICTED]:,} evicted"
            )
    return [
        Measurement(
            "pool operations, mixed",
            OPERATIONS / best,
            "ops/s",
            100_000,
            "at least",
            detail,
        )
    ]


def _plain() -> Measurement:
    rng = random.Random(7)  # noqa: S311
    offers = [_transfer(i, i, 0, rng.randrange(1, 4 * GWEI)) for i in range(PENDING)]

    def add_all() -> None:
        pool, _ = _pool(PoolLimits(global_slots=PENDING))
        for tx in offers:
            pool.add(tx, 0)

    return Measurement(
        "pool operations, plain adds",
        PENDING / _best(add_all),
        "ops/s",
        100_000,
        "at least",
        f"{PENDING:,} accounts, one transaction each, into a pool that holds them all",
    )


def _refusals() -> Measurement:
    pool, _ = _full_pool(random.Random(7))  # noqa: S311
    prices = [(BASE_FEE + tip, tip) for tip in range(OPERATIONS)]

    def ask() -> None:
        for max_fee, tip in prices:
            pool.would_reject(max_fee, tip)

    assert all(pool.would_reject(max_fee, tip) for max_fee, tip in prices)
    return Measurement(
        "quick refusals of a hopeless flood",
        OPERATIONS / _best(ask),
        "ops/s",
        500_000,
        "at least",
        "default pool, full; would_reject",
    )


def _building() -> Measurement:
    rng = random.Random(7)  # noqa: S311
    pool, _ = _pool(PoolLimits(global_slots=PENDING))
    for i in range(PENDING):
        pool.add(_transfer(i, i, 0, rng.randrange(GWEI // 10, 4 * GWEI)), 0)
    builder = PriorityBuilder()

    def build() -> None:
        builder.build(
            pool,
            base_fee=BASE_FEE,
            gas_limit=BLOCK_GAS,
            predict=lambda _: (TRANSFER_GAS, TRANSFER_GAS),
        )

    return Measurement(
        "building a block",
        _best(build) * 1e3,
        "ms",
        50,
        "at most",
        f"from {PENDING:,} pending transactions of as many accounts, 30 million gas of transfers",
    )


def _block() -> Measurement:
    best = float("inf")
    for round_number in range(ROUNDS):
        pool, nonces = _full_pool(random.Random(round_number))  # noqa: S311
        included = pool.heads()[: BLOCK_GAS // TRANSFER_GAS]
        for tx in included:
            nonces[tx.sender] = tx.nonce + 1
        started = time.process_time()
        pool.on_block(included, base_fee=BASE_FEE * 9 // 8, now_us=12_000_000)
        best = min(best, time.process_time() - started)
        assert not any(pool.contains(tx.tx_id) for tx in included)
    return Measurement(
        "following a block",
        best * 1e3,
        "ms",
        25,
        "at most",
        f"default pool, full: {BLOCK_GAS // TRANSFER_GAS:,} included, new base fee",
    )


def _best(work: Callable[[], None]) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best


if __name__ == "__main__":
    for m in run():
        print(f"{m.name}: {m.value:,.1f} {m.unit} ({m.comparison} {m.bound:,g}; {m.detail})")
