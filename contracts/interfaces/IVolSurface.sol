// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {OptionKey, SurfaceParameters, SurfaceState} from "../types/OptionTypes.sol";
import {Tolerance} from "../types/Types.sol";

/// @title Volatility by strike and expiry, pushed by publishers and moved by trades
interface IVolSurface {
    /// @notice Publishers said something new; the impact of trades until now is forgotten.
    /// @param round Number of the update, from 1.
    /// @param state What they said.
    /// @param observedAt When they observed it, seconds.
    /// @param transmittedAt Time of this block, seconds.
    event SurfaceUpdated(
        uint256 indexed round,
        SurfaceState state,
        uint256 observedAt,
        uint256 transmittedAt
    );
    /// @notice A trade moved the surface.
    /// @param strike WAD USD.
    /// @param expiry Seconds.
    /// @param baseImpact Sum of the base's moves since the last update, WAD.
    /// @param factorImpact Sum of the traded point's moves since the last update, WAD.
    event SurfaceMoved(
        uint256 indexed strike,
        uint256 indexed expiry,
        int256 baseImpact,
        int256 factorImpact
    );
    /// @notice The base moved too far inside a window, and trading halts.
    /// @param before The base when the window began, WAD.
    /// @param base The base now, with which a new window begins, WAD.
    /// @param until When trading goes on, seconds.
    event VolatilityBreakerTripped(uint256 before, uint256 base, uint256 until);
    /// @notice The parameters changed.
    event SurfaceParametersSet(SurfaceParameters parameters);
    /// @notice A publisher was admitted or dismissed.
    event SurfacePublisherSet(address indexed publisher, bool allowed);
    /// @notice The market whose trades move the surface was named.
    event SurfaceMarketSet(address indexed market);

    /// @notice The caller may not do this.
    error Unauthorized(address caller);
    /// @notice What publishers said is too old to trade or liquidate on.
    error StaleVolatility(uint256 observedAt, uint256 maxAge);
    /// @notice The base has moved too far of late; positions can still be liquidated and settled.
    error VolatilityHalted(uint256 until);
    /// @notice An observation lies in the future.
    error SurfaceInFuture(uint256 observedAt, uint256 now);
    /// @notice An observation is not newer than the last.
    error SurfaceNotNewer(uint256 observedAt, uint256 lastObservedAt);
    /// @notice The market was named before, or is no address.
    error SurfaceMarketFixed(address market);

    /// @notice Say what volatility and interest are. Publishers only.
    /// @param state_ Base volatility inside its bounds, slope and smile at most 10, rate at most 1.
    /// @param observedAt_ Seconds.
    function push(SurfaceState calldata state_, uint256 observedAt_) external;

    /// @notice Move base and point by a trade and return the point's volatility after it. The
    /// market only; refused while trading is halted.
    /// @param spot Price of the asset, WAD USD.
    /// @param key The traded strike and expiry.
    /// @param sizeDelta Signed options, WAD; positive was bought by the trader.
    /// @return volatility WAD.
    /// @return rate WAD per year.
    function move(
        uint256 spot,
        OptionKey calldata key,
        int256 sizeDelta
    ) external returns (uint256 volatility, uint256 rate);

    /// @notice Admit or dismiss a publisher.
    function setPublisher(address publisher, bool allowed) external;

    /// @notice Name the market whose trades move the surface, once.
    function setMarket(address market) external;

    /// @notice Set all parameters.
    function setParameters(SurfaceParameters calldata parameters_) external;

    /// @notice Volatility of points of the surface.
    /// @param spot Price of the asset, WAD USD.
    /// @param keys Strikes and expiries; an expiry that has passed counts as a second ahead.
    /// @param tolerance `Any` never reverts for age.
    /// @return found WAD, in the order of the keys.
    /// @return rate WAD per year.
    function volatilities(
        uint256 spot,
        OptionKey[] calldata keys,
        Tolerance tolerance
    ) external view returns (uint256[] memory found, uint256 rate);

    /// @notice What `move` would return at the default tolerance.
    function preview(
        uint256 spot,
        OptionKey calldata key,
        int256 sizeDelta
    ) external view returns (uint256 volatility, uint256 rate);

    /// @notice What publishers said last.
    function state() external view returns (SurfaceState memory);

    /// @notice When they observed it, seconds.
    function observedAt() external view returns (uint256);

    /// @notice Number of the last update.
    function round() external view returns (uint256);

    /// @notice When trading goes on, seconds; in the past while it is not halted.
    function haltedUntil() external view returns (uint256);

    /// @notice Sum of the base's moves since the last update, WAD.
    function baseImpact() external view returns (int256);

    /// @notice Sum of a point's moves since the last update, WAD.
    function factorImpact(OptionKey calldata key) external view returns (int256);

    /// @notice The parameters.
    function parameters() external view returns (SurfaceParameters memory);
}
