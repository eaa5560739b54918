// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {KeeperParameters, LiquidationParameters} from "../types/Types.sol";

/// @title Permissionless liquidation in chunks, keeper pay and the sale of collateral
interface ILiquidationEngine {
    /// @notice Part or all of a position was closed.
    /// @param account The liquidated trader.
    /// @param market The market.
    /// @param keeper Who called and was paid.
    /// @param sizeClosed Absolute size closed, WAD units.
    /// @param price Execution price, WAD USD.
    /// @param reward Paid to the keeper, WAD USD.
    /// @param penalty Charged to the account, WAD USD.
    /// @param remaining Signed size afterwards, WAD units.
    event Liquidated(
        address indexed account,
        address indexed market,
        address indexed keeper,
        uint256 sizeClosed,
        uint256 price,
        uint256 reward,
        uint256 penalty,
        int256 remaining
    );

    /// @notice How the keeper's reward came about.
    /// @param account The liquidated trader.
    /// @param keeper Who was paid.
    /// @param due Reward by the formula, WAD USD.
    /// @param fromMargin Paid by the account, WAD USD.
    /// @param fromFund Paid by the insurance fund, WAD USD.
    event KeeperPaid(
        address indexed account,
        address indexed keeper,
        uint256 due,
        uint256 fromMargin,
        uint256 fromFund
    );

    /// @notice A market's liquidation rules changed.
    event LiquidationParametersSet(address indexed market, LiquidationParameters parameters);
    /// @notice The keepers' pay changed.
    event KeeperParametersSet(KeeperParameters parameters);

    /// @notice The account has enough margin.
    error NotLiquidatable(address account, int256 equity, uint256 maintenance);
    /// @notice The account has no position in that market.
    error NoPosition(address account, address market);
    /// @notice The market is not registered or has no liquidation rules.
    error UnknownMarket(address market);
    /// @notice The rolling window is used up.
    /// @param market The market.
    /// @param availableAt When the oldest chunk leaves the window, seconds.
    error LiquidationCapacityReached(address market, uint256 availableAt);
    /// @notice The account owes nothing that collateral would have to pay.
    error NothingOwed(address account, int256 cash);
    /// @notice The oracle hub does not know the asset that prices gas.
    error UnknownGasAsset(bytes32 asset);
    /// @notice The account's debt waits for its positions to be closed, or is a counterparty's.
    error ShortfallNotDue(address account);

    /// @notice Close a chunk of an account's position in a market at the strict oracle price and
    /// pay the caller in ledger cash. Anyone may call. Never reverts for an empty fund. An account
    /// that has to wait for deleveraging is told so and left as it is: zero is returned.
    /// @param account The trader.
    /// @param market The market.
    /// @return sizeClosed WAD units.
    /// @return reward Paid to the caller, WAD USD.
    function liquidate(
        address account,
        address market
    ) external returns (uint256 sizeClosed, uint256 reward);

    /// @notice Cover the debt of an account that is left without positions, as options that were
    /// settled may leave it. Anybody; nothing happens where there is no debt.
    /// @param account The debtor, not a counterparty.
    function coverShortfall(address account) external;

    /// @notice Sell collateral of an account in debt, as much as its debt and the caller's reward
    /// need, and pay the caller in ledger cash. With positions left the account must be below
    /// maintenance; without any it must only owe. Anyone may call.
    /// @param vault The vault that holds the collateral.
    /// @param account The account.
    /// @param token Which collateral.
    /// @param maxAmount Most to sell, token units: a smaller sale moves the pool's price less.
    /// @return proceeds Credited to the account, WAD USD.
    /// @return reward Paid to the caller, WAD USD.
    function sellCollateral(
        address vault,
        address account,
        address token,
        uint256 maxAmount
    ) external returns (uint256 proceeds, uint256 reward);

    /// @notice Set a registered market's liquidation rules.
    function setLiquidationParameters(
        address market,
        LiquidationParameters calldata parameters
    ) external;

    /// @notice Set how keepers are paid.
    function setKeeperParameters(KeeperParameters calldata parameters) external;

    /// @notice Whether an account is below maintenance at the newest price, whatever its age.
    function isLiquidatable(address account) external view returns (bool);

    /// @notice The reward formula before payment limits.
    /// @param closedNotional WAD USD.
    /// @param flagRewardRatio WAD.
    /// @param gasPrice Price per gas that counts as cost, wei.
    /// @return WAD USD.
    function rewardDue(
        uint256 closedNotional,
        uint256 flagRewardRatio,
        uint256 gasPrice
    ) external view returns (uint256);

    /// @notice Use of a market's rolling window.
    /// @return used WAD units closed inside the window.
    /// @return cap WAD units allowed inside the window.
    /// @return availableAt When the oldest chunk leaves, seconds; zero when the window is empty.
    function window(
        address market
    ) external view returns (uint256 used, uint256 cap, uint256 availableAt);

    /// @notice A market's liquidation rules.
    function liquidationParameters(
        address market
    ) external view returns (LiquidationParameters memory);

    /// @notice How keepers are paid.
    function keeperParameters() external view returns (KeeperParameters memory);

    /// @notice The counterparty's share of a shortfall left by the fund, WAD.
    function vaultLossShare() external view returns (uint256);
}
