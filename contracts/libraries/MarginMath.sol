// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {MarketParameters} from "../types/Types.sol";

/// @title Margin of a perpetual position
library MarginMath {
    using FixedPointMathLib for uint256;

    /// @notice Initial and maintenance margin, both rounded up.
    /// @dev With N = |size| * P:
    ///
    ///     ratio       = min(|size| / K * slope + minInitialRatio, maxInitialRatio)
    ///     reserve     = max(minFlagReward, N * flagRewardRatio)
    ///     initial     = N * ratio + minPositionMargin + reserve
    ///     maintenance = N * ratio * maintenanceScalar + minPositionMargin + reserve
    ///
    /// The reserve is the keeper's reward, kept in margin so that it can be paid when it is due.
    /// Worked number: 100 units at 3 000 with K = 300 000, slope 1.16, minimum 2 %, scalar 0.28,
    /// 15 USD and 3 basis points: ratio 2.0387 %, N = 300 000, reserve 90, initial
    /// 6 116 + 15 + 90 = 6 221 USD, maintenance 1 712.48 + 105 = 1 817.48 USD.
    /// @param sizeAbs |size|, WAD units, more than zero.
    /// @param price WAD USD.
    /// @param parameters The market's.
    /// @return initial WAD USD.
    /// @return maintenance WAD USD.
    function requirementUp(
        uint256 sizeAbs,
        uint256 price,
        MarketParameters storage parameters
    ) internal view returns (uint256 initial, uint256 maintenance) {
        uint256 notional = sizeAbs.mulWadUp(price);
        uint256 ratio = sizeAbs
            .mulDivUp(parameters.initialRatioSlope, parameters.skewScale)
            .saturatingAdd(parameters.minInitialRatio)
            .min(parameters.maxInitialRatio);
        uint256 fixedPart =
            parameters.minPositionMargin +
                notional.mulWadUp(parameters.flagRewardRatio).max(parameters.minFlagReward);
        initial = notional.mulWadUp(ratio) + fixedPart;
        maintenance = notional.mulWadUp(ratio.mulWadUp(parameters.maintenanceScalar)) + fixedPart;
    }
}
