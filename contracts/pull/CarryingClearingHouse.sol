// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ClearingHouse} from "../ClearingHouse.sol";
import {IOracleHub} from "../interfaces/IOracleHub.sol";
import {CarriesPrices} from "./CarriesPrices.sol";

/// @title The one ledger, for withdrawals that bring the price
contract CarryingClearingHouse is ClearingHouse, CarriesPrices {
    /// @param token Settlement token with 6 decimals.
    /// @param gateSeconds_ How long withdrawals rest after an uncovered deficit, seconds.
    /// @param oracle Names the feed of each asset.
    constructor(
        IERC20 token,
        uint256 gateSeconds_,
        IOracleHub oracle
    ) ClearingHouse(token, gateSeconds_) CarriesPrices(oracle) {}
}
