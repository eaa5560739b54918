// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {LibBit} from "solady/src/utils/LibBit.sol";
import {SafeCastLib} from "solady/src/utils/SafeCastLib.sol";
import {IClearingHouse} from "./interfaces/IClearingHouse.sol";
import {IExpiryPrices} from "./interfaces/IExpiryPrices.sol";
import {IOptionMarket} from "./interfaces/IOptionMarket.sol";
import {IOracleHub} from "./interfaces/IOracleHub.sol";
import {IProduct} from "./interfaces/IProduct.sol";
import {IVolSurface} from "./interfaces/IVolSurface.sol";
import {BlackScholes} from "./libraries/BlackScholes.sol";
import {MarginChecks} from "./libraries/MarginChecks.sol";
import {OptionBounds} from "./libraries/OptionBounds.sol";
import {OptionMargin} from "./libraries/OptionMargin.sol";
import {SignedRounding} from "./libraries/SignedRounding.sol";
import {OptionBook} from "./OptionBook.sol";
import {
    OptionInputs,
    OptionKey,
    OptionMark,
    OptionParameters,
    Series
} from "./types/OptionTypes.sol";
import {CashReason, Tolerance} from "./types/Types.sol";

/// @title Options of one asset, traded with the vault
contract OptionMarket is OptionBook {
    using FixedPointMathLib for int256;
    using FixedPointMathLib for uint256;
    using LibBit for uint256;
    using MarginChecks for IClearingHouse;
    using OptionMargin for OptionParameters;
    using SafeCastLib for uint256;
    using SignedRounding for int256;

    /// @notice A trade on its way from the series to a price and a fee.
    struct Ticket {
        /// The series.
        uint256 id;
        /// Signed options, WAD.
        int256 sizeDelta;
        /// Its point on the surface.
        OptionKey key;
        /// WAD USD.
        uint256 spot;
        /// The vault's net vega before the trade, WAD USD.
        int256 vegaBefore;
        /// The vault's net vega after the trade, WAD USD.
        int256 vegaAfter;
        /// The vault's capital before the trade, WAD USD; zero where vega does not grow.
        uint256 capital;
        /// After the trade's own impact, WAD.
        uint256 volatility;
        /// WAD.
        uint256 callDelta;
        /// WAD USD an option.
        uint256 price;
        /// WAD USD.
        uint256 fee;
    }

    uint256 private constant MAX_ACCOUNTS = 32;

    /// @param house The ledger.
    /// @param oracle Where spot comes from.
    /// @param surface_ Where volatility comes from.
    /// @param expiries Where settlement prices come from.
    /// @param asset_ Asset id in the oracle hub.
    /// @param parameters_ The market's parameters.
    constructor(
        IClearingHouse house,
        IOracleHub oracle,
        IVolSurface surface_,
        IExpiryPrices expiries,
        bytes32 asset_,
        OptionParameters memory parameters_
    ) OptionBook(house, oracle, surface_, expiries, asset_) Ownable(msg.sender) {
        _setParameters(parameters_);
    }

    modifier onlyEngine() {
        if (!HOUSE.isEngine(msg.sender)) revert Unauthorized(msg.sender);
        _;
    }

    // --- Trading --- //

    /// @inheritdoc IOptionMarket
    // slither-disable-next-line reentrancy-no-eth -- house and surface call nobody back
    function trade(uint256 id, int256 sizeDelta, uint256 limit) external returns (uint256 price) {
        address backer = HOUSE.counterpartyOf(address(this));
        if (msg.sender == backer || msg.sender == HOUSE.insuranceFund()) {
            revert Unauthorized(msg.sender);
        }
        Ticket memory t = _ticket(id, sizeDelta);
        uint256 rate;
        (t.volatility, rate) = SURFACE.move(t.spot, t.key, sizeDelta);
        _price(t, rate);
        price = t.price;
        if (sizeDelta > 0 ? price > limit : price < limit) {
            revert AcceptablePriceExceeded(price, limit);
        }

        int256 oldSize = sizeOf[msg.sender][id];
        int256 newSize = oldSize + sizeDelta;
        bool flips = (oldSize < 0 && newSize > 0) || (oldSize > 0 && newSize < 0);
        bool grows = flips || newSize.abs() > oldSize.abs();
        int256 shortfallBefore = grows ? int256(0) : HOUSE.shortfall(msg.sender);

        emit OptionTraded(msg.sender, id, sizeDelta, price, t.volatility, t.fee);
        _exchange(msg.sender, id, newSize, sizeDelta, price);
        HOUSE.collect(msg.sender, t.fee, _parameters.fundFeeShare, CashReason.Fee);

        if (newSize != 0 && newSize.abs() < _parameters.minSize) {
            revert DustPosition(newSize.abs(), _parameters.minSize);
        }
        if (grows) {
            _requireRoom(t, newSize > 0);
            _requireFewLegs(msg.sender);
            HOUSE.requireCapacity(address(this));
            HOUSE.requireInitialMargin(msg.sender);
        } else {
            HOUSE.requireNotWorse(msg.sender, shortfallBefore);
        }
    }

    /// @inheritdoc IOptionMarket
    // slither-disable-next-line reentrancy-no-eth -- house and surface call nobody back
    function settleAccounts(address[] calldata accounts) external returns (uint256 settled) {
        if (accounts.length > MAX_ACCOUNTS) revert TooManyAccounts(accounts.length, MAX_ACCOUNTS);
        for (uint256 i; i < accounts.length; ++i) {
            address account = accounts[i];
            for (uint256 rest = heldSeries[account]; rest != 0; rest &= rest - 1) {
                uint256 id = rest.ffs();
                (uint256 payoff, bool known) = _settlement(_seriesAt(id));
                if (!known) continue;
                int256 size = sizeOf[account][id];
                int256 paid = (size * payoff.toInt256()).divDown(WAD);
                emit OptionSettled(account, id, size, payoff, paid);
                _setSize(account, id, 0);
                HOUSE.settle(account, paid);
                ++settled;
            }
        }
    }

    // --- For engines --- //

    /// @inheritdoc IOptionMarket
    function closeForLiquidation(
        address account,
        uint256 id,
        uint256 sizeAbs
    ) external onlyEngine returns (uint256 price, int256 remaining) {
        int256 size = sizeOf[account][id];
        if (sizeAbs == 0 || sizeAbs > size.abs()) revert NoPosition(account, id);
        price = _closingPrice(id, size < 0);
        int256 sizeDelta = size > 0 ? -sizeAbs.toInt256() : sizeAbs.toInt256();
        remaining = size + sizeDelta;
        emit OptionClosed(account, id, sizeDelta, price);
        _exchange(account, id, remaining, sizeDelta, price);
    }

    /// @inheritdoc IProduct
    // slither-disable-next-line reentrancy-no-eth -- the house calls nobody back
    function transferShare(address from, address to, uint256 share) external onlyEngine {
        (OptionMark[] memory found, ) = marks(heldSeries[from], Tolerance.Strict);
        for (uint256 i; i < found.length; ++i) {
            uint256 id = found[i].id;
            int256 size = sizeOf[from][id];
            int256 part = size.abs().mulWadUp(share).toInt256();
            if (size < 0) part = -part;
            int256 worth = (part * found[i].price.toInt256()).divDown(WAD);
            _setSize(from, id, size - part);
            _setSize(to, id, sizeOf[to][id] + part);
            HOUSE.settle(from, worth);
            HOUSE.settle(to, -worth);
        }
        _requireFewLegs(to);
    }

    // --- Owner --- //

    /// @inheritdoc IOptionMarket
    function setParameters(OptionParameters calldata parameters_) external onlyOwner {
        _setParameters(parameters_);
    }

    // --- Reads --- //

    /// @inheritdoc IOptionMarket
    function quote(
        uint256 id,
        int256 sizeDelta
    ) external view returns (uint256 price, uint256 fee, uint256 volatility) {
        Ticket memory t = _ticket(id, sizeDelta);
        uint256 rate;
        (t.volatility, rate) = SURFACE.preview(t.spot, t.key, sizeDelta);
        _price(t, rate);
        return (t.price, t.fee, t.volatility);
    }

    // --- Internal --- //

    /// @dev What a trade meets: the series still trades, spot is fresh, and the vault's net vega is
    /// that of the surface before the trade.
    function _ticket(uint256 id, int256 sizeDelta) private view returns (Ticket memory t) {
        if (sizeDelta == 0) revert ZeroSize();
        Series storage s = _seriesAt(id);
        uint256 closedAt = s.expiry - FixedPointMathLib.min(_parameters.cutoff, s.expiry);
        if (block.timestamp >= closedAt) revert TradingClosed(id, closedAt);
        t.id = id;
        t.sizeDelta = sizeDelta;
        t.key = OptionKey(s.strike, s.expiry);
        OptionMark[] memory found;
        (found, t.spot) = marks(openSeries | (1 << id), Tolerance.Default);
        int256 exact = _netVegaExact(found);
        t.vegaBefore = exact / WAD;
        for (uint256 i; i < found.length; ++i) {
            if (found[i].id == id) exact -= sizeDelta * found[i].vega.toInt256();
        }
        t.vegaAfter = exact / WAD;
        if (t.vegaAfter.abs() > t.vegaBefore.abs()) t.capital = _capital();
    }

    /// @dev The model's price at the volatility after the trade's own impact, worse by the spread,
    /// rounded against the trader. Worked number: 273.90 with 1 % spread: 276.64 to buy, 271.16 to
    /// sell.
    function _price(Ticket memory t, uint256 rate) private view {
        (uint256 call, uint256 put, uint256 callDelta) = BlackScholes.prices(
            OptionInputs(t.spot, t.key.strike, t.volatility, t.key.expiry - block.timestamp, rate)
        );
        uint256 model = _seriesAt(t.id).isCall ? call : put;
        uint256 spread = model.mulWadUp(_parameters.spread);
        t.callDelta = callDelta;
        t.price = t.sizeDelta > 0 ? model + spread : model - spread;

        uint256 size = t.sizeDelta.abs();
        t.fee = _parameters.tradeFeeUp(size, t.spot, size.mulWad(t.price));
        if (t.capital != 0) {
            t.fee += _parameters.vegaFeeUp(size, t.volatility, t.vegaAfter, t.capital);
        }
    }

    /// @dev What the vault has beyond what it owes.
    function _capital() private view returns (uint256) {
        (int256 available, uint256 locked) = HOUSE.counterpartyStatus(
            HOUSE.counterpartyOf(address(this)),
            Tolerance.Default
        );
        if (available <= 0) revert IClearingHouse.CounterpartyCapacityExceeded(locked, available);
        return uint256(available);
    }

    function _closingPrice(uint256 id, bool isShort) private view returns (uint256) {
        Series storage s = _seriesAt(id);
        if (s.expiry <= block.timestamp) revert SeriesExpired(id);
        OptionKey[] memory keys = new OptionKey[](1);
        keys[0] = OptionKey(s.strike, s.expiry);
        uint256 spot = ORACLE.price(asset, Tolerance.Strict);
        (uint256[] memory found, uint256 rate) = SURFACE.volatilities(spot, keys, Tolerance.Strict);
        uint256 shock = _parameters.closeShock;
        uint256 volatility = isShort ? found[0].mulWadUp(shock) : found[0].divWad(shock);
        (uint256 call, uint256 put, ) = BlackScholes.prices(
            OptionInputs(spot, s.strike, volatility, s.expiry - block.timestamp, rate)
        );
        return s.isCall ? call : put;
    }

    /// @dev The premium, rounded against the trader, moves with the options.
    function _exchange(
        address account,
        uint256 id,
        int256 newSize,
        int256 sizeDelta,
        uint256 price
    ) private {
        _setSize(account, id, newSize);
        HOUSE.settle(account, (-sizeDelta * price.toInt256()).divDown(WAD));
    }

    function _requireRoom(Ticket memory t, bool long) private view {
        OptionParameters storage p = _parameters;
        if (t.callDelta < p.minDelta || t.callDelta + p.minDelta > uint256(WAD)) {
            revert DeltaOutOfBounds(t.callDelta, p.minDelta);
        }
        Series storage s = _seriesAt(t.id);
        if ((long ? s.long : s.short) > p.maxSeriesSize) {
            revert OpenInterestCapExceeded(t.id, long, p.maxSeriesSize);
        }
        uint256 vega = t.vegaAfter.abs();
        if (vega > p.maxNetVega && vega > t.vegaBefore.abs()) {
            revert NetVegaCapExceeded(vega, p.maxNetVega);
        }
    }

    function _setParameters(OptionParameters memory p) private {
        OptionBounds.check(p);
        _parameters = p;
        emit OptionParametersSet(p);
    }
}
