"""The adapter interface: all that the engine and the actors know of a protocol.

A protocol under test is deployed, funded and given a book through an adapter; actors ask it for
calls (open, close, liquidate, push a price) and the engine asks it what happened (events), how
every account stands (health) and whether the books balance (solvency). An adapter answers from its
contracts' own views wherever there is one.

One book serves every kind of protocol: ``equity = cash + sum of size * (price - entry - funding)``.
A perpetual's size is signed and its entry is the price of its opening. Where collateral is lent
against, a market is one collateral asset against the loan asset (the dollar): its size is the
collateral, its entry is zero, and cash is minus what the account owes. 2 ETH at 3,000 with 4,500
borrowed are a size of 2 and cash of -4,500: equity 1,500, leverage 4.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import numpy as np
import numpy.typing as npt

from floodline.chain.abi import ContractInterface, Revert
from floodline.chain.node import Log
from floodline.protocols.book import Book
from floodline.protocols.capabilities import Capabilities, Unsupported
from floodline.protocols.events import ProtocolEvent
from floodline.protocols.facets import (
    AdlFacet,
    AmmFacet,
    AuctionsFacet,
    CollateralFacet,
    OptionsFacet,
    OracleUpdatesFacet,
    OrdersFacet,
    VaultFacet,
)
from floodline.protocols.facets_flow import CalldataFacet, CashFacet, MarginsFacet

__all__ = [
    "Call",
    "Capabilities",
    "ChainAccount",
    "Health",
    "ProtocolAdapter",
    "SetupChain",
    "Solvency",
    "Unsupported",
    "View",
]

View = Callable[[bytes, bytes], bytes]
"""Reads the chain at its latest block: ``view(to, calldata) -> returned bytes``."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a transaction does: whom it calls, with what, and the gas it may use.

    ``kind`` names the action ("open", "liquidate", ...): gas use is predicted by kind, and tables
    are grouped by it. ``subject`` is the account that the call is about, where it is not the
    sender's own. ``expected_gas`` is what the call was measured to use, where the adapter knows it
    better than by `ProtocolAdapter.liquidation_gas`; zero elsewhere.
    """

    to: bytes
    data: bytes
    gas_limit: int
    kind: str
    value: int = 0
    subject: bytes = b""
    market: str = ""
    expected_gas: int = 0


@dataclass(frozen=True)
class Health:
    """How the accounts stand, in dollars; one entry an account, in the order that was asked."""

    equity_usd: npt.NDArray[np.float64]
    maintenance_usd: npt.NDArray[np.float64]
    notional_usd: npt.NDArray[np.float64]

    @property
    def liquidatable(self) -> npt.NDArray[np.bool_]:
        """Accounts with a position whose equity lies below their maintenance margin."""
        return (self.equity_usd < self.maintenance_usd) & (self.notional_usd > 0)


@dataclass(frozen=True, slots=True)
class Exposure:
    """What an account has at risk in one market, at given prices."""

    market: str
    notional_usd: float


@dataclass(frozen=True)
class Solvency:
    """The protocol's balance sheet in WAD dollars.

    Two identities hold in every protocol: ``token_balance = deposits - withdrawals``, over all
    that was paid in and out, and ``token_balance + receivables + recorded_deficit = liabilities``.
    """

    token_balance_wad: int
    """Of the token that is the dollar, in the protocol's own contracts."""
    deposits_wad: int
    withdrawals_wad: int
    liabilities_wad: int
    """What the protocol owes: cash of its accounts, or claims of its lenders."""
    recorded_deficit_wad: int
    receivables_wad: int = 0
    """What borrowers owe the protocol."""
    insurance_wad: int | None = None
    counterparty_wad: int | None = None
    items: Mapping[str, int] = field(default_factory=dict)
    """More amounts of its own, as rows of the table ``solvency`` by these names."""


@dataclass(frozen=True)
class ChainAccount:
    """An account as its contracts see it: cash, and per market size and entry price, in WAD."""

    cash_wad: int
    sizes_wad: list[int] = field(default_factory=list)
    entry_prices_wad: list[int] = field(default_factory=list)
    others_wad: dict[str, int] = field(default_factory=dict)
    """Options and tokens by the instrument's name, see `ProtocolAdapter.instruments`."""


class SetupChain(Protocol):
    """What an adapter may do with the chain before the campaign starts."""

    def deploy(self, artifact: str, *arguments: object) -> bytes:
        """Deploy a compiled contract from the deployer and return its address."""

    def create(self, code: bytes, what: str) -> bytes:
        """Deploy any creation code, arguments appended and libraries linked; return its address."""

    def send(self, sender: bytes, call: Call) -> None:
        """Queue a call from a known account; queued calls run in order, and must succeed."""

    def send_as(self, sender: bytes, call: Call) -> None:
        """Execute a call of any account, on a chain that goes on from a running devnet.

        That chain is our own: the account's key is not needed, and the devnet knows nothing of it.
        """

    def flush(self) -> list[Log]:
        """Run all queued calls and return their logs."""

    def view(self, to: bytes, data: bytes) -> bytes:
        """Read the chain at its latest block."""

    @property
    def chain_id(self) -> int:
        """Id of the chain."""

    @property
    def deployer(self) -> bytes:
        """Address of the account that deploys and owns the protocol."""

    @property
    def now_s(self) -> int:
        """Timestamp that the next block will carry at the earliest."""


