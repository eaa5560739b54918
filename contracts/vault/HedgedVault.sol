// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeCastLib} from "solady/src/utils/SafeCastLib.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IDeltaSource} from "../interfaces/IDeltaSource.sol";
import {IHedgedVault} from "../interfaces/IHedgedVault.sol";
import {IOracleHub} from "../interfaces/IOracleHub.sol";
import {IPerpMarket} from "../interfaces/IPerpMarket.sol";
import {Bounds} from "../libraries/Bounds.sol";
import {Tolerance} from "../types/Types.sol";
import {HedgeParameters, VaultParameters} from "../types/VaultTypes.sol";
import {LPVault} from "./LPVault.sol";

/// @title A vault that hedges its delta in perpetual futures
contract HedgedVault is IHedgedVault, LPVault {
    using FixedPointMathLib for int256;
    using FixedPointMathLib for uint256;
    using SafeCastLib for uint256;

    /// @notice What is hedged in a market.
    struct Hedge {
        /// Where delta comes from.
        IDeltaSource source;
        /// Seconds.
        uint64 hedgedAt;
        /// How.
        HedgeParameters parameters;
    }

    uint256 private constant MAX_INTERVAL = 7 days;
    uint256 private constant MAX_TRADE = 1e36;

    IOracleHub private immutable ORACLE;

    mapping(IPerpMarket market => Hedge hedge) private _hedges;

    /// @param house The ledger; this vault becomes one of its counterparties.
    /// @param oracle Where prices come from.
    /// @param name_ Name of the share token.
    /// @param symbol_ Symbol of the share token.
    /// @param parameters_ The vault's parameters.
    constructor(
        IClearingHouse house,
        IOracleHub oracle,
        string memory name_,
        string memory symbol_,
        VaultParameters memory parameters_
    ) LPVault(house, name_, symbol_, parameters_) {
        ORACLE = oracle;
    }

    // --- Hedging --- //

    /// @inheritdoc IHedgedVault
    /// @dev Worked number: traders bought calls of 40 units of delta, so the vault has -40 and its
    /// target is 40; with 10 held and a cap of 25 it buys 25, with a slippage of 1 % at 3 000 for at
    /// most 3 030 each.
    function hedge(IPerpMarket market) external nonReentrant returns (int256 executed) {
        Hedge storage h = _hedges[market];
        int256 target = hedgeTarget(market);
        int256 size = market.positionOf(address(this)).size;
        uint256 dueAt = hedgeDueAt(market);
        // slither-disable-next-line incorrect-equality -- the target is exactly zero below the dust limit
        bool unwinds = target == 0 && size != 0;
        if (block.timestamp < dueAt && !unwinds) revert HedgedTooEarly(dueAt);
        h.hedgedAt = uint64(block.timestamp);

        uint256 price = ORACLE.price(market.asset(), Tolerance.Default);
        int256 cap = h.parameters.maxTrade.toInt256();
        executed = (target - size).clamp(-cap, cap);
        // What the market would refuse as dust is closed at once.
        if (_isDust(market, size + executed, price)) executed = -size;
        emit VaultHedged(address(market), target, executed, block.timestamp.zeroFloorSub(dueAt));
        // slither-disable-next-line incorrect-equality -- there is exactly nothing to trade
        if (executed == 0) return 0;
        uint256 slippage = price.mulWad(h.parameters.maxSlippage);
        // slither-disable-next-line unused-return -- the limit bounds the fill price
        market.trade(executed, executed > 0 ? price + slippage : price - slippage);
    }

    // --- Owner --- //

    /// @inheritdoc IHedgedVault
    function setHedge(
        IPerpMarket market,
        IDeltaSource source,
        HedgeParameters calldata p
    ) external onlyOwner {
        if (!HOUSE.isProduct(address(market)) || address(source) == address(0)) {
            revert NothingToHedge(address(market));
        }
        Bounds.check("interval", p.interval, 1, MAX_INTERVAL);
        Bounds.check("maxTrade", p.maxTrade, 1, MAX_TRADE);
        Bounds.check("maxSlippage", p.maxSlippage, 0, 0.5e18);
        Hedge storage h = _hedges[market];
        if (address(h.source) == address(0)) h.hedgedAt = uint64(block.timestamp);
        h.source = source;
        h.parameters = p;
        emit HedgeSet(address(market), source, p);
    }

    // --- Reads --- //

    /// @inheritdoc IHedgedVault
    function hedgeOf(
        IPerpMarket market
    )
        external
        view
        returns (IDeltaSource source, uint256 hedgedAt, HedgeParameters memory parameters_)
    {
        Hedge storage h = _hedges[market];
        return (h.source, h.hedgedAt, h.parameters);
    }

    /// @inheritdoc IHedgedVault
    function hedgeTarget(IPerpMarket market) public view returns (int256 target) {
        IDeltaSource source = _hedges[market].source;
        if (address(source) == address(0)) revert NothingToHedge(address(market));
        target = -source.netDelta(Tolerance.Default);
        uint256 price = ORACLE.price(market.asset(), Tolerance.Default);
        if (_isDust(market, target, price)) return 0;
    }

    /// @inheritdoc IHedgedVault
    function hedgeDueAt(IPerpMarket market) public view returns (uint256) {
        Hedge storage h = _hedges[market];
        return h.hedgedAt + h.parameters.interval;
    }

    // --- Internal --- //

    function _isDust(IPerpMarket market, int256 size, uint256 price) private view returns (bool) {
        return size.abs().mulWad(price) < market.parameters().minNotional;
    }
}
