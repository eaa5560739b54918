"""All laws, in order, and running them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from floodline.foundation.errors import CampaignError
from floodline.foundation.suggest import suggestion
from floodline.validation import (
    amm,
    calm,
    determinism,
    fee_market,
    lateness,
    options,
    queues,
    starvation,
)
from floodline.validation.law import Effort, Law, Verdict

LAWS: Final = (
    Law(
        "V1",
        "waiting, fixed slots, first come first served",
        "W = E[X]/λ + T/2, E[X] = Σ 1/(1-z_k) - (b(b-1) - a²)/(2(b-a))",
        queues.fixed_slots,
    ),
    Law(
        "V2",
        "waiting, exponential block times",
        "W = r/((1-r)λ), μ r (1-r^b)/(1-r) = λ",
        queues.exponential_slots,
    ),
    Law(
        "V3",
        "waiting, two tip classes",
        "W_i = (L_i W(L_i) - L_{i-1} W(L_{i-1}))/λ_i",
        queues.tip_classes,
    ),
    Law(
        "V4",
        "load that shuts out a bidder at quantile q of the tips",
        "1/(1-q) times what blocks hold",
        starvation.breaking_loads,
    ),
    Law(
        "V5",
        "shut-out of a fee cap of k base fees, blocks u times the target",
        "n = floor(ln k / ln(1 + (u-1)/8)) + 1",
        fee_market.lock_out,
    ),
    Law(
        "V6",
        "base fees of n full blocks",
        "L b0 (1.125^n - 1)/0.125",
        fee_market.stuffing,
    ),
    Law(
        "V7",
        "ramp to shut-out, then hold at the target for m blocks",
        "L b0 (1.125^n - 1)/0.125 + m (L/2) b0 1.125^n",
        fee_market.ramp_and_hold,
    ),
    Law(
        "V8",
        "loss of a pool that trades at a stale price",
        "E[(|sZ| - f)+] = 2 (s φ(f/s) - f Φ(-f/s))",
        lateness.stale_quotes,
    ),
    Law(
        "V9",
        "arbitrage against a constant-product pool",
        "share of LVR: 1/(1 + √2 g/s) for Poisson blocks, 1/(1 + 1.7164 g/s) for fixed ones",
        amm.arbitrage,
    ),
    Law(
        "V10",
        "bad debt of a late liquidation",
        "P = Φ(-m/s), E = s φ(m/s) - m Φ(-m/s)",
        lateness.late_liquidations,
    ),
    Law(
        "V11",
        "blocks under elastic demand",
        "mean in [1, 1.06] of the target; spread and memory of 340 mainnet blocks",
        calm.calm_blocks,
    ),
    Law(
        "V12",
        "option prices and greeks on chain",
        "Black-Scholes, against QuantLib",
        options.prices,
    ),
    Law(
        "V13",
        "same seed, other process, other hash seed",
        "byte-identical tables",
        determinism.same_bytes,
    ),
)


def chosen(numbers: Sequence[str]) -> list[Law]:
    """Return the laws of these numbers, in their own order; all of them where none is named.

    Raises
    ------
    CampaignError
        If there is no law of such a number.

    """
    known = [law.number for law in LAWS]
    wanted = {number.upper() for number in numbers}
    strange = sorted(wanted - set(known))
    if strange:
        raise CampaignError(
            f"there is no law {strange[0]}{suggestion(strange[0], known)}",
            f"one of: {', '.join(known)}",
        )
    return [law for law in LAWS if not wanted or law.number in wanted]


def hold(laws: Sequence[Law], effort: Effort, tell: Callable[[Law], None]) -> list[Verdict]:
    """Put the machine to each law; `tell` is called before each."""
    verdicts = []
    for law in laws:
        tell(law)
        verdicts.append(Verdict(law, tuple(law.test(effort))))
    return verdicts
