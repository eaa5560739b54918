"""Which variant of each mechanism a deployment has: typed switches, by name in a campaign file."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import Field

from floodline.foundation.registry import Parameters
from floodline.foundation.suggest import suggestion


class InitialMargin(StrEnum):
    """What initial margin depends on besides a position's own size."""

    FIXED = "fixed"
    OPEN_INTEREST = "open_interest"


class MarginRule(StrEnum):
    """What accounts' requirements are reckoned by."""

    ISOLATED = "isolated"
    PORTFOLIO = "portfolio"
    CAPPED = "capped"

    @property
    def by_scenarios(self) -> bool:
        """Whether every account opts into scenario margin."""
        return self is not MarginRule.ISOLATED


class Collateral(StrEnum):
    """What counts as margin."""

    USDC = "usdc"
    MULTI = "multi"


class Oracle(StrEnum):
    """How prices come on chain."""

    PUSH = "push"
    PULL = "pull"
    DELAYED = "delayed"
    MEDIAN = "median"
    TWAP = "twap"


class FeedBounds(StrEnum):
    """What a push feed does with an answer outside its bounds."""

    REFUSE = "refuse"
    CLAMP = "clamp"


class Fallback(StrEnum):
    """What the hub does where a breaker refuses the newest price."""

    REVERT = "revert"
    LAST_GOOD = "last_good"


class ExpiryPrice(StrEnum):
    """Which price settles options."""

    TWAP = "twap"
    LANDING = "landing"


class Orders(StrEnum):
    """How traders' orders are filled."""

    IMMEDIATE = "immediate"
    DELAYED = "delayed"


class Liquidation(StrEnum):
    """How accounts below maintenance margin are taken out."""

    CHUNKS = "chunks"
    AUCTION = "auction"
    CLIPPER = "clipper"


class Fund(StrEnum):
    """What the insurance fund does when it is asked for more than it has."""

    WHAT_IT_HAS = "what_it_has"
    ALL_OR_NOTHING = "all_or_nothing"


class Deleveraging(StrEnum):
    """Whose winning positions are closed where fund and backer cannot pay."""

    NONE = "none"
    QUEUE = "queue"
    PRO_RATA = "pro_rata"

    @property
    def rule(self) -> int:
        """The contract's number for the rule."""
        return {Deleveraging.QUEUE: 0, Deleveraging.PRO_RATA: 1}[self]


