// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeCastLib} from "solady/src/utils/SafeCastLib.sol";
import {IClearingHouse} from "./interfaces/IClearingHouse.sol";
import {IOracleHub} from "./interfaces/IOracleHub.sol";
import {IPerpMarket} from "./interfaces/IPerpMarket.sol";
import {IProduct} from "./interfaces/IProduct.sol";
import {Funding} from "./libraries/Funding.sol";
import {MarginChecks} from "./libraries/MarginChecks.sol";
import {MarginMath} from "./libraries/MarginMath.sol";
import {MarketBounds} from "./libraries/MarketBounds.sol";
import {OrderLimits} from "./libraries/OrderLimits.sol";
import {SignedRounding} from "./libraries/SignedRounding.sol";
import {SkewPricing} from "./libraries/SkewPricing.sol";
import {
    CashReason,
    Leg,
    LegKind,
    MarketParameters,
    PerpBook,
    Position,
    Tolerance
} from "./types/Types.sol";

/// @title One perpetual future
contract PerpMarket is IPerpMarket, Ownable2Step {
    using FixedPointMathLib for uint256;
    using FixedPointMathLib for int256;
    using MarginChecks for IClearingHouse;
    using OrderLimits for MarketParameters;
    using SafeCastLib for uint256;
    using SignedRounding for int256;

    int256 private constant WAD = 1e18;

    IClearingHouse private immutable HOUSE;
    IOracleHub private immutable ORACLE;
    /// @inheritdoc IPerpMarket
    bytes32 public immutable asset;
    /// @inheritdoc IPerpMarket
    bool public delayedOnly;

    PerpBook private _book;
    MarketParameters private _parameters;
    mapping(address account => Position position) private _positions;

    /// @param house The ledger.
    /// @param oracle Where the price comes from.
    /// @param asset_ Asset id in the oracle hub.
    /// @param parameters_ The market's parameters.
    constructor(
        IClearingHouse house,
        IOracleHub oracle,
        bytes32 asset_,
        MarketParameters memory parameters_
    ) Ownable(msg.sender) {
        HOUSE = house;
        ORACLE = oracle;
        asset = asset_;
        _book.fundingUpdatedAt = block.timestamp;
        _setParameters(parameters_);
    }

    modifier onlyEngine() {
        if (!HOUSE.isEngine(msg.sender)) revert Unauthorized(msg.sender);
        _;
    }

    // --- Trading --- //

    /// @inheritdoc IPerpMarket
    function trade(int256 sizeDelta, uint256 acceptablePrice) external returns (uint256) {
        if (delayedOnly && !HOUSE.isEngine(msg.sender)) revert OrdersAreDelayed();
        return
            _trade(msg.sender, sizeDelta, acceptablePrice, ORACLE.price(asset, Tolerance.Default));
    }

    // --- For engines --- //

    /// @inheritdoc IPerpMarket
    function tradeFor(
        address account,
        int256 sizeDelta,
        uint256 acceptablePrice,
        uint256 price
    ) external onlyEngine returns (uint256) {
        if (price == 0) price = ORACLE.price(asset, Tolerance.Default);
        return _trade(account, sizeDelta, acceptablePrice, price);
    }

    /// @inheritdoc IPerpMarket
    function closeForLiquidation(
        address account,
        uint256 sizeAbs
    ) external onlyEngine returns (uint256 price, int256 remaining) {
        price = ORACLE.price(asset, Tolerance.Strict);
        _updateFunding(price);
        remaining = _close(account, sizeAbs, price);
    }

    /// @inheritdoc IPerpMarket
    function closeAt(
        address account,
        uint256 sizeAbs,
        uint256 price
    ) external onlyEngine returns (int256 remaining) {
        _updateFunding(ORACLE.price(asset, Tolerance.Strict));
        remaining = _close(account, sizeAbs, price);
    }

    /// @inheritdoc IProduct
    // slither-disable-next-line reentrancy-no-eth -- hub and house call nobody back
    function transferShare(address from, address to, uint256 share) external onlyEngine {
        int256 size = _positions[from].size;
        if (size == 0) return;
        uint256 price = ORACLE.price(asset, Tolerance.Strict);
        _updateFunding(price);
        int256 left = _close(from, size.abs().mulWadUp(share), price);
        _rebase(to, _positions[to].size + size - left, price, 0);
    }

    /// @inheritdoc IPerpMarket
    function pokeFunding() external {
        _updateFunding(ORACLE.price(asset, Tolerance.Default));
    }

    // --- Owner --- //

    /// @inheritdoc IPerpMarket
    function setDelayedOnly(bool on) external onlyOwner {
        delayedOnly = on;
        emit DelayedOnlySet(on);
    }

    /// @inheritdoc IPerpMarket
    function setParameters(MarketParameters calldata parameters_) external onlyOwner {
        if (_book.totalSize != 0) _updateFunding(ORACLE.price(asset, Tolerance.Default));
        _setParameters(parameters_);
    }

    // --- Reads --- //

    /// @inheritdoc IProduct
    function valuation(
        address account,
        Tolerance tolerance
    ) external view returns (int256 value, uint256 initial, uint256 maintenance) {
        Position memory position = _positions[account];
        if (position.size == 0) return (0, 0, 0);
        uint256 price = ORACLE.price(asset, tolerance);
        (, int256 accumulator) = accruedFunding(price);
        int256 gain =
            price.toInt256() - position.entryPrice.toInt256() + accumulator - position.entryFunding;
        value = (position.size * gain).divDown(WAD);
        (initial, maintenance) = MarginMath.requirementUp(
            position.size.abs(),
            price,
            _sideSize(position.size > 0),
            _parameters
        );
    }

    /// @inheritdoc IProduct
    function exposure(Tolerance tolerance) external view returns (int256 debt, uint256 locked) {
        uint256 size = _book.totalSize;
        if (size == 0) return (0, 0);
        uint256 price = ORACLE.price(asset, tolerance);
        debt = _marketDebtExact(price).divUp(WAD);
        locked = size.mulWadUp(price).mulWadUp(_parameters.lockedOiRatio);
    }

    /// @inheritdoc IProduct
    function legs(address account) external view returns (Leg[] memory found) {
        int256 size = _positions[account].size;
        if (size == 0) return found;
        found = new Leg[](1);
        found[0] = Leg(LegKind.Perp, asset, size, 0, 0);
    }

    /// @inheritdoc IPerpMarket
    function quote(int256 sizeDelta) external view returns (uint256 fillPrice, uint256 fee) {
        return _quote(sizeDelta, ORACLE.price(asset, Tolerance.Default));
    }

    /// @inheritdoc IPerpMarket
    function positionOf(address account) external view returns (Position memory) {
        return _positions[account];
    }

    /// @inheritdoc IPerpMarket
    function parameters() external view returns (MarketParameters memory) {
        return _parameters;
    }

    /// @inheritdoc IPerpMarket
    function skew() external view returns (int256) {
        return _book.skew;
    }

    /// @inheritdoc IPerpMarket
    function totalSize() external view returns (uint256) {
        return _book.totalSize;
    }

    /// @inheritdoc IPerpMarket
    function openInterest() external view returns (uint256 long, uint256 short) {
        return (_sideSize(true), _sideSize(false));
    }

    /// @inheritdoc IPerpMarket
    function debtCorrection() external view returns (int256) {
        return _book.debtCorrection;
    }

    /// @inheritdoc IPerpMarket
    function marketDebt() external view returns (int256) {
        return marketDebtExact().divUp(WAD);
    }

    /// @inheritdoc IPerpMarket
    function storedFunding()
        external
        view
        returns (int256 rate, int256 accumulator, uint256 updatedAt)
    {
        return (_book.fundingRate, _book.fundingAccumulator, _book.fundingUpdatedAt);
    }

    /// @inheritdoc IPerpMarket
    function liquidationInputs()
        external
        view
        returns (int256 currentSkew, uint256 skewScale, uint256 feeSum, uint256 flagRewardRatio)
    {
        MarketParameters storage p = _parameters;
        return (_book.skew, p.skewScale, p.makerFee + p.takerFee, p.flagRewardRatio);
    }

    /// @inheritdoc IPerpMarket
    function marketDebtExact() public view returns (int256) {
        return _marketDebtExact(ORACLE.price(asset, Tolerance.Any));
    }

    /// @inheritdoc IPerpMarket
    function accruedFunding(uint256 price) public view returns (int256 rate, int256 accumulator) {
        PerpBook storage book = _book;
        return
            Funding.accrue(
                book.fundingRate,
                book.fundingAccumulator,
                Funding.velocity(book.skew, _parameters.skewScale, _parameters.maxFundingVelocity),
                block.timestamp - book.fundingUpdatedAt,
                price
            );
    }

    // --- Internal --- //

    function _trade(
        address account,
        int256 sizeDelta,
        uint256 acceptablePrice,
        uint256 price
    ) private returns (uint256 fillPrice) {
        if (sizeDelta == 0) revert ZeroSize();
        if (account == HOUSE.counterpartyOf(address(this)) || account == HOUSE.insuranceFund()) {
            revert Unauthorized(account);
        }
        _updateFunding(price);
        uint256 fee;
        (fillPrice, fee) = _quote(sizeDelta, price);
        if (sizeDelta > 0 ? fillPrice > acceptablePrice : fillPrice < acceptablePrice) {
            revert AcceptablePriceExceeded(fillPrice, acceptablePrice);
        }

        int256 oldSize = _positions[account].size;
        int256 newSize = oldSize + sizeDelta;
        bool flips = (oldSize < 0 && newSize > 0) || (oldSize > 0 && newSize < 0);
        bool grows = flips || newSize.abs() > oldSize.abs();
        int256 shortfallBefore = grows ? int256(0) : HOUSE.shortfall(account);

        emit Traded(account, address(this), sizeDelta, fillPrice, price, fee);
        _rebase(account, newSize, fillPrice, fee);
        HOUSE.collect(account, fee, _parameters.fundFeeShare, CashReason.Fee);

        if (newSize != 0) _parameters.requireNoDust(newSize.abs(), price);
        if (grows) {
            _parameters.requireOpenInterest(_sideSize(newSize > 0), newSize > 0, price);
            HOUSE.requireCapacity(address(this));
            HOUSE.requireInitialMargin(account);
        } else {
            HOUSE.requireNotWorse(account, shortfallBefore);
        }
    }

    function _close(
        address account,
        uint256 sizeAbs,
        uint256 price
    ) private returns (int256 remaining) {
        int256 size = _positions[account].size;
        if (sizeAbs == 0 || sizeAbs > size.abs()) revert NoPosition(account);
        remaining = size > 0 ? size - sizeAbs.toInt256() : size + sizeAbs.toInt256();
        _rebase(account, remaining, price, 0);
    }

    /// @dev What the counterparty owes all traders, in one expression: with F the accumulator,
    /// sum of size * (P - entry + F - entryF) = skew * P + skew * F - debtCorrection.
    /// Worked number: 2 long from 3 000 and 1 short from 3 100, P = 3 050, F = 0:
    /// skew 1, correction 2 * 3 000 - 3 100 = 2 900, debt 3 050 - 2 900 = 150 = 100 + 50.
    function _marketDebtExact(uint256 price) private view returns (int256) {
        (, int256 accumulator) = accruedFunding(price);
        return _book.skew * (price.toInt256() + accumulator) - _book.debtCorrection;
    }

    function _updateFunding(uint256 price) private {
        PerpBook storage book = _book;
        if (book.fundingUpdatedAt == block.timestamp) return;
        (book.fundingRate, book.fundingAccumulator) = accruedFunding(price);
        book.fundingUpdatedAt = block.timestamp;
        emit FundingUpdated(
            address(this),
            book.fundingRate,
            book.fundingAccumulator,
            book.skew,
            price
        );
    }

    /// @dev The whole position is re-based at one price: its profit and funding become cash, rounded
    /// down, and the new size starts from that price and from the accumulator now.
    function _rebase(address account, int256 newSize, uint256 atPrice, uint256 fee) private {
        Position memory old = _positions[account];
        Position memory next;
        if (newSize != 0) next = Position(newSize, atPrice, _book.fundingAccumulator);
        (int256 pnl, int256 funding) = _realised(old, atPrice);

        _book.debtCorrection += newSize * _basis(next) - old.size * _basis(old);
        _book.skew += newSize - old.size;
        _book.totalSize = _book.totalSize + newSize.abs() - old.size.abs();
        _positions[account] = next;
        if ((newSize == 0) != (old.size == 0)) HOUSE.setActive(account, newSize != 0);
        HOUSE.settle(account, pnl + funding);
        emit PositionChanged(
            account,
            address(this),
            newSize,
            next.entryPrice,
            next.entryFunding,
            pnl,
            funding,
            fee
        );
    }

    /// @dev Profit and funding of a position closed at a price; their sum is rounded down once.
    function _realised(
        Position memory old,
        uint256 atPrice
    ) private view returns (int256 pnl, int256 funding) {
        int256 fundingExact = old.size * (_book.fundingAccumulator - old.entryFunding);
        int256 pnlExact = old.size * (atPrice.toInt256() - old.entryPrice.toInt256());
        funding = fundingExact.divDown(WAD);
        pnl = (pnlExact + fundingExact).divDown(WAD) - funding;
    }

    function _basis(Position memory position) private pure returns (int256) {
        return position.entryPrice.toInt256() + position.entryFunding;
    }

    function _quote(
        int256 sizeDelta,
        uint256 price
    ) private view returns (uint256 fillPrice, uint256 fee) {
        int256 current = _book.skew;
        MarketParameters storage p = _parameters;
        fillPrice = SkewPricing.fillPrice(current, sizeDelta, price, p.skewScale);
        fee = SkewPricing.orderFeeUp(current, sizeDelta, fillPrice, p.makerFee, p.takerFee);
    }

    function _sideSize(bool long) private view returns (uint256) {
        int256 total = _book.totalSize.toInt256();
        return uint256(long ? total + _book.skew : total - _book.skew) / 2;
    }

    function _setParameters(MarketParameters memory p) private {
        MarketBounds.check(p);
        _parameters = p;
        emit ParametersSet(p);
    }
}
