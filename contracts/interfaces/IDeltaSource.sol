// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Tolerance} from "../types/Types.sol";

/// @title Whoever knows how a vault's worth moves with the price of an asset
interface IDeltaSource {
    /// @notice The vault's sensitivity, WAD units of the asset; negative when it is short.
    /// @param tolerance How old prices may be.
    function netDelta(Tolerance tolerance) external view returns (int256);
}
