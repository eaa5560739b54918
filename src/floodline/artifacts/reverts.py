"""What a revert says, in words: custom errors, panics, reason strings and reason codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from floodline.chain.abi import ContractInterface, Revert


class RevertDecoder:
    """Puts revert data into words by the errors of many contracts.

    Parameters
    ----------
    abis : iterable of list of dict
        Interfaces with errors; of two errors of one signature either will do.
    codes : Mapping[str, str], optional
        Names of the reason strings that a protocol uses as codes, as Aave's ``"45"``.
    quiet : frozenset of str, optional
        Arguments to leave out by their names, as an address that each error repeats.

    """

    def __init__(
        self,
        abis: Iterable[Iterable[Mapping[str, Any]]],
        codes: Mapping[str, str] | None = None,
        quiet: frozenset[str] = frozenset(),
    ) -> None:
        errors = [item for abi in abis for item in abi if item["type"] == "error"]
        self._interface = ContractInterface(errors)
        self._codes = dict(codes or {})
        self._quiet = quiet

    def decode(self, data: bytes) -> Revert:
        """Return a revert's name and arguments."""
        return self._interface.decode_revert(data)

    def explain(self, data: bytes) -> str:
        """Return a revert's name and arguments in words.

        Examples
        --------
        >>> decoder = RevertDecoder([], {"45": "HEALTH_FACTOR_NOT_BELOW_THRESHOLD"})
        >>> from floodline.chain.abi import encode_call
        >>> decoder.explain(encode_call("Error(string)", "45"))
        'HEALTH_FACTOR_NOT_BELOW_THRESHOLD(45)'
        >>> decoder.explain(encode_call("Panic(uint256)", 0x11))
        'Panic(0x11: arithmetic overflow or underflow)'

        """
        revert = self.decode(data)
        if revert.name == "Error":
            reason = str(revert.arguments["reason"])
            name = self._codes.get(reason)
            return f"{name}({reason})" if name else reason or str(revert)
        if not revert.name or not self._quiet & revert.arguments.keys():
            return str(revert)
        said = {key: value for key, value in revert.arguments.items() if key not in self._quiet}
        return str(type(revert)(revert.name, said, revert.selector))
