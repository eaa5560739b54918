// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Who pays for an account that owes more than it has
/// @notice The order is the account's own margin, the insurance fund, the backer's share,
/// deleveraging of the winners, and last the haircut that everybody who withdraws takes. Where
/// deleveraging is on, an account whose shortfall would go beyond fund and backer is left open for
/// some seconds so that anybody can deleverage it; only then may it be closed at everybody's cost.
interface ILossWaterfall {
    /// @notice Who pays.
    enum Stage {
        Fund,
        Backer,
        Deleveraging,
        Haircut
    }

    /// @notice One stage paid.
    /// @param account The account that was in debt.
    /// @param stage Who paid.
    /// @param amount WAD USD.
    event StagePaid(address indexed account, Stage indexed stage, uint256 amount);

    /// @notice A shortfall went down the waterfall; the parts add up to it exactly.
    /// @param account The account that ended below zero.
    /// @param shortfall WAD USD.
    /// @param fund Paid by the insurance fund, WAD USD.
    /// @param vault Paid by the backer, WAD USD.
    /// @param adl Paid by deleveraging, WAD USD.
    /// @param haircut Recorded as deficit, WAD USD.
    event DeficitCovered(
        address indexed account,
        uint256 shortfall,
        uint256 fund,
        uint256 vault,
        uint256 adl,
        uint256 haircut
    );

    /// @notice An account waits to be deleveraged.
    /// @param account The bankrupt account.
    /// @param shortfall How far its equity is below zero, WAD USD.
    /// @param until When it may be closed at everybody's cost, seconds.
    event DeleveragingOpened(address indexed account, uint256 shortfall, uint256 until);

    /// @notice The backer's share of a shortfall left by the fund changed, WAD.
    event VaultLossShareSet(uint256 share);
    /// @notice How long bankrupt accounts wait to be deleveraged changed, seconds.
    event DeleveragingSecondsSet(uint256 length);

    /// @notice The caller is no engine.
    error Unauthorized(address caller);

    /// @notice Let a bankrupt account wait for deleveraging, if that is on and needed.
    /// @param account The account.
    /// @return waits Whether it may not be closed yet.
    function open(address account) external returns (bool waits);

    /// @notice Fund and backer pay for an account that waits, the backer once. Engines only.
    /// @param account The account.
    /// @return left What is still below zero, WAD USD; zero where the account does not wait.
    function prepare(address account) external returns (uint256 left);

    /// @notice Remember what deleveraging paid. Engines only.
    function recordDeleveraging(address account, uint256 amount) external;

    /// @notice Pay for an account that holds nothing and owes, and is no counterparty. Anyone may
    /// call; nothing happens for any other account. Never reverts for an empty fund.
    /// @param account The account.
    /// @return shortfall What was paid for, all stages together, WAD USD.
    function cover(address account) external returns (uint256 shortfall);

    /// @notice Set the backer's share of a shortfall left by the fund, WAD.
    function setVaultLossShare(uint256 share) external;

    /// @notice Set how long bankrupt accounts wait to be deleveraged, seconds; zero turns it off.
    function setDeleveragingSeconds(uint256 length) external;

    /// @notice The backer's share of a shortfall left by the fund, WAD.
    function vaultLossShare() external view returns (uint256);

    /// @notice How long bankrupt accounts wait to be deleveraged, seconds.
    function deleveragingSeconds() external view returns (uint256);

    /// @notice Until when an account waits, seconds; zero where it does not.
    function waitsUntil(address account) external view returns (uint256);
}
