// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Whether a rollup's sequencer is up
/// @notice The shape of Chainlink's uptime feeds: answer 0 is up, 1 is down, `startedAt` is since
/// when.
interface ISequencerFeed {
    /// @notice The status changed.
    /// @param down Whether the sequencer is down.
    /// @param since Since when, seconds.
    event StatusChanged(bool down, uint256 since);

    /// @notice The caller may not report.
    error Unauthorized(address caller);

    /// @notice Report the status. Reporters only.
    function setStatus(bool down) external;

    /// @notice The newest status.
    /// @return roundId Number of the change.
    /// @return answer 0 is up, 1 is down.
    /// @return startedAt Since when, seconds.
    /// @return updatedAt The same.
    /// @return answeredInRound The same as roundId.
    function latestRoundData()
        external
        view
        returns (
            uint80 roundId,
            int256 answer,
            uint256 startedAt,
            uint256 updatedAt,
            uint80 answeredInRound
        );
}
