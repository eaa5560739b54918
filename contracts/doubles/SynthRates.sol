// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAggregatorV3} from "../interfaces/IAggregatorV3.sol";

/// @title Synthetix' exchange rates as far as Lyra v1 asks them, from feeds with rounds and bounds
/// @notice The double that comes with Lyra takes any rate at any time and never finds one stale.
contract SynthRates {
    uint256 private constant FEED_TO_WAD = 1e10;

    /// @notice A feed can be named once only.
    error FeedNamed(bytes32 key);

    /// @notice How old an answer may be, seconds.
    uint256 public immutable MAX_AGE;

    /// @notice The feed of a currency.
    mapping(bytes32 key => IAggregatorV3 feed) public feeds;

    /// @param maxAge How old an answer may be, seconds.
    constructor(uint256 maxAge) {
        MAX_AGE = maxAge;
    }

    /// @notice Name the feed of a currency.
    /// @param key The currency, as sETH.
    /// @param feed Its price in dollars, 8 decimals.
    function setFeed(bytes32 key, IAggregatorV3 feed) external {
        if (address(feeds[key]) != address(0)) revert FeedNamed(key);
        feeds[key] = feed;
    }

    /// @notice The newest rate.
    /// @param key The currency.
    /// @return rate Dollars, 18 decimals; 3,000 is 3000e18.
    /// @return invalid Whether there is none, or it is too old.
    function rateAndInvalid(bytes32 key) external view returns (uint256 rate, bool invalid) {
        IAggregatorV3 feed = feeds[key];
        if (address(feed) == address(0)) return (0, true);
        (, int256 answer, , uint256 updatedAt, ) = feed.latestRoundData();
        if (answer <= 0) return (0, true);
        return (uint256(answer) * FEED_TO_WAD, block.timestamp > updatedAt + MAX_AGE);
    }
}
