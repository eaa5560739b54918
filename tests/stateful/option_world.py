"""Options beside perpetuals on chain and model side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from driver import Deployment, Outcome, Setup
from world import TRADERS, World

from floodline.foundation.units import WAD, wad
from floodline.protocols.reference.model_expiry import ExpiryModel, ExpirySource
from floodline.protocols.reference.model_math import div_truncated
from floodline.protocols.reference.model_option_trading import OptionModel
from floodline.protocols.reference.model_options import OptionMarketModel
from floodline.protocols.reference.model_surface import SurfaceModel, SurfaceState
from floodline.protocols.reference.profile_options import (
    OPTION_LIQUIDATION,
    OPTIONS,
    SCENARIOS,
    SURFACE,
)

VAULT = "option_vault"
AUCTIONEER = "auctioneer"
WINDOW_S, GRACE_S = 1_800, 900
HOUR_S = 3_600
EXPIRIES_S = (2 * HOUR_S, 7 * HOUR_S, 30 * 24 * HOUR_S)
"""After the world's start."""
STRIKES = (2_700, 3_000, 3_300)
SURFACE_RULES = SURFACE.parameters(breaker=True)._replace(
    max_move=wad("0.25"), move_seconds=1_800, halt_seconds=60
)
PARAMETERS = OPTIONS.parameters()._replace(
    max_series_size=wad(60), max_net_vega=wad(15_000), cutoff=600
)
"""Caps and times so small that a few traders reach them."""


