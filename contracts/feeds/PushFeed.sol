// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IPushFeed} from "../interfaces/IPushFeed.sol";
import {RoundHistory} from "./RoundHistory.sol";

/// @title A push feed with full round history
contract PushFeed is IPushFeed, RoundHistory, Ownable2Step {
    /// @inheritdoc IPushFeed
    int256 public minAnswer;
    /// @inheritdoc IPushFeed
    int256 public maxAnswer;
    /// @inheritdoc IPushFeed
    uint256 public heartbeat;
    /// @inheritdoc IPushFeed
    uint256 public deviation;
    /// @inheritdoc IPushFeed
    mapping(address publisher => bool allowed) public isPublisher;

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
    ) RoundHistory(description_) Ownable(msg.sender) {
        _setBounds(minAnswer_, maxAnswer_);
        _setUpdatePolicy(heartbeat_, deviation_);
        for (uint256 i; i < publishers.length; ++i) _setPublisher(publishers[i], true);
    }

    // --- Publishing --- //

    /// @inheritdoc IPushFeed
    function transmit(int256 answer, uint256 observedAt) external {
        if (!isPublisher[msg.sender]) revert Unauthorized(msg.sender);
        if (answer <= 0) revert AnswerNotPositive(answer);
        _append(_accepted(answer), observedAt);
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

    // --- Internal --- //

    /// @dev The answer that a transmitted one becomes; this feed refuses what is out of bounds.
    function _accepted(int256 answer) internal view virtual returns (int256) {
        if (answer < minAnswer || answer > maxAnswer) {
            revert AnswerOutOfBounds(answer, minAnswer, maxAnswer);
        }
        return answer;
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
