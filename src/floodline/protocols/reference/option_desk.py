"""Options behind the adapter: calls, quotes, greeks, and who holds what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from floodline.chain.abi import ContractInterface
from floodline.foundation.units import WAD, wad
from floodline.protocols.facets import OptionGreeks, OptionQuote, OptionSeries
from floodline.protocols.interface import Call, View
from floodline.protocols.reference.decoding_options import OptionDecoder
from floodline.protocols.reference.deploy_options import OptionSuite
from floodline.protocols.reference.option_quotes import OptionQuotes
from floodline.protocols.reference.option_state import OptionState
from floodline.protocols.reference.profiles import Profile, asset_id

_TRADE_GAS: Final = 3_000_000
_CLOSE_GAS: Final = 1_000_000
_PUSH_GAS: Final = 150_000
_FIX_GAS: Final = 1_500_000
_SETTLE_GAS: Final = 4_000_000
_CHOOSE_GAS: Final = 2_000_000
_ROUNDS: Final = 128
_SCENARIO_GAS: Final = 3_000_000
"""What scenario margin adds to a trade, twice the worst valuation of twelve legs."""
_BATCH: Final = 16
"""Accounts paid out in one transaction."""

_DAYS: Final = 365

_PRICED: Final = ("trade_option", "settle_series", "choose_margin")
"""Calls that read prices: of every market, as the vault behind all options is valued."""


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
    quotes : OptionQuotes
        Prices by that state.
    carried : callable
        Lets a call bring the newest prices of markets along, where feeds are pulled.
    about : callable
        Gives a call the gas and the pulled prices that valuing its account takes.

    """

    def __init__(
        self,
        house: bytes,
        suite: OptionSuite,
        profile: Profile,
        perpetuals: Mapping[str, bytes],
        interfaces: Mapping[str, ContractInterface],
        state: Callable[[], OptionState],
        quotes: OptionQuotes,
        carried: Callable[[Call, Sequence[str]], Call],
        about: Callable[[Call, bytes], Call],
    ) -> None:
        self._house = house
        self._suite = suite
        self._profile = profile
        self._perpetuals = perpetuals
        self._interfaces = interfaces
        self._state = state
        self._carried = carried
        self._about = about
        by_scenarios = profile.switches.margin.by_scenarios
        self._scenario_gas = _SCENARIO_GAS if by_scenarios else 0
        self.offer = quotes.offer
        self.tradable = quotes.tradable
        self.trades_until = quotes.trades_until
        self.allowed = quotes.allowed
        self.base_volatility = quotes.base_volatility
        self.marks = quotes.marks
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
            _TRADE_GAS + self._scenario_gas,
            "trade_option",
            market,
            *("trade", series_id, size_delta_wad, limit_wad),
        )

    def held(self, account: bytes, market: str) -> dict[int, int]:
        """Return an account's signed sizes by series."""
        return dict(sorted(self._state().sizes.get(market, {}).get(account, {}).items()))

    def legs_of(self, account: bytes) -> set[tuple[str, int]]:
        """Return the options that an account holds or has written, by market and number."""
        return {
            (market, series)
            for market, held in self._state().sizes.items()
            for series in held.get(account, ())
        }

    def name_of(self, market: str, series_id: int) -> str:
        """Return a series' name as exchanges write it: ETH-20260131-3000-C."""
        series = self._suite.series[market][series_id]
        day = datetime.fromtimestamp(series.expiry_s, UTC).strftime("%Y%m%dT%H%M%S")
        kind = "C" if series.is_call else "P"
        return f"{market}-{day}-{series.strike_wad / WAD:g}-{kind}"

    def read(self, view: View, account: bytes) -> dict[str, int]:
        """Read an account's signed sizes from the markets, WAD by name, without zeros."""
        market_of, found = self._interfaces["OptionMarket"], dict[str, int]()
        for market, address in sorted(self._suite.markets.items()):
            data = market_of.encode("heldSeries", account)
            held = int(market_of.decode_output("heldSeries", view(address, data)))
            for series_id in range(held.bit_length()):
                if held >> series_id & 1:
                    data = market_of.encode("sizeOf", account, series_id)
                    size = int(market_of.decode_output("sizeOf", view(address, data)))
                    found[self.name_of(market, series_id)] = size
        return found

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
        call = Call(self._suite.liquidator, data, _CLOSE_GAS, kind, 0, account, market)
        return self._about(call, account)

    def worst_series(self, account: bytes, market: str) -> int:
        """Return the series that a keeper closes first: the largest short, else the largest long.

        The contract closes no option that an account owns while it has written others.
        """
        held = self.held(account, market)
        shorts = {series: -size for series, size in held.items() if size < 0}
        chosen = shorts or held
        return max(chosen, key=lambda series: (chosen[series], -series))

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

    def _call(
        self, contract: str, to: bytes, gas: int, kind: str, market: str, *what: object
    ) -> Call:
        function, *arguments = what
        data = self._interfaces[contract].encode(str(function), *arguments)
        call = Call(to, data, gas, kind, market=market)
        return self._carried(call, list(self._suite.series)) if kind in _PRICED else call
