"""What a Solidity source imports."""

from __future__ import annotations

import posixpath
import re

_IMPORT = re.compile(r"""^\s*import\s+(?:[\w*$\s{},]+?\s+from\s+)?["']([^"']+)["']""", re.MULTILINE)
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


def imports_of(unit: str, text: str) -> list[str]:
    """Return the source units that a source imports, relative names resolved against its own.

    Examples
    --------
    >>> imports_of("src/a/Pool.sol", 'import {Maths} from "../Maths.sol";')
    ['src/Maths.sol']

    """
    return [
        posixpath.normpath(posixpath.join(posixpath.dirname(unit), name))
        if name.startswith(".")
        else name
        for name in _IMPORT.findall(_COMMENT.sub("", text))
    ]
