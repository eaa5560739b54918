"""The reference protocol behind the adapter interface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar, Final

import numpy as np
import numpy.typing as npt

from floodline.chain.abi import ContractInterface, Revert
from floodline.chain.node import Log
from floodline.foundation.units import FEED, WAD, wad
from floodline.protocols.events import PriceUpdated, ProtocolEvent
from floodline.protocols.interface import (
    Call,
    ChainAccount,
    Exposure,
    Health,
    ProtocolAdapter,
    SetupChain,
    Solvency,
    View,
)
from floodline.protocols.reference.account_mirror import AccountMirror
from floodline.protocols.reference.auction_sales import with_sales_as_liquidations
from floodline.protocols.reference.chain_reads import ChainReads
from floodline.protocols.reference.decoding import Decoder
from floodline.protocols.reference.deleveraging import Standing
from floodline.protocols.reference.deploy_site import CONFIGURE_GAS, Interfaces, Site
from floodline.protocols.reference.deployment import Deployment, capitalise, deploy, deposit
from floodline.protocols.reference.facets_offered import Facets, Outlook, offer
from floodline.protocols.reference.keeper_pay import expected_pay_usd
from floodline.protocols.reference.liquidation_gas import expected_gas
from floodline.protocols.reference.option_closing import with_closings_as_liquidations
from floodline.protocols.reference.option_state import OptionState, SurfaceMirror
from floodline.protocols.reference.parameters import ReferenceParameters
from floodline.protocols.reference.perp_mirror import PerpMirror
from floodline.protocols.reference.switches import Liquidation, MarginRule
from floodline.protocols.reference.unblocking import unblocks
from floodline.protocols.registry import PROTOCOLS
from floodline.toolchain.compile import Artifacts

_TRADE_GAS: Final = 600_000
_LIQUIDATE_GAS: Final = 900_000
_LEG_GAS: Final = 200_000
"""What one option more adds to a call that values its account, several times over."""
_SCENARIO_LEG_GAS: Final = 500_000
"""The same under scenario margin: twelve legs take 1.2 million gas, each time."""


@PROTOCOLS.register(
    "reference",
    ReferenceParameters,
    description="Oracle-priced perpetuals against one counterparty, with partial liquidation, an "
    "insurance fund and a loss waterfall.",
)
class ReferenceAdapter(ProtocolAdapter):
    """The derivatives suite in ``contracts/``.

    Parameters
    ----------
    parameters : ReferenceParameters
        Profile, overrides, capital.
    markets : Sequence[str]
        Markets to deploy; the profile must know them.
    artifacts : Artifacts
        The compiled contracts.

    """

    name: ClassVar[str] = "reference"
    rewindable: ClassVar[tuple[str, ...]] = ("book", "_option_state", "_block_s", "_chain_e8")

    def __init__(
        self, parameters: ReferenceParameters, *, markets: Sequence[str], artifacts: Artifacts
    ) -> None:
        super().__init__(markets)
        self.profile = parameters.resolved()
        self.portfolio_margin = self.profile.switches.margin.by_scenarios
        self._parameters = parameters
        self._artifacts = artifacts
        self._interfaces = Interfaces(artifacts)
        self._deployment: Deployment
        self._decoder: Decoder
        self._reads: ChainReads
        self._facets: Facets
        self._accounts: AccountMirror
        self._perps = PerpMirror(self.profile, markets, lambda: self.book)
        self._option_state = OptionState()
        self._chain_e8: dict[str, int] = {}
        self._start_e8: dict[str, int] = {}
        self._block_s = 0
        self._delayed = False

    @property
    def partial_liquidation(self) -> bool:
        """Whether the close factor is below one; bidders always take a share."""
        auctions = self.profile.switches.liquidation is not Liquidation.CHUNKS
        return auctions or self.profile.liquidation.close_factor.value < WAD

    # ---- setting up -----------------------------------------------------------------------------

    def deploy(
        self, chain: SetupChain, prices_e8: Mapping[str, int], publishers: Sequence[bytes]
    ) -> None:
        """Deploy, wire, capitalise counterparty and insurance fund."""
        site = Site(chain, self.profile, self._interfaces, prices_e8, publishers, self.gas_market)
        self._deployment = deploy(site)
        self._decoder = Decoder(self._deployment, self._interfaces)
        self._perps.begin(chain.now_s)
        self._start_e8, self._chain_e8 = dict(prices_e8), dict(prices_e8)
        if self._deployment.options is not None:
            start = self.profile.surface.start()
            self._option_state.surfaces = {name: SurfaceMirror(start) for name in prices_e8}
        self._open_facets(site)
        capitalise(
            site,
            self._deployment,
            liquidity_wad=wad(f"{self._parameters.liquidity_usd:.2f}"),
            insurance_wad=wad(f"{self._parameters.insurance_usd:.2f}"),
        )

    def _open_facets(self, site: Site) -> None:
        """Make what actors ask for, by what was deployed."""
        outlook = Outlook(
            book=lambda: self.book,
            options=lambda: self._option_state,
            health_at=lambda prices, time_s: self.health_at(np.array(prices), time_s),
            standing_at=self._standing,
            exposed_rows=self.exposed_rows,
            about=self._about,
            initial_ratio=self._perps.initial_ratio,
            house=frozenset(self.house_accounts.values()),
        )
        self._facets = found = offer(site, self._deployment, outlook)
        found.followers.insert(0, self._perps)
        self._accounts = AccountMirror(
            self._perps,
            found,
            lambda: self.book,
            lambda: self._option_state,
            capped=self.profile.switches.margin is MarginRule.CAPPED,
        )
        self.oracle_updates, self.amm, self.vault = found.pulled, found.pools, found.vault
        self.options, self.collateral, self.adl = found.options, found.collateral, found.deleverager
        self.orders, self.auctions = found.orders, found.auctions
        self.calldata, self.cash, self.margins = found.calldata, found.cash, found.margins
        if found.options is not None:
            self._decoder.also(found.options.decoder.decode)
        self._reads = ChainReads(
            self._deployment, self._interfaces, lambda: self.book, found.pulled
        )

    def hand_over(self, chain: SetupChain, steward: bytes) -> None:
        """Make the steward the markets' owner."""
        self._facets.margins.hand_over(chain, steward)

    def finish_setup(self, chain: SetupChain) -> None:
        """Leave orders to the order module where they are delayed."""
        if self.orders is None:
            return
        data = self._interfaces["PerpMarket"].encode("setDelayedOnly", True)
        for market, address in self._deployment.markets.items():
            call = Call(address, data, CONFIGURE_GAS, "set_delayed_only", market=market)
            chain.send(chain.deployer, call)
        self._delayed = True

    def fund(self, chain: SetupChain, deposits_wad: Mapping[bytes, int]) -> None:
        """Pay collateral in for each account; under scenario margin each opts in by itself."""
        deposit(chain, self._deployment, self._interfaces, deposits_wad)
        if self._facets.options is not None and self.portfolio_margin:
            call = replace(self._facets.options.choose_margin(portfolio=True), gas_limit=300_000)
            for account in deposits_wad:
                chain.send(account, call)

    def fund_wallets(self, chain: SetupChain, wallets_usd: Mapping[bytes, float]) -> None:
        """Give accounts tokens for the spot pools and dollars for the vault, each allowed."""
        if self._facets.pools is not None:
            self._facets.pools.fund(chain, wallets_usd, self._start_e8)
        if self._facets.vault is not None:
            self._facets.vault.fund(chain, wallets_usd)

    def bytecode_hashes(self) -> dict[str, str]:
        """SHA-256 of each deployed contract's creation code."""
        return {name: self._artifacts[name].bytecode_hash for name in self._deployment.contracts}

    def allowed_notional_usd(
        self, market: str, margin_usd: float, side: int, skew: float, price_usd: float
    ) -> tuple[float, float]:
        """Return the smallest position, and what margin allows after premium, fee and reward."""
        return self._perps.allowed_notional_usd(market, margin_usd, side, skew, price_usd)

    # ---- what actors do -------------------------------------------------------------------------

    def open(self, market: str, size_delta_wad: int, acceptable_price_wad: int) -> Call:
        """Return an order: immediate, or a commitment where orders are delayed."""
        return self._trade(market, size_delta_wad, acceptable_price_wad, "open")

    def close(self, account: bytes, market: str, acceptable_price_wad: int) -> Call | None:
        """Return an order of the opposite size."""
        row = self.book.index.get(account)
        size = 0 if row is None else self.book.size_wad[row][self.book.market_index[market]]
        return self._trade(market, -size, acceptable_price_wad, "close") if size else None

    def _trade(self, market: str, size_delta_wad: int, limit_wad: int, kind: str) -> Call:
        if self._delayed and self._facets.orders is not None:
            return self._facets.orders.commit(market, size_delta_wad, limit_wad, kind=kind)
        data = self._interfaces["PerpMarket"].encode("trade", size_delta_wad, limit_wad)
        call = Call(self._deployment.markets[market], data, _TRADE_GAS, kind, market=market)
        return self._facets.carried(call, [market])

    def liquidate(self, account: bytes, market: str) -> Call:
        """Return a keeper's call: a chunk, an option, or the start or reset of an auction.

        Where an account has both a perpetual and options in a market, the larger notional is
        closed, whose reward is the larger.
        """
        if self.auctions is not None:
            live = self.auctions.is_live(account)
            call = self.auctions.reset(account) if live else self.auctions.start(account)
            return replace(call, market=market)
        options = self._facets.options
        if options is not None:
            held = options.held(account, market)
            row = self.book.index[account]
            size = abs(self.book.size_wad[row][self.book.market_index[market]])
            if sum(abs(other) for other in held.values()) > size:
                return options.liquidate(account, market, options.worst_series(account, market))
        data = self._interfaces["LiquidationEngine"].encode(
            "liquidate", account, self._deployment.markets[market]
        )
        call = Call(self._deployment.engine, data, _LIQUIDATE_GAS, "liquidate", 0, account, market)
        return self._about(call, account)

    def takes_liquidation(self, account: bytes, market: str) -> bool:
        """Whether no auction of the account is live."""
        del market
        return self.auctions is None or not self.auctions.is_live(account)

    def push_price(self, market: str, price_e8: int, observed_s: int) -> Call:
        """Return a publisher's update."""
        pulled = self._facets.pulled
        if pulled is not None:
            pulled.publish(market, price_e8, observed_s)
            return pulled.update(market)
        return self._facets.oracles.push(market, price_e8, observed_s)

    def confirm_price(self, market: str, price_e8: int, observed_s: int) -> list[Call]:
        """Return the start price's update; a median feed is the publishers' alone from then on."""
        calls = [self.push_price(market, price_e8, observed_s)]
        return calls + self._facets.oracles.hand_over(market)

    def oracle_upkeep(self, market: str, now_s: int) -> Call | None:
        """Return the poke that a delayed or averaging feed, or a reference, is due for."""
        return self._facets.oracles.upkeep(market, now_s)

    def report_sequencer(self, *, down: bool) -> Call | None:
        """Return the report to the sequencer's uptime feed, where the hub asks one."""
        return self._facets.oracles.report_sequencer(down=down)

    def expected_reward_usd(self, notional_usd: float, equity_usd: float, gas_usd: float) -> float:
        """Return the reward by the contracts' formula for one chunk, payment limits included."""
        fund_usd = self.book.cash_wad[self.book.index[self._deployment.fund]] / WAD
        if self._facets.auctions is not None:
            due = self._facets.auctions.expected_start_reward_usd(notional_usd)
            return min(due, max(fund_usd, 0.0))
        return expected_pay_usd(
            self.profile,
            float(self._perps.flag_ratio[0]),
            fund_usd,
            notional_usd=notional_usd,
            equity_usd=equity_usd,
            gas_usd=gas_usd,
        )

    def liquidation_gas(self) -> int:
        """Return the gas budget of one liquidation in the keepers' pay."""
        return self.profile.keeper.gas_units.value

    # ---- what happened --------------------------------------------------------------------------

    def decode(self, logs: Sequence[Log], timestamp_s: int) -> list[ProtocolEvent]:
        """Return the protocol's events among these logs."""
        self._block_s = timestamp_s
        found = self._decoder.decode(logs, timestamp_s)
        if self._facets.options is not None:
            found = with_closings_as_liquidations(found, self._chain_e8)
        if self._facets.auctions is not None:
            found = with_sales_as_liquidations(found, self.book, self._option_state, self._chain_e8)
        return found

    def apply(self, events: Sequence[ProtocolEvent]) -> None:
        """Bring book, funding and facets up to date."""
        self.book.apply(events)
        for follower in self._facets.followers:
            follower.take(events)
        self._option_state.apply(events)
        for event in events:
            if isinstance(event, PriceUpdated):
                self._chain_e8[event.market] = event.price_e8

    def checkpoint(self) -> dict[str, Any]:
        """Return a copy of everything that events changed so far, the facets' part included."""
        facets = [follower.checkpoint() for follower in self._facets.followers]
        return {**super().checkpoint(), "facets": facets}

    def restore(self, checkpoint: dict[str, Any]) -> None:
        """Return to a checkpoint: the blocks after it were orphaned."""
        rest = dict(checkpoint)
        for follower, memory in zip(self._facets.followers, rest.pop("facets"), strict=True):
            follower.restore(memory)
        super().restore(rest)

    def explain_revert(self, data: bytes) -> str:
        """Return the custom error, reason or panic of whichever contract knows it."""
        return str(self.decode_revert(data))

    def decode_revert(self, data: bytes) -> Revert:
        """Return the custom error, reason or panic with its arguments."""
        return self._errors.decode_revert(data)

    def unblocks(self, revert: Revert) -> str:
        """Return what a liquidation that reverts so waits for."""
        return unblocks(revert)

    @cached_property
    def _errors(self) -> ContractInterface:
        """Every custom error of every contract."""
        return ContractInterface(
            [
                item
                for artifact in self._artifacts.values()
                for item in artifact.abi
                if item["type"] == "error"
            ]
        )

    # ---- how things stand -----------------------------------------------------------------------

    def health(self, view: View, accounts: Sequence[bytes]) -> Health:
        """Ask the Lens; notional is at entry prices and strikes, from the mirrored state."""
        mirror = self._facets.option_mirror
        others = np.zeros(len(accounts)) if mirror is None else mirror.notional_at_strikes(accounts)
        return self._reads.health(view, accounts, others, self._block_s)

    def health_at(self, prices_usd: npt.NDArray[np.float64], time_s: float) -> Health:
        """Return equity, maintenance margin and notional of every account at given prices."""
        return self._accounts.health_at(prices_usd, time_s)

    def _standing(self, prices_usd: npt.NDArray[np.float64], time_s: float) -> Standing:
        return self._accounts.standing(prices_usd, time_s)

    def exposed_rows(self) -> list[int]:
        """Return the book's rows of the accounts with any position, options included."""
        return self._accounts.exposed_rows()

    def exposures(self, row: int, prices_usd: Sequence[float]) -> list[Exposure]:
        """Return what an account has at risk by market: its perpetual and its options."""
        return self._accounts.exposures(row, prices_usd)

    def _about(self, call: Call, account: bytes, bidder: bytes = b"") -> Call:
        """Return a call that values an account, with the gas and the prices that this takes.

        A bidder that takes it over is valued with both their options.
        """
        row = self.book.index.get(account)
        if row is None:
            return call
        prices = [self._chain_e8[market] / FEED for market in self.markets]
        held = {exposure.market for exposure in self.exposures(row, prices)}
        if self._facets.collateral is not None:
            held |= set(self._facets.collateral.held(account))
        legs = 0
        if self._facets.options is not None:
            options = self._facets.options
            legs = len(options.legs_of(account) | (options.legs_of(bidder) if bidder else set()))
            each = _SCENARIO_LEG_GAS if self.portfolio_margin else _LEG_GAS
            call = replace(call, gas_limit=call.gas_limit + legs * each)
        expected = expected_gas(call.kind, legs, scenarios=self.portfolio_margin)
        if call.kind == "liquidate" and not legs and not self.portfolio_margin:
            expected = self.liquidation_gas()
        call = replace(call, expected_gas=expected)
        return self._facets.carried(call, sorted(held))

    def funding_rates(self, time_s: float) -> list[float]:
        """Return the rates that the skew has led to by a time."""
        found: list[float] = self._perps.rates(time_s).tolist()
        return found

    def debtors(self) -> list[int]:
        """Return the rows of accounts that owe cash and still have tokens."""
        collateral = self._facets.collateral
        return [] if collateral is None else collateral.owing_rows()

    def instruments(self, account: bytes) -> dict[str, int]:
        """Return an account's options and tokens in WAD by name."""
        return self._facets.instruments(account)

    def accounts_on_chain(self, view: View, accounts: Sequence[bytes]) -> list[ChainAccount]:
        """Read cash, positions and tokens exactly."""
        return self._reads.accounts(view, accounts, self._facets.read_instruments)

    def solvency(self, view: View) -> Solvency:
        """Read the balance sheet; deposits and withdrawals are the events' sums."""
        return self._reads.solvency(view)

    @property
    def house_accounts(self) -> dict[str, bytes]:
        """The counterparty's and the insurance fund's ledger accounts."""
        found = {"counterparty": self._deployment.counterparty, "fund": self._deployment.fund}
        if self._deployment.orders is not None:
            found["order_escrow"] = self._deployment.orders
        if self._deployment.options is not None:
            found["option_vault"] = self._deployment.options.backer
        return found
