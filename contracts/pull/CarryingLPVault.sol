// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IOracleHub} from "../interfaces/IOracleHub.sol";
import {VaultParameters} from "../types/VaultTypes.sol";
import {LPVault} from "../vault/LPVault.sol";
import {CarriesPrices} from "./CarriesPrices.sol";

/// @title A vault whose caretakers bring the price
contract CarryingLPVault is LPVault, CarriesPrices {
    /// @param house The ledger.
    /// @param name_ The share's name.
    /// @param symbol_ The share's symbol.
    /// @param parameters_ Queues, fee and breaker.
    /// @param oracle Names the feed of each asset.
    constructor(
        IClearingHouse house,
        string memory name_,
        string memory symbol_,
        VaultParameters memory parameters_,
        IOracleHub oracle
    ) LPVault(house, name_, symbol_, parameters_) CarriesPrices(oracle) {}
}
