"""Exact model of ``BlackScholes.sol``: option prices and sensitivities in the same integers.

Logarithm and exponential are those of Solady's ``FixedPointMathLib``, reckoned step for step; the
normal distribution is Hart's (1968) rational form 5666. All amounts are WAD.
"""

from __future__ import annotations

from functools import reduce
from math import isqrt
from typing import NamedTuple

from floodline.foundation.units import WAD
from floodline.protocols.reference.model_math import ModelRevert, div_truncated

YEAR_S = 365 * 86_400
"""Seconds in the year that volatilities and rates are stated for."""

_ROOT_TWO_PI = 2_506628274631000502
_RATIONAL_LIMIT = 7_071067811865475244
_TAIL_LIMIT = 9 * WAD
_NUMERATOR = (
    35262496599891090,
    700383064443688100,
    6_373962203531650000,
    33_912866078383000000,
    112_079291497870900000,
    221_213596169931100000,
    220_206867912376100000,
)
_DENOMINATOR = (
    88388347648318440,
    1_755667163182642000,
    16_064177579206950000,
    86_780732202946080000,
    296_564248779673700000,
    637_333633378831100000,
    793_826512519948400000,
    440_413735824752200000,
)
_LOWEST_EXPONENT = -41446531673892822313
_HIGHEST_EXPONENT = 135305999368893231589
_LN_TWO_96 = 54916777467707473351141471128
"""ln(2) in units of 2**-96."""


class OptionInputs(NamedTuple):
    """What determines a European option's price (Solidity ``OptionInputs``)."""

    spot: int
    """Price of the asset, WAD USD."""
    strike: int
    """WAD USD."""
    volatility: int
    """WAD per square root of a year."""
    seconds_left: int
    """Time to expiry, seconds."""
    rate: int = 0
    """Continuously compounded, WAD per year."""


class OptionGreeks(NamedTuple):
    """Prices and sensitivities of one strike and expiry (Solidity ``Greeks``)."""

    call: int
    """WAD USD."""
    put: int
    """WAD USD."""
    call_delta: int
    """WAD; the put's is that less one."""
    gamma: int
    """WAD per USD."""
    vega: int
    """WAD USD per 1.00 of volatility."""
    call_theta: int
    """WAD USD per year that passes."""
    put_theta: int
    """WAD USD per year that passes."""


def ln_wad(x: int) -> int:
    """Return the natural logarithm of a positive WAD number, as Solady's ``lnWad``.

    ``ln_wad(2 * 10**18)`` is 693147180559945309.
    """
    if x <= 0:
        raise ModelRevert("LnWadUndefined")
    k = x.bit_length() - 97
    x = (x << (159 - k)) >> 159
    p = x + 3273285459638523848632254066296
    for constant in (
        24828157081833163892658089445524,
        43456485725739037958740375743393,
        -11111509109440967052023855526967,
        -45023709667254063763336534515857,
        -14706773417378608786704636184526,
    ):
        p = ((p * x) >> 96) + constant
    p = p * x - (795164235651350426258249787498 << 96)
    q = 5573035233440673466300451813936 + x
    for constant in (
        71694874799317883764090561454958,
        283447036172924575727196451306956,
        401686690394027663651624208769553,
        204048457590392012362485061816622,
        31853899698501571402653359427138,
        909429971244387300277376558375,
    ):
        q = ((q * x) >> 96) + constant
    r = 1677202110996718588342820967067443963516166 * div_truncated(p, q)
    r += 16597577552685614221487285958193947469193820559219878177908093499208371 * k
    r += 600920179829731861736702779321621459595472258049074101567377883020018308
    return r >> 174


def exp_wad(x: int) -> int:
    """Return e to a WAD power, as Solady's ``expWad``; ``exp_wad(0)`` is 1e18."""
    if x <= _LOWEST_EXPONENT:
        return 0
    if x >= _HIGHEST_EXPONENT:
        raise ModelRevert("ExpOverflow")
    x = div_truncated(x << 78, 5**18)
    k = (div_truncated(x << 96, _LN_TWO_96) + 2**95) >> 96
    x -= k * _LN_TWO_96
    y = (((x + 1346386616545796478920950773328) * x) >> 96) + 57155421227552351082224309758442
    p = y + x - 94201549194550492254356042504812
    p = ((p * y) >> 96) + 28719021644029726153956944680412240
    p = p * x + (4385272521454847904659076985693276 << 96)
    q = x - 2855989394907223263936484059900
    for constant in (
        50020603652535783019961831881945,
        -533845033583426703283633433725380,
        3604857256930695427073651918091429,
        -14423608567350463180887372962807573,
        26449188498355588339934803723976023,
    ):
        q = ((q * x) >> 96) + constant
    r = div_truncated(p, q)
    return (r * 3822833074963236453042738258902158003155416615667) >> (195 - k)


