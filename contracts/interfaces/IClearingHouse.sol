// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CashReason, Tolerance} from "../types/Types.sol";

/// @title The one ledger: cash, margin and the withdrawal gate
/// @notice Cash is int256 WAD USD per ledger account. Between deposits and withdrawals cash only
/// moves from one account to another, so the token balance equals the sum of cash minus the
/// recorded deficit, to the wei. Each event states one change of cash:
/// `Deposited` +amount * 1e12, `Withdrawn` -amount * 1e12, `CashMoved` -amount / +amount,
/// `DeficitRecorded` +amount, `DeficitRepaired` -amount.
interface IClearingHouse {
    /// @notice Tokens came in.
    /// @param account Ledger account credited with amount * 1e12.
    /// @param payer Who paid.
    /// @param amount Token units, 6 decimals.
    event Deposited(address indexed account, address indexed payer, uint256 amount);

    /// @notice Tokens went out.
    /// @param account Ledger account debited with amount * 1e12, and apart from that with `haircut`
    /// by the `DeficitRepaired` and `CashMoved` events of the same transaction.
    /// @param amount Token units paid, 6 decimals.
    /// @param haircut Cash given up beyond what was paid, WAD USD.
    event Withdrawn(address indexed account, uint256 amount, uint256 haircut);

    /// @notice Cash moved inside the ledger.
    /// @param from Debited account.
    /// @param to Credited account.
    /// @param amount WAD USD.
    /// @param reason Why.
    event CashMoved(
        address indexed from,
        address indexed to,
        uint256 amount,
        CashReason indexed reason
    );

    /// @notice A shortfall that nobody covered was written off and remembered.
    /// @param account The account whose negative cash was set to zero.
    /// @param amount WAD USD.
    /// @param total Recorded deficit afterwards, WAD USD.
    event DeficitRecorded(address indexed account, uint256 amount, uint256 total);

    /// @notice Part of the recorded deficit was paid.
    /// @param account Whose cash paid.
    /// @param amount WAD USD.
    /// @param total Recorded deficit afterwards, WAD USD.
    event DeficitRepaired(address indexed account, uint256 amount, uint256 total);

    /// @notice A product was admitted.
    /// @param product The product.
    /// @param index Its place, and its bit in `activeProducts`.
    /// @param backer Ledger account of its other side; zero for the house's counterparty.
    event ProductRegistered(address indexed product, uint256 index, address backer);
    /// @notice A vault of other collateral was admitted.
    event CollateralRegistered(address indexed vault, uint256 index);
    /// @notice An account's margin is now that of the margin model, or of the products' sum again.
    event PortfolioMarginSet(address indexed account, bool on);
    /// @notice The margin model changed.
    event MarginModelSet(address indexed model);
    /// @notice The ledger account that takes the other side of traders changed.
    event CounterpartySet(address indexed counterparty);
    /// @notice The insurance fund changed.
    event InsuranceFundSet(address indexed fund);
    /// @notice A contract may, or may no longer, act on accounts.
    event EngineSet(address indexed engine, bool allowed);
    /// @notice The length of the withdrawal gate changed, seconds.
    event GateSecondsSet(uint256 gateSeconds);

    /// @notice The caller may not do this.
    error Unauthorized(address caller);
    /// @notice An address, an amount or a duration is out of its bounds.
    error InvalidParameter();
    /// @notice The product is already registered.
    error ProductAlreadyRegistered(address product);
    /// @notice The owner has set no margin model.
    error NoMarginModel();
    /// @notice All product places are taken.
    error TooManyProducts(uint256 limit);
    /// @notice Equity is below what is required.
    error InsufficientMargin(int256 equity, uint256 required);
    /// @notice Cash is below what was asked for.
    error InsufficientCash(int256 cash, uint256 required);
    /// @notice The counterparty's capital is below what open interest locks.
    error CounterpartyCapacityExceeded(uint256 required, int256 available);
    /// @notice Withdrawals rest for a while after an uncovered deficit.
    error WithdrawalGated(uint256 deficit, int256 fund);
    /// @notice A ledger account with cash or positions cannot change its role.
    error AccountInUse(address account);

    // --- Cash --- //

    /// @notice Pay tokens into the caller's ledger account.
    /// @param amount Token units, 6 decimals.
    function deposit(uint256 amount) external;

    /// @notice Pay tokens into another ledger account, for example the insurance fund's.
    /// @param account Credited account.
    /// @param amount Token units, 6 decimals.
    function depositFor(address account, uint256 amount) external;

    /// @notice Take tokens out. With open positions equity after it must cover initial margin at a
    /// strict price; the counterparty must keep its locked capacity. While claims exceed assets
    /// each unit paid costs claims / assets units of cash.
    /// @param amount Token units, 6 decimals.
    function withdraw(uint256 amount) external;

    /// @notice Choose for the caller's account between the products' summed margins and the margin
    /// model; its equity must cover initial margin under the choice.
    /// @param on Whether the model applies.
    function setPortfolioMargin(bool on) external;

