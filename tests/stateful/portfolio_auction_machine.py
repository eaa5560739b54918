"""Accounts of perpetuals and options fall below maintenance and are sold whole or in parts."""

from __future__ import annotations

from auction_machine import AuctionMachine, shares
from auction_world import AuctionWorld
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule
from machines import markets, sides
from option_machine import OptionMachine
from option_world import OptionWorld
from world import TRADERS

from floodline.protocols.reference.model_options import MAX_LEGS


class PortfolioAuctionWorld(AuctionWorld, OptionWorld):
    """Perpetuals, options, auctions and deleveraging, chain and model in step."""

    holders = (*TRADERS, "keeper")


class PortfolioAuctionMachine(AuctionMachine, OptionMachine):
    """Auctions of accounts that hold options too."""

    world: PortfolioAuctionWorld

    a_share_changes_hands = None  # a bid hands shares over
    a_writer_is_ruined = None
    price_passes_a_writer = None
    poke_funding = None
    a_hedge_never_needs_more = None
    volatility_leaps = None

    @initialize(
        leverages=st.lists(st.integers(40, 150), min_size=2, max_size=2),
        first=sides,
        market=markets,
    )
    def some_positions_are_open(self, leverages: list[int], first: int, market: str) -> None:
        """Two traders have perpetuals, one against the other."""
        for account, tenths, side in zip(TRADERS, leverages, (first, -first), strict=False):
            self.deposit(account, 20_000)
            self.open_or_turn(account, market, side, tenths, tight=False)

    @rule()
    def heartbeat(self) -> None:
        """Every price and the volatility are confirmed."""
        super().heartbeat()
        self.world.push_surface(self.world.model.options.surface.state)

    @rule(choice=st.integers(0, len(TRADERS) - 1))
    def start(self, choice: int) -> None:
        self.world.start(TRADERS[choice])

    @rule(
        account=st.sampled_from(TRADERS),
        gap_bp=st.sampled_from([0, 0, 0, 150, 1_500, 5_000]),
        seconds=st.sampled_from([0, 60, 400]),
        share=shares,
        hedged=st.booleans(),
    )
    def a_writer_is_auctioned(
        self, account: str, gap_bp: int, seconds: int, share: int, hedged: bool
    ) -> None:
        """Spot runs against a writer, just past maintenance or far beyond; its options are sold."""
        if hedged:
            self.deposit(account, 5_000)
            self.open_or_turn(account, "ETH", 1, 10, tight=False)
        self._write_near_the_money(account, self.world.expiry_times[2])
        options = self.world.model.options
        short = [index for index, size in options.held(account).items() if size < 0]
        if not short:
            return
        side = 1 if options.series[short[-1]].is_call else -1
        self._move_price("ETH", side * (self._slip(account, side) + gap_bp))
        self.heartbeat()
        if account not in self.world.auctions.auctions and not self.world.start(account):
            return
        if seconds:
            self.world.wait(seconds)
        held = dict(options.held(account))
        perps = any(leg.strike == 0 for leg in self.world.model.legs(account))
        sale = self.world.bid("keeper", account, share)
        waits = self.world.model.waterfall.episode(account).until - self.world.model.now_s
        if sale is None and waits > 0:
            self.world.wait(waits)
            self.heartbeat()
            sale = self.world.bid("keeper", account, share)
        if sale is not None:
            self.world.happened["options sold"] += 1
            self.world.happened["both kinds sold"] += perps
            self.world.happened["a writer's debt"] += sale.covered.shortfall > 0
            after = self.world.model.options.held(account)
            assert all(abs(after.get(i, 0)) <= abs(size) for i, size in held.items())

    @precondition(lambda self: self.world.model.options.held("keeper"))
    @rule(choice=st.integers(0, 99))
    def the_bidder_sells_to_the_vault(self, choice: int) -> None:
        """What a bidder took it can close again."""
        held = self.world.model.options.held("keeper")
        index = sorted(held)[choice % len(held)]
        self.world.trade_option("keeper", index, -held[index], kind="bidder closes")

    def _next_call(self, account: str) -> None:
        """A bidder that would hold too many options makes room first."""
        options = self.world.model.options
        if len(options.held("keeper") | options.held(account)) > MAX_LEGS:
            self.world.happened["bidder is full"] += 1
            for index, size in dict(options.held("keeper")).items():
                self.world.trade_option("keeper", index, -size, kind="bidder closes")
            self.heartbeat()
        super()._next_call(account)
