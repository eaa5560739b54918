// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {MarketParameters} from "../types/Types.sol";

/// @title Margin of a perpetual position
library MarginMath {
    using FixedPointMathLib for uint256;

    uint256 private constant WAD = 1e18;

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
    /// @param sideSize Open interest of the position's side, WAD units.
    /// @param parameters The market's.
    /// @return initial WAD USD.
    /// @return maintenance WAD USD.
    function requirementUp(
        uint256 sizeAbs,
        uint256 price,
        uint256 sideSize,
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
        initial =
            notional.mulWadUp(scaledRatioUp(ratio, sideSize.mulWadUp(price), parameters)) +
            fixedPart;
        maintenance = notional.mulWadUp(ratio.mulWadUp(parameters.maintenanceScalar)) + fixedPart;
    }

    /// @notice The initial margin ratio that a side's open interest asks for, WAD.
    /// @dev Linear from `ratio` at oiScaleStart to maxInitialRatio at oiScaleFull (dYdX v4). Worked
    /// number: from 20 to 50 million, 5 % and 100 %; 35 million is half of the way: 52.5 %.
    /// Maintenance does not grow, so that nobody is liquidated for what others open.
    /// @param ratio Ratio of the position alone, WAD, at most maxInitialRatio.
    /// @param interest Open interest of the side, WAD USD.
    /// @param parameters The market's.
    function scaledRatioUp(
        uint256 ratio,
        uint256 interest,
        MarketParameters storage parameters
    ) internal view returns (uint256) {
        uint256 full = parameters.oiScaleFull;
        uint256 start = parameters.oiScaleStart;
        if (full == 0 || interest <= start) return ratio;
        uint256 share = (interest - start).divWadUp(full - start).min(WAD);
        return ratio + share.mulWadUp(parameters.maxInitialRatio - ratio);
    }
}
