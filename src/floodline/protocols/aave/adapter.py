"""Aave v3 behind the adapter interface: one pool, dollars lent against each market's asset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt

from floodline.artifacts.load import load_package
from floodline.foundation.units import FEED, USDC
from floodline.protocols.aave.following import PoolFollower, Reserves
from floodline.protocols.aave.ledger import PoolLedger, ray_mul
from floodline.protocols.aave.reasons import reason_names
from floodline.protocols.aave.settings import AaveParameters, AaveSettings
from floodline.protocols.deploying.plan import Plan
from floodline.protocols.deploying.site import Site
from floodline.protocols.interface import Call, ChainAccount, Health, SetupChain, Solvency, View
from floodline.protocols.porting.adapter import EVERYTHING, SETUP_GAS
from floodline.protocols.porting.lending import (
    DOLLAR_WAD,
    Dealer,
    LendingAdapter,
    liquidators_gain,
    margin_health,
)
from floodline.protocols.porting.parties import LENDERS, NOBODY, TREASURY
from floodline.protocols.porting.standing import choose, ensure_mintable
from floodline.protocols.registry import PROTOCOLS
from floodline.toolchain.artifact import Artifacts

_HERE: Final = Path(__file__).parent
_TOKENS: Final = {"ETH": ("MockWETH", 18), "BTC": ("MockWBTC", 8)}
_ANY_TOKEN: Final = ("MockWETH", 18)
_BP: Final = 10_000
_CLOSE_ALL_BELOW: Final = 0.95
"""Health factor from which the whole debt may be repaid at once, not half of it."""
_TRADE_GAS: Final = 900_000
_CHUNK: Final = 100


@dataclass(frozen=True)
class Risk:
    """A collateral's parameters, as the pool tells them."""

    decimals: int
    ltv: float
    threshold: float
    bonus: float
    fee: float


