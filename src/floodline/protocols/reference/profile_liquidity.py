"""Parameters of the spot pool, the liquidity providers' vault and its hedge."""

from __future__ import annotations

from dataclasses import dataclass

from floodline.protocols.reference.model_vault import HedgeParameters, VaultParameters
from floodline.protocols.reference.profile_parameter import Parameter, ratio, seconds, usd

_LYRA = "Lyra v1, defaults of its repository"
_DAY_S = 86_400


@dataclass(frozen=True)
class AmmProfile:
    """The spot pool of each asset, where the switch ``amm`` is on."""

    amm_fee: Parameter
    amm_depth: Parameter


@dataclass(frozen=True)
class VaultProfile:
    """The liquidity providers' vault, where the switch ``vault`` is on."""

    vault_deposit_delay: Parameter
    vault_redemption_delay: Parameter
    vault_redemption_fee: Parameter
    vault_min_free: Parameter
    vault_breaker: Parameter

    def parameters(self) -> VaultParameters:
        """Return the struct for ``LPVault.setParameters``."""
        return VaultParameters(
            self.vault_deposit_delay.value,
            self.vault_redemption_delay.value,
            self.vault_redemption_fee.value,
            self.vault_min_free.value,
            self.vault_breaker.value,
        )


@dataclass(frozen=True)
class HedgeProfile:
    """How the option vault hedges its delta."""

    hedge_interval: Parameter
    hedge_max_trade: Parameter
    hedge_slippage: Parameter

    def parameters(self) -> HedgeParameters:
        """Return the struct for ``HedgedVault.setHedge``."""
        return HedgeParameters(
            self.hedge_interval.value, self.hedge_max_trade.value, self.hedge_slippage.value
        )


AMM = AmmProfile(
    amm_fee=ratio("0.003", "Uniswap v2, every pool"),
    amm_depth=usd(5_000_000, "our choice: of each token; 1 % of it moves the price by 2 %"),
)

VAULT = VaultProfile(
    vault_deposit_delay=seconds(7 * _DAY_S, _LYRA),
    vault_redemption_delay=seconds(7 * _DAY_S, _LYRA),
    vault_redemption_fee=ratio("0.01", _LYRA),
    vault_min_free=ratio("0.01", f"{_LYRA}: its liquidity circuit breaker"),
    vault_breaker=seconds(3 * _DAY_S, f"{_LYRA}: its liquidity circuit breaker"),
)

HEDGE = HedgeProfile(
    hedge_interval=seconds(_DAY_S, _LYRA),
    hedge_max_trade=ratio(1_000, "our choice: a bound on what one hedge can move", "WAD units"),
    hedge_slippage=ratio("0.01", "our choice: twenty times the largest premium of a calm market"),
)
