// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {AsyncOrders} from "../AsyncOrders.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IOracleHub} from "../interfaces/IOracleHub.sol";
import {OrderParameters} from "../types/OrderTypes.sol";
import {CarriesPrices} from "./CarriesPrices.sol";

/// @title Orders in two steps whose keepers bring the price
contract CarryingAsyncOrders is AsyncOrders, CarriesPrices {
    /// @param house The ledger; it must admit this contract as an engine.
    /// @param oracle Where prices come from.
    /// @param parameters_ When orders settle and what keepers get.
    constructor(
        IClearingHouse house,
        IOracleHub oracle,
        OrderParameters memory parameters_
    ) AsyncOrders(house, oracle, parameters_) CarriesPrices(oracle) {}
}