class Switches(Parameters):
    """Variants of the mechanisms; a mechanism that is off is not deployed."""

    orders: Orders = Field(
        default=Orders.IMMEDIATE,
        description="immediate: filled by the trader's own transaction; delayed: committed, then "
        "settled by any keeper inside a window (Synthetix v3).",
    )
    fund: Fund = Field(
        default=Fund.WHAT_IT_HAS,
        description="what_it_has: pays the least of what is asked for and what there is; "
        "all_or_nothing: reverts, and the liquidation with it (Perpetual Protocol v2's CH_IIC).",
    )
    liquidation: Liquidation = Field(
        default=Liquidation.CHUNKS,
        description="chunks: keepers close parts at the oracle price; auction: whole accounts fall "
        "in price by phases (Derive v2); clipper: by steps from above the feed (MakerDAO).",
    )
    initial_margin: InitialMargin = Field(
        default=InitialMargin.FIXED,
        description="fixed: by the position alone; open_interest: growing with its side's open "
        "interest, from oi_scale_start to oi_scale_full (dYdX v4).",
    )
    margin: MarginRule = Field(
        default=MarginRule.ISOLATED,
        description="isolated: each position has its own requirement; portfolio: every account "
        "opts into scenario margin before it trades (Derive v2's PMRM); capped: the same, but at "
        "most the isolated requirements together (Derive v2's SRM takes the better of two alike); "
        "both need options: true.",
    )
    collateral: Collateral = Field(
        default=Collateral.USDC,
        description="usdc: cash alone is margin; multi: each asset's token counts too, less a "
        "haircut, and is sold through its spot pool for a debt (Synthetix v3).",
    )
    oracle: Oracle = Field(
        default=Oracle.PUSH,
        description="push: a publisher transmits; pull: signed prices ride in the calls that need "
        "them (Pyth); delayed: in force one hop later (Maker); median: of a majority of the "
        "publishers; twap: average of the spot pool's price, with the pool.",
    )
    feed_bounds: FeedBounds = Field(
        default=FeedBounds.REFUSE,
        description="refuse: a push feed reverts on an answer out of bounds; clamp: it reports the "
        "bound instead (Venus, May 2022).",
    )
    breaker: bool = Field(
        default=False,
        description="Whether the hub refuses sudden jumps, prices far from the spot pool's average "
        "(with amm) and prices that publishers are unsure of (with pull).",
    )
    fallback: Fallback = Field(
        default=Fallback.REVERT,
        description="Where a breaker refuses: revert, or last_good: use the newest price that "
        "passes, however old.",
    )
    sequencer_guard: bool = Field(
        default=False,
        description="Whether the hub refuses all prices while the sequencer is reported down, and "
        "strict ones (liquidation, withdrawal) for a grace period after.",
    )
    staleness_guard: bool = Field(
        default=True,
        description="Whether prices are refused for their age; without it any age will do.",
    )
    amm: bool = Field(
        default=False, description="Whether each asset has a spot pool (constant product)."
    )
    vault: bool = Field(
        default=False,
        description="Whether the counterparty is the liquidity providers' vault, with queues, "
        "shares and breakers, instead of a plain ledger account.",
    )
    options: bool = Field(
        default=False,
        description="true: options on each market's asset, traded with a vault of their own, with "
        "scenario margin for accounts that choose it.",
    )
    volatility_breaker: bool = Field(
        default=False,
        description="Whether trading in options halts after base volatility has moved by more than "
        "surface_max_move inside surface_move_seconds (Lyra v1).",
    )
    expiry_price: ExpiryPrice = Field(
        default=ExpiryPrice.TWAP,
        description="twap: options settle at the average of the window before expiry (Derive); "
        "landing: at the price in force when a keeper's transaction lands (Lyra).",
    )
    adl: Deleveraging = Field(
        default=Deleveraging.NONE,
        description="none: what fund and backer leave is a haircut at once; queue, pro_rata: "
        "winners are closed first at the bankruptcy price, by profit times leverage or in "
        "proportion to their size (dYdX v4, GMX v2).",
    )


_WORDS = {"on": "true", "off": "false"}


def choices(name: str) -> list[str]:
    """Return the values of a switch."""
    kind: Any = Switches.model_fields[name].annotation
    return ["false", "true"] if kind is bool else [choice.value for choice in kind]


def with_switches(switches: Switches, given: Mapping[str, str | bool]) -> Switches:
    """Return switches with some of them set.

    Raises
    ------
    ValueError
        If no switch is called so, or it has no such value; naming the nearest.

    """
    known = list(Switches.model_fields)
    for name, value in sorted(given.items()):
        if name not in known:
            raise ValueError(
                f"switch '{name}': no such switch{suggestion(name, known)}; "
                f"one of: {', '.join(known)}"
            )
        word = str(value).lower() if isinstance(value, bool) else _WORDS.get(value, value)
        if word not in choices(name):
            raise ValueError(
                f"switch '{name}' cannot be '{word}'{suggestion(word, choices(name))}; "
                f"one of: {', '.join(choices(name))}"
            )
    chosen = Switches.model_validate({**switches.model_dump(), **given})
    if chosen.margin.by_scenarios and not chosen.options:
        raise ValueError(
            f"switch 'margin' cannot be '{chosen.margin.value}' without options, which bring the "
            "scenario model with them; set 'options' to true"
        )
    return chosen
