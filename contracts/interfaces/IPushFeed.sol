// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAggregatorV3} from "./IAggregatorV3.sol";

/// @title A push feed: publishers transmit, consumers read
interface IPushFeed is IAggregatorV3 {
    /// @notice A round was transmitted.
    /// @param roundId The new round.
    /// @param answer The price, 8 decimals.
    /// @param observedAt When the publisher observed it, seconds.
    /// @param blockTime When it landed, seconds.
    event PriceUpdated(
        uint80 indexed roundId,
        int256 answer,
        uint256 observedAt,
        uint256 blockTime
    );

    /// @notice A publisher was admitted or removed.
    event PublisherSet(address indexed publisher, bool allowed);

    /// @notice The accepted range of answers changed.
    event BoundsSet(int256 minAnswer, int256 maxAnswer);

    /// @notice The published update policy changed.
    /// @param heartbeat Longest silence, seconds.
    /// @param deviation Relative move that triggers an update, WAD.
    event UpdatePolicySet(uint256 heartbeat, uint256 deviation);

    /// @notice The caller is not a publisher.
    error Unauthorized(address caller);
    /// @notice A price must be positive.
    error AnswerNotPositive(int256 answer);
    /// @notice The answer lies outside the accepted range.
    error AnswerOutOfBounds(int256 answer, int256 minAnswer, int256 maxAnswer);
    /// @notice The observation is not newer than the last round's.
    error ObservationNotNewer(uint256 observedAt, uint256 lastObservedAt);
    /// @notice The observation claims to be from the future.
    error ObservationInFuture(uint256 observedAt, uint256 blockTime);
    /// @notice No such round.
    error UnknownRound(uint80 roundId);
    /// @notice The bounds or the policy make no sense.
    error InvalidConfiguration();

    /// @notice Publish a price.
    /// @param answer The price, 8 decimals.
    /// @param observedAt When it was observed, seconds; later than the last round's, not later than
    /// now.
    function transmit(int256 answer, uint256 observedAt) external;

    /// @notice Admit or remove a publisher.
    function setPublisher(address publisher, bool allowed) external;

    /// @notice Set the accepted range of answers, 8 decimals.
    function setBounds(int256 minAnswer, int256 maxAnswer) external;

    /// @notice Record what publishers promise: it is not enforced on chain.
    /// @param heartbeat Longest silence, seconds.
    /// @param deviation Relative move that triggers an update, WAD.
    function setUpdatePolicy(uint256 heartbeat, uint256 deviation) external;

    /// @notice Whether an address may transmit.
    function isPublisher(address publisher) external view returns (bool);

    /// @notice Smallest answer accepted, 8 decimals.
    function minAnswer() external view returns (int256);

    /// @notice Largest answer accepted, 8 decimals.
    function maxAnswer() external view returns (int256);

    /// @notice Longest promised silence, seconds.
    function heartbeat() external view returns (uint256);

    /// @notice Promised deviation threshold, WAD.
    function deviation() external view returns (uint256);

    /// @notice Number of the newest round; 0 before the first.
    function latestRound() external view returns (uint80);
}
