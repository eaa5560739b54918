"""Block stuffing: every block filled to the last transaction by exact burners, at a price."""

from __future__ import annotations

import math
from typing import Final

from pydantic import Field

from floodline.actors.attacks.attack import Attack, AttackParameters
from floodline.actors.base import ACTORS
from floodline.actors.desk import BlockSeen, Desk, Outcome, Sent
from floodline.actors.fees import Fees, legal_bump
from floodline.foundation.units import ETHER, to_gwei_wei
from floodline.protocols.interface import Call

_UNIT: Final = 25_000
"""Gas of the smallest burner."""
_RUNGS: Final = 10
_PIECES: Final = 16
_LARGEST: Final = 2**24
"""Most gas of one transaction (EIP-7825)."""


def burner_sizes(total: int) -> list[int]:
    """Return gas limits that add up to a total, and to nearly every smaller sum, largest first.

    Of 25,000 gas times powers of two and a rest: whatever others leave of a block, the pieces that
    fit, taken from the largest, fill it to within 25,000 gas. For 30,000,000 these are 12,800,000,
    6,400,000, 4,425,000, 3,200,000, ... 25,000.
    """
    sizes: list[int] = []
    left = total
    size = _UNIT
    while len(sizes) < _RUNGS and left >= size + _UNIT:
        sizes.append(size)
        left -= size
        size *= 2
    while left > _LARGEST:
        sizes.append(_LARGEST)
        left -= _LARGEST
    if left >= _UNIT:
        sizes.append(left)
    return sorted(sizes, reverse=True)


class StuffingParameters(AttackParameters):
    """Parameters of block stuffing."""

    fullness: float = Field(
        default=2.0, gt=0, le=4, description="Gas kept on offer over the gas target: 2 is full."
    )
    tip_gwei: float = Field(default=5.0, gt=0, description="Tip in gwei a gas.")
    max_fee_gwei: float = Field(
        default=500.0, gt=0, description="Pays at most this in gwei a gas, base fee included."
    )
    hold_gwei: float | None = Field(
        default=None,
        gt=0,
        description="Base fee at which it goes over to holding: offers the target only, so that "
        "the fee stays where bidders with lower caps are shut out. Never, if left out.",
    )
    budget_eth: float | None = Field(
        default=None, gt=0, description="Stops when it has spent this, in ether."
    )


class _Piece:
    """One burner that is kept on offer, from an account of its own."""

    __slots__ = ("sender", "sent")

    def __init__(self, sender: int) -> None:
        self.sender = sender
        self.sent: Sent | None = None


@ACTORS.register(
    "stuffing",
    StuffingParameters,
    description="Fills what is left of every block with exact burners, or ramps the base fee up "
    "and holds it.",
)
class Stuffing(Attack):
    """Keeps burners on offer that fill any gap, and replaces them as the base fee climbs.

    A block that is stuffed from 1 gwei costs 30,000,000 gas times its base fee, and raises that by
    an eighth: ten blocks cost 0.54 ether, 25 4.3, 50 86 (V6).
    """

    def __init__(self, parameters: StuffingParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._parameters = parameters
        self._tip = to_gwei_wei(parameters.tip_gwei)
        self._ceiling = to_gwei_wei(parameters.max_fee_gwei)
        self._hold = None if parameters.hold_gwei is None else to_gwei_wei(parameters.hold_gwei)
        self._pieces: list[_Piece] = []
        self._unpaid: list[tuple[int, int, Fees]] = []
        self._spent_wei = 0

    @property
    def sender_count(self) -> int:
        """One account a piece."""
        return _PIECES

    def strike(self, now_us: int, *, first: bool) -> None:
        """Put every burner that is missing on offer, and raise those that the base fee passed."""
        del now_us, first
        given = self._parameters
        if given.budget_eth is not None and self._spent_wei >= given.budget_eth * ETHER:
            return
        if not self._pieces:
            self._pieces = [_Piece(sender.index) for sender in self.accounts]
        view = self.desk.fee_view()
        holding = self._hold is not None and view.next_base_fee >= self._hold
        total = int((1.0 if holding else given.fullness) * view.gas_target)
        sizes = burner_sizes(total)[: len(self._pieces)]
        for piece, gas in zip(self._pieces, sizes, strict=False):
            self._offer(piece, gas, view.next_base_fee)

    def _offer(self, piece: _Piece, gas: int, base_fee: int) -> None:
        tip = self._tip + gas // _UNIT
        if base_fee + tip > self._ceiling:
            return
        fees = Fees(min(math.ceil(1.3 * base_fee) + tip, self._ceiling), tip)
        call = Call(self.desk.load_contract("GasBurner"), b"", gas, kind="burner")
        if piece.sent is None:
            piece.sent = self.desk.send(piece.sender, call, fees)
            self.count("offered")
        elif piece.sent.fees.max_fee < base_fee + tip or piece.sent.call.gas_limit != gas:
            least = legal_bump(piece.sent.fees, 1.0)
            raised = Fees(max(fees.max_fee, least.max_fee), max(fees.tip, least.tip))
            if raised.max_fee <= self._ceiling:
                piece.sent = self.desk.replace(piece.sent, raised, call)
                self.count("raised")

    def on_outcome(self, sent: Sent, outcome: Outcome) -> None:
        """Free the piece that a block took, and remember what is owed for it."""
        if outcome.block >= 0:
            self._unpaid.append((outcome.block, outcome.gas_used, sent.fees))
        for piece in self._pieces:
            if piece.sent is not None and piece.sent.tx_id == sent.tx_id:
                piece.sent = None

    def on_block(self, block: BlockSeen) -> None:
        """Add up what the block cost."""
        super().on_block(block)
        for _, gas_used, fees in self._unpaid:
            price = min(fees.max_fee, block.base_fee + fees.tip)
            self._spent_wei += gas_used * price
        self._unpaid.clear()
