// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAggregatorV3} from "./IAggregatorV3.sol";
import {IRoundFeed} from "./IRoundFeed.sol";

/// @title A feed whose price comes into force one hop after it was read
/// @notice Maker's oracle security module: once a hop anybody pokes, the queued price comes into
/// force and the source's newest is queued. Users see a price coming; liquidations are late by
/// design; a wrong price can be frozen before it counts.
interface IDelayedFeed is IRoundFeed {
    /// @notice A price was queued.
    /// @param answer The source's newest answer, 8 decimals.
    /// @param observedAt When the source observed it, seconds.
    /// @param dueAt When it may come into force, seconds.
    event PriceQueued(int256 answer, uint256 observedAt, uint256 dueAt);
    /// @notice Pokes were stopped or allowed again.
    event FrozenSet(bool frozen);
    /// @notice The queued price was dropped and pokes stopped.
    event Voided(int256 dropped);

    /// @notice The hop has not passed yet.
    error PokedTooEarly(uint256 dueAt);
    /// @notice The feed is frozen.
    error Frozen();
    /// @notice The source has no price.
    error SourceEmpty();

    /// @notice Bring the queued price in force and queue the source's newest.
    function poke() external;

    /// @notice Stop pokes, or allow them again. Owner only.
    function setFrozen(bool frozen_) external;

    /// @notice Drop the queued price and freeze: what is in force stays. Owner only.
    function void() external;

    /// @notice The feed that prices are read from.
    function source() external view returns (IAggregatorV3);

    /// @notice Length of a hop, seconds.
    function hopSeconds() external view returns (uint256);

    /// @notice Whether pokes are stopped.
    function frozen() external view returns (bool);

    /// @notice When the next poke is allowed, seconds; hops begin at multiples of their length.
    function dueAt() external view returns (uint256);

    /// @notice The price that comes next; zero when there is none.
    /// @return answer 8 decimals.
    /// @return observedAt Seconds.
    function queued() external view returns (int256 answer, uint256 observedAt);
}
