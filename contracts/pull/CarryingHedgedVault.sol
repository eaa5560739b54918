// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IOracleHub} from "../interfaces/IOracleHub.sol";
import {VaultParameters} from "../types/VaultTypes.sol";
import {HedgedVault} from "../vault/HedgedVault.sol";
import {CarriesPrices} from "./CarriesPrices.sol";

/// @title A hedging vault whose caretakers bring the price
contract CarryingHedgedVault is HedgedVault, CarriesPrices {
    /// @param house The ledger.
    /// @param oracle Where prices come from.
    /// @param name_ The share's name.
    /// @param symbol_ The share's symbol.
    /// @param parameters_ Queues, fee and breaker.
    constructor(
        IClearingHouse house,
        IOracleHub oracle,
        string memory name_,
        string memory symbol_,
        VaultParameters memory parameters_
    ) HedgedVault(house, oracle, name_, symbol_, parameters_) CarriesPrices(oracle) {}
}
