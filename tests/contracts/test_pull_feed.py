"""PullFeed: signatures, fees, windows."""

from types import SimpleNamespace

import pytest
from conftest import event_of, reverts

from floodline.chain.accounts import AccountBook
from floodline.foundation.units import FEED
from floodline.protocols.reference.signed_prices import PriceSigners, SignedPrice

FEE, MAX_AGE = 1_000, 180
SIGNERS = AccountBook(3).accounts("price signer", 3)
ANSWER = 3_000 * FEED


@pytest.fixture(scope="session")
def pull(chain, deploy):
    feed = deploy("PullFeed", "ETH / USD", [one.address for one in SIGNERS], 2, FEE, MAX_AGE)
    signers = PriceSigners(SIGNERS[:2], bytes.fromhex(feed.address[2:]), chain.chain_id)
    return SimpleNamespace(feed=feed, signers=signers)


@pytest.fixture
def signed(pull, later):
    """Sign a price published now, or some seconds ago."""

    def sign(answer=ANSWER, age=0, confidence=FEED, gap=2):
        published = later() - age
        price = SignedPrice(answer, confidence, published, published - gap)
        return tuple(price), pull.signers.sign(price)

    return sign


def test_anybody_carries_a_signed_price_in(pull, signed, stranger):
    price, signatures = signed()
    receipt = pull.feed.update(price, signatures, sender=stranger, value=FEE)
    log = event_of(receipt, pull.feed.PriceUpdated)
    assert (log.roundId, log.answer, log.observedAt) == (1, ANSWER, price[2])
    assert pull.feed.confidenceOf(1) == FEED
    assert pull.feed.previousPublishTimeOf(1) == price[3]
    assert (pull.feed.earnedFees(), pull.feed.creditOf(stranger)) == (FEE, 0)


def test_the_second_carrier_of_a_price_pays_nothing_and_gets_nothing_wrong(
    pull, signed, stranger, keeper
):
    price, signatures = signed()
    pull.feed.update(price, signatures, sender=stranger, value=FEE)
    receipt = pull.feed.update(price, b"", sender=keeper, value=FEE)
    assert not receipt.decode_logs(pull.feed.PriceUpdated)
    assert (pull.feed.latestRound(), pull.feed.creditOf(keeper)) == (1, FEE)


def test_fees_can_be_paid_ahead_for_a_contract_that_carries(pull, signed, stranger, keeper):
    price, signatures = signed()
    with reverts(pull.feed.InsufficientFee, available=0, fee=FEE):
        pull.feed.update(price, signatures, sender=keeper)
    pull.feed.prepay(keeper, sender=stranger, value=5 * FEE)
    pull.feed.update(price, signatures, sender=keeper)
    assert pull.feed.creditOf(keeper) == 4 * FEE


def test_signatures_must_be_the_quorums_in_order_and_of_this_price(pull, signed, stranger):
    price, signatures = signed()
    first, second = signatures[:65], signatures[65:]
    for bad in (first, signatures + first, signatures[:-1]):
        with reverts(pull.feed.WrongSignatureCount):
            pull.feed.update(price, bad, sender=stranger, value=FEE)
    for bad in (second + first, first + first):
        with reverts(pull.feed.InvalidSigner):
            pull.feed.update(price, bad, sender=stranger, value=FEE)
    other = (price[0] + 1, *price[1:])
    with reverts(pull.feed.InvalidSigner):
        pull.feed.update(other, signatures, sender=stranger, value=FEE)


def test_a_removed_signer_no_longer_counts(pull, signed, stranger, owner):
    price, signatures = signed()
    pull.feed.setSigner(SIGNERS[0].address, False, sender=owner)
    with reverts(pull.feed.InvalidSigner):
        pull.feed.update(price, signatures, sender=stranger, value=FEE)


def test_a_price_waits_no_longer_than_the_publish_window(pull, signed, stranger):
    price, signatures = signed(age=MAX_AGE + 1)
    with reverts(pull.feed.UpdateTooOld, publishTime=price[2], maxUpdateAge=MAX_AGE):
        pull.feed.update(price, signatures, sender=stranger, value=FEE)
    price, signatures = signed(age=-100)
    with reverts(pull.feed.ObservationInFuture):
        pull.feed.update(price, signatures, sender=stranger, value=FEE)


def test_only_the_first_price_of_a_window_settles(pull, signed):
    price, signatures = signed(gap=3)
    published = price[2]
    inside = (published - 2, published + 5)
    assert pull.feed.firstInWindow(price, signatures, *inside) == ANSWER
    for start, end in ((published - 3, published), (published + 1, published + 5)):
        with reverts(pull.feed.NotFirstInWindow):
            pull.feed.firstInWindow(price, signatures, start, end)


def test_fees_are_the_owners(pull, signed, stranger, owner, keeper):
    pull.feed.update(*signed(), sender=stranger, value=FEE)
    with reverts(pull.feed.OwnableUnauthorizedAccount):
        pull.feed.withdrawFees(stranger, sender=stranger)
    before = keeper.balance
    pull.feed.withdrawFees(keeper, sender=owner)
    assert keeper.balance - before == FEE
    assert (pull.feed.earnedFees(), pull.feed.balance) == (0, 0)


def test_settings_must_make_sense(pull, owner):
    for wrong in (
        lambda: pull.feed.setQuorum(0, sender=owner),
        lambda: pull.feed.setQuorum(4, sender=owner),
        lambda: pull.feed.setUpdateFee(10**16 + 1, sender=owner),
        lambda: pull.feed.setMaxUpdateAge(0, sender=owner),
        lambda: pull.feed.setMaxUpdateAge(7 * 86_400 + 1, sender=owner),
        lambda: pull.feed.setSigner(SIGNERS[0].address, True, sender=owner),
    ):
        with reverts(pull.feed.InvalidConfiguration):
            wrong()
    pull.feed.setQuorum(3, sender=owner)
    with reverts(pull.feed.InvalidConfiguration):
        pull.feed.setSigner(SIGNERS[0].address, False, sender=owner)
    assert (pull.feed.quorum(), pull.feed.signerCount()) == (3, 3)
