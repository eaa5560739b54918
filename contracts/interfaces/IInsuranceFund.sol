// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CashReason} from "../types/Types.sol";

/// @title The fund that pays before anybody else
/// @notice Its balance is its ledger account: fees and penalties come in by the clearing house,
/// and anybody may add with `depositFor(fund, amount)`.
interface IInsuranceFund {
    /// @notice The fund paid.
    /// @param to Ledger account credited.
    /// @param requested WAD USD.
    /// @param paid WAD USD, at most the balance.
    event Covered(address indexed to, uint256 requested, uint256 paid);

    /// @notice The caller is not the liquidation engine.
    error Unauthorized(address caller);

    /// @notice Pay as much of an amount as there is. Engine only; never reverts for lack of money.
    /// @param to Ledger account credited.
    /// @param amount WAD USD.
    /// @param reason Why.
    /// @return paid WAD USD.
    function cover(address to, uint256 amount, CashReason reason) external returns (uint256 paid);

    /// @notice Cash of the fund, WAD USD.
    function available() external view returns (uint256);
}
