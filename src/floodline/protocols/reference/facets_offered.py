"""The groups of calls that a deployment offers, each by what was deployed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from floodline.foundation.units import WAD
from floodline.protocols.book import Book
from floodline.protocols.interface import Call, Health, View
from floodline.protocols.reference.deleveraging import Deleverager, Standing
from floodline.protocols.reference.deploy_oracles import signers_of
from floodline.protocols.reference.deploy_site import Site
from floodline.protocols.reference.deployment import Deployment
from floodline.protocols.reference.facet_amm import SpotPools
from floodline.protocols.reference.facet_auctions import ReferenceAuctions
from floodline.protocols.reference.facet_calldata import PublicCalldata
from floodline.protocols.reference.facet_cash import LedgerDesk
from floodline.protocols.reference.facet_collateral import CollateralDesk
from floodline.protocols.reference.facet_margins import Stewardship
from floodline.protocols.reference.facet_oracle import OracleDesk, PulledPrices
from floodline.protocols.reference.facet_orders import ReferenceOrders
from floodline.protocols.reference.facet_vault import LiquidityVault
from floodline.protocols.reference.mirror import Follower
from floodline.protocols.reference.option_desk import OptionDesk
from floodline.protocols.reference.option_mirror import OptionMirror
from floodline.protocols.reference.option_quotes import OptionQuotes
from floodline.protocols.reference.option_state import OptionState
from floodline.protocols.reference.switches import Oracle


@dataclass(frozen=True)
class Outlook:
    """What the groups ask of the adapter that offers them."""

    book: Callable[[], Book]
    """Cash and positions as events tell them."""
    options: Callable[[], OptionState]
    """Options as events tell them."""
    health_at: Callable[[Sequence[float], float], Health]
    """How everybody stands at prices and a time."""
    standing_at: Callable[[npt.NDArray[np.float64], float], Standing]
    """Profits and equity at prices and a time."""
    exposed_rows: Callable[[], Sequence[int]]
    """Rows of the accounts with positions."""
    about: Callable[..., Call]
    """Gives a call that values an account the gas and the prices that this takes."""
    initial_ratio: Callable[[str], float]
    """The initial margin ratio of a small position that is in force."""
    house: frozenset[bytes]
    """The protocol's own ledger accounts."""


@dataclass
class Facets:
    """What was offered; None where the deployment does not have it."""

    oracles: OracleDesk
    followers: list[Follower]
    """All that keep themselves up to date by events."""
    calldata: PublicCalldata
    margins: Stewardship
    cash: LedgerDesk | None = None
    pulled: PulledPrices | None = None
    pools: SpotPools | None = None
    vault: LiquidityVault | None = None
    orders: ReferenceOrders | None = None
    auctions: ReferenceAuctions | None = None
    deleverager: Deleverager | None = None
    options: OptionDesk | None = None
    option_mirror: OptionMirror | None = None
    collateral: CollateralDesk | None = None
    markets: list[str] = field(default_factory=list)

    def carried(self, call: Call, markets: Sequence[str]) -> Call:
        """Let a call bring the newest signed prices of markets along, where feeds are pulled."""
        return call if self.pulled is None else self.pulled.carrying(call, markets)

    def instruments(self, account: bytes) -> dict[str, int]:
        """Return an account's options and tokens by name, as events tell them, in WAD."""
        found: dict[str, int] = {}
        if self.options is not None:
            for market in self.markets:
                for series_id, size in self.options.held(account, market).items():
                    found[self.options.name_of(market, series_id)] = size
        if self.collateral is not None:
            held = self.collateral.held(account)
            found |= {f"{market}-TOKEN": amount for market, amount in held.items()}
        return found

    def read_instruments(self, view: View, account: bytes) -> dict[str, int]:
        """Return the same as the contracts have it."""
        found: dict[str, int] = {}
        if self.options is not None:
            found |= self.options.read(view, account)
        if self.collateral is not None:
            held = self.collateral.read(view, account)
            found |= {f"{market}-TOKEN": amount for market, amount in held.items()}
        return found


