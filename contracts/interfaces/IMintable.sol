// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title A testbed's token: anybody mints
interface IMintable is IERC20 {
    /// @notice Create tokens from nothing.
    /// @param to Receiver.
    /// @param amount Token units.
    function mint(address to, uint256 amount) external;
}
