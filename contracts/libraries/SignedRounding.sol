// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Division of signed numbers with a named direction
/// @notice Solidity truncates towards zero, which favours a user half of the time; money owed to a
/// user is rounded down and money owed by a user is rounded up.
library SignedRounding {
    /// @notice Quotient rounded towards minus infinity: divDown(-3, 2) = -2.
    function divDown(int256 x, int256 divisor) internal pure returns (int256 quotient) {
        quotient = x / divisor;
        if (x % divisor != 0 && (x < 0) != (divisor < 0)) --quotient;
    }

    /// @notice Quotient rounded towards plus infinity: divUp(3, 2) = 2.
    function divUp(int256 x, int256 divisor) internal pure returns (int256 quotient) {
        quotient = x / divisor;
        if (x % divisor != 0 && (x < 0) == (divisor < 0)) ++quotient;
    }
}
