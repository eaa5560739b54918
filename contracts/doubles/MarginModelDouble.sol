// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IMarginModel} from "../interfaces/IMarginModel.sol";
import {Tolerance} from "../types/Types.sol";

/// @title A margin model that answers what it was told
contract MarginModelDouble is IMarginModel {
    /// @notice Answer for every account, WAD USD.
    uint256 public initial;
    /// @notice Answer for every account, WAD USD.
    uint256 public maintenance;

    /// @notice Set the answers, WAD USD.
    function set(uint256 initial_, uint256 maintenance_) external {
        initial = initial_;
        maintenance = maintenance_;
    }

    /// @inheritdoc IMarginModel
    function marginOf(
        address,
        Tolerance,
        uint256,
        uint256
    ) external view returns (uint256, uint256) {
        return (initial, maintenance);
    }
}