class OptionWorld(World):
    """A deployment with an option market, its vault and scenario margin, and its model."""

    model: OptionModel
    holders: tuple[str, ...] = TRADERS
    """Who can come to hold options."""

    def __init__(self, deployment: Deployment, *, landing: bool = False) -> None:
        self.window_s = 0 if landing else WINDOW_S
        self._deploy(deployment)
        super().__init__(deployment)
        self._open()

    # ---- actions --------------------------------------------------------------------------------

    def push_surface(self, state: SurfaceState, after_s: int = 1) -> bool:
        observed = self.chain.now_s + after_s
        outcome = self.deployment.call(
            *("oracle_publisher", "VolSurface", self.surface, "push", tuple(state), observed),
            after_s=after_s,
        )
        return self._agree("surface", outcome, lambda: self.model.push_surface(state, observed))

    def trade_option(
        self, account: str, index: int, delta: int, limit: int | None = None, kind: str = "option"
    ) -> bool:
        limit = limit if limit is not None else (2**200 if delta > 0 else 0)
        outcome = self._market(account, "trade", index, delta, limit)
        charged: list[Any] = []

        def on_model() -> None:
            charged.append(self.model.trade_option(account, index, delta, limit))

        if not self._agree(kind, outcome, on_model):
            return False
        event, ticket = outcome.event("OptionTraded"), charged[0]
        assert (event["price"], event["fee"], event["volatility"]) == ticket[:3]
        self.happened["vega fee"] += abs(ticket.vega_after) > abs(ticket.vega_before)
        return True

    def fix_price(self, expiry: int, rounds: int) -> bool:
        outcome = self.deployment.call(
            *("keeper", "ExpiryPrices", self.expiries, "fixPrice"),
            *(self.deployment.asset("ETH"), expiry, rounds),
        )
        known: list[bool] = []

        def on_model() -> None:
            known.append(self.model.fix_price(expiry, rounds))

        if not self._agree("fix", outcome, on_model):
            return False
        if known[0]:
            event = outcome.event("ExpiryPriceFixed")
            price, source = self.model.options.expiries.fixings[expiry]
            assert (event["price"], event["source"]) == (price, source)
            self.happened[f"fixed by {ExpirySource(source).name}"] += 1
        return known[0]

    def settle(self, accounts: Sequence[str]) -> int:
        """Settle a batch; what the vault pays is what the accounts receive, to the wei."""
        vault_before = self.model.ledger.cash_of(VAULT)
        addresses = [self.deployment.addresses[name] for name in accounts]
        outcome = self._market("keeper", "settleAccounts", addresses)
        settled: list[int] = []

        def on_model() -> None:
            settled.append(self.model.settle_accounts(accounts))

        if not self._agree("settle", outcome, on_model):
            return 0
        events = [event for event in outcome.events if event.name == "OptionSettled"]
        assert len(events) == settled[0]
        paid = sum(event.arguments["paid"] for event in events)
        assert self.model.ledger.cash_of(VAULT) == vault_before - paid
        self.happened["settled"] += settled[0] > 0
        self.cover_debts(accounts)
        return settled[0]

    def cover_debts(self, accounts: Sequence[str]) -> None:
        """Have every debt without positions covered."""
        for name in accounts:
            ledger = self.model.ledger
            if ledger.cash_of(name) >= 0 or ledger.has_positions(name):
                continue
            parts: list[tuple[int, ...]] = []
            outcome = self.deployment.call(
                *("keeper", "LiquidationEngine", self.deployment.engine, "coverShortfall"),
                self.deployment.addresses[name],
            )
            self._agree("cover", outcome, lambda: parts.append(self.model.cover_shortfall(name)))  # noqa: B023
            covered = outcome.event("DeficitCovered")
            found = tuple(covered[key] for key in ("shortfall", "fund", "vault", "adl", "haircut"))
            assert found == tuple(parts[0])

    def liquidate_option(self, account: str, index: int, tip: int = 10**9) -> Any:
        """Close an option on both sides; return the model's outcome, None after a revert."""
        outcome = self.deployment.call(
            *("keeper", "OptionLiquidator", self.liquidator, "liquidate"),
            *(self.deployment.addresses[account], self.market, index),
            tip=tip,
        )
        gas_price = outcome.block.base_fee + tip
        result: list[Any] = []

        def on_model() -> None:
            result.append(self.model.liquidate_option("keeper", account, index, gas_price))

        if not self._agree("liquidate option", outcome, on_model):
            return None
        event = outcome.event("OptionLiquidated")
        assert (event["sizeClosed"], event["reward"], event["penalty"]) == result[0][:3]
        return result[0]

    def transfer_share(self, source: str, taker: str, share: int) -> bool:
        addresses = self.deployment.addresses
        outcome = self._market(
            AUCTIONEER, "transferShare", addresses[source], addresses[taker], share
        )
        done = self._agree(
            "transfer", outcome, lambda: self.model.transfer_options(source, taker, share)
        )
        self.cover_debts((source, taker))
        return done

    def set_portfolio_margin(self, account: str, *, on: bool) -> bool:
        outcome = self._house(account, "setPortfolioMargin", on)
        kind = "portfolio margin" if on else "isolated margin"
        return self._agree(kind, outcome, lambda: self.model.set_portfolio_margin(account, on=on))

    def set_capped(self, *, capped: bool) -> None:
        """Let the owner choose whether isolated margins cap the scenarios'."""
        self.deployment._own("PortfolioMargin", self.margin, "setCapped", capped)
        self._sync_time(self.chain.node.block())
        self.model.capped = capped
        self.happened["capped" if capped else "uncapped"] += 1

    def margins(self, account: str) -> tuple[list[int], list[int]]:
        """Return initial and maintenance margin by scenarios, and by the products' sums."""
        deployment, address = self.deployment, self.deployment.addresses[account]
        products = [("OptionMarket", self.market)]
        products += [("PerpMarket", market) for market in deployment.markets.values()]
        asked, *own = deployment.read_many(
            [
                ("PortfolioMargin", self.margin, "requirement", (address, 0)),
                *((kind, where, "valuation", (address, 0)) for kind, where in products),
            ]
        )
        return list(asked), [sum(one[1] for one in own), sum(one[2] for one in own)]

    # ---- agreement ------------------------------------------------------------------------------

    def compare_options(self) -> None:
        """Hold series, positions, marks, the vault and scenario margin against the model."""
        options, traders = self.model.options, list(self.holders)
        addresses = [self.deployment.addresses[name] for name in traders]
        open_bits = sum(1 << i for i in options.open_series)
        market = ("OptionMarket", self.market)
        held = [(who, i) for who in traders for i in options.held(who)]
        found = self.deployment.read_many(
            [
                (*market, "openSeries", ()),
                (*market, "exposure", (0,)),
                (*market, "netVega", (0,)),
                (*market, "marks", (open_bits, 0)),
                ("ClearingHouse", self.deployment.house, "counterpartyStatus", (self.vault, 0)),
                *((*market, "heldSeries", (address,)) for address in addresses),
                *((*market, "seriesOf", (i,)) for i in range(len(options.series))),
                *((*market, "sizeOf", (self.deployment.addresses[who], i)) for who, i in held),
                *(
                    ("PortfolioMargin", self.margin, "requirement", (address, 0))
                    for address in addresses
                ),
            ]
        )
        rest = iter(found)
        assert next(rest) == open_bits

        def spot() -> int:
            return self.model.price("ETH")

        now = self.model.now_s
        assert next(rest) == options.exposure(now, spot, fresh=False)
        marks, at = options.marks(options.open_series, now, spot, fresh=False)
        assert next(rest) == div_truncated(options.net_vega_exact(marks), WAD)
        on_chain, chain_spot = next(rest)
        assert chain_spot == at
        assert [tuple(mark.values()) for mark in on_chain] == [tuple(mark) for mark in marks]
        assert next(rest) == self.model.vault_status()
        for who in traders:
            assert next(rest) == sum(1 << i for i in options.held(who))
        for series in options.series:
            expected = [getattr(series, item.name) for item in fields(series)]
            assert list(next(rest).values()) == expected
        for who, i in held:
            assert next(rest) == options.held(who)[i]
        for who in traders:
            assert next(rest) == self.model.portfolio_requirement(who)

    # ---- setting up -----------------------------------------------------------------------------

    def _deploy(self, deployment: Deployment) -> None:
        """Deploy options; the vault is an account that nobody acts for."""
        chain, owner = deployment.chain, deployment.owner
        asset, house, hub = deployment.asset("ETH"), deployment.house, deployment.hub
        account = chain.accounts.account
        self.vault = account(VAULT).address
        deployment.people[AUCTIONEER] = account(AUCTIONEER)
        chain.fund([deployment.people[AUCTIONEER]])
        publisher = deployment.people["oracle_publisher"].address
        self.surface = chain.deploy(owner, "VolSurface", SURFACE_RULES, [publisher])
        self.expiries = chain.deploy(owner, "ExpiryPrices", hub, self.window_s, GRACE_S)
        self.market = chain.deploy(
            *(owner, "OptionMarket", house, hub, self.surface, self.expiries, asset, PARAMETERS)
        )
        self.margin = chain.deploy(owner, "PortfolioMargin", house, hub, SCENARIOS.parameters())
        self.liquidator = chain.deploy(
            *(owner, "OptionLiquidator", house, hub, deployment.engine),
            OPTION_LIQUIDATION.parameters(),
        )
        deployment._own("VolSurface", self.surface, "setMarket", self.market)
        deployment._own("PortfolioMargin", self.margin, "setSurface", asset, self.surface)
        deployment._own("ClearingHouse", house, "registerProduct", self.market, self.vault)
        deployment._own("ClearingHouse", house, "setMarginModel", self.margin)
        deployment._own("ClearingHouse", house, "setEngine", self.liquidator, True)
        auctioneer = deployment.people[AUCTIONEER].address
        deployment._own("ClearingHouse", house, "setEngine", auctioneer, True)
        deployment.modules[VAULT] = self.vault
        deployment.addresses[VAULT] = self.vault

    def _open(self) -> None:
        """List the series, fund the vault, publish volatility, and make this the start."""
        self.start_s = self.chain.now_s
        self.expiry_times = [self.start_s + seconds for seconds in EXPIRIES_S]
        for expiry in self.expiry_times:
            for strike in STRIKES:
                for is_call in (True, False):
                    arguments = (wad(strike), expiry, is_call)
                    self.deployment._own("OptionMarket", self.market, "listSeries", *arguments)
                    self.model.list_series(wad(strike), expiry, is_call=is_call)
        self.deployment.deposit_for(self.vault, 150_000 * 10**6)
        self._sync_time(self.chain.node.block())
        self.model.deposit(VAULT, 150_000 * 10**6)
        self.push_surface(SURFACE.start())
        self.remember()

    def _fresh_model(self, setup: Setup) -> OptionModel:
        plain = super()._fresh_model(setup)
        plain.ledger.vaults = [VAULT]
        return OptionModel(
            **{item.name: getattr(plain, item.name) for item in fields(plain)},
            options=OptionMarketModel(
                PARAMETERS, SurfaceModel(SURFACE_RULES), ExpiryModel(self.window_s, GRACE_S)
            ),
            option_asset="ETH",
            vault=VAULT,
            option_liquidation=OPTION_LIQUIDATION.parameters(),
            scenarios=SCENARIOS.parameters(),
        )

    def _market(self, sender: str, function: str, *arguments: object) -> Outcome:
        return self.deployment.call(sender, "OptionMarket", self.market, function, *arguments)
