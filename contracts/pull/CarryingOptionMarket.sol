// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {OptionMarket} from "../OptionMarket.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IExpiryPrices} from "../interfaces/IExpiryPrices.sol";
import {IOracleHub} from "../interfaces/IOracleHub.sol";
import {IVolSurface} from "../interfaces/IVolSurface.sol";
import {OptionParameters} from "../types/OptionTypes.sol";
import {CarriesPrices} from "./CarriesPrices.sol";

/// @title Options whose traders bring the price
contract CarryingOptionMarket is OptionMarket, CarriesPrices {
    /// @param house The ledger.
    /// @param oracle Where spot comes from.
    /// @param surface_ Where volatility comes from.
    /// @param expiries Where settlement prices come from.
    /// @param asset_ Asset id in the oracle hub.
    /// @param parameters_ The market's parameters.
    constructor(
        IClearingHouse house,
        IOracleHub oracle,
        IVolSurface surface_,
        IExpiryPrices expiries,
        bytes32 asset_,
        OptionParameters memory parameters_
    ) OptionMarket(house, oracle, surface_, expiries, asset_, parameters_) CarriesPrices(oracle) {}
}
