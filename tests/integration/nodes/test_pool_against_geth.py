"""The pool's model against a real geth: same answers, same blocks, same pool, block by block.

What the two do differently has a test of its own here, named after the difference.
"""

import pytest
from pool_twins import GWEI, SMALL, PoolTwins, Wish, run_random_stream

from floodline.mempool import PoolLimits, PriorityBuilder, Reason, TransactionPool

pytestmark = pytest.mark.geth


@pytest.fixture
def twins(geth_path, tmp_path):
    """Start a geth and a model of the same limits; they end with the test."""
    started = []

    def start(senders, limits=SMALL, **more):
        started.append(
            PoolTwins(geth_path, tmp_path / "geth.log", senders=senders, limits=limits, **more)
        )
        return started[-1]

    yield start
    for each in started:
        each.close()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_random_stream_leads_to_the_same_blocks_and_the_same_pool(twins, seed):
    both = twins(40, poor=range(4))
    run_random_stream(both, seed, transactions=2_000, per_block=60)
    exercised = {reason.label for reason in both.answers if reason is not None}
    assert exercised >= {
        "already_known",
        "gapped_would_evict_executable",
        "insufficient_funds",
        "nonce_too_low",
        "replacement_underpriced",
        "underpriced",
    }
    assert both.slot > 20


@pytest.mark.slow
def test_a_flood_over_the_default_capacity_evicts_the_same_ones(twins):
    limits = PoolLimits(below_base_fee="wrapped")
    both = twins(6_500, limits)
    both.seal()
    both.fill([Wish(n, 0, 30 * GWEI + 2 * n, GWEI + 2 * n) for n in range(limits.capacity)])
    for n in range(limits.capacity, 6_500):
        price = 40 * (37 * n % 356) + 1  # no two alike, some better and some worse than the worst
        both.offer(Wish(n, 0, 30 * GWEI + price, GWEI + price))
    assert both.answers[Reason.UNDERPRICED] > 5
    assert both.answers[None] > 100
    both.compare()
    both.seal()


def test_the_largest_accounts_are_trimmed_alike(twins):
    both = twins(
        40,
        PoolLimits(
            account_slots=4,
            global_slots=48,
            account_queue=6,
            global_queue=64,
            below_base_fee="wrapped",
        ),
    )
    for sender, size in ((0, 25), (1, 17), (2, 9)):
        for n in range(size):
            both.offer(Wish(sender, 0, 30 * GWEI + n, GWEI + 10 * sender + n))
    for sender in range(10, 22):
        both.offer(Wish(sender, 0, 30 * GWEI, GWEI + sender))
    both.compare()
    sizes = [len(both.pool.pending_of(sender)) for sender in range(3)]
    assert max(sizes) < 20
    both.seal()


def test_who_has_been_silent_longest_gives_way_and_silence_counts_from_the_last_promotion(twins):
    """The model took the arrival of the first gapped transaction for an account's heartbeat."""
    both = twins(
        20,
        PoolLimits(global_slots=96, account_queue=6, global_queue=4, below_base_fee="wrapped"),
    )
    both.offer(Wish(0, 0, 30 * GWEI, GWEI))
    for sender in (1, 2, 3, 4):
        both.offer(Wish(sender, 3, 30 * GWEI, GWEI + sender))
    both.offer(Wish(0, 2, 30 * GWEI, 2 * GWEI))
    both.compare()
    assert not both.pool.queued_of(0)
    assert len(both.pool.queued_of(1)) == 1


def test_equal_tips_are_taken_in_the_order_of_arrival(twins):
    both = twins(30)
    for sender in (7, 3, 19, 11, 5):
        both.offer(Wish(sender, 0, 30 * GWEI, GWEI))
    assert [tx.sender for tx in both.seal()] == [7, 3, 19, 11, 5]


def test_a_fee_cap_below_the_base_fee_waits_and_is_eligible_again_later(twins):
    both = twins(4)
    both.offer(Wish(0, 0, 9 * GWEI, GWEI))
    assert both.seal() == []
    assert [tx.sender for tx in both.seal()] == [0]


def test_geth_1_16_ranks_a_fee_cap_below_the_base_fee_by_its_tip_alone(twins):
    """Difference "wrapped": by its shortfall, as the model has it by default, it is the worst."""
    limits = SMALL.model_copy(update={"global_slots": 4, "global_queue": 1})
    both = twins(6, limits)
    both.seal()
    assert both.base_fee > 8 * GWEI
    wishes = [Wish(sender, 0, 30 * GWEI, (4 + sender) * GWEI) for sender in range(4)]
    wishes += [Wish(4, 0, 8 * GWEI, 7 * GWEI - 1), Wish(5, 0, 31 * GWEI, 9 * GWEI)]
    for wish in wishes:
        both.offer(wish)
    both.compare()
    signed = TransactionPool(
        limits.model_copy(update={"below_base_fee": "signed"}),
        base_fee=both.base_fee,
        block_gas_limit=3_000_000,
        balance_of=lambda _: 10**24,
        nonce_of=lambda _: 0,
    )
    for _, transaction in both.known.values():
        assert signed.add(transaction, 0) is None
    assert [tx.sender for tx in both.pool if tx.sender in (0, 4)] == [4]
    assert [tx.sender for tx in signed if tx.sender in (0, 4)] == [0]


def test_the_builder_does_not_know_balances_where_geths_miner_finds_them_short(twins):
    """Difference "balance": what fills a gap may cost more together than its sender holds."""
    both = twins(2, poor=[0])
    for _ in range(3):
        both.seal()
    cost = 30 * GWEI * 300_000
    assert cost < both.balances[0] < 2 * cost
    both.offer(Wish(0, 1, 30 * GWEI, GWEI, 300_000, bytes.fromhex("bb" * 20), 0))
    both.offer(Wish(0, 0, 30 * GWEI, GWEI, 300_000, bytes.fromhex("bb" * 20), 0))
    plan = PriorityBuilder().build(
        both.pool, base_fee=both.base_fee, gas_limit=3_000_000, predict=lambda _: (300_000, 300_000)
    )
    built = both.node.seal(1_767_225_600 + 100)
    assert [tx.nonce for tx in plan.transactions] == [0, 1]
    assert len(built.transaction_hashes) == 1


def test_before_its_first_block_geth_ranks_by_fee_cap_alone(twins):
    """Difference "no base fee yet": geth learns the base fee from the first block it sees."""
    both = twins(10, SMALL.model_copy(update={"global_slots": 4, "global_queue": 1}))
    for sender in range(5):
        both.offer(Wish(sender, 0, (20 + sender) * GWEI, (9 - sender) * GWEI))
    (said,) = both.node.submit_ordered(
        [both.make(Wish(5, 0, 21 * GWEI, 1), 0)[0].raw],
    )
    assert isinstance(said, bytes)
    pending, _ = both.node.pool_content()
    assert both.accounts[0].address not in pending
    model = both.make(Wish(6, 0, 21 * GWEI, 1), 0)[1]
    assert both.pool.add(model, 10**9) is Reason.UNDERPRICED
