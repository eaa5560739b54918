// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {OptionLiquidator} from "../OptionLiquidator.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {ILiquidationEngine} from "../interfaces/ILiquidationEngine.sol";
import {IOracleHub} from "../interfaces/IOracleHub.sol";
import {OptionLiquidationParameters} from "../types/OptionTypes.sol";
import {CarriesPrices} from "./CarriesPrices.sol";

/// @title Liquidation of options whose keepers bring the price
contract CarryingOptionLiquidator is OptionLiquidator, CarriesPrices {
    /// @param house The ledger.
    /// @param oracle Where spot comes from.
    /// @param engine Whose rule pays keepers and who covers debts.
    /// @param parameters_ How positions are closed.
    constructor(
        IClearingHouse house,
        IOracleHub oracle,
        ILiquidationEngine engine,
        OptionLiquidationParameters memory parameters_
    ) OptionLiquidator(house, oracle, engine, parameters_) CarriesPrices(oracle) {}
}
