// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Winners close against a bankrupt account
/// @notice A bankrupt account's position is closed at its bankruptcy price, the price at which its
/// equity is zero, against positions of the opposite side that show a profit even there. The call
/// names the candidates; what it does to them is checked on chain, in their order or in proportion.
/// That none better was left out is checked against the nominees: of each market and side the four
/// best winners that anybody pointed out, kept by rank. A call that passes over one of them, though
/// it could be taken, is refused.
interface IAutoDeleverager {
    /// @notice Whose positions go first.
    enum Rule {
        Queue,
        ProRata
    }

    /// @notice A winner's position was reduced.
    /// @param account The bankrupt account.
    /// @param counterparty The winner.
    /// @param market The market.
    /// @param size Size closed on both sides, WAD units.
    /// @param bankruptcyPrice Price of both closes, WAD USD.
    /// @param rank Profit times leverage of the winner before, WAD USD.
    /// @param keeper Who called.
    event Deleveraged(
        address indexed account,
        address indexed counterparty,
        address indexed market,
        uint256 size,
        uint256 bankruptcyPrice,
        uint256 rank,
        address keeper
    );

    /// @notice A winner was pointed out, and is among the four best known.
    /// @param market The market.
    /// @param account The winner.
    /// @param rank Profit times leverage, WAD USD.
    event Nominated(address indexed market, address indexed account, uint256 rank);

    /// @notice The rule changed.
    event RuleSet(Rule rule);

    /// @notice The account does not wait for deleveraging, or its debt is covered.
    error NotWaiting(address account);
    /// @notice The account has no position in that market.
    error NoPosition(address account, address market);
    /// @notice No candidates, or more than one call may name.
    error CandidateCount(uint256 count, uint256 limit);
    /// @notice A candidate is on the same side, flat, or the bankrupt account itself.
    error NotOpposite(address candidate);
    /// @notice A candidate would lose against its entry at the bankruptcy price.
    error NotProfitable(address candidate, int256 profit);
    /// @notice A candidate stands behind one that ranks lower, or in proportion, of a higher address.
    error OutOfOrder(address candidate, uint256 key, uint256 before);
    /// @notice A candidate would end below its maintenance margin.
    error CandidateBelowMaintenance(address candidate, int256 equity, uint256 maintenance);
    /// @notice A nominee that ranks above the last winner taken was left out.
    error BetterLeftOut(address nominee, uint256 rank, uint256 lowest);
    /// @notice All places are taken by nominees that rank no lower.
    error NotBetter(address account, uint256 rank, uint256 lowest);
    /// @notice Accounts under scenario margin are not nominated: reading them costs too much.
    error NotJudged(address account);
    /// @notice The two sides did not shrink by the same size.
    error OpenInterestUneven(int256 skewBefore, int256 skewAfter);

    /// @notice Close a bankrupt account's position against candidates at the strict price. Anyone
    /// may call.
    /// @param account The bankrupt account; it must wait, see `ILossWaterfall.open`.
    /// @param market A market it has a position in.
    /// @param candidates At most 10 winners; in the queue the highest rank first, in
    /// proportion by ascending address.
    /// @return closed Size closed on both sides, WAD units.
    function deleverage(
        address account,
        address market,
        address[] calldata candidates
    ) external returns (uint256 closed);

    /// @notice Point out a winner that a deleveraging must not pass over. Anyone may call, at any
    /// time; it takes the place of the weakest of four where there is no other.
    /// @param account The winner.
    /// @param market A market it has a position in.
    function nominate(address account, address market) external;

    /// @notice Set the rule.
    function setRule(Rule rule_) external;

    /// @notice The rule.
    function rule() external view returns (Rule);

    /// @notice The winners pointed out on one side of a market, in no order.
    function nominees(address market, bool long) external view returns (address[] memory);

    /// @notice The price at which a waiting account's equity would be zero, were `left` its whole
    /// shortfall and each market's part of it its part of maintenance margin.
    /// @param account The account.
    /// @param market The market.
    /// @param left Shortfall, WAD USD.
    /// @return WAD USD; rounded in the bankrupt account's favour.
    function bankruptcyPrice(
        address account,
        address market,
        uint256 left
    ) external view returns (uint256);

    /// @notice Profit times leverage of an account's position, WAD USD; zero without profit.
    function rankOf(address account, address market) external view returns (uint256);
}
