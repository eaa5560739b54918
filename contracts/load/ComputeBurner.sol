// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Pure computation on demand
contract ComputeBurner {
    uint256 private constant PRIME = 2 ** 255 - 19;

    /// @notice Multiply modulo a prime, over and over; touches neither storage nor memory, so gas is
    /// linear in the iterations.
    /// @param iterations Number of multiplications.
    /// @return state The last product.
    function spin(uint256 iterations) external pure returns (uint256 state) {
        unchecked {
            for (uint256 i; i < iterations; ++i) state = mulmod(state + 3, state + i, PRIME);
        }
    }
}
