// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {HedgeParameters} from "../types/VaultTypes.sol";
import {IDeltaSource} from "./IDeltaSource.sol";
import {ILPVault} from "./ILPVault.sol";
import {IPerpMarket} from "./IPerpMarket.sol";

/// @title A vault that hedges its delta in perpetual futures
/// @notice Once an interval anybody hedges: the vault trades in the perpetual market towards minus
/// its delta. A congested chain makes each hedge late; the loss is delta times the move meanwhile.
interface IHedgedVault is ILPVault {
    /// @notice The vault hedged.
    /// @param market The perpetual market.
    /// @param target Position that would leave no delta, WAD units.
    /// @param executed Signed size traded, WAD units; less than wanted where the cap bit.
    /// @param lagSeconds How long the hedge had been due, seconds.
    event VaultHedged(address indexed market, int256 target, int256 executed, uint256 lagSeconds);
    /// @notice A market's hedge was set.
    event HedgeSet(address indexed market, IDeltaSource source, HedgeParameters parameters);

    /// @notice The vault hedges nothing in this market.
    error NothingToHedge(address market);
    /// @notice The next hedge is not due yet.
    error HedgedTooEarly(uint256 dueAt);

    /// @notice Bring the hedge towards its target. Anybody.
    /// @param market The perpetual market.
    /// @return executed Signed size traded, WAD units.
    function hedge(IPerpMarket market) external returns (int256 executed);

    /// @notice Set what is hedged in a market and how. Owner only.
    function setHedge(
        IPerpMarket market,
        IDeltaSource source,
        HedgeParameters calldata parameters_
    ) external;

    /// @notice What is hedged in a market.
    /// @return source Where delta comes from; zero for none.
    /// @return hedgedAt When it was last hedged, seconds.
    /// @return parameters_ How.
    function hedgeOf(
        IPerpMarket market
    )
        external
        view
        returns (IDeltaSource source, uint256 hedgedAt, HedgeParameters memory parameters_);

    /// @notice Position that would leave no delta, WAD units; zero below the market's minimum.
    function hedgeTarget(IPerpMarket market) external view returns (int256);

    /// @notice When the next hedge is due, seconds.
    function hedgeDueAt(IPerpMarket market) external view returns (uint256);
}
