// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IAggregatorV3} from "../interfaces/IAggregatorV3.sol";
import {IPushFeed} from "../interfaces/IPushFeed.sol";

/// @title A push feed with full round history
contract PushFeed is IPushFeed, Ownable2Step {
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
    /// @inheritdoc IPushFeed
    int256 public minAnswer;
    /// @inheritdoc IPushFeed
    int256 public maxAnswer;
    /// @inheritdoc IPushFeed
    uint256 public heartbeat;
    /// @inheritdoc IPushFeed
    uint256 public deviation;
    /// @inheritdoc IPushFeed
    uint80 public latestRound;
    /// @inheritdoc IPushFeed
    mapping(address publisher => bool allowed) public isPublisher;

    mapping(uint80 roundId => Round round) private _rounds;

    /// @param description_ What the feed prices.
    /// @param minAnswer_ Smallest answer accepted, 8 decimals.
    /// @param maxAnswer_ Largest answer accepted, 8 decimals.
    /// @param heartbeat_ Longest promised silence, seconds.
    /// @param deviation_ Promised deviation threshold, WAD.
    /// @param publishers Who may transmit.
    constructor(
        string memory description_,
        int256 minAnswer_,
        int256 maxAnswer_,
        uint256 heartbeat_,
        uint256 deviation_,
        address[] memory publishers
    ) Ownable(msg.sender) {
        description = description_;
        _setBounds(minAnswer_, maxAnswer_);
        _setUpdatePolicy(heartbeat_, deviation_);
        for (uint256 i; i < publishers.length; ++i) _setPublisher(publishers[i], true);
    }

    // --- Publishing --- //

    /// @inheritdoc IPushFeed
    function transmit(int256 answer, uint256 observedAt) external {
        if (!isPublisher[msg.sender]) revert Unauthorized(msg.sender);
        if (answer <= 0) revert AnswerNotPositive(answer);
        if (answer < minAnswer || answer > maxAnswer) {
            revert AnswerOutOfBounds(answer, minAnswer, maxAnswer);
        }
        if (observedAt > block.timestamp) revert ObservationInFuture(observedAt, block.timestamp);
        uint80 roundId = latestRound;
        uint256 lastObservedAt = _rounds[roundId].observedAt;
        if (observedAt <= lastObservedAt) revert ObservationNotNewer(observedAt, lastObservedAt);
        latestRound = ++roundId;
        // Casts cannot lose bits: answers are bounded by setBounds, times by block.timestamp.
        _rounds[roundId] = Round(int128(answer), uint64(observedAt), uint64(block.timestamp));
        emit PriceUpdated(roundId, answer, observedAt, block.timestamp);
        emit AnswerUpdated(answer, roundId, block.timestamp);
    }

    // --- Owner --- //

    /// @inheritdoc IPushFeed
    function setPublisher(address publisher, bool allowed) external onlyOwner {
        _setPublisher(publisher, allowed);
    }

    /// @inheritdoc IPushFeed
    function setBounds(int256 minAnswer_, int256 maxAnswer_) external onlyOwner {
        _setBounds(minAnswer_, maxAnswer_);
    }

    /// @inheritdoc IPushFeed
    function setUpdatePolicy(uint256 heartbeat_, uint256 deviation_) external onlyOwner {
        _setUpdatePolicy(heartbeat_, deviation_);
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

    // --- Internal --- //

    function _roundData(
        uint80 roundId
    ) private view returns (uint80, int256, uint256, uint256, uint80) {
        Round memory round = _rounds[roundId];
        return (roundId, round.answer, round.observedAt, round.transmittedAt, roundId);
    }

    function _setPublisher(address publisher, bool allowed) private {
        if (publisher == address(0)) revert InvalidConfiguration();
        isPublisher[publisher] = allowed;
        emit PublisherSet(publisher, allowed);
    }

    function _setBounds(int256 minAnswer_, int256 maxAnswer_) private {
        if (minAnswer_ <= 0 || maxAnswer_ < minAnswer_ || maxAnswer_ > type(int128).max) {
            revert InvalidConfiguration();
        }
        minAnswer = minAnswer_;
        maxAnswer = maxAnswer_;
        emit BoundsSet(minAnswer_, maxAnswer_);
    }

    function _setUpdatePolicy(uint256 heartbeat_, uint256 deviation_) private {
        if (heartbeat_ == 0 || heartbeat_ > 7 days || deviation_ == 0 || deviation_ > 1e18) {
            revert InvalidConfiguration();
        }
        heartbeat = heartbeat_;
        deviation = deviation_;
        emit UpdatePolicySet(heartbeat_, deviation_);
    }
}
