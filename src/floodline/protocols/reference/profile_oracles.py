"""Parameters of the feeds beyond push, and of the hub's circuit breakers."""

from __future__ import annotations

from dataclasses import dataclass

from floodline.protocols.reference.profile_parameter import (
    CURIE,
    GMX,
    SYNTHETIX_BASE,
    Parameter,
    ratio,
    seconds,
)

_PYTH = "Pyth"
_MAKER = "MakerDAO's oracle security module"
_REDSTONE = "RedStone"


@dataclass(frozen=True)
class FeedsProfile:
    """Feeds that the switch ``oracle`` may choose in the place of push."""

    pull_signers: Parameter
    pull_quorum: Parameter
    pull_fee: Parameter
    pull_update_age: Parameter
    pull_confidence: Parameter
    pull_age_default: Parameter
    pull_age_strict: Parameter
    hop_seconds: Parameter
    median_report_age: Parameter
    twap_window: Parameter
    twap_period: Parameter


@dataclass(frozen=True)
class GuardsProfile:
    """The hub's circuit breakers, where the switch ``breaker`` is on."""

    max_jump: Parameter
    jump_seconds: Parameter
    max_deviation: Parameter
    max_confidence: Parameter
    grace_seconds: Parameter


FEEDS = FeedsProfile(
    pull_signers=Parameter(19, "signers", f"Wormhole's guardians, who sign for {_PYTH}"),
    pull_quorum=Parameter(13, "signers", f"Wormhole's quorum, two thirds and one, for {_PYTH}"),
    pull_fee=Parameter(1, "wei", f"{_PYTH} on most chains"),
    pull_update_age=seconds(180, f"{_REDSTONE}: three minutes"),
    pull_confidence=ratio("0.0005", "our choice: about what large assets show in calm markets"),
    pull_age_default=seconds(3_600, SYNTHETIX_BASE),
    pull_age_strict=seconds(60, SYNTHETIX_BASE),
    hop_seconds=seconds(3_600, f"{_MAKER}: one hour"),
    median_report_age=seconds(180, f"{_REDSTONE}: three minutes"),
    twap_window=seconds(900, f"{CURIE}: 15 minutes"),
    twap_period=seconds(60, "our choice: 15 observations a window"),
)

GUARDS = GuardsProfile(
    max_jump=ratio("0.1", f"{CURIE}: 10 % per 15 s"),
    jump_seconds=seconds(15, f"{CURIE}: 10 % per 15 s"),
    max_deviation=ratio("0.5", f"{GMX}, against a reference price; here the spot pool's average"),
    max_confidence=ratio("0.02", "our choice: 2 % of the price, where the feed states confidence"),
    grace_seconds=seconds(300, f"{GMX}, after the sequencer's return"),
)
