"""The reference protocol behind the adapter interface."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Final

import numpy as np
import numpy.typing as npt
from pydantic import ConfigDict, model_validator

from floodline.chain.abi import ContractInterface, Revert
from floodline.chain.node import Log
from floodline.foundation.suggest import suggestion
from floodline.foundation.units import USDC, WAD, wad
from floodline.protocols.events import FundingUpdated, MarginsSet, ProtocolEvent
from floodline.protocols.interface import (
    Call,
    ChainAccount,
    Health,
    ProtocolAdapter,
    SetupChain,
    Solvency,
    View,
)
from floodline.protocols.reference.arrays import chunks, decode_arrays
from floodline.protocols.reference.decoding import Decoder
from floodline.protocols.reference.decoding_settlement import with_sales_as_liquidations
from floodline.protocols.reference.deleveraging import Deleverager, Standing
from floodline.protocols.reference.deploy_oracles import signers_of
from floodline.protocols.reference.deploy_site import CONFIGURE_GAS, Interfaces, Site
from floodline.protocols.reference.deployment import Deployment, capitalise, deploy, deposit
from floodline.protocols.reference.facet_amm import SpotPools
from floodline.protocols.reference.facet_auctions import ReferenceAuctions
from floodline.protocols.reference.facet_calldata import PublicCalldata
from floodline.protocols.reference.facet_cash import LedgerDesk
from floodline.protocols.reference.facet_margins import Stewardship
from floodline.protocols.reference.facet_oracle import OracleDesk, PulledPrices
from floodline.protocols.reference.facet_orders import ReferenceOrders
from floodline.protocols.reference.facet_vault import LiquidityVault
from floodline.protocols.reference.mirror import Follower
from floodline.protocols.reference.option_desk import OptionDesk
from floodline.protocols.reference.option_state import OptionState, SurfaceMirror
from floodline.protocols.reference.overrides import with_overrides
from floodline.protocols.reference.profiles import PROFILES, Profile
from floodline.protocols.reference.schema_hints import name_the_choices
from floodline.protocols.reference.switches import Oracle, with_switches
from floodline.protocols.reference.unblocking import unblocks
from floodline.protocols.registry import PROTOCOLS, AdapterParameters
from floodline.toolchain.compile import Artifacts

_DAY_S: Final = 86_400
_LENS_ACCOUNTS: Final = 200
"""Accounts asked for in one call of the Lens."""

_TRADE_GAS: Final = 600_000
_LIQUIDATE_GAS: Final = 900_000


class ReferenceParameters(AdapterParameters):
    """Parameters of the reference protocol."""

    model_config = ConfigDict(json_schema_extra=name_the_choices)

    @model_validator(mode="after")
    def _known_profile(self) -> ReferenceParameters:
        if self.profile not in PROFILES:
            raise ValueError(
                f"the reference protocol has no profile '{self.profile}'"
                f"{suggestion(self.profile, list(PROFILES))}; one of: {', '.join(PROFILES)}"
            )
        self.resolved()
        return self

    def known_markets(self) -> list[str]:
        """Return the profile's markets."""
        return list(PROFILES[self.profile].markets)

    def resolved(self) -> Profile:
        """Return the profile with the campaign's switches and overrides."""
        profile = PROFILES[self.profile]
        switched = replace(profile, switches=with_switches(profile.switches, self.switches))
        return with_overrides(switched, self.overrides)


@dataclass
class _Funding:
    """A market's funding state, as its last event told it."""

    rate: float = 0.0
    accumulator: float = 0.0
    time_s: int = 0