def offer(site: Site, deployment: Deployment, outlook: Outlook) -> Facets:
    """Return the groups of calls of a deployment."""
    given = (site.profile, site.interfaces)
    oracles = OracleDesk(deployment, *given, site.chain.now_s)
    markets = list(site.prices_e8)
    parameters = {name: site.profile.market_parameters(name) for name in markets}
    found = Facets(
        oracles,
        [oracles],
        PublicCalldata(deployment, *given, outlook.book),
        Stewardship(
            deployment.markets, parameters, site.interfaces["PerpMarket"], outlook.initial_ratio
        ),
        markets=markets,
    )
    found.cash = LedgerDesk(
        deployment,
        site.interfaces["ClearingHouse"],
        outlook.book,
        outlook.about,
    )
    found.followers.append(found.cash)
    if deployment.oracle is Oracle.PULL:
        signers = {name: signers_of(site, feed) for name, feed in deployment.feeds.items()}
        found.pulled = PulledPrices(deployment, *given, signers)
        found.followers.append(found.pulled)
    if deployment.pools:
        fee = site.profile.amm.amm_fee.value
        found.pools = SpotPools(deployment, site.interfaces, fee)
        found.followers.append(found.pools)
    _offer_settlement(site, deployment, outlook, found)
    _offer_options(site, deployment, outlook, found)
    if deployment.vaults:
        found.vault = LiquidityVault(deployment, *given, found.carried)
        found.followers.append(found.vault)
        if deployment.options is not None:
            for name in deployment.options.markets:
                found.vault.expect_hedges(deployment.options.backer, name, site.chain.now_s)
    if deployment.collateral is not None:
        found.collateral = CollateralDesk(
            deployment,
            site.profile.collateral,
            site.interfaces,
            outlook.book,
            outlook.exposed_rows,
            lambda prices, time_s: outlook.health_at(prices, time_s).liquidatable,
            outlook.about,
            site.prices_e8,
        )
        found.followers.append(found.collateral)
    if deployment.deleverager is not None:
        found.deleverager = Deleverager(
            deployment.deleverager,
            site.interfaces["AutoDeleverager"],
            deployment.markets,
            outlook.book,
            site.profile.switches.adl,
            outlook.house,
            outlook.standing_at,
            site.prices_e8,
            outlook.about,
        )
        found.followers.append(found.deleverager)
    return found


def _offer_settlement(site: Site, deployment: Deployment, outlook: Outlook, found: Facets) -> None:
    """Offer orders and auctions where they were deployed."""
    if deployment.orders is not None:
        found.orders = ReferenceOrders(
            site.interfaces["AsyncOrders"],
            deployment.orders,
            site.profile,
            outlook.book,
            deployment.markets,
            found.carried,
        )
        found.followers.append(found.orders)
    if deployment.auction is not None:
        found.auctions = ReferenceAuctions(
            site.interfaces["PortfolioAuction"],
            deployment.auction,
            site.profile.auction_parameters(),
            outlook.book,
            outlook.health_at,
            outlook.about,
        )
        found.followers.append(found.auctions)


def _offer_options(site: Site, deployment: Deployment, outlook: Outlook, found: Facets) -> None:
    """Offer options where they were deployed."""
    suite = deployment.options
    if suite is None:
        return
    mirror = OptionMirror(site.profile, suite.series, outlook.options, outlook.book)

    def capital(prices_usd: Sequence[float], time_s: int) -> float:
        book = outlook.book()
        if suite.backer not in book.index:  # before genesis nothing has been told yet
            return site.profile.listing.option_vault_capital.value / WAD
        by_market = dict(zip(book.markets, prices_usd, strict=True))
        equity = outlook.health_at(prices_usd, time_s).equity_usd[book.index[suite.backer]]
        return float(equity - mirror.standing(by_market, time_s).value.sum())

    quotes = OptionQuotes(site.profile, suite.series, mirror, outlook.options, capital)
    found.option_mirror = mirror
    found.options = OptionDesk(
        deployment.house,
        suite,
        site.profile,
        deployment.markets,
        site.interfaces,
        outlook.options,
        quotes,
        found.carried,
        outlook.about,
    )
