// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeCastLib} from "solady/src/utils/SafeCastLib.sol";
import {OptionInputs, ScenarioParameters} from "../types/OptionTypes.sol";
import {Leg, LegKind} from "../types/Types.sol";
import {BlackScholes} from "./BlackScholes.sol";
import {SignedRounding} from "./SignedRounding.sol";

/// @title What one asset's positions gain or lose when spot and volatility move at once
/// @notice The form is that of Derive's portfolio margin (after SPAN), with sixteen scenarios: spot
/// up and down by one to four steps, each with volatility up and down, and two tails of spot alone
/// whose outcome is dampened.
library Scenarios {
    using FixedPointMathLib for int256;
    using FixedPointMathLib for uint256;
    using SafeCastLib for uint256;
    using SignedRounding for int256;

    /// @notice An option reduced to what its price under a scenario is made of.
    struct Option {
        /// Signed options, WAD.
        int256 size;
        /// Call or put.
        bool isCall;
        /// K exp(-rT), WAD USD.
        uint256 strike;
        /// ln(S / K) + rT at today's spot, WAD.
        int256 drift;
        /// sigma sqrt(T) at today's volatility, raised and lowered; WAD, zero after expiry.
        uint256[3] deviations;
        /// Today's price, WAD USD.
        uint256 mark;
    }

    /// @notice One asset's positions.
    struct Portfolio {
        /// WAD USD.
        uint256 spot;
        /// WAD per year.
        uint256 rate;
        /// Sum of the perpetuals' signed sizes, WAD.
        int256 perpSize;
        /// The options.
        Option[] options;
    }

    int256 private constant WAD = 1e18;
    uint256 private constant STEPS = 4;
    uint256 private constant MIN_VOLATILITY = 0.01e18;
    uint256 private constant MAX_VOLATILITY = 100e18;

    /// @notice An option made ready for all scenarios.
    /// @dev With h = (30 days / max(T, 1 day))^power: raised = sigma (1 + up h), lowered = sigma
    /// max(0, 1 - down h). Worked number: 80 %, 7 days, up 60 %, down 30 %, power 0.3:
    /// h = 1.547420, raised 154.28 %, lowered 42.86 %.
    /// @param leg The option.
    /// @param volatility Today, WAD; not used after expiry.
    /// @param spot WAD USD.
    /// @param rate WAD per year.
    /// @param p The model's parameters.
    function shocked(
        Leg memory leg,
        uint256 volatility,
        uint256 spot,
        uint256 rate,
        ScenarioParameters memory p
    ) internal view returns (Option memory o) {
        o.size = leg.size;
        o.isCall = leg.kind == LegKind.Call;
        o.strike = leg.strike;
        if (leg.expiry > block.timestamp) {
            uint256 left = leg.expiry - block.timestamp;
            uint256 root;
            (o.strike, o.drift, root) = BlackScholes.reduced(
                OptionInputs(spot, leg.strike, volatility, left, rate)
            );
            uint256 h = _term(left, left > 30 days ? p.longPower : p.shortPower);
            uint256 up = uint256(WAD) + p.volatilityUp.mulWad(h);
            uint256 down = uint256(WAD).zeroFloorSub(p.volatilityDown.mulWad(h));
            o.deviations[0] = volatility.mulWad(root);
            o.deviations[1] = volatility.mulWad(up).min(MAX_VOLATILITY).mulWad(root);
            o.deviations[2] = volatility.mulWad(down).max(MIN_VOLATILITY).mulWad(root);
        }
        o.mark = _price(o, spot, o.drift, 0);
    }

    /// @notice Gain or loss under every scenario, rounded down.
    function outcomes(
        Portfolio memory a,
        ScenarioParameters memory p
    ) internal pure returns (int256[18] memory pnl) {
        for (uint256 step; step < STEPS; ++step) {
            int256 move = (p.spotStep * (step + 1)).toInt256();
            pnl[4 * step] = _outcome(a, move, 1);
            pnl[4 * step + 1] = _outcome(a, move, 2);
            pnl[4 * step + 2] = _outcome(a, -move, 1);
            pnl[4 * step + 3] = _outcome(a, -move, 2);
        }
        int256 weight = p.tailWeight.toInt256();
        pnl[16] = (_outcome(a, -p.tailDown.toInt256(), 0) * weight).divDown(WAD);
        pnl[17] = (_outcome(a, p.tailUp.toInt256(), 0) * weight).divDown(WAD);
    }

    /// @notice The worst loss among outcomes; zero where none is a loss.
    function worstUp(int256[18] memory pnl) internal pure returns (uint256) {
        int256 worst;
        for (uint256 i; i < pnl.length; ++i) worst = worst.min(pnl[i]);
        return uint256(-worst);
    }

    /// @notice Margin of options sold beyond those bought, calls and puts apart, rounded up.
    function nakedUp(
        Portfolio memory a,
        ScenarioParameters memory p
    ) internal pure returns (uint256) {
        int256 calls;
        int256 puts;
        for (uint256 i; i < a.options.length; ++i) {
            if (a.options[i].isCall) calls += a.options[i].size;
            else puts += a.options[i].size;
        }
        uint256 naked = uint256(-calls.min(0)) + uint256(-puts.min(0));
        return naked.mulWadUp(a.spot).mulWadUp(p.nakedRatio);
    }

    /// @param move Of spot, WAD ratio above -1.
    /// @param kind 0 for today's volatility, 1 for raised, 2 for lowered.
    function _outcome(
        Portfolio memory a,
        int256 move,
        uint256 kind
    ) private pure returns (int256 exact) {
        int256 change = (a.spot.toInt256() * move) / WAD;
        uint256 spot = uint256(a.spot.toInt256() + change);
        int256 drift = FixedPointMathLib.lnWad(WAD + move);
        exact = a.perpSize * change;
        unchecked {
            // Sizes are below 2^127 and prices below 1e30: twelve products are below 1e70.
            uint256 count = a.options.length;
            for (uint256 i; i < count; ++i) {
                Option memory o = a.options[i];
                uint256 price = _price(o, spot, o.drift + drift, kind);
                exact += o.size * (int256(price) - int256(o.mark));
            }
        }
        return exact.divDown(WAD);
    }

    function _price(
        Option memory o,
        uint256 spot,
        int256 drift,
        uint256 kind
    ) private pure returns (uint256 price) {
        price = BlackScholes.callOf(spot, o.strike, drift, o.deviations[kind]);
        unchecked {
            // A call is worth at least S - k.
            if (!o.isCall) price = price + o.strike - spot;
        }
    }

    /// @dev (30 days / max(T, 1 day))^power.
    function _term(uint256 secondsLeft, uint256 power) private pure returns (uint256) {
        uint256 term = uint256(30 days).divWad(secondsLeft.max(1 days));
        return uint256(FixedPointMathLib.powWad(term.toInt256(), power.toInt256()));
    }
}
