"""Where libraries' addresses go in creation code, however a compiler marks the places.

A compiler that links nothing writes 40 characters in place of each address: ``__$``, the first 34
hexadecimal digits of the Keccak-256 of the library's full name (``contracts/Maths.sol:Maths``), and
``$__``. Beside the code it says in its link references where which library goes; some build tools
drop them, and then the digest is all there is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from floodline.chain.keccak import keccak256
from floodline.foundation.errors import ToolchainError

_PLACE: Final = re.compile(r"__\$([0-9a-f]{34})\$__")
_BLANK: Final = "0" * 40
_ADDRESS_BYTES: Final = 20


def digest_of(source: str, name: str) -> str:
    """Return the digest by which a library's places are marked.

    Examples
    --------
    >>> digest_of("contracts/Maths.sol", "Maths")
    '$97b134453a3ff3db5ace1b5e2a16f50f7a$'

    """
    return f"${keccak256(f'{source}:{name}'.encode()).hex()[:34]}$"


def is_digest(library: str) -> bool:
    """Return whether a link is known by its digest only."""
    return library.startswith("$")


def split_links(
    contract: str, code: str, references: Mapping[str, Mapping[str, Any]]
) -> tuple[bytes, dict[str, tuple[int, ...]]]:
    """Return creation code with zeros where addresses go, and where which library's goes.

    Parameters
    ----------
    contract : str
        Named in errors.
    code : str
        Hexadecimal with or without ``0x``, with or without marked places.
    references : Mapping
        Source to library to a list of ``{start, length}``, in bytes.

    Returns
    -------
    tuple
        The code, and the byte offsets by the libraries' names; those of places that no reference
        covers by their digest, as `digest_of` writes it.

    Raises
    ------
    ToolchainError
        If the code is not hexadecimal, or a reference points outside of it.

    """
    digits = code.removeprefix("0x")
    links: dict[str, tuple[int, ...]] = {}
    for libraries in references.values():
        for library, places in libraries.items():
            found = tuple(int(place["start"]) for place in places)
            links[library] = (*links.get(library, ()), *found)
    covered = {offset for offsets in links.values() for offset in offsets}
    for match in _PLACE.finditer(digits):
        if match.start() // 2 not in covered:
            key = f"${match.group(1)}$"
            links[key] = (*links.get(key, ()), match.start() // 2)
    try:
        plain = bytes.fromhex(_PLACE.sub(_BLANK, digits))
    except ValueError as error:
        raise ToolchainError(
            f"the code of {contract} is not hexadecimal: {error}",
            "build it again; if it links libraries, with a compiler of 0.5.0 or later",
        ) from error
    for library, offsets in links.items():
        if any(offset < 0 or offset + _ADDRESS_BYTES > len(plain) for offset in offsets):
            raise ToolchainError(
                f"{contract} links {library} outside of its {len(plain)} bytes of code",
                "build it again: code and link references are not of one build",
            )
    return plain, {library: links[library] for library in sorted(links)}
