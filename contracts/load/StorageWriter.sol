// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title State growth on demand
/// @notice Writing `count` fresh slots executes in gas that depends on `count` alone, wherever the
/// range lies. (Calldata gas depends on the zero bytes in `start` as for any transaction.)
contract StorageWriter {
    /// @notice One slot per index; zero while never written.
    mapping(uint256 index => uint256 value) public slots;

    /// @notice Fill the slots start .. start + count - 1.
    /// @param start First index; give each call its own range so that its slots are fresh.
    /// @param count Number of slots.
    function write(uint256 start, uint256 count) external {
        unchecked {
            for (uint256 i; i < count; ++i) slots[start + i] = 1;
        }
    }
}
