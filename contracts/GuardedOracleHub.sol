// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {OracleHub} from "./OracleHub.sol";
import {IAggregatorV3} from "./interfaces/IAggregatorV3.sol";
import {IGuardedOracleHub, Guards, Refusal} from "./interfaces/IGuardedOracleHub.sol";
import {IOracleHub} from "./interfaces/IOracleHub.sol";
import {IPullFeed} from "./interfaces/IPullFeed.sol";
import {ISequencerFeed} from "./interfaces/ISequencerFeed.sol";
import {Bounds} from "./libraries/Bounds.sol";
import {AssetConfiguration, Tolerance} from "./types/Types.sol";

/// @title An oracle hub with circuit breakers
contract GuardedOracleHub is IGuardedOracleHub, OracleHub {
    using FixedPointMathLib for uint256;

    /// @notice A round as the guards judge it.
    struct Candidate {
        /// Number of the round.
        uint80 roundId;
        /// WAD USD.
        uint256 price;
        /// When it was observed, seconds.
        uint256 observedAt;
        /// When it landed, seconds.
        uint256 landedAt;
    }

    uint256 private constant WAD = 1e18;
    uint256 private constant MAX_GRACE = 1 days;
    /// @dev Rounds that a search goes back, at most: for the price before a jump and for the last
    /// good one.
    uint256 private constant MAX_STEPS = 8;

    mapping(bytes32 asset => Guards guards) private _guards;
    /// @inheritdoc IGuardedOracleHub
    mapping(bytes32 asset => Refusal refusal) public reportedRefusal;
    ISequencerFeed private _sequencer;
    uint256 private _graceSeconds;

    // --- Owner --- //

    /// @inheritdoc IGuardedOracleHub
    function setGuards(bytes32 asset, Guards calldata guards) external onlyOwner {
        _feedOf(asset);
        Bounds.check("maxJump", guards.maxJump, 0, 10 * WAD);
        Bounds.check("jumpSeconds", guards.jumpSeconds, guards.maxJump == 0 ? 0 : 1, 1 hours);
        Bounds.check("maxDeviation", guards.maxDeviation, 0, 10 * WAD);
        Bounds.check("maxConfidence", guards.maxConfidence, 0, WAD);
        if ((guards.referenceFeed == address(0)) != (guards.maxDeviation == 0)) {
            revert InvalidConfiguration(asset);
        }
        _guards[asset] = guards;
        emit GuardsSet(asset, guards);
    }

    /// @inheritdoc IGuardedOracleHub
    function setSequencer(ISequencerFeed feed, uint256 graceSeconds) external onlyOwner {
        Bounds.check("graceSeconds", graceSeconds, 0, MAX_GRACE);
        _sequencer = feed;
        _graceSeconds = graceSeconds;
        emit SequencerSet(feed, graceSeconds);
    }

    // --- Anybody --- //

    /// @inheritdoc IGuardedOracleHub
    function report(bytes32 asset) external returns (Refusal refusal) {
        refusal = refusalOf(asset, false);
        if (refusal == reportedRefusal[asset]) return refusal;
        reportedRefusal[asset] = refusal;
        if (refusal == Refusal.None) emit CircuitBreakerReset(asset);
        else emit CircuitBreakerTripped(asset, refusal);
    }

    // --- Reads --- //

    /// @inheritdoc IGuardedOracleHub
    function guardsOf(bytes32 asset) external view returns (Guards memory) {
        return _guards[asset];
    }

    /// @inheritdoc IGuardedOracleHub
    function sequencer() external view returns (ISequencerFeed feed, uint256 graceSeconds) {
        return (_sequencer, _graceSeconds);
    }

    /// @inheritdoc IOracleHub
    function price(
        bytes32 asset,
        Tolerance tolerance
    ) external view override(IOracleHub, OracleHub) returns (uint256 priceWad) {
        if (tolerance == Tolerance.Any) {
            (priceWad, , ) = peek(asset);
            return priceWad;
        }
        bool strict = tolerance == Tolerance.Strict;
        _requireSequencer(strict);
        IAggregatorV3 feed = _feedOf(asset);
        Candidate memory newest = _latest(feed);
        (Refusal refusal, uint256 against) = _judge(asset, feed, newest, strict);
        if (refusal == Refusal.None) return newest.price;
        if (_guards[asset].lastGood) {
            priceWad = _lastGood(asset, feed, newest);
            if (priceWad != 0) return priceWad;
        }
        _refuse(asset, newest, refusal, against);
    }

    /// @inheritdoc IGuardedOracleHub
    function refusalOf(bytes32 asset, bool strict) public view returns (Refusal refusal) {
        IAggregatorV3 feed = _feedOf(asset);
        (refusal, ) = _judge(asset, feed, _latest(feed), strict);
    }

    // --- Internal --- //

    /// @return refusal The first guard that refuses the candidate.
    /// @return against What it was held against, in the guard's own unit.
    function _judge(
        bytes32 asset,
        IAggregatorV3 feed,
        Candidate memory candidate,
        bool strict
    ) private view returns (Refusal refusal, uint256 against) {
        AssetConfiguration storage configuration = _configurations[asset];
        uint256 maxAge = strict ? configuration.maxAgeStrict : configuration.maxAgeDefault;
        if (block.timestamp > candidate.observedAt + maxAge) return (Refusal.Stale, maxAge);
        return _judgeValue(asset, feed, candidate);
    }

    /// @dev The guards that do not ask for the candidate's age.
    function _judgeValue(
        bytes32 asset,
        IAggregatorV3 feed,
        Candidate memory candidate
    ) private view returns (Refusal, uint256 against) {
        AssetConfiguration storage configuration = _configurations[asset];
        if (candidate.price < configuration.minPrice || candidate.price > configuration.maxPrice)
            return (Refusal.Bounds, 0);
        Guards storage guards = _guards[asset];
        against = _priceBeforeJump(feed, candidate, guards);
        if (_apart(candidate.price, against, guards.maxJump)) return (Refusal.Jump, against);
        if (guards.maxDeviation != 0) {
            IAggregatorV3 other = IAggregatorV3(guards.referenceFeed);
            against = _toWad(other, other.latestAnswer());
            if (_apart(candidate.price, against, guards.maxDeviation)) {
                return (Refusal.Deviation, against);
            }
        }
        if (guards.maxConfidence != 0) {
            uint256 confidence = IPullFeed(address(feed)).confidenceOf(candidate.roundId);
            against = _toWad(feed, int256(confidence));
            if (against > candidate.price.mulWad(guards.maxConfidence)) {
                return (Refusal.Uncertain, against);
            }
        }
        return (Refusal.None, 0);
    }

    /// @dev The price in force `jumpSeconds` ago, or the oldest within reach; the candidate's own
    /// when it has been in force for longer.
    function _priceBeforeJump(
        IAggregatorV3 feed,
        Candidate memory candidate,
        Guards storage guards
    ) private view returns (uint256) {
        uint256 since = block.timestamp - guards.jumpSeconds.min(block.timestamp);
        Candidate memory before = candidate;
        if (guards.maxJump == 0) return before.price;
        for (uint256 i; i < MAX_STEPS && before.landedAt > since && before.roundId > 1; ++i) {
            before = _round(feed, before.roundId - 1);
        }
        return before.price;
    }

    /// @dev |price - against| > limit * against. Worked number: 2 690 against 3 000 is 10.33 %
    /// apart, beyond a limit of 10 %; 2 700 is not.
    function _apart(uint256 priceWad, uint256 against, uint256 limit) private pure returns (bool) {
        return priceWad.dist(against) * WAD > limit * against;
    }

    /// @dev The newest of the last rounds that only its age speaks against; zero for none.
    function _lastGood(
        bytes32 asset,
        IAggregatorV3 feed,
        Candidate memory candidate
    ) private view returns (uint256) {
        for (uint256 i; i < MAX_STEPS; ++i) {
            (Refusal refusal, ) = _judgeValue(asset, feed, candidate);
            if (refusal == Refusal.None) return candidate.price;
            if (candidate.roundId <= 1) break;
            candidate = _round(feed, candidate.roundId - 1);
        }
        return 0;
    }

    /// @dev While it is down nothing is priced; shortly after, only trading is: accounts get the
    /// time to add margin before they can be liquidated.
    function _requireSequencer(bool strict) private view {
        if (address(_sequencer) == address(0)) return;
        // slither-disable-next-line unused-return -- only status and its beginning count
        (, int256 answer, uint256 startedAt, , ) = _sequencer.latestRoundData();
        if (answer != 0) revert SequencerDown(startedAt);
        uint256 until = startedAt + _graceSeconds;
        if (strict && block.timestamp < until) revert SequencerGrace(until);
    }

    function _refuse(
        bytes32 asset,
        Candidate memory newest,
        Refusal refusal,
        uint256 against
    ) private pure {
        if (refusal == Refusal.Stale) revert StalePrice(asset, newest.observedAt, against);
        if (refusal == Refusal.Bounds) revert PriceOutOfBounds(asset, newest.price);
        if (refusal == Refusal.Jump) revert PriceJumped(asset, newest.price, against);
        if (refusal == Refusal.Deviation) revert PriceDeviates(asset, newest.price, against);
        revert PriceUncertain(asset, newest.price, against);
    }

    function _latest(IAggregatorV3 feed) private view returns (Candidate memory) {
        // slither-disable-next-line unused-return -- a round is answered in itself
        (uint80 id, int256 answer, uint256 observedAt, uint256 landedAt, ) = feed.latestRoundData();
        return Candidate(id, _toWad(feed, answer), observedAt, landedAt);
    }

    function _round(IAggregatorV3 feed, uint80 roundId) private view returns (Candidate memory) {
        // slither-disable-next-line unused-return -- a round is answered in itself
        (, int256 answer, uint256 observedAt, uint256 landedAt, ) = feed.getRoundData(roundId);
        return Candidate(roundId, _toWad(feed, answer), observedAt, landedAt);
    }
}
