// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {Greeks, OptionInputs} from "../types/OptionTypes.sol";

/// @title European option prices and their sensitivities, 18 decimals
/// @notice Black and Scholes (1973) with logarithm, exponential and root of Solady and the normal
/// distribution of Hart et al., Computer Approximations (1968), number 5666, which West (2005)
/// recommends. With q = exp(-rT), k = qK and s = sigma sqrt(T):
///
///     d1 = ln(S / K) / s + rT / s + s / 2,  d2 = d1 - s
///     call = S N(d1) - k N(d2),  put = call - S + k
///
/// Parity holds to the last digit because the put is made from it, and neither price leaves its
/// arbitrage bounds: max(0, S - k) <= call <= S. Arithmetic is unchecked: `_check` bounds every
/// input so that no product comes near 2^255.
library BlackScholes {
    /// @notice An input lies outside the range that the arithmetic was built for.
    error OptionInputOutOfRange(OptionInputs inputs);

    /// @notice What every price and sensitivity is made of; internal to the library.
    struct Terms {
        /// S, WAD USD.
        uint256 spot;
        /// K exp(-rT), WAD USD.
        uint256 discountedStrike;
        /// ln(S / K) + rT, WAD.
        int256 drift;
        /// sqrt(T), WAD.
        uint256 rootTime;
        /// sigma sqrt(T), WAD.
        uint256 deviation;
        /// N(d1), WAD.
        uint256 first;
        /// N(d2), WAD.
        uint256 second;
        /// exp(-d1^2 / 2), WAD.
        uint256 bell;
    }

    uint256 private constant WAD = 1e18;
    int256 private constant SIGNED_WAD = 1e18;
    uint256 private constant YEAR = 365 days;
    /// @dev sqrt(2 pi), WAD.
    uint256 private constant ROOT_TWO_PI = 2_506628274631000502;
    /// @dev Beyond it the rational form gives way to a continued fraction.
    uint256 private constant RATIONAL_LIMIT = 7_071067811865475244;
    /// @dev Beyond it N(-x) is below half of the last digit.
    uint256 private constant TAIL_LIMIT = 9e18;

    uint256 private constant MIN_PRICE = 1e12;
    uint256 private constant MAX_PRICE = 1e30;
    uint256 private constant MIN_VOLATILITY = 1e14;
    uint256 private constant MAX_VOLATILITY = 1e20;
    uint256 private constant MAX_RATE = 1e18;
    uint256 private constant MAX_SECONDS = 10 * YEAR;

    /// @notice Price of a call and of a put, and the call's delta.
    /// @dev Worked number: S = K = 3 000, sigma 80 %, T = 30 days, r = 0: s = 0.229358,
    /// d1 = 0.114679, N(d1) = 0.545649, N(d2) = 0.454351, both prices 273.90 USD.
    /// @param inputs The option; at expiry (no seconds left) its payoff.
    /// @return call WAD USD.
    /// @return put WAD USD.
    /// @return callDelta N(d1), WAD; the put's delta is that less one.
    function prices(
        OptionInputs memory inputs
    ) internal pure returns (uint256 call, uint256 put, uint256 callDelta) {
        if (inputs.secondsLeft == 0) return _atExpiry(inputs);
        Terms memory t = _terms(inputs);
        (call, put) = _prices(t);
        callDelta = t.first;
    }

    /// @notice Prices and sensitivities.
    /// @dev With phi the normal density and rates per year:
    ///
    ///     gamma = phi(d1) / (S s),  vega = S phi(d1) sqrt(T)
    ///     theta = -S phi(d1) sigma / (2 sqrt(T)) - r k N(d2)   (put: + r k N(-d2))
    ///
    /// Worked number: the option above has phi(d1) = 0.396328, gamma 0.000576 per USD, vega 340.87
    /// USD per 100 points of volatility and theta -1 658.9 USD a year, -4.54 a day.
    /// @param inputs The option; at expiry only prices and delta are not zero.
    /// @return g All of them.
    function greeks(OptionInputs memory inputs) internal pure returns (Greeks memory g) {
        if (inputs.secondsLeft == 0) {
            (g.call, g.put, g.callDelta) = _atExpiry(inputs);
            return g;
        }
        Terms memory t = _terms(inputs);
        (g.call, g.put) = _prices(t);
        g.callDelta = t.first;
        unchecked {
            uint256 density = (t.bell * WAD) / ROOT_TWO_PI;
            g.gamma = (density * WAD * WAD) / (t.spot * t.deviation);
            uint256 weighted = (t.spot * density) / WAD;
            g.vega = (weighted * t.rootTime) / WAD;
            uint256 decay = (weighted * inputs.volatility) / (2 * t.rootTime);
            uint256 interest = (t.discountedStrike * inputs.rate) / WAD;
            // All four are below 1e50.
            g.callTheta = -int256(decay) - int256((interest * t.second) / WAD);
            g.putTheta = -int256(decay) + int256((interest * (WAD - t.second)) / WAD);
        }
    }

    /// @notice What an option's price depends on besides volatility, so that many prices of one
    /// option need it once.
    /// @param inputs The option, with time left.
    /// @return discountedStrike k, WAD USD.
    /// @return drift ln(S / K) + rT, WAD.
    /// @return rootTime sqrt(T), WAD.
    function reduced(
        OptionInputs memory inputs
    ) internal pure returns (uint256 discountedStrike, int256 drift, uint256 rootTime) {
        _check(inputs);
        unchecked {
            rootTime = FixedPointMathLib.sqrt((inputs.secondsLeft * WAD * WAD) / YEAR);
            drift = FixedPointMathLib.lnWad(int256((inputs.spot * WAD) / inputs.strike));
            discountedStrike = inputs.strike;
            if (inputs.rate != 0) {
                int256 interest = int256((inputs.rate * inputs.secondsLeft) / YEAR);
                drift += interest;
                discountedStrike =
                    (inputs.strike * uint256(FixedPointMathLib.expWad(-interest))) / WAD;
            }
        }
    }

    /// @notice Price of a call from reduced inputs; the put's is that plus k - S.
    /// @dev Bounds are the caller's affair: those of `_check`, a tenfold in spot apart.
    /// @param spot S, WAD USD.
    /// @param discountedStrike k, WAD USD.
    /// @param drift ln(S / K) + rT, WAD.
    /// @param deviation sigma sqrt(T), WAD; zero at expiry.
    /// @return WAD USD.
    function callOf(
        uint256 spot,
        uint256 discountedStrike,
        int256 drift,
        uint256 deviation
    ) internal pure returns (uint256) {
        if (deviation == 0) return spot > discountedStrike ? spot - discountedStrike : 0;
        (uint256 first, uint256 second, ) = _normals(drift, deviation);
        return _call(spot, discountedStrike, first, second);
    }

    /// @notice N(x): the probability that a standard normal variable is below x.
    /// @dev Worked number: N(-1.96) = 0.0249978951482204.
    /// @param x WAD.
    /// @return WAD.
    function normal(int256 x) internal pure returns (uint256) {
        return _normal(x, _bell(x));
    }

    // --- Internal --- //

    function _terms(OptionInputs memory inputs) private pure returns (Terms memory t) {
        t.spot = inputs.spot;
        (t.discountedStrike, t.drift, t.rootTime) = reduced(inputs);
        unchecked {
            // At least 1e14 * 1.7e14 / 1e18: never zero.
            t.deviation = (inputs.volatility * t.rootTime) / WAD;
        }
        (t.first, t.second, t.bell) = _normals(t.drift, t.deviation);
    }

    function _normals(
        int256 drift,
        uint256 deviation
    ) private pure returns (uint256 first, uint256 second, uint256 bell) {
        unchecked {
            int256 d1 = (drift * SIGNED_WAD) / int256(deviation) + int256(deviation / 2);
            int256 d2 = d1 - int256(deviation);
            bell = _bell(d1);
            first = _normal(d1, bell);
            second = _normal(d2, _bell(d2));
        }
    }

    function _call(
        uint256 spot,
        uint256 strike,
        uint256 first,
        uint256 second
    ) private pure returns (uint256 call) {
        unchecked {
            uint256 floor = spot > strike ? spot - strike : 0;
            uint256 gain = (spot * first) / WAD;
            uint256 cost = (strike * second) / WAD;
            call = gain > cost ? gain - cost : 0;
            if (call < floor) call = floor;
            if (call > spot) call = spot;
        }
    }

    function _prices(Terms memory t) private pure returns (uint256 call, uint256 put) {
        call = _call(t.spot, t.discountedStrike, t.first, t.second);
        unchecked {
            put = call + t.discountedStrike - t.spot;
        }
    }

    function _atExpiry(
        OptionInputs memory inputs
    ) private pure returns (uint256 call, uint256 put, uint256 callDelta) {
        _check(inputs);
        if (inputs.spot > inputs.strike) return (inputs.spot - inputs.strike, 0, WAD);
        return (0, inputs.strike - inputs.spot, 0);
    }

    /// @dev exp(-x^2 / 2); zero where x^2 / 2 is more than 41.5.
    function _bell(int256 x) private pure returns (uint256) {
        unchecked {
            return uint256(FixedPointMathLib.expWad(-((x * x) / (2 * SIGNED_WAD))));
        }
    }

    /// @dev N(x), given exp(-x^2 / 2). For x < 0 the ratio of two polynomials in |x| times the
    /// bell, far out a continued fraction; N(x) = 1 - N(-x).
    function _normal(int256 x, uint256 bell) private pure returns (uint256) {
        unchecked {
            uint256 a = FixedPointMathLib.abs(x);
            uint256 tail = a < RATIONAL_LIMIT ? _rational(a, bell) : _fraction(a, bell);
            return x < 0 ? tail : WAD - tail;
        }
    }

    // slither-disable-next-line too-many-digits -- Hart's coefficients, to the last digit
    function _rational(uint256 a, uint256 bell) private pure returns (uint256) {
        unchecked {
            uint256 p = (35262496599891090 * a) / WAD + 700383064443688100;
            p = (p * a) / WAD + 6_373962203531650000;
            p = (p * a) / WAD + 33_912866078383000000;
            p = (p * a) / WAD + 112_079291497870900000;
            p = (p * a) / WAD + 221_213596169931100000;
            p = (p * a) / WAD + 220_206867912376100000;
            uint256 q = (88388347648318440 * a) / WAD + 1_755667163182642000;
            q = (q * a) / WAD + 16_064177579206950000;
            q = (q * a) / WAD + 86_780732202946080000;
            q = (q * a) / WAD + 296_564248779673700000;
            q = (q * a) / WAD + 637_333633378831100000;
            q = (q * a) / WAD + 793_826512519948400000;
            q = (q * a) / WAD + 440_413735824752200000;
            return (bell * p) / q;
        }
    }

    function _fraction(uint256 a, uint256 bell) private pure returns (uint256) {
        if (a >= TAIL_LIMIT) return 0;
        unchecked {
            uint256 b = a + 0.65e18;
            b = a + (4 * WAD * WAD) / b;
            b = a + (3 * WAD * WAD) / b;
            b = a + (2 * WAD * WAD) / b;
            b = a + (WAD * WAD) / b;
            return (bell * WAD * WAD) / (b * ROOT_TWO_PI);
        }
    }

    function _check(OptionInputs memory i) private pure {
        if (
            i.spot < MIN_PRICE ||
            i.spot > MAX_PRICE ||
            i.strike < MIN_PRICE ||
            i.strike > MAX_PRICE ||
            i.volatility < MIN_VOLATILITY ||
            i.volatility > MAX_VOLATILITY ||
            i.rate > MAX_RATE ||
            i.secondsLeft > MAX_SECONDS
        ) revert OptionInputOutOfRange(i);
    }
}
