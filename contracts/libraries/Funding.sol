// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeCastLib} from "solady/src/utils/SafeCastLib.sol";

/// @title Funding whose speed, not level, follows the skew
/// @notice One accumulator serves longs and shorts, so rounding has no user to favour: it truncates
/// towards zero, the same for both signs.
library Funding {
    using SafeCastLib for uint256;

    int256 internal constant DAY = 1 days;
    int256 private constant WAD = 1e18;

    /// @notice Acceleration of the funding rate.
    /// @dev velocity = clamp(skew / K, -1, 1) * maxVelocity. Worked number: skew = 3 000 of
    /// K = 300 000 and 9 per day squared give 0.09: the daily rate grows by 9 points a day.
    /// @param skew WAD units.
    /// @param skewScale K, WAD units.
    /// @param maxVelocity WAD per day squared.
    /// @return WAD per day squared.
    function velocity(
        int256 skew,
        uint256 skewScale,
        uint256 maxVelocity
    ) internal pure returns (int256) {
        int256 scale = skewScale.toInt256();
        return (FixedPointMathLib.clamp(skew, -scale, scale) * maxVelocity.toInt256()) / scale;
    }

    /// @notice Rate and accumulator after some time at constant skew and price.
    /// @dev With t in days: rate(t) = rate + velocity * t and
    ///
    ///     F(t) = F - (rate + rate(t)) / 2 * t * P
    ///
    /// F is what one unit long has received since the start; a position receives
    /// size * (F - F at entry). Worked number: rate 0, velocity 0.09, one day, P = 3 000: rate
    /// 0.09, F falls by 0.045 * 3 000 = 135 USD per unit.
    /// @param rate WAD per day.
    /// @param accumulator WAD USD per unit.
    /// @param acceleration WAD per day squared.
    /// @param elapsed Seconds.
    /// @param price WAD USD.
    /// @return newRate WAD per day.
    /// @return newAccumulator WAD USD per unit.
    function accrue(
        int256 rate,
        int256 accumulator,
        int256 acceleration,
        uint256 elapsed,
        uint256 price
    ) internal pure returns (int256 newRate, int256 newAccumulator) {
        int256 time = elapsed.toInt256();
        newRate = rate + (acceleration * time) / DAY;
        newAccumulator =
            accumulator - ((rate + newRate) * time * price.toInt256()) / (2 * DAY * WAD);
    }
}
