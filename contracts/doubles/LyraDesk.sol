// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {ILyraMarket} from "../interfaces/ILyraMarket.sol";

/// @title Sells options on Lyra v1 with all of a wallet as their collateral
/// @notice The market wants the collateral named beforehand; a trader of a testbed puts up what he
/// has. The premium goes back to the wallet.
contract LyraDesk {
    using SafeERC20 for IERC20;

    /// @notice The market.
    ILyraMarket public immutable MARKET;
    /// @notice The market's positions.
    IERC721 public immutable POSITIONS;
    /// @notice Dollars.
    IERC20 public immutable QUOTE;

    /// @param market The market.
    /// @param positions The market's positions.
    /// @param quote Dollars.
    constructor(ILyraMarket market, IERC721 positions, IERC20 quote) {
        MARKET = market;
        POSITIONS = positions;
        QUOTE = quote;
        quote.forceApprove(address(market), type(uint256).max);
    }

    /// @notice Sell options to the pool.
    /// @param strikeId Which strike.
    /// @param optionType 3 short call, 4 short put.
    /// @param amount Options, 18 decimals.
    function open(uint256 strikeId, uint8 optionType, uint256 amount) external {
        uint256 own = QUOTE.balanceOf(msg.sender);
        QUOTE.safeTransferFrom(msg.sender, address(this), own);
        ILyraMarket.Result memory result = MARKET.openPosition(
            ILyraMarket.TradeInputParameters({
                strikeId: strikeId,
                positionId: 0,
                iterations: 1,
                optionType: optionType,
                amount: amount,
                setCollateralTo: own,
                minTotalCost: 0,
                maxTotalCost: type(uint256).max
            })
        );
        POSITIONS.transferFrom(address(this), msg.sender, result.positionId);
        QUOTE.safeTransfer(msg.sender, QUOTE.balanceOf(address(this)));
    }
}
