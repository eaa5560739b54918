// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {IPerpMarket} from "../interfaces/IPerpMarket.sol";
import {MarketParameters} from "../types/Types.sol";

/// @title The smallest position and the largest open interest
library OrderLimits {
    using FixedPointMathLib for uint256;

    /// @notice A position may not be smaller than `minNotional`.
    /// @param sizeAbs |size| after the order, WAD units.
    /// @param price WAD USD.
    function requireNoDust(
        MarketParameters storage parameters,
        uint256 sizeAbs,
        uint256 price
    ) internal view {
        uint256 notional = sizeAbs.mulWad(price);
        uint256 least = parameters.minNotional;
        if (notional < least) revert IPerpMarket.DustPosition(notional, least);
    }

    /// @notice A side's open interest may not exceed either of its caps.
    /// @param sideSize Open interest of the side after the order, WAD units.
    /// @param long Which side.
    /// @param price WAD USD.
    function requireOpenInterest(
        MarketParameters storage parameters,
        uint256 sideSize,
        bool long,
        uint256 price
    ) internal view {
        uint256 cap = parameters.maxSideSize;
        if (sideSize > cap) revert IPerpMarket.OpenInterestCapExceeded(address(this), long, cap);
        cap = parameters.maxSideValue;
        if (sideSize.mulWadUp(price) > cap) {
            revert IPerpMarket.OpenInterestCapExceeded(address(this), long, cap);
        }
    }
}
