"""A watched transaction's place in the pool at a block."""

import pytest

from floodline.campaign.ranks import pool_ranks
from floodline.mempool import PooledTransaction, PoolLimits, TransactionPool


@pytest.fixture
def pool():
    return TransactionPool(
        PoolLimits(),
        base_fee=10,
        block_gas_limit=30_000_000,
        balance_of=lambda _: 10**30,
        nonce_of=lambda _: 0,
    )


def add(pool, sender, tip, *, nonce=0, max_fee=100, gas=21_000):
    number = 100 * sender + nonce
    tx = PooledTransaction(number, sender, nonce, max_fee, tip, gas, order=number)
    assert pool.add(tx, 0) is None
    return tx


def ranked(pool, *wanted):
    return [(row.rank, row.gas_ahead) for row in pool_ranks(pool, wanted, 10, 7)]


def test_the_best_paying_is_first_and_the_first_seen_among_equals(pool):
    low, late, early = add(pool, 3, 2, gas=50_000), add(pool, 2, 5), add(pool, 1, 5, gas=30_000)
    assert ranked(pool, early, late, low) == [(1, 0), (2, 30_000), (3, 51_000)]


def test_the_effective_tip_counts_not_the_tip_that_was_offered(pool):
    capped, plain = add(pool, 1, 50, max_fee=60), add(pool, 2, 51)
    capped_more = add(pool, 3, 99, max_fee=12 + 87)
    assert ranked(pool, capped, plain, capped_more) == [(3, 42_000), (2, 21_000), (1, 0)]


def test_what_waits_behind_a_nonce_gap_has_no_rank(pool):
    add(pool, 1, 5)
    assert ranked(pool, add(pool, 2, 9, nonce=3)) == [(-1, -1)]


def test_what_cannot_pay_the_base_fee_is_marked(pool):
    poor, able = add(pool, 1, 5, max_fee=9), add(pool, 2, 1)
    rows = pool_ranks(pool, [poor, able], 10, 7)
    assert [(row.rank, row.pays_base_fee) for row in rows] == [(2, False), (1, True)]
    assert {(row.block, row.pool_pending) for row in rows} == {(7, 2)}


def test_nobody_watched_costs_nothing(pool):
    add(pool, 1, 5)
    assert pool_ranks(pool, [], 10, 7) == []
