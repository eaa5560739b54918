"""The liquidation timeline, as it is observed: who is under water, since when, and who acts on it.

At every tick the health of all accounts is computed at the true price; at every block the contracts
say whom they allow to be liquidated. Between the two lie the stamps t0 to t6 of each spell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from floodline.campaign.record import NONE, Episode
from floodline.foundation.units import WAD
from floodline.protocols.events import DeficitCovered, Liquidated
from floodline.protocols.interface import Health, ProtocolAdapter


@dataclass(slots=True)
class Spell:
    """One account's open spell, stamps in virtual microseconds."""

    t0_us: int
    true_price_t0_usd: float
    t1_us: int = NONE
    t2_us: int = NONE
    t3_us: int = NONE
    t4_us: int = NONE
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Execution:
    """A liquidation that a block holds, when its transaction was sent and when it arrived."""

    event: Liquidated
    shortfall_wad: int
    sent_us: int
    arrived_us: int


class Monitor:
    """Follows every account of the book.

    Parameters
    ----------
    protocol : ProtocolAdapter
        The protocol under test, whose book names the accounts.
    labels : dict[bytes, str]
        Readable names of accounts.

    """

    def __init__(self, protocol: ProtocolAdapter, labels: dict[bytes, str]) -> None:
        self._protocol = protocol
        self._labels = labels
        self._spells: dict[int, Spell] = {}
        self._before: dict[int, Spell] = {}
        self._chain_since: dict[int, int] = {}
        self._last_execution: dict[int, int] = {}
        self.episodes: list[Episode] = []
        self.health: Health | None = None
        """Health at the true price at the last tick; one entry an account of the book."""
        self._journal: list[Callable[[], None]] | None = None

    # ---- reorganisations ------------------------------------------------------------------------

    def keep_journal(self) -> None:
        """Begin to write down what does not follow from blocks, to be able to return to one."""
        self._journal = []

    def checkpoint(self) -> tuple[Any, ...]:
        """Return everything as it is, and the place in the journal."""
        state = (self._spells, self._before, self._chain_since, self._last_execution)
        return (*deepcopy(state), list(self.episodes), len(self._journal or ()))

    def restore(self, checkpoint: tuple[Any, ...]) -> None:
        """Return to a checkpoint, and live again through what did not follow from blocks since.

        The truth, updates that were created, decisions and attempts stay as they were; liquidations
        and what the contracts said in orphaned blocks have never been.
        """
        *state, episodes, place = checkpoint
        self._spells, self._before, self._chain_since, self._last_execution = deepcopy(state)
        self.episodes[:] = episodes
        journal = self._journal or []
        self._journal = None
        for again in journal[place:]:
            again()
        self._journal = journal

    def _note(self, again: Callable[[], None]) -> None:
        if self._journal is not None:
            self._journal.append(again)

    # ---- what is seen ---------------------------------------------------------------------------

    def on_tick(self, now_us: int, now_s: float, prices_usd: npt.NDArray[np.float64]) -> None:
        """Take the health of all accounts at the true price."""
        self._note(partial(self.on_tick, now_us, now_s, prices_usd))
        health = self._protocol.health_at(prices_usd, now_s)
        self.health = health
        under = health.liquidatable
        for row in np.flatnonzero(under).tolist():
            if row not in self._spells:
                self._begin(row, now_us, prices_usd)
        if len(self._spells) > int(under.sum()):
            for row in [row for row in self._spells if not under[row]]:
                self._maybe_end(row, now_us, float(health.notional_usd[row]), prices_usd)

    def _begin(self, row: int, now_us: int, prices_usd: npt.NDArray[np.float64]) -> Spell:
        """Open a spell; what keepers already did for a stale chain price counts towards it."""
        spell = self._before.pop(row, None) or Spell(NONE, 0.0)
        spell.t0_us = now_us
        spell.true_price_t0_usd = float(prices_usd[self._main_market(row, prices_usd)])
        spell.t2_us = self._chain_since.get(row, NONE)
        self._spells[row] = spell
        return spell

    def _maybe_end(
        self, row: int, now_us: int, notional_usd: float, prices_usd: npt.NDArray[np.float64]
    ) -> None:
        if notional_usd == 0:
            self._close(row, now_us, "closed", prices_usd)
        elif row not in self._chain_since:
            self._close(row, now_us, "recovered", prices_usd)

    def on_update_created(
        self, now_us: int, now_s: float, prices_usd: npt.NDArray[np.float64]
    ) -> None:
        """Note that an update was created: with it the chain's prices would be `prices_usd`."""
        self._note(partial(self.on_update_created, now_us, now_s, prices_usd))
        waiting = [row for row, spell in self._spells.items() if spell.t1_us == NONE]
        if not waiting:
            return
        under = self._protocol.health_at(prices_usd, now_s).liquidatable
        for row in waiting:
            if under[row]:
                self._spells[row].t1_us = now_us

    def on_chain_health(self, now_us: int, rows: Sequence[int], under: Sequence[bool]) -> None:
        """Take what the contracts say at a block about these accounts of the book."""
        for row, is_under in zip(rows, under, strict=True):
            if not is_under:
                self._chain_since.pop(row, None)
                continue
            self._chain_since.setdefault(row, now_us)
            spell = self._spells.get(row)
            if spell is not None and spell.t2_us == NONE:
                spell.t2_us = now_us

    def on_decision(self, account: bytes, now_us: int) -> None:
        """Note that a keeper decided to liquidate an account."""
        self._note(partial(self.on_decision, account, now_us))
        spell = self._spell_of(account)
        if spell.t3_us == NONE:
            spell.t3_us = now_us

    def on_attempt(self, account: bytes, now_us: int) -> None:
        """Note that a liquidation transaction was sent."""
        self._note(partial(self.on_attempt, account, now_us))
        spell = self._spell_of(account)
        spell.attempts += 1
        if spell.t4_us == NONE:
            spell.t4_us = now_us

    def _spell_of(self, account: bytes) -> Spell:
        row = self._protocol.book.index[account]
        if row in self._spells:
            return self._spells[row]
        return self._before.setdefault(row, Spell(NONE, 0.0))

    # ---- what ends a spell ----------------------------------------------------------------------

    def on_execution(
        self, now_us: int, done: Execution, prices_usd: npt.NDArray[np.float64]
    ) -> None:
        """Take a liquidation that was executed, after the book has taken the block's events.

        A spell that goes on begins anew with the tick that follows at the same time.
        """
        event = done.event
        row = self._protocol.book.index[event.account]
        self._chain_since.pop(row, None)
        if self._joined(row, now_us, done):
            return
        spell = self._spells.pop(row, None)
        before = self._before.pop(row, None)
        wrongful = not self._is_under(row)
        stamps = spell or before or Spell(NONE, 0.0)
        market = self._protocol.book.market_index[event.market]
        self._last_execution[row] = len(self.episodes)
        self.episodes.append(
            Episode(
                account=self._labels[event.account],
                market=event.market,
                t0_us=NONE if wrongful else stamps.t0_us,
                t1_us=stamps.t1_us,
                t2_us=stamps.t2_us,
                t3_us=stamps.t3_us,
                t4_us=stamps.t4_us,
                winner_sent_us=done.sent_us,
                t5_us=done.arrived_us,
                t6_us=now_us,
                end="liquidated",
                end_us=now_us,
                wrongful=wrongful,
                partial=event.remaining_wad != 0,
                notional_usd=abs(event.closed_wad) / WAD * event.price_wad / WAD,
                execution_price_usd=event.price_wad / WAD,
                true_price_usd=float(prices_usd[market]),
                true_price_t0_usd=stamps.true_price_t0_usd,
                reward_usd=event.reward_wad / WAD,
                penalty_usd=event.penalty_wad / WAD,
                keeper=self._labels.get(event.keeper, "0x" + event.keeper.hex()),
                shortfall_usd=done.shortfall_wad / WAD,
                attempts=stamps.attempts,
            )
        )

    def _is_under(self, row: int) -> bool:
        """Whether the account was under water at the last tick, which precedes the block."""
        if self.health is None or row >= len(self.health.notional_usd):
            return False
        return bool(self.health.liquidatable[row])

    def _joined(self, row: int, now_us: int, done: Execution) -> bool:
        """Add a further liquidation of an account in one block to the episode it belongs to."""
        place = self._last_execution.get(row)
        if place is None or self.episodes[place].t6_us != now_us:
            return False
        first, event = self.episodes[place], done.event
        self.episodes[place] = replace(
            first,
            partial=event.remaining_wad != 0,
            notional_usd=first.notional_usd + abs(event.closed_wad) / WAD * event.price_wad / WAD,
            reward_usd=first.reward_usd + event.reward_wad / WAD,
            penalty_usd=first.penalty_usd + event.penalty_wad / WAD,
            shortfall_usd=first.shortfall_usd + done.shortfall_wad / WAD,
        )
        return True

    def _main_market(self, row: int, prices_usd: npt.NDArray[np.float64]) -> int:
        """Return the column of the market that an account has the most at risk in."""
        held = self._protocol.exposures(row, prices_usd.tolist())
        if not held:
            return 0
        largest = max(held, key=lambda exposure: exposure.notional_usd)
        return self._protocol.book.market_index[largest.market]

    def _close(self, row: int, now_us: int, end: str, prices_usd: npt.NDArray[np.float64]) -> None:
        spell = self._spells.pop(row)
        column = self._main_market(row, prices_usd)
        book = self._protocol.book
        price = float(prices_usd[column])
        exposures = self._protocol.exposures(row, prices_usd.tolist())
        market = book.markets[column]
        notional = sum(one.notional_usd for one in exposures if one.market == market)
        self.episodes.append(
            Episode(
                account=self._labels[book.addresses[row]],
                market=market,
                t0_us=spell.t0_us,
                t1_us=spell.t1_us,
                t2_us=spell.t2_us,
                t3_us=spell.t3_us,
                t4_us=spell.t4_us,
                winner_sent_us=NONE,
                t5_us=NONE,
                t6_us=NONE,
                end=end,
                end_us=now_us,
                wrongful=False,
                partial=False,
                notional_usd=notional,
                execution_price_usd=0.0,
                true_price_usd=price,
                true_price_t0_usd=spell.true_price_t0_usd,
                reward_usd=0.0,
                penalty_usd=0.0,
                keeper="",
                shortfall_usd=0.0,
                attempts=spell.attempts,
            )
        )

    def finish(self, now_us: int, prices_usd: npt.NDArray[np.float64]) -> None:
        """Close the spells that the end of the run leaves open."""
        for row in sorted(self._spells):
            self._close(row, now_us, "open", prices_usd)


def shortfalls(events: Sequence[object]) -> dict[tuple[int, bytes], int]:
    """Return the shortfall of each (transaction, account) in WAD, from the deficits of a block."""
    found: dict[tuple[int, bytes], int] = {}
    for event in events:
        if isinstance(event, DeficitCovered):
            key = (event.tx_index, event.account)
            found[key] = found.get(key, 0) + event.shortfall_wad
    return found
