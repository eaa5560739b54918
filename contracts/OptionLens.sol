// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeCastLib} from "solady/src/utils/SafeCastLib.sol";
import {IClearingHouse} from "./interfaces/IClearingHouse.sol";
import {IOptionLens} from "./interfaces/IOptionLens.sol";
import {IOptionMarket} from "./interfaces/IOptionMarket.sol";
import {IPerpMarket} from "./interfaces/IPerpMarket.sol";
import {IVolSurface} from "./interfaces/IVolSurface.sol";
import {BlackScholes} from "./libraries/BlackScholes.sol";
import {Greeks, OptionInputs, OptionMark, Series} from "./types/OptionTypes.sol";
import {Tolerance} from "./types/Types.sol";

/// @title Greeks, positions and the vault, in batches
contract OptionLens is IOptionLens {
    using SafeCastLib for uint256;

    int256 private constant WAD = 1e18;

    IClearingHouse private immutable HOUSE;

    /// @param house The ledger.
    constructor(IClearingHouse house) {
        HOUSE = house;
    }

    /// @inheritdoc IOptionLens
    function series(
        address market,
        uint256 from,
        uint256 count
    ) external view returns (SeriesReport[] memory reports) {
        uint256 listed = IOptionMarket(market).seriesCount();
        uint256 to = FixedPointMathLib.min(from + count, listed);
        if (from >= to) return reports;
        uint256 bits;
        for (uint256 id = from; id < to; ++id) bits |= 1 << id;
        return _reports(IOptionMarket(market), bits);
    }

    /// @inheritdoc IOptionLens
    function greeks(
        address market,
        address perpetual,
        address[] calldata accounts
    ) external view returns (BookGreeks[] memory books) {
        IOptionMarket options = IOptionMarket(market);
        SeriesReport[] memory reports = _reports(options, options.openSeries());
        books = new BookGreeks[](accounts.length);
        for (uint256 i; i < accounts.length; ++i) {
            for (uint256 j; j < reports.length; ++j) {
                _add(books[i], reports[j], options.sizeOf(accounts[i], reports[j].id));
            }
            _scale(books[i]);
            books[i].delta += _perpetualSize(perpetual, accounts[i]);
        }
    }

    /// @inheritdoc IOptionLens
    function positions(
        address market,
        address[] calldata accounts,
        uint256[] calldata ids
    ) external view returns (int256[][] memory sizes) {
        sizes = new int256[][](accounts.length);
        for (uint256 i; i < accounts.length; ++i) {
            sizes[i] = new int256[](ids.length);
            for (uint256 j; j < ids.length; ++j) {
                sizes[i][j] = IOptionMarket(market).sizeOf(accounts[i], ids[j]);
            }
        }
    }

    /// @inheritdoc IOptionLens
    function vault(
        address market,
        address perpetual
    ) external view returns (VaultReport memory report) {
        IOptionMarket options = IOptionMarket(market);
        address backer = HOUSE.counterpartyOf(market);
        (report.equity, report.locked) = HOUSE.counterpartyStatus(backer, Tolerance.Any);
        (report.debt, ) = options.exposure(Tolerance.Any);
        SeriesReport[] memory reports = _reports(options, options.openSeries());
        for (uint256 i; i < reports.length; ++i) {
            SeriesReport memory r = reports[i];
            _add(report.greeks, r, r.short.toInt256() - r.long.toInt256());
        }
        _scale(report.greeks);
        report.greeks.delta += _perpetualSize(perpetual, backer);
    }

    // --- Internal --- //

    function _reports(
        IOptionMarket market,
        uint256 bits
    ) private view returns (SeriesReport[] memory reports) {
        (OptionMark[] memory marks, uint256 spot) = market.marks(bits, Tolerance.Any);
        uint256 rate = IVolSurface(market.surface()).state().rate;
        reports = new SeriesReport[](marks.length);
        for (uint256 i; i < marks.length; ++i) {
            SeriesReport memory r = reports[i];
            Series memory s = market.seriesOf(marks[i].id);
            r.id = marks[i].id;
            (r.strike, r.expiry, r.isCall) = (s.strike, s.expiry, s.isCall);
            (r.long, r.short) = (s.long, s.short);
            (r.price, r.settled) = (marks[i].price, marks[i].settled);
            (r.delta, r.vega) = (marks[i].delta, marks[i].vega);
            r.volatility = marks[i].volatility;
            if (r.volatility == 0) continue;
            Greeks memory g = BlackScholes.greeks(
                OptionInputs(spot, r.strike, r.volatility, r.expiry - block.timestamp, rate)
            );
            r.gamma = g.gamma;
            r.theta = r.isCall ? g.callTheta : g.putTheta;
        }
    }

    function _add(BookGreeks memory book, SeriesReport memory r, int256 size) private pure {
        if (size == 0) return;
        book.value += size * r.price.toInt256();
        book.delta += size * r.delta;
        book.gamma += size * r.gamma.toInt256();
        book.vega += size * r.vega.toInt256();
        book.theta += size * r.theta;
    }

    function _scale(BookGreeks memory book) private pure {
        book.value /= WAD;
        book.delta /= WAD;
        book.gamma /= WAD;
        book.vega /= WAD;
        book.theta /= WAD;
    }

    function _perpetualSize(address perpetual, address account) private view returns (int256) {
        return
            perpetual == address(0) ? int256(0) : IPerpMarket(perpetual).positionOf(account).size;
    }
}
