// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {MarketParameters} from "../types/Types.sol";
import {Bounds} from "./Bounds.sol";

/// @title Bounds of a market's parameters
/// @notice They keep the fill price positive (a side's cap below the skew scale), maintenance at or
/// below initial margin, and every product of amounts far from the end of the integers.
library MarketBounds {
    uint256 private constant WAD = 1e18;
    uint256 private constant MAX_FEE = 0.1e18;
    uint256 private constant MAX_AMOUNT = 1e36;
    uint256 private constant MAX_SKEW_SCALE = 1e30;

    /// @notice Revert with the first parameter that is out of its bounds.
    function check(MarketParameters memory p) internal pure {
        Bounds.check("skewScale", p.skewScale, WAD, MAX_SKEW_SCALE);
        Bounds.check("maxFundingVelocity", p.maxFundingVelocity, 0, 100 * WAD);
        Bounds.check("makerFee", p.makerFee, 0, MAX_FEE);
        Bounds.check("takerFee", p.takerFee, 0, MAX_FEE);
        Bounds.check("maxSideSize", p.maxSideSize, 0, p.skewScale - 1);
        Bounds.check("maxSideValue", p.maxSideValue, 0, MAX_AMOUNT);
        Bounds.check("minInitialRatio", p.minInitialRatio, 1, WAD);
        Bounds.check("initialRatioSlope", p.initialRatioSlope, 0, 100 * WAD);
        Bounds.check("maxInitialRatio", p.maxInitialRatio, p.minInitialRatio, WAD);
        Bounds.check("maintenanceScalar", p.maintenanceScalar, 1, WAD);
        Bounds.check("minPositionMargin", p.minPositionMargin, 0, MAX_AMOUNT);
        Bounds.check("minNotional", p.minNotional, 0, MAX_AMOUNT);
        Bounds.check("flagRewardRatio", p.flagRewardRatio, 0, MAX_FEE);
        Bounds.check("minFlagReward", p.minFlagReward, 0, MAX_AMOUNT);
        Bounds.check("lockedOiRatio", p.lockedOiRatio, 0, WAD);
        Bounds.check("fundFeeShare", p.fundFeeShare, 0, WAD);
        Bounds.check("oiScaleStart", p.oiScaleStart, 0, MAX_AMOUNT);
        if (p.oiScaleFull == 0) return;
        Bounds.check("oiScaleFull", p.oiScaleFull, p.oiScaleStart + 1, MAX_AMOUNT + 1);
    }
}