@PROTOCOLS.register(
    "reference",
    ReferenceParameters,
    description="Oracle-priced perpetuals against one counterparty, with partial liquidation, an "
    "insurance fund and a loss waterfall.",
)
class ReferenceAdapter(ProtocolAdapter):
    """Perpetual futures in ``contracts/``.

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
    rewindable: ClassVar[tuple[str, ...]] = (
        "book",
        "_funding",
        "_option_state",
        "_block_s",
        "_min_ratio",
        "_scalar",
    )

    def __init__(
        self, parameters: ReferenceParameters, *, markets: Sequence[str], artifacts: Artifacts
    ) -> None:
        super().__init__(markets)
        self.profile = parameters.resolved()
        self._parameters = parameters
        self._artifacts = artifacts
        self._interfaces = Interfaces(artifacts)
        self._deployment: Deployment
        self._decoder: Decoder
        self._oracles: OracleDesk
        self._followers: list[Follower] = []
        self._pulled: PulledPrices | None = None
        self._pools: SpotPools | None = None
        self._vault: LiquidityVault | None = None
        self._start_e8: dict[str, int] = {}
        self._block_s = 0
        self._option_desk: OptionDesk | None = None
        self._option_state = OptionState()
        self.orders: ReferenceOrders | None = None
        self.auctions: ReferenceAuctions | None = None
        self._delayed = False
        self._funding = {market: _Funding() for market in markets}
        market_parameters = [self.profile.market_parameters(market) for market in markets]

        def column(name: str) -> npt.NDArray[np.float64]:
            return np.array([getattr(given, name) / WAD for given in market_parameters])

        self._skew_scale = column("skew_scale")
        self._slope = column("initial_ratio_slope") / self._skew_scale
        self._min_ratio = column("min_initial_ratio")
        self._max_ratio = column("max_initial_ratio")
        self._scalar = column("maintenance_scalar")
        self._fixed_margin = column("min_position_margin")
        self._flag_ratio = column("flag_reward_ratio")
        self._min_flag = column("min_flag_reward")
        self._velocity = column("max_funding_velocity")
        self._taker_fee = column("taker_fee")
        self._oi_start = column("oi_scale_start")
        self._oi_full = column("oi_scale_full")

    @property
    def partial_liquidation(self) -> bool:
        """Whether the close factor is below one."""
        return self.profile.liquidation.close_factor.value < WAD

    # ---- setting up -----------------------------------------------------------------------------

    def deploy(
        self, chain: SetupChain, prices_e8: Mapping[str, int], publishers: Sequence[bytes]
    ) -> None:
        """Deploy, wire, capitalise counterparty and insurance fund."""
        site = Site(chain, self.profile, self._interfaces, prices_e8, publishers, self.gas_market)
        self._deployment = deploy(site)
        self._decoder = Decoder(self._deployment, self._interfaces)
        for state in self._funding.values():
            state.time_s = chain.now_s
        self._start_e8 = dict(prices_e8)
        self._open_facets(site)
        capitalise(
            site,
            self._deployment,
            liquidity_wad=wad(f"{self._parameters.liquidity_usd:.2f}"),
            insurance_wad=wad(f"{self._parameters.insurance_usd:.2f}"),
        )

    def _open_facets(self, site: Site) -> None:
        """Make what actors ask for, by what was deployed."""
        deployment, given = self._deployment, (self.profile, self._interfaces)
        self._oracles = OracleDesk(deployment, *given, site.chain.now_s)
        self._followers = [self._oracles]
        self._offer_settlement()
        self._offer_flow()
        if deployment.oracle is Oracle.PULL:
            signers = {name: signers_of(site, feed) for name, feed in deployment.feeds.items()}
            self.oracle_updates = self._pulled = PulledPrices(deployment, *given, signers)
            self._followers.append(self._pulled)
        if deployment.pools:
            fee = self.profile.amm.amm_fee.value
            self.amm = self._pools = SpotPools(deployment, self._interfaces, fee)
            self._followers.append(self._pools)
        if deployment.vaults:
            self.vault = self._vault = LiquidityVault(deployment, *given)
            self._followers.append(self._vault)
        if deployment.options is not None:
            start = self.profile.surface.start()
            self._option_state.surfaces = {name: SurfaceMirror(start) for name in site.prices_e8}
            self.options = self._option_desk = OptionDesk(
                deployment.house,
                deployment.options,
                self.profile,
                deployment.markets,
                self._interfaces,
                lambda: self._option_state,
            )
            self._decoder.also(self._option_desk.decoder.decode)
            if self._vault is not None:
                for name in deployment.options.markets:
                    self._vault.expect_hedges(deployment.options.backer, name, site.chain.now_s)
        if deployment.deleverager is not None:
            self.adl = deleverager = Deleverager(
                deployment.deleverager,
                self._interfaces["AutoDeleverager"],
                deployment.markets,
                lambda: self.book,
                self.profile.switches.adl,
                frozenset(self.house_accounts.values()),
                self._standing,
                site.prices_e8,
            )
            self._followers.append(deleverager)

    def _offer_flow(self) -> None:
        """Offer what order flow asks for: calldata, cash, margins."""
        deployment, interfaces = self._deployment, self._interfaces
        self.calldata = PublicCalldata(deployment, self.profile, interfaces, lambda: self.book)
        self.cash = cash = LedgerDesk(deployment, interfaces["ClearingHouse"], lambda: self.book)
        self._followers.append(cash)
        parameters = {name: self.profile.market_parameters(name) for name in self.markets}
        self._stewardship = Stewardship(
            deployment.markets,
            parameters,
            interfaces["PerpMarket"],
            lambda name: float(self._min_ratio[self.book.market_index[name]]),
        )
        self.margins = self._stewardship

    def hand_over(self, chain: SetupChain, steward: bytes) -> None:
        """Make the steward the markets' owner."""
        self._stewardship.hand_over(chain, steward)

    def _offer_settlement(self) -> None:
        """Offer orders and auctions where they were deployed."""
        deployment = self._deployment
        if deployment.orders is not None:
            interface = self._interfaces["AsyncOrders"]
            self.orders = ReferenceOrders(
                interface,
                deployment.orders,
                self.profile,
                lambda: self.book,
                deployment.markets,
                self._carried,
            )
            self._followers.append(self.orders)
        if deployment.auction is not None:
            self.auctions = ReferenceAuctions(
                self._interfaces["PortfolioAuction"],
                deployment.auction,
                self.profile.auction_parameters(),
                lambda: self.book,
                lambda prices, time_s: self.health_at(np.array(prices), time_s),
                self._carried,
            )
            self._followers.append(self.auctions)

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
        """Pay collateral in for each account."""
        deposit(chain, self._deployment, self._interfaces, deposits_wad)

    def fund_wallets(self, chain: SetupChain, wallets_usd: Mapping[bytes, float]) -> None:
        """Give accounts tokens for the spot pools and dollars for the vault, each allowed."""
        if self._pools is not None:
            self._pools.fund(chain, wallets_usd, self._start_e8)
        if self._vault is not None:
            self._vault.fund(chain, wallets_usd)

    def bytecode_hashes(self) -> dict[str, str]:
        """SHA-256 of each deployed contract's creation code."""
        return {name: self._artifacts[name].bytecode_hash for name in self._deployment.contracts}

    def allowed_notional_usd(
        self, market: str, margin_usd: float, side: int, skew: float, price_usd: float
    ) -> tuple[float, float]:
        """Return the smallest position, and what margin allows after premium, fee and reward.

        The largest N solves ``margin - fixed = N (initial ratio + premium + fee + reward) +
        N^2 / (P K) (slope + 1/2)``: initial margin and the order's own premium grow with its size.
        $5,000 at a price of 3,000 without skew in the base profile allow $97,763; without the
        square it would be ``(5000 - 15 - 1) / (0.05 + 0 + 0.0005 + 0.0003)`` = $98,110.
        """
        column = self.book.market_index[market]
        scale = float(self._skew_scale[column])
        premium = max(0.0, side * skew / scale)
        share = (
            float(self._min_ratio[column])
            + premium
            + float(self._taker_fee[column])
            + float(self._flag_ratio[column])
        )
        square = (float(self._slope[column]) + 0.5 / scale) / price_usd
        if self._oi_full[column]:
            rise = float(
                (self._max_ratio[column] - self._min_ratio[column])
                / (self._oi_full[column] - self._oi_start[column])
            )
            sizes = side * self.book.size[:, column]
            interest = float(sizes[sizes > 0].sum()) * price_usd
            share += max(0.0, interest - float(self._oi_start[column])) * rise
            square += rise
        fixed = float(self._fixed_margin[column] + self._min_flag[column])
        free = max(0.0, margin_usd - fixed)
        least = self.profile.markets[market].min_notional.value / WAD
        return least, (math.sqrt(share**2 + 4 * square * free) - share) / (2 * square)

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
        if self._delayed and self.orders is not None:
            return self.orders.commit(market, size_delta_wad, limit_wad, kind=kind)
        data = self._interfaces["PerpMarket"].encode("trade", size_delta_wad, limit_wad)
        call = Call(self._deployment.markets[market], data, _TRADE_GAS, kind, market=market)
        return self._carried(call, [market])

    def _carried(self, call: Call, markets: Sequence[str]) -> Call:
        """Let a call bring the newest signed prices of markets along, where feeds are pulled."""
        return call if self._pulled is None else self._pulled.carrying(call, markets)

    def liquidate(self, account: bytes, market: str) -> Call:
        """Return a keeper's call: a chunk, or the start or reset of an auction."""
        if self.auctions is not None:
            live = self.auctions.is_live(account)
            call = self.auctions.reset(account) if live else self.auctions.start(account)
            return replace(call, market=market)
        data = self._interfaces["LiquidationEngine"].encode(
            "liquidate", account, self._deployment.markets[market]
        )
        to = self._deployment.engine
        call = Call(to, data, _LIQUIDATE_GAS, "liquidate", 0, account, market)
        row = self.book.index.get(account)
        held = [] if row is None else self.book.size_wad[row]
        others = [name for name, size in zip(self.markets, held, strict=False) if size]
        return self._carried(call, sorted({market, *others}))

    def takes_liquidation(self, account: bytes, market: str) -> bool:
        """Whether no auction of the account is live."""
        del market
        return self.auctions is None or not self.auctions.is_live(account)

    def push_price(self, market: str, price_e8: int, observed_s: int) -> Call:
        """Return a publisher's update."""
        if self._pulled is not None:
            self._pulled.publish(market, price_e8, observed_s)
            return self._pulled.update(market)
        return self._oracles.push(market, price_e8, observed_s)

    def confirm_price(self, market: str, price_e8: int, observed_s: int) -> list[Call]:
        """Return the start price's update; a median feed is the publishers' alone from then on."""
        calls = [self.push_price(market, price_e8, observed_s)]
        return calls + self._oracles.hand_over(market)

    def oracle_upkeep(self, market: str, now_s: int) -> Call | None:
        """Return the poke that a delayed or averaging feed, or a reference, is due for."""
        return self._oracles.upkeep(market, now_s)

    def report_sequencer(self, *, down: bool) -> Call | None:
        """Return the report to the sequencer's uptime feed, where the hub asks one."""
        return self._oracles.report_sequencer(down=down)

    def expected_reward_usd(self, notional_usd: float, equity_usd: float, gas_usd: float) -> float:
        """Return the reward by the contracts' formula for one chunk, payment limits included."""
        fund = self.book.cash_wad[self.book.index[self._deployment.fund]] / WAD
        if self.auctions is not None:
            return min(self.auctions.expected_start_reward_usd(notional_usd), max(fund, 0.0))
        keeper = self.profile.keeper
        closed = notional_usd * self.profile.liquidation.close_factor.value / WAD
        due = gas_usd + max(
            keeper.min_profit.value / WAD,
            gas_usd * keeper.profit_ratio.value / WAD,
            closed * float(self._flag_ratio[0]),
        )
        if keeper.cap_enabled.value:
            due = min(due, keeper.constant_cap.value / WAD)
        from_margin = max(equity_usd, 0.0) * keeper.margin_scaling.value / WAD
        return min(due, from_margin + max(fund, 0.0))

    def liquidation_gas(self) -> int:
        """Return the gas budget of one liquidation in the keepers' pay."""
        return self.profile.keeper.gas_units.value

    # ---- what happened --------------------------------------------------------------------------

    def decode(self, logs: Sequence[Log], timestamp_s: int) -> list[ProtocolEvent]:
        """Return the protocol's events among these logs."""
        self._block_s = timestamp_s
        found = self._decoder.decode(logs, timestamp_s)
        return found if self.auctions is None else with_sales_as_liquidations(found, self.book)

    def apply(self, events: Sequence[ProtocolEvent]) -> None:
        """Bring book, funding and facets up to date."""
        self.book.apply(events)
        for follower in self._followers:
            follower.take(events)
        self._option_state.apply(events)
        for event in events:
            if isinstance(event, FundingUpdated):
                state = self._funding[event.market]
                state.rate = event.rate_wad / WAD
                state.accumulator = event.accumulator_wad / WAD
                state.time_s = event.time_s
            elif isinstance(event, MarginsSet):
                column = self.book.market_index[event.market]
                self._min_ratio[column] = event.initial_ratio_wad / WAD
                self._scalar[column] = event.maintenance_scalar_wad / WAD

    def checkpoint(self) -> dict[str, Any]:
        """Return a copy of everything that events changed so far, the facets' part included."""
        facets = [follower.checkpoint() for follower in self._followers]
        return {**super().checkpoint(), "facets": facets}

    def restore(self, checkpoint: dict[str, Any]) -> None:
        """Return to a checkpoint: the blocks after it were orphaned."""
        rest = dict(checkpoint)
        for follower, memory in zip(self._followers, rest.pop("facets"), strict=True):
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
        """Ask the Lens; notional is at entry prices, from the book.

        Where feeds are pulled the answer is that with the newest signed prices stored, as anybody
        can have them stored with the next call.
        """
        equity: list[int] = []
        maintenance: list[int] = []
        for chunk in chunks(accounts, _LENS_ACCOUNTS):
            data = self._interfaces["Lens"].encode("health", list(chunk))
            found = decode_arrays(self._lens_with_prices(view, data), 4)
            equity += found[0]
            maintenance += found[1]
        rows = [self.book.index[account] for account in accounts]
        notional = (np.abs(self.book.size[rows]) * self.book.entry_price[rows]).sum(axis=1)
        if self._option_desk is not None:
            notional += self._option_desk.strike_notional(accounts)
        return Health(
            np.array(equity, dtype=np.float64) / WAD,
            np.array(maintenance, dtype=np.float64) / WAD,
            notional,
        )

    def _lens_with_prices(self, view: View, data: bytes) -> bytes:
        storable = self._pulled.storable(self._block_s) if self._pulled is not None else []
        if self._pulled is None or not storable:
            return view(self._deployment.lens, data)
        answer = view(self._deployment.lens, self._pulled.wrapped(data, storable))
        result = self._interfaces["CarriesPrices"].decode_output("withPrices", answer)
        return bytes(result)

    def health_at(self, prices_usd: npt.NDArray[np.float64], time_s: float) -> Health:
        """Return equity, maintenance margin and notional of every account at given prices.

        The contracts' formulas in floating point: ``equity = cash + size (P + F - entry)``,
        ``maintenance = N ratio scalar + fixed + reserved reward``.
        """
        size = self.book.size
        value = self._profits(prices_usd, time_s).sum(axis=1)
        absolute = np.abs(size)
        notional = absolute * prices_usd
        ratio = np.minimum(absolute * self._slope + self._min_ratio, self._max_ratio)
        fixed = self._fixed_margin + np.maximum(notional * self._flag_ratio, self._min_flag)
        margin = notional * ratio * self._scalar + np.where(absolute > 0, fixed, 0.0)
        health = Health(self.book.cash + value, margin.sum(axis=1), notional.sum(axis=1))
        if self._option_desk is not None:
            by_market = dict(zip(self.markets, prices_usd.tolist(), strict=True))
            for holding in self._option_desk.holdings(by_market, time_s):
                row = self.book.index[holding.account]
                health.equity_usd[row] += holding.value_usd
                health.maintenance_usd[row] += holding.maintenance_usd
                health.notional_usd[row] += holding.notional_usd
        return health

    def _profits(
        self, prices_usd: npt.NDArray[np.float64], time_s: float
    ) -> npt.NDArray[np.float64]:
        """Return unrealised profit with funding, accounts x markets."""
        basis = self.book.entry_price + self.book.entry_funding
        level = prices_usd + self._accumulators(prices_usd, time_s)
        return np.asarray(self.book.size * (level - basis))

    def _standing(self, prices_usd: npt.NDArray[np.float64], time_s: float) -> Standing:
        """Return how everybody stands at given prices."""
        equity = self.health_at(prices_usd, time_s).equity_usd
        return Standing(self._profits(prices_usd, time_s), equity)

    def _accumulators(
        self, prices_usd: npt.NDArray[np.float64], time_s: float
    ) -> npt.NDArray[np.float64]:
        """Return each market's funding accumulator brought up to a time at given prices."""
        states = [self._funding[market] for market in self.markets]
        rate = np.array([state.rate for state in states])
        days = np.array([time_s - state.time_s for state in states]) / _DAY_S
        skew = self.book.size.sum(axis=0)
        velocity = np.clip(skew / self._skew_scale, -1, 1) * self._velocity
        paid = (rate + velocity * days / 2) * days * prices_usd
        return np.asarray(np.array([state.accumulator for state in states]) - paid)

    def accounts_on_chain(self, view: View, accounts: Sequence[bytes]) -> list[ChainAccount]:
        """Read cash and positions exactly, through the Lens."""
        lens = self._interfaces["Lens"]
        found: list[ChainAccount] = []
        for chunk in chunks(accounts, _LENS_ACCOUNTS):
            cash = decode_arrays(
                view(self._deployment.lens, lens.encode("health", list(chunk))), 4
            )[3]
            by_market = []
            for market in self.markets:
                data = lens.encode("positions", list(chunk), self._deployment.markets[market])
                by_market.append(decode_arrays(view(self._deployment.lens, data), 3))
            found += [
                ChainAccount(
                    cash[place],
                    [arrays[0][place] for arrays in by_market],
                    [arrays[1][place] for arrays in by_market],
                )
                for place in range(len(chunk))
            ]
        return found

    def solvency(self, view: View) -> Solvency:
        """Read the balance sheet; deposits and withdrawals are the events' sums."""
        lens = self._interfaces["Lens"]
        report = lens.decode_output(
            "solvency", view(self._deployment.lens, lens.encode("solvency"))
        )
        return Solvency(
            token_balance_wad=report["tokenBalance"] * (WAD // USDC),
            deposits_wad=sum(tally.deposited for tally in self.book.tallies),
            withdrawals_wad=sum(tally.withdrawn for tally in self.book.tallies),
            liabilities_wad=report["totalCash"],
            recorded_deficit_wad=report["recordedDeficit"],
            insurance_wad=report["fundCash"],
            counterparty_wad=report["counterpartyCash"],
        )

    @property
    def house_accounts(self) -> dict[str, bytes]:
        """The counterparty's and the insurance fund's ledger accounts."""
        found = {"counterparty": self._deployment.counterparty, "fund": self._deployment.fund}
        if self._deployment.orders is not None:
            found["order_escrow"] = self._deployment.orders
        if self._deployment.options is not None:
            found["option_vault"] = self._deployment.options.backer
        return found
