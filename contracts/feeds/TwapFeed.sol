// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ISpotAmm} from "../interfaces/ISpotAmm.sol";
import {ITwapFeed} from "../interfaces/ITwapFeed.sol";
import {RoundHistory} from "./RoundHistory.sol";

/// @title The time-weighted average price of a spot pool
contract TwapFeed is ITwapFeed, RoundHistory {
    /// @notice The pool's accumulator at a time.
    struct Observation {
        /// WAD quote tokens times seconds.
        uint192 cumulative;
        /// Seconds.
        uint64 observedAt;
    }

    uint256 private constant MAX_WINDOW = 1 days;
    /// @dev Periods that fit into one window: bounds how far one poke can search.
    uint256 private constant MAX_PERIODS = 64;
    /// @dev WAD over the feed's 8 decimals.
    uint256 private constant ANSWER_SCALE = 1e10;

    /// @inheritdoc ITwapFeed
    ISpotAmm public immutable pool;
    /// @inheritdoc ITwapFeed
    uint256 public immutable windowSeconds;
    /// @inheritdoc ITwapFeed
    uint256 public immutable periodSeconds;

    Observation[] private _observations;
    /// @dev Index of the youngest observation known to be at least a window old.
    uint256 private _anchor;

    /// @param description_ What the feed prices.
    /// @param pool_ The pool, with liquidity in it.
    /// @param windowSeconds_ Least seconds that an average spans, at most a day.
    /// @param periodSeconds_ Least seconds between observations, at least a 64th of the window.
    constructor(
        string memory description_,
        ISpotAmm pool_,
        uint256 windowSeconds_,
        uint256 periodSeconds_
    ) RoundHistory(description_) {
        if (
            windowSeconds_ == 0 ||
            windowSeconds_ > MAX_WINDOW ||
            periodSeconds_ == 0 ||
            periodSeconds_ > windowSeconds_ ||
            windowSeconds_ > periodSeconds_ * MAX_PERIODS
        ) revert InvalidConfiguration();
        pool = pool_;
        windowSeconds = windowSeconds_;
        periodSeconds = periodSeconds_;
        if (pool_.spotPrice() == 0) revert NoPrice();
        _observations.push(Observation(uint192(pool_.cumulativePrice()), uint64(block.timestamp)));
    }

    // --- Averaging --- //

    /// @inheritdoc ITwapFeed
    /// @dev (C(now) - C(then)) / (now - then). Worked number: 600 s at 3 000 and 300 s at 2 700 give
    /// (600 * 3 000 + 300 * 2 700) / 900 = 2 900.
    function poke() external returns (int256 answer) {
        Observation memory newest = _observations[_observations.length - 1];
        // The observation of the constructor does not hold up the first round.
        uint256 pause = latestRound == 0 ? 1 : periodSeconds;
        if (block.timestamp < newest.observedAt + pause) return 0;
        Observation memory then = _advanceAnchor();
        uint256 cumulative = pool.cumulativePrice();
        // The accumulator of a pool with 18 decimals of price stays below 2**192 for centuries.
        _observations.push(Observation(uint192(cumulative), uint64(block.timestamp)));
        uint256 elapsed = block.timestamp - then.observedAt;
        answer = int256((cumulative - then.cumulative) / elapsed / ANSWER_SCALE);
        _requirePositive(answer);
        emit Averaged(answer, elapsed);
        _append(answer, block.timestamp);
    }

    // --- Internal --- //

    /// @dev Move the anchor to the youngest observation at least a window old. It moves by as many
    /// places as observations aged past the window since the last poke, at most 64 periods' worth.
    function _advanceAnchor() private returns (Observation memory then) {
        uint256 last = _observations.length - 1;
        uint256 anchor = _anchor;
        then = _observations[anchor];
        while (anchor < last) {
            Observation memory next = _observations[anchor + 1];
            if (next.observedAt + windowSeconds > block.timestamp) break;
            then = next;
            ++anchor;
        }
        _anchor = anchor;
    }
}
