// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Bounds of parameters
library Bounds {
    /// @notice A parameter lies outside its bounds.
    /// @param parameter Its name.
    /// @param value What was given.
    /// @param lower Smallest value accepted.
    /// @param upper Largest value accepted.
    error OutOfBounds(bytes32 parameter, uint256 value, uint256 lower, uint256 upper);

    /// @notice Revert unless lower <= value <= upper.
    function check(bytes32 parameter, uint256 value, uint256 lower, uint256 upper) internal pure {
        if (value < lower || value > upper) {
            revert OutOfBounds(parameter, value, lower, upper);
        }
    }
}
