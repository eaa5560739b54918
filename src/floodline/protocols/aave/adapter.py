"""Aave v3 behind the adapter interface: one pool, dollars lent against each market's asset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from floodline.foundation.units import FEED, WAD
from floodline.protocols.aave.decoding import Contracts, Decoder, PoolChanged
from floodline.protocols.aave.ledger import UNIT_WAD, PoolLedger, ray_mul
from floodline.protocols.aave.reasons import UNBLOCKED_BY, reason_names
from floodline.protocols.aave.settings import AaveParameters, AaveSettings
from floodline.protocols.deploying.plan import Plan
from floodline.protocols.deploying.site import Site
from floodline.protocols.events import ProtocolEvent
from floodline.protocols.interface import (
    Call,
    ChainAccount,
    Health,
    ProtocolAdapter,
    SetupChain,
    Solvency,
    Unsupported,
    View,
)
from floodline.protocols.registry import PROTOCOLS
from floodline.toolchain.artifact import Artifacts

_HERE: Final = Path(__file__).parent
_TOKENS: Final = {"ETH": ("MockWETH", 18), "BTC": ("MockWBTC", 8)}
_ANY_TOKEN: Final = ("MockWETH", 18)
_BP: Final = 10_000
_EVERYTHING: Final = 2**256 - 1
_CLOSE_ALL_BELOW: Final = 0.95
"""Health factor from which the whole debt may be repaid at once, not half of it."""

_OPEN_GAS: Final = 900_000
_CLOSE_GAS: Final = 900_000
_LIQUIDATE_GAS: Final = 900_000
_LIQUIDATION_USES: Final = 390_000
_SETUP_GAS: Final = 300_000
_KEEPER_DOLLARS: Final = 10**15
"""What each keeper can repay with: a thousand million dollars."""
_CHUNK: Final = 100

LENDERS: Final = keccak256(b"floodline lenders")[12:]
"""Whose claim all that is lent is; nobody holds its key."""
TREASURY: Final = keccak256(b"floodline treasury")[12:]


@PROTOCOLS.register(
    "aave",
    AaveParameters,
    description="Aave v3 as published on npm: dollars lent against collateral, a close factor; "
    "debt that its collateral does not cover stays on the pool's books.",
)
class AaveAdapter(ProtocolAdapter):
    """``@aave/core-v3``, unmodified, with tokens, feeds and a dealer of ours.

    Parameters
    ----------
    parameters : AaveParameters
        Capital and risk parameters.
    markets : Sequence[str]
        The collateral.
    artifacts : Artifacts
        Our own contracts.

    """

    name: ClassVar[str] = "aave"
    perps: ClassVar[bool] = False
    lending: ClassVar[bool] = True
    short_positions: ClassVar[bool] = False
    funding_payments: ClassVar[bool] = False
    rewindable: ClassVar[tuple[str, ...]] = ("book", "_ledger")

    def __init__(
        self, parameters: AaveParameters, *, markets: Sequence[str], artifacts: Artifacts
    ) -> None:
        super().__init__(markets)
        self.settings = parameters.settings(AaveSettings)
        self._parameters = parameters
        self._library = load_package("aave")
        self._ours = artifacts
        self._site = Site(self._library, artifacts)
        self._ledger = PoolLedger()
        self._contracts: Contracts
        self._decoder: Decoder

    @property
    def code_digest(self) -> str:
        """The package's digest."""
        return self._library.digest

    @property
    def partial_liquidation(self) -> bool:
        """Above a health factor of 0.95 half of the debt may be repaid at once."""
        return True

    # ---- setting up -----------------------------------------------------------------------------

    def deploy(
        self, chain: SetupChain, prices_e8: Mapping[str, int], publishers: Sequence[bytes]
    ) -> None:
        """Deploy pool, oracle, tokens and feeds; lend what there is to lend."""
        site, given = self._site, self.settings
        rates = {
            name: round(getattr(given, name) * 10**9) * 10**18
            for name in ("optimal_usage", "base_rate", "slope_1", "slope_2")
        }
        shares = {
            name: round(getattr(given, name) * _BP)
            for name in ("ltv", "liquidation_threshold", "protocol_fee", "reserve_factor")
        }
        shares["liquidation_bonus"] = round((1 + given.liquidation_bonus) * _BP)
        parties = {"nobody": bytes(20), "treasury": TREASURY}
        site.run(Plan.load(_HERE / "deploy.yaml"), chain, **parties, **rates, **shares)
        allowed = [chain.deployer, *publishers]
        reserve = Plan.load(_HERE / "reserve.yaml")
        self._feed(chain, "dollar", FEED, allowed)
        self._reserve(chain, reserve, "dollar", 6)
        site.deploy(chain, "desk", "floodline:AaveDesk", site.address("pool"), *self._borrowed)
        configure = [("setReserveBorrowing", site.address("dollar"), True)]
        for function, *arguments in configure:
            call = site.call("configurator", function, *arguments, gas=_SETUP_GAS)
            chain.send(chain.deployer, call)
        for market in self.markets:
            contract, decimals = _TOKENS.get(market, _ANY_TOKEN)
            site.deploy(chain, market, f"floodline:{contract}")
            self._feed(chain, market, prices_e8[market], allowed)
            self._reserve(chain, reserve, market, decimals)
            site.run(Plan.load(_HERE / "collateral.yaml"), chain)
        self._remember()
        self._lend(chain)

    @property
    def _borrowed(self) -> tuple[bytes, bytes]:
        return self._site.address("dollar"), self._site.address("debt_dollar")

    def _feed(
        self, chain: SetupChain, what: str, price_e8: int, publishers: Sequence[bytes]
    ) -> None:
        """Deploy a feed and publish its first price."""
        bounds = (1, 10**18, 86_400, WAD // 200)
        site = self._site
        name = f"feed_{what}"
        site.deploy(chain, name, "floodline:PushFeed", what, *bounds, list(publishers))
        call = site.call(name, "transmit", price_e8, chain.now_s - 1, gas=_SETUP_GAS)
        chain.send(chain.deployer, call)

    def _reserve(self, chain: SetupChain, plan: Plan, what: str, decimals: int) -> None:
        """List a token with the pool, and name the pool's tokens for it."""
        site = self._site
        given = {
            "token": site.address(what),
            "source": site.address(f"feed_{what}"),
            "symbol": what,
            "decimals": decimals,
        }
        site.run(plan, chain, **given)
        receipt, _, debt = site.outputs["tokens"]
        site.bind(f"receipt_{what}", "AToken", receipt)
        site.bind(f"debt_{what}", "VariableDebtToken", debt)

    def _remember(self) -> None:
        """Note where logs come from."""
        site, markets = self._site, self.markets
        self._contracts = Contracts(
            pool=site.address("pool"),
            dollar=site.address("dollar"),
            desk=site.address("desk"),
            treasury=TREASURY,
            claim=site.address("receipt_dollar"),
            debt=site.address("debt_dollar"),
            receipts={site.address(f"receipt_{market}"): market for market in markets},
            feeds={site.address(f"feed_{market}"): market for market in markets},
            tokens={site.address(market): market for market in markets},
            decimals={market: _TOKENS.get(market, _ANY_TOKEN)[1] for market in markets},
        )
        names = ["pool", "dollar", "receipt_dollar", "debt_dollar"]
        names += [f"{kind}_{market}" for market in markets for kind in ("receipt", "feed")]
        self._decoder = Decoder(
            self._contracts, {site.address(name): site.interface(name) for name in names}
        )

    def _lend(self, chain: SetupChain) -> None:
        """Supply the lenders' dollars."""
        units, dollar = round(self._parameters.liquidity_usd * 10**6), self._site.address("dollar")
        for name, function, arguments in (
            ("dollar", "mintFor", (chain.deployer, units, self._contracts.pool)),
            ("pool", "supply", (dollar, units, LENDERS, 0)),
        ):
            call = self._site.call(name, function, *arguments, gas=_SETUP_GAS)
            chain.send(chain.deployer, call)

    def fund(self, chain: SetupChain, deposits_wad: Mapping[bytes, int]) -> None:
        """Give accounts dollars, and let the dealer act for them."""
        desk = self._contracts.desk
        allowances = [("debt_dollar", "approveDelegation")]
        allowances += [(f"receipt_{market}", "approve") for market in self.markets]
        for account, amount in deposits_wad.items():
            mint = self._site.call(
                "dollar", "mintFor", account, amount // UNIT_WAD, desk, gas=_SETUP_GAS
            )
            chain.send(chain.deployer, mint)
            for name, function in allowances:
                allow = self._site.call(name, function, desk, _EVERYTHING, gas=_SETUP_GAS)
                chain.send(account, allow)

    def fund_keepers(self, chain: SetupChain, keepers: Sequence[bytes]) -> None:
        """Give keepers the dollars that they repay with, and let the pool take them."""
        for keeper in keepers:
            arguments = (keeper, _KEEPER_DOLLARS, self._contracts.pool)
            call = self._site.call("dollar", "mintFor", *arguments, gas=_SETUP_GAS)
            chain.send(chain.deployer, call)

    def bytecode_hashes(self) -> dict[str, str]:
        """SHA-256 of each deployed contract's creation code."""
        return dict(sorted(self._site.bytecode_hashes.items()))

    def allowed_notional_usd(
        self, market: str, margin_usd: float, side: int, skew: float, price_usd: float
    ) -> tuple[float, float]:
        """Return what may be bought on credit: ``margin / (1 - LTV)``; nothing can be sold short.

        $1,000 at a loan to value of 0.8 buy $5,000 of collateral, $4,000 of it borrowed.
        """
        del market, skew, price_usd
        if side < 0:
            return 1.0, 0.0
        return 1.0, margin_usd / (1 - self.settings.ltv)

    # ---- what actors do -------------------------------------------------------------------------

    def open(self, market: str, size_delta_wad: int, acceptable_price_wad: int) -> Call:
        """Return the purchase of collateral through the dealer."""
        if size_delta_wad < 0:
            raise Unsupported(self.name, "short positions")
        units = size_delta_wad // 10 ** (18 - self._contracts.decimals[market])
        limit = acceptable_price_wad // 10**10
        return self._desk("open", market, units, limit, gas=_OPEN_GAS)

    def close(self, account: bytes, market: str, acceptable_price_wad: int) -> Call | None:
        """Return the sale of all collateral of a market through the dealer."""
        row = self.book.index.get(account)
        if row is None or not self.book.size_wad[row][self.book.market_index[market]]:
            return None
        return self._desk("close", market, acceptable_price_wad // 10**10, gas=_CLOSE_GAS)

    def _desk(self, function: str, market: str, *arguments: int, gas: int) -> Call:
        token = self._site.address(market)
        data = self._site.interface("desk").encode(function, token, *arguments)
        return Call(self._contracts.desk, data, gas, function, market=market)

    def liquidate(self, account: bytes, market: str) -> Call:
        """Return a keeper's call: as much as the close factor allows, for the collateral itself."""
        arguments = (
            self._site.address(market),
            self._contracts.dollar,
            account,
            _EVERYTHING,
            False,
        )
        data = self._site.interface("pool").encode("liquidationCall", *arguments)
        return Call(self._contracts.pool, data, _LIQUIDATE_GAS, "liquidate", 0, account, market)

    def push_price(self, market: str, price_e8: int, observed_s: int) -> Call:
        """Return a publisher's update."""
        data = self._site.interface(f"feed_{market}").encode("transmit", price_e8, observed_s)
        to = self._site.address(f"feed_{market}")
        return Call(to, data, _SETUP_GAS, "push_price", market=market)

    def expected_reward_usd(self, notional_usd: float, equity_usd: float, gas_usd: float) -> float:
        """Return the bonus on what may be repaid, less the treasury's share.

        $5,000 of collateral with $4,300 of debt have a health factor of 0.965 at a threshold of
        0.83: half, 2,150, is repaid; of the bonus of 5 %, 107.5, nine tenths stay: $96.75.
        """
        del gas_usd
        given = self.settings
        debt = notional_usd - equity_usd
        if debt <= 0:
            return 0.0
        factor = notional_usd * given.liquidation_threshold / debt
        share = 0.5 if factor > _CLOSE_ALL_BELOW else 1.0
        repaid = min(debt * share, notional_usd / (1 + given.liquidation_bonus))
        return repaid * given.liquidation_bonus * (1 - given.protocol_fee)

    def liquidation_gas(self) -> int:
        """Return what a liquidation was measured to use; the pool itself reckons with none."""
        return _LIQUIDATION_USES

    # ---- what happened --------------------------------------------------------------------------

    def decode(self, logs: Sequence[Log], timestamp_s: int) -> list[ProtocolEvent]:
        """Return the protocol's events among these logs."""
        return self._decoder.decode(logs, timestamp_s, self._ledger)

    def apply(self, events: Sequence[ProtocolEvent]) -> None:
        """Bring the book up to date: positions by their events, debts by the pool's ledger."""
        self.book.apply(events)
        changed = [event for event in events if isinstance(event, PoolChanged)]
        if not changed:
            return
        self._ledger = changed[-1].ledger
        self.book.set_cash(LENDERS, self._ledger.claim_wad(LENDERS))
        for account in list(self.book.index):
            if account != LENDERS:
                self.book.set_cash(account, -self._ledger.debt_wad(account))

    def explain_revert(self, data: bytes) -> str:
        """Return the pool's reason by its name, or whichever error it is."""
        return self._reverts.explain(data)

    def unblocks(self, revert: Revert) -> str:
        """Return what would let a liquidation succeed."""
        reason = str(revert.arguments.get("reason", ""))
        return UNBLOCKED_BY.get(reason_names().get(reason, revert.name), "")

    @cached_property
    def _reverts(self) -> RevertDecoder:
        ours = [artifact.abi for artifact in self._ours.values()]
        return RevertDecoder([self._library.error_abi(), *ours], reason_names())

    # ---- how things stand -----------------------------------------------------------------------

    def health(self, view: View, accounts: Sequence[bytes]) -> Health:
        """Ask the pool for each account's collateral, debt and threshold."""
        answers = self._site.read_many(
            view, [("pool", "getUserAccountData", (account,)) for account in accounts], _CHUNK
        )
        found = np.array([answer[:4] for answer in answers], dtype=np.float64).reshape(-1, 4)
        collateral, debt = found[:, 0] / FEED, found[:, 1] / FEED
        return Health(collateral - debt, collateral * (1 - found[:, 3] / _BP), collateral)

    def health_at(self, prices_usd: npt.NDArray[np.float64], time_s: float) -> Health:
        """Return what the pool would say of every account in the book at other prices."""
        notional = (self.book.size * prices_usd).sum(axis=1)
        cash = self.book.cash
        owed = np.where(cash < 0, cash * self._ledger.growth(time_s), cash)
        margin = notional * (1 - self.settings.liquidation_threshold)
        return Health(notional + owed, margin, notional)

    def accounts_on_chain(self, view: View, accounts: Sequence[bytes]) -> list[ChainAccount]:
        """Read collateral and debt exactly; interest up to the reserve's last update."""
        reserve = self._site.read(view, "pool", "getReserveData", self._contracts.dollar)
        names = ["debt_dollar", "receipt_dollar", *(f"receipt_{name}" for name in self.markets)]
        reads = [(name, "scaledBalanceOf", (account,)) for account in accounts for name in names]
        answers = self._site.read_many(view, reads, _CHUNK)
        found = []
        for place in range(len(accounts)):
            debt, claim, *held = answers[place * len(names) : (place + 1) * len(names)]
            cash = ray_mul(claim, reserve["liquidityIndex"])
            cash -= ray_mul(debt, reserve["variableBorrowIndex"])
            sizes = [
                self._contracts.to_wad(market, units)
                for market, units in zip(self.markets, held, strict=True)
            ]
            found.append(ChainAccount(cash * UNIT_WAD, sizes, [0] * len(sizes)))
        return found

    def solvency(self, view: View) -> Solvency:
        """Read the dollar reserve's sheet from its own tokens, and what nothing stands behind."""
        site, ledger, contracts = self._site, self._ledger, self._contracts
        reserve = site.read(view, "pool", "getReserveData", contracts.dollar)
        index = reserve["liquidityIndex"]
        claims = ray_mul(site.read(view, "receipt_dollar", "scaledTotalSupply"), index)
        claims += ray_mul(reserve["accruedToTreasury"], index)
        loans = site.read(view, "debt_dollar", "scaledTotalSupply")
        bare = [account for account, owed in ledger.debts.items() if owed]
        unbacked = sum(ledger.debt_wad(account) for account in bare if ledger.is_bare(account))
        held = site.read(view, "dollar", "balanceOf", contracts.claim)
        return Solvency(
            token_balance_wad=held * UNIT_WAD,
            deposits_wad=ledger.paid_in * UNIT_WAD,
            withdrawals_wad=ledger.paid_out * UNIT_WAD,
            liabilities_wad=claims * UNIT_WAD,
            recorded_deficit_wad=0,
            receivables_wad=ray_mul(loans, reserve["variableBorrowIndex"]) * UNIT_WAD,
            counterparty_wad=ledger.claim_wad(LENDERS),
            items={"unbacked_debt": unbacked},
        )

    @property
    def house_accounts(self) -> dict[str, bytes]:
        """The lenders."""
        return {"counterparty": LENDERS}