def pow_wad(x: int, y: int) -> int:
    """Return ``x ** y`` of WAD numbers, as Solady's ``powWad``."""
    return exp_wad(div_truncated(ln_wad(x) * y, WAD))


def normal(x: int) -> int:
    """Return the standard normal distribution at a WAD number, WAD.

    ``normal(-1.96 WAD)`` is 0.0249979 WAD.
    """
    return _normal(x, _bell(x))


def prices(inputs: OptionInputs) -> tuple[int, int, int]:
    """Return call, put and the call's delta, as ``BlackScholes.prices``.

    At 3,000 with strike 3,000, 80 % and 30 days: 273.90, 273.90 and 0.5457.

    Raises
    ------
    ModelRevert
        ``OptionInputOutOfRange`` where the contract refuses.

    """
    return greeks(inputs)[:3]


def greeks(inputs: OptionInputs) -> OptionGreeks:
    """Return prices and sensitivities, as ``BlackScholes.greeks``.

    Raises
    ------
    ModelRevert
        ``OptionInputOutOfRange`` where the contract refuses.

    """
    _check(inputs)
    spot, strike, volatility, seconds_left, rate = inputs
    if seconds_left == 0:
        payoff = max(spot - strike, 0), max(strike - spot, 0)
        return OptionGreeks(*payoff, WAD if spot > strike else 0, 0, 0, 0, 0)
    discounted, drift, root_time = reduced(inputs)
    deviation = volatility * root_time // WAD
    first, second, bell = _normals(drift, deviation)
    call = _call(spot, discounted, first, second)
    density = bell * WAD // _ROOT_TWO_PI
    weighted = spot * density // WAD
    decay = weighted * volatility // (2 * root_time)
    carry = discounted * rate // WAD
    return OptionGreeks(
        call=call,
        put=call + discounted - spot,
        call_delta=first,
        gamma=density * WAD * WAD // (spot * deviation),
        vega=weighted * root_time // WAD,
        call_theta=-decay - carry * second // WAD,
        put_theta=-decay + carry * (WAD - second) // WAD,
    )


def reduced(inputs: OptionInputs) -> tuple[int, int, int]:
    """Return discounted strike, ln(S / K) + rT and sqrt(T), as ``BlackScholes.reduced``."""
    _check(inputs)
    spot, strike, _, seconds_left, rate = inputs
    interest = rate * seconds_left // YEAR_S
    drift = ln_wad(spot * WAD // strike) + interest
    discounted = strike * exp_wad(-interest) // WAD if rate else strike
    return discounted, drift, isqrt(seconds_left * WAD * WAD // YEAR_S)


def call_of(spot: int, discounted: int, drift: int, deviation: int) -> int:
    """Return the price of a call from reduced inputs, as ``BlackScholes.callOf``, WAD USD."""
    if deviation == 0:
        return max(spot - discounted, 0)
    first, second, _ = _normals(drift, deviation)
    return _call(spot, discounted, first, second)


def _normals(drift: int, deviation: int) -> tuple[int, int, int]:
    d1 = div_truncated(drift * WAD, deviation) + deviation // 2
    bell = _bell(d1)
    return _normal(d1, bell), normal(d1 - deviation), bell


def _call(spot: int, discounted: int, first: int, second: int) -> int:
    call = max(spot * first // WAD - discounted * second // WAD, spot - discounted, 0)
    return min(call, spot)


def _bell(x: int) -> int:
    """Return exp(-x**2 / 2), WAD."""
    return exp_wad(-(x * x // (2 * WAD)))


def _normal(x: int, bell: int) -> int:
    a = abs(x)
    if a < _RATIONAL_LIMIT:
        tail = bell * _polynomial(_NUMERATOR, a) // _polynomial(_DENOMINATOR, a)
    elif a >= _TAIL_LIMIT:
        tail = 0
    else:
        b = a + 650000000000000000
        for step in (4, 3, 2, 1):
            b = a + step * WAD * WAD // b
        tail = bell * WAD * WAD // (b * _ROOT_TWO_PI)
    return tail if x < 0 else WAD - tail


def _polynomial(coefficients: tuple[int, ...], x: int) -> int:
    return reduce(lambda value, constant: value * x // WAD + constant, coefficients)


def _check(inputs: OptionInputs) -> None:
    spot, strike, volatility, seconds_left, rate = inputs
    inside = (
        10**12 <= spot <= 10**30
        and 10**12 <= strike <= 10**30
        and 10**14 <= volatility <= 10**20
        and 0 <= rate <= WAD
        and 0 <= seconds_left <= 10 * YEAR_S
    )
    if not inside:
        raise ModelRevert("OptionInputOutOfRange", inputs)
