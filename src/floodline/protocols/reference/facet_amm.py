"""Spot pools as actors see them: sales, and reserves by the events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Final

from floodline.chain.abi import ContractInterface
from floodline.foundation.units import USDC, WAD, wad
from floodline.protocols.events import ProtocolEvent, SpotPoolChanged
from floodline.protocols.interface import Call, SetupChain, View
from floodline.protocols.reference.deploy_liquidity import BASE_TOKENS
from floodline.protocols.reference.deploy_site import CONFIGURE_GAS
from floodline.protocols.reference.deployment import Deployment
from floodline.protocols.reference.mirror import Mirror
from floodline.protocols.reference.model_amm import amount_out_down, arbitrage_amount

_SWAP_GAS: Final = 250_000
_LIQUIDITY_GAS: Final = 350_000


class SpotPools(Mirror):
    """The pools of a deployment.

    Parameters
    ----------
    deployment : Deployment
        Addresses.
    interfaces : Mapping[str, ContractInterface]
        By contract name.
    fee : int
        The pools' fee, WAD ratio.

    """

    remembers: ClassVar[tuple[str, ...]] = ("_base", "_quote", "_shares")

    def __init__(
        self, deployment: Deployment, interfaces: Mapping[str, ContractInterface], fee: int
    ) -> None:
        self._deployment = deployment
        self._interfaces = interfaces
        self._fee = fee
        self._base = dict.fromkeys(deployment.pools, 0)
        self._quote = dict.fromkeys(deployment.pools, 0)
        self._shares: dict[tuple[bytes, str], int] = {}

    def swap(
        self, account: bytes, market: str, amount_wad: int, min_out_wad: int, *, sells_base: bool
    ) -> Call:
        """Return an account's sale of an exact amount, with the least it accepts."""
        base, quote = self._units(market)
        sold, bought = (base, quote) if sells_base else (quote, base)
        deployment = self._deployment
        token = deployment.base_tokens[market] if sells_base else deployment.token
        data = self._interfaces["SpotAmm"].encode(
            "swapExactIn", token, amount_wad * sold // WAD, min_out_wad * bought // WAD, account
        )
        return Call(deployment.pools[market], data, _SWAP_GAS, "swap", market=market)

    def sale(self, market: str, price_usd: float) -> tuple[int, bool] | None:
        """Return the sale that leaves no profit against an outside price; None inside the band."""
        base, quote = self._base[market], self._quote[market]
        base_unit, quote_unit = self._units(market)
        if not base or not quote:
            return None
        ratio = price_usd * quote_unit / base_unit
        amount = arbitrage_amount(base, quote, self._fee, ratio)
        if amount:
            return amount * WAD // base_unit, True
        amount = arbitrage_amount(quote, base, self._fee, 1 / ratio)
        return (amount * WAD // quote_unit, False) if amount else None

    def output(self, market: str, amount_wad: int, *, sells_base: bool) -> int:
        """Return what a sale would give by the pool as last seen, WAD of what is bought."""
        base, quote = self._base[market], self._quote[market]
        base_unit, quote_unit = self._units(market)
        if sells_base:
            units = amount_out_down(amount_wad * base_unit // WAD, base, quote, self._fee)
            return units * WAD // quote_unit
        units = amount_out_down(amount_wad * quote_unit // WAD, quote, base, self._fee)
        return units * WAD // base_unit

    def add_liquidity(self, account: bytes, market: str, quote_wad: int) -> Call:
        """Return an account's deposit at the pool's ratio; what is too much of one stays out."""
        quote = quote_wad * self._units(market)[1] // WAD
        base = quote * self._base[market] // self._quote[market]
        return self._liquidity(market, "addLiquidity", base, quote, 0, account)

    def remove_liquidity(self, account: bytes, market: str, shares: int) -> Call:
        """Return an account's redemption, at whatever the pool then holds."""
        return self._liquidity(market, "removeLiquidity", shares, 0, 0, account)

    def _liquidity(self, market: str, function: str, *arguments: object) -> Call:
        data = self._interfaces["SpotAmm"].encode(function, *arguments)
        kind = "add_liquidity" if function == "addLiquidity" else "remove_liquidity"
        return Call(self._deployment.pools[market], data, _LIQUIDITY_GAS, kind, market=market)

    def shares_of(self, account: bytes, market: str) -> int:
        """Return an account's shares of a pool, by the events."""
        return self._shares.get((account, market), 0)

    def mirrored_price(self, market: str) -> float:
        """Return quote over base reserve by the pool as last seen, in dollars."""
        base_unit, quote_unit = self._units(market)
        return self._quote[market] / quote_unit / (self._base[market] / base_unit)

    def reserves(self, view: View, market: str) -> tuple[float, float]:
        """Return what the pool holds: units of the asset, dollars."""
        amm = self._interfaces["SpotAmm"]
        answer = view(self._deployment.pools[market], amm.encode("reserves"))
        base, quote = amm.decode_output("reserves", answer)
        base_unit, quote_unit = self._units(market)
        return base / base_unit, quote / quote_unit

    def price(self, view: View, market: str) -> float:
        """Return the pool's marginal price before fee, in dollars."""
        amm = self._interfaces["SpotAmm"]
        answer = view(self._deployment.pools[market], amm.encode("spotPrice"))
        return float(amm.decode_output("spotPrice", answer)) / WAD

    def take(self, events: Iterable[ProtocolEvent]) -> None:
        """Bring the mirrored reserves up to date."""
        for event in events:
            if isinstance(event, SpotPoolChanged):
                self._base[event.market] += event.base_units
                self._quote[event.market] += event.quote_units
                if event.shares:
                    owner = (event.account, event.market)
                    self._shares[owner] = self._shares.get(owner, 0) + event.shares

    def fund(
        self, chain: SetupChain, accounts: Mapping[bytes, float], prices_e8: Mapping[str, int]
    ) -> None:
        """Give accounts dollars' worth of every token a pool, and let the pools take them."""
        token, deployment = self._interfaces["MockUSDC"], self._deployment
        for account, usd in accounts.items():
            dollars = wad(f"{usd:.2f}")
            for market, pool in deployment.pools.items():
                unit = self._units(market)[0]
                amounts = {
                    deployment.token: dollars * USDC // WAD,
                    deployment.base_tokens[market]: dollars * unit // (prices_e8[market] * 10**10),
                }
                for asset, amount in amounts.items():
                    mint = token.encode("mintFor", account, amount, pool)
                    chain.send(chain.deployer, Call(asset, mint, CONFIGURE_GAS, "mintFor"))

    @property
    def markets(self) -> Sequence[str]:
        """Markets that have a pool."""
        return list(self._deployment.pools)

    def _units(self, market: str) -> tuple[int, int]:
        return 10 ** BASE_TOKENS[market][1], USDC
