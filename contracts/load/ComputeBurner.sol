// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Pure computation on demand
contract ComputeBurner {
    /// @notice Hash a hash over and over; touches no storage.
    /// @param iterations Number of hashes.
    /// @return digest The last hash.
    function spin(uint256 iterations) external pure returns (bytes32 digest) {
        unchecked {
            for (uint256 i; i < iterations; ++i) digest = keccak256(abi.encode(digest, i));
        }
    }
}
