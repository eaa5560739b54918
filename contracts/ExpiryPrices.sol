// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAggregatorV3} from "./interfaces/IAggregatorV3.sol";
import {ExpirySource, IExpiryPrices} from "./interfaces/IExpiryPrices.sol";
import {IOracleHub} from "./interfaces/IOracleHub.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {Bounds} from "./libraries/Bounds.sol";
import {Tolerance} from "./types/Types.sol";

/// @title Settlement prices, averaged over the rounds before expiry or taken at landing
contract ExpiryPrices is IExpiryPrices {
    /// @notice A settlement price.
    struct Fixing {
        /// WAD USD.
        uint248 price;
        /// Where it came from.
        ExpirySource source;
    }

    /// @notice How far the rounds of a window have been read, from the newest to the oldest.
    struct Progress {
        /// The next round to read.
        uint80 round;
        /// The time until which that round's price was in force, seconds.
        uint64 until;
        /// Whether a round of the window was observed inside it.
        bool inside;
        /// Sum of price times seconds so far, WAD USD seconds.
        uint256 weighted;
    }

    uint256 private constant MAX_ROUNDS = 128;

    IOracleHub private immutable ORACLE;
    /// @inheritdoc IExpiryPrices
    uint256 public immutable window;
    /// @inheritdoc IExpiryPrices
    uint256 public immutable grace;

    mapping(bytes32 asset => mapping(uint256 expiry => Fixing fixing)) private _fixings;
    mapping(bytes32 asset => mapping(uint256 expiry => Progress progress)) private _progress;

    /// @param oracle Where prices and feeds come from.
    /// @param window_ Averaging window, seconds; zero for the price at landing.
    /// @param grace_ How long an observation from after expiry is waited for, seconds.
    constructor(IOracleHub oracle, uint256 window_, uint256 grace_) {
        Bounds.check("window", window_, 0, 1 days);
        Bounds.check("grace", grace_, 0, 1 days);
        ORACLE = oracle;
        window = window_;
        grace = grace_;
    }

    // --- Fixing --- //

    /// @inheritdoc IExpiryPrices
    /// @dev A round's price is in force from its observation until the next one's:
    ///
    ///     price = sum of price_i * seconds in force inside [expiry - window, expiry] / seconds
    ///
    /// Worked number: 3 000 for the first ten minutes of thirty and 3 060 for the rest: 3 040.
    function fixPrice(
        bytes32 asset,
        uint256 expiry,
        uint256 maxRounds
    ) external returns (bool fixedNow) {
        if (block.timestamp < expiry) revert NotExpired(expiry, block.timestamp);
        if (_fixings[asset][expiry].source != ExpirySource.None) {
            revert ExpiryAlreadyFixed(expiry, _fixings[asset][expiry].price);
        }
        if (maxRounds == 0 || maxRounds > MAX_ROUNDS) {
            revert RoundsOutOfBounds(maxRounds, MAX_ROUNDS);
        }
        if (window == 0) {
            _fix(asset, expiry, ORACLE.price(asset, Tolerance.Default), ExpirySource.Landing);
            return true;
        }
        return _average(asset, expiry, maxRounds);
    }

    // --- Reads --- //

    /// @inheritdoc IExpiryPrices
    function priceOf(
        bytes32 asset,
        uint256 expiry
    ) external view returns (uint256 price, ExpirySource source) {
        Fixing memory fixing = _fixings[asset][expiry];
        return (fixing.price, fixing.source);
    }

    // --- Internal --- //

    function _average(bytes32 asset, uint256 expiry, uint256 maxRounds) private returns (bool) {
        IAggregatorV3 feed = IAggregatorV3(ORACLE.configurationOf(asset).feed);
        if (address(feed) == address(0)) revert IOracleHub.UnknownAsset(asset);
        Progress memory p = _progress[asset][expiry];
        if (p.round == 0) {
            p = Progress(_lastRoundBefore(feed, expiry), uint64(expiry), false, 0);
        }
        uint256 start = expiry - FixedPointMathLib.min(window, expiry);
        uint256 price;
        while (p.round != 0 && p.until > start) {
            if (maxRounds == 0) {
                _progress[asset][expiry] = p;
                emit ExpiryRoundsRead(asset, expiry, p.round);
                return false;
            }
            uint256 observedAt;
            (price, observedAt) = _read(feed, p.round);
            uint256 from = FixedPointMathLib.max(observedAt, start);
            p.weighted += price * (p.until - from);
            p.until = uint64(from);
            p.inside = p.inside || observedAt > start;
            --p.round;
            --maxRounds;
        }
        delete _progress[asset][expiry];
        // Nothing was in force for a time only where the feed's first observation is of expiry.
        if (p.until < expiry) price = p.weighted / (expiry - p.until);
        _fix(asset, expiry, price, p.inside ? ExpirySource.Twap : ExpirySource.LastRound);
        return true;
    }

    /// @dev A negative answer reads as zero.
    function _read(
        IAggregatorV3 feed,
        uint80 round
    ) private view returns (uint256 price, uint256 observedAt) {
        int256 answer;
        (, answer, observedAt, , ) = feed.getRoundData(round);
        price = answer > 0 ? uint256(answer) * 10 ** (18 - feed.decimals()) : 0;
    }

    function _fix(bytes32 asset, uint256 expiry, uint256 price, ExpirySource source) private {
        // The hub's bounds keep prices below 2^248.
        _fixings[asset][expiry] = Fixing(uint248(price), source);
        emit ExpiryPriceFixed(asset, expiry, price, source, block.timestamp - expiry);
    }

    /// @dev Complete is what the feed says of the time before expiry once a later observation is in.
    function _lastRoundBefore(IAggregatorV3 feed, uint256 expiry) private view returns (uint80) {
        (uint80 high, , uint256 newest, , ) = feed.latestRoundData();
        if (newest < expiry && block.timestamp < expiry + grace) {
            revert ExpiryRoundsPending(expiry, newest, expiry + grace);
        }
        uint80 low = 0;
        while (low < high) {
            uint80 middle = low + (high - low + 1) / 2;
            (, , uint256 observedAt, , ) = feed.getRoundData(middle);
            if (observedAt <= expiry) low = middle;
            else high = middle - 1;
        }
        if (low == 0) revert NoRoundBefore(expiry);
        return low;
    }
}
