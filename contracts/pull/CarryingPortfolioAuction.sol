// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {PortfolioAuction} from "../PortfolioAuction.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {ILossWaterfall} from "../interfaces/ILossWaterfall.sol";
import {IOracleHub} from "../interfaces/IOracleHub.sol";
import {AuctionParameters} from "../types/AuctionTypes.sol";
import {CarriesPrices} from "./CarriesPrices.sol";

/// @title Whole accounts for sale to bidders who bring the price
contract CarryingPortfolioAuction is PortfolioAuction, CarriesPrices {
    /// @param house The ledger.
    /// @param oracle Where prices come from.
    /// @param waterfall Who pays for what accounts cannot.
    /// @param parameters_ How accounts are auctioned.
    constructor(
        IClearingHouse house,
        IOracleHub oracle,
        ILossWaterfall waterfall,
        AuctionParameters memory parameters_
    ) PortfolioAuction(house, oracle, waterfall, parameters_) CarriesPrices(oracle) {}
}
