"""Nonces as a wallet keeps them."""

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from floodline.campaign.wallet import Wallet


def test_nonces_run_on_from_zero():
    wallet = Wallet()
    assert [wallet.take() for _ in range(3)] == [0, 1, 2]


def test_the_last_nonce_comes_back_and_a_hole_is_filled_first():
    wallet = Wallet()
    for _ in range(3):
        wallet.take()
    wallet.lost(0)
    wallet.lost(2)
    assert [wallet.take(), wallet.take()] == [0, 2]


def test_a_nonce_that_another_transaction_still_uses_does_not_come_back():
    wallet = Wallet()
    nonce = wallet.take()
    wallet.share(nonce)
    wallet.lost(nonce)
    assert wallet.take() == 1
    wallet.lost(nonce)
    assert wallet.take() == 0


def test_a_spent_nonce_never_comes_back_whatever_its_rivals_do():
    wallet = Wallet()
    nonce = wallet.take()
    wallet.share(nonce)
    wallet.spent(nonce)
    wallet.lost(nonce)
    assert wallet.take() == 1


class WalletMachine(RuleBasedStateMachine):
    """The wallet against a plain account of which nonces live, in any order of events."""

    def __init__(self):
        super().__init__()
        self.wallet = Wallet()
        self.live = {}
        self.mined = 0

    @rule()
    def send(self):
        nonce = self.wallet.take()
        free = next(n for n in range(self.mined, 10_000) if n not in self.live)
        assert nonce == free
        self.live[nonce] = 1

    @precondition(lambda self: self.live)
    @rule(data=st.data())
    def replace(self, data):
        nonce = data.draw(st.sampled_from(sorted(self.live)))
        self.wallet.share(nonce)
        self.live[nonce] += 1

    @precondition(lambda self: self.live)
    @rule(data=st.data())
    def lose(self, data):
        nonce = data.draw(st.sampled_from(sorted(self.live)))
        self.wallet.lost(nonce)
        self.live[nonce] -= 1
        if not self.live[nonce]:
            del self.live[nonce]

    @precondition(lambda self: self.mined in self.live)
    @rule()
    def include(self):
        self.wallet.spent(self.mined)
        rivals = self.live.pop(self.mined) - 1
        for _ in range(rivals):
            self.wallet.lost(self.mined)
        self.mined += 1

    @invariant()
    def nothing_that_was_mined_lives(self):
        assert all(nonce >= self.mined for nonce in self.live)


TestWalletMachine = WalletMachine.TestCase


def test_an_account_that_acted_before_the_campaign_goes_on_from_there():
    wallet = Wallet(2)
    assert wallet.take() == 2
    wallet.lost(2)
    assert wallet.take() == 2
