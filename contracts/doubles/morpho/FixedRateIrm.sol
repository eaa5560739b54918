// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IMorphoBlue} from "./IMorphoBlue.sol";

/// @title An interest rate that never changes
contract FixedRateIrm {
    /// @dev As Morpho passes a market's state on.
    struct Market {
        uint128 totalSupplyAssets;
        uint128 totalSupplyShares;
        uint128 totalBorrowAssets;
        uint128 totalBorrowShares;
        uint128 lastUpdate;
        uint128 fee;
    }

    uint256 private immutable RATE;

    /// @param rate Interest a second, WAD; 5 % a year are 1,585,489,599.
    constructor(uint256 rate) {
        RATE = rate;
    }

    /// @notice Interest a second, WAD.
    function borrowRate(
        IMorphoBlue.MarketParams calldata,
        Market calldata
    ) external view returns (uint256) {
        return RATE;
    }
}
