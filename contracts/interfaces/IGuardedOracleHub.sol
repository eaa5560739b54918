// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IOracleHub} from "./IOracleHub.sol";
import {ISequencerFeed} from "./ISequencerFeed.sol";

/// @notice Guards of one asset beyond age and bounds; zero switches a guard off.
struct Guards {
    /// Largest relative change within `jumpSeconds`, WAD.
    uint256 maxJump;
    /// How long a change counts as sudden, seconds.
    uint256 jumpSeconds;
    /// Largest relative distance from the reference, WAD.
    uint256 maxDeviation;
    /// Largest confidence interval over price, WAD; only for pull feeds.
    uint256 maxConfidence;
    /// AggregatorV3-compatible feed that the price is held against; zero for none.
    address referenceFeed;
    /// Whether a refused price is replaced by the newest one that is not refused.
    bool lastGood;
}

/// @notice Why a price is refused.
enum Refusal {
    None,
    Stale,
    Bounds,
    Jump,
    Deviation,
    Uncertain
}

/// @title An oracle hub with circuit breakers
/// @notice Each guard trades solvency for liveness: while one refuses, nobody trades, withdraws or
/// liquidates. All guards are functions of the feeds' rounds and of the time, so nobody has to
/// trip or reset them: a jump of 10 % stops everything until 15 s after it landed.
interface IGuardedOracleHub is IOracleHub {
    /// @notice An asset's guards changed.
    event GuardsSet(bytes32 indexed asset, Guards guards);
    /// @notice The sequencer's feed changed.
    /// @param feed Zero for none.
    /// @param graceSeconds How long after an outage strict prices are refused, seconds.
    event SequencerSet(ISequencerFeed feed, uint256 graceSeconds);
    /// @notice A breaker was found tripped.
    /// @param asset Asset id.
    /// @param refusal Which guard.
    event CircuitBreakerTripped(bytes32 indexed asset, Refusal refusal);
    /// @notice A breaker that was reported tripped lets prices pass again.
    event CircuitBreakerReset(bytes32 indexed asset);

    /// @notice The price changed too much too fast.
    /// @param asset Asset id.
    /// @param price WAD USD.
    /// @param before The price in force before the change, WAD USD.
    error PriceJumped(bytes32 asset, uint256 price, uint256 before);
    /// @notice The price is too far from its reference.
    error PriceDeviates(bytes32 asset, uint256 price, uint256 referencePrice);
    /// @notice Publishers are too unsure of the price.
    error PriceUncertain(bytes32 asset, uint256 price, uint256 confidence);
    /// @notice The sequencer is down.
    error SequencerDown(uint256 since);
    /// @notice The sequencer came back a short while ago.
    error SequencerGrace(uint256 until);

    /// @notice Set an asset's guards.
    function setGuards(bytes32 asset, Guards calldata guards) external;

    /// @notice Set the sequencer's feed and the grace period, at most a day.
    function setSequencer(ISequencerFeed feed, uint256 graceSeconds) external;

    /// @notice Write down for observers whether an asset's breaker is tripped. Changes nothing else.
    /// @return refusal Which guard refuses the newest price for trading.
    function report(bytes32 asset) external returns (Refusal refusal);

    /// @notice Which guard refuses an asset's newest price, whatever `lastGood` puts in its place.
    function refusalOf(bytes32 asset, bool strict) external view returns (Refusal refusal);

    /// @notice An asset's guards.
    function guardsOf(bytes32 asset) external view returns (Guards memory);

    /// @notice The refusal that was last reported.
    function reportedRefusal(bytes32 asset) external view returns (Refusal);

    /// @notice The sequencer's feed and the grace period.
    function sequencer() external view returns (ISequencerFeed feed, uint256 graceSeconds);
}
