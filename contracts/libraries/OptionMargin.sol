// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {OptionParameters} from "../types/OptionTypes.sol";

/// @title Margin of one option position by itself, and the fee of a trade
library OptionMargin {
    using FixedPointMathLib for uint256;

    /// @notice Margin of a writer, per option, rounded up.
    /// @dev Deribit's standard rule. It is stated there against cash and adds the mark; here equity
    /// already carries the mark as a debt, so the mark is left out and the rule says the same:
    ///
    ///     call  initial = max(initialRatio S - OTM, initialFloor S), maintenance = ratio S
    ///     put   maintenance = max(ratio S, ratio mark), initial = max(as above, maintenance)
    ///
    /// OTM is how far the option is out of the money. Worked number: a call on 3 000 struck at
    /// 3 300, 15 %, 10 % and 7.5 %: 450 - 300 = 150 is below 300, so 300 and 225 USD.
    /// @param p The market's parameters.
    /// @param isCall Call or put.
    /// @param spot WAD USD.
    /// @param strike WAD USD.
    /// @param mark WAD USD.
    /// @return initial WAD USD.
    /// @return maintenance WAD USD.
    function ofWriterUp(
        OptionParameters storage p,
        bool isCall,
        uint256 spot,
        uint256 strike,
        uint256 mark
    ) internal view returns (uint256 initial, uint256 maintenance) {
        uint256 out = isCall ? strike.zeroFloorSub(spot) : spot.zeroFloorSub(strike);
        initial = spot.mulWadUp(p.initialRatio).zeroFloorSub(out).max(
            spot.mulWadUp(p.initialFloor)
        );
        uint256 base = isCall ? spot : spot.max(mark);
        maintenance = base.mulWadUp(p.maintenanceRatio);
        initial = initial.max(maintenance);
    }

    /// @notice The fee of a trade, rounded up.
    /// @dev min(notional * feeRatio, premium * feeCap). Worked number: 10 options on 3 000 at
    /// 273.90: 3 bp of 30 000 is 9 USD, 12.5 % of 2 739 is 342: 9 USD.
    function tradeFeeUp(
        OptionParameters storage p,
        uint256 size,
        uint256 spot,
        uint256 premium
    ) internal view returns (uint256) {
        return size.mulWadUp(spot).mulWadUp(p.feeRatio).min(premium.mulWadUp(p.feeCap));
    }

    /// @notice The fee for using up the vault's room for vega, rounded up.
    /// @dev vegaFee * sigma * |net vega after| / capital * size (Lyra's form). Worked number: 10
    /// options bring net vega to 34 000 USD at 80 % before a capital of 4 million: utilisation
    /// 0.0068, at 100 USD 0.68 an option, 6.80 USD.
    /// @param p The market's parameters.
    /// @param size Options, WAD.
    /// @param volatility WAD.
    /// @param netAfter The vault's net vega after the trade, WAD USD.
    /// @param capital The vault's, WAD USD, more than zero.
    function vegaFeeUp(
        OptionParameters storage p,
        uint256 size,
        uint256 volatility,
        int256 netAfter,
        uint256 capital
    ) internal view returns (uint256) {
        uint256 used = volatility.mulWadUp(FixedPointMathLib.abs(netAfter));
        return size.mulWadUp(used.mulDivUp(p.vegaFee, capital));
    }
}
