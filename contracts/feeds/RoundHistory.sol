// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAggregatorV3} from "../interfaces/IAggregatorV3.sol";
import {IRoundFeed} from "../interfaces/IRoundFeed.sol";

/// @title The rounds of a feed, as every consumer reads them
abstract contract RoundHistory is IRoundFeed {
    /// @notice What a round keeps, in one slot.
    struct Round {
        /// Price, 8 decimals.
        int128 answer;
        /// When it was observed, seconds.
        uint64 observedAt;
        /// When it was transmitted, seconds.
        uint64 transmittedAt;
    }

    /// @inheritdoc IAggregatorV3
    uint8 public constant decimals = 8;
    /// @inheritdoc IAggregatorV3
    uint256 public constant version = 1;

    /// @inheritdoc IAggregatorV3
    string public description;
    /// @inheritdoc IRoundFeed
    uint80 public latestRound;

    mapping(uint80 roundId => Round round) private _rounds;

    /// @param description_ What the feed prices.
    constructor(string memory description_) {
        description = description_;
    }

    // --- Reads --- //

    /// @inheritdoc IAggregatorV3
    function latestAnswer() external view returns (int256) {
        return _rounds[latestRound].answer;
    }

    /// @inheritdoc IAggregatorV3
    function getRoundData(
        uint80 roundId
    ) external view returns (uint80, int256, uint256, uint256, uint80) {
        if (roundId == 0 || roundId > latestRound) revert UnknownRound(roundId);
        return _roundData(roundId);
    }

    /// @inheritdoc IAggregatorV3
    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return _roundData(latestRound);
    }

    // --- For feeds --- //

    /// @dev Bring a round in force; it must be newer than the last and not from the future.
    /// Callers keep answers positive and below 2**127, so the casts lose nothing.
    function _append(int256 answer, uint256 observedAt) internal returns (uint80 roundId) {
        if (observedAt > block.timestamp) revert ObservationInFuture(observedAt, block.timestamp);
        roundId = latestRound;
        uint256 last = _rounds[roundId].observedAt;
        if (observedAt <= last) revert ObservationNotNewer(observedAt, last);
        latestRound = ++roundId;
        _rounds[roundId] = Round(int128(answer), uint64(observedAt), uint64(block.timestamp));
        emit PriceUpdated(roundId, answer, observedAt, block.timestamp);
        emit AnswerUpdated(answer, roundId, block.timestamp);
    }

    function _requirePositive(int256 answer) internal pure {
        if (answer <= 0 || answer > type(int128).max) revert AnswerNotPositive(answer);
    }

    function _lastObservedAt() internal view returns (uint256) {
        return _rounds[latestRound].observedAt;
    }

    function _roundData(
        uint80 roundId
    ) private view returns (uint80, int256, uint256, uint256, uint80) {
        Round memory round = _rounds[roundId];
        return (roundId, round.answer, round.observedAt, round.transmittedAt, roundId);
    }
}
