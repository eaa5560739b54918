// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeCastLib} from "solady/src/utils/SafeCastLib.sol";
import {IAsyncOrders} from "./interfaces/IAsyncOrders.sol";
import {IClearingHouse} from "./interfaces/IClearingHouse.sol";
import {IOracleHub} from "./interfaces/IOracleHub.sol";
import {IPerpMarket} from "./interfaces/IPerpMarket.sol";
import {Bounds} from "./libraries/Bounds.sol";
import {Order, OrderParameters} from "./types/OrderTypes.sol";
import {CashReason, Tolerance} from "./types/Types.sol";

/// @title Commit, then settle
contract AsyncOrders is IAsyncOrders, Ownable2Step {
    using FixedPointMathLib for uint256;
    using SafeCastLib for uint256;

    uint256 private constant WAD = 1e18;
    uint256 private constant MAX_SECONDS = 1 days;
    uint256 private constant MAX_FEE = 1e24;

    IClearingHouse private immutable HOUSE;
    IOracleHub private immutable ORACLE;

    /// @inheritdoc IAsyncOrders
    uint256 public orderCount;

    OrderParameters private _parameters;
    mapping(address account => Order order) private _orders;

    /// @param house The ledger; it must admit this contract as an engine.
    /// @param oracle Where prices come from.
    /// @param parameters_ When orders settle and what keepers get.
    constructor(
        IClearingHouse house,
        IOracleHub oracle,
        OrderParameters memory parameters_
    ) Ownable(msg.sender) {
        HOUSE = house;
        ORACLE = oracle;
        _setParameters(parameters_);
    }

    // --- Orders --- //

    /// @inheritdoc IAsyncOrders
    // slither-disable-next-line reentrancy-no-eth,reentrancy-benign -- the house calls nobody back
    function commit(
        address market,
        int256 sizeDelta,
        uint256 acceptablePrice,
        uint256 keeperFee
    ) external returns (uint256 orderId) {
        OrderParameters storage p = _parameters;
        if (sizeDelta == 0) revert ZeroSize();
        if (!HOUSE.isProduct(market)) revert UnknownMarket(market);
        if (keeperFee < p.minKeeperFee) revert KeeperFeeTooLow(keeperFee, p.minKeeperFee);
        if (HOUSE.isCounterparty(msg.sender) || msg.sender == HOUSE.insuranceFund()) {
            revert Unauthorized(msg.sender);
        }
        if (_orders[msg.sender].id != 0) {
            if (block.timestamp <= _closesAt(_orders[msg.sender])) {
                revert PendingOrderExists(msg.sender);
            }
            _expire(msg.sender);
        }

        orderId = ++orderCount;
        _orders[msg.sender] = Order(
            orderId,
            market,
            sizeDelta,
            acceptablePrice,
            keeperFee,
            block.timestamp
        );
        emit OrderCommitted(
            orderId,
            msg.sender,
            market,
            sizeDelta,
            acceptablePrice,
            keeperFee,
            block.timestamp
        );
        HOUSE.moveCash(msg.sender, address(this), keeperFee, CashReason.Escrow);
        (int256 equity, , uint256 maintenance) = HOUSE.status(msg.sender, Tolerance.Default);
        if (equity < maintenance.toInt256()) {
            revert IClearingHouse.InsufficientMargin(equity, maintenance);
        }
    }

    /// @inheritdoc IAsyncOrders
    function settle(address account) external returns (uint256 fillPrice) {
        Order memory order = _pending(account);
        _requireOpen(order);
        uint256 observedAt = _requireTimely(order);
        delete _orders[account];
        fillPrice = IPerpMarket(order.market).tradeFor(
            account,
            order.sizeDelta,
            order.acceptablePrice,
            0
        );
        uint256 paid = _release(account, order.keeperFee);
        emit OrderSettled(
            order.id,
            account,
            order.market,
            fillPrice,
            observedAt,
            msg.sender,
            paid,
            block.timestamp - order.commitTime
        );
    }

    /// @inheritdoc IAsyncOrders
    function cancel(address account) external {
        Order memory order = _pending(account);
        uint256 paid;
        if (msg.sender == account) {
            uint256 allowedAt = order.commitTime + _parameters.cancelDelay;
            if (block.timestamp < allowedAt) revert CancelTooEarly(block.timestamp, allowedAt);
            delete _orders[account];
            HOUSE.moveCash(address(this), account, order.keeperFee, CashReason.Escrow);
        } else {
            _requireOpen(order);
            _requireTimely(order);
            (uint256 fill, ) = IPerpMarket(order.market).quote(order.sizeDelta);
            bool exceeded =
                order.sizeDelta > 0 ? fill > order.acceptablePrice : fill < order.acceptablePrice;
            if (!exceeded) revert LimitNotExceeded(fill, order.acceptablePrice);
            delete _orders[account];
            paid = _release(account, order.keeperFee);
        }
        emit OrderCancelled(order.id, account, msg.sender, paid);
    }

    /// @inheritdoc IAsyncOrders
    function expire(address account) external {
        uint256 closesAt = _closesAt(_pending(account));
        if (block.timestamp <= closesAt) revert SettlementWindowOpen(block.timestamp, closesAt);
        _expire(account);
    }

    // --- Owner --- //

    /// @inheritdoc IAsyncOrders
    function setParameters(OrderParameters calldata parameters_) external onlyOwner {
        _setParameters(parameters_);
    }

    // --- Reads --- //

    /// @inheritdoc IAsyncOrders
    function orderOf(address account) external view returns (Order memory) {
        return _orders[account];
    }

    /// @inheritdoc IAsyncOrders
    function parameters() external view returns (OrderParameters memory) {
        return _parameters;
    }

    /// @inheritdoc IAsyncOrders
    /// @dev All of the escrow, or where `refundUnused` is on
    ///
    ///     min(escrow, max(minKeeperFee, settlementGas * gasPrice * gasAssetPrice * (1 + profit)))
    ///
    /// Worked number: 500 000 gas at 20 gwei and 3 000 USD cost 30 USD; with 30 % profit 39 USD are
    /// paid out of an escrow of 60, and 21 go back. At 100 gwei 195 USD would be due and 60 are
    /// paid: an escrow fixed beforehand is a bet on the gas price.
    function keeperPay(uint256 escrow, uint256 gasPrice) public view returns (uint256) {
        OrderParameters storage p = _parameters;
        if (!p.refundUnused) return escrow;
        (uint256 gasAssetPrice, , ) = ORACLE.peek(p.gasAsset);
        uint256 cost = (p.settlementGas * gasPrice).mulWadUp(gasAssetPrice);
        return escrow.min(p.minKeeperFee.max(cost.mulWad(WAD + p.profitRatio)));
    }

    // --- Internal --- //

    function _pending(address account) private view returns (Order memory order) {
        order = _orders[account];
        if (order.id == 0) revert NoPendingOrder(account);
    }

    function _closesAt(Order memory order) private view returns (uint256) {
        return order.commitTime + _parameters.settlementDelay + _parameters.settlementWindow;
    }

    function _requireOpen(Order memory order) private view {
        uint256 opensAt = order.commitTime + _parameters.settlementDelay;
        if (block.timestamp < opensAt) revert SettlementWindowNotOpen(block.timestamp, opensAt);
        uint256 closesAt = _closesAt(order);
        if (block.timestamp > closesAt) revert SettlementWindowExpired(block.timestamp, closesAt);
    }

    /// @dev The observation lies in [commit + priceDelay - priceTolerance, now], and now is inside
    /// the window: a price from before the commitment is used only if the tolerance says that it is
    /// still in force. The market refuses it apart from that if it is stale.
    function _requireTimely(Order memory order) private view returns (uint256 observedAt) {
        (, observedAt, ) = ORACLE.peek(IPerpMarket(order.market).asset());
        uint256 notBefore = (order.commitTime + _parameters.priceDelay).zeroFloorSub(
            _parameters.priceTolerance
        );
        if (observedAt < notBefore) revert PriceTooEarly(observedAt, notBefore);
    }

    /// @dev The escrow goes to the caller as far as it is due, and back to the trader. What the
    /// transaction pays counts, its tip too, as with GMX v2: who outbids a flood is not out of pocket.
    function _release(address account, uint256 escrow) private returns (uint256 paid) {
        paid = keeperPay(escrow, tx.gasprice);
        HOUSE.moveCash(address(this), msg.sender, paid, CashReason.KeeperReward);
        HOUSE.moveCash(address(this), account, escrow - paid, CashReason.Escrow);
    }

    function _expire(address account) private {
        Order memory order = _orders[account];
        delete _orders[account];
        HOUSE.moveCash(address(this), account, order.keeperFee, CashReason.Escrow);
        emit OrderExpired(order.id, account, order.keeperFee);
    }

    function _setParameters(OrderParameters memory p) private {
        Bounds.check("settlementDelay", p.settlementDelay, 0, MAX_SECONDS);
        Bounds.check("settlementWindow", p.settlementWindow, 1, MAX_SECONDS);
        Bounds.check("priceDelay", p.priceDelay, 0, p.settlementDelay);
        Bounds.check("priceTolerance", p.priceTolerance, 0, 7 days);
        Bounds.check("cancelDelay", p.cancelDelay, 0, 7 days);
        Bounds.check("minKeeperFee", p.minKeeperFee, 0, MAX_FEE);
        Bounds.check("settlementGas", p.settlementGas, 0, 30_000_000);
        Bounds.check("profitRatio", p.profitRatio, 0, 10 * WAD);
        _parameters = p;
        emit OrderParametersSet(p);
    }
}
