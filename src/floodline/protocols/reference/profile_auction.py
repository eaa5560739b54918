"""Section of a profile for auctions of whole accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from floodline.protocols.reference.model_auction_math import AuctionKind, AuctionParameters
from floodline.protocols.reference.profile_parameter import (
    DERIVE,
    Parameter,
    ratio,
    seconds,
    usd,
)

DUTCH: Final = f"{DERIVE}, DutchAuction"
CLIPPER: Final = "MakerDAO dss, Clipper of ETH-A and ETH-B"


@dataclass(frozen=True)
class AuctionProfile:
    """How accounts are auctioned; the switch `liquidation` chooses between the two curves."""

    auction_fast_seconds: Parameter
    auction_fast_start: Parameter
    auction_fast_end: Parameter
    auction_slow_seconds: Parameter
    auction_insolvent_seconds: Parameter
    clipper_top: Parameter
    clipper_cut: Parameter
    clipper_step_seconds: Parameter
    clipper_tail_seconds: Parameter
    clipper_cusp: Parameter
    auction_buffer_ratio: Parameter
    auction_fee_ratio: Parameter
    auction_tip: Parameter
    auction_chip: Parameter
    auction_dust_notional: Parameter
    auction_hole: Parameter

    def parameters(self, kind: AuctionKind, *, perps_by_chunks: bool) -> AuctionParameters:
        """Return the struct for ``PortfolioAuction``."""
        return AuctionParameters(
            kind=int(kind),
            fast_seconds=self.auction_fast_seconds.value,
            fast_start=self.auction_fast_start.value,
            fast_end=self.auction_fast_end.value,
            slow_seconds=self.auction_slow_seconds.value,
            insolvent_seconds=self.auction_insolvent_seconds.value,
            top=self.clipper_top.value,
            cut=self.clipper_cut.value,
            step_seconds=self.clipper_step_seconds.value,
            tail_seconds=self.clipper_tail_seconds.value,
            cusp=self.clipper_cusp.value,
            buffer_ratio=self.auction_buffer_ratio.value,
            fee_ratio=self.auction_fee_ratio.value,
            tip=self.auction_tip.value,
            chip=self.auction_chip.value,
            dust_notional=self.auction_dust_notional.value,
            hole=self.auction_hole.value,
            perps_by_chunks=perps_by_chunks,
        )


AUCTION = AuctionProfile(
    auction_fast_seconds=seconds(900, DUTCH),
    auction_fast_start=ratio("0.95", DUTCH),
    auction_fast_end=ratio("0.7", DUTCH),
    auction_slow_seconds=seconds(43_200, DUTCH),
    auction_insolvent_seconds=seconds(3_600, DUTCH),
    clipper_top=ratio("1.2", CLIPPER),
    clipper_cut=ratio("0.99", CLIPPER),
    clipper_step_seconds=seconds(90, CLIPPER),
    clipper_tail_seconds=seconds(8_400, CLIPPER),
    clipper_cusp=ratio("0.4", CLIPPER),
    auction_buffer_ratio=ratio("0.15", DUTCH),
    auction_fee_ratio=ratio(
        "0.1",
        f"{DUTCH} takes it at the start; here each bid pays its part, so that an auction "
        "without bids costs nobody",
    ),
    auction_tip=usd(5, "our choice: gas of a start at 5 gwei; ETH-B pays none"),
    auction_chip=ratio("0.001", CLIPPER),
    auction_dust_notional=usd(500, "our choice: five times the smallest position"),
    auction_hole=usd(40_000_000, f"{CLIPPER}: 40M for ETH-A"),
)
"""Derive's phases and Maker's steps."""
