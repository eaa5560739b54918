// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {AutoDeleverager} from "../AutoDeleverager.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {ILossWaterfall} from "../interfaces/ILossWaterfall.sol";
import {IOracleHub} from "../interfaces/IOracleHub.sol";
import {CarriesPrices} from "./CarriesPrices.sol";

/// @title Deleveraging whose callers bring the price
contract CarryingAutoDeleverager is AutoDeleverager, CarriesPrices {
    /// @param house The ledger; it must admit this contract as an engine.
    /// @param oracle Where prices come from.
    /// @param waterfall Which accounts wait, and what fund and backer paid for them.
    /// @param rule_ Whose positions go first.
    constructor(
        IClearingHouse house,
        IOracleHub oracle,
        ILossWaterfall waterfall,
        Rule rule_
    ) AutoDeleverager(house, oracle, waterfall, rule_) CarriesPrices(oracle) {}
}