    // --- For products, engines and the fund --- //

    /// @notice Move realised profit between an account and the product's counterparty. Products
    /// only.
    /// @param account The trader.
    /// @param pnl WAD USD; positive is paid by the counterparty.
    function settle(address account, int256 pnl) external;

    /// @notice Charge a fee: the recorded deficit first, then `fundShare` of the rest to the fund,
    /// the remainder to the counterparty. Products and engines only.
    /// @param account Who pays.
    /// @param amount WAD USD.
    /// @param fundShare WAD ratio.
    /// @param reason `Fee` or `Penalty`.
    function collect(
        address account,
        uint256 amount,
        uint256 fundShare,
        CashReason reason
    ) external;

    /// @notice Move cash. Engines may move any; the fund only its own.
    function moveCash(address from, address to, uint256 amount, CashReason reason) external;

    /// @notice Set an account's negative cash to zero and remember it as deficit. Engines only.
    /// @param account The account.
    /// @return amount WAD USD written off.
    function recordDeficit(address account) external returns (uint256 amount);

    /// @notice Tell whether an account holds a position in the calling product. Products only.
    function setActive(address account, bool active) external;

    // --- Owner --- //

    /// @notice Admit a product; at most 8 with the vaults of collateral, never removed.
    /// @param product The product.
    /// @param backer Ledger account that takes its other side; zero for the house's counterparty.
    function registerProduct(address product, address backer) external;

    /// @notice Admit a vault of other collateral: its valuation raises equity, and what it holds
    /// is no position.
    function registerCollateral(address vault) external;

    /// @notice Set the ledger account that takes the other side where a product names no other.
    function setCounterparty(address counterparty_) external;

    /// @notice Set the insurance fund's ledger account.
    function setInsuranceFund(address fund) external;

    /// @notice Let a contract act on accounts, or no longer: liquidation, auctions, deleveraging,
    /// delayed orders.
    function setEngine(address engine, bool allowed) external;

    /// @notice Set the model of accounts that chose portfolio margin.
    function setMarginModel(address model) external;

    /// @notice Set how long withdrawals rest after an uncovered deficit, at most 7 days.
    function setGateSeconds(uint256 gateSeconds_) external;

    // --- Reads --- //

    /// @notice Cash of a ledger account, WAD USD.
    function cashOf(address account) external view returns (int256);

    /// @notice Cash plus unrealised profit, WAD USD.
    function equity(address account, Tolerance tolerance) external view returns (int256);

    /// @notice Initial and maintenance margin over all products, or by the margin model, WAD USD.
    function requirement(
        address account,
        Tolerance tolerance
    ) external view returns (uint256 initial, uint256 maintenance);

    /// @notice Equity and requirement in one read.
    function status(
        address account,
        Tolerance tolerance
    ) external view returns (int256 equityWad, uint256 initial, uint256 maintenance);

    /// @notice A counterparty's equity (its own less what it owes the traders of its products) and
    /// locked capital, WAD USD.
    function counterpartyStatus(
        address backer,
        Tolerance tolerance
    ) external view returns (int256 equityWad, uint256 locked);

    /// @notice Whether an account has any open position; collateral is none.
    function hasPositions(address account) external view returns (bool);

    /// @notice Products in which an account holds a position, one bit per index.
    function activeProducts(address account) external view returns (uint256);

    /// @notice Backing tokens and outstanding claims, WAD USD. Claims are the sum of cash, without
    /// that of counterparties where it is negative.
    function backing() external view returns (uint256 assets, uint256 claims);

    /// @notice min(1, assets / claims), WAD, rounded down.
    function exchangeRate() external view returns (uint256);

    /// @notice Sum of the cash of all ledger accounts, WAD USD.
    function totalCash() external view returns (int256);

    /// @notice Deficit that nobody has paid yet, WAD USD.
    function recordedDeficit() external view returns (uint256);

    /// @notice Time until which withdrawals rest, seconds.
    function gatedUntil() external view returns (uint256);

    /// @notice Length of the gate, seconds.
    function gateSeconds() external view returns (uint256);

    /// @notice The counterparty's ledger account.
    function counterparty() external view returns (address);

    /// @notice The insurance fund's ledger account.
    function insuranceFund() external view returns (address);

    /// @notice Whether a contract may act on accounts.
    function isEngine(address engine) external view returns (bool);

    /// @notice The model of accounts that chose portfolio margin; zero where there is none.
    function marginModel() external view returns (address);

    /// @notice Whether an account's margin is the model's.
    function portfolioMargin(address account) external view returns (bool);

    /// @notice The ledger account that takes the other side of a product.
    function counterpartyOf(address product) external view returns (address);

    /// @notice Whether a ledger account takes the other side of any product.
    function isCounterparty(address account) external view returns (bool);

    /// @notice The settlement token, 6 decimals.
    function settlementToken() external view returns (address);

    /// @notice Whether an address is a registered product.
    function isProduct(address product) external view returns (bool);

    /// @notice All registered products in order of registration.
    function products() external view returns (address[] memory);
}
