// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ScenarioParameters} from "../types/OptionTypes.sol";
import {Tolerance} from "../types/Types.sol";
import {IMarginModel} from "./IMarginModel.sol";

/// @title Margin of a whole account by the worst of eighteen scenarios
interface IPortfolioMargin is IMarginModel {
    /// @notice The volatility surface of an asset was named.
    event SurfaceSet(bytes32 indexed asset, address indexed surface);
    /// @notice The parameters changed.
    event ScenarioParametersSet(ScenarioParameters parameters);

    /// @notice Whether isolated margins cap the scenarios' was set.
    event CappedSet(bool capped);

    /// @notice An account holds options of an asset whose surface nobody named.
    error NoSurface(bytes32 asset);

    /// @notice Name the surface that prices an asset's options.
    function setSurface(bytes32 asset, address surface) external;

    /// @notice Set all parameters.
    function setParameters(ScenarioParameters calldata parameters_) external;

    /// @notice Set whether an account never needs more than the sum of its isolated margins.
    function setCapped(bool capped_) external;

    /// @notice What the scenarios alone ask of an account.
    /// @param account The trader.
    /// @param tolerance How old prices and volatility may be.
    /// @return initial WAD USD, rounded up.
    /// @return maintenance WAD USD, rounded up, at most initial.
    function requirement(
        address account,
        Tolerance tolerance
    ) external view returns (uint256 initial, uint256 maintenance);

    /// @notice Loss or gain of an account's positions in one asset under each scenario.
    /// @param account The trader.
    /// @param asset Asset id.
    /// @param tolerance How old prices and volatility may be.
    /// @return pnl WAD USD, rounded down: spot up and down by one to four steps, each with
    /// volatility up and down; then the lower and the upper tail, dampened.
    function scenarios(
        address account,
        bytes32 asset,
        Tolerance tolerance
    ) external view returns (int256[18] memory pnl);

    /// @notice The surface of an asset.
    function surfaceOf(bytes32 asset) external view returns (address);

    /// @notice Whether an account never needs more than the sum of its isolated margins.
    function capped() external view returns (bool);

    /// @notice The parameters.
    function parameters() external view returns (ScenarioParameters memory);
}
