// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {AuctionParameters} from "../types/AuctionTypes.sol";
import {Bounds} from "./Bounds.sol";

/// @title Bounds of an auction's parameters
/// @notice They keep every price non-increasing in time and every share at or below one.
library AuctionBounds {
    uint256 private constant WAD = 1e18;
    uint256 private constant MAX_SECONDS = 7 days;
    uint256 private constant MAX_AMOUNT = 1e36;

    /// @notice Revert with the first parameter that is out of its bounds.
    function check(AuctionParameters memory p) internal pure {
        Bounds.check("fastSeconds", p.fastSeconds, 0, MAX_SECONDS);
        Bounds.check("fastStart", p.fastStart, 0, WAD);
        Bounds.check("fastEnd", p.fastEnd, 0, p.fastStart);
        Bounds.check("slowSeconds", p.slowSeconds, 1, MAX_SECONDS);
        Bounds.check("insolventSeconds", p.insolventSeconds, 1, MAX_SECONDS);
        Bounds.check("top", p.top, WAD, 10 * WAD);
        Bounds.check("cut", p.cut, 0.5e18, WAD - 1);
        Bounds.check("stepSeconds", p.stepSeconds, 1, MAX_SECONDS);
        Bounds.check("tailSeconds", p.tailSeconds, 1, MAX_SECONDS);
        Bounds.check("cusp", p.cusp, 0, WAD);
        Bounds.check("bufferRatio", p.bufferRatio, 0, WAD);
        Bounds.check("feeRatio", p.feeRatio, 0, 0.5e18);
        Bounds.check("tip", p.tip, 0, MAX_AMOUNT);
        Bounds.check("chip", p.chip, 0, 0.1e18);
        Bounds.check("dustNotional", p.dustNotional, 0, MAX_AMOUNT);
        Bounds.check("hole", p.hole, 0, MAX_AMOUNT);
    }
}
