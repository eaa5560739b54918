// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IAggregatorV3} from "./interfaces/IAggregatorV3.sol";
import {IOracleHub} from "./interfaces/IOracleHub.sol";
import {AssetConfiguration, Tolerance} from "./types/Types.sol";

/// @title Prices for all products, refused when stale or out of bounds
contract OracleHub is IOracleHub, Ownable2Step {
    /// @dev A year is no guard at all: it serves deployments that leave staleness unchecked.
    uint256 private constant MAX_AGE = 365 days;

    mapping(bytes32 asset => AssetConfiguration configuration) internal _configurations;

    constructor() Ownable(msg.sender) {}

    // --- Owner --- //

    /// @inheritdoc IOracleHub
    function configureAsset(
        bytes32 asset,
        AssetConfiguration calldata configuration
    ) external onlyOwner {
        if (
            configuration.feed == address(0) ||
            configuration.minPrice == 0 ||
            configuration.maxPrice < configuration.minPrice ||
            configuration.maxAgeStrict == 0 ||
            configuration.maxAgeDefault < configuration.maxAgeStrict ||
            configuration.maxAgeDefault > MAX_AGE ||
            IAggregatorV3(configuration.feed).decimals() > 18
        ) revert InvalidConfiguration(asset);
        _configurations[asset] = configuration;
        emit AssetConfigured(asset, configuration);
    }

    // --- Reads --- //

    /// @inheritdoc IOracleHub
    function configurationOf(bytes32 asset) external view returns (AssetConfiguration memory) {
        return _configurations[asset];
    }

    /// @inheritdoc IOracleHub
    function price(
        bytes32 asset,
        Tolerance tolerance
    ) external view virtual returns (uint256 priceWad) {
        uint256 observedAt;
        (priceWad, observedAt, ) = peek(asset);
        if (tolerance == Tolerance.Any) return priceWad;
        AssetConfiguration storage configuration = _configurations[asset];
        uint256 maxAge =
            tolerance == Tolerance.Strict
                ? configuration.maxAgeStrict
                : configuration.maxAgeDefault;
        if (block.timestamp > observedAt + maxAge) revert StalePrice(asset, observedAt, maxAge);
        if (priceWad < configuration.minPrice || priceWad > configuration.maxPrice) {
            revert PriceOutOfBounds(asset, priceWad);
        }
    }

    /// @inheritdoc IOracleHub
    function priceAt(
        bytes32 asset,
        uint256 timestamp
    ) external view returns (uint256 priceWad, uint256 observedAt) {
        IAggregatorV3 feed = _feedOf(asset);
        (uint80 high, , , , ) = feed.latestRoundData();
        uint80 low = 0; // the newest round known to be observed at or before timestamp
        while (low < high) {
            uint80 middle = low + (high - low + 1) / 2;
            (, , uint256 startedAt, , ) = feed.getRoundData(middle);
            if (startedAt <= timestamp) low = middle;
            else high = middle - 1;
        }
        if (low == 0) revert NoPriceAt(asset, timestamp);
        int256 answer;
        (, answer, observedAt, , ) = feed.getRoundData(low);
        priceWad = _toWad(feed, answer);
    }

    /// @inheritdoc IOracleHub
    function peek(
        bytes32 asset
    ) public view returns (uint256 priceWad, uint256 observedAt, uint80 roundId) {
        IAggregatorV3 feed = _feedOf(asset);
        int256 answer;
        (roundId, answer, observedAt, , ) = feed.latestRoundData();
        priceWad = _toWad(feed, answer);
    }

    // --- Internal --- //

    function _feedOf(bytes32 asset) internal view returns (IAggregatorV3 feed) {
        feed = IAggregatorV3(_configurations[asset].feed);
        if (address(feed) == address(0)) revert UnknownAsset(asset);
    }

    /// @dev A negative answer reads as zero and is then out of any bounds.
    function _toWad(IAggregatorV3 feed, int256 answer) internal view returns (uint256) {
        return answer <= 0 ? 0 : uint256(answer) * 10 ** (18 - feed.decimals());
    }
}
