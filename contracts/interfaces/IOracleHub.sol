// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {AssetConfiguration, Tolerance} from "../types/Types.sol";

/// @title The one place where products read prices
/// @notice Prices are WAD USD. Age is counted from the observation, not from the transmission: an
/// update that waited in a congested mempool must not look fresh when it lands.
interface IOracleHub {
    /// @notice An asset was configured.
    event AssetConfigured(bytes32 indexed asset, AssetConfiguration configuration);

    /// @notice The newest observation is too old for the tolerance asked for.
    error StalePrice(bytes32 asset, uint256 observedAt, uint256 maxAge);
    /// @notice The newest price lies outside the asset's bounds.
    error PriceOutOfBounds(bytes32 asset, uint256 price);
    /// @notice The asset was never configured.
    error UnknownAsset(bytes32 asset);
    /// @notice No round of the feed is as old as the time asked for.
    error NoPriceAt(bytes32 asset, uint256 timestamp);
    /// @notice The configuration makes no sense.
    error InvalidConfiguration(bytes32 asset);

    /// @notice Set an asset's feed, bounds and tolerances.
    function configureAsset(bytes32 asset, AssetConfiguration calldata configuration) external;

    /// @notice An asset's configuration; `feed` is zero when unknown.
    function configurationOf(bytes32 asset) external view returns (AssetConfiguration memory);

    /// @notice The price, or a revert when it may not be used.
    /// @param asset Asset id.
    /// @param tolerance How old the observation may be.
    /// @return priceWad WAD USD.
    function price(bytes32 asset, Tolerance tolerance) external view returns (uint256 priceWad);

    /// @notice The newest price whatever its age; zero before the first round.
    /// @param asset Asset id.
    /// @return priceWad WAD USD.
    /// @return observedAt When it was observed, seconds.
    /// @return roundId The feed's round.
    function peek(
        bytes32 asset
    ) external view returns (uint256 priceWad, uint256 observedAt, uint80 roundId);

    /// @notice The price in force at a past time: the last round observed at or before it.
    /// @param asset Asset id; its feed numbers rounds from 1 without gaps.
    /// @param timestamp Seconds.
    /// @return priceWad WAD USD.
    /// @return observedAt When that round was observed, seconds.
    function priceAt(
        bytes32 asset,
        uint256 timestamp
    ) external view returns (uint256 priceWad, uint256 observedAt);
}
