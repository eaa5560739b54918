"""The pool's model against Hardhat, for the rules it has: waiting, replacing, ordering."""

import random

import pytest
from hardhat_twins import HardhatTwins
from pool_twins import GWEI, Wish

from floodline.mempool import Reason

pytestmark = pytest.mark.hardhat


@pytest.fixture
def both(hardhat, tmp_path):
    twins = HardhatTwins(hardhat, tmp_path / "hardhat.log", senders=60)
    yield twins
    twins.close()


@pytest.mark.slow
def test_a_random_stream_of_transfers_leads_to_the_same_blocks(both):
    rng = random.Random(4)
    for number in range(2_000):
        tip = int(GWEI * rng.lognormvariate(0, 0.8)) + number
        cap = tip + int(both.base_fee * rng.uniform(0.7, 1.6))
        offset = rng.choices([0, 1, 2, -1, -2], [70, 5, 3, 15, 7])[0]
        both.offer(Wish(rng.randrange(60), offset, cap, tip))
        if rng.random() < 1 / 120:
            both.seal()
    for _ in range(3):
        both.seal()
    assert both.answers[Reason.REPLACEMENT_UNDERPRICED] > 20
    assert both.slot > 10


def test_what_is_below_the_base_fee_waits(both):
    both.offer(Wish(0, 0, 9 * GWEI, GWEI))
    assert both.seal() == []
    assert [tx.sender for tx in both.seal()] == [0]


@pytest.mark.parametrize(("cap", "tip"), [(32, 2), (33, 2), (32, 3)])
def test_a_replacement_has_to_raise_both_fees_by_a_tenth(both, cap, tip):
    both.offer(Wish(0, 0, 30 * GWEI, 2 * GWEI))
    assert both.offer(Wish(0, -1, cap * GWEI, tip * GWEI)) is Reason.REPLACEMENT_UNDERPRICED


def test_a_replacement_that_raises_both_by_a_tenth_is_taken(both):
    both.offer(Wish(0, 0, 30 * GWEI, 20 * GWEI))
    assert both.offer(Wish(0, -1, 33 * GWEI, 22 * GWEI)) is None
    assert len(both.seal()) == 1
