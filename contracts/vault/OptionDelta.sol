// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {SafeCastLib} from "solady/src/utils/SafeCastLib.sol";
import {IDeltaSource} from "../interfaces/IDeltaSource.sol";
import {IOptionMarket} from "../interfaces/IOptionMarket.sol";
import {OptionMark, Series} from "../types/OptionTypes.sol";
import {Tolerance} from "../types/Types.sol";

/// @title The delta of whoever stands behind an option market
contract OptionDelta is IDeltaSource {
    using SafeCastLib for uint256;

    int256 private constant WAD = 1e18;

    IOptionMarket private immutable MARKET;

    /// @param market The option market.
    constructor(IOptionMarket market) {
        MARKET = market;
    }

    /// @inheritdoc IDeltaSource
    /// @dev Minus the sum over open series of (long - short) * delta. The loop is over series, of
    /// which a market has a bounded number. Worked number: traders hold 40 calls of delta 0.5 more
    /// than they wrote: the vault has -20.
    function netDelta(Tolerance tolerance) external view returns (int256) {
        // slither-disable-next-line unused-return -- the spot price is not needed
        (OptionMark[] memory marks, ) = MARKET.marks(MARKET.openSeries(), tolerance);
        // slither-disable-next-line uninitialized-local -- a sum starts from zero
        int256 exact;
        for (uint256 i; i < marks.length; ++i) {
            if (marks[i].settled) continue;
            Series memory series = MARKET.seriesOf(marks[i].id);
            int256 net = uint256(series.long).toInt256() - uint256(series.short).toInt256();
            exact -= net * marks[i].delta;
        }
        return exact / WAD;
    }
}
