// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Lens} from "../Lens.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {ILiquidationEngine} from "../interfaces/ILiquidationEngine.sol";
import {IOracleHub} from "../interfaces/IOracleHub.sol";
import {CarriesPrices} from "./CarriesPrices.sol";

/// @title Batched reads as they would be with prices that anybody may bring
/// @notice Called without a transaction, `withPrices` shows the state after the updates and leaves
/// none of them behind.
contract CarryingLens is Lens, CarriesPrices {
    /// @param house The ledger.
    /// @param oracle Where prices come from.
    /// @param engine The liquidation engine.
    constructor(
        IClearingHouse house,
        IOracleHub oracle,
        ILiquidationEngine engine
    ) Lens(house, oracle, engine) CarriesPrices(oracle) {}
}
