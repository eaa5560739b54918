// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title State that everybody wants
/// @notice A fixed set of counters, none of which is ever zero, so that raising one costs the same
/// gas each time. Transactions that raise the same counter conflict: they cannot run in parallel.
contract HotStorage {
    /// @notice Number of counters; keys run from 1 to it.
    uint256 public constant KEYS = 100;

    /// @notice One more than the number of times that a key was touched.
    mapping(uint256 key => uint256 count) public counters;

    constructor() {
        for (uint256 key = 1; key <= KEYS; ++key) counters[key] = 1;
    }

    /// @notice Raise one counter.
    /// @param key Its number.
    function touch(uint256 key) external {
        unchecked {
            ++counters[key];
        }
    }
}
