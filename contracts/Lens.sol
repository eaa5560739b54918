// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IClearingHouse} from "./interfaces/IClearingHouse.sol";
import {ILens} from "./interfaces/ILens.sol";
import {ILiquidationEngine} from "./interfaces/ILiquidationEngine.sol";
import {IOracleHub} from "./interfaces/IOracleHub.sol";
import {IPerpMarket} from "./interfaces/IPerpMarket.sol";
import {Position, Tolerance} from "./types/Types.sol";

/// @title Batched reads for the harness
contract Lens is ILens {
    IClearingHouse private immutable HOUSE;
    IOracleHub private immutable ORACLE;
    ILiquidationEngine private immutable ENGINE;

    /// @param house The ledger.
    /// @param oracle Where prices come from.
    /// @param engine The liquidation engine.
    constructor(IClearingHouse house, IOracleHub oracle, ILiquidationEngine engine) {
        HOUSE = house;
        ORACLE = oracle;
        ENGINE = engine;
    }

    /// @inheritdoc ILens
    function health(
        address[] calldata accounts
    )
        external
        view
        returns (
            int256[] memory equity,
            uint256[] memory maintenance,
            uint256[] memory initial,
            int256[] memory cash
        )
    {
        equity = new int256[](accounts.length);
        maintenance = new uint256[](accounts.length);
        initial = new uint256[](accounts.length);
        cash = new int256[](accounts.length);
        for (uint256 i; i < accounts.length; ++i) {
            (equity[i], initial[i], maintenance[i]) = HOUSE.status(accounts[i], Tolerance.Any);
            cash[i] = HOUSE.cashOf(accounts[i]);
        }
    }

    /// @inheritdoc ILens
    function positions(
        address[] calldata accounts,
        address market_
    )
        external
        view
        returns (int256[] memory size, uint256[] memory entryPrice, int256[] memory entryFunding)
    {
        size = new int256[](accounts.length);
        entryPrice = new uint256[](accounts.length);
        entryFunding = new int256[](accounts.length);
        for (uint256 i; i < accounts.length; ++i) {
            Position memory position = IPerpMarket(market_).positionOf(accounts[i]);
            size[i] = position.size;
            entryPrice[i] = position.entryPrice;
            entryFunding[i] = position.entryFunding;
        }
    }

    /// @inheritdoc ILens
    function market(address market_) external view returns (MarketReport memory report) {
        IPerpMarket perp = IPerpMarket(market_);
        (report.price, report.observedAt, report.roundId) = ORACLE.peek(perp.asset());
        report.skew = perp.skew();
        report.totalSize = perp.totalSize();
        (report.longSize, report.shortSize) = perp.openInterest();
        (report.fundingRate, report.fundingAccumulator) = perp.accruedFunding(report.price);
        report.debtCorrection = perp.debtCorrection();
        report.marketDebt = perp.marketDebt();
        (report.windowUsed, report.windowCap, ) = ENGINE.window(market_);
    }

    /// @inheritdoc ILens
    function solvency() external view returns (SolvencyReport memory report) {
        report.tokenBalance = IERC20(HOUSE.settlementToken()).balanceOf(address(HOUSE));
        report.totalCash = HOUSE.totalCash();
        report.recordedDeficit = HOUSE.recordedDeficit();
        report.fundCash = HOUSE.cashOf(HOUSE.insuranceFund());
        report.counterpartyCash = HOUSE.cashOf(HOUSE.counterparty());
        (report.counterpartyEquity, report.counterpartyLocked) = HOUSE.counterpartyStatus(
            HOUSE.counterparty(),
            Tolerance.Any
        );
        report.exchangeRate = HOUSE.exchangeRate();
        report.gatedUntil = HOUSE.gatedUntil();
    }
}
