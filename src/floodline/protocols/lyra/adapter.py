"""Lyra v1 behind the adapter interface: short options with partial collateral against a pool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt

from floodline.artifacts.load import load_package
from floodline.artifacts.reverts import RevertDecoder
from floodline.chain.abi import Revert
from floodline.chain.keccak import keccak256
from floodline.chain.node import Log
from floodline.foundation.units import FEED, WAD, wad
from floodline.protocols.deploying.plan import Plan
from floodline.protocols.deploying.site import Site
from floodline.protocols.events import ProtocolEvent
from floodline.protocols.interface import (
    Call,
    Capabilities,
    ChainAccount,
    Health,
    ProtocolAdapter,
    SetupChain,
    Solvency,
    View,
)
from floodline.protocols.lyra.collateral import YEAR_S, least_collateral, price
from floodline.protocols.lyra.decoding import (
    SHORT_CALL,
    SHORT_PUT,
    UNBLOCKED_BY,
    Contracts,
    Decoder,
    Position,
    Positions,
    PositionsChanged,
)
from floodline.protocols.lyra.settings import LyraParameters, LyraSettings
from floodline.protocols.registry import PROTOCOLS
from floodline.toolchain.artifact import Artifacts

_HERE: Final = Path(__file__).parent
_DAY_S: Final = 86_400
_STRIKES: Final = (0.9, 1.0, 1.1)
"""Strikes beside the one that is sold, to it; the middle one is sold."""
_SOLD: Final = 2
_EVERYTHING: Final = 2**256 - 1

_ACTION_GAS: Final = 2_500_000
_LIQUIDATION_USES: Final = 950_000
_SETUP_GAS: Final = 300_000
_CHUNK: Final = 60

TREASURY: Final = keccak256(b"floodline treasury")[12:]
"""Whose the pool's shares are, and where fees go; nobody holds its key."""


