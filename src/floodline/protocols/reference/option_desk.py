"""Options behind the adapter: calls, quotes, greeks, and what positions are worth at any price."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from floodline.chain.abi import ContractInterface
from floodline.foundation.units import WAD, wad
from floodline.protocols.facets import OptionGreeks, OptionQuote, OptionSeries
from floodline.protocols.interface import Call, View
from floodline.protocols.reference.decoding_options import OptionDecoder
from floodline.protocols.reference.deploy_options import OptionSuite
from floodline.protocols.reference.model_black_scholes import OptionInputs, prices
from floodline.protocols.reference.model_options import writer_margin_up
from floodline.protocols.reference.model_surface import volatility_at
from floodline.protocols.reference.option_state import OptionState
from floodline.protocols.reference.profiles import Profile, asset_id

_TRADE_GAS: Final = 2_000_000
_CLOSE_GAS: Final = 4_500_000
_PUSH_GAS: Final = 150_000
_FIX_GAS: Final = 1_500_000
_SETTLE_GAS: Final = 4_000_000
_CHOOSE_GAS: Final = 2_000_000
_ROUNDS: Final = 128
_BATCH: Final = 16
"""Accounts paid out in one transaction."""

_DAYS: Final = 365


class Holding(NamedTuple):
    """What one account's options are worth, in dollars."""

    account: bytes
    value_usd: float
    maintenance_usd: float
    notional_usd: float


