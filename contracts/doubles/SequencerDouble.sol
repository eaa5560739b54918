// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ISequencerFeed} from "../interfaces/ISequencerFeed.sol";

/// @title A sequencer's uptime feed, told by a reporter
contract SequencerDouble is ISequencerFeed {
    address private immutable REPORTER;

    bool private _down;
    uint64 private _since;
    uint80 private _round;

    /// @param reporter Who tells the status, zero for anybody; it is up since the deployment.
    // slither-disable-next-line missing-zero-check -- zero lets anybody tell it
    constructor(address reporter) {
        REPORTER = reporter;
        _since = uint64(block.timestamp);
        _round = 1;
    }

    /// @inheritdoc ISequencerFeed
    function setStatus(bool down) external {
        if (REPORTER != address(0) && msg.sender != REPORTER) revert Unauthorized(msg.sender);
        if (down == _down) return;
        _down = down;
        _since = uint64(block.timestamp);
        ++_round;
        emit StatusChanged(down, block.timestamp);
    }

    /// @inheritdoc ISequencerFeed
    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return (_round, _down ? int256(1) : int256(0), _since, _since, _round);
    }
}
