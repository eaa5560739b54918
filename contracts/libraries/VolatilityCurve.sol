// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeCastLib} from "solady/src/utils/SafeCastLib.sol";
import {SurfaceParameters, SurfaceState} from "../types/OptionTypes.sol";

/// @title Volatility of one strike and expiry
library VolatilityCurve {
    using FixedPointMathLib for int256;
    using FixedPointMathLib for uint256;
    using SafeCastLib for uint256;

    /// @notice A surface at one moment.
    struct Curve {
        /// What publishers said.
        SurfaceState state;
        /// The surface's parameters.
        SurfaceParameters parameters;
        /// Sum of the base's moves, WAD.
        int256 baseImpact;
        /// Price of the asset, WAD USD.
        uint256 spot;
    }

    int256 private constant WAD = 1e18;
    uint256 private constant YEAR = 365 days;
    uint256 private constant MONTH = 30 days;

    /// @notice Base times a parabola in moneyness times a power of time, each inside its bounds.
    /// @dev With m = ln(K / F) / sqrt(T) and F = S exp(rT):
    ///
    ///     sigma = (base + baseImpact) * (1 + slope m + smile m^2 + factorImpact) * (30 d / T)^p
    ///
    /// Worked number: base 80 %, slope -0.08, smile 0.1, p = 0.1, K = 2 700 at S = 3 000, r = 0,
    /// 7 days: m = -0.105361 / 0.138485 = -0.760808, factor 1.118747, term 1.156636: 103.52 %.
    /// @param c The surface as it stands.
    /// @param factorImpact Sum of the point's moves, WAD.
    /// @param strike WAD USD.
    /// @param secondsLeft More than zero.
    /// @return WAD.
    function at(
        Curve memory c,
        int256 factorImpact,
        uint256 strike,
        uint256 secondsLeft
    ) internal pure returns (uint256) {
        SurfaceParameters memory p = c.parameters;
        uint256 base = _bounded(c.state.base.toInt256() + c.baseImpact, p.minBase, p.maxBase);
        int256 root = FixedPointMathLib.sqrt((secondsLeft * 1e36) / YEAR).toInt256();
        int256 carry = ((c.state.rate * secondsLeft) / YEAR).toInt256();
        int256 m =
            ((FixedPointMathLib.lnWad(strike.divWad(c.spot).toInt256()) - carry) * WAD) / root;
        int256 parabola =
            WAD +
                (c.state.slope * m) / WAD +
                (c.state.smile.toInt256() * ((m * m) / WAD)) / WAD +
                factorImpact;
        uint256 volatility = base.mulWad(_bounded(parabola, p.minFactor, p.maxFactor));
        if (p.termPower != 0) {
            int256 term = FixedPointMathLib.lnWad(((MONTH * 1e18) / secondsLeft).toInt256());
            int256 power = FixedPointMathLib.expWad((term * p.termPower.toInt256()) / WAD);
            volatility = volatility.mulWad(uint256(power));
        }
        return volatility.clamp(p.minVolatility, p.maxVolatility);
    }

    function _bounded(int256 x, uint256 lower, uint256 upper) private pure returns (uint256) {
        return uint256(x.clamp(lower.toInt256(), upper.toInt256()));
    }
}
