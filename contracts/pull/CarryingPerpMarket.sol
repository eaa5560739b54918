// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {PerpMarket} from "../PerpMarket.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IOracleHub} from "../interfaces/IOracleHub.sol";
import {MarketParameters} from "../types/Types.sol";
import {CarriesPrices} from "./CarriesPrices.sol";

/// @title A perpetual future whose traders bring the price
contract CarryingPerpMarket is PerpMarket, CarriesPrices {
    /// @param house The ledger.
    /// @param oracle Where the price comes from.
    /// @param asset_ Asset id in the oracle hub.
    /// @param parameters_ The market's parameters.
    constructor(
        IClearingHouse house,
        IOracleHub oracle,
        bytes32 asset_,
        MarketParameters memory parameters_
    ) PerpMarket(house, oracle, asset_, parameters_) CarriesPrices(oracle) {}
}