@PROTOCOLS.register(
    "aave",
    AaveParameters,
    description="Aave v3 as published on npm: dollars lent against collateral, a close factor; "
    "debt that its collateral does not cover stays on the pool's books.",
)
class AaveAdapter(LendingAdapter[PoolLedger]):
    """``@aave/core-v3``, unmodified, with tokens, feeds and a dealer of ours.

    Parameters
    ----------
    parameters : AaveParameters
        Capital and risk parameters, or a pool that stands.
    markets : Sequence[str]
        The collateral.
    artifacts : Artifacts
        Our own contracts.

    """

    name: ClassVar[str] = "aave"
    funding_payments: ClassVar[bool] = False
    lender: ClassVar[str] = "pool"
    liquidation_uses: ClassVar[int] = 390_000
    unblocked_by: ClassVar[Mapping[str, str]] = {
        "HEALTH_FACTOR_NOT_BELOW_THRESHOLD": "a lower price on chain: by the pool's own prices the "
        "account is healthy",
        "RESERVE_PAUSED": "an end of the reserve's pause",
        "RESERVE_INACTIVE": "an active reserve",
        "PRICE_ORACLE_SENTINEL_CHECK_FAILED": "a sequencer that is up, and the end of its grace "
        "period",
        "COLLATERAL_CANNOT_BE_LIQUIDATED": "another collateral of the same account",
        "SPECIFIED_CURRENCY_NOT_BORROWED_BY_USER": "nothing: the debt is repaid",
        "ERC20InsufficientBalance": "more dollars in the keeper's wallet",
        "ERC20InsufficientAllowance": "a keeper that lets the pool take its dollars",
    }

    def __init__(
        self, parameters: AaveParameters, *, markets: Sequence[str], artifacts: Artifacts
    ) -> None:
        super().__init__(
            load_package("aave"),
            PoolLedger(),
            markets=markets,
            artifacts=artifacts,
            standing=parameters.all_standing(),
        )
        self.settings = parameters.settings(AaveSettings)
        self._liquidity = round(parameters.liquidity_usd * USDC)
        self._risk: dict[str, Risk] = {}
        self._reserves: Reserves

    @property
    def partial_liquidation(self) -> bool:
        """Above a health factor of 0.95 half of the debt may be repaid at once."""
        return True

    def loan_to_value(self, market: str) -> float:
        """Return the loan to value at which borrowing ends."""
        return self._risk[market].ltv

    # ---- setting up -----------------------------------------------------------------------------

    def deploy_shared(self, chain: SetupChain) -> None:
        """Deploy the pool with its oracle, or find them; list the dollar; set up the dealer."""
        site, standing = self.site, self.site.standing
        if standing:
            site.run(Plan.load(_HERE / "standing.yaml"), chain, found=standing["provider"])
            standing["dollar"] = choose(site, "dollar", ("USDC", "mUSDC"))
            site.bind("dollar", "floodline:MockUSDC", standing["dollar"])
            ensure_mintable(chain, site, "dollar")
        else:
            site.run(Plan.load(_HERE / "deploy.yaml"), chain, **self._given())
        dollar = site.address("dollar")
        claim, _, debt = self._list(chain, site.annex(), "dollar", dollar, FEED, 6)
        site.bind("claim", "AToken", claim)
        site.bind("debt", "VariableDebtToken", debt)
        site.deploy(chain, "desk", "floodline:AaveDesk", site.address("pool"), dollar, debt)
        if not standing:
            borrowing = ("setReserveBorrowing", dollar, True)
            chain.send(chain.deployer, site.call("configurator", *borrowing, gas=SETUP_GAS))
        for role in ("pool", "dollar", "claim", "debt"):
            self.listen(role, site, role)

    def _given(self) -> dict[str, object]:
        """Return the parameters of a pool of our own, as its contracts take them."""
        given = self.settings
        rates = ("optimal_usage", "base_rate", "slope_1", "slope_2")
        shares = ("ltv", "liquidation_threshold", "protocol_fee", "reserve_factor")
        return {
            "nobody": NOBODY,
            "treasury": TREASURY,
            **{name: round(getattr(given, name) * 10**9) * 10**18 for name in rates},
            **{name: round(getattr(given, name) * _BP) for name in shares},
            "liquidation_bonus": round((1 + given.liquidation_bonus) * _BP),
        }

    def deploy_market(self, chain: SetupChain, site: Site, market: str, price_e8: int) -> None:
        """List a collateral with the pool, or find it there."""
        standing = bool(self.site.standing)
        if standing:
            token = choose(self.site, market, (market, f"W{market}", f"mW{market}"))
            site.bind("token", "floodline:MockWETH", token)
            ensure_mintable(chain, site, "token")
            decimals = site.read(chain.view, "token", "decimals")
        else:
            contract, decimals = _TOKENS.get(market, _ANY_TOKEN)
            token = site.deploy(chain, "token", f"floodline:{contract}")
        receipt, _, _ = self._list(chain, site, market, token, price_e8, decimals)
        site.run(Plan.load(_HERE / ("list.yaml" if standing else "collateral.yaml")), chain)
        self.site.bind(f"receipt_{market}", "AToken", receipt)
        self.listen("receipt", self.site, f"receipt_{market}", market)
        read = self.site.read
        _, *shares = read(chain.view, "data", "getReserveConfigurationData", token)[:4]
        fee = read(chain.view, "data", "getLiquidationProtocolFee", token)
        ltv, threshold, bonus, fee = (share / _BP for share in (*shares, fee))
        self._risk[market] = Risk(decimals, ltv, threshold, bonus - 1, fee)

    def _list(
        self, chain: SetupChain, site: Site, what: str, token: bytes, price_e8: int, decimals: int
    ) -> tuple[bytes, bytes, bytes]:
        """Give a token a feed and a reserve; return what the pool keeps claims and debts in."""
        self.deploy_feed(chain, site, what, price_e8)
        plan = Plan.load(_HERE / ("adopt.yaml" if self.site.standing else "reserve.yaml"))
        site.run(plan, chain, token=token, symbol=what, decimals=decimals)
        receipt, stable, debt = site.outputs["tokens"]
        return receipt, stable, debt

    def deploy_last(self, chain: SetupChain) -> None:
        """Begin with the dollar's reserve as it stands, and supply the lenders' dollars."""
        site, ledger, view = self.site, self.state, chain.view
        dollar, receipts = site.address("dollar"), [f"receipt_{name}" for name in self.markets]
        treasuries = [site.read(view, name, "RESERVE_TREASURY_ADDRESS") for name in receipts]
        self._reserves = Reserves(
            dollar,
            {self.sites[market].address("token"): market for market in self.markets},
            {market: risk.decimals for market, risk in self._risk.items()},
            frozenset([site.address("desk"), *treasuries]),
        )
        reserve = site.read(view, "pool", "getReserveData", dollar)
        self.state = replace(
            ledger,
            claims={LENDERS: site.read(view, "claim", "scaledBalanceOf", LENDERS)},
            liquidity_index=reserve["liquidityIndex"],
            borrow_index=reserve["variableBorrowIndex"],
            paid_in=site.read(view, "dollar", "balanceOf", site.address("claim")),
        )
        self.give(chain, chain.deployer, self._liquidity, "pool")
        supply = site.call("pool", "supply", dollar, self._liquidity, LENDERS, 0, gas=SETUP_GAS)
        chain.send(chain.deployer, supply)

    def allowances(self) -> Sequence[Call]:
        """Return an account's leave for the dealer to borrow for it and to sell its collateral."""
        allowances = [("debt", "approveDelegation")]
        allowances += [(f"receipt_{market}", "approve") for market in self.markets]
        desk = self.site.address("desk")
        return [
            self.site.call(name, function, desk, EVERYTHING, gas=SETUP_GAS)
            for name, function in allowances
        ]

    # ---- what actors do -------------------------------------------------------------------------

    def buy(self, market: str, size_wad: int, limit_wad: int) -> Call:
        """Return the purchase of collateral through the dealer."""
        units = size_wad // 10 ** (18 - self._risk[market].decimals)
        return self._trade(market, "open", units, limit_wad // 10**10)

    def sell(self, market: str, size_wad: int, limit_wad: int) -> Call:
        """Return the sale of all collateral of a market through the dealer."""
        del size_wad
        return self._trade(market, "close", limit_wad // 10**10)

    def _trade(self, market: str, function: str, *arguments: int) -> Call:
        given = (self.sites[market].address("token"), *arguments)
        return self.act(market, "desk", function, *given, gas=_TRADE_GAS, kind=function)

    def liquidate(self, account: bytes, market: str) -> Call:
        """Return a keeper's call: as much as the close factor allows, for the collateral itself."""
        tokens = (self.sites[market].address("token"), self.site.address("dollar"))
        arguments = (*tokens, account, EVERYTHING, False)
        call = self.act(
            market, "pool", "liquidationCall", *arguments, gas=_TRADE_GAS, kind="liquidate"
        )
        return replace(call, subject=account)

    def expected_reward_usd(self, notional_usd: float, equity_usd: float, gas_usd: float) -> float:
        """Return the bonus on what may be repaid, less the treasury's share.

        $5,000 of collateral with $4,300 of debt have a health factor of 0.965 at a threshold of
        0.83: half, 2,150, is repaid; of the bonus of 5 %, 107.5, nine tenths stay: $96.75.
        """
        del gas_usd
        risk, debt = self._risk[self.markets[0]], notional_usd - equity_usd
        healthy = notional_usd * risk.threshold > _CLOSE_ALL_BELOW * debt
        return liquidators_gain(notional_usd, debt, risk.bonus, 0.5 if healthy else 1.0, risk.fee)

    # ---- what happened --------------------------------------------------------------------------

    def follower(self, state: PoolLedger, timestamp_s: int) -> PoolFollower:
        """Return what takes a block's logs."""
        dealer = Dealer(self.site.address("desk"), self.site.address("claim"))
        return PoolFollower(state, timestamp_s, dealer, self._reserves)

    def cash_wad(self, accounts: Sequence[bytes]) -> Mapping[bytes, int]:
        """Return claims less debts, interest up to the last update included."""
        ledger = self.state
        return {one: ledger.claim_wad(one) - ledger.debt_wad(one) for one in accounts}

    def reason_codes(self) -> Mapping[str, str]:
        """Return the names of the pool's reason codes."""
        return reason_names()

    # ---- how things stand -----------------------------------------------------------------------

    def health(self, view: View, accounts: Sequence[bytes]) -> Health:
        """Ask the pool for each account's collateral, debt and threshold."""
        reads = [("pool", "getUserAccountData", (account,)) for account in accounts]
        answers = self.site.read_many(view, reads, _CHUNK)
        found = np.array([answer[:4] for answer in answers], dtype=np.float64).reshape(-1, 4)
        return margin_health(found[:, 0] / FEED, found[:, 1] / FEED, found[:, 3] / _BP)

    def health_at(self, prices_usd: npt.NDArray[np.float64], time_s: float) -> Health:
        """Return what the pool would say of every account in the book at other prices."""
        values, cash = self.book.size * prices_usd, self.book.cash
        owed = np.where(cash < 0, cash * self.state.growth(time_s), cash)
        left = 1 - np.array([self._risk[market].threshold for market in self.markets])
        notional = values.sum(axis=1)
        return Health(notional + owed, values @ left, notional)

    def accounts_on_chain(self, view: View, accounts: Sequence[bytes]) -> list[ChainAccount]:
        """Read collateral and debt exactly; interest up to the reserve's last update."""
        site = self.site
        reserve = site.read(view, "pool", "getReserveData", site.address("dollar"))
        names = ["debt", "claim", *(f"receipt_{name}" for name in self.markets)]
        reads = [(name, "scaledBalanceOf", (account,)) for account in accounts for name in names]
        answers = site.read_many(view, reads, _CHUNK)
        found = []
        for place in range(len(accounts)):
            debt, claim, *held = answers[place * len(names) : (place + 1) * len(names)]
            cash = ray_mul(claim, reserve["liquidityIndex"])
            cash -= ray_mul(debt, reserve["variableBorrowIndex"])
            sizes = [
                self._reserves.to_wad(market, units)
                for market, units in zip(self.markets, held, strict=True)
            ]
            found.append(ChainAccount(cash * DOLLAR_WAD, sizes, [0] * len(sizes)))
        return found

    def solvency(self, view: View) -> Solvency:
        """Read the dollar reserve's sheet from its own tokens, and what nothing stands behind."""
        site, ledger = self.site, self.state
        reserve = site.read(view, "pool", "getReserveData", site.address("dollar"))
        index = reserve["liquidityIndex"]
        claims = ray_mul(site.read(view, "claim", "scaledTotalSupply"), index)
        claims += ray_mul(reserve["accruedToTreasury"], index)
        scaled = site.read(view, "debt", "scaledTotalSupply")
        owing = [account for account, owed in ledger.debts.items() if owed]
        unbacked = sum(ledger.debt_wad(account) for account in owing if ledger.is_bare(account))
        return self.balance_sheet(
            site.read(view, "dollar", "balanceOf", site.address("claim")),
            claims,
            ray_mul(scaled, reserve["variableBorrowIndex"]),
            ledger.claim_wad(LENDERS) // DOLLAR_WAD,
            {"unbacked_debt": unbacked // DOLLAR_WAD},
        )
