"""Auctions under random traders, bidders, prices and waits."""

from __future__ import annotations

from auction_world import AuctionWorld
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from machines import Winners, markets, sides
from world import TRADERS

from floodline.foundation.units import WAD, wad

USDC = 10**6
bidders = st.sampled_from(["keeper", "keeper", *TRADERS])
shares = st.sampled_from([WAD, WAD, wad("0.3"), wad("0.01"), 1, 0])
CALLS = 3
"""Calls within which any account below maintenance is out of it: start or reset, bid, bid; where
winners are waited for, the same again afterwards."""


class AuctionMachine(Winners):
    """Accounts fall below maintenance, are put up for sale, sold in parts, healed, reset."""

    world: AuctionWorld

    @rule(market=markets, percent=st.integers(5, 40), side=sides)
    def price_jumps(self, market: str, percent: int, side: int) -> None:
        self._move_price(market, side * percent * 100)

    @precondition(lambda self: self.open_positions())
    @rule(choice=st.integers(0, 99))
    def start(self, choice: int) -> None:
        self.world.start(self._holder(choice))

    @precondition(lambda self: self.world.auctions.auctions)
    @rule(choice=st.integers(0, 9), bidder=bidders, share=shares, patience=st.sampled_from([1, 0]))
    def bid(self, choice: int, bidder: str, share: int, patience: int) -> None:
        """Bid at any price, or only if it costs nothing."""
        self.world.bid(bidder, self._for_sale(choice), share, 2**200 if patience else 0)

    @precondition(lambda self: self.world.auctions.auctions)
    @rule(choice=st.integers(0, 9), seconds=st.sampled_from([30, 200, 950, 1_400]))
    def wait_and_reset(self, choice: int, seconds: int) -> None:
        self.world.wait(seconds)
        self.heartbeat()
        self.world.reset(self._for_sale(choice))

    @precondition(lambda self: self.world.auctions.auctions)
    @rule(choice=st.integers(0, 9), heal=st.booleans())
    def end(self, choice: int, heal: bool) -> None:
        """An owner may save an account by a deposit; then anybody may end its auction."""
        account = self._for_sale(choice)
        if heal:
            missing = self.world.target(account) - self.world.model.status(account)[0]
            self.world.deposit(account, max(missing // 10**12 + USDC, USDC))
        self.world.end(account)

    @precondition(lambda self: self.open_positions())
    @rule(
        choice=st.integers(0, 99),
        beyond_bp=st.sampled_from([10, 100, 250, 400, 1_500, 3_000]),
        seconds=st.sampled_from([0, 60, 800, 1_400]),
        share=shares,
        limit=st.sampled_from([2**200, 2**200, 0]),
    )
    def price_passes_somebody(
        self, choice: int, beyond_bp: int, seconds: int, share: int, limit: int
    ) -> None:
        """The price moves against one account past maintenance; it is put up and partly sold."""
        held = self.open_positions()
        account, market = held[choice % len(held)]
        self.heartbeat()
        model = self.world.model
        equity, _, maintenance = model.status(account)
        price, size = model.price(market), model.markets[market].position(account).size
        against = (equity - maintenance) * WAD // abs(size) + price * beyond_bp // 10_000
        self._move_price(market, (-against if size > 0 else against) * 10_000 // price)
        if account not in self.world.auctions.auctions:
            self.world.start(account)
        if seconds:
            self.world.wait(seconds)
        if account in self.world.auctions.auctions:
            if seconds >= 800 and limit:
                self.world.reset(account)
            self.world.bid("keeper", account, share, limit)

    @precondition(lambda self: self._deleverages() and self.bankrupt())
    @rule(choice=st.integers(0, 99), order=st.sampled_from(["right", "right", "reversed", "all"]))
    def winners_are_called(self, choice: int, order: str) -> None:
        """A bankrupt account waits from its auction's start, or from a bid that takes nothing."""
        bankrupt = self.bankrupt()
        account, market = bankrupt[choice % len(bankrupt)]
        self.heartbeat()
        if account in self.world.auctions.auctions:
            self.world.bid("keeper", account)
        else:
            self.world.start(account)
        if self.world.model.markets[market].position(account).size:
            self.call_winners(account, market, order)

    @precondition(lambda self: self._deleverages() and self.open_positions())
    @rule(choice=st.integers(0, 99), beyond_bp=st.sampled_from([400, 1_500, 3_000]))
    def price_gaps_past_bankruptcy(self, choice: int, beyond_bp: int) -> None:
        """The price jumps past somebody's bankruptcy; it is put up and its winners are called."""
        held = self.open_positions()
        account, market = held[choice % len(held)]
        self.heartbeat()
        model = self.world.model
        position = model.markets[market].position(account)
        price = model.price(market)
        against = model.status(account)[0] * WAD // abs(position.size) + price * beyond_bp // 10_000
        self._move_price(market, (-against if position.size > 0 else against) * 10_000 // price)
        if (account, market) in self.bankrupt():
            self.winners_are_called(self.bankrupt().index((account, market)), "right")
            if account in self.world.auctions.auctions:
                self.world.bid("keeper", account)

    @rule()
    def everybody_below_maintenance_can_be_saved(self) -> None:
        """Liveness: with fresh prices a few calls take any account out of danger."""
        if all(self.world.is_safe(account) for account in TRADERS):
            return
        self.heartbeat()
        for account in TRADERS:
            self.world.happened["saved"] += not self.world.is_safe(account)
            for _ in range(2 * CALLS if self._deleverages() else CALLS):
                if self.world.is_safe(account):
                    break
                self._next_call(account)
            assert self.world.is_safe(account)

    @invariant()
    def auctions_agree(self) -> None:
        self.world.compare_auctions()

    @invariant()
    def prices_never_rise_inside_a_run(self) -> None:
        for account in self.world.auctions.auctions:
            prices = self.world.prices_ahead(account, (0, 1, 29, 31, 119, 300, 1_000))
            assert prices == sorted(prices, reverse=True)
            self.world.happened["price falls"] += len(set(prices)) > 1

    def _next_call(self, account: str) -> None:
        quote = self.world.auctions.quote(account)
        if not quote.live:
            assert self.world.start(account)
        elif quote.needs_reset and self.world.parameters.kind:
            assert self.world.reset(account)
        elif self.world.bid("keeper", account) is None:
            waits = self.world.model.waterfall.episode(account).until - self.world.model.now_s
            assert waits > 0
            self.world.wait(waits)
            self.heartbeat()

    def _deleverages(self) -> bool:
        return self.world.deployment.setup.deleveraging_rule is not None

    def _holder(self, choice: int) -> str:
        held = self.open_positions()
        return held[choice % len(held)][0]

    def _for_sale(self, choice: int) -> str:
        names = sorted(self.world.auctions.auctions)
        return names[choice % len(names)]
