"""Lyra v1 behind the adapter interface: short options with partial collateral against a pool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Final

import numpy as np

from floodline.artifacts.load import load_package
from floodline.foundation.errors import CampaignError
from floodline.foundation.units import FEED, WAD, wad
from floodline.protocols.deploying.plan import Plan
from floodline.protocols.deploying.site import Site
from floodline.protocols.interface import Call, ChainAccount, Health, SetupChain, Solvency, View
from floodline.protocols.lyra.collateral import least_collateral
from floodline.protocols.lyra.following import SHORT_CALL, SHORT_PUT, MarketFollower
from floodline.protocols.lyra.settings import OF_THE_BOARD, LyraParameters, LyraSettings
from floodline.protocols.porting.adapter import EVERYTHING, SETUP_GAS
from floodline.protocols.porting.options import (
    Floats,
    OptionColumns,
    SoldOption,
    SoldOptions,
    SoldOptionsAdapter,
)
from floodline.protocols.porting.parties import KEEPERS, NOBODY, TREASURY
from floodline.protocols.registry import PROTOCOLS
from floodline.toolchain.artifact import Artifacts

_HERE: Final = Path(__file__).parent
_DAY_S: Final = 86_400
_STRIKES: Final = (0.9, 1.0, 1.1)
"""Strikes beside the one that is sold, to it; the middle one is sold."""
_ACTION_GAS: Final = 2_500_000
_CHUNK: Final = 60
_TERMS: Final = {
    "least_collateral": ("greeks", "getMinCollatParams", "minStaticQuoteCollateral"),
    "shock_vol": ("greeks", "getMinCollatParams", "shockVolA"),
    "shock_vol_far": ("greeks", "getMinCollatParams", "shockVolB"),
    "call_shock": ("greeks", "getMinCollatParams", "callSpotPriceShock"),
    "put_shock": ("greeks", "getMinCollatParams", "putSpotPriceShock"),
    "rate": ("greeks", "getGreekCacheParams", "rateAndCarry"),
    "penalty": ("positions", "getPartialCollatParams", "penaltyRatio"),
    "liquidator_share": ("positions", "getPartialCollatParams", "liquidatorFeeRatio"),
    "least_fee": ("positions", "getPartialCollatParams", "minLiquidationFee"),
}
"""Where a market that stands tells its parameters."""


@PROTOCOLS.register(
    "lyra",
    LyraParameters,
    description="Lyra v1 as published on npm: calls and puts sold to a pool with partial "
    "collateral, liquidated whole; what collateral does not cover is the pool's loss.",
)
class LyraAdapter(SoldOptionsAdapter):
    """``@lyrafinance/protocol``, unmodified, with its own doubles and feeds of ours.

    An account that is to be long in the asset sells puts, one that is to be short sells calls;
    either puts up all of its wallet. The size of a position is in options.

    Parameters
    ----------
    parameters : LyraParameters
        Capital and risk parameters, or markets that stand.
    markets : Sequence[str]
        The assets that options are on.
    artifacts : Artifacts
        Our own contracts.

    """

    name: ClassVar[str] = "lyra"
    funding_payments: ClassVar[bool] = False
    liquidation_uses: ClassVar[int] = 950_000
    quiet: ClassVar[frozenset[str]] = frozenset({"thrower"})
    unblocked_by: ClassVar[Mapping[str, str]] = {
        "PositionNotLiquidatable": "a price at which the position's collateral does not suffice",
        "RateIsInvalid": "a newer price: the last one counts as none",
        "BoardExpired": "settlement: the options have expired",
        "BoardIsFrozen": "an end of the board's freeze",
        "ERC721: owner query for nonexistent token": "nothing: the position is gone",
    }

    def __init__(
        self, parameters: LyraParameters, *, markets: Sequence[str], artifacts: Artifacts
    ) -> None:
        super().__init__(
            load_package("lyra"),
            SoldOptions(),
            markets=markets,
            artifacts=artifacts,
            standing=parameters.all_standing(),
        )
        self.terms = parameters.settings(LyraSettings)
        self._liquidity_usd = parameters.liquidity_usd / len(markets)
        self._strikes: dict[tuple[str, int], int] = {}
        self._sold: dict[str, int] = {}
        self._expiry_s = 0
        self._others_wad = 0

    @property
    def partial_liquidation(self) -> bool:
        """A liquidation closes a whole position."""
        return False

    # ---- setting up -----------------------------------------------------------------------------

    def deploy_shared(self, chain: SetupChain) -> None:
        """Deploy Synthetix' doubles, or put our feeds behind those of markets that stand."""
        plan = "standing.yaml" if self.site.standing else "deploy.yaml"
        given: dict[str, Any] = {"max_price_age_s": self.terms.max_price_age_s}
        if self.site.standing:
            given["found"] = self.site.standing["registry"]
        self.site.run(Plan.load(_HERE / plan), chain, **given)
        self._expiry_s = chain.now_s + round(self.terms.days * _DAY_S)

    def deploy_market(self, chain: SetupChain, site: Site, market: str, price_e8: int) -> None:
        """Deploy a market with its pool, or find them; open one board."""
        self.deploy_feed(chain, site, market, price_e8)
        middle = price_e8 / FEED * self.terms.strike
        strikes = [wad(f"{round(middle * step, 2):.2f}") for step in _STRIKES]
        board = {"expiry": self._expiry_s, "strikes": strikes, "skews": [WAD] * len(strikes)}
        if self.site.standing:
            self._adopt(chain, site, market, board)
        else:
            fixed = {
                name: wad(f"{getattr(self.terms, name):.18f}")
                for name in LyraSettings.model_fields
                if name not in OF_THE_BOARD or name == "volatility"
            }
            site.run(
                Plan.load(_HERE / "market.yaml"),
                chain,
                **board,
                **fixed,
                key=f"s{market}".encode().ljust(32, b"\0"),
                nobody=NOBODY,
                treasury=TREASURY,
                most=EVERYTHING,
                liquidity=wad(f"{self._liquidity_usd:.2f}"),
            )
        newest = site.read(chain.view, "market", "getLiveBoards")[-1]
        numbers = site.read(chain.view, "market", "getBoardStrikes", newest)
        self._strikes |= {(market, key): value for key, value in zip(numbers, strikes, strict=True)}
        self._sold[market] = numbers[len(numbers) // 2]
        for role, name in (("dollar", "quote"), ("market", "market"), ("positions", "positions")):
            self.listen(role, site, name, market)

    def _adopt(self, chain: SetupChain, site: Site, market: str, board: Mapping[str, Any]) -> None:
        """Find a market that stands, learn its parameters, and open a board of ours on it."""
        if market not in site.standing:
            raise CampaignError(
                f"protocol.addresses names no contract for the market {market}",
                f"add `{market}`, the address of its OptionMarket, or leave the market out",
            )
        given = {"found": site.standing[market], "volatility": wad(str(self.terms.volatility))}
        site.run(Plan.load(_HERE / "adopt.yaml"), chain, **given, **board)
        told = {
            name: site.read(chain.view, contract, function)[field] / WAD
            for name, (contract, function, field) in _TERMS.items()
        }
        if self._sold and told != {name: getattr(self.terms, name) for name in told}:
            raise CampaignError(
                f"the market {market} has other collateral parameters than {self.markets[0]}",
                "attach to one market in a campaign",
            )
        self.terms = self.terms.model_copy(update=told)

    def deploy_last(self, chain: SetupChain) -> None:
        """Begin with what pools and owners of a market that stands have already."""
        for name in ("pool", "collateral") if self.site.standing else ():
            for site in self.sites.values():
                holder = site.address(name)
                held = site.read(chain.view, "quote", "balanceOf", holder)
                self.state.held[holder] = held
                self.state.paid_in += held
                self._others_wad += held if name == "collateral" else 0

    def fund(self, chain: SetupChain, deposits_wad: Mapping[bytes, int]) -> None:
        """Give accounts dollars, and let the desks take them."""
        first = self.sites[self.markets[0]]
        for account, amount in deposits_wad.items():
            mint = first.call("quote", "mint", account, amount, gas=SETUP_GAS)
            chain.send(chain.deployer, mint)
            for site in self.sites.values():
                desk = site.address("desk")
                allow = site.call("quote", "approve", desk, EVERYTHING, gas=SETUP_GAS)
                chain.send(account, allow)

    def allowed_notional_usd(
        self, market: str, margin_usd: float, side: int, skew: float, price_usd: float
    ) -> tuple[float, float]:
        """Return what the collateral suffices for: the price after the shock, for each option."""
        del skew
        strike = self._strikes[market, self._sold[market]]
        million = SoldOption(b"", market, 0, strike, side < 0, 10**6 * WAD, 0)
        columns = OptionColumns.of([million], {market: price_usd}, self.terms.days * _DAY_S)
        each = float(self.needed(columns)[0]) / 1e6
        most = margin_usd / each * price_usd
        return 1.0, most if margin_usd > self.terms.least_collateral else 0.0

    # ---- what actors do -------------------------------------------------------------------------

    def open(self, market: str, size_delta_wad: int, acceptable_price_wad: int) -> Call:
        """Return the sale of puts (to be long) or calls, all of the wallet as collateral."""
        del acceptable_price_wad
        kind = SHORT_PUT if size_delta_wad > 0 else SHORT_CALL
        wish = (self._sold[market], kind, abs(size_delta_wad))
        return self.act(market, "desk", "open", *wish, gas=_ACTION_GAS, kind="open")

    def close(self, account: bytes, market: str, acceptable_price_wad: int) -> Call | None:
        """Return the purchase by which an account closes its oldest position."""
        del acceptable_price_wad
        held = self.state.of(account, market)
        if not held:
            return None
        token, option = held[0]
        wish = {
            "strikeId": option.strike_id,
            "positionId": token,
            "iterations": 1,
            "optionType": SHORT_CALL if option.is_call else SHORT_PUT,
            "amount": option.amount_wad,
            "setCollateralTo": 0,
            "minTotalCost": 0,
            "maxTotalCost": EVERYTHING,
        }
        call = self.sites[market].call("market", "closePosition", wish, gas=_ACTION_GAS)
        return replace(call, kind="close", market=market)

    def liquidate(self, account: bytes, market: str) -> Call:
        """Return a keeper's call for the account's position with the least collateral.

        The market pays any address that is named: keepers share a purse.
        """
        held = self.state.of(account, market)
        token = min(held, key=lambda each: each[1].collateral_wad / each[1].amount_wad)[0]
        wish = ("liquidatePosition", token, KEEPERS)
        call = self.act(market, "market", *wish, gas=_ACTION_GAS, kind="liquidate")
        return replace(call, subject=account)

    def expected_reward_usd(self, notional_usd: float, equity_usd: float, gas_usd: float) -> float:
        """Return the liquidator's share of the penalty on what is left of the collateral.

        $1,000 left: a penalty of 20 % is 200, of which the liquidator gets four tenths: $80.
        """
        del notional_usd, gas_usd
        given = self.terms
        penalty = max(given.penalty * max(equity_usd, 0.0), given.least_fee)
        return penalty * given.liquidator_share

    # ---- what happened --------------------------------------------------------------------------

    def follower(self, state: SoldOptions, timestamp_s: int) -> MarketFollower:
        """Return what takes a block's logs."""
        sites = self.sites.values()
        inside = frozenset(site.address(name) for site in sites for name in ("pool", "collateral"))
        dealers = frozenset(site.address("desk") for site in sites)
        return MarketFollower(state, timestamp_s, inside, dealers, self._strikes)

    # ---- how things stand -----------------------------------------------------------------------

    def seconds_left(self, time_s: float) -> float:
        """Return how long the board lives from a time on."""
        return max(0.0, self._expiry_s - time_s)

    def needed(self, columns: OptionColumns) -> Floats:
        """Return the least collateral by the contracts' formula."""
        return least_collateral(columns, self.terms)

    def worth(self, options: Sequence[SoldOption], columns: OptionColumns) -> Floats:
        """Return Black-Scholes values at the volatility that trades left behind."""
        known, start = self.state.volatility, self.terms.volatility
        vol = [known.get((option.market, option.strike_id), start) for option in options]
        return columns.worth(np.array(vol, dtype=np.float64), self.terms.rate)

    def health(self, view: View, accounts: Sequence[bytes]) -> Health:
        """Ask the contracts for the collateral that each position needs; worth is the model's."""
        rows = {account: row for row, account in enumerate(accounts)}
        options: list[SoldOption] = []
        needed: list[int] = []
        prices = {}
        for market, site in self.sites.items():
            spot = site.read(view, "adapter", "getSpotPrice", site.outputs["key"])
            prices[market] = spot / WAD
            held = [
                option
                for (name, _), option in sorted(self.state.open.items())
                if name == market and option.owner in rows
            ]
            asked = [
                (
                    SHORT_CALL if option.is_call else SHORT_PUT,
                    option.strike_wad,
                    self._expiry_s,
                    spot,
                    option.amount_wad,
                )
                for option in held
            ]
            reads = [("greeks", "getMinCollateral", arguments) for arguments in asked]
            needed += site.read_many(view, reads, _CHUNK)
            options += held
        # The newest answer of a feed bounds the chain's time from below.
        feed = self.sites[self.markets[0]]
        now_s = float(feed.read(view, "feed", "latestRoundData")[3])
        columns = OptionColumns.of(options, prices, self.seconds_left(now_s))
        return self.health_of(options, columns, np.array(needed, dtype=np.float64) / WAD, rows)

    def accounts_on_chain(self, view: View, accounts: Sequence[bytes]) -> list[ChainAccount]:
        """Read every position's collateral and size from its own token's record."""
        cash = dict.fromkeys(accounts, 0)
        sizes = {account: [0] * len(self.markets) for account in accounts}
        for column, (market, site) in enumerate(self.sites.items()):
            tokens = [token for name, token in sorted(self.state.open) if name == market]
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
        pools = collateral = worth = lost = 0
        for site in self.sites.values():
            pools += site.read(view, "quote", "balanceOf", site.address("pool"))
            collateral += site.read(view, "quote", "balanceOf", site.address("collateral"))
            worth += site.read(view, "pool", "getTotalPoolValueQuote")
            lost += site.read(view, "pool", "liquidationInsolventAmount")
        house = self.house_accounts.values()
        owners = [account for account in self.book.index if account not in house]
        put_up = sum(found.cash_wad for found in self.accounts_on_chain(view, owners))
        return Solvency(
            token_balance_wad=pools + collateral,
            deposits_wad=self.state.paid_in,
            withdrawals_wad=self.state.paid_out,
            liabilities_wad=put_up + self._others_wad + pools,
            recorded_deficit_wad=0,
            counterparty_wad=pools,
            items={"pool_worth": worth, "insolvent_liquidations": lost},
        )
