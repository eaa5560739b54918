// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Tolerance} from "../types/Types.sol";
import {VaultParameters, VaultRequest} from "../types/VaultTypes.sol";

/// @title The capital of liquidity providers as a counterparty's ledger account
/// @notice The vault's own address is the ledger account that takes the other side of traders. Its
/// shares are an ERC-20 in the shape of ERC-4626; coming and going takes two steps (as ERC-7540):
/// a request waits out a delay, then anybody processes it at the net asset value of that moment.
/// Deposits that wait are held apart from the ledger and take no part in gain or loss; shares that
/// wait for redemption do.
interface ILPVault {
    /// @notice A deposit was asked for.
    /// @param id Its place in the queue of deposits.
    /// @param receiver Who will receive shares.
    /// @param assets Token units, 6 decimals.
    event DepositQueued(uint256 indexed id, address indexed receiver, uint256 assets);
    /// @notice A redemption was asked for.
    /// @param id Its place in the queue of redemptions.
    /// @param receiver Who will receive tokens.
    /// @param shares Shares, 18 decimals.
    event RedemptionQueued(uint256 indexed id, address indexed receiver, uint256 shares);
    /// @notice A deposit became shares.
    event DepositProcessed(
        uint256 indexed id,
        address indexed receiver,
        uint256 assets,
        uint256 shares
    );
    /// @notice A redemption was paid.
    /// @param id Its place in the queue of redemptions.
    /// @param receiver Who received tokens.
    /// @param shares Shares destroyed.
    /// @param assets Token units paid, after fee and haircut.
    /// @param fee What stayed with the others, WAD USD.
    event RedemptionProcessed(
        uint256 indexed id,
        address indexed receiver,
        uint256 shares,
        uint256 assets,
        uint256 fee
    );
    /// @notice Too little capital is free: redemptions stop for a while.
    /// @param free Capital left free by the refused redemption, WAD USD.
    /// @param required Capital that must be free, WAD USD.
    /// @param until Until when, seconds.
    event RedemptionsPaused(int256 free, uint256 required, uint256 until);
    /// @notice The parameters changed.
    event VaultParametersSet(VaultParameters parameters);

    /// @notice An amount must not be zero.
    error ZeroAmount();
    /// @notice An address must not be zero.
    error ZeroAddress();

    /// @notice Ask to deposit: tokens leave the caller now, shares come when it is processed.
    /// @param assets Token units, 6 decimals.
    /// @param receiver Who receives the shares.
    /// @return id Place in the queue of deposits.
    function requestDeposit(uint256 assets, address receiver) external returns (uint256 id);

    /// @notice Ask to redeem: shares leave the caller now, tokens come when it is processed.
    /// @param shares Shares, 18 decimals.
    /// @param receiver Who receives the tokens.
    /// @return id Place in the queue of redemptions.
    function requestRedeem(uint256 shares, address receiver) external returns (uint256 id);

    /// @notice Process what is due, deposits first, each queue in its order. Anybody.
    /// @param limit At most so many requests, 1 to 32.
    /// @return processed How many were.
    function process(uint256 limit) external returns (uint256 processed);

    /// @notice Set the parameters. Owner only.
    function setParameters(VaultParameters calldata parameters_) external;

    /// @notice Cash and positions less what traders are owed, WAD USD; queued deposits are no part.
    function netAssetValue(Tolerance tolerance) external view returns (int256);

    /// @notice Value of one whole share, WAD USD, rounded down; zero while the vault is insolvent.
    function sharePrice(Tolerance tolerance) external view returns (uint256);

    /// @notice Capital that could leave now, WAD USD.
    function freeCapital(Tolerance tolerance) external view returns (int256);

    /// @notice The settlement token.
    function asset() external view returns (address);

    /// @notice Net asset value in token units at the default tolerance, zero when negative.
    function totalAssets() external view returns (uint256);

    /// @notice Shares that token units would become now, rounded down.
    function convertToShares(uint256 assets) external view returns (uint256 shares);

    /// @notice Token units that shares are worth now before fee, rounded down.
    function convertToAssets(uint256 shares) external view returns (uint256 assets);

    /// @notice The parameters.
    function parameters() external view returns (VaultParameters memory);

    /// @notice Deposits: how many were processed and how many were ever queued.
    function depositQueue() external view returns (uint256 done, uint256 total);

    /// @notice Redemptions: how many were processed and how many were ever queued.
    function redemptionQueue() external view returns (uint256 done, uint256 total);

    /// @notice A deposit by its place; empty once it is processed.
    function depositRequest(uint256 id) external view returns (VaultRequest memory);

    /// @notice A redemption by its place; empty once it is processed.
    function redemptionRequest(uint256 id) external view returns (VaultRequest memory);

    /// @notice Token units of all deposits that wait.
    function queuedAssets() external view returns (uint256);

    /// @notice Until when redemptions rest, seconds.
    function pausedUntil() external view returns (uint256);
}
