// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {OptionLiquidationParameters} from "../types/OptionTypes.sol";

/// @title Immediate liquidation of option positions against the vault
/// @notice Shorts are bought back at a volatility above the market's, so the vault is paid for
/// taking them; longs are sold only once no short is left. Keepers are paid by the liquidation
/// engine's rule, out of margin first, then out of the fund.
interface IOptionLiquidator {
    /// @notice Part of a position was closed.
    /// @param account Who was liquidated.
    /// @param market The option market.
    /// @param keeper Who called.
    /// @param id The series.
    /// @param sizeClosed WAD.
    /// @param price WAD USD an option.
    /// @param reward WAD USD paid to the keeper.
    /// @param penalty WAD USD paid to the insurance fund.
    /// @param remaining Signed size afterwards, WAD.
    event OptionLiquidated(
        address indexed account,
        address indexed market,
        address indexed keeper,
        uint256 id,
        uint256 sizeClosed,
        uint256 price,
        uint256 reward,
        uint256 penalty,
        int256 remaining
    );
    /// @notice The parameters changed.
    event OptionLiquidationParametersSet(OptionLiquidationParameters parameters);

    /// @notice Equity covers maintenance.
    error NotLiquidatable(address account, int256 equity, uint256 maintenance);
    /// @notice The account holds nothing in the series.
    error NoPosition(address account, uint256 id);
    /// @notice Longs are sold only once no short is left.
    error ShortsFirst(address account);
    /// @notice The market is no product of the house.
    error UnknownMarket(address market);

    /// @notice Close a position of an account below maintenance. Anybody.
    /// @param account Who.
    /// @param market The option market.
    /// @param id The series.
    /// @return sizeClosed WAD.
    /// @return reward WAD USD.
    function liquidate(
        address account,
        address market,
        uint256 id
    ) external returns (uint256 sizeClosed, uint256 reward);

    /// @notice Set all parameters.
    function setParameters(OptionLiquidationParameters calldata parameters_) external;

    /// @notice The parameters.
    function parameters() external view returns (OptionLiquidationParameters memory);
}
