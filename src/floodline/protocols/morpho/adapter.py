"""Morpho Blue behind the adapter interface: unmodified, from its npm package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt

from floodline.chain.keccak import keccak256
from floodline.foundation.units import FEED, USDC, WAD
from floodline.protocols.deploying.plan import Plan
from floodline.protocols.deploying.site import Site
from floodline.protocols.interface import Call, ChainAccount, Health, SetupChain, Solvency, View
from floodline.protocols.morpho.books import MarketBooks, MorphoFollower, MorphoState
from floodline.protocols.morpho.library import morpho_library
from floodline.protocols.morpho.settings import MorphoParameters, MorphoSettings
from floodline.protocols.porting.lending import (
    DOLLAR_WAD,
    Dealer,
    Floats,
    LendingAdapter,
    liquidators_gain,
    margin_health,
)
from floodline.protocols.porting.parties import LENDERS, NOBODY
from floodline.protocols.registry import PROTOCOLS
from floodline.toolchain.artifact import Artifacts

_HERE: Final = Path(__file__).parent
_YEAR_S: Final = 31_536_000
_OPEN_GAS: Final = 600_000
_CLOSE_GAS: Final = 500_000
_LIQUIDATE_GAS: Final = 400_000
_ALLOW_GAS: Final = 100_000
_LARGEST_INCENTIVE: Final = 1.15
_CURSOR: Final = 0.3
_READ_AT_ONCE: Final = 200


@PROTOCOLS.register(
    "morpho",
    MorphoParameters,
    description="Morpho Blue 1.0.0, unmodified from npm: isolated lending markets, each of one "
    "collateral against dollars; bad debt falls on the lenders at once.",
)
class MorphoAdapter(LendingAdapter[MorphoState]):
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
    lender: ClassVar[str] = "morpho"
    liquidation_uses: ClassVar[int] = 128_000
    """The dearest of a flooded run of data/campaigns/morpho-flood.yaml."""
    unblocked_by: ClassVar[Mapping[str, str]] = {
        "Panic": "a liquidator that asks for less: where the collateral is worth less than the "
        "debt and its incentive, seizedAssets = all collateral instead of repaidShares = all",
        "transferFrom": "a liquidator with enough dollars, approved for Morpho",
        "position is healthy": "the chain's price to stay below the threshold when the call "
        "executes",
    }

    def __init__(
        self, parameters: MorphoParameters, *, markets: Sequence[str], artifacts: Artifacts
    ) -> None:
        stands = parameters.standing("morpho")
        super().__init__(
            morpho_library(),
            MorphoState(books={market: MarketBooks() for market in markets}),
            markets=markets,
            artifacts=artifacts,
            standing={} if stands is None else {"morpho": stands, "rates": NOBODY},
        )
        self._settings = parameters.settings(MorphoSettings)
        self._rate_year = self._settings.borrow_rate_year if stands is None else 0.0
        self._liquidity = round(parameters.liquidity_usd * USDC) // len(markets)
        self.keeper_usd = self._settings.keeper_funds_usd
        lltv = self._settings.lltv
        self._incentive = min(_LARGEST_INCENTIVE, 1 / (1 - _CURSOR * (1 - lltv)))
        self._params: dict[str, tuple[object, ...]] = {}
        self._ids: dict[str, bytes] = {}

    @property
    def partial_liquidation(self) -> bool:
        """Always: a liquidator chooses how much it repays or seizes."""
        return True

    def loan_to_value(self, market: str) -> float:
        """Return the liquidation loan-to-value, at which borrowing ends too."""
        del market
        return self._settings.lltv

    # ---- setting up -----------------------------------------------------------------------------

    def deploy_shared(self, chain: SetupChain) -> None:
        """Deploy Morpho Blue unless it stands, the dollar, the dealer and the lens."""
        rate = round(self._rate_year * WAD) // _YEAR_S
        lltv = round(self._settings.lltv * 10_000) * (WAD // 10_000)
        self.site.run(Plan.load(_HERE / "deploy.yaml"), chain, rate=rate, lltv=lltv)

    def deploy_market(self, chain: SetupChain, site: Site, market: str, price_e8: int) -> None:
        """Open an isolated market of its own."""
        self.deploy_feed(chain, site, market, price_e8)
        site.run(Plan.load(_HERE / "market.yaml"), chain)
        *parties, lltv = (
            site.outputs[name] for name in ("dollar", "token", "oracle", "rates", "lltv")
        )
        words = [bytes(address).rjust(32, b"\0") for address in parties]
        self._params[market] = (*parties, lltv)
        self._ids[market] = keccak256(b"".join(words) + int(lltv).to_bytes(32, "big"))

    def deploy_last(self, chain: SetupChain) -> None:
        """Lend to every market."""
        site = self.site
        self.listen("morpho", site, "morpho", interface=self.library.interface("EventsLib"))
        self.listen("dollar", site, "dollar")
        self.give(chain, chain.deployer, self._liquidity * len(self.markets), "morpho")
        for params in self._params.values():
            arguments = (params, self._liquidity, 0, LENDERS, b"")
            chain.send(chain.deployer, site.call("morpho", "supply", *arguments, gas=_OPEN_GAS))

    def allowances(self) -> Sequence[Call]:
        """Return an account's authorisation of the dealer."""
        desk = self.site.address("desk")
        return [self.site.call("morpho", "setAuthorization", desk, True, gas=_ALLOW_GAS)]

    # ---- what actors do -------------------------------------------------------------------------

    def buy(self, market: str, size_wad: int, limit_wad: int) -> Call:
        """Buy collateral with one's own dollars and borrowed ones, through the desk."""
        arguments = (self._params[market], size_wad, size_wad * limit_wad // WAD // DOLLAR_WAD)
        return self.act(market, "desk", "open", *arguments, gas=_OPEN_GAS, kind="open")

    def sell(self, market: str, size_wad: int, limit_wad: int) -> Call:
        """Repay everything, sell the collateral."""
        least = size_wad * limit_wad // WAD // DOLLAR_WAD
        arguments = (self._params[market], self._ids[market], least)
        return self.act(market, "desk", "close", *arguments, gas=_CLOSE_GAS, kind="close")

    def liquidate(self, account: bytes, market: str) -> Call:
        """Repay all debt where the collateral pays for it, else seize all collateral.

        Asking for more than there is underflows: the wrong choice reverts with Panic(0x11).
        """
        held, books = self.state.held(account, market), self.state.books[market]
        seize = self._settings.keeper_call == "seize"
        if self._settings.keeper_call == "best":
            value = held * self.state.price_e8[market] // (FEED * DOLLAR_WAD)
            seize = books.debt_of(account) * self._incentive > value
        amounts = (held, 0) if seize else (0, books.debts.get(account, 0))
        data = self.site.interface("morpho").encode(
            "liquidate", self._params[market], account, *amounts, b""
        )
        to = self.site.address("morpho")
        return Call(to, data, _LIQUIDATE_GAS, "liquidate", 0, account, market)

    def takes_liquidation(self, account: bytes, market: str) -> bool:
        """Whether this very market's position is under water: markets are isolated."""
        held, price = self.state.held(account, market), self.state.price_e8[market]
        value = held * price / FEED / DOLLAR_WAD
        return self.state.books[market].debt_of(account) > value * self._settings.lltv

    def expected_reward_usd(self, notional_usd: float, equity_usd: float, gas_usd: float) -> float:
        """Return the incentive on what can be repaid: ``min(debt, value / LIF) (LIF - 1)``.

        At 0.86 LIF is ``1 / (1 - 0.3 * 0.14)`` = 1.0438: $20,000 of debt against $23,000 bring
        $876.83.
        """
        del gas_usd
        return liquidators_gain(notional_usd, notional_usd - equity_usd, self._incentive - 1)

    # ---- what happened --------------------------------------------------------------------------

    def follower(self, state: MorphoState, timestamp_s: int) -> MorphoFollower:
        """Return what takes a block's logs."""
        dealer = Dealer(self.site.address("desk"), self.site.address("morpho"))
        market_of = {name: market for market, name in self._ids.items()}
        return MorphoFollower(state, timestamp_s, dealer, market_of)

    def cash_wad(self, accounts: Sequence[bytes]) -> Mapping[bytes, int]:
        """Return claims less debts over all markets."""
        markets = self.state.books.values()
        return {
            one: sum(books.claim_of(one) - books.debt_of(one) for books in markets) * DOLLAR_WAD
            for one in accounts
        }

    # ---- how things stand -----------------------------------------------------------------------

    def health(self, view: View, accounts: Sequence[bytes]) -> Health:
        """Ask Morpho, interest included; an account is as healthy as its worst market."""
        debt, value = [], []
        for market in self.markets:
            held, owed, _, price = self._read(view, market, accounts, accrue=True)
            value.append(np.array(held, dtype=np.float64) * (price / 10**36 / USDC))
            debt.append(np.array(owed, dtype=np.float64) / USDC)
        return self._worst(np.array(value).T, np.array(debt).T)

    def health_at(self, prices_usd: npt.NDArray[np.float64], time_s: float) -> Health:
        """Return the same of every account of the book at other prices, with interest since."""
        debt = np.zeros(self.book.size.shape)
        for column, market in enumerate(self.markets):
            books = self.state.books[market]
            elapsed = max(0.0, time_s - books.updated_s)
            growth = 1 + self._rate_year * elapsed / _YEAR_S
            for account in books.debts:
                row = self.book.index[account]
                debt[row, column] = books.debt_of(account) / USDC * growth
        return self._worst(self.book.size * prices_usd, debt)

    def _worst(self, value: Floats, debt: Floats) -> Health:
        every = margin_health(value, debt, self._settings.lltv)
        excess = every.equity_usd - every.maintenance_usd
        column = np.argmin(excess, axis=1) if len(value) else np.zeros(0, dtype=int)
        chosen = (np.arange(len(value)), column)
        return Health(
            every.equity_usd[chosen], every.maintenance_usd[chosen], every.notional_usd[chosen]
        )

    def accounts_on_chain(self, view: View, accounts: Sequence[bytes]) -> list[ChainAccount]:
        """Read positions as of each market's last update, exactly."""
        reads = [self._read(view, market, accounts, accrue=False) for market in self.markets]
        return [
            ChainAccount(
                sum(claims[place] - owed[place] for _, owed, claims, _ in reads) * DOLLAR_WAD,
                [held[place] for held, *_ in reads],
                [0] * len(reads),
            )
            for place in range(len(accounts))
        ]

    def _read(
        self, view: View, market: str, accounts: Sequence[bytes], *, accrue: bool
    ) -> tuple[list[int], list[int], list[int], int]:
        """Return collateral, debts and claims of accounts, and the price, from the lens."""
        found: tuple[list[int], list[int], list[int]] = ([], [], [])
        price, place = 0, (self._params[market], self._ids[market])
        for start in range(0, max(1, len(accounts)), _READ_AT_ONCE):
            chosen = list(accounts[start : start + _READ_AT_ONCE])
            *columns, price = self.site.read(view, "lens", "positions", *place, chosen, accrue)
            for whole, part in zip(found, columns, strict=True):
                whole.extend(part)
        return (*found, price)

    def solvency(self, view: View) -> Solvency:
        """Read each market's totals, and the dollars that Morpho holds."""
        site, books = self.site, self.state.books.values()
        totals = [site.read(view, "morpho", "market", name) for name in self._ids.values()]
        supplied, _, borrowed, *_ = (sum(column) for column in zip(*totals, strict=True))
        held = site.read(view, "dollar", "balanceOf", site.address("morpho"))
        items = {
            "interest": sum(one.interest for one in books),
            "lenders_loss": sum(one.bad_debt for one in books),
        }
        return self.balance_sheet(held, supplied, borrowed, supplied, items)
