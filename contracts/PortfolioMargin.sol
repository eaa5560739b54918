// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeCastLib} from "solady/src/utils/SafeCastLib.sol";
import {IClearingHouse} from "./interfaces/IClearingHouse.sol";
import {IMarginModel} from "./interfaces/IMarginModel.sol";
import {IOracleHub} from "./interfaces/IOracleHub.sol";
import {IPortfolioMargin} from "./interfaces/IPortfolioMargin.sol";
import {IProduct} from "./interfaces/IProduct.sol";
import {IVolSurface} from "./interfaces/IVolSurface.sol";
import {Bounds} from "./libraries/Bounds.sol";
import {Scenarios} from "./libraries/Scenarios.sol";
import {OptionKey, ScenarioParameters} from "./types/OptionTypes.sol";
import {Leg, LegKind, Tolerance} from "./types/Types.sol";

/// @title Scenario margin over all perpetuals and options of an account
/// @notice Each asset's positions are revalued together; assets do not offset each other.
contract PortfolioMargin is IPortfolioMargin, Ownable2Step {
    using FixedPointMathLib for uint256;
    using SafeCastLib for uint256;
    using Scenarios for Scenarios.Portfolio;

    uint256 private constant WAD = 1e18;
    uint256 private constant MAX_LEGS = 12;

    IClearingHouse private immutable HOUSE;
    IOracleHub private immutable ORACLE;

    /// @inheritdoc IPortfolioMargin
    mapping(bytes32 asset => address surface) public surfaceOf;
    /// @inheritdoc IPortfolioMargin
    bool public capped;

    ScenarioParameters private _parameters;

    /// @param house The ledger.
    /// @param oracle Where spot comes from.
    /// @param parameters_ The model's parameters.
    constructor(
        IClearingHouse house,
        IOracleHub oracle,
        ScenarioParameters memory parameters_
    ) Ownable(msg.sender) {
        HOUSE = house;
        ORACLE = oracle;
        _setParameters(parameters_);
    }

    // --- Owner --- //

    /// @inheritdoc IPortfolioMargin
    function setSurface(bytes32 asset, address surface) external onlyOwner {
        surfaceOf[asset] = surface;
        emit SurfaceSet(asset, surface);
    }

    /// @inheritdoc IPortfolioMargin
    function setParameters(ScenarioParameters calldata parameters_) external onlyOwner {
        _setParameters(parameters_);
    }

    /// @inheritdoc IPortfolioMargin
    function setCapped(bool capped_) external onlyOwner {
        capped = capped_;
        emit CappedSet(capped_);
    }

    // --- Reads --- //

    /// @inheritdoc IMarginModel
    /// @dev Capped, the lesser of scenarios and isolated sum. Worked number: a lone perpetual long at
    /// 3 000 needs 600 and 750 USD by scenarios, 90 and about 150 by its market: 90 and 150.
    function marginOf(
        address account,
        Tolerance tolerance,
        uint256 isolatedInitial,
        uint256 isolatedMaintenance
    ) external view returns (uint256 initial, uint256 maintenance) {
        (initial, maintenance) = requirement(account, tolerance);
        if (capped) {
            initial = initial.min(isolatedInitial);
            maintenance = maintenance.min(isolatedMaintenance);
        }
    }

    /// @inheritdoc IPortfolioMargin
    function scenarios(
        address account,
        bytes32 asset,
        Tolerance tolerance
    ) external view returns (int256[18] memory pnl) {
        ScenarioParameters memory p = _parameters;
        return _portfolio(_legs(account), asset, tolerance, p).outcomes(p);
    }

    /// @inheritdoc IPortfolioMargin
    function parameters() external view returns (ScenarioParameters memory) {
        return _parameters;
    }

    /// @inheritdoc IPortfolioMargin
    /// @dev Per asset max(0, -worst scenario) + nakedRatio * S * (net short calls + net short
    /// puts); initial is that times initialFactor. Worked number: one perpetual long at 3 000
    /// hedged by nothing loses 600 at -20 %: maintenance 600, initial 750 USD. Hedged by a long
    /// put struck at 3 000 it cannot lose more than the put's value.
    function requirement(
        address account,
        Tolerance tolerance
    ) public view returns (uint256 initial, uint256 maintenance) {
        Leg[] memory legs = _legs(account);
        ScenarioParameters memory p = _parameters;
        for (uint256 i; i < legs.length; ++i) {
            if (_seenBefore(legs, i)) continue;
            Scenarios.Portfolio memory portfolio = _portfolio(legs, legs[i].asset, tolerance, p);
            maintenance += Scenarios.worstUp(portfolio.outcomes(p)) + portfolio.nakedUp(p);
        }
        initial = maintenance.mulWadUp(p.initialFactor);
    }

    // --- Internal --- //

    /// @dev The legs of all products in which the account is active.
    function _legs(address account) private view returns (Leg[] memory all) {
        uint256 bitmap = HOUSE.activeProducts(account);
        address[] memory products = HOUSE.products();
        Leg[][] memory byProduct = new Leg[][](products.length);
        uint256 count;
        for (uint256 i; i < products.length; ++i) {
            if (bitmap & (1 << i) == 0) continue;
            byProduct[i] = IProduct(products[i]).legs(account);
            count += byProduct[i].length;
        }
        if (count > MAX_LEGS) revert TooManyLegs(account, count, MAX_LEGS);
        all = new Leg[](count);
        for (uint256 i = products.length; i > 0; --i) {
            for (uint256 j = byProduct[i - 1].length; j > 0; --j) {
                all[--count] = byProduct[i - 1][j - 1];
            }
        }
    }

    function _seenBefore(Leg[] memory legs, uint256 index) private pure returns (bool) {
        for (uint256 i; i < index; ++i) {
            if (legs[i].asset == legs[index].asset) return true;
        }
        return false;
    }

    /// @dev One asset's legs with today's volatility and what it is shocked to.
    function _portfolio(
        Leg[] memory legs,
        bytes32 asset,
        Tolerance tolerance,
        ScenarioParameters memory p
    ) private view returns (Scenarios.Portfolio memory portfolio) {
        uint256 count;
        OptionKey[] memory keys = new OptionKey[](legs.length);
        Leg[] memory options = new Leg[](legs.length);
        bool ahead;
        for (uint256 i; i < legs.length; ++i) {
            if (legs[i].asset != asset) continue;
            if (legs[i].kind == LegKind.Perp) {
                portfolio.perpSize += legs[i].size;
            } else {
                options[count] = legs[i];
                keys[count] = OptionKey(legs[i].strike, legs[i].expiry);
                ++count;
                ahead = ahead || legs[i].expiry > block.timestamp;
            }
        }
        portfolio.spot = ORACLE.price(asset, tolerance);
        portfolio.options = new Scenarios.Option[](count);
        if (count == 0) return portfolio;
        uint256[] memory volatilities = new uint256[](legs.length);
        if (ahead) (volatilities, portfolio.rate) = _ask(asset, portfolio.spot, keys, tolerance);
        for (uint256 i; i < count; ++i) {
            portfolio.options[i] = Scenarios.shocked(
                options[i],
                volatilities[i],
                portfolio.spot,
                portfolio.rate,
                p
            );
        }
    }

    function _ask(
        bytes32 asset,
        uint256 spot,
        OptionKey[] memory keys,
        Tolerance tolerance
    ) private view returns (uint256[] memory, uint256) {
        address surface = surfaceOf[asset];
        if (surface == address(0)) revert NoSurface(asset);
        // Unused places ask for a strike at the money: any point of the surface will do.
        for (uint256 i; i < keys.length; ++i) {
            if (keys[i].strike == 0) keys[i].strike = spot;
        }
        return IVolSurface(surface).volatilities(spot, keys, tolerance);
    }

    function _setParameters(ScenarioParameters memory p) private {
        Bounds.check("spotStep", p.spotStep, 1, 0.2e18);
        Bounds.check("volatilityUp", p.volatilityUp, 0, 5 * WAD);
        Bounds.check("volatilityDown", p.volatilityDown, 0, WAD);
        Bounds.check("shortPower", p.shortPower, 0, WAD);
        Bounds.check("longPower", p.longPower, 0, WAD);
        Bounds.check("tailDown", p.tailDown, 0, 0.99e18);
        Bounds.check("tailUp", p.tailUp, 0, 10 * WAD);
        Bounds.check("tailWeight", p.tailWeight, 0, WAD);
        Bounds.check("nakedRatio", p.nakedRatio, 0, WAD);
        Bounds.check("initialFactor", p.initialFactor, WAD, 5 * WAD);
        _parameters = p;
        emit ScenarioParametersSet(p);
    }
}
