// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice An order that waits for its settlement.
struct Order {
    /// Number of the order, from 1; zero when there is none.
    uint256 id;
    /// Where it is to be filled.
    address market;
    /// Signed size, WAD units.
    int256 sizeDelta;
    /// Worst fill price accepted, WAD USD.
    uint256 acceptablePrice;
    /// Escrowed for the keeper, WAD USD.
    uint256 keeperFee;
    /// When it was committed, seconds.
    uint256 commitTime;
}

/// @notice When and at which price orders settle, and what keepers get.
struct OrderParameters {
    /// Least time from commitment to settlement, seconds.
    uint256 settlementDelay;
    /// How long an order can be settled after that, seconds.
    uint256 settlementWindow;
    /// Time from commitment to the price that the order is meant for, seconds.
    uint256 priceDelay;
    /// How much older than that the observation may be, seconds: 0 for a pull oracle, a heartbeat
    /// for a push feed, whose last price stays in force while it is quiet.
    uint256 priceTolerance;
    /// Age from which a trader may cancel an order, seconds.
    uint256 cancelDelay;
    /// Least fee that an order must escrow, WAD USD.
    uint256 minKeeperFee;
    /// Gas budget of one settlement, gas.
    uint256 settlementGas;
    /// Keeper's profit over gas cost where the fee follows it, WAD ratio.
    uint256 profitRatio;
    /// Asset id whose price converts gas cost to USD.
    bytes32 gasAsset;
    /// Whether the keeper gets gas cost and profit and the trader the rest, or the keeper all.
    bool refundUnused;
}