class OptionDesk:
    """What actors and measures ask of options.

    Parameters
    ----------
    house : bytes
        The ledger.
    suite : OptionSuite
        Addresses and series.
    profile : Profile
        All parameters.
    perpetuals : Mapping[str, bytes]
        By market: a book's delta counts them.
    interfaces : Mapping[str, ContractInterface]
        By contract name.
    state : callable
        Returns the mirrored state, which a reorganisation replaces.

    """

    def __init__(
        self,
        house: bytes,
        suite: OptionSuite,
        profile: Profile,
        perpetuals: Mapping[str, bytes],
        interfaces: Mapping[str, ContractInterface],
        state: Callable[[], OptionState],
    ) -> None:
        self._house = house
        self._suite = suite
        self._profile = profile
        self._perpetuals = perpetuals
        self._interfaces = interfaces
        self._state = state
        self.decoder = OptionDecoder(suite, interfaces)

    # ---- what actors do -------------------------------------------------------------------------

    def series(self, market: str) -> Sequence[OptionSeries]:
        """Return the series that are listed, by number."""
        return self._suite.series[market]

    def quote(self, view: View, market: str, series_id: int, size_delta_wad: int) -> OptionQuote:
        """Ask the market; the premium is negative where the sender receives it."""
        options = self._interfaces["OptionMarket"]
        data = options.encode("quote", series_id, size_delta_wad)
        price, fee, volatility = options.decode_output(
            "quote", view(self._suite.markets[market], data)
        )
        return OptionQuote(size_delta_wad * price // WAD, fee, volatility / WAD)

    def trade(self, market: str, series_id: int, size_delta_wad: int, limit_wad: int) -> Call:
        """Return the sender's trade."""
        return self._call(
            "OptionMarket",
            self._suite.markets[market],
            _TRADE_GAS,
            "trade_option",
            market,
            *("trade", series_id, size_delta_wad, limit_wad),
        )

    def held(self, account: bytes, market: str) -> dict[int, int]:
        """Return an account's signed sizes by series."""
        return dict(sorted(self._state().sizes.get(market, {}).get(account, {}).items()))

    def holders(self) -> Sequence[bytes]:
        """Return the accounts that hold any option, sorted."""
        by_market = self._state().sizes.values()
        return sorted({who for accounts in by_market for who, held in accounts.items() if held})

    def push_volatility(self, market: str, base: float, observed_s: int) -> Call:
        """Return an update that leaves slope, smile and rate as they are."""
        said = self._state().surfaces[market].said
        limits = self._profile.surface.parameters()
        kept = min(max(wad(f"{base:.6f}"), limits.min_base), limits.max_base)
        return self._call(
            "VolSurface",
            self._suite.surfaces[market],
            _PUSH_GAS,
            "push_volatility",
            market,
            *("push", tuple(said._replace(base=kept)), observed_s),
        )

    def settle_series(self, market: str, expiry_s: int) -> Call:
        """Return the call that fixes an expiry's price."""
        return self._call(
            "ExpiryPrices",
            self._suite.expiries,
            _FIX_GAS,
            "settle_series",
            market,
            *("fixPrice", asset_id(market), expiry_s, _ROUNDS),
        )

    def settle_accounts(self, market: str, accounts: Sequence[bytes]) -> Call:
        """Return the call that pays accounts out."""
        return self._call(
            "OptionMarket",
            self._suite.markets[market],
            _SETTLE_GAS,
            "settle_accounts",
            market,
            *("settleAccounts", list(accounts)),
        )

    def upkeep(self, now_s: int) -> Sequence[Call]:
        """Return what is due, by the events so far."""
        state, due = self._state(), list[Call]()
        for market, listed in sorted(self._suite.series.items()):
            expired = {
                series.series_id: series.expiry_s for series in listed if series.expiry_s <= now_s
            }
            waiting: list[bytes] = []
            unfixed: set[int] = set()
            for account, held in sorted(state.sizes.get(market, {}).items()):
                over = {expired[series] for series in held if series in expired}
                unfixed |= {expiry for expiry in over if (market, expiry) not in state.fixings}
                if over - unfixed:
                    waiting.append(account)
            due += [self.settle_series(market, expiry) for expiry in sorted(unfixed)]
            if waiting:
                due.append(self.settle_accounts(market, waiting[:_BATCH]))
        return due

    def liquidate(self, account: bytes, market: str, series_id: int) -> Call:
        """Return a keeper's call."""
        data = self._interfaces["OptionLiquidator"].encode(
            "liquidate", account, self._suite.markets[market], series_id
        )
        kind = "liquidate_option"
        return Call(self._suite.liquidator, data, _CLOSE_GAS, kind, 0, account, market)

    def choose_margin(self, *, portfolio: bool) -> Call:
        """Return the sender's choice."""
        return self._call(
            "ClearingHouse",
            self._house,
            _CHOOSE_GAS,
            "choose_margin",
            "",
            *("setPortfolioMargin", portfolio),
        )

    def greeks(self, view: View, accounts: Sequence[bytes], market: str) -> list[OptionGreeks]:
        """Ask the lens; theta is turned from years into days."""
        lens = self._interfaces["OptionLens"]
        data = lens.encode(
            "greeks", self._suite.markets[market], self._perpetuals[market], list(accounts)
        )
        return [
            OptionGreeks(
                book["delta"] / WAD,
                book["gamma"] / WAD,
                book["vega"] / WAD,
                book["theta"] / WAD / _DAYS,
            )
            for book in lens.decode_output("greeks", view(self._suite.lens, data))
        ]

    # ---- how things stand -----------------------------------------------------------------------

    def holdings(self, prices_usd: Mapping[str, float], time_s: float) -> Iterator[Holding]:
        """Return what every account's options are worth at given prices and the chain's volatility.

        By the contracts' own integers; margins are the isolated ones. A settled option is worth its
        payoff and needs no margin.
        """
        state = self._state()
        for market, accounts in sorted(state.sizes.items()):
            spot = round(prices_usd[market] * WAD)
            worth: dict[int, tuple[int, int]] = {}
            for account, held in accounts.items():
                value = maintenance = notional = 0
                for series_id, size in held.items():
                    if series_id not in worth:
                        worth[series_id] = self._worth(market, series_id, spot, int(time_s))
                    mark, needed = worth[series_id]
                    value += size * mark
                    maintenance += size * mark if size > 0 and needed else abs(size) * needed
                    notional += abs(size) * spot
                if held:
                    scale = WAD * WAD
                    yield Holding(account, value / scale, maintenance / scale, notional / scale)

    def strike_notional(self, accounts: Sequence[bytes]) -> npt.NDArray[np.float64]:
        """Return accounts' option positions at their strikes, in dollars."""
        found = np.zeros(len(accounts))
        for market, listed in sorted(self._suite.series.items()):
            by_account = self._state().sizes.get(market, {})
            for place, account in enumerate(accounts):
                for series_id, size in by_account.get(account, {}).items():
                    found[place] += abs(size) * listed[series_id].strike_wad / WAD / WAD
        return found

    def _worth(self, market: str, series_id: int, spot: int, time_s: int) -> tuple[int, int]:
        """Return an option's value and its writer's maintenance, WAD USD; zero once settled."""
        series = self._suite.series[market][series_id]
        state, profile = self._state(), self._profile
        fixed = state.fixings.get((market, series.expiry_s))
        if fixed is not None:
            payoff = fixed - series.strike_wad if series.is_call else series.strike_wad - fixed
            return max(payoff, 0), 0
        left = max(series.expiry_s - time_s, 0)
        surface = state.surfaces[market]
        sigma = volatility_at(
            surface.said,
            profile.surface.parameters(),
            surface.base_impact,
            surface.factor_impact.get((series.strike_wad, series.expiry_s), 0),
            spot,
            series.strike_wad,
            max(left, 1),
        )
        inputs = OptionInputs(spot, series.strike_wad, sigma, left, surface.said.rate)
        call, put, _ = prices(inputs)
        mark = call if series.is_call else put
        _, maintenance = writer_margin_up(
            profile.options.parameters(), spot, series.strike_wad, mark, is_call=series.is_call
        )
        return mark, maintenance

    def _call(
        self, contract: str, to: bytes, gas: int, kind: str, market: str, *what: object
    ) -> Call:
        function, *arguments = what
        data = self._interfaces[contract].encode(str(function), *arguments)
        return Call(to, data, gas, kind, market=market)