class ProtocolAdapter(ABC):
    """A protocol under test.

    Parameters
    ----------
    markets : Sequence[str]
        Names of the markets to deploy, such as ``["ETH", "BTC"]``.

    """

    name: ClassVar[str]
    perps: ClassVar[bool] = True
    """Whether positions gain and lose against a counterparty."""
    lending: ClassVar[bool] = False
    """Whether positions are collateral and debt."""
    short_positions: ClassVar[bool] = True
    funding_payments: ClassVar[bool] = True
    rewindable: ClassVar[tuple[str, ...]] = ("book",)
    """Names of the attributes that events change; a reorganisation returns them to their past."""

    orders: OrdersFacet | None = None
    options: OptionsFacet | None = None
    auctions: AuctionsFacet | None = None
    adl: AdlFacet | None = None
    vault: VaultFacet | None = None
    amm: AmmFacet | None = None
    collateral: CollateralFacet | None = None
    oracle_updates: OracleUpdatesFacet | None = None
    calldata: CalldataFacet | None = None
    cash: CashFacet | None = None
    margins: MarginsFacet | None = None
    portfolio_margin: bool = False
    """Whether accounts are margined by scenarios over all they hold."""

    def __init__(self, markets: Sequence[str]) -> None:
        self.markets = list(markets)
        self.book = Book(markets)

    @property
    def gas_market(self) -> str:
        """The market whose price turns gas into dollars: ETH, or the first where there is none."""
        return "ETH" if "ETH" in self.markets else self.markets[0]

    # ---- setting up -----------------------------------------------------------------------------

    @property
    def capabilities(self) -> Capabilities:
        """The mechanisms that this deployment has: known once it is deployed."""
        house = self.house_accounts
        return Capabilities(
            perps=self.perps,
            options=self.options is not None,
            lending=self.lending,
            short_positions=self.short_positions,
            funding_payments=self.funding_payments,
            insurance_fund="fund" in house,
            counterparty="counterparty" in house,
            partial_liquidation=self.partial_liquidation,
            auction=self.auctions is not None,
            async_orders=self.orders is not None,
            adl=self.adl is not None,
            pull_oracle=self.oracle_updates is not None,
            vault=self.vault is not None,
            spot_amm=self.amm is not None,
            portfolio_margin=self.portfolio_margin,
            multi_collateral=self.collateral is not None,
        )

    @property
    def code_digest(self) -> str:
        """Digest of the code that it deploys beside our own compiled contracts; empty for none."""
        return ""

    @property
    @abstractmethod
    def partial_liquidation(self) -> bool:
        """Whether a liquidation may close less than a whole position."""

    def checkpoint(self) -> dict[str, Any]:
        """Return a copy of everything that events changed so far."""
        return deepcopy({name: getattr(self, name) for name in self.rewindable})

    def restore(self, checkpoint: dict[str, Any]) -> None:
        """Return to a checkpoint: the blocks after it were orphaned."""
        for name, value in deepcopy(checkpoint).items():
            setattr(self, name, value)

    @abstractmethod
    def deploy(
        self, chain: SetupChain, prices_e8: Mapping[str, int], publishers: Sequence[bytes]
    ) -> None:
        """Deploy everything, with these start prices and these accounts allowed to push prices."""

    @abstractmethod
    def fund(self, chain: SetupChain, deposits_wad: Mapping[bytes, int]) -> None:
        """Give each account collateral inside the protocol (WAD dollars)."""

    def fund_keepers(self, chain: SetupChain, keepers: Sequence[bytes]) -> None:
        """Give keepers what a liquidation takes out of their own pockets; nothing by default."""
        del chain, keepers

    def finish_setup(self, chain: SetupChain) -> None:  # noqa: B027 - many protocols need none
        """Put in force what must hold only once the book is open; nothing by default."""

    def hand_over(self, chain: SetupChain, steward: bytes) -> None:  # noqa: B027 - few have one
        """Let a steward set margins from now on; nothing where `margins` is None."""

    @abstractmethod
    def bytecode_hashes(self) -> dict[str, str]:
        """SHA-256 of the runtime code of each deployed contract, for the manifest."""

    @abstractmethod
    def allowed_notional_usd(
        self, market: str, margin_usd: float, side: int, skew: float, price_usd: float
    ) -> tuple[float, float]:
        """Return the least and the largest notional that an account with this margin may open.

        In dollars; `side` is 1 to buy and -1 to sell, `skew` is longs less shorts in units of the
        asset when the order is filled, at a chain price of `price_usd`. The largest lies below the
        least where the margin is too small for any position, or the side is not to be had.
        """

    # ---- what actors do -------------------------------------------------------------------------

    @abstractmethod
    def open(self, market: str, size_delta_wad: int, acceptable_price_wad: int) -> Call:
        """Return the call that changes the sender's position by a signed size."""

    @abstractmethod
    def close(self, account: bytes, market: str, acceptable_price_wad: int) -> Call | None:
        """Return the call by which `account` closes its position; None if it has none."""

    @abstractmethod
    def liquidate(self, account: bytes, market: str) -> Call:
        """Return the call by which a keeper liquidates one account in one market."""

    def takes_liquidation(self, account: bytes, market: str) -> bool:
        """Whether a keeper's call is of use for a liquidatable account; by default it is.

        An account that is up for auction waits for bidders, not for keepers.
        """
        del account, market
        return True

    @abstractmethod
    def push_price(self, market: str, price_e8: int, observed_s: int) -> Call:
        """Return the oracle publisher's update transaction."""

    def confirm_price(self, market: str, price_e8: int, observed_s: int) -> list[Call]:
        """Return the deployer's last calls before the campaign: the start price, as of genesis."""
        return [self.push_price(market, price_e8, observed_s)]

    def oracle_upkeep(self, market: str, now_s: int) -> Call | None:
        """Return a call that a market's feed needs at this time beside prices; None without any.

        Anybody may make it; publishers do.
        """
        del market, now_s
        return None

    def report_sequencer(self, *, down: bool) -> Call | None:
        """Return the call that reports the sequencer down or up; None where nobody asks."""
        del down
        return None

    def fund_wallets(self, chain: SetupChain, wallets_usd: Mapping[bytes, float]) -> None:
        """Give accounts dollars' worth of each token that the protocol trades, outside of it."""
        del chain, wallets_usd

    @abstractmethod
    def expected_reward_usd(self, notional_usd: float, equity_usd: float, gas_usd: float) -> float:
        """Return the keeper's reward for an account, by the protocol's own formula.

        `gas_usd` is what the protocol would reckon as the liquidation's gas cost at present.
        """

    @abstractmethod
    def liquidation_gas(self) -> int:
        """Return the gas that the protocol reckons with for one liquidation."""

    # ---- what happened --------------------------------------------------------------------------

    @abstractmethod
    def decode(self, logs: Sequence[Log], timestamp_s: int) -> list[ProtocolEvent]:
        """Return the protocol's events among the logs of a block with that timestamp, in order."""

    @abstractmethod
    def apply(self, events: Sequence[ProtocolEvent]) -> None:
        """Bring the mirrored state up to date."""

    @abstractmethod
    def explain_revert(self, data: bytes) -> str:
        """Return a revert's name and arguments in words."""

    def decode_revert(self, data: bytes) -> Revert:
        """Return a revert's name and arguments; reason strings and panics if not more is known."""
        return ContractInterface([]).decode_revert(data)

    def unblocks(self, revert: Revert) -> str:
        """Return what would let a liquidation succeed that reverts so; empty where nobody knows."""
        del revert
        return ""

    # ---- how things stand -----------------------------------------------------------------------

    @abstractmethod
    def health(self, view: View, accounts: Sequence[bytes]) -> Health:
        """Return the contracts' own view of these accounts at the latest block and chain price."""

    @abstractmethod
    def health_at(self, prices_usd: npt.NDArray[np.float64], time_s: float) -> Health:
        """Return what the contracts would say of every account in the book at other prices.

        Vectorised; computed from the mirrored state. `prices_usd` has one price a market.
        """

    def exposed_rows(self) -> list[int]:
        """Return the book's rows of the accounts with any position."""
        found: list[int] = np.flatnonzero(np.abs(self.book.size).sum(axis=1) > 0).tolist()
        return found

    def exposures(self, row: int, prices_usd: Sequence[float]) -> list[Exposure]:
        """Return what an account has at risk by market, without markets where it has nothing."""
        sizes = self.book.size[row]
        return [
            Exposure(market, abs(float(sizes[column])) * prices_usd[column])
            for column, market in enumerate(self.markets)
            if sizes[column]
        ]

    def funding_rates(self, time_s: float) -> list[float]:
        """Return each market's funding rate in force at a time, a day's share of the notional.

        Longs pay where it is positive; NaN, as by default, where there is none.
        """
        del time_s
        return [float("nan")] * len(self.markets)

    def debtors(self) -> list[int]:
        """Return the book's rows of accounts without positions that may still owe something."""
        return []

    def instruments(self, account: bytes) -> dict[str, int]:
        """Return what an account holds beside perpetuals and cash, in WAD by a readable name."""
        del account
        return {}

    @abstractmethod
    def accounts_on_chain(self, view: View, accounts: Sequence[bytes]) -> list[ChainAccount]:
        """Read accounts exactly, for the reconciliation with the book."""

    @abstractmethod
    def solvency(self, view: View) -> Solvency:
        """Read the balance sheet."""

    @property
    @abstractmethod
    def house_accounts(self) -> dict[str, bytes]:
        """Accounts of the protocol itself: ``{"fund": ..., "counterparty": ...}``."""
