// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {LibBit} from "solady/src/utils/LibBit.sol";
import {SafeCastLib} from "solady/src/utils/SafeCastLib.sol";
import {IClearingHouse} from "./interfaces/IClearingHouse.sol";
import {ExpirySource, IExpiryPrices} from "./interfaces/IExpiryPrices.sol";
import {IOptionMarket} from "./interfaces/IOptionMarket.sol";
import {IOracleHub} from "./interfaces/IOracleHub.sol";
import {IProduct} from "./interfaces/IProduct.sol";
import {IVolSurface} from "./interfaces/IVolSurface.sol";
import {BlackScholes} from "./libraries/BlackScholes.sol";
import {OptionMargin} from "./libraries/OptionMargin.sol";
import {SignedRounding} from "./libraries/SignedRounding.sol";
import {
    Greeks,
    OptionInputs,
    OptionKey,
    OptionMark,
    OptionParameters,
    Series
} from "./types/OptionTypes.sol";
import {Leg, LegKind, Tolerance} from "./types/Types.sol";

/// @title Which options there are, who holds them, and what they are worth
abstract contract OptionBook is IOptionMarket, Ownable2Step {
    using FixedPointMathLib for int256;
    using FixedPointMathLib for uint256;
    using LibBit for uint256;
    using OptionMargin for OptionParameters;
    using SafeCastLib for uint256;
    using SignedRounding for int256;

    int256 internal constant WAD = 1e18;
    /// @dev Series over the market's life: a bit each.
    uint256 private constant MAX_SERIES = 256;
    /// @dev Series that trade or have open interest: bounds every loop over series.
    uint256 private constant MAX_LIVE_SERIES = 20;
    uint256 private constant MAX_LEGS = 12;
    uint256 private constant MIN_STRIKE = 1e12;
    uint256 private constant MAX_STRIKE = 1e30;

    IClearingHouse internal immutable HOUSE;
    IOracleHub internal immutable ORACLE;
    IVolSurface internal immutable SURFACE;
    IExpiryPrices internal immutable EXPIRIES;
    /// @inheritdoc IOptionMarket
    bytes32 public immutable asset;

    OptionParameters internal _parameters;
    /// @inheritdoc IOptionMarket
    // slither-disable-next-line uninitialized-state,constable-states -- OptionMarket writes it
    uint256 public openSeries;
    /// @inheritdoc IOptionMarket
    // slither-disable-next-line uninitialized-state -- OptionMarket writes it
    mapping(address account => uint256 bitmap) public heldSeries;
    /// @inheritdoc IOptionMarket
    // slither-disable-next-line uninitialized-state -- OptionMarket writes it
    mapping(address account => mapping(uint256 id => int256 size)) public sizeOf;

    Series[] private _series;
    uint256 private _liveSeries;
    mapping(bytes32 key => bool listed) private _listed;

    constructor(
        IClearingHouse house,
        IOracleHub oracle,
        IVolSurface surface_,
        IExpiryPrices expiries,
        bytes32 asset_
    ) {
        HOUSE = house;
        ORACLE = oracle;
        SURFACE = surface_;
        EXPIRIES = expiries;
        asset = asset_;
    }

    // --- Owner --- //

    /// @inheritdoc IOptionMarket
    function listSeries(
        uint256 strike,
        uint256 expiry,
        bool isCall
    ) external onlyOwner returns (uint256 id) {
        bytes32 key = keccak256(abi.encode(strike, expiry, isCall));
        if (
            strike < MIN_STRIKE ||
            strike > MAX_STRIKE ||
            expiry <= block.timestamp ||
            expiry > type(uint64).max ||
            _listed[key]
        ) revert SeriesRefused(strike, expiry);
        id = _series.length;
        if (id == MAX_SERIES) revert TooManySeries(MAX_SERIES);
        uint256 live = _forgetDead();
        if (live.popCount() >= MAX_LIVE_SERIES) revert TooManySeries(MAX_LIVE_SERIES);
        _liveSeries = live | (1 << id);
        _listed[key] = true;
        _series.push(Series(uint128(strike), uint64(expiry), isCall, 0, 0));
        emit SeriesListed(id, strike, expiry, isCall);
    }

    // --- Reads --- //

    /// @inheritdoc IProduct
    /// @dev A long option lends no margin: it is margined with its own value until it is settled.
    function valuation(
        address account,
        Tolerance tolerance
    ) external view returns (int256 value, uint256 initial, uint256 maintenance) {
        (OptionMark[] memory found, uint256 spot) = marks(heldSeries[account], tolerance);
        for (uint256 i; i < found.length; ++i) {
            OptionMark memory mark = found[i];
            int256 size = sizeOf[account][mark.id];
            value += size * mark.price.toInt256();
            if (mark.settled) continue;
            (uint256 im, uint256 mm) = _requirement(mark, size, spot);
            initial += im;
            maintenance += mm;
        }
        value = value.divDown(WAD);
    }

    /// @inheritdoc IProduct
    /// @dev What traders hold, net, at the mark: with 20 long and 5 short at 273.90 the vault owes
    /// 4 108.50 USD; it locks `lockedRatio` of spot for each of the 15 it is short.
    function exposure(Tolerance tolerance) external view returns (int256 debt, uint256 locked) {
        (OptionMark[] memory found, uint256 spot) = marks(openSeries, tolerance);
        uint256 short;
        for (uint256 i; i < found.length; ++i) {
            int256 net = _net(found[i].id);
            debt += net * found[i].price.toInt256();
            if (net > 0 && !found[i].settled) short += uint256(net);
        }
        debt = debt.divUp(WAD);
        locked = short.mulWadUp(spot).mulWadUp(_parameters.lockedRatio);
    }

    /// @inheritdoc IProduct
    /// @dev Without options whose settlement price is known: their value is cash to come.
    function legs(address account) external view returns (Leg[] memory found) {
        uint256 held = heldSeries[account];
        uint256 unsettled;
        for (uint256 rest = held; rest != 0; rest &= rest - 1) {
            uint256 id = rest.ffs();
            (, bool settled) = _settlement(_series[id]);
            if (!settled) unsettled |= 1 << id;
        }
        found = new Leg[](unsettled.popCount());
        for (uint256 i; i < found.length; ++i) {
            uint256 id = unsettled.ffs();
            unsettled &= unsettled - 1;
            Series storage s = _series[id];
            LegKind kind = s.isCall ? LegKind.Call : LegKind.Put;
            found[i] = Leg(kind, asset, sizeOf[account][id], s.strike, s.expiry);
        }
    }

    /// @inheritdoc IOptionMarket
    function netVega(Tolerance tolerance) external view returns (int256) {
        (OptionMark[] memory found, ) = marks(openSeries, tolerance);
        return _netVegaExact(found) / WAD;
    }

    /// @inheritdoc IOptionMarket
    function seriesOf(uint256 id) external view returns (Series memory) {
        return _seriesAt(id);
    }

    /// @inheritdoc IOptionMarket
    function seriesCount() external view returns (uint256) {
        return _series.length;
    }

    /// @inheritdoc IOptionMarket
    function parameters() external view returns (OptionParameters memory) {
        return _parameters;
    }

    /// @inheritdoc IOptionMarket
    function surface() external view returns (address) {
        return address(SURFACE);
    }

    /// @inheritdoc IOptionMarket
    function expiryPrices() external view returns (address) {
        return address(EXPIRIES);
    }

    /// @inheritdoc IOptionMarket
    /// @dev Spot and volatility are read, and may be refused, only where a series needs them: a
    /// settled one needs neither, one that waits for its settlement price needs spot.
    function marks(
        uint256 ids,
        Tolerance tolerance
    ) public view returns (OptionMark[] memory found, uint256 spot) {
        uint256 count = ids.popCount();
        found = new OptionMark[](count);
        OptionKey[] memory keys = new OptionKey[](count);
        bool spotNeeded;
        bool volatilityNeeded;
        for (uint256 i; i < count; ++i) {
            uint256 id = ids.ffs();
            ids &= ids - 1;
            Series storage s = _seriesAt(id);
            found[i].id = id;
            keys[i] = OptionKey(s.strike, s.expiry);
            (found[i].price, found[i].settled) = _settlement(s);
            spotNeeded = spotNeeded || !found[i].settled;
            volatilityNeeded = volatilityNeeded || s.expiry > block.timestamp;
        }
        if (!spotNeeded) return (found, 0);
        spot = ORACLE.price(asset, tolerance);
        OptionInputs memory inputs;
        inputs.spot = spot;
        uint256[] memory volatilities = new uint256[](count);
        if (volatilityNeeded) {
            (volatilities, inputs.rate) = SURFACE.volatilities(spot, keys, tolerance);
        }
        for (uint256 i; i < count; ++i) {
            if (found[i].settled) continue;
            _value(found[i], inputs, keys[i], volatilities[i]);
        }
    }

    // --- Internal --- //

    /// @dev The greeks of one option; after expiry its payoff at spot.
    function _value(
        OptionMark memory mark,
        OptionInputs memory inputs,
        OptionKey memory key,
        uint256 volatility
    ) private view {
        inputs.strike = key.strike;
        bool ahead = key.expiry > block.timestamp;
        inputs.secondsLeft = ahead ? key.expiry - block.timestamp : 0;
        inputs.volatility = ahead ? volatility : uint256(WAD);
        Greeks memory g = BlackScholes.greeks(inputs);
        bool isCall = _series[mark.id].isCall;
        mark.price = isCall ? g.call : g.put;
        mark.delta = g.callDelta.toInt256() - (isCall ? int256(0) : WAD);
        mark.vega = g.vega;
        if (ahead) mark.volatility = volatility;
    }

    /// @dev The payoff where the settlement price is known.
    function _settlement(Series storage s) internal view returns (uint256 payoff, bool settled) {
        if (s.expiry > block.timestamp) return (0, false);
        (uint256 price, ExpirySource source) = EXPIRIES.priceOf(asset, s.expiry);
        if (source == ExpirySource.None) return (0, false);
        uint256 strike = s.strike;
        return (s.isCall ? price.zeroFloorSub(strike) : strike.zeroFloorSub(price), true);
    }

    function _requirement(
        OptionMark memory mark,
        int256 size,
        uint256 spot
    ) private view returns (uint256 initial, uint256 maintenance) {
        if (size > 0) {
            initial = uint256(size).mulWad(mark.price);
            return (initial, initial);
        }
        Series storage s = _series[mark.id];
        (initial, maintenance) = _parameters.ofWriterUp(s.isCall, spot, s.strike, mark.price);
        initial = size.abs().mulWadUp(initial);
        maintenance = size.abs().mulWadUp(maintenance);
    }

    /// @dev Changes what an account holds and what follows from it; cash is the caller's affair.
    // slither-disable-next-line costly-loop -- an account has at most twelve options
    function _setSize(address account, uint256 id, int256 newSize) internal {
        int256 oldSize = sizeOf[account][id];
        Series storage s = _series[id];
        // Sizes stay below the cap of a side, which is below 2^128.
        uint256 long = s.long - _part(oldSize, true) + _part(newSize, true);
        uint256 short = s.short - _part(oldSize, false) + _part(newSize, false);
        s.long = long.toUint128();
        s.short = short.toUint128();
        sizeOf[account][id] = newSize;

        uint256 bit = 1 << id;
        if (long + short == 0) openSeries &= ~bit;
        else openSeries |= bit;
        uint256 before = heldSeries[account];
        uint256 held = newSize == 0 ? before & ~bit : before | bit;
        if (held != before) {
            heldSeries[account] = held;
            if ((held == 0) != (before == 0)) HOUSE.setActive(account, held != 0);
        }
        emit OptionPositionChanged(account, id, newSize);
    }

    function _requireFewLegs(address account) internal view {
        if (heldSeries[account].popCount() > MAX_LEGS) revert TooManyLegs(account, MAX_LEGS);
    }

    function _seriesAt(uint256 id) internal view returns (Series storage) {
        if (id >= _series.length) revert UnknownSeries(id);
        return _series[id];
    }

    /// @dev What traders hold, net.
    function _net(uint256 id) internal view returns (int256) {
        return uint256(_series[id].long).toInt256() - uint256(_series[id].short).toInt256();
    }

    /// @dev The vault holds the opposite of its traders.
    function _netVegaExact(OptionMark[] memory found) internal view returns (int256 exact) {
        for (uint256 i; i < found.length; ++i) {
            exact -= _net(found[i].id) * found[i].vega.toInt256();
        }
    }

    function _part(int256 size, bool long) private pure returns (uint256) {
        return (size > 0) == long ? size.abs() : 0;
    }

    /// @dev The live series without those that have expired and that nobody holds.
    function _forgetDead() private view returns (uint256 live) {
        live = _liveSeries;
        for (uint256 rest = live & ~openSeries; rest != 0; rest &= rest - 1) {
            uint256 id = rest.ffs();
            if (_series[id].expiry <= block.timestamp) live &= ~(1 << id);
        }
    }
}
