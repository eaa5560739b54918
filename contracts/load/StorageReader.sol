// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Reading on demand
/// @notice Reads slots that nothing ever writes: much gas, little work for the node, and a state
/// that stays as it is. Gas depends on `count` alone.
contract StorageReader {
    // slither-disable-next-line uninitialized-state -- empty on purpose
    mapping(uint256 index => uint256 value) private _slots;

    /// @notice Read the slots start .. start + count - 1.
    /// @param start First index.
    /// @param count Number of slots.
    /// @return sum Their sum, which is zero.
    function read(uint256 start, uint256 count) external view returns (uint256 sum) {
        unchecked {
            for (uint256 i; i < count; ++i) sum += _slots[start + i];
        }
    }
}
