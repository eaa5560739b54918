// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IRoundFeed} from "./IRoundFeed.sol";
import {ISpotAmm} from "./ISpotAmm.sol";

/// @title A feed that averages a spot pool's price over a window
/// @notice Anybody pokes; each poke reads the pool's accumulator and brings the average since the
/// youngest observation that is at least a window old in force. When pokes wait in a congested
/// mempool the window grows, and the answer lags further.
interface ITwapFeed is IRoundFeed {
    /// @notice An average came in force.
    /// @param answer 8 decimals.
    /// @param windowSeconds Seconds that it really spans.
    event Averaged(int256 answer, uint256 windowSeconds);

    /// @notice The pool has no price to average.
    error NoPrice();

    /// @notice Observe the pool, unless the last observation is younger than a period.
    /// @return answer The new average, 8 decimals; zero when it was too early and nothing was done.
    function poke() external returns (int256 answer);

    /// @notice The pool.
    function pool() external view returns (ISpotAmm);

    /// @notice Least seconds that an average spans.
    function windowSeconds() external view returns (uint256);

    /// @notice Least seconds between two observations.
    function periodSeconds() external view returns (uint256);
}
