"""The closed forms that the machine is held against, each with its derivation and source.

Symbols: `T` slot length in seconds, `b` equal transactions that fit one block, `lambda` arrivals a
second, ``a = lambda T`` arrivals a slot, ``rho = a / b``. Everything here is pure arithmetic: no
engine, no random numbers.
"""

from __future__ import annotations

from math import log, pi, sqrt
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.stats import norm

FIXED_BLOCK_ARBITRAGE: Final = sqrt(2 * pi) / 1.4603545088095868
"""1.7164, the constant of fixed block times in V9 for the one-sided fee: the inverse of the mean
overshoot of a Gaussian walk, ``-zeta(1/2) / sqrt(2 pi) = 0.5826`` (Siegmund, "Sequential analysis",
1985). For Poisson blocks the overshoot is exponential and the constant sqrt(2) (Milionis, Moallemi
and Roughgarden, "Automated market making and arbitrage profits in the presence of fees", 2023)."""


# ---- queues of blocks (V1, V2, V3, V4) -----------------------------------------------------------


def fixed_slot_wait_s(arrivals_per_s: float, capacity: int, slot_s: float) -> float:
    r"""Return the mean time from arrival to block, fixed slots, first come first served (V1).

    Left over after the block of a slot: ``X' = max(X + A - b, 0)`` with A Poisson of mean a. Its
    generating function has b - 1 zeros z_k inside the unit disc, the roots of
    ``z^b = exp(a (z - 1))``; that it is 1 at z = 1 gives

        E[X] = sum_k 1 / (1 - z_k) - (b (b - 1) - a^2) / (2 (b - a))

    (Bailey, "On queueing processes with bulk service", 1954). By Little's law those left over wait
    E[X] / lambda, and everybody waits half a slot for the next block: W = E[X] / lambda + T / 2.

    Worked number: b = 10, T = 12 s, rho = 0.95 (a = 9.5): 16.045 s.

    Parameters
    ----------
    arrivals_per_s : float
        Lambda.
    capacity : int
        b, transactions.
    slot_s : float
        T, seconds.

    Raises
    ------
    ValueError
        If the queue has no steady state (rho >= 1).

    """
    mean = arrivals_per_s * slot_s
    _require_stable(mean / capacity)
    roots = _bulk_roots(mean, capacity)
    left_over = float(np.sum(1 / (1 - roots)).real) - (capacity * (capacity - 1) - mean**2) / (
        2 * (capacity - mean)
    )
    return left_over / arrivals_per_s + slot_s / 2


def exponential_slot_wait_s(arrivals_per_s: float, capacity: int, mean_slot_s: float) -> float:
    """Return the mean time from arrival to block when block times are exponential (V2).

    With blocks at rate mu that take up to b, the number waiting is geometric with the ratio r in
    (0, 1) that balances flows across a cut: ``mu r (1 - r^b) / (1 - r) = lambda`` (the M/M[b]/1
    queue with partial batches; Gross and Harris, "Fundamentals of queueing theory"). Then
    ``W = r / ((1 - r) lambda)``.

    Worked number: b = 10, mean 12 s, rho = 0.9: 67.9 s, where fixed slots would need 10.1 s.
    """
    _require_stable(arrivals_per_s * mean_slot_s / capacity)
    rate = 1 / mean_slot_s

    def balance(ratio: float) -> float:
        served = ratio * sum(ratio**k for k in range(capacity))
        return rate * served - arrivals_per_s

    ratio = float(brentq(balance, 0.0, 1.0, xtol=1e-15))
    return ratio / ((1 - ratio) * arrivals_per_s)


def tip_class_waits_s(arrivals_per_s: list[float], capacity: int, slot_s: float) -> list[float]:
    """Return the mean wait of each tip class, the best paying first (V3).

    Whoever pays at least class i's tip does not see those who pay less: classes 1..i together are
    the queue of V1 at the rate L_i. Hence ``W_i = (L_i W(L_i) - L_{i-1} W(L_{i-1})) / lambda_i``.

    Worked number: b = 10, T = 12 s, two classes of 0.4 each in rho: the first waits 6.03 s.
    """
    waits: list[float] = []
    total, before = 0.0, 0.0
    for rate in arrivals_per_s:
        total += rate
        work = total * fixed_slot_wait_s(total, capacity, slot_s)
        waits.append((work - before) / rate)
        before = work
    return waits


def breaking_load(tip_quantile: float) -> float:
    """Return the load, in multiples of capacity, above which a bidder is shut out (V4).

    The bidder pays the tip at quantile q of the flood: a share 1 - q of the flood goes first. It
    fills the blocks when ``(1 - q) rho = 1``. Worked number: q = 0.9 holds out to 10 times the
    capacity, q = 0 (the lowest tip) to 1.
    """
    return 1 / (1 - tip_quantile)


def _require_stable(utilisation: float) -> None:
    if not 0 < utilisation < 1:
        raise ValueError(f"rho must lie in (0, 1) for a steady state; it is {utilisation:.4g}")


