// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeCastLib} from "solady/src/utils/SafeCastLib.sol";
import {IPerpMarket} from "../interfaces/IPerpMarket.sol";

/// @title Price impact and fees of an order, from the skew it meets
library SkewPricing {
    using FixedPointMathLib for uint256;
    using SafeCastLib for uint256;

    uint256 private constant WAD_SQUARED = 1e36;

    /// @notice The average price of an order, rounded against the trader.
    /// @dev The premium at skew s is s / K; an order of size d pays the average of the premiums
    /// before and after it:
    ///
    ///     fill = P * (1 + (skew + d / 2) / K) = P * (2 K + 2 skew + d) / (2 K)
    ///
    /// Worked number: K = 300 000, P = 3 000, skew = 0, d = 100 gives
    /// 3 000 * (600 100 / 600 000) = 3 000.5, which is 1.67 basis points.
    /// @param skew Sum of signed sizes before the order, WAD units.
    /// @param sizeDelta Signed size of the order, WAD units.
    /// @param price Oracle price, WAD USD.
    /// @param skewScale K, WAD units.
    /// @return WAD USD; rounded up for a buy, down for a sale.
    function fillPrice(
        int256 skew,
        int256 sizeDelta,
        uint256 price,
        uint256 skewScale
    ) internal pure returns (uint256) {
        int256 numerator = (2 * skewScale).toInt256() + 2 * skew + sizeDelta;
        if (numerator <= 0) revert IPerpMarket.FillPriceNotPositive(skew, sizeDelta);
        return
            sizeDelta > 0
                ? price.mulDivUp(uint256(numerator), 2 * skewScale)
                : price.mulDiv(uint256(numerator), 2 * skewScale);
    }

    /// @notice The fee of an order: maker on the part that reduces |skew|, taker on the part that
    /// increases it, split exactly where the skew crosses zero.
    /// @dev Worked number: skew = -40, d = 100, fill = 3 000, maker 0.01 %, taker 0.05 %: 40 units
    /// make (12 USD), 60 take (90 USD): 102 USD.
    /// @param skew Sum of signed sizes before the order, WAD units.
    /// @param sizeDelta Signed size of the order, WAD units.
    /// @param fill Fill price, WAD USD.
    /// @param makerFee WAD ratio.
    /// @param takerFee WAD ratio.
    /// @return WAD USD, rounded up.
    function orderFeeUp(
        int256 skew,
        int256 sizeDelta,
        uint256 fill,
        uint256 makerFee,
        uint256 takerFee
    ) internal pure returns (uint256) {
        uint256 size = FixedPointMathLib.abs(sizeDelta);
        uint256 making =
            (skew < 0) == (sizeDelta < 0)
                ? 0
                : FixedPointMathLib.min(size, FixedPointMathLib.abs(skew));
        uint256 weighted = making * makerFee + (size - making) * takerFee;
        return weighted.mulDivUp(fill, WAD_SQUARED);
    }
}
