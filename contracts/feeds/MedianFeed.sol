// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IMedianFeed} from "../interfaces/IMedianFeed.sol";
import {Median} from "../libraries/Median.sol";
import {RoundHistory} from "./RoundHistory.sol";

/// @title The median of several publishers' reports
contract MedianFeed is IMedianFeed, RoundHistory, Ownable2Step {
    /// @notice A publisher's newest report, in one slot.
    struct Report {
        /// 8 decimals.
        int128 answer;
        /// Seconds.
        uint64 observedAt;
        /// Whether the publisher is admitted.
        bool admitted;
    }

    uint256 private constant MAX_PUBLISHERS = 21;
    uint256 private constant MAX_AGE = 1 days;

    /// @inheritdoc IMedianFeed
    uint256 public quorum;
    /// @inheritdoc IMedianFeed
    uint256 public usedUpTo;
    /// @inheritdoc IMedianFeed
    uint256 public immutable maxReportAge;

    address[] private _publishers;
    mapping(address publisher => Report report) private _reports;

    /// @param description_ What the feed prices.
    /// @param publishers_ Who reports, at most 21.
    /// @param quorum_ How many reports a round needs.
    /// @param maxReportAge_ Largest age of a report that counts, seconds.
    constructor(
        string memory description_,
        address[] memory publishers_,
        uint256 quorum_,
        uint256 maxReportAge_
    ) RoundHistory(description_) Ownable(msg.sender) {
        if (maxReportAge_ == 0 || maxReportAge_ > MAX_AGE) revert InvalidConfiguration();
        maxReportAge = maxReportAge_;
        for (uint256 i; i < publishers_.length; ++i) _admit(publishers_[i]);
        _setQuorum(quorum_);
    }

    // --- Publishing --- //

    /// @inheritdoc IMedianFeed
    function transmit(int256 answer, uint256 observedAt) external {
        Report storage own = _reports[msg.sender];
        if (!own.admitted) revert Unauthorized(msg.sender);
        _requirePositive(answer);
        if (observedAt > block.timestamp) revert ObservationInFuture(observedAt, block.timestamp);
        if (observedAt <= own.observedAt) revert ObservationNotNewer(observedAt, own.observedAt);
        if (block.timestamp > observedAt + maxReportAge) {
            revert ReportTooOld(observedAt, maxReportAge);
        }
        // Casts cannot lose bits: the answer was just bounded, times are at most block times.
        own.answer = int128(answer);
        own.observedAt = uint64(observedAt);

        (int256[] memory answers, int256[] memory times, uint256 waiting) = _waiting();
        emit Reported(msg.sender, answer, observedAt, waiting);
        if (waiting < quorum) return;
        int256 median = Median.ofDown(answers, waiting);
        Median.sort(times, waiting);
        usedUpTo = uint256(times[waiting - 1]);
        _append(median, uint256(times[(waiting - 1) / 2]));
    }

    // --- Owner --- //

    /// @inheritdoc IMedianFeed
    function setPublisher(address publisher, bool allowed) external onlyOwner {
        if (allowed) {
            _admit(publisher);
            return;
        }
        uint256 last = _publishers.length - 1;
        if (!_reports[publisher].admitted || last < quorum) revert InvalidConfiguration();
        for (uint256 i; i < last; ++i) {
            if (_publishers[i] == publisher) _publishers[i] = _publishers[last];
        }
        _publishers.pop();
        delete _reports[publisher];
        emit PublisherSet(publisher, false);
    }

    /// @inheritdoc IMedianFeed
    function setQuorum(uint256 quorum_) external onlyOwner {
        _setQuorum(quorum_);
    }

    // --- Reads --- //

    /// @inheritdoc IMedianFeed
    function publishers() external view returns (address[] memory) {
        return _publishers;
    }

    /// @inheritdoc IMedianFeed
    function reportOf(address publisher) external view returns (int256 answer, uint256 observedAt) {
        return (_reports[publisher].answer, _reports[publisher].observedAt);
    }

    // --- Internal --- //

    /// @dev Reports that no round has used and that are not too old. The loop is over publishers,
    /// at most 21 of them.
    function _waiting()
        private
        view
        returns (int256[] memory answers, int256[] memory times, uint256 count)
    {
        uint256 length = _publishers.length;
        uint256 used = usedUpTo;
        answers = new int256[](length);
        times = new int256[](length);
        for (uint256 i; i < length; ++i) {
            Report memory report = _reports[_publishers[i]];
            if (report.observedAt <= used || block.timestamp > report.observedAt + maxReportAge) {
                continue;
            }
            answers[count] = report.answer;
            times[count] = int256(uint256(report.observedAt));
            ++count;
        }
    }

    function _admit(address publisher) private {
        if (
            publisher == address(0) ||
            _reports[publisher].admitted ||
            _publishers.length == MAX_PUBLISHERS
        ) revert InvalidConfiguration();
        _publishers.push(publisher);
        _reports[publisher].admitted = true;
        emit PublisherSet(publisher, true);
    }

    function _setQuorum(uint256 quorum_) private {
        if (quorum_ == 0 || quorum_ > _publishers.length) revert InvalidConfiguration();
        quorum = quorum_;
        emit QuorumSet(quorum_);
    }
}
