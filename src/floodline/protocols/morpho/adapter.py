"""Morpho Blue behind the adapter interface: unmodified, from its npm package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt

from floodline.artifacts.reverts import RevertDecoder
from floodline.chain.abi import ContractInterface, Revert
from floodline.chain.node import Log
from floodline.foundation.units import FEED, USDC, WAD
from floodline.protocols.events import DeficitCovered, Liquidated, PriceUpdated, ProtocolEvent
from floodline.protocols.interface import (
    Call,
    ChainAccount,
    Health,
    ProtocolAdapter,
    SetupChain,
    Solvency,
    View,
)
from floodline.protocols.morpho.deployment import OURS, Deployment, deploy, morpho_library
from floodline.protocols.morpho.mirror import MarketBooks, Moved
from floodline.protocols.morpho.parameters import YEAR_S, MorphoParameters, MorphoSettings
from floodline.protocols.registry import PROTOCOLS
from floodline.toolchain.compile import Artifacts

_DOLLAR_WAD: Final = WAD // USDC
"""WAD dollars of one unit of the loan token."""
_GAS: Final = {"open": 600_000, "close": 500_000, "liquidate": 400_000, "push": 150_000}
_LIQUIDATION_GAS: Final = 128_000
"""The dearest of a flooded run of data/campaigns/morpho-flood.yaml."""
_LARGEST_INCENTIVE: Final = 1.15
_CURSOR: Final = 0.3
_READ_AT_ONCE: Final = 200
_MOVES: Final = {
    "Supply": "onBehalf",
    "Withdraw": "onBehalf",
    "Borrow": "onBehalf",
    "Repay": "onBehalf",
    "SupplyCollateral": "onBehalf",
    "WithdrawCollateral": "onBehalf",
}


@PROTOCOLS.register(
    "morpho",
    MorphoParameters,
    description="Morpho Blue 1.0.0, unmodified from npm: isolated lending markets, each of one "
    "collateral against dollars; bad debt falls on the lenders at once.",
)
class MorphoAdapter(ProtocolAdapter):
    """Leveraged longs as collateral and debt on Morpho Blue.

    Parameters
    ----------
    parameters : MorphoParameters
        Lenders' capital, overrides, the address of a deployment that stands.
    markets : Sequence[str]
        Markets to open, one isolated Morpho market each.
    artifacts : Artifacts
        Our own compiled contracts.

    """

    name: ClassVar[str] = "morpho"
    perps: ClassVar[bool] = False
    lending: ClassVar[bool] = True
    short_positions: ClassVar[bool] = False
    rewindable: ClassVar[tuple[str, ...]] = ("book", "_books", "_price_e8", "_block_s")

    def __init__(
        self, parameters: MorphoParameters, *, markets: Sequence[str], artifacts: Artifacts
    ) -> None:
        super().__init__(markets)
        self._parameters = parameters
        self._settings = parameters.settings(MorphoSettings)
        self._artifacts = artifacts
        self._library = morpho_library()
        self._morpho = self._library.interface("Morpho")
        self._events = self._library.interface("EventsLib")
        self._abi = {name: ContractInterface(artifacts[name].abi) for name in OURS}
        self._reverts = RevertDecoder([artifacts[name].abi for name in OURS])
        self._books = {market: MarketBooks() for market in markets}
        self._price_e8 = dict.fromkeys(markets, 0)
        self._block_s = 0
        self._deployment: Deployment
        self._market_of: dict[bytes, str] = {}
        self._lender = b""
        lltv = self._settings.lltv
        self._incentive = min(_LARGEST_INCENTIVE, 1 / (1 - _CURSOR * (1 - lltv)))

    # ---- setting up -----------------------------------------------------------------------------

    @property
    def partial_liquidation(self) -> bool:
        """Always: a liquidator chooses how much it repays or seizes."""
        return True

    @property
    def code_digest(self) -> str:
        """Digest of Morpho Blue's sources, compiler and settings."""
        return self._library.digest

    def deploy(
        self, chain: SetupChain, prices_e8: Mapping[str, int], publishers: Sequence[bytes]
    ) -> None:
        """Deploy Morpho Blue unless it stands, open the markets, and lend to them."""
        self._lender = chain.deployer
        self._price_e8 = dict(prices_e8)
        self._deployment = found = deploy(
            chain, self._artifacts, self._parameters, prices_e8, publishers
        )
        self._market_of = {market.market_id: name for name, market in found.markets.items()}
        each = round(self._parameters.liquidity_usd * USDC) // len(found.markets)
        self._mint(chain, chain.deployer, each * len(found.markets), found.morpho)
        for market in found.markets.values():
            data = self._morpho.encode("supply", market.params, each, 0, chain.deployer, b"")
            chain.send(chain.deployer, Call(found.morpho, data, _GAS["open"], "supply"))

    def fund(self, chain: SetupChain, deposits_wad: Mapping[bytes, int]) -> None:
        """Put dollars into wallets, and let the desk act for each of them."""
        found = self._deployment
        allow = self._morpho.encode("setAuthorization", found.desk, True)
        for account, amount_wad in deposits_wad.items():
            self._mint(chain, account, amount_wad // _DOLLAR_WAD, found.desk)
            chain.send(account, Call(found.morpho, allow, 100_000, "setAuthorization"))

    def fund_keepers(self, chain: SetupChain, keepers: Sequence[bytes]) -> None:
        """Give keepers the dollars that a liquidation repays with."""
        for keeper in keepers:
            amount = round(self._settings.keeper_funds_usd * USDC)
            self._mint(chain, keeper, amount, self._deployment.morpho)

    def _mint(self, chain: SetupChain, to: bytes, units: int, spender: bytes) -> None:
        data = self._abi["MockUSDC"].encode("mintFor", to, units, spender)
        chain.send(chain.deployer, Call(self._deployment.dollar, data, 120_000, "mint"))

    def bytecode_hashes(self) -> dict[str, str]:
        """SHA-256 of each contract's creation code."""
        hashes = {name: self._artifacts[name].bytecode_hash for name in OURS}
        return {"Morpho": self._library.artifact("Morpho").bytecode_hash, **hashes}

    def allowed_notional_usd(
        self, market: str, margin_usd: float, side: int, skew: float, price_usd: float
    ) -> tuple[float, float]:
        """Return the largest collateral that dollars of one's own allow: ``margin / (1 - lltv)``.

        $5,000 at 0.86 allow $35,714 of collateral against $30,714 of debt. Nobody can be short.
        """
        del market, skew, price_usd
        if side < 0:
            return 1.0, 0.0
        return 0.0, margin_usd / (1 - self._settings.lltv)

    # ---- what actors do -------------------------------------------------------------------------

    def open(self, market: str, size_delta_wad: int, acceptable_price_wad: int) -> Call:
        """Buy collateral with one's own dollars and borrowed ones, through the desk."""
        most = max(size_delta_wad, 0) * acceptable_price_wad // WAD // _DOLLAR_WAD
        params = self._deployment.markets[market].params
        data = self._abi["MorphoDesk"].encode("open", params, max(size_delta_wad, 0), most)
        return Call(self._deployment.desk, data, _GAS["open"], "open", market=market)

    def close(self, account: bytes, market: str, acceptable_price_wad: int) -> Call | None:
        """Repay everything, sell the collateral."""
        held = self._books[market].collateral.get(account, 0)
        if not held:
            return None
        found = self._deployment.markets[market]
        least = held * acceptable_price_wad // WAD // _DOLLAR_WAD
        data = self._abi["MorphoDesk"].encode("close", found.params, found.market_id, least)
        return Call(self._deployment.desk, data, _GAS["close"], "close", market=market)

    def liquidate(self, account: bytes, market: str) -> Call:
        """Repay all debt where the collateral pays for it, else seize all collateral.

        Asking for more than there is underflows: the wrong choice reverts with Panic(0x11).
        """
        books, found = self._books[market], self._deployment.markets[market]
        held = books.collateral.get(account, 0)
        seize = self._settings.keeper_call == "seize"
        if self._settings.keeper_call == "best":
            value = held * self._price_e8[market] // (FEED * _DOLLAR_WAD)
            seize = books.debt_of(account) * self._incentive > value
        amounts = (held, 0) if seize else (0, books.debts.get(account, 0))
        data = self._morpho.encode("liquidate", found.params, account, *amounts, b"")
        to = self._deployment.morpho
        return Call(to, data, _GAS["liquidate"], "liquidate", 0, account, market)

    def takes_liquidation(self, account: bytes, market: str) -> bool:
        """Whether this very market's position is under water: markets are isolated."""
        books = self._books[market]
        value = books.collateral.get(account, 0) * self._price_e8[market] / FEED / _DOLLAR_WAD
        return books.debt_of(account) > value * self._settings.lltv

    def push_price(self, market: str, price_e8: int, observed_s: int) -> Call:
        """Return a publisher's update of the market's feed."""
        data = self._abi["PushFeed"].encode("transmit", price_e8, observed_s)
        feed = self._deployment.markets[market].feed
        return Call(feed, data, _GAS["push"], "push_price", market=market)

    def expected_reward_usd(self, notional_usd: float, equity_usd: float, gas_usd: float) -> float:
        """Return the incentive on what can be repaid: ``min(debt, value / LIF) (LIF - 1)``.

        At 0.86 LIF is ``1 / (1 - 0.3 * 0.14)`` = 1.0438: $20,000 of debt against $23,000 bring
        $876.83.
        """
        del gas_usd
        debt = notional_usd - equity_usd
        return min(debt, notional_usd / self._incentive) * (self._incentive - 1)

    def liquidation_gas(self) -> int:
        """Return the gas that one liquidation was measured to take."""
        return _LIQUIDATION_GAS

    # ---- what happened --------------------------------------------------------------------------

    def decode(self, logs: Sequence[Log], timestamp_s: int) -> list[ProtocolEvent]:
        """Return Morpho's moves, prices, and liquidations with what they left."""
        self._block_s = timestamp_s
        feeds = {market.feed: name for name, market in self._deployment.markets.items()}
        prices = dict(self._price_e8)
        held: dict[tuple[str, bytes], int] = {}
        found: list[ProtocolEvent] = []
        for log in logs:
            if log.address in feeds:
                event = self._abi["PushFeed"].decode_log(log)
                if event is not None and event.name == "PriceUpdated":
                    market, price = feeds[log.address], event.arguments["answer"]
                    prices[market] = price
                    place = (log.tx_index, log.log_index)
                    found.append(PriceUpdated(*place, market, price, event.arguments["observedAt"]))
            elif log.address == self._deployment.morpho:
                moved = self._moved(log)
                if moved is None:
                    continue
                key = (moved.market, moved.account)
                left = held.get(key, self._books[moved.market].collateral.get(moved.account, 0))
                left += _collateral_change(moved)
                held[key] = left
                found.append(moved)
                if moved.what == "Liquidate":
                    found += self._liquidation(log, moved, left, prices[moved.market])
        return found

    def _moved(self, log: Log) -> Moved | None:
        event = self._events.decode_log(log)
        given = event.arguments if event is not None else {}
        market = self._market_of.get(given.get("id", b""))
        if event is None or market is None:
            return None
        place = (log.tx_index, log.log_index, event.name, market)
        if event.name in _MOVES:
            return Moved(*place, given[_MOVES[event.name]], given["assets"], given.get("shares", 0))
        if event.name == "AccrueInterest":
            return Moved(*place, b"", given["interest"], given["feeShares"])
        if event.name == "Liquidate":
            return Moved(
                *place,
                given["borrower"],
                given["repaidAssets"],
                given["repaidShares"],
                given["seizedAssets"],
                given["badDebtAssets"],
                given["badDebtShares"],
            )
        return None

    def _liquidation(self, log: Log, moved: Moved, left: int, price_e8: int) -> list[ProtocolEvent]:
        event = self._events.decode_log(log)
        keeper = event.arguments["caller"] if event is not None else b""
        place = (log.tx_index, log.log_index)
        repaid_wad = moved.assets * _DOLLAR_WAD
        worth_wad = moved.seized * price_e8 // FEED
        price_wad = repaid_wad * WAD // moved.seized if moved.seized else 0
        found: list[ProtocolEvent] = [
            Liquidated(
                *place,
                moved.account,
                moved.market,
                keeper,
                moved.seized,
                left,
                price_wad,
                worth_wad - repaid_wad,
                0,
            )
        ]
        if moved.bad_debt:
            lost = moved.bad_debt * _DOLLAR_WAD
            found.append(DeficitCovered(*place, moved.account, lost, 0, lost, 0, 0))
        return found

    def apply(self, events: Sequence[ProtocolEvent]) -> None:
        """Follow Morpho's moves; then every balance of the markets that they touched."""
        self.book.apply(events)
        touched: set[str] = set()
        for event in events:
            if isinstance(event, PriceUpdated):
                self._price_e8[event.market] = event.price_e8
            elif isinstance(event, Moved):
                self._books[event.market].take(event, self._block_s)
                touched.add(event.market)
                if event.what == "SupplyCollateral":
                    tally = self.book.tally(event.account)
                    tally.trades += 1
                    tally.deposited += event.assets * self._price_e8[event.market] // FEED
        for market in sorted(touched):
            books = self._books[market]
            for account in {**books.collateral, **books.debts, **books.claims}:
                self.book.set_position(account, market, books.collateral.get(account, 0))
                self.book.set_cash(account, self._cash_wad(account))

    def _cash_wad(self, account: bytes) -> int:
        units = sum(
            books.claim_of(account) - books.debt_of(account) for books in self._books.values()
        )
        return units * _DOLLAR_WAD

    def explain_revert(self, data: bytes) -> str:
        """Return Morpho's reason, a panic in words, or an error of our doubles."""
        return self._reverts.explain(data)

    def unblocks(self, revert: Revert) -> str:
        """Return what Morpho's refusals of a liquidation wait for."""
        if revert.name == "Panic":
            return (
                "a liquidator that asks for less: where the collateral is worth less than the debt "
                "and its incentive, seizedAssets = all collateral instead of repaidShares = all"
            )
        reason = str(revert.arguments.get("reason", ""))
        if reason.startswith("transferFrom"):
            return "a liquidator with enough dollars, approved for Morpho"
        if reason == "position is healthy":
            return "the chain's price to stay below the threshold when the call executes"
        return ""

    # ---- how things stand -----------------------------------------------------------------------

    def health(self, view: View, accounts: Sequence[bytes]) -> Health:
        """Ask Morpho, interest included; an account is as healthy as its worst market."""
        debt, value = [], []
        for market in self.markets:
            held, owed, _, price = self._read(view, market, accounts, accrue=True)
            scale = price / 10**36 / USDC
            value.append(np.array(held, dtype=np.float64) * scale)
            debt.append(np.array(owed, dtype=np.float64) / USDC)
        return self._worst(np.array(value).T, np.array(debt).T)

    def health_at(self, prices_usd: npt.NDArray[np.float64], time_s: float) -> Health:
        """Return the same of every account of the book at other prices, with interest since."""
        debt = np.zeros(self.book.size.shape)
        for column, market in enumerate(self.markets):
            books = self._books[market]
            elapsed = max(0.0, time_s - books.updated_s)
            growth = 1 + self._settings.borrow_rate_year * elapsed / YEAR_S
            for account in books.debts:
                row = self.book.index[account]
                debt[row, column] = books.debt_of(account) / USDC * growth
        return self._worst(self.book.size * prices_usd, debt)

    def _worst(self, value: npt.NDArray[np.float64], debt: npt.NDArray[np.float64]) -> Health:
        equity, maintenance = value - debt, value * (1 - self._settings.lltv)
        column = np.argmin(equity - maintenance, axis=1) if len(value) else np.zeros(0, dtype=int)
        rows = np.arange(len(value))
        return Health(equity[rows, column], maintenance[rows, column], value[rows, column])

    def accounts_on_chain(self, view: View, accounts: Sequence[bytes]) -> list[ChainAccount]:
        """Read positions as of each market's last update, exactly."""
        cash = [0] * len(accounts)
        sizes = []
        for market in self.markets:
            held, owed, claims, _ = self._read(view, market, accounts, accrue=False)
            sizes.append(held)
            cash = [
                before + (claim - debt) * _DOLLAR_WAD
                for before, claim, debt in zip(cash, claims, owed, strict=True)
            ]
        none = [0] * len(self.markets)
        return [
            ChainAccount(amount, [held[place] for held in sizes], list(none))
            for place, amount in enumerate(cash)
        ]

    def _read(
        self, view: View, market: str, accounts: Sequence[bytes], *, accrue: bool
    ) -> tuple[list[int], list[int], list[int], int]:
        found: tuple[list[int], list[int], list[int]] = ([], [], [])
        lens, place = self._abi["MorphoLens"], self._deployment.markets[market]
        price = 0
        for start in range(0, max(1, len(accounts)), _READ_AT_ONCE):
            chosen = list(accounts[start : start + _READ_AT_ONCE])
            data = lens.encode("positions", place.params, place.market_id, chosen, accrue)
            *columns, price = lens.decode_output("positions", view(self._deployment.lens, data))
            for whole, part in zip(found, columns, strict=True):
                whole.extend(part)
        return (*found, price)

    def solvency(self, view: View) -> Solvency:
        """Read each market's totals, and the dollars that Morpho holds."""
        supplied = borrowed = 0
        for market in self._deployment.markets.values():
            data = self._morpho.encode("market", market.market_id)
            totals = _words(view(self._deployment.morpho, data))
            supplied, borrowed = supplied + totals[0], borrowed + totals[2]
        data = self._abi["MockUSDC"].encode("balanceOf", self._deployment.morpho)
        balance = int.from_bytes(view(self._deployment.dollar, data), "big")
        books = self._books.values()
        return Solvency(
            token_balance_wad=balance * _DOLLAR_WAD,
            deposits_wad=sum(one.paid_in for one in books) * _DOLLAR_WAD,
            withdrawals_wad=sum(one.paid_out for one in books) * _DOLLAR_WAD,
            liabilities_wad=supplied * _DOLLAR_WAD,
            recorded_deficit_wad=0,
            receivables_wad=borrowed * _DOLLAR_WAD,
            counterparty_wad=supplied * _DOLLAR_WAD,
            items={
                "interest": sum(one.interest for one in books) * _DOLLAR_WAD,
                "lenders_loss": sum(one.bad_debt for one in books) * _DOLLAR_WAD,
            },
        )

    @property
    def house_accounts(self) -> dict[str, bytes]:
        """The lenders, who stand behind every position; there is no fund."""
        return {"counterparty": self._lender}


def _collateral_change(moved: Moved) -> int:
    signs: dict[str, int] = {"SupplyCollateral": moved.assets, "WithdrawCollateral": -moved.assets}
    return signs.get(moved.what, -moved.seized)


def _words(data: bytes) -> list[int]:
    return [int.from_bytes(data[at : at + 32], "big") for at in range(0, len(data), 32)]
