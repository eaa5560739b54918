"""Auctions of accounts on chain and model side by side."""

from __future__ import annotations

from typing import Any

import checks
from driver import Deployment
from world import Tolerance, World

from floodline.foundation.units import WAD, wad
from floodline.protocols.reference.model_auction import AUCTIONEER, AuctionModel, ModelQuote, Sale
from floodline.protocols.reference.model_auction_math import (
    AuctionKind,
    AuctionParameters,
    target_up,
)
from floodline.protocols.reference.model_math import ModelRevert

USDC = 10**6
PHASED = AuctionParameters(
    kind=int(AuctionKind.PHASED),
    fast_seconds=120,
    fast_start=wad("0.95"),
    fast_end=wad("0.7"),
    slow_seconds=1_200,
    insolvent_seconds=300,
    top=wad("1.2"),
    cut=wad("0.97"),
    step_seconds=30,
    tail_seconds=900,
    cusp=wad("0.6"),
    buffer_ratio=wad("0.15"),
    fee_ratio=wad("0.1"),
    tip=wad(2),
    chip=wad("0.001"),
    dust_notional=wad(500),
    hole=wad(10**9),
    perps_by_chunks=False,
)
"""Derive's shape with short phases, so that random waits reach each of them."""
STEPWISE = PHASED._replace(kind=int(AuctionKind.STEPWISE))


class AuctionWorld(World):
    """A deployment with an auction and a rich bidder, and its model, in step."""

    def __init__(self, deployment: Deployment, parameters: AuctionParameters) -> None:
        self.parameters = parameters
        self.module = deployment.chain.deploy(
            deployment.owner,
            "PortfolioAuction",
            *(deployment.house, deployment.hub, deployment.waterfall, tuple(parameters)),
        )
        deployment.module(AUCTIONEER, self.module)
        super().__init__(deployment)
        assert self.deposit("keeper", 3_000_000 * USDC)
        self.remember()
        self.auctions = AuctionModel(self.model, parameters)

    def restart(self) -> None:
        """Go back to the remembered state, without auctions."""
        super().restart()
        self.auctions = AuctionModel(self.model, self.parameters)

    # ---- actions --------------------------------------------------------------------------------

    def start(self, account: str) -> bool:
        fund_before = self.model.ledger.cash_of("insurance_fund")
        outcome = self._call("keeper", "start", self.deployment.addresses[account])
        rewards: list[int] = []

        def on_model() -> None:
            rewards.append(self.auctions.start("keeper", account))

        if not self._agree("start", outcome, on_model):
            return False
        assert outcome.event("AuctionStarted")["reward"] == rewards[0] <= fund_before
        self.happened["start insolvent"] += self.auctions.auctions[account].insolvent_at != 0
        return True

    def reset(self, account: str) -> bool:
        outcome = self._call("keeper", "reset", self.deployment.addresses[account])
        return self._agree("reset", outcome, lambda: self.auctions.reset("keeper", account))

    def end(self, account: str) -> bool:
        outcome = self._call("keeper", "end", self.deployment.addresses[account])
        return self._agree("end", outcome, lambda: self.auctions.end(account))

    def bid(self, bidder: str, account: str, share: int = WAD, limit: int = 2**200) -> Sale | None:
        """Bid on both sides; return the model's sale, None after a revert."""
        fund_before = self.model.ledger.cash_of("insurance_fund")
        before = self.model.waterfall.episode(account)
        outcome = self._call(bidder, "bid", self.deployment.addresses[account], share, limit)
        sales: list[Sale] = []

        def on_model() -> None:
            sales.append(self.auctions.bid(bidder, account, share, limit))

        if not self._agree("bid", outcome, on_model):
            return None
        sale = sales[0]
        if sale.waits:
            assert {event.name for event in outcome.events} <= {"DeleveragingOpened"}
            self.happened["bid waits for winners"] += 1
            return None
        event = outcome.event("AuctionBid")
        found = (event["share"], event["price"], event["given"], event["fee"])
        assert found == sale[:4]
        self._covered_as(outcome, sale.covered)
        share_of_backer = self.deployment.setup.vault_loss_share
        checks.waterfall_is_in_order(self, sale.covered, before, fund_before, share_of_backer)
        assert sale.fee <= max(sale.price, 0)
        assert self.model.ledger.cash_of(AUCTIONEER) == 0
        self.happened["bidder was paid"] += sale.price < 0
        self.happened["bidder paid"] += sale.price > 0
        self.happened["recorded deficit"] += sale.covered.haircut > 0
        self.happened["paid by winners too"] += sale.covered.by_deleveraging > 0
        self.happened["partial sale"] += sale.share < WAD
        self.happened["ended by a bid"] += account not in self.auctions.auctions
        return sale

    def is_safe(self, account: str) -> bool:
        """Whether an account is above maintenance margin or holds nothing."""
        equity, _, maintenance = self.model.status(account)
        return equity >= maintenance or not self.model.ledger.has_positions(account)

    # ---- agreement ------------------------------------------------------------------------------

    def compare_auctions(self) -> None:
        """Hold every auction and its present price against the model."""
        deployment, names = self.deployment, sorted(self.auctions.auctions)
        module = ("PortfolioAuction", self.module)
        (live_notional,) = deployment.read_many([(*module, "liveNotional", ())])
        assert live_notional == self.auctions.live_notional
        addresses = [deployment.addresses[name] for name in names]
        held = deployment.read_many([(*module, "auctionOf", (one,)) for one in addresses])
        quotes = deployment.read_many([(*module, "quote", (one,)) for one in addresses])
        expected = [self._quote(name) for name in names]
        assert [tuple(quote.values()) for quote in quotes] == [
            tuple(quote) for quote in expected if quote is not None
        ]
        for name, auction in zip(names, held, strict=True):
            model = self.auctions.auctions[name]
            assert tuple(auction.values()) == tuple(vars(model).values())
            assert 0 <= model.remaining <= WAD

    def prices_ahead(self, account: str, seconds: tuple[int, ...]) -> list[int]:
        """Return an account's prices as time passes inside its run, all else being equal."""
        model, now_s, found = self.model, self.model.now_s, []
        standing = self.auctions.standing(account, Tolerance.ANY)
        for ahead in seconds:
            model.now_s = now_s + ahead
            quote = self.auctions.quote(account, standing)
            if quote.needs_reset:
                break
            found.append(quote.price)
        model.now_s = now_s
        return found

    def target(self, account: str) -> int:
        """Return the equity up to which an account is for sale."""
        return target_up(self.parameters, self.model.status(account)[2])

    def _quote(self, account: str) -> ModelQuote | None:
        try:
            return self.auctions.quote(account)
        except ModelRevert:
            return None

    def _call(self, sender: str, function: str, *arguments: object) -> Any:
        return self.deployment.call(sender, "PortfolioAuction", self.module, function, *arguments)
