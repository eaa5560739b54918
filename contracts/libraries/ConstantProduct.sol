// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

/// @title The price curve of a constant-product pool
library ConstantProduct {
    uint256 private constant WAD = 1e18;

    /// @notice What a sale gives: R_out * n / (R_in + n) with n = amount * (1 - fee), rounded down.
    /// @dev Uniswap v2's rule, the fee a WAD ratio. Worked number: 10 sold into reserves of 1 000
    /// and 3 000 000 at 0.3 %: n = 9.97, out = 3 000 000 * 9.97 / 1 009.97 = 29 614.741.
    /// @param amountIn Token units sold, below 2**112.
    /// @param reserveIn Units of the sold token in the pool, below 2**112.
    /// @param reserveOut Units of the bought token in the pool, below 2**112.
    /// @param fee WAD ratio.
    /// @return Token units bought, always less than reserveOut.
    function amountOutDown(
        uint256 amountIn,
        uint256 reserveIn,
        uint256 reserveOut,
        uint256 fee
    ) internal pure returns (uint256) {
        uint256 net = amountIn * (WAD - fee);
        return FixedPointMathLib.fullMulDiv(reserveOut, net, reserveIn * WAD + net);
    }
}
