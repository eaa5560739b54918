// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title A dealer beside an Aave v3 pool: leverage in one call
/// @notice It sells and buys collateral at its feed's price in any amount, so that what a run
/// shows is the pool's doing and not a spot market's.
interface IAaveDesk {
    /// @notice The dealer's price lies beyond the caller's limit.
    error PriceBeyondLimit(uint256 price, uint256 limit);

    /// @notice The dealer does not trade this token.
    error UnknownCollateral(address token);

    /// @notice The caller has nothing to close.
    error NoPosition(address account, address token);

    /// @notice Make a token one that the dealer trades.
    /// @param token The collateral.
    /// @param receipt What the pool gives for it.
    /// @param feed Its price in dollars, 8 decimals.
    function list(address token, address receipt, address feed) external;

    /// @notice Buy collateral, with the caller's dollars first and borrowed ones for the rest, and
    /// leave it in the pool.
    /// @param token The collateral.
    /// @param amount Token units.
    /// @param maxPrice The most to pay for one whole token, 8 decimals.
    function open(address token, uint256 amount, uint256 maxPrice) external;

    /// @notice Take all of the caller's collateral of one kind out and sell it; pay back what is
    /// owed, the caller's own dollars included where it does not suffice.
    /// @param token The collateral.
    /// @param minPrice The least to take for one whole token, 8 decimals.
    function close(address token, uint256 minPrice) external;
}
