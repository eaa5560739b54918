// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title What a margin desk asks of an Aave v3 pool
/// @notice Names and order of arguments follow the deployed pool; amounts are in token units.
interface IAavePool {
    /// @notice Pay in an asset for somebody, as collateral where it is one.
    /// @param asset The token.
    /// @param amount How much.
    /// @param onBehalfOf Whose it becomes.
    /// @param referralCode Zero.
    function supply(
        address asset,
        uint256 amount,
        address onBehalfOf,
        uint16 referralCode
    ) external;

    /// @notice Take out a loan in somebody's name, who has delegated credit to the caller.
    /// @param asset The token.
    /// @param amount How much.
    /// @param interestRateMode 2 for the variable rate.
    /// @param referralCode Zero.
    /// @param onBehalfOf Who owes it.
    function borrow(
        address asset,
        uint256 amount,
        uint256 interestRateMode,
        uint16 referralCode,
        address onBehalfOf
    ) external;

    /// @notice Pay back somebody's loan.
    /// @param asset The token.
    /// @param amount How much at the most.
    /// @param interestRateMode 2 for the variable rate.
    /// @param onBehalfOf Who owes it.
    /// @return paid How much was paid back.
    function repay(
        address asset,
        uint256 amount,
        uint256 interestRateMode,
        address onBehalfOf
    ) external returns (uint256 paid);

    /// @notice Take out what the caller has paid in.
    /// @param asset The token.
    /// @param amount How much.
    /// @param to Who gets it.
    /// @return taken How much was taken out.
    function withdraw(address asset, uint256 amount, address to) external returns (uint256 taken);
}