@PROTOCOLS.register(
    "lyra",
    LyraParameters,
    description="Lyra v1 as published on npm: calls and puts sold to a pool with partial "
    "collateral, liquidated whole; what collateral does not cover is the pool's loss.",
)
class LyraAdapter(ProtocolAdapter):
    """``@lyrafinance/protocol``, unmodified, with its own doubles and feeds of ours.

    An account that is to be long in the asset sells puts, one that is to be short sells calls;
    either puts up all of its wallet. The size of a position is in options.

    Parameters
    ----------
    parameters : LyraParameters
        Capital and risk parameters.
    markets : Sequence[str]
        The assets that options are on.
    artifacts : Artifacts
        Our own contracts.

    """

    name: ClassVar[str] = "lyra"
    perps: ClassVar[bool] = False
    funding_payments: ClassVar[bool] = False
    rewindable: ClassVar[tuple[str, ...]] = ("book", "_positions")

    def __init__(
        self, parameters: LyraParameters, *, markets: Sequence[str], artifacts: Artifacts
    ) -> None:
        super().__init__(markets)
        self.lyra = parameters.settings(LyraSettings)
        self._parameters = parameters
        self._library = load_package("lyra")
        self._ours = artifacts
        self._site = Site(self._library, artifacts)
        self._sites: dict[str, Site] = {}
        self._positions = Positions()
        self._strikes: dict[str, list[float]] = {}
        self._expiry_s = 0
        self._decoder: Decoder
        self._contracts: Contracts

    @property
    def capabilities(self) -> Capabilities:
        """Options, of which keepers liquidate the short ones whole."""
        return replace(super().capabilities, options=True)

    @property
    def code_digest(self) -> str:
        """The package's digest."""
        return self._library.digest

    @property
    def partial_liquidation(self) -> bool:
        """A liquidation closes a whole position."""
        return False

    # ---- setting up -----------------------------------------------------------------------------

    def deploy(
        self, chain: SetupChain, prices_e8: Mapping[str, int], publishers: Sequence[bytes]
    ) -> None:
        """Deploy Synthetix' doubles, and a market with its pool and one board for each asset."""
        given = self.lyra
        fixed = {
            name: wad(f"{getattr(given, name):.18f}")
            for name in LyraSettings.model_fields
            if name not in ("days", "strike", "max_price_age_s")
        }
        self._site.run(
            Plan.load(_HERE / "deploy.yaml"), chain, max_price_age_s=given.max_price_age_s
        )
        self._expiry_s = chain.now_s + round(given.days * _DAY_S)
        plan = Plan.load(_HERE / "market.yaml")
        share = self._parameters.liquidity_usd / len(self.markets)
        for market in self.markets:
            site = self._sites[market] = self._site.annex()
            self._feed(chain, site, market, prices_e8[market], [chain.deployer, *publishers])
            middle = prices_e8[market] / FEED * given.strike
            self._strikes[market] = [round(middle * step, 2) for step in _STRIKES]
            site.run(
                plan,
                chain,
                **fixed,
                key=f"s{market}".encode().ljust(32, b"\0"),
                nobody=bytes(20),
                treasury=TREASURY,
                most=_EVERYTHING,
                liquidity=wad(f"{share:.2f}"),
                expiry=self._expiry_s,
                strikes=[wad(f"{strike:.2f}") for strike in self._strikes[market]],
                skews=[WAD] * len(_STRIKES),
            )
        self._remember()

    def _feed(
        self,
        chain: SetupChain,
        site: Site,
        market: str,
        price_e8: int,
        publishers: Sequence[bytes],
    ) -> None:
        """Deploy a feed and publish its first price."""
        bounds = (1, 10**18, _DAY_S, WAD // 200)
        site.deploy(chain, "feed", "floodline:PushFeed", market, *bounds, list(publishers))
        call = site.call("feed", "transmit", price_e8, chain.now_s - 1, gas=_SETUP_GAS)
        chain.send(chain.deployer, call)

    def _remember(self) -> None:
        """Note where logs come from."""
        sites = self._sites

        def by_address(name: str) -> dict[bytes, str]:
            return {site.address(name): market for market, site in sites.items()}

        inside = [*by_address("pool"), *by_address("collateral")]
        self._contracts = Contracts(
            quote=self._site.address("quote"),
            markets=by_address("market"),
            tokens=by_address("positions"),
            feeds=by_address("feed"),
            desks=frozenset(by_address("desk")),
            inside=frozenset(inside),
        )
        self._decoder = Decoder(
            self._contracts,
            {
                site.address(name): site.interface(name)
                for site in sites.values()
                for name in ("quote", "market", "positions", "feed")
            },
        )

    def fund(self, chain: SetupChain, deposits_wad: Mapping[bytes, int]) -> None:
        """Give accounts dollars, and let the desks take them."""
        for account, amount in deposits_wad.items():
            mint = self._site.call("quote", "mint", account, amount, gas=_SETUP_GAS)
            chain.send(chain.deployer, mint)
            for site in self._sites.values():
                desk = site.address("desk")
                allow = site.call("quote", "approve", desk, _EVERYTHING, gas=_SETUP_GAS)
                chain.send(account, allow)

    def bytecode_hashes(self) -> dict[str, str]:
        """SHA-256 of each deployed contract's creation code."""
        return dict(sorted(self._site.bytecode_hashes.items()))

    def allowed_notional_usd(
        self, market: str, margin_usd: float, side: int, skew: float, price_usd: float
    ) -> tuple[float, float]:
        """Return what the collateral suffices for: the price after the shock, for each option."""
        del skew
        each = least_collateral(
            np.array([side < 0]),
            np.array([price_usd]),
            np.array([self._strikes[market][_SOLD - 1]]),
            np.array([self.lyra.days * _DAY_S]),
            np.array([1e6]),
            self.lyra,
        )
        most = margin_usd / (float(each[0]) / 1e6) * price_usd
        return 1.0, most if margin_usd > self.lyra.least_collateral else 0.0

    # ---- what actors do -------------------------------------------------------------------------

    def open(self, market: str, size_delta_wad: int, acceptable_price_wad: int) -> Call:
        """Return the sale of puts (to be long) or calls, all of the wallet as collateral."""
        del acceptable_price_wad
        kind = SHORT_PUT if size_delta_wad > 0 else SHORT_CALL
        site = self._sites[market]
        call = site.call("desk", "open", _SOLD, kind, abs(size_delta_wad), gas=_ACTION_GAS)
        return replace(call, kind="open", market=market)

    def close(self, account: bytes, market: str, acceptable_price_wad: int) -> Call | None:
        """Return the purchase by which an account closes its oldest position."""
        del acceptable_price_wad
        held = self._positions.of(account, market)
        if not held:
            return None
        token, position = held[0]
        wish = {
            "strikeId": position.strike_id,
            "positionId": token,
            "iterations": 1,
            "optionType": position.kind,
            "amount": position.amount_wad,
            "setCollateralTo": 0,
            "minTotalCost": 0,
            "maxTotalCost": _EVERYTHING,
        }
        call = self._sites[market].call("market", "closePosition", wish, gas=_ACTION_GAS)
        return replace(call, kind="close", market=market)

    def liquidate(self, account: bytes, market: str) -> Call:
        """Return a keeper's call for the account's position with the least collateral."""
        held = self._positions.of(account, market)
        token = min(held, key=lambda each: each[1].collateral_wad / each[1].amount_wad)[0]
        site = self._sites[market]
        data = site.interface("market").encode("liquidatePosition", token, self._beneficiary)
        to = site.address("market")
        return Call(to, data, _ACTION_GAS, "liquidate", 0, account, market)

    @property
    def _beneficiary(self) -> bytes:
        """Who is paid for a liquidation: the market takes any address; keepers share a purse."""
        return keccak256(b"floodline keepers")[12:]

    def takes_liquidation(self, account: bytes, market: str) -> bool:
        """Whether the account still has a position there."""
        return bool(self._positions.of(account, market))

    def push_price(self, market: str, price_e8: int, observed_s: int) -> Call:
        """Return a publisher's update."""
        site = self._sites[market]
        data = site.interface("feed").encode("transmit", price_e8, observed_s)
        return Call(site.address("feed"), data, _SETUP_GAS, "push_price", market=market)

    def expected_reward_usd(self, notional_usd: float, equity_usd: float, gas_usd: float) -> float:
        """Return the liquidator's share of the penalty on what is left of the collateral.

        $1,000 left: a penalty of 20 % is 200, of which the liquidator gets four tenths: $80.
        """
        del notional_usd, gas_usd
        given = self.lyra
        penalty = max(given.penalty * max(equity_usd, 0.0), given.least_fee)
        return penalty * given.liquidator_share

    def liquidation_gas(self) -> int:
        """Return what a liquidation was measured to use; the market itself reckons with none."""
        return _LIQUIDATION_USES

    # ---- what happened --------------------------------------------------------------------------

    def decode(self, logs: Sequence[Log], timestamp_s: int) -> list[ProtocolEvent]:
        """Return the protocol's events among these logs."""
        del timestamp_s
        return self._decoder.decode(logs, self._positions)

    def apply(self, events: Sequence[ProtocolEvent]) -> None:
        """Bring the book up to date: an account's cash is the collateral of its positions."""
        self.book.apply(events)
        changed = [event for event in events if isinstance(event, PositionsChanged)]
        if not changed:
            return
        self._positions = changed[-1].positions
        held = dict.fromkeys(self.book.index, 0)
        for position in self._positions.open.values():
            if position.owner not in self._contracts.desks:
                held[position.owner] = held.get(position.owner, 0) + position.collateral_wad
        for name in self.house_accounts.values():
            held[name] = self._positions.held.get(name, 0)
        for account, amount in held.items():
            self.book.set_cash(account, amount)

    def explain_revert(self, data: bytes) -> str:
        """Return the custom error of whichever contract knows it, without who threw it."""
        return self._reverts.explain(data)

    def unblocks(self, revert: Revert) -> str:
        """Return what would let a liquidation succeed."""
        return UNBLOCKED_BY.get(str(revert.arguments.get("reason", revert.name)), "")

    @cached_property
    def _reverts(self) -> RevertDecoder:
        ours = [artifact.abi for artifact in self._ours.values()]
        return RevertDecoder([self._library.error_abi(), *ours], quiet=frozenset({"thrower"}))

    # ---- how things stand -----------------------------------------------------------------------

    def health(self, view: View, accounts: Sequence[bytes]) -> Health:
        """Ask the contracts for the collateral that each position needs; worth is the model's."""
        wanted = set(accounts)
        held = [
            (key, position)
            for key, position in sorted(self._positions.open.items())
            if position.owner in wanted
        ]
        spots = {
            market: site.read(view, "adapter", "getSpotPrice", site.outputs["key"])
            for market, site in self._sites.items()
        }
        needed: list[int] = []
        for market, site in self._sites.items():
            reads = [
                (
                    "greeks",
                    "getMinCollateral",
                    (
                        position.kind,
                        self._strike_wad(position),
                        self._expiry_s,
                        spots[market],
                        position.amount_wad,
                    ),
                )
                for (name, _), position in held
                if name == market
            ]
            needed += site.read_many(view, reads, _CHUNK)
        held.sort(key=lambda each: self.markets.index(each[0][0]))
        positions = [position for _, position in held]
        prices = np.array([spots[market] / WAD for market in self.markets])
        rows = {account: row for row, account in enumerate(accounts)}
        return self._summed(
            positions, np.array(needed, dtype=np.float64) / WAD, prices, rows, self._now(view)
        )

    def _now(self, view: View) -> float:
        """Return the chain's time, as the newest answer of a feed bounds it from below."""
        site = next(iter(self._sites.values()))
        return float(site.read(view, "feed", "latestRoundData")[3])

    def health_at(self, prices_usd: npt.NDArray[np.float64], time_s: float) -> Health:
        """Return what the contracts would say of every account in the book at other prices."""
        positions = [
            position
            for _, position in sorted(self._positions.open.items())
            if position.owner not in self._contracts.desks
        ]
        columns = [self.book.market_index[position.market] for position in positions]
        size = len(positions)
        needed = least_collateral(
            np.array([position.kind == SHORT_CALL for position in positions], dtype=bool),
            prices_usd[columns] if size else np.zeros(0),
            np.array([self._strike_wad(position) / WAD for position in positions]),
            np.full(size, max(0.0, self._expiry_s - time_s)),
            np.array([position.amount_wad / WAD for position in positions]),
            self.lyra,
        )
        health = self._summed(positions, needed, prices_usd, self.book.index, time_s)
        for name in self.house_accounts.values():
            row = self.book.index.get(name)
            if row is not None:
                health.equity_usd[row] += float(self.book.cash[row])
        return health

    def _summed(
        self,
        positions: Sequence[Position],
        needed: npt.NDArray[np.float64],
        prices_usd: npt.NDArray[np.float64],
        rows: Mapping[bytes, int],
        time_s: float,
    ) -> Health:
        """Return accounts' health from their positions'.

        Equity is collateral less the option's worth at the market's volatility; maintenance lies
        as far above collateral as what is needed does, so that one is below the other exactly where
        the contracts allow a liquidation.
        """
        health = Health(*(np.zeros(len(rows)) for _ in range(3)))
        if not positions:
            return health
        spot = prices_usd[[self.book.market_index[position.market] for position in positions]]
        years = np.full(len(positions), max(1.0, self._expiry_s - time_s) / YEAR_S)
        amount = np.array([position.amount_wad / WAD for position in positions])
        worth = amount * price(
            np.array([position.kind == SHORT_CALL for position in positions], dtype=bool),
            spot,
            np.array([self._strike_wad(position) / WAD for position in positions]),
            years,
            np.array([self._volatility(position) for position in positions]),
            self.lyra.rate,
        )
        for place, position in enumerate(positions):
            row = rows[position.owner]
            health.equity_usd[row] += position.collateral_wad / WAD - worth[place]
            health.maintenance_usd[row] += needed[place] - worth[place]
            health.notional_usd[row] += amount[place] * spot[place]
        return health

    def _strike_wad(self, position: Position) -> int:
        """Return a strike; strikes are numbered from one in the order of the board."""
        return wad(f"{self._strikes[position.market][position.strike_id - 1]:.2f}")

    def _volatility(self, position: Position) -> float:
        key = (position.market, position.strike_id)
        return self._positions.volatility.get(key, self.lyra.volatility)

    def accounts_on_chain(self, view: View, accounts: Sequence[bytes]) -> list[ChainAccount]:
        """Read every position's collateral and size from its own token's record."""
        cash = dict.fromkeys(accounts, 0)
        sizes = {account: [0] * len(self.markets) for account in accounts}
        for column, (market, site) in enumerate(self._sites.items()):
            tokens = [token for name, token in sorted(self._positions.open) if name == market]
            reads = [("positions", "getPositionWithOwner", (token,)) for token in tokens]
            for found in site.read_many(view, reads, _CHUNK):
                account = found["owner"]
                if account in cash:
                    sign = 1 if found["optionType"] == SHORT_PUT else -1
                    cash[account] += found["collateral"]
                    sizes[account][column] += sign * found["amount"]
            pool = site.address("pool")
            if pool in cash:
                cash[pool] = site.read(view, "quote", "balanceOf", pool)
        flat = [0] * len(self.markets)
        return [ChainAccount(cash[account], sizes[account], flat) for account in accounts]

    def solvency(self, view: View) -> Solvency:
        """Read dollars by contract, what positions' owners put up, and the pool's worth."""
        tokens = worth = lost = 0
        pools = 0
        for site in self._sites.values():
            for name in ("pool", "collateral"):
                tokens += site.read(view, "quote", "balanceOf", site.address(name))
            pools += site.read(view, "quote", "balanceOf", site.address("pool"))
            worth += site.read(view, "pool", "getTotalPoolValueQuote")
            lost += site.read(view, "pool", "liquidationInsolventAmount")
        owners = list(self.book.index)
        put_up = sum(
            found.cash_wad
            for account, found in zip(owners, self.accounts_on_chain(view, owners), strict=True)
            if account not in self.house_accounts.values()
        )
        now = self._positions
        return Solvency(
            token_balance_wad=tokens,
            deposits_wad=now.paid_in,
            withdrawals_wad=now.paid_out,
            liabilities_wad=put_up + pools,
            recorded_deficit_wad=0,
            counterparty_wad=pools,
            items={"pool_worth": worth, "insolvent_liquidations": lost},
        )

    @property
    def house_accounts(self) -> dict[str, bytes]:
        """The pools: the first by the name of what it is, others with their market's."""
        return {
            "counterparty" if market == self.markets[0] else f"pool_{market}": site.address("pool")
            for market, site in self._sites.items()
        }
