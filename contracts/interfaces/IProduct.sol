// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Leg, Tolerance} from "../types/Types.sol";

/// @title What the clearing house must know of anything that holds positions
interface IProduct {
    /// @notice What an account's position is worth and what it must be margined with.
    /// @param account The trader.
    /// @param tolerance How old the price may be.
    /// @return value Unrealised profit including funding, WAD USD, rounded down.
    /// @return initial Initial margin, WAD USD, rounded up; zero without a position.
    /// @return maintenance Maintenance margin, WAD USD, rounded up; zero without a position.
    function valuation(
        address account,
        Tolerance tolerance
    ) external view returns (int256 value, uint256 initial, uint256 maintenance);

    /// @notice What the counterparty owes all traders of the product, without a loop over them.
    /// @param tolerance How old the price may be.
    /// @return debt Sum of unrealised profits, WAD USD, rounded up.
    /// @return locked Capital the counterparty must keep, WAD USD, rounded up.
    function exposure(Tolerance tolerance) external view returns (int256 debt, uint256 locked);

    /// @notice An account's positions in the product, for margin models, auctions and reads.
    /// @param account The trader.
    /// @return One entry a position, in a fixed order; empty without any.
    function legs(address account) external view returns (Leg[] memory);

    /// @notice Move a share of every position of one account to another at the strict mark: what
    /// the share is worth becomes the giver's cash. Engines only; they check margin.
    /// @param from Who gives.
    /// @param to Who takes.
    /// @param share WAD ratio in (0, 1]; sizes are rounded up.
    function transferShare(address from, address to, uint256 share) external;
}
