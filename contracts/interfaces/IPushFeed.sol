// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IRoundFeed} from "./IRoundFeed.sol";

/// @title A push feed: publishers transmit, consumers read
interface IPushFeed is IRoundFeed {
    /// @notice A publisher was admitted or removed.
    event PublisherSet(address indexed publisher, bool allowed);

    /// @notice The accepted range of answers changed.
    event BoundsSet(int256 minAnswer, int256 maxAnswer);

    /// @notice The published update policy changed.
    /// @param heartbeat Longest silence, seconds.
    /// @param deviation Relative move that triggers an update, WAD.
    event UpdatePolicySet(uint256 heartbeat, uint256 deviation);

    /// @notice The answer lies outside the accepted range.
    error AnswerOutOfBounds(int256 answer, int256 minAnswer, int256 maxAnswer);

    /// @notice Publish a price.
    /// @param answer The price, 8 decimals.
    /// @param observedAt When it was observed, seconds; later than the last round's, not later than
    /// now.
    function transmit(int256 answer, uint256 observedAt) external;

    /// @notice Admit or remove a publisher.
    function setPublisher(address publisher, bool allowed) external;

    /// @notice Set the accepted range of answers, 8 decimals.
    function setBounds(int256 minAnswer_, int256 maxAnswer_) external;

    /// @notice Record what publishers promise: it is not enforced on chain.
    /// @param heartbeat_ Longest silence, seconds.
    /// @param deviation_ Relative move that triggers an update, WAD.
    function setUpdatePolicy(uint256 heartbeat_, uint256 deviation_) external;

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
}
