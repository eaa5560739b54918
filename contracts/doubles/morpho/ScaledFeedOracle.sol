// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAggregatorV3} from "../../interfaces/IAggregatorV3.sol";

/// @title A round feed as the oracle of a lending market
/// @notice As the feed adapters in use it asks neither for the age of an answer nor for its round.
contract ScaledFeedOracle {
    IAggregatorV3 private immutable FEED;
    uint256 private immutable SCALE;

    /// @notice The feed's answer is no price.
    error PriceNotPositive(int256 answer);

    /// @param feed Prices one whole collateral token in dollars.
    /// @param scale Loan units per collateral unit, times 1e36, at an answer of one.
    constructor(IAggregatorV3 feed, uint256 scale) {
        FEED = feed;
        SCALE = scale;
    }

    /// @notice Loan units per collateral unit, times 1e36.
    function price() external view returns (uint256) {
        (, int256 answer, , , ) = FEED.latestRoundData();
        if (answer <= 0) revert PriceNotPositive(answer);
        return uint256(answer) * SCALE;
    }
}
