// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Tolerance} from "../types/Types.sol";

/// @title Margin of a whole account instead of the sum over its products
interface IMarginModel {
    /// @notice The account has more positions than the model will look at.
    error TooManyLegs(address account, uint256 legs, uint256 limit);

    /// @notice What an account must be margined with, its positions taken together.
    /// @param account The trader.
    /// @param tolerance How old the prices may be.
    /// @param isolatedInitial Sum of what its products ask by themselves, WAD USD.
    /// @param isolatedMaintenance The same for maintenance, WAD USD.
    /// @return initial WAD USD, rounded up.
    /// @return maintenance WAD USD, rounded up, at most initial.
    function marginOf(
        address account,
        Tolerance tolerance,
        uint256 isolatedInitial,
        uint256 isolatedMaintenance
    ) external view returns (uint256 initial, uint256 maintenance);
}
