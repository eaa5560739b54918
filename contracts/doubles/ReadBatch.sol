// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Many reads in one call
/// @notice For contracts without a lens of their own; nothing on chain calls it.
contract ReadBatch {
    /// @notice One read.
    struct Read {
        /// The contract to ask.
        address target;
        /// The calldata of a view.
        bytes data;
    }

    /// @notice A read failed.
    error ReadFailed(uint256 place, bytes reason);

    /// @notice Ask many contracts at one state of the chain.
    /// @param reads What to ask.
    /// @return answers What each returned.
    // slither-disable-next-line low-level-calls -- whose views are asked is the caller's affair
    function read(Read[] calldata reads) external view returns (bytes[] memory answers) {
        answers = new bytes[](reads.length);
        for (uint256 place; place < reads.length; ++place) {
            (bool success, bytes memory answer) = reads[place].target.staticcall(reads[place].data);
            if (!success) revert ReadFailed(place, answer);
            answers[place] = answer;
        }
    }
}
