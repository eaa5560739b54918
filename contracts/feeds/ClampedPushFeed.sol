// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {PushFeed} from "./PushFeed.sol";

/// @title A push feed that pins what is out of bounds to the bound
/// @notice Bad practice on purpose: a crash through `minAnswer` leaves consumers with a price that
/// nobody trades at (Venus and Blizz, May 2022: LUNA pinned at 0.107 USD while it traded at 0.01).
contract ClampedPushFeed is PushFeed {
    /// @param description_ What the feed prices.
    /// @param minAnswer_ Smallest answer reported, 8 decimals.
    /// @param maxAnswer_ Largest answer reported, 8 decimals.
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
    ) PushFeed(description_, minAnswer_, maxAnswer_, heartbeat_, deviation_, publishers) {}

    /// @dev With a lower bound of 300, an answer of 250 is reported as 300.
    function _accepted(int256 answer) internal view override returns (int256) {
        if (answer < minAnswer) return minAnswer;
        return answer > maxAnswer ? maxAnswer : answer;
    }
}
