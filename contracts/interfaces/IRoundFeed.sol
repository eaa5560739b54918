// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAggregatorV3} from "./IAggregatorV3.sol";

/// @title A price feed that keeps every round
/// @notice Rounds are numbered from 1 without gaps and observed in increasing order of time, so a
/// past price can be found by bisection.
interface IRoundFeed is IAggregatorV3 {
    /// @notice A round is in force.
    /// @param roundId The new round.
    /// @param answer The price, 8 decimals.
    /// @param observedAt When it was observed, seconds.
    /// @param blockTime When it landed, seconds.
    event PriceUpdated(
        uint80 indexed roundId,
        int256 answer,
        uint256 observedAt,
        uint256 blockTime
    );

    /// @notice The caller may not publish.
    error Unauthorized(address caller);
    /// @notice A price must be positive and countable.
    error AnswerNotPositive(int256 answer);
    /// @notice The observation is not newer than the last round's.
    error ObservationNotNewer(uint256 observedAt, uint256 lastObservedAt);
    /// @notice The observation claims to be from the future.
    error ObservationInFuture(uint256 observedAt, uint256 blockTime);
    /// @notice No such round.
    error UnknownRound(uint80 roundId);
    /// @notice A parameter makes no sense.
    error InvalidConfiguration();

    /// @notice Number of the newest round; 0 before the first.
    function latestRound() external view returns (uint80);
}
