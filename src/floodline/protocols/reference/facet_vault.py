"""The liquidity providers' vault as actors see it: requests, queues and shares by the events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import ClassVar, Final

from floodline.chain.abi import ContractInterface
from floodline.foundation.units import USDC, WAD, wad
from floodline.protocols.events import (
    ProtocolEvent,
    VaultHedged,
    VaultPaused,
    VaultRequestProcessed,
    VaultRequestQueued,
)
from floodline.protocols.interface import Call, SetupChain, View
from floodline.protocols.reference.deploy_site import CONFIGURE_GAS
from floodline.protocols.reference.deployment import Deployment
from floodline.protocols.reference.mirror import Mirror
from floodline.protocols.reference.profiles import Profile

_REQUEST_GAS: Final = 250_000
_PROCESS_GAS: Final = 2_500_000
_HEDGE_GAS: Final = 900_000
_BATCH: Final = 16
"""Requests worked off in one transaction."""

_ANY: Final = 0


class LiquidityVault(Mirror):
    """The vault behind the markets, and the hedges of vaults beside it.

    Parameters
    ----------
    deployment : Deployment
        Addresses.
    profile : Profile
        Delays and intervals.
    interfaces : Mapping[str, ContractInterface]
        By contract name.
    carried : callable
        Lets a call bring the newest prices of markets along, where feeds are pulled.

    """

    remembers: ClassVar[tuple[str, ...]] = ("_shares", "_queued", "_paused_until_s", "_hedged_s")

    def __init__(
        self,
        deployment: Deployment,
        profile: Profile,
        interfaces: Mapping[str, ContractInterface],
        carried: Callable[[Call, Sequence[str]], Call],
    ) -> None:
        self._deployment = deployment
        self._profile = profile
        self._interfaces = interfaces
        self._carried = carried
        self._vault = deployment.counterparty
        self._shares: dict[bytes, int] = {}
        self._queued: dict[bool, list[int]] = {True: [], False: []}
        self._paused_until_s = 0
        self._hedged_s: dict[tuple[bytes, str], int] = {}

    def deposit(self, account: bytes, assets_wad: int) -> Call:
        """Return an account's deposit, which queues."""
        units = assets_wad * USDC // WAD
        return self._call(self._vault, "requestDeposit", (units, account), _REQUEST_GAS)

    def withdraw(self, account: bytes, shares_wad: int) -> Call:
        """Return an account's withdrawal, which queues."""
        return self._call(self._vault, "requestRedeem", (shares_wad, account), _REQUEST_GAS)

    def process(self) -> Call:
        """Return the call that works off the queue."""
        return self._priced(self._call(self._vault, "process", (_BATCH,), _PROCESS_GAS))

    def hedge(self, market: str) -> Call:
        """Return the call that brings the option vault's hedge to its target."""
        perp = self._deployment.markets[market]
        (vault,) = [
            address for address, kind in self._deployment.vaults.items() if kind == "HedgedVault"
        ]
        return self._priced(self._call(vault, "hedge", (perp,), _HEDGE_GAS, market))

    def upkeep(self, now_s: int) -> list[Call]:
        """Return the calls that are due: working off the queues, hedging."""
        parameters = self._profile.vault.parameters()
        due = [
            queue
            for queue, delay in (
                (self._queued[True], parameters.deposit_delay),
                (self._queued[False], parameters.redemption_delay),
            )
            if queue and now_s >= queue[0] + delay
        ]
        if self._queued[False] in due and now_s < self._paused_until_s:
            due.remove(self._queued[False])
        found = [self.process()] if due else []
        interval = self._profile.hedge.hedge_interval.value
        for (_, market), hedged_s in sorted(self._hedged_s.items()):
            if now_s >= hedged_s + interval:
                found.append(self.hedge(market))
        return found

    def expect_hedges(self, vault: bytes, market: str, start_s: int) -> None:
        """Note that a vault hedges in a market, the first time one interval after a time."""
        self._hedged_s[(vault, market)] = start_s

    def shares_of(self, account: bytes) -> int:
        """Return an account's shares that do not wait for redemption, by the events."""
        return self._shares.get(account, 0)

    def share_price(self, view: View) -> float:
        """Return the value of one share at the newest price, in dollars."""
        data = self._interfaces["LPVault"].encode("sharePrice", _ANY)
        answer = self._interfaces["LPVault"].decode_output("sharePrice", view(self._vault, data))
        return float(answer) / WAD

    def net_asset_value(self, view: View) -> float:
        """Return what the vault is worth at the newest price, in dollars."""
        data = self._interfaces["LPVault"].encode("netAssetValue", _ANY)
        answer = view(self._vault, data)
        return float(self._interfaces["LPVault"].decode_output("netAssetValue", answer)) / WAD

    def take(self, events: Iterable[ProtocolEvent]) -> None:
        """Bring queues and shares up to date."""
        for event in events:
            if isinstance(event, VaultHedged):
                self._hedged_s[(event.vault, event.market)] = event.time_s
            elif isinstance(event, VaultPaused) and event.vault == self._vault:
                self._paused_until_s = event.until_s
            elif isinstance(event, VaultRequestQueued) and event.vault == self._vault:
                self._queued[event.is_deposit].append(event.time_s)
                if not event.is_deposit:
                    self._add(event.receiver, -event.amount)
            elif isinstance(event, VaultRequestProcessed) and event.vault == self._vault:
                self._queued[event.is_deposit].pop(0)
                if event.is_deposit:
                    self._add(event.receiver, event.shares)

    def fund(self, chain: SetupChain, accounts: Mapping[bytes, float]) -> None:
        """Give accounts dollars in their wallets, and let the vault take them."""
        token = self._interfaces["MockUSDC"]
        for account, usd in accounts.items():
            amount = wad(f"{usd:.2f}") * USDC // WAD
            mint = token.encode("mintFor", account, amount, self._vault)
            to = self._deployment.token
            chain.send(chain.deployer, Call(to, mint, CONFIGURE_GAS, "mintFor"))

    def _add(self, account: bytes, shares: int) -> None:
        self._shares[account] = self._shares.get(account, 0) + shares

    def _priced(self, call: Call) -> Call:
        """Return a call that values the whole vault, with every market's price where pulled."""
        return self._carried(call, list(self._deployment.markets))

    def _call(
        self, to: bytes, function: str, arguments: tuple[object, ...], gas: int, market: str = ""
    ) -> Call:
        contract = self._deployment.vaults[to]
        data = self._interfaces[contract].encode(function, *arguments)
        return Call(to, data, gas, f"vault_{function}", market=market)
