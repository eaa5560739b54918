// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {OptionParameters} from "../types/OptionTypes.sol";
import {Bounds} from "./Bounds.sol";

/// @title Bounds of an option market's parameters
/// @notice They keep the vault's bid positive, maintenance at or below initial margin, and every
/// product of amounts far from the end of the integers.
library OptionBounds {
    uint256 private constant WAD = 1e18;
    uint256 private constant MAX_AMOUNT = 1e36;

    /// @notice Revert with the first parameter that is out of its bounds.
    function check(OptionParameters memory p) internal pure {
        Bounds.check("spread", p.spread, 0, 0.5e18);
        Bounds.check("feeRatio", p.feeRatio, 0, 0.1e18);
        Bounds.check("feeCap", p.feeCap, 0, WAD);
        Bounds.check("vegaFee", p.vegaFee, 0, 1e24);
        Bounds.check("minDelta", p.minDelta, 0, 0.5e18);
        Bounds.check("maxSeriesSize", p.maxSeriesSize, 0, 1e30);
        Bounds.check("maxNetVega", p.maxNetVega, 0, MAX_AMOUNT);
        Bounds.check("cutoff", p.cutoff, 0, 7 days);
        Bounds.check("minSize", p.minSize, 1, 1e24);
        Bounds.check("initialRatio", p.initialRatio, p.initialFloor, WAD);
        Bounds.check("initialFloor", p.initialFloor, p.maintenanceRatio, WAD);
        Bounds.check("maintenanceRatio", p.maintenanceRatio, 1, WAD);
        Bounds.check("lockedRatio", p.lockedRatio, 0, WAD);
        Bounds.check("fundFeeShare", p.fundFeeShare, 0, WAD);
        Bounds.check("closeShock", p.closeShock, WAD, 3 * WAD);
    }
}
