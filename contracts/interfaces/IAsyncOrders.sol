// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Order, OrderParameters} from "../types/OrderTypes.sol";

/// @title Orders in two steps: a trader commits, any keeper settles
/// @notice Nobody knows at commitment which price an order will get, so a stale oracle is worth less
/// to a trader; in return an order that nobody settles in time gets no price at all.
interface IAsyncOrders {
    /// @notice An order was committed and its keeper fee escrowed.
    /// @param orderId Number of the order.
    /// @param account The trader.
    /// @param market Where.
    /// @param sizeDelta Signed size, WAD units.
    /// @param acceptablePrice Worst fill price accepted, WAD USD.
    /// @param keeperFee Escrowed, WAD USD.
    /// @param commitTime Seconds.
    event OrderCommitted(
        uint256 indexed orderId,
        address indexed account,
        address indexed market,
        int256 sizeDelta,
        uint256 acceptablePrice,
        uint256 keeperFee,
        uint256 commitTime
    );

    /// @notice An order was filled.
    /// @param orderId Number of the order.
    /// @param account The trader.
    /// @param market Where.
    /// @param fillPrice WAD USD.
    /// @param observedAt When the price that was used was observed, seconds.
    /// @param keeper Who settled.
    /// @param keeperFee Paid to the keeper, WAD USD; the rest of the escrow went back.
    /// @param delay From commitment to settlement, seconds.
    event OrderSettled(
        uint256 indexed orderId,
        address indexed account,
        address indexed market,
        uint256 fillPrice,
        uint256 observedAt,
        address keeper,
        uint256 keeperFee,
        uint256 delay
    );

    /// @notice An order was given up before its window closed.
    /// @param orderId Number of the order.
    /// @param account The trader.
    /// @param by Who cancelled: the trader, or a keeper because the limit was exceeded.
    /// @param keeperFee Paid to a keeper, WAD USD; the rest of the escrow went back.
    event OrderCancelled(
        uint256 indexed orderId,
        address indexed account,
        address indexed by,
        uint256 keeperFee
    );

    /// @notice An order's window closed without a settlement and its escrow went back.
    /// @param orderId Number of the order.
    /// @param account The trader.
    /// @param refund WAD USD.
    event OrderExpired(uint256 indexed orderId, address indexed account, uint256 refund);

    /// @notice The parameters changed.
    event OrderParametersSet(OrderParameters parameters);

    /// @notice The order asks for nothing.
    error ZeroSize();
    /// @notice Orders can only be for a registered product.
    error UnknownMarket(address market);
    /// @notice The house's own accounts do not trade.
    error Unauthorized(address caller);
    /// @notice The escrow is below the least fee.
    error KeeperFeeTooLow(uint256 keeperFee, uint256 minKeeperFee);
    /// @notice The account has an order that can still be settled.
    error PendingOrderExists(address account);
    /// @notice The account has no order.
    error NoPendingOrder(address account);
    /// @notice Too early to settle.
    error SettlementWindowNotOpen(uint256 time, uint256 opensAt);
    /// @notice Too late to settle.
    error SettlementWindowExpired(uint256 time, uint256 closedAt);
    /// @notice Too early to expire.
    error SettlementWindowOpen(uint256 time, uint256 closesAt);
    /// @notice The newest price was observed before the order may be filled at it.
    error PriceTooEarly(uint256 observedAt, uint256 notBefore);
    /// @notice The trader may not cancel yet.
    error CancelTooEarly(uint256 time, uint256 allowedAt);
    /// @notice The order's limit is not exceeded, so that a keeper may not cancel it.
    error LimitNotExceeded(uint256 fillPrice, uint256 acceptablePrice);

    /// @notice Commit an order and escrow its keeper fee from ledger cash. An account has at most one
    /// order; an expired one is refunded first.
    /// @param market Where.
    /// @param sizeDelta Signed size, WAD units.
    /// @param acceptablePrice Worst fill price accepted, WAD USD.
    /// @param keeperFee To escrow, WAD USD.
    /// @return orderId Number of the order.
    function commit(
        address market,
        int256 sizeDelta,
        uint256 acceptablePrice,
        uint256 keeperFee
    ) external returns (uint256 orderId);

    /// @notice Fill an account's order inside its window at the oracle's price moved by skew, and be
    /// paid. Anyone may call.
    /// @param account The trader.
    /// @return fillPrice WAD USD.
    function settle(address account) external returns (uint256 fillPrice);

    /// @notice Give up an order. Its trader may from `cancelDelay` on; anyone else inside the window
    /// if the fill would exceed the limit, and is paid as for a settlement.
    /// @param account The trader.
    function cancel(address account) external;

    /// @notice Return the escrow of an order whose window has closed. Anyone may call.
    /// @param account The trader.
    function expire(address account) external;

    /// @notice Set all parameters.
    function setParameters(OrderParameters calldata parameters_) external;

    /// @notice An account's order; its id is zero when there is none.
    function orderOf(address account) external view returns (Order memory);

    /// @notice The parameters.
    function parameters() external view returns (OrderParameters memory);

    /// @notice What a keeper would be paid out of an escrow at a gas price.
    /// @param escrow WAD USD.
    /// @param gasPrice Wei.
    /// @return WAD USD.
    function keeperPay(uint256 escrow, uint256 gasPrice) external view returns (uint256);

    /// @notice How many orders have been committed.
    function orderCount() external view returns (uint256);
}