def _bulk_roots(mean: float, capacity: int) -> npt.NDArray[np.complex128]:
    """Return the roots of z^b = exp(a (z - 1)) inside the unit disc, z = 1 left out.

    Each branch k of the b-th root, ``z = w_k exp(a (z - 1) / b)``, contracts for a < b.
    """
    branches = np.exp(2j * np.pi * np.arange(1, capacity) / capacity)
    roots: npt.NDArray[np.complex128] = np.zeros_like(branches)
    for _ in range(10_000):
        update = branches * np.exp(mean * (roots - 1) / capacity)
        if np.max(np.abs(update - roots), initial=0.0) < 1e-15:
            break
        roots = update
    return roots


# ---- the fee market (V5, V6, V7) -----------------------------------------------------------------


def lock_out_blocks(cap_multiple: float, fullness: float) -> int:
    """Return in how many blocks a fixed fee cap still gets in (V5).

    Blocks filled to u times the target raise the base fee by ``1 + (u - 1) / 8`` each (EIP-1559). A
    cap of k times the first base fee is passed after ``n = floor(ln k / ln(1 + (u - 1) / 8)) + 1``
    blocks: the block n + 1 is the first that is too dear.

    Worked numbers: k = 2: u = 2 gives 6, 1.5 gives 12, 1.2 gives 29, 1.1 gives 56.
    """
    return int(log(cap_multiple) / log(1 + (fullness - 1) / 8)) + 1


def stuffing_cost_wei(gas_limit: int, base_fee_wei: int, blocks: int) -> float:
    """Return what n full blocks cost in base fees (V6): ``L b0 (1.125^n - 1) / 0.125``.

    The sum of a geometric series: every full block makes the next dearer by an eighth. Worked
    number: 30 million gas, 1 gwei, 10 blocks: 0.54 ether.
    """
    return gas_limit * base_fee_wei * (1.125**blocks - 1) / 0.125


def ramp_and_hold_cost_wei(
    gas_limit: int, base_fee_wei: int, cap_multiple: float, hold_blocks: int
) -> float:
    """Return what it costs to lock capped bidders out and keep them out (V7).

    Ramp with n full blocks to lock-out (V5, u = 2), then hold with blocks at the target, G = L / 2,
    which leave the base fee where it is: ``L b0 (1.125^n - 1) / 0.125 + m G b0 1.125^n``.
    """
    ramp = lock_out_blocks(cap_multiple, 2.0)
    hold = hold_blocks * gas_limit / 2 * base_fee_wei * 1.125**ramp
    return stuffing_cost_wei(gas_limit, base_fee_wei, ramp) + hold


# ---- stale prices and late liquidations (V8, V9, V10) --------------------------------------------


def stale_quote_loss(deviation: float, fee: float) -> float:
    """Return the expected loss per notional to whoever trades on a stale quote (V8).

    The price has moved by ``s Z`` (s = sigma sqrt(age), Z normal); the trader takes what exceeds
    the fee: ``E[(|sZ| - f)+] = 2 (s phi(f / s) - f Phi(-f / s))``.

    Worked number: s = f = 0.001: 0.000167.
    """
    ratio = fee / deviation
    return 2 * (deviation * float(norm.pdf(ratio)) - fee * float(norm.cdf(-ratio)))


def arbitrage_share(fee: float, block_deviation: float, *, fixed_blocks: bool) -> float:
    """Return the part of loss-versus-rebalancing that arbitrageurs of an AMM keep (V9).

    `fee` is one-sided, `block_deviation` is sigma sqrt(block time). Poisson blocks:
    ``1 / (1 + sqrt(2) g / s)``; fixed blocks: ``1 / (1 + 1.7164 g / s)``.

    Worked number: g = s: 0.414 and 0.368.
    """
    constant = FIXED_BLOCK_ARBITRAGE if fixed_blocks else sqrt(2)
    return 1 / (1 + constant * fee / block_deviation)


def late_liquidation(margin: float, deviation: float) -> tuple[float, float]:
    """Return probability and mean of bad debt, per notional, after a delay (V10).

    A position has margin m (per notional) left when it should be closed, and the price moves by
    ``s Z`` against it until it is: ``P = Phi(-m / s)``, ``E = s phi(m / s) - m Phi(-m / s)``.

    Worked number: m = s = 0.001: 15.87 %, 0.0000833.
    """
    ratio = margin / deviation
    share = float(norm.cdf(-ratio))
    return share, deviation * float(norm.pdf(ratio)) - margin * share


def largest_safe_leverage(
    tolerance: float, volatility: float, delay_s: float, closing_cost: float
) -> float:
    """Return the diffusion floor of safe leverage: ``L* = 1 / (z_p sigma sqrt(delay) + c)`` (V10).

    `volatility` is per square root of a year of 365 days; `closing_cost` is what closing takes, per
    notional. Worked number: p = 1 %, sigma = 0.9, 24 s, c = 0.5 %: 1 / (2.326 * 0.000785 + 0.005) =
    146.
    """
    deviation = volatility * sqrt(delay_s / (365 * 86_400))
    return 1 / (float(norm.isf(tolerance)) * deviation + closing_cost)
