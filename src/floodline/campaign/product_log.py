"""Follows markets, vaults and options through a campaign, block by block.

Everything is computed from the state that the protocol's events tell, by the contracts' own
formulas; of the chain only the vaults' worth is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Final

import numpy as np
import numpy.typing as npt

from floodline.campaign.execution import ExecutedBlock
from floodline.campaign.option_flows import VAULT_ROLE
from floodline.campaign.product_rows import (
    MarketRow,
    OptionGreeksRow,
    OptionMarkRow,
    OptionTradeRow,
    ProductRows,
    VaultRow,
)
from floodline.campaign.settlement_log import Moment
from floodline.campaign.world import World
from floodline.foundation.units import FEED, SECOND_US, WAD
from floodline.protocols.events import OptionClosed, OptionSettled, OptionTraded, ProtocolEvent
from floodline.protocols.facets import OptionMarks, OptionSeries, OptionsFacet
from floodline.protocols.interface import View

_OTHER: Final = "other"
Floats = npt.NDArray[np.float64]
Fill = OptionTraded | OptionClosed | OptionSettled


class ProductLog:
    """Rows of markets, vaults and options as they come.

    Parameters
    ----------
    world : World
        The campaign's state.
    label : Callable[[bytes], str]
        Readable names of accounts.
    roles_of : Mapping[bytes, str]
        Roles of accounts inside the protocol.
    surface_every : int
        Every so many blocks the surface is written down; 0 for never.

    """

    def __init__(
        self,
        world: World,
        label: Callable[[bytes], str],
        roles_of: Mapping[bytes, str],
        surface_every: int,
    ) -> None:
        self._world = world
        self._label = label
        self._roles_of = roles_of
        self._every = surface_every
        self.rows = ProductRows()

    def see(
        self,
        moment: Moment,
        timestamp_s: int,
        events: Sequence[ProtocolEvent],
        block: ExecutedBlock,
        view: View,
    ) -> None:
        """Take down how things stand after a block whose events the protocol has taken.

        Parameters
        ----------
        moment : Moment
            The block's number and virtual time.
        timestamp_s : int
            Its timestamp, Unix seconds.
        events : sequence of ProtocolEvent
            What happened in it.
        block : ExecutedBlock
            Its transactions.
        view : View
            Reads the chain after it.

        """
        self._markets(moment, timestamp_s)
        protocol = self._world.protocol
        if protocol.vault is not None:
            place = (moment.block, moment.time_us)
            for standing in protocol.vault.standings(view):
                given = asdict(standing)
                self.rows.vaults.append(VaultRow(*place, given.pop("name"), **given))
        options = protocol.options
        if options is None:
            return
        for market in protocol.markets:
            book = _OptionBook(self._world, options, market, timestamp_s, moment.time_us)
            fills = [
                event for event in events if isinstance(event, Fill) and event.market == market
            ]
            self._fills(moment, book, fills, block)
            self._greeks(moment, book)
            if self._every and (moment.block - 1) % self._every == 0:
                self._surface(moment, book)

    def _markets(self, moment: Moment, timestamp_s: int) -> None:
        world = self._world
        sizes = world.protocol.book.size
        rates = world.protocol.funding_rates(float(timestamp_s))
        for column, market in enumerate(world.protocol.markets):
            mine = sizes[:, column]
            self.rows.markets.append(
                MarketRow(
                    block=moment.block,
                    time_us=moment.time_us,
                    market=market,
                    true_usd=world.prices.true_e8(market, moment.time_us) / FEED,
                    chain_usd=world.prices.chain_e8[column] / FEED,
                    price_age_us=moment.time_us - world.prices.observed_us[column],
                    long=float(mine[mine > 0].sum()),
                    short=float(-mine[mine < 0].sum()),
                    funding_rate=rates[column],
                )
            )

    # ---- options --------------------------------------------------------------------------------

    def _fills(
        self, moment: Moment, book: _OptionBook, fills: Sequence[Fill], block: ExecutedBlock
    ) -> None:
        for event in fills:
            place = event.series_id
            kind, size, price, fee, volatility = _terms(event)
            self.rows.option_trades.append(
                OptionTradeRow(
                    block=moment.block,
                    time_us=moment.time_us,
                    tx_id=block.included[event.tx_index].transaction.tx_id,
                    account=self._label(event.account),
                    market=book.market,
                    series_id=place,
                    expiry_us=book.expiry_us(book.series[place]),
                    strike_usd=book.series[place].strike_wad / WAD,
                    type=_type(book.series[place]),
                    kind=kind,
                    size_delta_wad=size,
                    price_wad=price,
                    fee_wad=fee,
                    volatility=volatility,
                    surface_volatility=float(book.at_chain.volatility[place]),
                    chain_usd=book.chain_usd,
                    true_usd=book.true_usd,
                    model_usd=book.worth(place, settled=kind == "settlement"),
                )
            )

    def _greeks(self, moment: Moment, book: _OptionBook) -> None:
        """Add up by role; the vault's side is the others' with the opposite sign."""
        protocol = self._world.protocol
        positions = protocol.book
        column = positions.market_index[book.market]
        by_role: dict[str, list[bytes]] = {}
        for account in book.holders:
            by_role.setdefault(self._roles_of.get(account, _OTHER), []).append(account)
        everybody = np.zeros(len(book.series))
        for role, accounts in sorted(by_role.items()):
            sizes = book.sizes(accounts)
            everybody += sizes
            rows = [positions.index[account] for account in accounts]
            perpetual = float(positions.size[rows, column].sum())
            self.rows.option_greeks.append(
                self._sum(moment, book, role, len(accounts), sizes, perpetual)
            )
        row = positions.index.get(protocol.house_accounts.get(VAULT_ROLE, b""))
        hedge = 0.0 if row is None else float(positions.size[row, column])
        self.rows.option_greeks.append(self._sum(moment, book, VAULT_ROLE, 1, -everybody, hedge))

    @staticmethod
    def _sum(
        moment: Moment,
        book: _OptionBook,
        role: str,
        accounts: int,
        sizes: Floats,
        perpetual: float,
    ) -> OptionGreeksRow:
        chain = book.at_chain
        return OptionGreeksRow(
            block=moment.block,
            time_us=moment.time_us,
            market=book.market,
            role=role,
            accounts=accounts,
            value_usd=float(sizes @ chain.price_usd),
            delta=float(sizes @ chain.delta),
            delta_true=float(sizes @ book.at_true.delta),
            gamma=float(sizes @ chain.gamma),
            vega=float(sizes @ chain.vega),
            theta=float(sizes @ chain.theta),
            perpetual=perpetual,
        )

    def _surface(self, moment: Moment, book: _OptionBook) -> None:
        """Take down each series that has not expired, or that somebody still has."""
        long, short = np.zeros(len(book.series)), np.zeros(len(book.series))
        for account in book.holders:
            for series_id, size in book.options.held(account, book.market).items():
                long[series_id] += max(size, 0) / WAD
                short[series_id] += max(-size, 0) / WAD
        marks = book.at_chain
        for place, series in enumerate(book.series):
            if series.expiry_s <= book.now_s and not (long[place] or short[place]):
                continue
            self.rows.option_marks.append(
                OptionMarkRow(
                    block=moment.block,
                    time_us=moment.time_us,
                    market=book.market,
                    series_id=series.series_id,
                    expiry_us=book.expiry_us(series),
                    strike_usd=series.strike_wad / WAD,
                    type=_type(series),
                    chain_usd=book.chain_usd,
                    volatility=float(marks.volatility[place]),
                    price_usd=float(marks.price_usd[place]),
                    delta=float(marks.delta[place]),
                    gamma=float(marks.gamma[place]),
                    vega=float(marks.vega[place]),
                    theta=float(marks.theta[place]),
                    long=float(long[place]),
                    short=float(short[place]),
                )
            )


class _OptionBook:
    """One market's options after one block."""

    def __init__(
        self, world: World, options: OptionsFacet, market: str, now_s: int, now_us: int
    ) -> None:
        self.options = options
        self.market = market
        self.now_s = now_s
        self._world = world
        column = world.protocol.book.market_index[market]
        self.chain_usd = world.prices.chain_e8[column] / FEED
        self.true_usd = world.prices.true_e8(market, now_us) / FEED
        self.series: Sequence[OptionSeries] = options.series(market)
        self.at_chain: OptionMarks = options.marks(market, self.chain_usd, now_s)
        self.at_true: OptionMarks = options.marks(market, self.true_usd, now_s)
        self.holders = [who for who in options.holders() if options.held(who, market)]

    def expiry_us(self, series: OptionSeries) -> int:
        """Return the virtual time of a series' expiry."""
        return (series.expiry_s - self._world.genesis_s) * SECOND_US

    def worth(self, place: int, *, settled: bool) -> float:
        """Return one option's value at the true price: by the surface, or the payoff at expiry."""
        if not settled:
            return float(self.at_true.price_usd[place])
        series = self.series[place]
        true_e8 = self._world.prices.true_e8(self.market, self.expiry_us(series))
        gain = true_e8 / FEED - series.strike_wad / WAD
        return max(gain if series.is_call else -gain, 0.0)

    def sizes(self, accounts: Sequence[bytes]) -> Floats:
        """Return what accounts hold together by series, signed."""
        exact = [0] * len(self.series)
        for account in accounts:
            for series_id, size in self.options.held(account, self.market).items():
                exact[series_id] += size
        return np.array(exact, dtype=np.float64) / WAD


def _type(series: OptionSeries) -> str:
    return "call" if series.is_call else "put"


def _terms(event: Fill) -> tuple[str, int, int, int, float]:
    """Return kind, size, price of one option and fee in WAD, and the volatility of the price."""
    if isinstance(event, OptionTraded):
        size, price, volatility = event.size_delta_wad, event.price_wad, event.volatility_wad / WAD
        return "trade", size, price, event.fee_wad, volatility
    if isinstance(event, OptionClosed):
        return "liquidation", event.size_delta_wad, event.price_wad, 0, float("nan")
    return "settlement", -event.size_wad, event.payoff_wad, 0, float("nan")
