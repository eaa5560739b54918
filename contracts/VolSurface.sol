// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeCastLib} from "solady/src/utils/SafeCastLib.sol";
import {IVolSurface} from "./interfaces/IVolSurface.sol";
import {Bounds} from "./libraries/Bounds.sol";
import {VolatilityCurve} from "./libraries/VolatilityCurve.sol";
import {OptionKey, SurfaceParameters, SurfaceState} from "./types/OptionTypes.sol";
import {Tolerance} from "./types/Types.sol";

/// @title One asset's volatility surface
contract VolSurface is IVolSurface, Ownable2Step {
    using FixedPointMathLib for int256;
    using FixedPointMathLib for uint256;
    using SafeCastLib for uint256;
    using VolatilityCurve for VolatilityCurve.Curve;

    /// @notice Where the base stood when the present window began, and whether trading rests.
    struct Breaker {
        /// WAD.
        uint128 base;
        /// Seconds.
        uint64 since;
        /// Seconds.
        uint64 haltedUntil;
    }

    uint256 private constant WAD = 1e18;
    uint256 private constant MAX_VOLATILITY = 20e18;

    /// @inheritdoc IVolSurface
    uint256 public observedAt;
    /// @inheritdoc IVolSurface
    uint256 public round;
    /// @inheritdoc IVolSurface
    int256 public baseImpact;

    address private _market;
    SurfaceState private _state;
    SurfaceParameters private _parameters;
    Breaker private _breaker;
    mapping(address publisher => bool allowed) private _isPublisher;
    /// @dev By round, so that an update forgets all of them at once.
    mapping(uint256 round => mapping(bytes32 point => int256 impact)) private _factorImpact;

    /// @param parameters_ The surface's parameters.
    /// @param publishers Who may push.
    constructor(
        SurfaceParameters memory parameters_,
        address[] memory publishers
    ) Ownable(msg.sender) {
        _setParameters(parameters_);
        for (uint256 i; i < publishers.length; ++i) _setPublisher(publishers[i], true);
    }

    // --- Publishing and trading --- //

    /// @inheritdoc IVolSurface
    function push(SurfaceState calldata state_, uint256 observedAt_) external {
        if (!_isPublisher[msg.sender]) revert Unauthorized(msg.sender);
        if (observedAt_ > block.timestamp) revert SurfaceInFuture(observedAt_, block.timestamp);
        if (observedAt_ <= observedAt) revert SurfaceNotNewer(observedAt_, observedAt);
        Bounds.check("base", state_.base, _parameters.minBase, _parameters.maxBase);
        Bounds.check("slope", FixedPointMathLib.abs(state_.slope), 0, 10 * WAD);
        Bounds.check("smile", state_.smile, 0, 10 * WAD);
        Bounds.check("rate", state_.rate, 0, WAD);
        uint256 before = round == 0 ? state_.base : _base(baseImpact);
        _state = state_;
        observedAt = observedAt_;
        baseImpact = 0;
        _watch(before, state_.base);
        emit SurfaceUpdated(++round, state_, observedAt_, block.timestamp);
    }

    /// @inheritdoc IVolSurface
    function move(
        uint256 spot,
        OptionKey calldata key,
        int256 sizeDelta
    ) external returns (uint256 volatility, uint256 rate) {
        if (msg.sender != _market) revert Unauthorized(msg.sender);
        _requireFresh();
        _requireNoHalt();
        (int256 ofBase, int256 ofFactor) = _moved(key, sizeDelta);
        _watch(_base(baseImpact), _base(ofBase));
        baseImpact = ofBase;
        _factorImpact[round][_point(key)] = ofFactor;
        emit SurfaceMoved(key.strike, key.expiry, ofBase, ofFactor);
        return (_at(_curve(spot, ofBase), ofFactor, key), _state.rate);
    }

    // --- Owner --- //

    /// @inheritdoc IVolSurface
    function setPublisher(address publisher, bool allowed) external onlyOwner {
        _setPublisher(publisher, allowed);
    }

    /// @inheritdoc IVolSurface
    function setMarket(address market) external onlyOwner {
        if (_market != address(0) || market == address(0)) revert SurfaceMarketFixed(_market);
        _market = market;
        emit SurfaceMarketSet(market);
    }

    /// @inheritdoc IVolSurface
    function setParameters(SurfaceParameters calldata parameters_) external onlyOwner {
        _setParameters(parameters_);
    }

    // --- Reads --- //

    /// @inheritdoc IVolSurface
    function volatilities(
        uint256 spot,
        OptionKey[] calldata keys,
        Tolerance tolerance
    ) external view returns (uint256[] memory found, uint256 rate) {
        if (tolerance != Tolerance.Any) _requireFresh();
        VolatilityCurve.Curve memory curve = _curve(spot, baseImpact);
        uint256 current = round;
        found = new uint256[](keys.length);
        for (uint256 i; i < keys.length; ++i) {
            found[i] = _at(curve, _factorImpact[current][_point(keys[i])], keys[i]);
        }
        rate = curve.state.rate;
    }

    /// @inheritdoc IVolSurface
    function preview(
        uint256 spot,
        OptionKey calldata key,
        int256 sizeDelta
    ) external view returns (uint256 volatility, uint256 rate) {
        _requireFresh();
        _requireNoHalt();
        (int256 ofBase, int256 ofFactor) = _moved(key, sizeDelta);
        return (_at(_curve(spot, ofBase), ofFactor, key), _state.rate);
    }

    /// @inheritdoc IVolSurface
    function state() external view returns (SurfaceState memory) {
        return _state;
    }

    /// @inheritdoc IVolSurface
    function factorImpact(OptionKey calldata key) external view returns (int256) {
        return _factorImpact[round][_point(key)];
    }

    /// @inheritdoc IVolSurface
    function haltedUntil() external view returns (uint256) {
        return _breaker.haltedUntil;
    }

    /// @inheritdoc IVolSurface
    function parameters() external view returns (SurfaceParameters memory) {
        return _parameters;
    }

    // --- Internal --- //

    /// @dev impact * size / standardSize on the base, and factorImpact times that on the point.
    /// Worked number: 10 options at a standard size of 5 and one point move the base by 2 points
    /// and the factor by 0.015 at a factor impact of 0.75.
    function _moved(
        OptionKey calldata key,
        int256 sizeDelta
    ) private view returns (int256 ofBase, int256 ofFactor) {
        SurfaceParameters storage p = _parameters;
        int256 shift = (sizeDelta * p.impact.toInt256()) / p.standardSize.toInt256();
        ofBase = baseImpact + shift;
        ofFactor =
            _factorImpact[round][_point(key)] + (shift * p.factorImpact.toInt256()) / int256(WAD);
    }

    /// @dev Trips where |base - base of the window| > maxMove * base of the window; a window begins
    /// with the first change after the last one, and anew where it trips. Worked number: 80 % when
    /// the window began and a limit of 10 %: 88 % is the last base that passes.
    function _watch(uint256 before, uint256 base) private {
        SurfaceParameters storage p = _parameters;
        if (p.maxMove == 0) return;
        Breaker storage b = _breaker;
        if (block.timestamp >= b.since + p.moveSeconds) {
            (b.base, b.since) = (before.toUint128(), uint64(block.timestamp));
        }
        uint256 from = b.base;
        if (base.dist(from) * WAD <= p.maxMove * from) return;
        uint256 until = block.timestamp + p.haltSeconds;
        _breaker = Breaker(base.toUint128(), uint64(block.timestamp), uint64(until));
        emit VolatilityBreakerTripped(from, base, until);
    }

    /// @dev The base as the curve takes it.
    function _base(int256 ofBase) private view returns (uint256) {
        SurfaceParameters storage p = _parameters;
        int256 moved = _state.base.toInt256() + ofBase;
        return uint256(moved.clamp(p.minBase.toInt256(), p.maxBase.toInt256()));
    }

    function _requireNoHalt() private view {
        uint256 until = _breaker.haltedUntil;
        if (block.timestamp < until) revert VolatilityHalted(until);
    }

    function _curve(
        uint256 spot,
        int256 ofBase
    ) private view returns (VolatilityCurve.Curve memory) {
        return VolatilityCurve.Curve(_state, _parameters, ofBase, spot);
    }

    function _at(
        VolatilityCurve.Curve memory curve,
        int256 ofFactor,
        OptionKey calldata key
    ) private view returns (uint256) {
        uint256 left = key.expiry > block.timestamp ? key.expiry - block.timestamp : 1;
        return curve.at(ofFactor, key.strike, left);
    }

    function _requireFresh() private view {
        uint256 maxAge = _parameters.heartbeat;
        if (block.timestamp > observedAt + maxAge) revert StaleVolatility(observedAt, maxAge);
    }

    function _point(OptionKey calldata key) private pure returns (bytes32) {
        return keccak256(abi.encode(key));
    }

    function _setPublisher(address publisher, bool allowed) private {
        if (publisher == address(0)) revert Unauthorized(publisher);
        _isPublisher[publisher] = allowed;
        emit SurfacePublisherSet(publisher, allowed);
    }

    function _setParameters(SurfaceParameters memory p) private {
        Bounds.check("minBase", p.minBase, 0.01e18, MAX_VOLATILITY);
        Bounds.check("maxBase", p.maxBase, p.minBase, MAX_VOLATILITY);
        Bounds.check("minFactor", p.minFactor, 0.01e18, WAD);
        Bounds.check("maxFactor", p.maxFactor, WAD, 10 * WAD);
        Bounds.check("minVolatility", p.minVolatility, 0.01e18, MAX_VOLATILITY);
        Bounds.check("maxVolatility", p.maxVolatility, p.minVolatility, MAX_VOLATILITY);
        Bounds.check("termPower", p.termPower, 0, WAD);
        Bounds.check("standardSize", p.standardSize, 1e12, 1e36);
        Bounds.check("impact", p.impact, 0, WAD);
        Bounds.check("factorImpact", p.factorImpact, 0, 10 * WAD);
        Bounds.check("heartbeat", p.heartbeat, 60, 7 days);
        Bounds.check("maxMove", p.maxMove, 0, 10 * WAD);
        Bounds.check("moveSeconds", p.moveSeconds, 1, 7 days);
        Bounds.check("haltSeconds", p.haltSeconds, 1, 7 days);
        _parameters = p;
        emit SurfaceParametersSet(p);
    }
}
