// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title What our doubles ask of Morpho Blue
interface IMorphoBlue {
    /// @param loanToken What is lent.
    /// @param collateralToken What is lent against.
    /// @param oracle Tells the collateral's price in loan units.
    /// @param irm Tells the rate.
    /// @param lltv Debt over collateral value at which a position may be liquidated, WAD.
    struct MarketParams {
        address loanToken;
        address collateralToken;
        address oracle;
        address irm;
        uint256 lltv;
    }

    /// @notice Bring a market's interest up to this block.
    function accrueInterest(MarketParams memory marketParams) external;

    /// @notice Take the sender's collateral for an account.
    function supplyCollateral(
        MarketParams memory marketParams,
        uint256 assets,
        address onBehalf,
        bytes memory data
    ) external;

    /// @notice Give an account's collateral to a receiver.
    function withdrawCollateral(
        MarketParams memory marketParams,
        uint256 assets,
        address onBehalf,
        address receiver
    ) external;

    /// @notice Lend to an account, paid to a receiver; one of assets and shares is zero.
    function borrow(
        MarketParams memory marketParams,
        uint256 assets,
        uint256 shares,
        address onBehalf,
        address receiver
    ) external returns (uint256, uint256);

    /// @notice Pay an account's debt back; one of assets and shares is zero.
    function repay(
        MarketParams memory marketParams,
        uint256 assets,
        uint256 shares,
        address onBehalf,
        bytes memory data
    ) external returns (uint256, uint256);

    /// @notice Supply shares, borrow shares and collateral of an account.
    function position(
        bytes32 id,
        address account
    ) external view returns (uint256, uint128, uint128);

    /// @notice Supplied and borrowed assets with their shares, the last update, the fee.
    function market(
        bytes32 id
    ) external view returns (uint128, uint128, uint128, uint128, uint128, uint128);
}
