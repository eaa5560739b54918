// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IAggregatorV3} from "../interfaces/IAggregatorV3.sol";
import {IDelayedFeed} from "../interfaces/IDelayedFeed.sol";
import {RoundHistory} from "./RoundHistory.sol";

/// @title A feed one hop behind its source
contract DelayedFeed is IDelayedFeed, RoundHistory, Ownable2Step {
    uint256 private constant MAX_HOP = 1 days;

    /// @inheritdoc IDelayedFeed
    IAggregatorV3 public immutable source;
    /// @inheritdoc IDelayedFeed
    uint256 public immutable hopSeconds;
    /// @inheritdoc IDelayedFeed
    bool public frozen;

    int128 private _queuedAnswer;
    uint64 private _queuedObservedAt;
    uint64 private _hopStart;

    /// @param description_ What the feed prices.
    /// @param source_ Where prices are read, 8 decimals.
    /// @param hopSeconds_ Length of a hop, seconds, at most a day.
    constructor(
        string memory description_,
        IAggregatorV3 source_,
        uint256 hopSeconds_
    ) RoundHistory(description_) Ownable(msg.sender) {
        if (hopSeconds_ == 0 || hopSeconds_ > MAX_HOP || source_.decimals() != decimals) {
            revert InvalidConfiguration();
        }
        source = source_;
        hopSeconds = hopSeconds_;
    }

    // --- Hops --- //

    /// @inheritdoc IDelayedFeed
    /// @dev The first poke brings the source's price in force at once, so that there is one.
    function poke() external {
        if (frozen) revert Frozen();
        uint256 due = dueAt();
        if (block.timestamp < due) revert PokedTooEarly(due);
        // slither-disable-next-line unused-return -- only answer and time of a round count
        (, int256 answer, uint256 observedAt, , ) = source.latestRoundData();
        if (observedAt == 0) revert SourceEmpty();
        _requirePositive(answer);
        if (latestRound == 0) _append(answer, observedAt);
        else if (_queuedObservedAt > _lastObservedAt()) _append(_queuedAnswer, _queuedObservedAt);
        // Casts cannot lose bits: the answer was just bounded, times are at most block times.
        _queuedAnswer = int128(answer);
        _queuedObservedAt = uint64(observedAt);
        // slither-disable-next-line weak-prng -- the remainder finds the hour, nothing is drawn
        _hopStart = uint64(block.timestamp - (block.timestamp % hopSeconds));
        emit PriceQueued(answer, observedAt, dueAt());
    }

    // --- Owner --- //

    /// @inheritdoc IDelayedFeed
    function setFrozen(bool frozen_) external onlyOwner {
        _setFrozen(frozen_);
    }

    /// @inheritdoc IDelayedFeed
    function void() external onlyOwner {
        emit Voided(_queuedAnswer);
        _queuedAnswer = 0;
        _queuedObservedAt = 0;
        _setFrozen(true);
    }

    // --- Reads --- //

    /// @inheritdoc IDelayedFeed
    function queued() external view returns (int256 answer, uint256 observedAt) {
        return (_queuedAnswer, _queuedObservedAt);
    }

    /// @inheritdoc IDelayedFeed
    function dueAt() public view returns (uint256) {
        return _hopStart + hopSeconds;
    }

    // --- Internal --- //

    function _setFrozen(bool frozen_) private {
        frozen = frozen_;
        emit FrozenSet(frozen_);
    }
}
