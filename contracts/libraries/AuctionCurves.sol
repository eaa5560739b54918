// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeCastLib} from "solady/src/utils/SafeCastLib.sol";
import {AuctionParameters, Standing} from "../types/AuctionTypes.sol";

/// @title What an account under auction costs, and how much of it may be sold
/// @notice All prices are for the whole account and rounded up, against the bidder.
library AuctionCurves {
    using FixedPointMathLib for uint256;
    using FixedPointMathLib for int256;
    using SafeCastLib for uint256;

    uint256 private constant WAD = 1e18;

    /// @notice Price of a solvent account as a share of its equity, `elapsed` after the start.
    /// @dev Linear from fastStart to fastEnd, then linear to zero. Worked number: 95 % to 70 % in
    /// 900 s, then to zero in 43 200 s: 82.5 % after 450 s, 35 % after 900 + 21 600 s.
    /// @return WAD, rounded up.
    function solventFactorUp(
        AuctionParameters storage p,
        uint256 elapsed
    ) internal view returns (uint256) {
        uint256 fast = p.fastSeconds;
        if (elapsed < fast) {
            return p.fastEnd + (p.fastStart - p.fastEnd).mulDivUp(fast - elapsed, fast);
        }
        return p.fastEnd.mulDivUp((fast + p.slowSeconds).zeroFloorSub(elapsed), p.slowSeconds);
    }

    /// @notice Price of an insolvent account: from its negative equity, or zero, down by its
    /// maintenance margin.
    /// @dev price = e - x * (e - min(E - M, e)) with e = min(E, 0), x = elapsed / insolventSeconds up
    /// to 1. Worked number: E = -500, M = 3 000, half of the time: -500 - 0.5 * 3 000 = -2 000: a
    /// bidder is paid 2 000 to take a debt of 500 and a position that needs 3 000 of margin.
    /// @return WAD USD, never positive.
    function insolventPriceUp(
        AuctionParameters storage p,
        Standing memory standing,
        uint256 elapsed
    ) internal view returns (int256) {
        int256 from = FixedPointMathLib.min(standing.equity, 0);
        int256 to = FixedPointMathLib.min(standing.equity - standing.maintenance.toInt256(), from);
        uint256 length = p.insolventSeconds;
        uint256 fallen = uint256(from - to).mulDiv(elapsed.min(length), length);
        return from - fallen.toInt256();
    }

    /// @notice Price of the legs over the feed's, `elapsed` after the start or reset.
    /// @dev top * cut ^ floor(elapsed / stepSeconds). Worked number: top 1.2, cut 0.99, 90 s: below
    /// one for the first time after 19 steps, 28.5 minutes: 1.2 * 0.99 ^ 19 = 0.9914.
    /// @return WAD.
    function stepFactor(
        AuctionParameters storage p,
        uint256 elapsed
    ) internal view returns (uint256) {
        return p.top.mulWad(p.cut.rpow(elapsed / p.stepSeconds, WAD));
    }

    /// @notice Price of an account whose legs are sold at `factor` times the feed's price: equity
    /// less what that gives up on its notional.
    /// @dev price = E + (factor - 1) * N. Worked number: E = 900, N = 30 000, factor 0.9914: 642 USD;
    /// with factor 0.96 the bidder is paid 300.
    /// @return WAD USD, rounded up.
    function stepPriceUp(Standing memory standing, uint256 factor) internal pure returns (int256) {
        return
            factor >= WAD
                ? standing.equity + standing.notional.mulWadUp(factor - WAD).toInt256()
                : standing.equity - standing.notional.mulWad(WAD - factor).toInt256();
    }

    /// @notice Largest share that may be sold: as much as brings equity to maintenance and its
    /// buffer, if margin falls in proportion.
    /// @dev With B = M * (1 + buffer), G given and P left to the account for all of it:
    ///
    ///     share = (B - E) / (B - G + P), at most 1
    ///
    /// Worked number: E = G = 2 000, M = 3 000, buffer 15 %, price 1 900 less a fee of 200: 1 450 /
    /// (1 450 + 1 700) = 46.03 %; equity then is 1 861.9 and so is B. It is the formula that Derive
    /// publishes, with G = E - R and P = G * discount.
    /// @param given Equity that goes with the whole, WAD USD.
    /// @param proceeds What the account would get for the whole, WAD USD.
    /// @return WAD, rounded up.
    function maxShareUp(
        AuctionParameters storage p,
        Standing memory standing,
        int256 given,
        uint256 proceeds
    ) internal view returns (uint256) {
        int256 target = standing.maintenance.mulWadUp(WAD + p.bufferRatio).toInt256();
        if (standing.equity >= target) return 0;
        int256 divisor = target - given + proceeds.toInt256();
        if (divisor <= target - standing.equity) return WAD;
        uint256 share = uint256(target - standing.equity).mulDivUp(WAD, uint256(divisor));
        return standing.notional.mulWad(WAD - share) <= p.dustNotional ? WAD : share;
    }
}
