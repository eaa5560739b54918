"""The liquidity providers' vault as actors see it: requests, queues and shares by the events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
from floodline.protocols.facets import VaultStanding
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
_VIRTUAL_WAD: Final = 10**12
"""Shares and assets that nobody owns, as in ``LPVault``."""
_NAMES: Final = {"LPVault": "vault", "HedgedVault": "option_vault"}


@dataclass
class _Ledger:
    """One vault's shares and queues, as its events tell them."""

    supply: int = 0
    """Shares in existence, WAD."""
    waiting: dict[bool, list[tuple[int, int]]] = field(
        default_factory=lambda: {True: [], False: []}
    )
    """Time and amount (token units, shares) of each request, deposits under True."""


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

    remembers: ClassVar[tuple[str, ...]] = ("_shares", "_ledgers", "_paused_until_s", "_hedged_s")

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
        self._ledgers = {vault: _Ledger() for vault in deployment.vaults}
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
        queues = self._ledgers[self._vault].waiting
        due = {
            is_deposit
            for is_deposit, delay in (
                (True, parameters.deposit_delay),
                (False, parameters.redemption_delay),
            )
            if queues[is_deposit] and now_s >= queues[is_deposit][0][0] + delay
        }
        if now_s < self._paused_until_s:
            due.discard(False)
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

    def standings(self, view: View) -> list[VaultStanding]:
        """Return what the ledger says of each vault's worth, and its shares and queues."""
        return [self._standing(view, vault) for vault in self._ledgers]

    def _standing(self, view: View, vault: bytes) -> VaultStanding:
        house, ledger = self._interfaces["ClearingHouse"], self._ledgers[vault]
        data = house.encode("counterpartyStatus", vault, _ANY)
        worth, locked = house.decode_output(
            "counterpartyStatus", view(self._deployment.house, data)
        )
        deposits, redemptions = ledger.waiting[True], ledger.waiting[False]
        value = worth + _VIRTUAL_WAD if worth > 0 else 0
        return VaultStanding(
            name=_NAMES[self._deployment.vaults[vault]],
            nav_usd=worth / WAD,
            locked_usd=locked / WAD,
            shares=ledger.supply / WAD,
            share_price_usd=value / (ledger.supply + _VIRTUAL_WAD),
            deposits_waiting=len(deposits),
            deposits_waiting_usd=sum(amount for _, amount in deposits) / USDC,
            redemptions_waiting=len(redemptions),
            redemptions_waiting_shares=sum(amount for _, amount in redemptions) / WAD,
        )

    def take(self, events: Iterable[ProtocolEvent]) -> None:
        """Bring queues and shares up to date."""
        for event in events:
            if isinstance(event, VaultHedged):
                self._hedged_s[(event.vault, event.market)] = event.time_s
            elif isinstance(event, VaultPaused) and event.vault == self._vault:
                self._paused_until_s = event.until_s
            elif isinstance(event, VaultRequestQueued):
                queue = self._ledgers[event.vault].waiting[event.is_deposit]
                queue.append((event.time_s, event.amount))
                if event.vault == self._vault and not event.is_deposit:
                    self._add(event.receiver, -event.amount)
            elif isinstance(event, VaultRequestProcessed):
                ledger = self._ledgers[event.vault]
                ledger.waiting[event.is_deposit].pop(0)
                ledger.supply += event.shares if event.is_deposit else -event.shares
                if event.vault == self._vault and event.is_deposit:
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
