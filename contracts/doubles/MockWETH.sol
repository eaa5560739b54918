// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title Collateral token of a testbed: 18 decimals, anybody mints
// slither-disable-next-line missing-inheritance -- IMintable is how desks see it, no more
contract MockWETH is ERC20 {
    constructor() ERC20("Mock Wrapped Ether", "mWETH") {}

    /// @notice Create tokens from nothing.
    /// @param to Receiver.
    /// @param amount Token units, 18 decimals.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @notice Create tokens from nothing for somebody, and let another take all of his: a testbed
    /// furnishes wallets without their signatures.
    /// @param to Receiver.
    /// @param amount Token units, 18 decimals.
    /// @param spender Who may take them.
    function mintFor(address to, uint256 amount, address spender) external {
        _mint(to, amount);
        _approve(to, spender, type(uint256).max);
    }

    /// @notice Eighteen, as the real one.
    function decimals() public pure override returns (uint8) {
        return 18;
    }
}
