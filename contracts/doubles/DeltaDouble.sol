// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IDeltaSource} from "../interfaces/IDeltaSource.sol";
import {Tolerance} from "../types/Types.sol";

/// @title A delta that anybody sets
contract DeltaDouble is IDeltaSource {
    int256 private _delta;

    /// @notice Set the vault's delta, WAD units.
    function set(int256 delta) external {
        _delta = delta;
    }

    /// @inheritdoc IDeltaSource
    function netDelta(Tolerance) external view returns (int256) {
        return _delta;
    }
}
