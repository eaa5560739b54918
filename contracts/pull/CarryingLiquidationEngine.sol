// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {LiquidationEngine} from "../LiquidationEngine.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {ILossWaterfall} from "../interfaces/ILossWaterfall.sol";
import {IOracleHub} from "../interfaces/IOracleHub.sol";
import {KeeperParameters} from "../types/Types.sol";
import {CarriesPrices} from "./CarriesPrices.sol";

/// @title Permissionless liquidation whose keepers bring the price
contract CarryingLiquidationEngine is LiquidationEngine, CarriesPrices {
    /// @param house The ledger.
    /// @param oracle Where prices come from.
    /// @param waterfall Who pays for what accounts cannot.
    /// @param keeper How keepers are paid.
    constructor(
        IClearingHouse house,
        IOracleHub oracle,
        ILossWaterfall waterfall,
        KeeperParameters memory keeper
    ) LiquidationEngine(house, oracle, waterfall, keeper) CarriesPrices(oracle) {}
}
