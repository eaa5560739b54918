// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {LiquidationEngine} from "../LiquidationEngine.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IOracleHub} from "../interfaces/IOracleHub.sol";
import {KeeperParameters} from "../types/Types.sol";
import {CarriesPrices} from "./CarriesPrices.sol";

/// @title Permissionless liquidation whose keepers bring the price
contract CarryingLiquidationEngine is LiquidationEngine, CarriesPrices {
    /// @param house The ledger.
    /// @param oracle Where prices come from.
    /// @param keeper How keepers are paid.
    /// @param vaultLossShare_ The counterparty's share of a shortfall left by the fund, WAD.
    constructor(
        IClearingHouse house,
        IOracleHub oracle,
        KeeperParameters memory keeper,
        uint256 vaultLossShare_
    ) LiquidationEngine(house, oracle, keeper, vaultLossShare_) CarriesPrices(oracle) {}
}
